//! Why a bearer token was not accepted.

use std::time::Duration;

/// Who holds a proven token that lacks the scope; for the audit record of the refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Entra tenant id.
    pub tid: String,
    /// Entra object id.
    pub oid: String,
    /// User principal name, for the audit record only.
    pub upn: Option<String>,
    /// Client application that presented the token.
    pub azp: String,
}

/// Why a bearer token was not accepted. The reason is logged; the caller is told
/// [`Reject::public_text`] and nothing more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reject {
    /// Not three parts of base64url.
    Form,
    /// The header is no JSON object, or repeats a name.
    Header,
    /// Another algorithm than RS256.
    Algorithm,
    /// A token of another type, or one that carries another.
    Type,
    /// The header names extensions, or keys of its own.
    HeaderExtension,
    /// The key id is missing or has not the form of one.
    KeyIdForm,
    /// Entra has no such key.
    UnknownKey,
    /// The signature does not fit.
    Signature,
    /// The claims are no JSON object, are nested too deeply, or repeat a name.
    Claims,
    /// Issued by somebody else.
    Issuer,
    /// The key does not belong to the issuer.
    KeyIssuer,
    /// For another audience.
    Audience,
    /// Of a version that is not accepted, or not its issuer's.
    Version,
    /// Of another tenant.
    Tenant,
    /// Time claims are missing or make no sense.
    Times,
    /// Expired.
    Expired,
    /// Not valid yet.
    NotYetValid,
    /// Issued in the future.
    IssuedInFuture,
    /// Lives longer than Entra's tokens do.
    Lifetime,
    /// The client is missing or not allowed.
    Client,
    /// For an application, not for a person.
    NotAPerson,
    /// The object id is missing or no GUID.
    ObjectId,
    /// `scp` is missing or no string.
    ScopeForm,
    /// Right in every way but without the scope: answered with 403.
    InsufficientScope(Box<Person>),
    /// The keys are not there: answered with 503.
    KeysUnavailable {
        /// When to try again.
        retry_after: Duration,
    },
}

impl Reject {
    /// Stable word for the log, the metric and the audit record.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Form => "token_form",
            Self::Header => "token_header",
            Self::Algorithm => "token_algorithm",
            Self::Type => "token_type",
            Self::HeaderExtension => "token_header_extension",
            Self::KeyIdForm => "token_key_id_form",
            Self::UnknownKey => "token_key_unknown",
            Self::Signature => "token_signature",
            Self::Claims => "token_claims",
            Self::Issuer => "token_issuer",
            Self::KeyIssuer => "token_key_issuer",
            Self::Audience => "token_audience",
            Self::Version => "token_version",
            Self::Tenant => "token_tenant",
            Self::Times => "token_times",
            Self::Expired => "token_expired",
            Self::NotYetValid => "token_not_yet_valid",
            Self::IssuedInFuture => "token_issued_in_future",
            Self::Lifetime => "token_lifetime",
            Self::Client => "token_client",
            Self::NotAPerson => "token_not_a_person",
            Self::ObjectId => "token_object_id",
            Self::ScopeForm => "token_scope_form",
            Self::InsufficientScope(_) => "insufficient_scope",
            Self::KeysUnavailable { .. } => "keys_unavailable",
        }
    }

    /// What the caller is told. The same for every reason that a forger could learn from.
    pub fn public_text(&self) -> &'static str {
        match self {
            Self::InsufficientScope(_) => "the access token lacks the required scope",
            Self::KeysUnavailable { .. } => {
                "access tokens cannot be checked at the moment; try again shortly"
            }
            Self::Form
            | Self::Header
            | Self::Algorithm
            | Self::Type
            | Self::HeaderExtension
            | Self::KeyIdForm
            | Self::UnknownKey
            | Self::Signature
            | Self::Claims
            | Self::Issuer
            | Self::KeyIssuer
            | Self::Audience
            | Self::Version
            | Self::Tenant
            | Self::Times
            | Self::Expired
            | Self::NotYetValid
            | Self::IssuedInFuture
            | Self::Lifetime
            | Self::Client
            | Self::NotAPerson
            | Self::ObjectId
            | Self::ScopeForm => "the access token is not accepted; sign in again",
        }
    }
}
