//! Why an exchange gave no token: Entra's many codes as the few classes that we answer.

use std::time::Duration;

use serde::Deserialize;

/// How long to wait when Entra does not say.
pub(in crate::identity) const DEFAULT_WAIT: Duration = Duration::from_secs(5);
/// How long a loop is left alone.
pub(super) const LOOP_WAIT: Duration = Duration::from_secs(60);
/// The longest claims we pass on.
const MAX_CLAIMS_BYTES: usize = 4 * 1024;

/// Why an exchange gave no token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OboError {
    /// Entra does not accept the caller's token any more.
    #[error("the caller's token is not accepted")]
    AssertionInvalid,
    /// Entra wants more from the person, such as a second factor.
    #[error("the person must meet further requirements")]
    ClaimsNeeded {
        /// What it wants, as JSON, if it said so.
        claims: Option<String>,
    },
    /// A policy of the organisation does not let the person in.
    #[error("a policy blocks the person")]
    Blocked {
        /// What would unblock, as JSON, if there is such a thing.
        claims: Option<String>,
    },
    /// The person or an administrator has not consented to the permissions.
    #[error("consent is missing")]
    ConsentNeeded,
    /// The person is not assigned to the application.
    #[error("the person is not assigned")]
    NotAssigned,
    /// The person's account is disabled, deleted, or its sessions were revoked.
    #[error("the person's account is not active")]
    PersonGone,
    /// The sign-in behind the token is too old or was ended.
    #[error("the sign-in has ended")]
    SignInEnded,
    /// None of our credentials is accepted.
    #[error("our credentials are not accepted")]
    OurCredential {
        /// When we try again.
        retry_after: Duration,
    },
    /// Our registration is wrong.
    #[error("our registration is wrong")]
    OurRegistration,
    /// We ask for scopes in a way that Entra refuses.
    #[error("our scopes are wrong")]
    OurScopes,
    /// The person is not of this tenant, or a guest without an account in it.
    #[error("the person is not in the tenant")]
    NotInTenant,
    /// Entra saw the same request too often.
    #[error("the same request came too often")]
    Loop {
        /// When to try again.
        retry_after: Duration,
    },
    /// Entra asked us to wait, for this person.
    #[error("throttled")]
    Throttled {
        /// When to try again.
        retry_after: Duration,
    },
    /// Entra asked us to wait, for everybody.
    #[error("the tenant is throttled")]
    TenantThrottled {
        /// When to try again.
        retry_after: Duration,
    },
    /// Entra does not answer properly at the moment.
    #[error("not available at the moment")]
    Transient {
        /// When to try again.
        retry_after: Duration,
    },
    /// The token lacks scopes that were asked for.
    #[error("scopes were not granted")]
    ScopeMissing {
        /// The scopes that are not granted, as they were asked for.
        missing: Vec<String>,
        /// The scopes that are.
        granted: Vec<String>,
    },
    /// The answer makes no sense.
    #[error("the answer makes no sense")]
    BadAnswer,
}

