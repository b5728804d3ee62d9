//! What a failed exchange means for the person who asked, and for their client.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::caller::Caller;
use super::obo::OboError;
use crate::clock::Clock;
use crate::memory::{Bounds, Memory, key_of};

/// How many sign-ins are asked for within [`WINDOW`] before we stop asking.
const SIGN_INS: usize = 3;
/// The time in which they are counted.
const WINDOW: SignedDuration = SignedDuration::from_mins(5);
/// How many callers are counted.
const CALLERS: u64 = 10_000;

/// What to answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// 401 `invalid_token`: signing in again helps.
    SignInAgain,
    /// 401 `insufficient_claims`: signing in with these claims helps.
    SignInWithClaims {
        /// The claims, as JSON.
        claims: String,
    },
    /// 503: waiting helps.
    TryLater {
        /// How long.
        retry_after: Duration,
    },
    /// 502: only the operator can help.
    BadGateway,
    /// A tool error: these permissions are not granted to the connector.
    NotGranted {
        /// As they were asked for.
        scopes: Vec<String>,
    },
    /// A tool error: the person, or somebody for them, must do what the text says.
    ToolError {
        /// Stable word.
        code: &'static str,
        /// What the person should do next.
        text: &'static str,
        /// How long to wait, where waiting helps.
        retry_after: Option<Duration>,
    },
}

impl Verdict {
    /// The verdict on this error, by itself.
    ///
    /// Claims of a caller with a grant are for us to bring to Entra, at a new sign-in that the
    /// client is sent into; a direct client has to understand them.
    pub fn on(error: &OboError, caller: &Caller) -> Self {
        let signs_in_through_us = caller.grant.is_some();
        let tool = |code, text| Self::ToolError { code, text, retry_after: error.retry_after() };
        match error {
            OboError::AssertionInvalid | OboError::PersonGone | OboError::SignInEnded => {
                Self::SignInAgain
            }
            OboError::ClaimsNeeded { .. } | OboError::Blocked { claims: Some(_) }
                if signs_in_through_us =>
            {
                Self::SignInAgain
            }
            OboError::ConsentNeeded if signs_in_through_us => tool(
                "consent_required",
                "This connector has not been granted the permissions it needs. Disconnect this connector in your client, connect it again and accept the permissions; if you cannot accept them, ask your administrator to grant consent to the connector's application.",
            ),
            OboError::ClaimsNeeded { claims } => match claims {
                Some(claims) if caller.understands_claims => {
                    Self::SignInWithClaims { claims: claims.clone() }
                }
                _ => tool(
                    "sign_in_required",
                    "Your organisation asks for a further sign-in step, such as a second factor. Disconnect this connector in your client, connect it again and complete the step; if that does not help, ask your administrator.",
                ),
            },
            OboError::Blocked { claims } => match claims {
                Some(claims) if caller.understands_claims => {
                    Self::SignInWithClaims { claims: claims.clone() }
                }
                _ => tool(
                    "access_blocked",
                    "An access policy of your organisation blocks this request. Try from a managed device or network, or ask your administrator which policy applies to this connector.",
                ),
            },
            OboError::ConsentNeeded => tool(
                "consent_required",
                "This connector has not been granted the permissions it needs. Ask your administrator to grant consent to the connector's application.",
            ),
            OboError::ScopeMissing { missing, .. } => Self::NotGranted { scopes: missing.clone() },
            OboError::NotAssigned => tool(
                "not_assigned",
                "You are not assigned to this connector. Ask your administrator for access to the connector's application.",
            ),
            OboError::NotInTenant => tool(
                "not_in_tenant",
                "Your account does not belong to the organisation of this connector. Sign in with your work account of that organisation, or ask your administrator.",
            ),
            OboError::Loop { .. } => tool(
                "rate_limited",
                "The same request was repeated too often. Wait a minute before you try again.",
            ),
            OboError::OurCredential { retry_after }
            | OboError::Throttled { retry_after }
            | OboError::TenantThrottled { retry_after }
            | OboError::Transient { retry_after } => Self::TryLater { retry_after: *retry_after },
            OboError::OurRegistration | OboError::OurScopes | OboError::BadAnswer => {
                Self::BadGateway
            }
        }
    }

    fn asks_for_sign_in(&self) -> bool {
        matches!(self, Self::SignInAgain | Self::SignInWithClaims { .. })
    }
}

/// Verdicts with a memory: a client that signs in again and again is told to stop.
pub struct Verdicts {
    clock: Clock,
    asked: Memory<Vec<Timestamp>>,
}

impl Verdicts {
    /// Nothing remembered.
    pub fn new(clock: Clock) -> Self {
        Self { clock, asked: Memory::new(Bounds::of(CALLERS)) }
    }

