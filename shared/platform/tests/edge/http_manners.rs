//! Methods, paths, hosts, origins, media types, lengths, and the headers of every answer.

use std::io::Read as _;

use axum::body::Body;
use bytes::Bytes;
use http::{Method, Request, StatusCode, header};
use serde_json::json;

use crate::server::{HOST, OLD, Server, call_of, legacy_post, post};

const PING: &str = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;

fn ping_to(path: &str) -> Request<Body> {
    let mut request = legacy_post().body(Body::from(PING)).unwrap();
    *request.uri_mut() = path.parse().unwrap();
    request
}

#[tokio::test]
async fn only_post_is_taken() {
    let server = Server::start().await;
    for method in [Method::GET, Method::HEAD, Method::DELETE, Method::OPTIONS, Method::PUT] {
        let request = Request::builder().method(&method).uri("/mcp").header(header::HOST, HOST);
        let reply = server.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(reply.status, StatusCode::METHOD_NOT_ALLOWED, "for {method}");
        assert_eq!(reply.header("allow"), Some("POST"), "for {method}");
    }
}

#[tokio::test]
async fn neighbours_of_the_endpoint_are_not_found() {
    let server = Server::start().await;
    assert_eq!(server.send(ping_to("/mcp")).await.status, StatusCode::OK);
    assert_eq!(server.send(ping_to("/mcp?session=1")).await.status, StatusCode::OK);
    for path in ["/mcp/", "/mcp/x", "/MCP", "//mcp", "/", "/sse", "/message"] {
        assert_eq!(server.send(ping_to(path)).await.status, StatusCode::NOT_FOUND, "for {path}");
    }
}

#[tokio::test]
async fn foreign_hosts_and_origins_stay_outside() {
    let server = Server::start().await;
    let ours = format!("http://{HOST}");
    for (hosts, origin, status) in [
        (vec![HOST], None, 200),
        (vec![HOST], Some(ours.as_str()), 200),
        (vec![], None, 400),
        (vec![HOST, HOST], None, 400),
        (vec!["evil.example"], None, 403),
        (vec!["127.0.0.1:9"], None, 403),
        (vec![HOST], Some("https://evil.example"), 403),
        (vec![HOST], Some("null"), 403),
    ] {
        let mut request = ping_to("/mcp");
        request.headers_mut().remove(header::HOST);
        for host in &hosts {
            request.headers_mut().append(header::HOST, host.parse().unwrap());
        }
        if let Some(origin) = origin {
            request.headers_mut().insert(header::ORIGIN, origin.parse().unwrap());
        }
        let reply = server.send(request).await;
        assert_eq!(reply.status.as_u16(), status, "for {hosts:?} {origin:?}");
        assert!(reply.json().is_object());
    }
    let health = Request::get("/health").body(Body::empty()).unwrap();
    assert_eq!(server.send(health).await.status, StatusCode::OK, "health needs no host");
}

#[tokio::test]
async fn whoever_takes_json_is_served() {
    let server = Server::start().await;
    let takes = [
        None,
        Some("*/*"),
        Some("application/json"),
        Some("application/*;q=0.8"),
        Some("text/event-stream, application/json"),
        Some("application/json, text/event-stream"),
    ];
    for accept in takes {
        let mut request = ping_to("/mcp");
        request.headers_mut().remove(header::ACCEPT);
        if let Some(accept) = accept {
            request.headers_mut().insert(header::ACCEPT, accept.parse().unwrap());
        }
        let reply = server.send(request).await;
        assert_eq!(reply.result(), json!({}), "for {accept:?}");
    }
    let mut request = ping_to("/mcp");
    request.headers_mut().insert(header::ACCEPT, "text/html".parse().unwrap());
    assert_eq!(server.send(request).await.error(), (406, 406));
}

#[tokio::test]
async fn only_json_is_taken() {
    let server = Server::start().await;
    for (content_type, status) in [
        (Some("application/json"), 200),
        (Some("Application/JSON; charset=utf-8"), 200),
        (Some("text/plain"), 415),
        (Some("application/x-www-form-urlencoded"), 415),
        (None, 415),
    ] {
        let mut request = ping_to("/mcp");
        request.headers_mut().remove(header::CONTENT_TYPE);
        if let Some(content_type) = content_type {
            request.headers_mut().insert(header::CONTENT_TYPE, content_type.parse().unwrap());
        }
        let reply = server.send(request).await;
        assert_eq!(reply.status.as_u16(), status, "for {content_type:?}");
        assert!(reply.json().is_object());
    }
}

#[tokio::test]
async fn a_request_above_a_mebibyte_is_refused_declared_or_not() {
    let server = Server::start().await;
    let declared = legacy_post().header(header::CONTENT_LENGTH, 1024 * 1024 + 1);
    let reply = server.send(declared.body(Body::empty()).unwrap()).await;
    assert_eq!(reply.error(), (413, 413));

    let chunk = Bytes::from(vec![b' '; 64 * 1024]);
    let chunks = std::iter::repeat_n(chunk, 17).map(Ok::<_, std::io::Error>);
    let body = Body::from_stream(futures::stream::iter(chunks));
    let reply = server.send(legacy_post().body(body).unwrap()).await;
    assert_eq!(reply.error(), (413, 413));
}

#[tokio::test]
async fn no_session_is_ever_made() {
    let server = Server::start().await;
    let initialize = json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
        "protocolVersion": OLD, "capabilities": {}, "clientInfo": { "name": "t", "version": "1" },
    }});
    let reply = server.send(post().body(Body::from(initialize.to_string())).unwrap()).await;
    assert_eq!(reply.status, StatusCode::OK);
    assert!(reply.headers.get("mcp-session-id").is_none());

    let mut request = ping_to("/mcp");
    request.headers_mut().insert("mcp-session-id", "somebody-elses".parse().unwrap());
    let reply = server.send(request).await;
    assert_eq!(reply.result(), json!({}));
    assert!(reply.headers.get("mcp-session-id").is_none());
}

#[tokio::test]
async fn no_answer_is_kept_or_guessed_at() {
    let server = Server::start().await;
    let get = Request::get("/mcp").header(header::HOST, HOST).body(Body::empty()).unwrap();
    for request in [ping_to("/mcp"), ping_to("/nowhere"), get] {
        let reply = server.send(request).await;
        assert_eq!(reply.header("cache-control"), Some("no-store"));
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
    }
}

#[tokio::test]
async fn a_large_answer_is_compressed_for_whoever_takes_that() {
    let server = Server::start().await;
    let message = call_of("large", json!({})).to_string();
    let plain = server.send(legacy_post().body(Body::from(message.clone())).unwrap()).await;
    assert_eq!(plain.header("content-encoding"), None);

    let takes_gzip = legacy_post().header(header::ACCEPT_ENCODING, "gzip, br");
    let packed = server.send(takes_gzip.body(Body::from(message)).unwrap()).await;
    assert_eq!(packed.header("content-encoding"), Some("gzip"));
    assert!(packed.body.len() * 4 < plain.body.len());
    let mut unpacked = Vec::new();
    flate2::read::GzDecoder::new(packed.body.as_ref()).read_to_end(&mut unpacked).unwrap();
    assert_eq!(unpacked, plain.body);
}
