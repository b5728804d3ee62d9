//! The balancer's own doors: invoking a function directly, looking inside, making things go wrong.
//!
//! They exist only on the listener that routes by host, only for a `Host` that is this machine, and
//! never for a web page: a request with an `Origin` is not theirs.

use std::time::Duration;

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderName, HeaderValue, Method, StatusCode, header};
use hyper::body::Incoming;
use serde_json::{Value, json};
use tokio::time::timeout;

use super::balancer::{Balancer, Door, read};
use super::faults::Faults;
use super::instance::Outcome;
use super::page::{self, Answer};
use super::routing::without_port;
use super::target::{Kind, Target};

/// Largest event that may be invoked directly, as in the Lambda service.
const EVENT_BYTES: usize = 6_291_456;
/// How long a body may take to arrive.
const BODY: Duration = Duration::from_mins(1);

/// Whether a request is meant for the balancer itself.
pub(super) fn claims(door: &Door, parts: &Parts) -> bool {
    let path = parts.uri.path();
    let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok());
    door.target.is_none()
        && (path.starts_with("/__alb/") || function_name(path).is_some())
        && ["127.0.0.1", "localhost", "[::1]"].contains(&without_port(host.unwrap_or_default()))
        && !parts.headers.contains_key(header::ORIGIN)
}

/// Answers a request to the balancer itself.
pub(super) async fn serve(balancer: &Balancer, parts: &Parts, body: Incoming) -> Answer {
    let body = match timeout(BODY, read(body, EVENT_BYTES)).await {
        Ok(Ok(body)) => body,
        Ok(Err(status)) => return page::html(status),
        Err(_) => return page::html(StatusCode::REQUEST_TIMEOUT),
    };
    if let Some(name) = function_name(parts.uri.path()) {
        return match (&parts.method, balancer.target(name).map(|target| &target.kind)) {
            (&Method::POST, Some(Kind::Lambda(pool))) => invoked(pool.invoke(body).await),
            (&Method::POST, _) => {
                refused(StatusCode::NOT_FOUND, "ResourceNotFoundException", "no such function")
            }
            _ => page::html(StatusCode::METHOD_NOT_ALLOWED),
        };
    }
    if parts.uri.path() == "/__alb/state" {
        let state = serde_json::to_value(super::state::State::of(balancer)).unwrap_or_default();
        return page::json(StatusCode::OK, &state);
    }
    if parts.uri.path() == "/__alb/access-log" {
        return page::json(StatusCode::OK, &json!(balancer.access_log.lines()));
    }
    let query = parts.uri.query().unwrap_or_default();
    let name = url::form_urlencoded::parse(query.as_bytes())
        .find_map(|(name, value)| (name == "target").then_some(value))
        .unwrap_or_default();
    let Some(target) = balancer.target(&name) else {
        let text = "say ?target= and the name of a target";
        return page::json(StatusCode::NOT_FOUND, &json!({"error": text}));
    };
    of_target(target, parts, &body).await
}

async fn of_target(target: &Target, parts: &Parts, body: &[u8]) -> Answer {
    let done = match (parts.method.as_str(), parts.uri.path(), &target.kind) {
        ("GET", "/__alb/logs", Kind::Lambda(pool)) => json!(pool.function.log.lines()),
        ("GET", "/__alb/faults", _) => json!(target.faults.get()),
        ("DELETE", "/__alb/faults", _) => {
            target.faults.set(Faults::default());
            json!(target.faults.get())
        }
        ("PUT", "/__alb/faults", _) => match serde_json::from_slice(body) {
            Ok(faults) => {
                target.faults.set(faults);
                json!(target.faults.get())
            }
            Err(error) => {
                let document = json!({"error": error.to_string()});
                return page::json(StatusCode::BAD_REQUEST, &document);
            }
        },
        ("DELETE", "/__alb/instances", Kind::Lambda(pool)) => {
            pool.recycle();
            json!({"status": "OK"})
        }
        ("POST", "/__alb/health", _) => json!({"healthy": target.probe().await}),
        _ => return page::json(StatusCode::NOT_FOUND, &json!({"error": "not_found"})),
    };
    page::json(StatusCode::OK, &done)
}

/// The function in `/2015-03-31/functions/{name}/invocations`.
fn function_name(path: &str) -> Option<&str> {
    path.strip_prefix("/2015-03-31/functions/")?.strip_suffix("/invocations")
}

fn invoked(outcome: Outcome) -> Answer {
    let raw = |bytes: Bytes| {
        page::answer(StatusCode::OK, HeaderValue::from_static("application/json"), bytes)
    };
    match outcome {
        Outcome::Answered(bytes) => raw(bytes),
        Outcome::Failed(bytes) => {
            let mut answer = raw(bytes);
            answer.headers_mut().insert(
                HeaderName::from_static("x-amz-function-error"),
                HeaderValue::from_static("Unhandled"),
            );
            answer
        }
        Outcome::Throttled => {
            refused(StatusCode::TOO_MANY_REQUESTS, "TooManyRequestsException", "Rate Exceeded.")
        }
    }
}

fn refused(status: StatusCode, kind: &'static str, text: &str) -> Answer {
    let document: Value = json!({"Type": "User", "message": text});
    let mut answer = page::json(status, &document);
    answer
        .headers_mut()
        .insert(HeaderName::from_static("x-amzn-errortype"), HeaderValue::from_static(kind));
    answer
}
