//! A target that speaks HTTP/1.1 itself, as a container of the ECS flavour does.

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode, Uri, Version, header};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::page::{Answer, SERVER};

/// How long a target may take to accept a connection.
const CONNECT: Duration = Duration::from_secs(10);
/// Largest answer that is passed on; it is held whole.
const ANSWER_BYTES: usize = 32_000_000;

/// A server on loopback.
#[derive(Clone, Copy, Debug)]
pub(super) struct HttpTarget {
    /// Where it listens.
    pub(super) address: SocketAddr,
    /// How long it may take to answer.
    pub(super) idle_timeout: Duration,
}

impl HttpTarget {
    /// Passes a request on; the error is the status the client gets.
    pub(super) async fn send(
        &self,
        method: &Method,
        uri: &Uri,
        headers: HeaderMap,
        body: Bytes,
    ) -> Result<Answer, StatusCode> {
        match timeout(self.idle_timeout, self.exchange(method, uri, headers, body)).await {
            Ok(answer) => answer,
            Err(_) => Err(StatusCode::GATEWAY_TIMEOUT),
        }
    }

    async fn exchange(
        &self,
        method: &Method,
        uri: &Uri,
        mut headers: HeaderMap,
        body: Bytes,
    ) -> Result<Answer, StatusCode> {
        let stream = match timeout(CONNECT, TcpStream::connect(self.address)).await {
            Ok(stream) => stream.map_err(|_| StatusCode::BAD_GATEWAY)?,
            Err(_) => return Err(StatusCode::GATEWAY_TIMEOUT),
        };
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
            .await
            .map_err(|_| StatusCode::BAD_GATEWAY)?;
        // The connection ends with its only request, whose deadline is the caller's.
        let connection = AbortOnDrop(tokio::spawn(async move { drop(connection.await) }));
        headers.remove(header::CONTENT_LENGTH);
        let path = uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = method.clone();
        *request.uri_mut() = path.parse().map_err(|_| StatusCode::BAD_REQUEST)?;
        *request.version_mut() = Version::HTTP_11;
        *request.headers_mut() = headers;
        let response = sender.send_request(request).await.map_err(|_| StatusCode::BAD_GATEWAY)?;
        let (mut parts, body) = response.into_parts();
        let body = Limited::new(body, ANSWER_BYTES)
            .collect()
            .await
            .map_err(|_| StatusCode::BAD_GATEWAY)?
            .to_bytes();
        drop(connection);
        for name in [header::CONNECTION, header::TRANSFER_ENCODING] {
            parts.headers.remove(name);
        }
        if method != Method::HEAD {
            parts.headers.remove(header::CONTENT_LENGTH);
        }
        parts.headers.entry(header::SERVER).or_insert(SERVER);
        parts.version = Version::HTTP_11;
        Ok(Answer::from_parts(parts, Full::new(body)))
    }
}

struct AbortOnDrop(tokio::task::JoinHandle<()>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}
