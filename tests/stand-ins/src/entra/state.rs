//! What a running stand-in remembers: keys, registrations, codes, refresh tokens, requests.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use http::HeaderMap;
use serde::Serialize;
use tokio::sync::watch;

use super::clock::Clock;
use super::errors::Occasion;
use super::faults::Faults;
use super::jwt::sha256;
use super::keys::KeyRing;
use super::registrations::{Registration, Registrations};
use super::scopes::Scopes;
use super::{AssertionReplay, ScopeForm};
use crate::company::{self, Person};

/// How many requests, codes and refresh tokens are remembered; older ones are forgotten.
const REMEMBERED: usize = 10_000;

/// How long a code may wait to be redeemed.
pub(crate) const CODE_SECONDS: i64 = 600;
/// How long a refresh token lives.
pub(crate) const REFRESH_SECONDS: i64 = 90 * 24 * 3600;

/// Everything one stand-in knows.
pub(crate) struct State {
    pub(crate) base: String,
    pub(crate) clock: Clock,
    pub(crate) token_seconds: i64,
    pub(crate) scope_form: ScopeForm,
    pub(crate) assertion_replay: AssertionReplay,
    pub(crate) keys: Mutex<KeyRing>,
    pub(crate) registrations: Mutex<Registrations>,
    pub(crate) faults: Mutex<Faults>,
    pub(crate) codes: Mutex<HashMap<String, Code>>,
    pub(crate) refresh_tokens: Mutex<HashMap<String, RefreshToken>>,
    pub(crate) consents: Mutex<BTreeSet<Consent>>,
    pub(crate) seen_assertions: Mutex<HashMap<String, i64>>,
    pub(crate) requests: Mutex<VecDeque<RecordedRequest>>,
    pub(crate) stopped: watch::Receiver<()>,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State").field("base", &self.base).finish_non_exhaustive()
    }
}

/// A person's own consent, next to what the administrator granted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Consent {
    pub(crate) oid: String,
    pub(crate) client_id: String,
    pub(crate) scope: String,
}

/// A sign-in that waits to be exchanged for tokens.
#[derive(Clone, Debug)]
pub(crate) struct Code {
    pub(crate) client_id: String,
    pub(crate) redirect_uri: String,
    pub(crate) challenge: Option<String>,
    pub(crate) scopes: Scopes,
    pub(crate) person: &'static Person,
    pub(crate) nonce: Option<String>,
    pub(crate) continuous_access: bool,
    pub(crate) expires: i64,
    pub(crate) redeemed: bool,
}

/// A refresh token that was handed out.
#[derive(Clone, Debug)]
pub(crate) struct RefreshToken {
    pub(crate) client_id: String,
    pub(crate) scopes: Scopes,
    pub(crate) person: &'static Person,
    pub(crate) continuous_access: bool,
    pub(crate) expires: i64,
    pub(crate) revoked: bool,
}

/// A request as it may be shown: no secret and no token in it.
#[derive(Clone, Debug, Serialize)]
pub struct RecordedRequest {
    /// When it came, in seconds since 1970.
    pub at: i64,
    /// `token`, `authorize`, `keys` or `discovery`.
    pub endpoint: &'static str,
    /// The method.
    pub method: String,
    /// The path.
    pub path: String,
    /// Form or query fields; secrets and tokens are replaced by the start of their SHA-256.
    pub fields: BTreeMap<String, String>,
    /// Headers worth a look; credentials are replaced in the same way.
    pub headers: BTreeMap<String, String>,
}

impl State {
    /// The issuer of v2 tokens.
    pub(crate) fn issuer_v2(&self, tenant: &str) -> String {
        format!("{}/{tenant}/v2.0", self.base)
    }

    /// The issuer of v1 tokens, which ends in a slash.
    pub(crate) fn issuer_v1(&self, tenant: &str) -> String {
        format!("{}/{tenant}/", self.base)
    }

    /// Where tokens are asked for.
    pub(crate) fn token_endpoint(&self, tenant: &str) -> String {
        format!("{}/{tenant}/oauth2/v2.0/token", self.base)
    }

    /// The occasion of a refusal now.
    pub(crate) fn occasion(&self, headers: &HeaderMap) -> Occasion {
        let correlation = headers
            .get("client-request-id")
            .and_then(|value| value.to_str().ok())
            .filter(|value| uuid::Uuid::try_parse(value).is_ok())
            .map(str::to_owned);
        Occasion { now: self.clock.now(), correlation }
    }

    /// Whether a person agreed that a client may use a scope.
    pub(crate) fn consented(&self, person: &Person, client: &Registration, scope: &str) -> bool {
        lock(&self.consents).contains(&Consent {
            oid: person.oid.to_owned(),
            client_id: client.client_id.clone(),
            scope: scope.to_owned(),
        })
    }

    /// Remembers a request.
    pub(crate) fn record(
        &self,
        endpoint: &'static str,
        asked: (&http::Method, &str),
        headers: &HeaderMap,
        fields: &[(String, String)],
    ) {
        let (method, path) = asked;
        let mut requests = lock(&self.requests);
        if requests.len() == REMEMBERED {
            requests.pop_front();
        }
        requests.push_back(RecordedRequest {
            at: self.clock.now(),
            endpoint,
            method: method.to_string(),
            path: path.to_owned(),
            fields: fields.iter().map(|(name, value)| (name.clone(), shown(name, value))).collect(),
            headers: headers
                .iter()
                .map(|(name, value)| {
                    let value = shown(name.as_str(), &String::from_utf8_lossy(value.as_bytes()));
                    (name.as_str().to_owned(), value)
                })
                .collect(),
        });
    }
}

/// A field as it may be shown.
fn shown(name: &str, value: &str) -> String {
    const HIDDEN: &[&str] = &[
        "assertion",
        "authorization",
        "client_assertion",
        "client_secret",
        "code",
        "code_verifier",
        "cookie",
        "password",
        "refresh_token",
    ];
    if HIDDEN.contains(&name) { fingerprint(value) } else { value.chars().take(4096).collect() }
}

/// The start of the SHA-256 of a secret: `sha256:` and twelve hexadecimal digits.
pub fn fingerprint(secret: &str) -> String {
    let digest = hex::encode(sha256(secret.as_bytes()));
    format!("sha256:{}", digest.chars().take(12).collect::<String>())
}

/// A person by short name, user principal name or object id.
pub(crate) fn person(name: &str) -> Option<&'static Person> {
    company::PEOPLE
        .iter()
        .find(|person| person.key == name || person.upn == name || person.oid == name)
}

/// Keeps a value; a full memory is emptied first.
pub(crate) fn keep<V>(memory: &Mutex<HashMap<String, V>>, key: String, value: V) {
    let mut memory = lock(memory);
    if memory.len() >= REMEMBERED {
        memory.clear();
    }
    memory.insert(key, value);
}

/// Locks, and goes on when a test thread died while it held the lock.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
