//! The person a request acts for.

use std::sync::Arc;

use jiff::Timestamp;
use secrecy::SecretString;

/// The person a request acts for.
///
/// Holding a `Caller` is the proof that the bearer token was verified: only the verifier makes
/// one, so a function that takes `&Caller` needs no check of its own.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Entra tenant id.
    pub tid: String,
    /// Entra object id: stable, and the only identity we log.
    pub oid: String,
    /// User principal name, for the audit record only.
    pub upn: Option<String>,
    /// Client application that presented the token.
    pub azp: String,
    /// Delegated permissions in the token (`scp`).
    pub scopes: Vec<String>,
    /// When the token was issued, or when the person signed in for its grant; the kill switch
    /// compares with it.
    pub issued_at: Timestamp,
    /// When the token ends.
    pub expires_at: Timestamp,
    /// Whether the client declared that it understands claims challenges (`xms_cc` has `cp1`).
    pub understands_claims: bool,
    /// The grant that the caller came with, if they signed in through our own authorization
    /// server: its token can be renewed.
    pub(crate) grant: Option<Arc<str>>,
    /// SHA-256 of the token: what caches are keyed by.
    pub(crate) fingerprint: [u8; 32],
    /// Kept for the On-Behalf-Of exchange. Redacted in `Debug`.
    pub(crate) token: SecretString,
}

impl Caller {
    /// The one caller of a laptop without sign-in (`ENABLE_OAUTH=false`); proves nothing, and the
    /// audit record says so.
    pub(crate) fn debug() -> Self {
        Self {
            tid: "debug".into(),
            oid: "debug".into(),
            upn: None,
            azp: "debug".into(),
            scopes: Vec::new(),
            issued_at: Timestamp::MAX,
            expires_at: Timestamp::MAX,
            understands_claims: false,
            grant: None,
            fingerprint: [0; 32],
            token: SecretString::default(),
        }
    }
}

#[cfg(any(test, feature = "testing"))]
impl Caller {
    /// A caller without a verified token, for tests.
    pub fn for_tests(oid: &str) -> Self {
        Self {
            tid: "5a4f0f0e-7c1f-4f0a-9b1e-0c6a4d1c2b3a".into(),
            oid: oid.into(),
            upn: Some(format!("{oid}@example.test")),
            azp: "f0000000-0000-4000-8000-000000000001".into(),
            scopes: vec!["access".into()],
            issued_at: Timestamp::UNIX_EPOCH,
            expires_at: Timestamp::MAX,
            understands_claims: false,
            grant: None,
            fingerprint: [7; 32],
            token: SecretString::from(format!("token-of-{oid}")),
        }
    }
}