impl OboError {
    /// Stable word for the log, the metric and the audit record.
    pub fn code(&self) -> &'static str {
        match self {
            Self::AssertionInvalid => "obo_assertion_invalid",
            Self::ClaimsNeeded { .. } => "obo_claims_needed",
            Self::Blocked { .. } => "obo_blocked",
            Self::ConsentNeeded => "obo_consent_needed",
            Self::NotAssigned => "obo_not_assigned",
            Self::PersonGone => "obo_person_gone",
            Self::SignInEnded => "obo_sign_in_ended",
            Self::OurCredential { .. } => "obo_our_credential",
            Self::OurRegistration => "obo_our_registration",
            Self::OurScopes => "obo_our_scopes",
            Self::NotInTenant => "obo_not_in_tenant",
            Self::Loop { .. } => "obo_loop",
            Self::Throttled { .. } => "obo_throttled",
            Self::TenantThrottled { .. } => "obo_tenant_throttled",
            Self::Transient { .. } => "obo_transient",
            Self::ScopeMissing { .. } => "obo_scope_missing",
            Self::BadAnswer => "obo_bad_answer",
        }
    }

    /// Whether asking for fewer scopes may succeed; what optional scopes are left out for.
    pub fn may_succeed_with_fewer_scopes(&self) -> bool {
        matches!(self, Self::ConsentNeeded | Self::ScopeMissing { .. })
    }

    /// Whether the same bearer token would only be refused again: what a minute's memory is for.
    pub fn stays_for_this_sign_in(&self) -> bool {
        matches!(
            self,
            Self::AssertionInvalid
                | Self::ClaimsNeeded { .. }
                | Self::Blocked { .. }
                | Self::ConsentNeeded
                | Self::NotAssigned
                | Self::PersonGone
                | Self::SignInEnded
                | Self::NotInTenant
        )
    }

    /// How long to wait, where waiting helps.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::OurCredential { retry_after }
            | Self::Loop { retry_after }
            | Self::Throttled { retry_after }
            | Self::TenantThrottled { retry_after }
            | Self::Transient { retry_after } => Some(*retry_after),
            Self::AssertionInvalid
            | Self::ClaimsNeeded { .. }
            | Self::Blocked { .. }
            | Self::ConsentNeeded
            | Self::NotAssigned
            | Self::PersonGone
            | Self::SignInEnded
            | Self::OurRegistration
            | Self::OurScopes
            | Self::NotInTenant
            | Self::ScopeMissing { .. }
            | Self::BadAnswer => None,
        }
    }

    /// The same, with what is left of the wait.
    pub(super) fn waiting(mut self, left: Duration) -> Self {
        if let Self::OurCredential { retry_after }
        | Self::Loop { retry_after }
        | Self::Throttled { retry_after }
        | Self::TenantThrottled { retry_after }
        | Self::Transient { retry_after } = &mut self
        {
            *retry_after = left;
        }
        self
    }
}

/// An error body of the token endpoint, as far as we look at it. The description is not kept.
#[derive(Debug, Default, Deserialize)]
pub(in crate::identity) struct Refusal {
    #[serde(default)]
    pub(super) error: String,
    #[serde(default)]
    error_codes: Vec<u32>,
    suberror: Option<String>,
    claims: Option<String>,
}

impl Refusal {
    /// Reads an error body; what is no such body is an empty refusal.
    pub(in crate::identity) fn read(body: &[u8]) -> Self {
        serde_json::from_slice(body).unwrap_or_default()
    }

    /// The first AADSTS number, for the log.
    pub(in crate::identity) fn number(&self) -> Option<u32> {
        self.error_codes.first().copied()
    }

    /// The class: by error, suberror and claims first, numbers only refine.
    pub(in crate::identity) fn class(self, status: u16, retry_after: Option<Duration>) -> OboError {
        let retry_after_or_default = retry_after.unwrap_or(DEFAULT_WAIT);
        let transient = OboError::Transient { retry_after: retry_after_or_default };
        if self.error_codes.contains(&90055) {
            return OboError::TenantThrottled { retry_after: retry_after_or_default };
        }
        match (status, self.error.as_str()) {
            (429, _) => OboError::Throttled { retry_after: retry_after_or_default },
            (500.., _) | (_, "temporarily_unavailable" | "server_error") => transient,
            (_, "invalid_client") => {
                self.of_client(OboError::OurCredential { retry_after: retry_after_or_default })
            }
            (_, "unauthorized_client" | "invalid_resource") => {
                self.refined(OboError::OurRegistration)
            }
            (_, "invalid_scope" | "invalid_request" | "invalid_target") => {
                self.refined(OboError::OurScopes)
            }
            (_, "consent_required") => OboError::ConsentNeeded,
            (_, "invalid_grant" | "interaction_required" | "login_required") => self.of_grant(),
            _ => self.refined(OboError::BadAnswer),
        }
    }

