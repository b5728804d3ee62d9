//! Why a sign-in at Entra came to nothing: what the client is told, and what the log says.

use super::super::error::{ErrorCode, OAuthError};
use super::super::records::Pending;
use crate::identity::{OboError, Reject};

/// A sign-in that came to nothing. Entra's own words are never part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) code: ErrorCode,
    pub(super) description: &'static str,
    /// Stable word for the log.
    pub(super) reason: &'static str,
    /// Entra's number of the error (AADSTS).
    pub(super) number: Option<u32>,
}

const AGAIN: &str = "the sign-in was not completed; sign in again";
const LATER: &str = "sign-in is temporarily unavailable; try again in a minute";
const OPERATOR: &str = "sign-in failed because of the connector's setup; tell its operator";

impl Failure {
    /// The kill switch holds against a sign-in of this moment.
    pub(super) const SHUT_OUT: Self = Self::new(
        ErrorCode::AccessDenied,
        "sign-ins of this account are refused at the moment; ask your administrator",
        "kill_switch",
    );
    /// The store does not answer.
    pub(super) const STORE: Self =
        Self::new(ErrorCode::TemporarilyUnavailable, LATER, "store_unavailable");

    const fn new(code: ErrorCode, description: &'static str, reason: &'static str) -> Self {
        Self { code, description, reason, number: None }
    }

    /// Entra gave what makes no sense.
    pub(super) fn broken(reason: &'static str) -> Self {
        Self::new(ErrorCode::ServerError, OPERATOR, reason)
    }

    /// One of our own steps failed.
    pub(super) fn of_ours(error: OAuthError) -> Self {
        Self::new(error.code, error.description, error.code.as_str())
    }

    /// What Entra said when it sent the browser back (RFC 6749 section 4.1.2.1); of its
    /// description only the number is looked at.
    pub(super) fn of_entra(error: &str, description: &str) -> Self {
        let number = number(description);
        let denied = |text| Self::new(ErrorCode::AccessDenied, text, "entra_denied");
        let failure = match (error, number) {
            (_, Some(50105)) => {
                denied("this account is not assigned to the connector; ask your administrator")
            }
            (_, Some(90094 | 90095 | 65001)) | ("consent_required", _) => denied(
                "the connector was not granted the permissions it needs; ask your administrator",
            ),
            ("access_denied", _) | (_, Some(65004)) => {
                denied("the sign-in was cancelled or not allowed")
            }
            ("interaction_required" | "login_required" | "account_selection_required", _) => {
                Self::new(ErrorCode::AccessDenied, AGAIN, "entra_interaction")
            }
            ("temporarily_unavailable", _) => {
                Self::new(ErrorCode::TemporarilyUnavailable, LATER, "entra_unavailable")
            }
            ("server_error", _) => Self::new(
                ErrorCode::ServerError,
                "the sign-in page had a problem; try again",
                "entra_error",
            ),
            _ => Self::new(ErrorCode::ServerError, OPERATOR, "entra_refused"),
        };
        Self { number, ..failure }
    }

    /// What a failed exchange of Entra's code means; what it asks for is brought by a further leg,
    /// once.
    pub(super) fn of_exchange(error: &OboError, asked_pending: bool) -> Result<Pending, Self> {
        match error {
            OboError::ClaimsNeeded { claims: Some(claims) }
            | OboError::Blocked { claims: Some(claims) }
                if !asked_pending =>
            {
                return Ok(Pending { claims: Some(claims.clone()), consent: false });
            }
            OboError::ConsentNeeded if !asked_pending => {
                return Ok(Pending { claims: None, consent: true });
            }
            _ => {}
        }
        let denied = |text| Err(Self::new(ErrorCode::AccessDenied, text, error.code()));
        match error {
            OboError::AssertionInvalid | OboError::SignInEnded | OboError::Loop { .. } => {
                denied(AGAIN)
            }
            OboError::ClaimsNeeded { .. } => denied(
                "your organisation asks for a further sign-in step; sign in again, then ask your administrator",
            ),
            OboError::Blocked { .. } => denied(
                "an access policy of your organisation blocks this sign-in; ask your administrator",
            ),
            OboError::ConsentNeeded | OboError::ScopeMissing { .. } => denied(
                "the connector was not granted the permissions it needs; ask your administrator",
            ),
            OboError::NotAssigned => {
                denied("this account is not assigned to the connector; ask your administrator")
            }
            OboError::PersonGone => denied("this account is not active; ask your administrator"),
            OboError::NotInTenant => denied(
                "this account does not belong to the connector's organisation; use your work account",
            ),
            OboError::Throttled { .. }
            | OboError::TenantThrottled { .. }
            | OboError::Transient { .. } => {
                Err(Self::new(ErrorCode::TemporarilyUnavailable, LATER, error.code()))
            }
            OboError::OurCredential { .. }
            | OboError::OurRegistration
            | OboError::OurScopes
            | OboError::BadAnswer => Err(Self::broken(error.code())),
        }
    }

