use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use http::request::Parts;

use super::*;
use crate::call::tests::call_with;
use crate::identity::test_entra::{Reply as EntraReply, TestEntra};
use crate::tokens::UpstreamTokens;
use crate::tokens::tests::memory;

type Answer = (u16, &'static [(&'static str, &'static str)], String);

/// An upstream that gives these answers in turn, the last one for ever.
#[derive(Default)]
struct Stage {
    answers: Mutex<VecDeque<Answer>>,
    seen: Mutex<Vec<Parts>>,
}

async fn handle(
    State(stage): State<Arc<Stage>>,
    request: axum::extract::Request,
) -> axum::response::Response {
    stage.seen.lock().unwrap().push(request.into_parts().0);
    let (status, headers, body) = {
        let mut answers = stage.answers.lock().unwrap();
        if answers.len() > 1 { answers.pop_front().unwrap() } else { answers[0].clone() }
    };
    let mut response = http::Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    response.body(axum::body::Body::from(body)).unwrap()
}

async fn upstream(
    answers: &[(u16, &'static [(&'static str, &'static str)])],
) -> (Upstream, Arc<Stage>) {
    let stage = Arc::new(Stage::default());
    *stage.answers.lock().unwrap() =
        answers.iter().map(|(status, headers)| (*status, *headers, "canary-body".into())).collect();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/v1.0", listener.local_addr().unwrap()).parse().unwrap();
    let routes = Router::new().fallback(handle).with_state(stage.clone());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    let client = HttpClient::new().unwrap();
    (Upstream::new("Test", "test_request", base, client, Clock::System), stage)
}

fn call() -> Call {
    call_with(Arc::new(UpstreamTokens::fixed("fixed")), Duration::from_secs(20))
}

fn request(body: Body) -> Request<'static> {
    let path = vec!["things".into(), "a/b".into()];
    Request {
        operation: "thing",
        path,
        query: Vec::new(),
        headers: Vec::new(),
        body,
        max_bytes: 64,
    }
}

fn bearers(stage: &Stage) -> Vec<String> {
    let text = |parts: &Parts| parts.headers["authorization"].to_str().unwrap().to_owned();
    stage.seen.lock().unwrap().iter().map(text).collect()
}

#[tokio::test]
async fn trouble_that_passes_is_tried_again_whatever_the_method() {
    for body in [Body::None, Body::Json(serde_json::json!({"q": 1}))] {
        let (upstream, stage) =
            upstream(&[(503, &[]), (429, &[("retry-after", "0.4")]), (200, &[])]).await;
        let call = call();
        let started = Instant::now();
        let answer = upstream.send(&call, &request(body)).await.unwrap();
        assert_eq!(answer.status, 200);
        assert!(started.elapsed() >= Duration::from_millis(900), "both waits were kept");
        let seen = stage.seen.lock().unwrap();
        assert_eq!(seen.len(), 3);
        assert!(seen.iter().all(|parts| parts.uri.path() == "/v1.0/things/a%2Fb"));
        assert_eq!(call.usage().snapshot().upstream_requests, 3);
        assert!(!format!("{answer:?}").contains("canary"));
    }
}

#[tokio::test]
async fn after_two_retries_the_person_is_told_how_long_to_wait() {
    for (status, wait, code, seconds) in [
        (429, "0.1", "upstream_throttled", 1),
        (503, "0.1", "upstream_unavailable", 1),
        (429, "90.2", "upstream_throttled", 91),
        (503, "90.2", "upstream_unavailable", 91),
    ] {
        let headers: &'static [_] = match wait {
            "0.1" => &[("retry-after", "0.1")],
            _ => &[("retry-after", "90.2")],
        };
        let (upstream, stage) = upstream(&[(status, headers)]).await;
        let error = upstream.send(&call(), &request(Body::None)).await.unwrap_err();
        assert_eq!(error.code(), code);
        let result = serde_json::to_value(rmcp::model::CallToolResult::from(&error)).unwrap();
        assert_eq!(result["structuredContent"]["retry_after_s"], seconds);
        let text = result["content"][0]["text"].as_str().unwrap();
        assert!(text.contains(&format!("wait {seconds} s")), "{text}");
        // A wait that is longer than the call is not begun.
        assert_eq!(stage.seen.lock().unwrap().len(), if wait == "0.1" { 3 } else { 1 });
    }
}

#[tokio::test]
async fn a_retry_that_could_not_finish_in_time_is_not_begun() {
    let (upstream, stage) = upstream(&[(429, &[("retry-after", "1")])]).await;
    let call = call_with(Arc::new(UpstreamTokens::fixed("t")), Duration::from_millis(1300));
    let error = upstream.send(&call, &request(Body::None)).await.unwrap_err();
    assert_eq!(error.code(), "upstream_throttled");
    assert_eq!(stage.seen.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn what_does_not_pass_is_given_back_at_once() {
    for status in [302, 400, 403, 404, 500, 502] {
        let (upstream, stage) =
            upstream(&[(status, &[("location", "http://evil.example/")])]).await;
        let answer = upstream.send(&call(), &request(Body::None)).await.unwrap();
        assert_eq!(answer.status, status);
        assert_eq!(stage.seen.lock().unwrap().len(), 1, "{status}");
    }
}

#[tokio::test]
async fn an_answer_beyond_its_cap_is_refused_and_not_asked_for_again() {
    let (upstream, stage) = upstream(&[(200, &[])]).await;
    let request = Request { max_bytes: 10, ..request(Body::None) };
    let error = upstream.send(&call(), &request).await.unwrap_err();
    assert_eq!(error.code(), "too_large");
    assert!(!format!("{error:?} {error}").contains("canary"));
    assert_eq!(stage.seen.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn an_upstream_that_is_slower_than_the_call_is_a_timeout() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
    let upstream =
        Upstream::new("Test", "test_request", base, HttpClient::new().unwrap(), Clock::System);
    let call = call_with(Arc::new(UpstreamTokens::fixed("t")), Duration::from_millis(300));
    let error = upstream.send(&call, &request(Body::None)).await.unwrap_err();
    assert_eq!(error.code(), "timeout");
}

#[tokio::test]
async fn a_path_with_a_dot_segment_is_not_sent() {
    let (upstream, stage) = upstream(&[(200, &[])]).await;
    let request = Request { path: vec!["things".into(), "..".into()], ..request(Body::None) };
    let error = upstream.send(&call(), &request).await.unwrap_err();
    assert_eq!(error.code(), "internal");
    assert!(stage.seen.lock().unwrap().is_empty());
}

async fn entra(tokens: &[&str]) -> TestEntra {
    let entra = TestEntra::start().await;
    for token in tokens {
        let body = serde_json::json!({"token_type": "Bearer", "scope": "Files.Read Labels.Read", "expires_in": 3600, "access_token": token});
        entra.reply(EntraReply::new(200, &body));
    }
    entra
}

#[tokio::test]
async fn a_refused_token_is_renewed_and_the_request_sent_again() {
    let entra = entra(&["old", "new"]).await;
    let challenge: &'static [_] =
        &[("www-authenticate", "Bearer error=\"insufficient_claims\", claims=\"eyJhIjp7fX0=\"")];
    let (upstream, stage) = upstream(&[(401, challenge), (200, &[])]).await;
    let call = call_with(memory(&entra), Duration::from_secs(20));
    assert_eq!(upstream.send(&call, &request(Body::None)).await.unwrap().status, 200);
    assert_eq!(bearers(&stage), ["Bearer old", "Bearer new"]);
    assert_eq!(entra.seen()[1].form["claims"], r#"{"a":{}}"#);
    assert_eq!(call.verdict().get(), None);
}

#[tokio::test]
async fn row_58_a_token_is_renewed_once_for_all_requests_of_a_call() {
    let entra = entra(&["old", "new", "third"]).await;
    let (upstream, stage) = upstream(&[(401, &[])]).await;
    let call = call_with(memory(&entra), Duration::from_secs(20));
    let one = request(Body::None);
    let (a, b) = tokio::join!(upstream.send(&call, &one), upstream.send(&call, &one));
    for outcome in [a, b, upstream.send(&call, &one).await] {
        assert_eq!(outcome.unwrap_err().code(), "sign_in_required");
    }
    assert_eq!(entra.seen().len(), 2);
    assert!(bearers(&stage).iter().all(|bearer| bearer != "Bearer third"));
    assert_eq!(call.verdict().get(), Some(crate::verdict::Verdict::InvalidToken));
}
