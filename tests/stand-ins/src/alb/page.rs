//! The balancer's own answers, for when no target gives one.

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use http_body_util::Full;

/// An answer whose body is held whole.
pub(super) type Answer = Response<Full<Bytes>>;

/// What the balancer calls itself.
pub(super) const SERVER: HeaderValue = HeaderValue::from_static("awselb/2.0");

/// The small page with which the balancer says that something is wrong.
pub(super) fn html(status: StatusCode) -> Answer {
    let reason = match status.as_u16() {
        413 => "Request Entity Too Large",
        463 => "",
        503 => "Service Temporarily Unavailable",
        504 => "Gateway Time-out",
        _ => status.canonical_reason().unwrap_or_default(),
    };
    let title = format!("{} {reason}", status.as_u16());
    let title = title.trim();
    let page = format!(
        "<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n</body>\r\n</html>\r\n"
    );
    answer(status, HeaderValue::from_static("text/html"), page.into())
}

/// A JSON document.
pub(super) fn json(status: StatusCode, document: &serde_json::Value) -> Answer {
    let content_type = HeaderValue::from_static("application/json");
    answer(status, content_type, document.to_string().into())
}

/// The default action: hosts that no rule knows.
pub(super) fn unknown_host() -> Answer {
    json(StatusCode::NOT_FOUND, &serde_json::json!({"error": "not_found"}))
}

/// A body under a status, signed by the balancer.
pub(super) fn answer(status: StatusCode, content_type: HeaderValue, body: Bytes) -> Answer {
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = status;
    response.headers_mut().insert(header::SERVER, SERVER);
    response.headers_mut().insert(header::CONTENT_TYPE, content_type);
    response
}