    /// The verdict on this error: a sign-in is asked for three times in five minutes, and for
    /// a block by policy once; after that it is a tool error.
    pub fn on(&self, error: &OboError, caller: &Caller) -> Verdict {
        let verdict = Verdict::on(error, caller);
        if !verdict.asks_for_sign_in() {
            return verdict;
        }
        let now = self.clock.now();
        let key = key_of(&[&caller.tid, &caller.oid, &caller.azp]);
        let counted = self.asked.upsert(key, |known| {
            let mut times = known.unwrap_or_default();
            times.retain(|at| now.duration_since(*at) < WINDOW);
            // One more than allowed tells that the limit is passed; more need not be counted.
            if times.len() <= SIGN_INS {
                times.push(now);
            }
            times
        });
        let count = counted.len();
        let allowed = match error {
            OboError::Blocked { .. } => 1,
            _ => SIGN_INS,
        };
        if count <= allowed {
            return verdict;
        }
        match error {
            OboError::Blocked { .. } => Verdict::on(&OboError::Blocked { claims: None }, caller),
            _ => Verdict::ToolError {
                code: "sign_in_repeated",
                text: "Signing in again did not help. Disconnect this connector in your client and connect it again in a few minutes; if that does not help, ask your administrator.",
                retry_after: None,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(understands_claims: bool) -> Caller {
        Caller { understands_claims, ..Caller::for_tests("ann") }
    }

    fn code(verdict: &Verdict) -> &'static str {
        match verdict {
            Verdict::SignInAgain => "401",
            Verdict::SignInWithClaims { .. } => "401 claims",
            Verdict::TryLater { .. } => "503",
            Verdict::BadGateway => "502",
            Verdict::NotGranted { .. } => "not_granted",
            Verdict::ToolError { code, .. } => code,
        }
    }

    #[test]
    fn every_class_has_its_answer() {
        let claims = Some("{}".to_owned());
        let retry_after = Duration::from_secs(9);
        for (error, plain, with_claims) in [
            (OboError::AssertionInvalid, "401", "401"),
            (OboError::PersonGone, "401", "401"),
            (OboError::SignInEnded, "401", "401"),
            (OboError::ClaimsNeeded { claims: claims.clone() }, "sign_in_required", "401 claims"),
            (OboError::ClaimsNeeded { claims: None }, "sign_in_required", "sign_in_required"),
            (OboError::Blocked { claims }, "access_blocked", "401 claims"),
            (OboError::Blocked { claims: None }, "access_blocked", "access_blocked"),
            (OboError::ConsentNeeded, "consent_required", "consent_required"),
            (OboError::NotAssigned, "not_assigned", "not_assigned"),
            (OboError::NotInTenant, "not_in_tenant", "not_in_tenant"),
            (OboError::Loop { retry_after }, "rate_limited", "rate_limited"),
            (OboError::OurCredential { retry_after }, "503", "503"),
            (OboError::Throttled { retry_after }, "503", "503"),
            (OboError::TenantThrottled { retry_after }, "503", "503"),
            (OboError::Transient { retry_after }, "503", "503"),
            (OboError::OurRegistration, "502", "502"),
            (OboError::OurScopes, "502", "502"),
            (OboError::BadAnswer, "502", "502"),
            (
                OboError::ScopeMissing { missing: vec!["Mail.Read".into()], granted: vec![] },
                "not_granted",
                "not_granted",
            ),
        ] {
            assert_eq!(code(&Verdict::on(&error, &caller(false))), plain, "{error:?}");
            assert_eq!(code(&Verdict::on(&error, &caller(true))), with_claims, "{error:?}");
        }
    }

    #[test]
    fn every_text_says_what_to_do_next() {
        for error in [
            OboError::ClaimsNeeded { claims: None },
            OboError::Blocked { claims: None },
            OboError::ConsentNeeded,
            OboError::NotAssigned,
            OboError::NotInTenant,
        ] {
            let Verdict::ToolError { text, .. } = Verdict::on(&error, &caller(false)) else {
                panic!("{error:?}");
            };
            assert!(text.contains("sk your administrator"), "{text}");
        }
    }

    #[test]
    fn after_three_sign_ins_in_five_minutes_the_client_is_told_to_stop() {
        let clock = Clock::manual(Timestamp::from_second(1_000).unwrap());
        let verdicts = Verdicts::new(clock.clone());
        let (ann, error) = (caller(false), OboError::AssertionInvalid);
        for _ in 0..3 {
            assert_eq!(verdicts.on(&error, &ann), Verdict::SignInAgain);
        }
        for _ in 0..10 {
            assert_eq!(code(&verdicts.on(&error, &ann)), "sign_in_repeated");
        }
        let ben = Caller::for_tests("ben");
        assert_eq!(verdicts.on(&error, &ben), Verdict::SignInAgain);
        clock.advance(Duration::from_secs(300));
        assert_eq!(verdicts.on(&error, &ann), Verdict::SignInAgain);
    }

    #[test]
    fn row_58_a_block_by_policy_asks_for_claims_once() {
        let verdicts = Verdicts::new(Clock::manual(Timestamp::UNIX_EPOCH));
        let ann = caller(true);
        let error = OboError::Blocked { claims: Some("{}".into()) };
        assert_eq!(code(&verdicts.on(&error, &ann)), "401 claims");
        assert_eq!(code(&verdicts.on(&error, &ann)), "access_blocked");
    }
}
