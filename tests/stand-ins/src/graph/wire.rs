//! Puts answers on the wire.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::State;
use bytes::Bytes;
use futures::StreamExt as _;
use http::{HeaderName, HeaderValue, Request, Response, StatusCode};

use super::reply::{Delay, Payload, Reply};
use super::serve::Call;
use super::state::Shared;
use super::{content, control, serve};

const LARGEST_BODY: usize = 4 * 1024 * 1024;
/// Longer than any caller waits, and yet an end.
const FOREVER: Duration = Duration::from_mins(10);

/// Answers every request.
pub(super) async fn handle(
    State(shared): State<Arc<Shared>>,
    request: Request<Body>,
) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LARGEST_BODY).await else {
        return send(Reply::new(StatusCode::PAYLOAD_TOO_LARGE, Payload::Empty));
    };
    let call = Call {
        method: parts.method,
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers,
        body,
        in_batch: false,
    };
    let reply = if call.path == content::PATH {
        content::download(&shared, &call)
    } else if call.path.starts_with("/stand-in/") {
        control::answer(&shared, &call)
    } else {
        serve::answer(&shared, &call)
    };
    match reply.delay {
        Delay::None => {}
        Delay::Millis(millis) => tokio::time::sleep(Duration::from_millis(millis)).await,
        Delay::Forever => tokio::time::sleep(FOREVER).await,
    }
    send(reply)
}

fn send(reply: Reply) -> Response<Body> {
    let (media, length, body) = match reply.payload {
        Payload::Empty => (None, None, Body::empty()),
        Payload::Json(value) => (
            Some(
                "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8",
            ),
            None,
            Body::from(value.to_string()),
        ),
        Payload::Bytes(media, bytes) => (Some(media), None, Body::from(bytes)),
        Payload::Broken(media, bytes) => (Some(media), Some(bytes.len()), half(&bytes)),
        Payload::Trickle(media, bytes, millis) => (Some(media), None, trickle(bytes, millis)),
    };
    let mut response = Response::new(body);
    *response.status_mut() = reply.status;
    let headers = response.headers_mut();
    if let Some(media) = media {
        headers.insert(http::header::CONTENT_TYPE, HeaderValue::from_static(media));
    }
    if let Some(length) = length {
        headers.insert(http::header::CONTENT_LENGTH, HeaderValue::from(length));
    }
    for (name, value) in reply.headers {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    response
}

/// A body in small pieces, each after a pause.
fn trickle(bytes: Bytes, millis: u64) -> Body {
    let pieces = futures::stream::unfold(bytes, move |mut rest| async move {
        if rest.is_empty() {
            return None;
        }
        tokio::time::sleep(Duration::from_millis(millis)).await;
        let piece = rest.split_to(rest.len().min(64));
        Some((Ok::<_, std::io::Error>(piece), rest))
    });
    Body::from_stream(pieces)
}

/// The first half of a body, after which the connection breaks.
fn half(bytes: &Bytes) -> Body {
    let start = bytes.slice(..bytes.len() / 2);
    let broken = async {
        // The half must be on its way before the connection breaks.
        tokio::time::sleep(Duration::from_millis(50)).await;
        Err(std::io::Error::new(std::io::ErrorKind::ConnectionAborted, "cut on purpose"))
    };
    Body::from_stream(futures::stream::iter([Ok(start)]).chain(futures::stream::once(broken)))
}
