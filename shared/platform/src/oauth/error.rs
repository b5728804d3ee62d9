//! What an endpoint answers when it does not do what it was asked (RFC 6749 sections 4.1.2.1 and
//! 5.2, RFC 7591 section 3.2.2, RFC 8707 section 2).

use http::StatusCode;

/// The `error` words of the specifications.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ErrorCode {
    InvalidRequest,
    InvalidClient,
    InvalidGrant,
    UnsupportedGrantType,
    UnsupportedResponseType,
    InvalidScope,
    InvalidTarget,
    AccessDenied,
    ServerError,
    TemporarilyUnavailable,
    InvalidRedirectUri,
    InvalidClientMetadata,
}

/// An error as a client is told: a word for its code, a sentence for its developer. The sentence
/// is ours and fixed: nothing that came in is repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OAuthError {
    pub(crate) code: ErrorCode,
    pub(crate) description: &'static str,
    /// When to try again, in seconds.
    pub(crate) retry_after_s: Option<u64>,
}

impl ErrorCode {
    /// The word on the wire.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::InvalidScope => "invalid_scope",
            Self::InvalidTarget => "invalid_target",
            Self::AccessDenied => "access_denied",
            Self::ServerError => "server_error",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
            Self::InvalidRedirectUri => "invalid_redirect_uri",
            Self::InvalidClientMetadata => "invalid_client_metadata",
        }
    }

    /// The HTTP status where the error is the whole answer.
    pub(crate) fn status(self) -> StatusCode {
        match self {
            Self::InvalidClient => StatusCode::UNAUTHORIZED,
            Self::AccessDenied => StatusCode::FORBIDDEN,
            Self::ServerError => StatusCode::BAD_GATEWAY,
            Self::TemporarilyUnavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::InvalidRequest
            | Self::InvalidGrant
            | Self::UnsupportedGrantType
            | Self::UnsupportedResponseType
            | Self::InvalidScope
            | Self::InvalidTarget
            | Self::InvalidRedirectUri
            | Self::InvalidClientMetadata => StatusCode::BAD_REQUEST,
        }
    }
}

impl OAuthError {
    /// An error that waiting does not mend.
    pub(crate) const fn new(code: ErrorCode, description: &'static str) -> Self {
        Self { code, description, retry_after_s: None }
    }

    /// What should not happen did; nothing of the request is to blame.
    pub(crate) const fn broken() -> Self {
        Self::new(ErrorCode::ServerError, "something broke here; try again")
    }

    /// The store or Entra does not answer at the moment.
    pub(crate) const fn unavailable() -> Self {
        Self {
            code: ErrorCode::TemporarilyUnavailable,
            description: "temporarily unavailable; try again in a few seconds",
            retry_after_s: Some(5),
        }
    }
}
