//! A verdict that is known only inside a tool and that HTTP must say: status and headers.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// What the HTTP answer has to say instead of 200.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// 401: signing in again with the same client helps.
    InvalidToken,
    /// 401 with a claims challenge; the claims as JSON text.
    InsufficientClaims {
        /// The claims that the identity platform asks for.
        claims: String,
    },
    /// 429: this person must wait.
    TooManyRequests {
        /// How long.
        retry_after: Duration,
    },
    /// 502: the identity platform or our registration with it is broken; waiting does not help.
    BadGateway,
    /// 503: a service we cannot do without is down.
    Unavailable {
        /// How long to wait.
        retry_after: Duration,
    },
}

impl Verdict {
    /// The HTTP status.
    pub fn status(&self) -> http::StatusCode {
        match self {
            Self::InvalidToken | Self::InsufficientClaims { .. } => http::StatusCode::UNAUTHORIZED,
            Self::TooManyRequests { .. } => http::StatusCode::TOO_MANY_REQUESTS,
            Self::BadGateway => http::StatusCode::BAD_GATEWAY,
            Self::Unavailable { .. } => http::StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

/// Where one request's verdict is left for `edge`; the first one stays.
#[derive(Clone, Debug, Default)]
pub struct VerdictSlot(Arc<Mutex<Option<Verdict>>>);

impl VerdictSlot {
    /// Leaves a verdict, unless there is one already.
    pub fn leave(&self, verdict: Verdict) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(verdict);
    }

    /// The verdict, if one was left.
    pub fn get(&self) -> Option<Verdict> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
