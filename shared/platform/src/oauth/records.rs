//! What is kept between the steps of a sign-in. Everything here is sealed at rest.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How long a person may take between a client's question and the answer, in seconds.
pub(crate) const SIGN_IN_S: i64 = 600;
/// How long a code is good for, in seconds.
pub(crate) const CODE_S: i64 = 60;
/// How long a code is remembered after it was used, so that a second use is noticed, in seconds.
pub(crate) const USED_CODE_S: i64 = 600;
/// Scopes that everybody asks everybody for; they are not granted, and not refused.
pub(crate) const SIGN_IN_SCOPES: [&str; 4] = ["openid", "profile", "email", "offline_access"];

/// What a client asked for at `/oauth/authorize`, checked; kept while the person decides.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Transaction {
    pub(crate) client_id: String,
    /// Where the answer goes: a redirect URI that belongs to the client.
    pub(crate) redirect_uri: String,
    /// The client's own `state`, given back as it came.
    pub(crate) state: Option<String>,
    /// PKCE challenge of the client, S256.
    pub(crate) code_challenge: String,
    /// What was asked for and can be granted, separated by spaces.
    pub(crate) scope: String,
    /// The protected resource (RFC 8707): always ours.
    pub(crate) resource: String,
}

/// A person's way to Entra and back, begun when they agreed.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct EntraLeg {
    pub(crate) transaction: Transaction,
    /// Our own PKCE verifier towards Entra.
    pub(crate) code_verifier: String,
    /// Whether what Entra asked for earlier ([`Pending`]) is part of this leg already.
    pub(crate) asked_pending: bool,
}

/// An authorization code that was given out.
#[derive(Clone, Serialize, Deserialize)]
#[expect(clippy::struct_field_names, reason = "`code_challenge` is the specification's name")]
pub(crate) struct Code {
    pub(crate) grant_id: String,
    pub(crate) client_id: String,
    pub(crate) redirect_uri: String,
    pub(crate) code_challenge: String,
    pub(crate) scope: String,
    pub(crate) resource: String,
    /// When the code stops being good, in seconds since the epoch; its record is kept longer.
    pub(crate) expires_at_s: i64,
}

/// What a person's next sign-in at Entra has to bring, because Entra asked for it.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Pending {
    /// Entra's claims challenge, as JSON.
    pub(crate) claims: Option<String>,
    /// Whether consent has to be asked for again.
    pub(crate) consent: bool,
}

/// A consent form that was shown; its id is the form's CSRF token.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct ConsentForm {
    /// The request that it asks about.
    pub(crate) request: String,
}

/// Under what a [`Transaction`] is kept; never the key of an [`EntraLeg`].
pub(crate) fn request_key(request: &str) -> String {
    format!("request|{request}")
}

/// Under what an [`EntraLeg`] is kept.
pub(crate) fn leg_key(state: &str) -> String {
    format!("leg|{state}")
}

/// Debug output names the record and nothing in it.
macro_rules! redacted {
    ($($record:ident),*) => {$(
        impl fmt::Debug for $record {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($record), "([redacted])"))
            }
        }
    )*};
}

redacted!(Transaction, EntraLeg, Code, Pending, ConsentForm);
