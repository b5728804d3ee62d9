//! Graph's refusals, told to the person as what they are. Graph's own words never pass: they may
//! quote addresses with keys in them.

use http::StatusCode;
use platform::ToolError;
use platform::upstream::UpstreamError;
use serde_json::Value;

use crate::operation::Rule;

/// Name of the service in messages.
pub(crate) const SERVICE: &str = "Microsoft Graph";

/// The error for an answer that is not a success.
pub(crate) fn tool_error(status: StatusCode, body: &[u8], rule: &Rule) -> ToolError {
    let code = code(body);
    let what = rule.what;
    // SharePoint says "no such item" with several statuses.
    if matches!(code.as_str(), "itemNotFound" | "ResourceNotFound" | "ErrorItemNotFound") {
        return ToolError::NotFound { what };
    }
    let cause = UpstreamError::Status { status: status.as_u16(), code };
    match status {
        StatusCode::FORBIDDEN => ToolError::Forbidden { what },
        StatusCode::NOT_FOUND | StatusCode::GONE => ToolError::NotFound { what },
        StatusCode::LOCKED => ToolError::Locked { what },
        StatusCode::PAYLOAD_TOO_LARGE => ToolError::TooLarge,
        _ if status.is_client_error() => ToolError::Rejected { service: SERVICE, cause },
        _ if status.is_redirection() => {
            ToolError::Upstream { service: SERVICE, cause: UpstreamError::Redirect }
        }
        _ => ToolError::Upstream { service: SERVICE, cause },
    }
}

/// The error for content that does not come: there is no query that could be made simpler.
pub(crate) fn of_content(status: StatusCode, body: &[u8], rule: &Rule) -> ToolError {
    match tool_error(status, body, rule) {
        ToolError::Rejected { service, cause } => ToolError::Upstream { service, cause },
        error => error,
    }
}

/// A body that is not what it should be.
pub(crate) fn malformed(expected: &'static str) -> ToolError {
    ToolError::Upstream { service: SERVICE, cause: UpstreamError::Malformed { expected } }
}

/// The innermost code of a Graph error: letters, digits and dots, at most 64.
pub(crate) fn code(body: &[u8]) -> String {
    const DEEPEST: usize = 4;

    let Ok(body) = serde_json::from_slice::<Value>(body) else {
        return String::new();
    };
    let error = body.get("error").unwrap_or(&body);
    if let Value::String(text) = error {
        return sanitized(text);
    }
    let mut innermost = error.get("code").and_then(Value::as_str);
    let mut at = error;
    for _ in 0..DEEPEST {
        let Some(inner) = at.get("innerError").or_else(|| at.get("innererror")) else {
            break;
        };
        innermost = inner.get("code").and_then(Value::as_str).or(innermost);
        at = inner;
    }
    sanitized(innermost.unwrap_or_default())
}

fn sanitized(code: &str) -> String {
    const MAX_CHARS: usize = 64;
    let fits = |c: &char| c.is_ascii_alphanumeric() || *c == '.';
    code.chars().take_while(fits).take(MAX_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Operation;

    fn error_for(status: u16, body: &str) -> ToolError {
        tool_error(
            StatusCode::from_u16(status).unwrap(),
            body.as_bytes(),
            &Operation::MyDrive.rule(),
        )
    }

    #[test]
    fn every_status_keeps_its_meaning() {
        let cases = [
            (400, "upstream_rejected"),
            (403, "forbidden"),
            (404, "not_found"),
            (406, "upstream_rejected"),
            (410, "not_found"),
            (413, "too_large"),
            (423, "locked"),
            (302, "upstream_unavailable"),
            (500, "upstream_unavailable"),
            (502, "upstream_unavailable"),
            (509, "upstream_unavailable"),
        ];
        for (status, code) in cases {
            assert_eq!(error_for(status, "<html>").code(), code, "{status}");
        }
        let gone = error_for(400, r#"{"error":{"code":"itemNotFound"}}"#);
        assert_eq!(gone.code(), "not_found");
    }

    #[test]
    fn graphs_words_never_pass() {
        let body =
            r#"{"error":{"code":"bad token=hunter2","message":"see https://x/?key=hunter2"}}"#;

        let error = error_for(400, body);

        assert!(!format!("{error:?} {error}").contains("hunter2"));
    }

    #[test]
    fn the_innermost_code_is_found_in_every_shape() {
        let cases = [
            (r#"{"error":{"code":"a","innerError":{"code":"b","innererror":{"code":"c"}}}}"#, "c"),
            (r#"{"error":{"code":"a","innerError":{"date":"x"}}}"#, "a"),
            (r#"{"error":"text only"}"#, "text"),
            (r#"{"error":null}"#, ""),
            (r#"{"error":{"code":7}}"#, ""),
            ("<html>", ""),
            ("", ""),
        ];
        for (body, expected) in cases {
            assert_eq!(code(body.as_bytes()), expected, "{body}");
        }
    }
}
