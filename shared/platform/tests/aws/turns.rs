//! A door in front of moto that lets requests in one at a time.
//!
//! moto answers on many threads and checks a condition before it writes without holding a lock,
//! so two writers may both pass. DynamoDB decides per item and atomically; behind this door moto
//! does too.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::response::Response;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::handshake;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Mutex;

const MAX_BODY: usize = 4 * 1024 * 1024;

/// The address of a new door to this server; it ends with its test.
pub(crate) async fn door_to(server: &'static str) -> String {
    let turn = Arc::new(Mutex::new(()));
    let app = Router::new().fallback(async move |request: Request| {
        let _turn = turn.lock().await;
        forward(server.trim_start_matches("http://"), request).await
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

async fn forward(server: &str, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, MAX_BODY).await.unwrap();
    let socket = TcpStream::connect(server).await.unwrap();
    let (mut sender, connection) = handshake(TokioIo::new(socket)).await.unwrap();
    tokio::spawn(connection);
    let request = http::Request::from_parts(parts, Full::new(body));
    let (mut parts, body) = sender.send_request(request).await.unwrap().into_parts();
    parts.headers.remove(http::header::CONNECTION);
    let body = body.collect().await.unwrap().to_bytes();
    Response::from_parts(parts, Body::from(body))
}