    /// Refusals that are about us: no number makes the person answer for them.
    fn of_client(&self, by_error: OboError) -> OboError {
        match self.refined(by_error.clone()) {
            class @ (OboError::OurRegistration | OboError::Transient { .. }) => class,
            _ => by_error,
        }
    }

    /// Refusals that are about the person and their sign-in.
    fn of_grant(mut self) -> OboError {
        let claims = self
            .claims
            .take()
            .filter(|claims| !claims.is_empty() && claims.len() <= MAX_CLAIMS_BYTES);
        if self.suberror.as_deref() == Some("consent_required") {
            return OboError::ConsentNeeded;
        }
        let by_error = match (&claims, self.error.as_str()) {
            (None, "invalid_grant") => OboError::AssertionInvalid,
            _ => OboError::ClaimsNeeded { claims: None },
        };
        match (self.refined(by_error), claims) {
            (OboError::Blocked { .. }, claims) => OboError::Blocked { claims },
            // Claims are a way in, whatever the number says.
            (_, Some(claims)) => OboError::ClaimsNeeded { claims: Some(claims) },
            (class, None) => class,
        }
    }

    /// The class of the first number that has one, or what the error alone says.
    fn refined(&self, by_error: OboError) -> OboError {
        self.error_codes.iter().find_map(|number| class_of(*number)).unwrap_or(by_error)
    }
}

