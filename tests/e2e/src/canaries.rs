//! Words that must not be written anywhere: planted when they come up, looked for at the end.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;
use stand_ins::company::{CLIENT_SECRET, EXPIRED_CLIENT_SECRET, PEOPLE};

/// Shorter words come up by chance.
const FEWEST_CHARS: usize = 8;

/// The cookie that every request brings, which nobody asked for.
pub(crate) const COOKIE: &str = "session=canary-of-a-cookie";

/// What stands in files and rows of the company, and in no name of one.
const CONTENT: [&str; 12] = [
    "4.2 million",
    "A,38000,46000",
    "lighthousekeeper",
    "Bergen order",
    "Trains before planes",
    "without a motor",
    "9,000 hours",
    "harbour master",
    "Merger budget",
    "Somebody forgot it",
    "Buy the old harbour",
    "careless paths",
];

/// Words that must not be written; clones share them.
#[derive(Clone, Debug)]
pub struct Canaries(Arc<Mutex<Planted>>);

#[derive(Debug)]
struct Planted {
    /// Neither in logs nor in audit records.
    nowhere: BTreeSet<String>,
    /// Not in logs; the audit record names people and ids.
    not_logged: BTreeSet<String>,
}

impl Default for Canaries {
    fn default() -> Self {
        let mut nowhere: BTreeSet<_> = CONTENT.map(str::to_owned).into();
        nowhere.extend([CLIENT_SECRET, EXPIRED_CLIENT_SECRET, COOKIE].map(str::to_owned));
        let names = PEOPLE.iter().flat_map(|person| [person.upn, person.name]);
        let not_logged = names.map(str::to_owned).collect();
        Self(Arc::new(Mutex::new(Planted { nowhere, not_logged })))
    }
}

impl Canaries {
    /// A secret, a token, a piece of content: to be written nowhere.
    pub fn plant(&self, word: &str) {
        if word.chars().count() >= FEWEST_CHARS {
            self.lock().nowhere.insert(word.to_owned());
        }
    }

    /// A token: neither as a whole nor its signature.
    pub fn plant_token(&self, token: &str) {
        self.plant(token);
        self.plant(token.rsplit('.').next().unwrap_or_default());
    }

    /// Every text in these arguments; references are ids, which audit records keep.
    pub fn plant_arguments(&self, arguments: &Value) {
        match arguments {
            Value::String(text) if text.starts_with("sp:") => {
                self.lock().not_logged.insert(text.clone());
            }
            Value::String(text) => self.plant(text),
            Value::Array(items) => items.iter().for_each(|item| self.plant_arguments(item)),
            Value::Object(fields) => fields.values().for_each(|item| self.plant_arguments(item)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// Lets a person's name stand in the log: in a record that its sink did not take.
    pub fn allow_in_log(&self, name: &str) {
        self.lock().not_logged.remove(name);
    }

    /// Checks everything that was written to standard output and standard error.
    pub fn check_log(&self, line: &str) {
        let planted = self.lock();
        let all = planted.nowhere.iter().chain(&planted.not_logged);
        look_for(all, line, "a log line");
    }

    /// Checks an audit record.
    pub fn check_audit(&self, line: &str) {
        look_for(self.lock().nowhere.iter(), line, "an audit record");
    }

    /// Checks what stands where no token may be.
    pub fn check_store(&self, text: &str) {
        look_for(self.lock().nowhere.iter(), text, "a store");
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Planted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn look_for<'a>(words: impl Iterator<Item = &'a String>, line: &str, place: &str) {
    for word in words {
        // A word with quotes is written with backslashes in JSON.
        let escaped = Value::String(word.clone()).to_string();
        let escaped = escaped.trim_matches('"');
        assert!(
            !line.contains(word.as_str()) && !line.contains(escaped),
            "{place} holds {word:?}:\n{line}"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finds(look: impl FnOnce(&Canaries) + std::panic::UnwindSafe) -> bool {
        let canaries = Canaries::default();
        canaries.plant_token("head.claims.signature-of-a-token");
        canaries.plant_arguments(&serde_json::json!({"query": ["a \"quoted\" question"]}));
        canaries.plant_arguments(&serde_json::json!({"target": "sp:file:drive/item"}));
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| look(&canaries))).is_err()
    }

    #[test]
    fn what_was_planted_is_found_wherever_it_may_not_be() {
        for line in [
            "…signature-of-a-token…",
            r#"{"query":"a \"quoted\" question"}"#,
            "ann@harbourlight.example",
            "sp:file:drive/item",
            CLIENT_SECRET,
            COOKIE,
        ] {
            assert!(finds(|canaries| canaries.check_log(line)), "{line}");
        }
        // A record names people and things.
        for line in ["ann@harbourlight.example", "sp:file:drive/item", "nothing at all"] {
            assert!(!finds(|canaries| canaries.check_audit(line)), "{line}");
        }
        assert!(finds(|canaries| canaries.check_audit("signature-of-a-token")));
        assert!(finds(|canaries| canaries.check_store("signature-of-a-token")));
    }
}
