//! Why a tool call gave no result.

use std::time::Duration;

use rmcp::ErrorData;
use rmcp::handler::server::tool::IntoCallToolResult;
use rmcp::model::{CallToolResponse, CallToolResult, ContentBlock};
use serde::Serialize;

use crate::upstream::UpstreamError;

/// Why a tool call gave no result.
///
/// `Display` is read by the model and by the person behind it, so every text says what to do
/// next. Causes hang on `source()`: they are logged, and never cross the wire.
#[derive(Debug, thiserror::Error)]
pub enum ToolError {
    /// An argument has a value that cannot be used.
    #[error("argument `{argument}`: {problem}")]
    InvalidArgument {
        /// Name of the argument.
        argument: String,
        /// What is wrong and what would be right.
        problem: String,
    },

    /// The arguments as a whole cannot be used; the text names the one that is wrong.
    #[error("{text}")]
    Arguments {
        /// What is wrong.
        text: String,
    },

    /// A cursor was altered, has expired, or belongs to another person, tool or query.
    #[error("this cursor cannot be used; repeat the call with the same arguments and no cursor")]
    InvalidCursor,

    /// The thing does not exist, or the person may not know that it does.
    #[error("{what} was not found, or you may not see it; check the reference with a search first")]
    NotFound {
        /// The thing, with its article: "the file".
        what: &'static str,
    },

    /// The upstream said no to this person. It is theirs to say, not ours.
    #[error("you may not read {what}; ask its owner for access")]
    Forbidden {
        /// The thing, with its article: "the site".
        what: &'static str,
    },

    /// The thing is locked or encrypted.
    #[error("{what} is locked or encrypted and cannot be read here; open it in Microsoft 365")]
    Locked {
        /// The thing, with its article.
        what: &'static str,
    },

    /// A permission that the tool needs was not granted to this connector.
    #[error(
        "this needs the permission {scope}, which is not granted to this connector; \
         ask your administrator"
    )]
    NotGranted {
        /// The delegated permission.
        scope: String,
    },

    /// The upstream asks us to slow down.
    #[error("{service} is busy; wait {} s and try again", whole_seconds(*retry_after))]
    Throttled {
        /// Name of the service.
        service: &'static str,
        /// How long to wait, whole seconds.
        retry_after: Duration,
    },

    /// The upstream did not answer, or not properly.
    #[error("{service} did not answer properly; {}", later(cause))]
    Upstream {
        /// Name of the service.
        service: &'static str,
        /// What happened, for the log.
        #[source]
        cause: UpstreamError,
    },

    /// The upstream would not take our request: a bug of ours, or a query it cannot run.
    #[error("{service} would not run this query; simplify it and try again")]
    Rejected {
        /// Name of the service.
        service: &'static str,
        /// What happened, for the log.
        #[source]
        cause: UpstreamError,
    },

    /// The call ran out of time.
    #[error("this took too long; narrow the question and try again")]
    TimedOut,

    /// The answer is larger than a client can take.
    #[error("the answer is too large; ask for fewer items or a smaller part")]
    TooLarge,

    /// A file has more bytes than are read.
    #[error(
        "{what} is larger than {} MB, the most that is read here; open its url instead",
        max_bytes / (1024 * 1024)
    )]
    FileTooLarge {
        /// The thing, with its article: "the file".
        what: &'static str,
        /// The most that is read.
        max_bytes: usize,
    },

    /// The identity platform refused the exchange for a reason that the person can act on, or
    /// signing in again is needed (then the HTTP status says so as well).
    #[error("{text}")]
    Identity {
        /// Stable word, such as `consent_required`.
        code: &'static str,
        /// What the person should do.
        text: String,
        /// When to try again, if waiting helps.
        retry_after: Option<Duration>,
    },

    /// No audit record could be written, so nothing may leave.
    #[error(
        "the answer is withheld because it could not be recorded for audit; try again in a minute"
    )]
    AuditUnavailable,

    /// Something of ours broke.
    #[error("something went wrong in this connector; try again, and report it if it happens again")]
    Internal,
}

