//! Bodies in and out: read within a cap, compressed when that is accepted, and never too large
//! for the load balancer.

use std::io::Write as _;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use serde_json::Value;

use super::jsonrpc;

/// The largest request body: what the load balancer takes.
pub(crate) const MAX_REQUEST_BYTES: usize = 1024 * 1024;
/// The whole answer of a function, as JSON, must stay below 1,000,000 bytes: what is left is for
/// headers and the event's own fields.
const MAX_ESCAPED_BYTES: usize = 980_000;
/// What one byte can become inside a JSON string: `\u001f`.
const LONGEST_ESCAPE: usize = 6;
/// The longest id that is repeated when an answer is replaced.
const MAX_ID_BYTES: usize = 1_000;
/// Bodies from this size on are compressed when the client accepts it.
const COMPRESS_FROM_BYTES: usize = 16 * 1024;

/// Why a body was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unread {
    /// Larger than the cap.
    TooLarge,
    /// The connection broke.
    Broken,
}

/// Whether the declared length is more than is taken.
pub(crate) fn declares_too_much(headers: &HeaderMap) -> bool {
    declares_more_than(MAX_REQUEST_BYTES, headers)
}

/// Whether the declared length is more than this.
pub(crate) fn declares_more_than(max_bytes: usize, headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<u64>().ok())
        .is_some_and(|bytes| usize::try_from(bytes).map_or(true, |bytes| bytes > max_bytes))
}

/// Reads a request's body.
pub(crate) async fn read(body: Body) -> Result<Bytes, Unread> {
    read_at_most(MAX_REQUEST_BYTES, body).await
}

/// Reads a request's body within this cap.
pub(crate) async fn read_at_most(max_bytes: usize, body: Body) -> Result<Bytes, Unread> {
    match Limited::new(body, max_bytes).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.downcast_ref::<LengthLimitError>().is_some() => Err(Unread::TooLarge),
        Err(_) => Err(Unread::Broken),
    }
}

/// Compresses a large body when that is accepted, and replaces one that the load balancer would
/// not carry; returns the answer and the bytes it has on the wire.
pub(crate) fn fit(
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    accepts_gzip: bool,
    id: Option<&Value>,
) -> (Response, usize) {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response.headers_mut().remove(header::CONTENT_LENGTH);
    if accepts_gzip
        && body.len() >= COMPRESS_FROM_BYTES
        && let Some(packed) = gzip(&body)
    {
        let bytes = packed.len();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        headers.append(header::VARY, HeaderValue::from_static("accept-encoding"));
        *response.body_mut() = Body::from(packed);
        return (response, bytes);
    }
    let may_be_too_large = body.len() > MAX_ESCAPED_BYTES / LONGEST_ESCAPE;
    if may_be_too_large && escaped_len(&body) > MAX_ESCAPED_BYTES {
        let message = "the answer is too large; ask for fewer items or a smaller part";
        // The id itself, which comes back with every answer, may be what does not fit.
        let id = id.filter(|id| escaped_len(id.to_string().as_bytes()) <= MAX_ID_BYTES);
        return (jsonrpc::own_error(StatusCode::INTERNAL_SERVER_ERROR, id, message), 0);
    }
    let bytes = body.len();
    *response.body_mut() = Body::from(body);
    (response, bytes)
}

/// Whether `Accept-Encoding` takes gzip.
pub(crate) fn accepts_gzip(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|coding| {
            let mut parts = coding.split(';').map(str::trim);
            let name = parts.next().unwrap_or_default();
            let refused = parts.any(|part| {
                part.strip_prefix("q=").and_then(|q| q.parse::<f32>().ok()) == Some(0.0)
            });
            !refused && (name.eq_ignore_ascii_case("gzip") || name == "*")
        })
}

/// Bytes that this UTF-8 text takes inside a JSON string.
fn escaped_len(text: &[u8]) -> usize {
    // A sum of flags, which needs no branches: every result is counted byte by byte.
    let added = |byte: &u8| {
        let short = matches!(byte, b'"' | b'\\' | b'\n' | b'\r' | b'\t' | 0x08 | 0x0c);
        let control = *byte < 0x20;
        usize::from(short | control) + 4 * usize::from(control && !short)
    };
    text.len() + text.iter().map(added).sum::<usize>()
}

fn gzip(body: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 4), Compression::fast());
    encoder.write_all(body).ok()?;
    encoder.finish().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaping_is_counted_as_json_does_it() {
        for text in ["plain", "quo\"te", "back\\slash", "line\nbreak", "\u{1}\u{8}\u{c}", "øå🎉"]
        {
            let inside = serde_json::to_string(text).unwrap().len() - 2;
            assert_eq!(escaped_len(text.as_bytes()), inside, "for {text:?}");
        }
    }

    #[test]
    fn gzip_is_used_only_when_accepted() {
        let accepts = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, value.parse().unwrap());
            accepts_gzip(&headers)
        };
        assert!(accepts("br, gzip;q=0.5") && accepts("*") && accepts("GZIP"));
        assert!(!accepts("gzip;q=0") && !accepts("br") && !accepts("identity"));
    }

    #[tokio::test]
    async fn a_body_above_the_cap_is_refused_without_being_kept() {
        assert_eq!(read(Body::from(vec![0; MAX_REQUEST_BYTES + 1])).await, Err(Unread::TooLarge));
        assert!(read(Body::from(vec![0; MAX_REQUEST_BYTES])).await.is_ok());
    }
}
