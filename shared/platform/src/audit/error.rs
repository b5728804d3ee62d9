//! Why a sink did not take a record.

use std::io;

use crate::telemetry::Brief;

/// Why a sink did not take a record. Never holds anything of the record.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuditUnavailable {
    /// Standard output or the file did not take it: disk full, no permission, closed.
    #[error("the record could not be written: {0}")]
    NotWritten(io::ErrorKind),
    /// The record could not be turned into JSON.
    #[error("the record could not be serialized")]
    NotSerialized,
    /// The stream takes no more for now.
    #[error("the stream is throttled")]
    Throttled,
    /// The stream's service failed.
    #[error("the stream's service failed")]
    Failed,
    /// No answer in time.
    #[error("the stream did not answer in time")]
    TimedOut,
    /// No connection, or no credentials.
    #[error("the stream could not be reached")]
    Unreachable,
    /// The stream refuses us: no such stream, no permission, a disabled key.
    #[error("the stream refused the record: {code}")]
    Refused {
        /// The service's word for it.
        code: Brief<64>,
    },
}

impl AuditUnavailable {
    /// Whether a second try may help.
    pub(super) fn may_pass(&self) -> bool {
        match self {
            Self::Throttled | Self::Failed | Self::TimedOut | Self::Unreachable => true,
            Self::NotWritten(_) | Self::NotSerialized | Self::Refused { .. } => false,
        }
    }

    /// Stable word for the log.
    pub fn word(&self) -> &'static str {
        match self {
            Self::NotWritten(_) => "not_written",
            Self::NotSerialized => "not_serialized",
            Self::Throttled => "throttled",
            Self::Failed => "failed",
            Self::TimedOut => "timed_out",
            Self::Unreachable => "unreachable",
            Self::Refused { .. } => "refused",
        }
    }
}

impl From<io::Error> for AuditUnavailable {
    fn from(error: io::Error) -> Self {
        Self::NotWritten(error.kind())
    }
}