    /// What a token of Entra's that we do not accept means.
    pub(super) fn of_reject(reject: &Reject) -> Self {
        match reject {
            Reject::KeysUnavailable { .. } => {
                Self::new(ErrorCode::TemporarilyUnavailable, LATER, reject.code())
            }
            Reject::Tenant => Self::new(
                ErrorCode::AccessDenied,
                "this account does not belong to the connector's organisation; use your work account",
                reject.code(),
            ),
            _ => Self::broken(reject.code()),
        }
    }
}

/// The number after `AADSTS`, if the text begins with one.
fn number(description: &str) -> Option<u32> {
    let digits: String = description
        .strip_prefix("AADSTS")?
        .chars()
        .take_while(char::is_ascii_digit)
        .take(8)
        .collect();
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn entras_refusals_have_their_words() {
        for (error, description, expected) in [
            ("access_denied", "AADSTS65004: User declined", "access_denied"),
            ("consent_required", "AADSTS65001: …", "access_denied"),
            ("invalid_client", "AADSTS650052: …", "server_error"),
            ("server_error", "AADSTS65004: …", "access_denied"),
            ("interaction_required", "AADSTS50105: …", "access_denied"),
            ("login_required", "", "access_denied"),
            ("temporarily_unavailable", "", "temporarily_unavailable"),
            ("server_error", "", "server_error"),
            ("invalid_resource", "AADSTS500011: …", "server_error"),
            ("<script>", "AADSTSx", "server_error"),
        ] {
            let failure = Failure::of_entra(error, description);
            assert_eq!(failure.code.as_str(), expected, "{error} {description}");
        }
        assert_eq!(Failure::of_entra("x", "AADSTS65004: text 9").number, Some(65004));
        assert_eq!(Failure::of_entra("x", "AADSTS99999999999999").number, Some(99_999_999));
        assert_eq!(Failure::of_entra("x", "words").number, None);
    }

    #[test]
    fn a_failed_exchange_says_who_can_help() {
        let retry_after = Duration::from_secs(5);
        for (error, expected) in [
            (OboError::OurCredential { retry_after }, "server_error"),
            (OboError::OurRegistration, "server_error"),
            (OboError::OurScopes, "server_error"),
            (OboError::BadAnswer, "server_error"),
            (OboError::Transient { retry_after }, "temporarily_unavailable"),
            (OboError::Throttled { retry_after }, "temporarily_unavailable"),
            (OboError::Blocked { claims: None }, "access_denied"),
            (OboError::NotAssigned, "access_denied"),
            (OboError::NotInTenant, "access_denied"),
            (OboError::PersonGone, "access_denied"),
            (OboError::SignInEnded, "access_denied"),
        ] {
            let failure = Failure::of_exchange(&error, false).err().unwrap();
            assert_eq!(failure.code.as_str(), expected, "{error:?}");
            assert_eq!(failure.reason, error.code());
        }
    }

    #[test]
    fn what_entra_asks_for_is_brought_once() {
        let claims = OboError::ClaimsNeeded { claims: Some("{}".into()) };
        let pending = Failure::of_exchange(&claims, false).ok().unwrap();
        assert_eq!(pending.claims.as_deref(), Some("{}"));
        assert!(Failure::of_exchange(&OboError::ConsentNeeded, false).ok().unwrap().consent);
        for error in [claims, OboError::ConsentNeeded] {
            let failure = Failure::of_exchange(&error, true).err().unwrap();
            assert_eq!(failure.code, ErrorCode::AccessDenied);
        }
    }
}
