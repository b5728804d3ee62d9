//! A door in front of a service: it passes requests on, may repeat the answers, and writes down
//! what came when.

use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::response::IntoResponse;
use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode, header};
use reqwest::Client;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::client::loopback_client;

const MOST_BYTES: usize = 4 << 20;
/// How many different requests are remembered.
const MOST_ANSWERS: usize = 64;
/// How many visits are written down.
const MOST_VISITS: usize = 1000;

/// Whether the service is asked each time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answers {
    /// Each time.
    Fresh,
    /// Once; the same request gets the same answer from then on.
    Repeated,
}

/// A request that passed.
#[derive(Clone, Debug)]
pub(super) struct Visit {
    /// The operation.
    pub(super) what: String,
    /// When it came.
    pub(super) arrived: Instant,
    /// When its answer left.
    pub(super) answered: Instant,
}

/// A running door; it closes when this is dropped.
#[derive(Debug)]
pub(super) struct Door {
    url: String,
    inside: Arc<Inside>,
    server: JoinHandle<()>,
}

#[derive(Debug)]
struct Inside {
    origin: String,
    answers: Answers,
    delay: Duration,
    client: Client,
    known: Mutex<HashMap<String, Known>>,
    asked: Mutex<Vec<Value>>,
    visits: Mutex<Vec<Visit>>,
}

#[derive(Clone, Debug)]
struct Known {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Door {
    /// Opens a door to the service at this address; every answer waits for `delay`.
    ///
    /// # Errors
    /// When there is no free port.
    pub(super) async fn open(
        origin: &str,
        answers: Answers,
        delay: Duration,
    ) -> anyhow::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let inside = Arc::new(Inside {
            origin: origin.trim_end_matches('/').to_owned(),
            answers,
            delay,
            client: loopback_client()?,
            known: Mutex::default(),
            asked: Mutex::default(),
            visits: Mutex::default(),
        });
        let app = Router::new().fallback(pass).with_state(inside.clone());
        let server = tokio::spawn(async move {
            // It serves until it is aborted; a listener on loopback does not fail.
            drop(axum::serve(listener, app).await);
        });
        Ok(Self { url, inside, server })
    }

    /// Where it listens, without a slash at the end.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// The different requests so far, in order: method, path, and body where it is JSON.
    pub(super) fn asked(&self) -> Vec<Value> {
        lock(&self.inside.asked).clone()
    }

    /// Who passed since the last time this was asked.
    pub(super) fn visits(&self) -> Vec<Visit> {
        std::mem::take(&mut *lock(&self.inside.visits))
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.server.abort();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn pass(State(inside): State<Arc<Inside>>, request: Request<Body>) -> Response<Body> {
    let arrived = Instant::now();
    let what = request
        .headers()
        .get("x-amz-target")
        .and_then(|target| target.to_str().ok())
        .map_or_else(|| format!("{} {}", request.method(), request.uri().path()), str::to_owned);
    let answer = inside.answer(request).await;
    if !inside.delay.is_zero() {
        tokio::time::sleep(inside.delay).await;
    }
    let mut visits = lock(&inside.visits);
    if visits.len() < MOST_VISITS {
        visits.push(Visit { what, arrived, answered: Instant::now() });
    }
    match answer {
        Ok(known) => (known.status, known.headers, known.body).into_response(),
        Err(problem) => (StatusCode::BAD_GATEWAY, format!("{problem:#}")).into_response(),
    }
}

impl Inside {
    async fn answer(&self, request: Request<Body>) -> anyhow::Result<Known> {
        let (parts, body) = request.into_parts();
        let body = to_bytes(body, MOST_BYTES).await.context("reading the request")?;
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        if self.answers == Answers::Fresh {
            return self.ask(&parts, &path, body).await;
        }
        let mut asked = json!({ "method": parts.method.as_str(), "path": path });
        if let (Some(object), Ok(body)) = (asked.as_object_mut(), serde_json::from_slice(&body)) {
            object.insert("body".to_owned(), body);
        }
        let key = asked.to_string();
        if let Some(known) = lock(&self.known).get(&key) {
            return Ok(known.clone());
        }
        let known = self.ask(&parts, &path, body).await?;
        let mut all = lock(&self.known);
        if known.status.is_success() && all.len() < MOST_ANSWERS {
            all.insert(key, known.clone());
            lock(&self.asked).push(asked);
        }
        Ok(known)
    }

    async fn ask(
        &self,
        parts: &http::request::Parts,
        path: &str,
        body: Bytes,
    ) -> anyhow::Result<Known> {
        let mut headers = parts.headers.clone();
        // The next connection says these itself; and nobody here unpacks.
        for name in
            [header::HOST, header::CONTENT_LENGTH, header::CONNECTION, header::ACCEPT_ENCODING]
        {
            headers.remove(name);
        }
        let url = format!("{}{path}", self.origin);
        let request = self.client.request(parts.method.clone(), url).headers(headers).body(body);
        let answer = request.send().await.context("asking the service behind the door")?;
        let status = answer.status();
        let mut headers = answer.headers().clone();
        for name in [header::CONTENT_LENGTH, header::CONNECTION, header::TRANSFER_ENCODING] {
            headers.remove(name);
        }
        let body = answer.bytes().await.context("reading the service's answer")?;
        Ok(Known { status, headers, body })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::client::send;

    /// A service that answers how often it was asked.
    async fn counting() -> (String, JoinHandle<()>) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(AtomicUsize::new(0));
        let app = Router::new().fallback(move || {
            let asked = asked.clone();
            async move { (asked.fetch_add(1, Ordering::SeqCst) + 1).to_string() }
        });
        let server = tokio::spawn(async move { drop(axum::serve(listener, app).await) });
        (url, server)
    }

    async fn ask(door: &Door, body: &str) -> String {
        let request = loopback_client().unwrap().post(format!("{}/search", door.url()));
        send(request.body(body.to_owned())).await.unwrap().body
    }

    #[tokio::test]
    async fn a_repeated_answer_is_made_once_for_each_request_whatever_its_spaces() {
        let (origin, service) = counting().await;
        let door = Door::open(&origin, Answers::Repeated, Duration::ZERO).await.unwrap();
        for (body, answer) in [(r#"{"a":1}"#, "1"), (r#"{ "a": 1 }"#, "1"), (r#"{"a":2}"#, "2")] {
            assert_eq!(ask(&door, body).await, answer);
        }
        let asked = door.asked();
        assert_eq!(asked.len(), 2);
        assert_eq!(asked[0], json!({ "method": "POST", "path": "/search", "body": { "a": 1 } }));
        service.abort();
    }

    #[tokio::test]
    async fn a_fresh_answer_is_made_each_time_and_every_visit_is_written_down_once() {
        let (origin, service) = counting().await;
        let door = Door::open(&origin, Answers::Fresh, Duration::ZERO).await.unwrap();
        assert_eq!((ask(&door, "x").await, ask(&door, "x").await), ("1".into(), "2".into()));
        let visits = door.visits();
        assert_eq!(visits.len(), 2);
        assert!(visits.iter().all(|visit| visit.what == "POST /search"));
        assert!(visits[0].answered <= visits[1].arrived);
        assert!(door.visits().is_empty());
        service.abort();
    }
}
