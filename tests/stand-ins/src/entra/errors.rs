//! Entra's error bodies: one table of codes, one JSON shape.

use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use serde_json::{Value, json};
use uuid::Uuid;

use super::clock::stamp;
use super::codes::meaning;

/// A refusal in Entra's words.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    code: u32,
    error: String,
    status: StatusCode,
    text: String,
    suberror: Option<String>,
    claims: Option<String>,
    retry_after: Option<u32>,
}

/// What is needed to write a refusal down: when, and for which request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Occasion {
    pub(crate) now: i64,
    pub(crate) correlation: Option<String>,
}

impl Refusal {
    /// The refusal with this AADSTS code, with the error, status and text that belong to it.
    pub(crate) fn of(code: u32) -> Self {
        let (error, text) = meaning(code);
        let suberror = match code {
            65001 | 65004 => Some("consent_required"),
            50072 | 50076 | 50079 | 50158 => Some("basic_action"),
            53000..=53003 | 530_032 | 53011 => Some("message_only"),
            70043 => Some("bad_token"),
            _ => None,
        };
        let status = match error {
            "invalid_client" => StatusCode::UNAUTHORIZED,
            "temporarily_unavailable" => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::BAD_REQUEST,
        };
        let status = if code == 90055 { StatusCode::TOO_MANY_REQUESTS } else { status };
        Self {
            code,
            error: error.to_owned(),
            status,
            text: text.to_owned(),
            suberror: suberror.map(str::to_owned),
            claims: None,
            retry_after: None,
        }
    }

    /// Says it in other words.
    pub(crate) fn saying(mut self, text: impl Into<String>) -> Self {
        self.text = text.into();
        self
    }

    /// Gives it another OAuth error.
    pub(crate) fn error(mut self, error: impl Into<String>) -> Self {
        self.error = error.into();
        self
    }

    pub(crate) fn suberror(mut self, suberror: Option<String>) -> Self {
        self.suberror = suberror.or(self.suberror);
        self
    }

    pub(crate) fn claims(mut self, claims: Option<String>) -> Self {
        self.claims = claims;
        self
    }

    pub(crate) fn retry_after(mut self, seconds: Option<u32>) -> Self {
        self.retry_after = seconds;
        self
    }

    /// The OAuth error, for a redirect.
    pub(crate) fn oauth_error(&self) -> &str {
        &self.error
    }

    /// The first part of the description, without the trace.
    pub(crate) fn summary(&self) -> String {
        format!("AADSTS{}: {}", self.code, self.text)
    }

    /// The JSON body.
    pub(crate) fn body(&self, occasion: &Occasion) -> Value {
        let trace = Uuid::new_v4().to_string();
        let correlation =
            occasion.correlation.clone().unwrap_or_else(|| Uuid::new_v4().to_string());
        let timestamp = stamp(occasion.now);
        let mut body = json!({
            "error": self.error,
            "error_description": format!(
                "{} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {timestamp}",
                self.summary()
            ),
            "error_codes": [self.code],
            "timestamp": timestamp,
            "trace_id": trace,
            "correlation_id": correlation,
            "error_uri": format!("https://login.microsoftonline.com/error?code={}", self.code),
        });
        if let Some(fields) = body.as_object_mut() {
            if let Some(suberror) = &self.suberror {
                fields.insert("suberror".to_owned(), json!(suberror));
            }
            if let Some(claims) = &self.claims {
                fields.insert("claims".to_owned(), json!(claims));
            }
        }
        body
    }

    /// The whole response.
    pub(crate) fn respond(&self, occasion: &Occasion) -> Response {
        let body = self.body(occasion);
        let mut response = (self.status, axum::Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, http::HeaderValue::from_static("no-store, no-cache"));
        headers.insert(header::PRAGMA, http::HeaderValue::from_static("no-cache"));
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

/// The missing-parameter refusal, which names the parameter.
pub(crate) fn missing(parameter: &str) -> Refusal {
    Refusal::of(900_144)
        .saying(format!("The request body must contain the following parameter: '{parameter}'."))
}
