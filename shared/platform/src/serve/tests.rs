use axum::Router;
use axum::routing::any;
use http::StatusCode;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::serve_on;

/// Sends this, all of it before anything is read, to a server that reads no body; returns what it
/// answered.
async fn refused_unread(request: &[u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let app = Router::new().fallback(any(|| async { StatusCode::PAYLOAD_TOO_LARGE }));
    let server = tokio::spawn(serve_on(app, listener));
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    server.abort();
    answer
}

#[tokio::test]
async fn whoever_sends_all_of_a_refused_body_still_gets_the_refusal() {
    let mut declared =
        b"POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 9437184\r\n\r\n"
            .to_vec();
    declared.resize(declared.len() + 9 * 1024 * 1024, b'x');
    assert!(refused_unread(&declared).await.starts_with("HTTP/1.1 413 "));

    let mut chunked =
        b"POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n"
            .to_vec();
    for _ in 0..9 {
        chunked.extend_from_slice(b"100000\r\n");
        chunked.resize(chunked.len() + 1024 * 1024, b'x');
        chunked.extend_from_slice(b"\r\n");
    }
    chunked.extend_from_slice(b"0\r\n\r\n");
    assert!(refused_unread(&chunked).await.starts_with("HTTP/1.1 413 "));
}

#[tokio::test]
async fn after_a_refused_body_the_connection_takes_the_next_request() {
    let mut both = b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 2000000\r\n\r\n".to_vec();
    both.resize(both.len() + 2_000_000, b'x');
    both.extend_from_slice(b"GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
    assert_eq!(refused_unread(&both).await.matches("HTTP/1.1 413 ").count(), 2);
}
