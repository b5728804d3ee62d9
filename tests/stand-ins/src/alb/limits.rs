//! What the balancer refuses before a target sees it.

use http::request::Parts;
use http::{HeaderMap, Method, StatusCode, header};

/// Largest request body that is passed to a function.
pub(super) const REQUEST_BODY_BYTES: usize = 1_000_000;
/// Largest request body that is passed to an HTTP target; the real one has no limit.
pub(super) const HTTP_BODY_BYTES: usize = 10_000_000;
/// Largest JSON document a function may answer with.
pub(super) const ANSWER_BYTES: usize = 1_000_000;
/// Largest request line, and largest single header.
const LINE_BYTES: usize = 16 * 1024;
/// Largest sum of the request line and all headers.
const HEAD_BYTES: usize = 64 * 1024;
/// Most addresses in `X-Forwarded-For`.
const FORWARDED_ADDRESSES: usize = 30;
/// Most headers the parser takes; their bytes are the real limit.
pub(super) const HEADERS: usize = 2_000;
/// What the parser may hold of one head, so that a head over the limit is still answered with 400.
pub(super) const HEAD_BUFFER_BYTES: usize = 512 * 1024;

/// The status with which the balancer refuses a request by its head alone.
pub(super) fn refuse(parts: &Parts) -> Result<(), StatusCode> {
    refuse_oversized(parts)?;
    if parts.method == Method::TRACE {
        return Err(StatusCode::METHOD_NOT_ALLOWED);
    }
    if parts.method == Method::CONNECT || parts.headers.contains_key(header::UPGRADE) {
        return Err(StatusCode::BAD_REQUEST);
    }
    if forwarded_addresses(&parts.headers) > FORWARDED_ADDRESSES {
        return StatusCode::from_u16(463).map_or(Err(StatusCode::BAD_REQUEST), Err);
    }
    Ok(())
}

fn refuse_oversized(parts: &Parts) -> Result<(), StatusCode> {
    let target = parts.uri.path_and_query().map_or(1, |path| path.as_str().len());
    let authority = parts.uri.authority().map_or(0, |host| host.as_str().len() + "http://".len());
    let line = parts.method.as_str().len() + authority + target + "  HTTP/1.1\r\n".len();
    let mut head = line;
    for (name, value) in &parts.headers {
        let field = name.as_str().len() + ": \r\n".len() + value.len();
        if field > LINE_BYTES {
            return Err(StatusCode::BAD_REQUEST);
        }
        head += field;
    }
    if line > LINE_BYTES || head > HEAD_BYTES {
        return Err(StatusCode::BAD_REQUEST);
    }
    Ok(())
}

fn forwarded_addresses(headers: &HeaderMap) -> usize {
    headers
        .get_all("x-forwarded-for")
        .iter()
        .map(|value| value.as_bytes().split(|&byte| byte == b',').count())
        .sum()
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn verdict(request: http::request::Builder) -> Option<u16> {
        let (parts, ()) = request.body(()).unwrap().into_parts();
        refuse(&parts).err().map(|status| status.as_u16())
    }

    #[test]
    fn a_request_at_the_limit_passes_and_one_byte_more_does_not() {
        let line = |bytes: usize| {
            Request::get(format!("/{}", "a".repeat(bytes - "GET / HTTP/1.1\r\n".len())))
        };
        assert_eq!(verdict(line(16 * 1024)), None);
        assert_eq!(verdict(line(16 * 1024 + 1)), Some(400));
        let field =
            |bytes: usize| Request::get("/").header("big", "a".repeat(bytes - "big: \r\n".len()));
        assert_eq!(verdict(field(16 * 1024)), None);
        assert_eq!(verdict(field(16 * 1024 + 1)), Some(400));
    }

    #[test]
    fn many_headers_may_not_sum_up_to_more_than_the_head_may_hold() {
        let request = |count: usize| {
            (0..count).fold(Request::get("/"), |request, index| {
                request.header(format!("h-{index:02}"), "a".repeat(8_000))
            })
        };
        assert_eq!(verdict(request(8)), None);
        assert_eq!(verdict(request(9)), Some(400));
    }

    #[test]
    fn thirty_forwarded_addresses_pass_and_thirty_one_do_not() {
        let request = |count: usize| {
            Request::get("/").header("x-forwarded-for", vec!["10.0.0.1"; count].join(", "))
        };
        assert_eq!(verdict(request(30)), None);
        assert_eq!(verdict(request(31)), Some(463));
    }

    #[test]
    fn methods_and_upgrades_that_no_function_can_serve_are_refused() {
        assert_eq!(verdict(Request::builder().method("TRACE").uri("/")), Some(405));
        assert_eq!(verdict(Request::get("/").header("upgrade", "websocket")), Some(400));
        assert_eq!(verdict(Request::get("/")), None);
    }
}
