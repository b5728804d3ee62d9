//! Who is calling: the one place where a request gets its caller.

use std::sync::Arc;

use crate::identity::{Bearer, BearerProblem, Caller, Person, Reject, Verifier};
use crate::in_flight::InFlight;
use crate::oauth::{NoSession, Sessions};
use crate::telemetry::{Authentication, Metric};
use crate::verdict::Verdict;

use super::refusal::Refusal;

/// How people sign in here.
pub(crate) enum SignedIn {
    /// With a bearer token.
    Bearer {
        /// Proves tokens that Entra signed, if they are taken.
        direct: Option<Arc<Verifier>>,
        /// Proves tokens of our own authorization server, if there is one.
        proxy: Option<Arc<Sessions>>,
    },
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
        let (direct, proxy) = match self {
            Self::Debug(caller) => return Ok(caller.as_ref().clone()),
            Self::Bearer { direct, proxy } => (direct.as_deref(), proxy.as_deref()),
        };
        let ours = proxy.filter(|_| bearer.as_ref().is_ok_and(Sessions::claims));
        let way = if ours.is_some() { "proxy" } else { "direct" };
        let event = Authentication { client_ip: in_flight.client_ip(), endpoint: "/mcp", way };
        let outcome = match (bearer, ours, direct) {
            (Err(problem), _, _) => Err((problem.code(), of_problem(problem))),
            (Ok(bearer), Some(sessions), _) => {
                sessions.caller(&bearer, in_flight.usage()).await.map_err(of_no_session)
            }
            (Ok(bearer), None, Some(verifier)) => verifier.verify(&bearer).await.map_err(of_reject),
            (Ok(_), None, None) => {
                Err(("direct_off", only(Refusal::Verdict(Verdict::InvalidToken))))
            }
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

fn of_no_session(problem: NoSession) -> (&'static str, NotSignedIn) {
    let reason = problem.code();
    match problem {
        NoSession::Entra(reject) => of_reject(reject),
        NoSession::Unavailable { retry_after } => {
            (reason, only(Refusal::Verdict(Verdict::Unavailable { retry_after })))
        }
        NoSession::Token(_) | NoSession::Ended(_) => {
            (reason, only(Refusal::Verdict(Verdict::InvalidToken)))
        }
    }
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

#[cfg(test)]
mod tests;
