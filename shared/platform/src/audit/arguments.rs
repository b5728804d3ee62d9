//! Arguments as the record keeps them: names, and a keyed digest instead of each value.

use std::fmt;

use aws_lc_rs::hmac;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::telemetry::Brief;

/// Arguments kept in one record; more are only counted.
pub(super) const MAX_ARGUMENTS: usize = 32;
/// Bytes of the digest that are kept: too many for two values to meet by chance.
const DIGEST_BYTES: usize = 16;

/// One argument: its name, and a digest that tells equal values from different ones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArgumentDigest {
    /// The argument's name.
    pub name: Brief<64>,
    /// HMAC-SHA256 of the value as canonical JSON, first 16 bytes, in hexadecimal.
    pub digest: Brief<32>,
}

/// The arguments of one call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arguments {
    /// The first arguments in the order of their names.
    pub kept: Vec<ArgumentDigest>,
    /// How many there were.
    pub total: u64,
}

/// Turns arguments into digests under one key.
#[derive(Clone)]
pub struct ArgumentDigester(hmac::Key);

impl ArgumentDigester {
    /// Uses this key, which should be made for this purpose alone.
    pub fn new(key: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, key))
    }

    /// Digests every argument, in the order of their names.
    pub fn digest(&self, arguments: &Map<String, Value>) -> Arguments {
        let mut names: Vec<(&String, &Value)> = arguments.iter().collect();
        names.sort_by_key(|(name, _)| name.as_str());
        let kept = names.into_iter().take(MAX_ARGUMENTS);
        Arguments {
            total: arguments.len() as u64,
            kept: kept
                .map(|(name, value)| ArgumentDigest {
                    name: Brief::new(name),
                    digest: Brief::new(&self.digest_of(value)),
                })
                .collect(),
        }
    }

    fn digest_of(&self, value: &Value) -> String {
        let tag = hmac::sign(&self.0, canonical(value).as_bytes());
        let kept: Vec<u8> = tag.as_ref().iter().copied().take(DIGEST_BYTES).collect();
        hex::encode(kept)
    }
}

impl fmt::Debug for ArgumentDigester {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ArgumentDigester([redacted])")
    }
}

/// Compact JSON with sorted members, whatever order the client chose.
fn canonical(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let mut sorted: Vec<(&String, &Value)> = members.iter().collect();
            sorted.sort_by_key(|(name, _)| name.as_str());
            let members: Vec<String> = sorted
                .into_iter()
                .map(|(name, value)| format!("{}:{}", Value::from(name.as_str()), canonical(value)))
                .collect();
            format!("{{{}}}", members.join(","))
        }
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(canonical).collect();
            format!("[{}]", items.join(","))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.to_string(),
    }
}
