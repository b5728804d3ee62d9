use axum::body::Body;
use http_body_util::BodyExt as _;
use tokio::time::Instant;

use super::*;
use crate::oauth::test_server::TestServer;
use crate::telemetry::RequestLine;

const HOST: &str = "files.example.test";

fn endpoint_of(path: &str) -> Endpoint {
    let path = path.split('?').next().unwrap();
    PATHS.iter().find(|(known, _)| *known == path).unwrap().1
}

async fn send(test: &TestServer, method: Method, path: &str, change: &[(&str, &str)]) -> Response {
    send_body(test, method, path, change, Body::empty()).await
}

async fn send_body(
    test: &TestServer,
    method: Method,
    path: &str,
    change: &[(&str, &str)],
    body: Body,
) -> Response {
    let allowed = Allowed::new(&[HOST.to_owned()], &[]);
    let in_flight = InFlight::start(Instant::now(), None, RequestLine::default());
    let mut request = Request::builder().method(method).uri(path).body(body).unwrap();
    request.headers_mut().insert(header::HOST, HOST.parse().unwrap());
    for (name, value) in change {
        let name: http::HeaderName = name.parse().unwrap();
        request.headers_mut().insert(name, value.parse().unwrap());
    }
    handle(&test.server, &allowed, in_flight, endpoint_of(path), request).await
}

#[tokio::test]
async fn every_path_takes_its_methods_and_names_them() {
    let test = TestServer::start().await;
    for (path, endpoint) in PATHS {
        for method in ["GET", "POST", "PUT", "DELETE", "TRACE", "OPTIONS", "HEAD"] {
            let method: Method = method.parse().unwrap();
            let response = send(&test, method.clone(), path, &[]).await;
            let refused = response.status() == StatusCode::METHOD_NOT_ALLOWED;
            assert_eq!(refused, !endpoint.takes(&method), "{method} {path}");
            if refused {
                assert_eq!(response.headers()[header::ALLOW], endpoint.allow());
            }
        }
    }
}

#[tokio::test]
async fn row_84_every_path_is_served_on_our_host_only() {
    let test = TestServer::start().await;
    for (path, _) in PATHS {
        let evil = [("host", "evil.test"), ("x-forwarded-host", HOST)];
        let response = send(&test, Method::GET, path, &evil).await;
        assert_eq!(response.status(), StatusCode::FORBIDDEN, "{path}");
    }
    let spoofed = [("x-forwarded-host", "evil.test"), ("x-forwarded-proto", "http")];
    let response = send(&test, Method::GET, PATHS[0].0, &spoofed).await;
    let body = response.into_body().collect().await.unwrap().to_bytes();
    assert!(!String::from_utf8(body.to_vec()).unwrap().contains("evil.test"));
}

#[tokio::test]
async fn row_80_a_large_body_is_refused_declared_or_not() {
    let test = TestServer::start().await;
    for path in ["/oauth/register", "/oauth/token", "/oauth/revoke", "/oauth/consent"] {
        let declared = [("content-length", "9000000")];
        let response = send(&test, Method::POST, path, &declared).await;
        assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE, "{path}");
        let large = Body::from(vec![b'x'; MAX_BODY_BYTES + 1]);
        let response = send_body(&test, Method::POST, path, &[], large).await;
        assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE, "{path}");
    }
}

#[tokio::test]
async fn a_long_query_is_refused_before_it_is_read() {
    let test = TestServer::start().await;
    for path in ["/oauth/authorize", "/oauth/consent", "/oauth/callback"] {
        let long = format!("{path}?state={}", "x".repeat(MAX_QUERY_BYTES));
        let response = send(&test, Method::GET, &long, &[]).await;
        assert_eq!(response.status(), StatusCode::URI_TOO_LONG, "{path}");
        let usual = format!("{path}?state={}", "x".repeat(2048));
        let response = send(&test, Method::GET, &usual, &[]).await;
        assert_ne!(response.status(), StatusCode::URI_TOO_LONG, "{path}");
    }
}

#[tokio::test]
async fn scripts_of_other_sites_may_call_only_what_needs_no_cookie() {
    let test = TestServer::start().await;
    for (path, endpoint) in PATHS {
        let response = send(&test, Method::OPTIONS, path, &[("origin", "https://a.test")]).await;
        let open = response.headers().contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN);
        assert_eq!(open, endpoint.is_open_to_scripts(), "{path}");
        let expected = if open { StatusCode::NO_CONTENT } else { StatusCode::METHOD_NOT_ALLOWED };
        assert_eq!(response.status(), expected, "{path}");
        assert!(!response.headers().contains_key(header::ACCESS_CONTROL_ALLOW_CREDENTIALS));
    }
}

#[tokio::test]
async fn the_description_is_the_same_at_all_its_addresses() {
    let test = TestServer::start().await;
    let mut documents = Vec::new();
    for (path, endpoint) in PATHS {
        if endpoint == Endpoint::Metadata {
            let response = send(&test, Method::GET, path, &[]).await;
            assert_eq!(response.status(), StatusCode::OK, "{path}");
            assert_eq!(response.headers()["cache-control"], "public, max-age=3600");
            assert!(!response.headers().contains_key("pragma"));
            documents.push(response.into_body().collect().await.unwrap().to_bytes());
        }
    }
    documents.dedup();
    assert_eq!(documents.len(), 1);
}
