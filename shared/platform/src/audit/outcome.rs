//! How a call ended, as a closed list of stable words.

use serde::{Deserialize, Serialize};

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The stable word.
    pub word: OutcomeWord,
    /// The HTTP status of the answer.
    pub status: u16,
}

/// Makes the enum and the one list of its words together.
macro_rules! words {
    ($($(#[$doc:meta])* $variant:ident = $word:literal,)*) => {
        /// How a call ended, in one word that never changes its meaning.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub enum OutcomeWord {
            $($(#[$doc])* #[serde(rename = $word)] $variant,)*
        }

        impl OutcomeWord {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The word as it is written.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }
        }
    };
}

words! {
    /// The answer left with its data.
    Ok = "ok",
    /// An argument could not be used.
    InvalidArgument = "invalid_argument",
    /// A cursor was altered, has expired or belongs elsewhere.
    InvalidCursor = "invalid_cursor",
    /// The thing does not exist, or the person may not know that it does.
    NotFound = "not_found",
    /// The upstream said no to this person.
    Forbidden = "forbidden",
    /// The thing is locked or encrypted.
    Locked = "locked",
    /// A delegated permission was not granted to the connector.
    ScopeMissing = "scope_missing",
    /// The upstream asked us to slow down.
    UpstreamThrottled = "upstream_throttled",
    /// The upstream did not answer, or not properly.
    UpstreamUnavailable = "upstream_unavailable",
    /// The upstream would not take our request.
    UpstreamRejected = "upstream_rejected",
    /// The answer was larger than a client can take.
    TooLarge = "too_large",
    /// The call ran out of time.
    Timeout = "timeout",
    /// The tool panicked.
    Panic = "panic",
    /// Something of ours broke.
    Internal = "internal",
    /// The record could not be kept, so the data was withheld.
    AuditUnavailable = "audit_unavailable",
    /// The identity platform blocks this access by policy.
    AccessBlocked = "access_blocked",
    /// Somebody has to consent first.
    ConsentRequired = "consent_required",
    /// The person must sign in again, perhaps with a further step.
    SignInRequired = "sign_in_required",
    /// The person was asked to sign in again too often for it to help.
    SignInRepeated = "sign_in_repeated",
    /// The laptop's fixed token is not accepted.
    DebugTokenRefused = "debug_token_refused",
    /// The person is not assigned to the connector.
    NotAssigned = "not_assigned",
    /// The person does not belong to the tenant.
    NotInTenant = "not_in_tenant",
    /// The identity platform refused or failed for another reason.
    IdentityUnavailable = "identity_unavailable",
    /// The person makes too many calls.
    RateLimited = "rate_limited",
    /// Refused: the token lacks the required scope.
    RefusedScope = "refused_scope",
    /// Refused: the person's access was switched off.
    RefusedSwitchedOff = "refused_switched_off",
    /// Refused: the message is not one the server takes.
    RefusedRequest = "refused_request",
    /// Refused: there is no such tool or resource.
    RefusedUnknown = "refused_unknown",
    /// An error with a word that this list does not know.
    Other = "other",
}

impl OutcomeWord {
    /// The word of a tool error's code; codes outside the list become [`Other`](Self::Other).
    pub fn of_code(code: &str) -> Self {
        let known = Self::ALL.iter().find(|word| word.as_str() == code);
        known.copied().unwrap_or(Self::Other)
    }

    /// Whether the person got what was asked for.
    pub fn is_ok(self) -> bool {
        self == Self::Ok
    }
}
