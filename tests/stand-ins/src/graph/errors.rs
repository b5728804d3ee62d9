//! Refusals in Graph's words.

use http::StatusCode;
use serde_json::{Value, json};

/// A refusal: a status, Graph's code for it, and a sentence.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// Status.
    pub status: StatusCode,
    /// `error.code`.
    pub code: &'static str,
    /// `error.message`.
    pub message: String,
    /// A code inside `innerError`.
    pub inner: Option<&'static str>,
    /// Headers that go with it.
    pub headers: Vec<(&'static str, String)>,
}

/// What most of the code answers with.
pub type Outcome<T> = Result<T, Refusal>;

impl Refusal {
    /// A refusal without headers.
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), inner: None, headers: Vec::new() }
    }

    /// The request makes no sense.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BadRequest", message)
    }

    /// The request makes no sense to `SharePoint`.
    pub fn invalid_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalidRequest", message)
    }

    /// There is nothing there, or nothing that this person may see.
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "itemNotFound", "The resource could not be found.")
    }

    /// This person may not.
    pub fn access_denied() -> Self {
        Self::new(StatusCode::FORBIDDEN, "accessDenied", "Access denied")
    }

    /// A path that no operation has.
    pub fn segment(segment: &str) -> Self {
        Self::bad_request(format!("Resource not found for the segment '{segment}'."))
    }

    /// The token is missing, expired or not ours.
    pub fn unauthenticated(message: &str) -> Self {
        let mut refusal =
            Self::new(StatusCode::UNAUTHORIZED, "InvalidAuthenticationToken", message);
        refusal.headers.push((
            "www-authenticate",
            "Bearer realm=\"\", authorization_uri=\"https://login.microsoftonline.com/common/oauth2/authorize\", client_id=\"00000003-0000-0000-c000-000000000000\"".to_owned(),
        ));
        refusal
    }

    /// The same refusal with a header.
    #[must_use]
    pub fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The same refusal with a more exact code inside.
    #[must_use]
    pub fn with_inner(mut self, code: &'static str) -> Self {
        self.inner = Some(code);
        self
    }

    /// The body.
    pub fn body(&self, ids: &RequestIds) -> Value {
        let mut inner = json!({
            "date": ids.date,
            "request-id": ids.request_id,
            "client-request-id": ids.client_request_id,
        });
        if let (Some(code), Some(object)) = (self.inner, inner.as_object_mut()) {
            object.insert("code".to_owned(), code.into());
        }
        json!({"error": {"code": self.code, "message": self.message, "innerError": inner}})
    }
}

/// The names by which support finds a request.
#[derive(Clone, Debug)]
pub struct RequestIds {
    /// Ours.
    pub request_id: String,
    /// The caller's, or ours again.
    pub client_request_id: String,
    /// When, as `2026-11-20T09:00:00`.
    pub date: String,
}
