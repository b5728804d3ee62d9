//! What goes wrong between us and an upstream service.

use std::time::Duration;

use crate::http_client::HttpProblem;

/// What went wrong between us and an upstream service; never holds a body or a URL.
#[derive(Debug, thiserror::Error)]
pub enum UpstreamError {
    /// No connection, or it broke.
    #[error("the connection failed ({kind})")]
    Connection {
        /// `connect`, `timeout`, `broken` or `no_client`.
        kind: &'static str,
    },
    /// The body is larger than the request allows.
    #[error("the body is larger than {max_bytes} bytes")]
    BodyTooLarge {
        /// The cap.
        max_bytes: usize,
    },
    /// A status that means failure.
    #[error("status {status}, code {code}")]
    Status {
        /// HTTP status.
        status: u16,
        /// The upstream's error code: letters, digits and dots only.
        code: String,
    },
    /// It is out of service and says until when.
    #[error("status {status}, for {} s", wait.as_secs())]
    Unavailable {
        /// HTTP status.
        status: u16,
        /// How long to wait.
        wait: Duration,
    },
    /// A body that is not what it should be.
    #[error("the body could not be read as {expected}")]
    Malformed {
        /// What was expected.
        expected: &'static str,
    },
    /// A redirect that we do not follow.
    #[error("a redirect to a host that is not allowed")]
    Redirect,
    /// Content lies on a host that it may not come from.
    #[error("content on a host that is not allowed")]
    ContentHost,
}

/// The log's word for it.
pub(super) fn word(problem: HttpProblem) -> &'static str {
    match problem {
        HttpProblem::NoClient => "no_client",
        HttpProblem::Timeout => "timeout",
        HttpProblem::Connect => "connect",
        HttpProblem::TooLarge { .. } => "too_large",
        HttpProblem::Broken => "broken",
    }
}

impl From<HttpProblem> for UpstreamError {
    fn from(problem: HttpProblem) -> Self {
        match problem {
            HttpProblem::TooLarge { limit } => Self::BodyTooLarge { max_bytes: limit },
            HttpProblem::NoClient
            | HttpProblem::Timeout
            | HttpProblem::Connect
            | HttpProblem::Broken => Self::Connection { kind: word(problem) },
        }
    }
}
