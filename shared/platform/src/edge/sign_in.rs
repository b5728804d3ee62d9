//! Who is calling: the one place where a request gets its caller.

use crate::identity::{Bearer, BearerProblem, Caller, Person, Reject, Verifier};
use crate::in_flight::InFlight;
use crate::telemetry::{Authentication, Metric};
use crate::verdict::Verdict;

use super::refusal::Refusal;

/// How people sign in here.
pub(crate) enum SignedIn {
    /// With a bearer token that Entra signed.
    Direct(Box<Verifier>),
    /// Not at all: everybody is this caller. On a laptop only.
    Debug(Box<Caller>),
}

/// A refusal, with the caller when the identity was proven all the same.
pub(crate) struct NotSignedIn {
    pub(crate) refusal: Refusal,
    pub(crate) proven: Option<Person>,
}

impl SignedIn {
    /// The caller of a request with this bearer.
    pub(crate) async fn caller(
        &self,
        bearer: Result<Bearer, BearerProblem>,
        in_flight: &InFlight,
    ) -> Result<Caller, NotSignedIn> {
        let verifier = match self {
            Self::Debug(caller) => return Ok(caller.as_ref().clone()),
            Self::Direct(verifier) => verifier,
        };
        let event =
            Authentication { client_ip: in_flight.client_ip(), endpoint: "/mcp", way: "direct" };
        let outcome = match bearer {
            Ok(bearer) => verifier.verify(&bearer).await.map_err(of_reject),
            Err(problem) => Err((problem.code(), of_problem(problem))),
        };
        match outcome {
            Ok(caller) => {
                event.succeeded(&caller.oid);
                in_flight.metrics().count(Metric::AuthSucceeded);
                Ok(caller)
            }
            Err((reason, not)) => {
                event.failed(reason);
                in_flight.metrics().count(Metric::AuthFailed);
                Err(not)
            }
        }
    }
}

fn of_reject(reject: Reject) -> (&'static str, NotSignedIn) {
    let reason = reject.code();
    let not = match reject {
        Reject::InsufficientScope(person) => {
            NotSignedIn { refusal: Refusal::InsufficientScope, proven: Some(*person) }
        }
        Reject::KeysUnavailable { retry_after } => {
            only(Refusal::Verdict(Verdict::Unavailable { retry_after }))
        }
        _ => only(Refusal::Verdict(Verdict::InvalidToken)),
    };
    (reason, not)
}

fn of_problem(problem: BearerProblem) -> NotSignedIn {
    only(match problem {
        BearerProblem::Missing => Refusal::NoToken,
        BearerProblem::Duplicate => Refusal::DuplicateAuthorization,
        BearerProblem::Malformed => Refusal::Verdict(Verdict::InvalidToken),
    })
}

fn only(refusal: Refusal) -> NotSignedIn {
    NotSignedIn { refusal, proven: None }
}