impl ToolError {
    /// An argument that cannot be used.
    pub fn invalid(argument: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::InvalidArgument { argument: argument.into(), problem: problem.into() }
    }

    /// Stable word for the client, the audit record and the metric. No wildcard arm: a new
    /// variant must choose its word.
    pub fn code(&self) -> &'static str {
        match self {
            Self::InvalidArgument { .. } | Self::Arguments { .. } => "invalid_argument",
            Self::InvalidCursor => "invalid_cursor",
            Self::NotFound { .. } => "not_found",
            Self::Forbidden { .. } => "forbidden",
            Self::Locked { .. } => "locked",
            Self::NotGranted { .. } => "scope_missing",
            Self::Throttled { .. } => "upstream_throttled",
            Self::Upstream { .. } => "upstream_unavailable",
            Self::Rejected { .. } => "upstream_rejected",
            Self::TimedOut => "timeout",
            Self::TooLarge | Self::FileTooLarge { .. } => "too_large",
            Self::Identity { code, .. } => code,
            Self::AuditUnavailable => "audit_unavailable",
            Self::Internal => "internal",
        }
    }

    /// How long to wait before trying again, where waiting helps.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Throttled { retry_after, .. } => Some(*retry_after),
            Self::Identity { retry_after, .. } => *retry_after,
            Self::Upstream { cause: UpstreamError::Unavailable { wait, .. }, .. } => Some(*wait),
            Self::Upstream { cause: UpstreamError::ContentHost, .. }
            | Self::InvalidArgument { .. }
            | Self::Arguments { .. }
            | Self::InvalidCursor
            | Self::NotFound { .. }
            | Self::Forbidden { .. }
            | Self::Locked { .. }
            | Self::NotGranted { .. }
            | Self::Rejected { .. }
            | Self::TimedOut
            | Self::TooLarge
            | Self::FileTooLarge { .. }
            | Self::Internal => None,
            Self::Upstream { .. } | Self::AuditUnavailable => Some(Duration::from_secs(60)),
        }
    }
}

fn later(cause: &UpstreamError) -> String {
    match cause {
        UpstreamError::Unavailable { wait, .. } => {
            format!("wait {} s and try again", whole_seconds(*wait))
        }
        UpstreamError::ContentHost => "the content lies on a host that is not allowed here; ask \
             your administrator to look at GRAPH_CONTENT_HOSTS"
            .to_owned(),
        _ => "try again in a minute".to_owned(),
    }
}

/// Rounded up, at least one: who comes back too early only waits again.
fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0)).max(1)
}

/// The structured part of a failed call.
#[derive(Serialize)]
struct Failure<'a> {
    code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after_s: Option<u64>,
}

impl From<&ToolError> for CallToolResult {
    fn from(error: &ToolError) -> Self {
        let retry_after_s = error.retry_after().map(whole_seconds);
        let failure = Failure { code: error.code(), retry_after_s };
        let mut result = Self::error(vec![ContentBlock::text(error.to_string())]);
        result.structured_content = serde_json::to_value(failure).ok();
        result
    }
}

impl IntoCallToolResult for ToolError {
    fn into_call_tool_result(self) -> Result<CallToolResponse, ErrorData> {
        log_causes(&self);
        Ok(CallToolResult::from(&self).into())
    }
}

/// The whole chain in one field; none of our `Display` texts holds a token, argument or content.
fn log_causes(error: &ToolError) {
    let mut chain = Vec::new();
    let mut cause = std::error::Error::source(error);
    while let Some(source) = cause {
        chain.push(source.to_string());
        cause = source.source();
    }
    if !chain.is_empty() {
        tracing::warn!(event = "tool_failed", code = error.code(), cause = %chain.join(": "), "a tool call failed");
    }
}