/// The class of an AADSTS number.
fn class_of(number: u32) -> Option<OboError> {
    Some(match number {
        50013 | 500_131 | 500_133 | 50027 | 50006 => OboError::AssertionInvalid,
        50072 | 50074 | 50076 | 50078 | 50079 | 50158 => OboError::ClaimsNeeded { claims: None },
        53003 | 53000..=53002 | 50131 | 530_032 | 53011 => OboError::Blocked { claims: None },
        65001 | 90094 | 90095 | 65004 => OboError::ConsentNeeded,
        50105 => OboError::NotAssigned,
        50057 | 50034 | 50173 => OboError::PersonGone,
        700_082 | 70008 | 70043 | 700_084 | 50089 => OboError::SignInEnded,
        7_000_215 | 7_000_222 | 7_000_218 | 700_027 | 700_025 | 50012 => {
            OboError::OurCredential { retry_after: DEFAULT_WAIT }
        }
        700_016 | 7_000_112 | 7_000_114 | 500_011 | 650_057 | 700_229 => OboError::OurRegistration,
        70011 | 28000 | 28002 | 28003 | 700_022 | 700_023 | 90009 | 9_010_010 | 901_002 => {
            OboError::OurScopes
        }
        50020 | 500_213 | 90072 | 16000 => OboError::NotInTenant,
        50196 => OboError::Loop { retry_after: LOOP_WAIT },
        90033 | 90024 | 50033 | 90006 | 90012 | 40010 => {
            OboError::Transient { retry_after: DEFAULT_WAIT }
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn class(error: &str, number: u32) -> &'static str {
        let body = json!({"error": error, "error_codes": [number]}).to_string();
        Refusal::read(body.as_bytes()).class(400, None).code()
    }

    #[test]
    fn every_number_of_the_table_has_its_class() {
        let grant = "invalid_grant";
        let table: [(&str, &str, &[u32]); 12] = [
            (grant, "obo_assertion_invalid", &[50013, 500_131, 500_133, 50027, 50006]),
            (
                "interaction_required",
                "obo_claims_needed",
                &[50072, 50074, 50076, 50078, 50079, 50158],
            ),
            (grant, "obo_blocked", &[53003, 53000, 53001, 53002, 50131, 530_032, 53011]),
            (grant, "obo_consent_needed", &[65001, 90094, 90095, 65004]),
            (grant, "obo_not_assigned", &[50105]),
            (grant, "obo_person_gone", &[50057, 50034, 50173]),
            (grant, "obo_sign_in_ended", &[700_082, 70008, 70043, 700_084, 50089]),
            (
                "invalid_client",
                "obo_our_credential",
                &[7_000_215, 7_000_222, 7_000_218, 700_027, 700_025, 50012],
            ),
            (
                "unauthorized_client",
                "obo_our_registration",
                &[700_016, 7_000_112, 7_000_114, 500_011, 650_057, 700_229],
            ),
            (
                "invalid_request",
                "obo_our_scopes",
                &[70011, 28000, 28002, 28003, 700_022, 700_023, 90009, 9_010_010, 901_002],
            ),
            (grant, "obo_not_in_tenant", &[50020, 500_213, 90072, 16000]),
            (grant, "obo_transient", &[90033, 90024, 50033, 90006, 90012, 40010]),
        ];
        for (error, expected, numbers) in table {
            for number in numbers {
                assert_eq!(class(error, *number), expected, "{number}");
            }
        }
        assert_eq!(class(grant, 50196), "obo_loop");
        assert_eq!(class("temporarily_unavailable", 90055), "obo_tenant_throttled");
    }

    #[test]
    fn an_unknown_number_is_classed_by_its_error() {
        for (error, expected) in [
            ("invalid_grant", "obo_assertion_invalid"),
            ("interaction_required", "obo_claims_needed"),
            ("consent_required", "obo_consent_needed"),
            ("invalid_client", "obo_our_credential"),
            ("unauthorized_client", "obo_our_registration"),
            ("invalid_resource", "obo_our_registration"),
            ("invalid_scope", "obo_our_scopes"),
            ("invalid_target", "obo_our_scopes"),
            ("invalid_request", "obo_our_scopes"),
            ("temporarily_unavailable", "obo_transient"),
            ("", "obo_bad_answer"),
            ("something_new", "obo_bad_answer"),
        ] {
            assert_eq!(class(error, 999_999), expected, "{error}");
        }
    }

    #[test]
    fn a_refused_credential_of_ours_is_never_the_persons_fault() {
        for (number, expected) in [
            (50076, "obo_our_credential"),
            (50013, "obo_our_credential"),
            (65001, "obo_our_credential"),
            (700_016, "obo_our_registration"),
            (90033, "obo_transient"),
        ] {
            assert_eq!(class("invalid_client", number), expected, "{number}");
        }
    }

    #[test]
    fn claims_and_suberror_say_more_than_numbers() {
        let read =
            |body: serde_json::Value| Refusal::read(body.to_string().as_bytes()).class(400, None);
        let claims = Some("{\"access_token\":{}}".to_owned());
        for number in [0, 50013, 50076] {
            let class =
                read(json!({"error": "invalid_grant", "error_codes": [number], "claims": claims}));
            assert_eq!(class, OboError::ClaimsNeeded { claims: claims.clone() });
        }
        let blocked =
            read(json!({"error": "invalid_grant", "error_codes": [53003], "claims": claims}));
        assert_eq!(blocked, OboError::Blocked { claims });
        let consent = read(json!({"error": "invalid_grant", "suberror": "consent_required"}));
        assert_eq!(consent, OboError::ConsentNeeded);
        let huge = read(json!({"error": "interaction_required", "claims": "x".repeat(20_000)}));
        assert_eq!(huge, OboError::ClaimsNeeded { claims: None });
    }

    #[test]
    fn the_status_speaks_when_the_body_does_not() {
        let wait = Some(Duration::from_secs(7));
        for (status, expected) in [
            (429, OboError::Throttled { retry_after: Duration::from_secs(7) }),
            (500, OboError::Transient { retry_after: Duration::from_secs(7) }),
            (503, OboError::Transient { retry_after: Duration::from_secs(7) }),
            (400, OboError::BadAnswer),
            (404, OboError::BadAnswer),
            (302, OboError::BadAnswer),
        ] {
            assert_eq!(Refusal::read(b"<html>").class(status, wait), expected, "{status}");
        }
    }
}
