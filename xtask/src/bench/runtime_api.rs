//! The smallest Lambda runtime API that a function runs under: events in, answers out.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use bytes::Bytes;
use http::{HeaderName, StatusCode};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// Largest answer the Lambda service takes from a function.
const ANSWER_BYTES: usize = 6_291_556;
/// How long a function may take for one event; the Python peer imports for seconds.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a function said, and when.
#[derive(Debug)]
pub(super) struct Answer {
    at: Instant,
    kind: Kind,
    body: Bytes,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Response,
    Error,
}

/// A running API; it ends when this is dropped.
#[derive(Debug)]
pub(super) struct RuntimeApi {
    address: SocketAddr,
    events: mpsc::Sender<Bytes>,
    answers: mpsc::Receiver<Answer>,
    server: JoinHandle<()>,
}

#[derive(Clone, Debug)]
struct Shared {
    events: Arc<Mutex<mpsc::Receiver<Bytes>>>,
    answers: mpsc::Sender<Answer>,
}

impl RuntimeApi {
    /// Listens on a free port of loopback.
    ///
    /// # Errors
    /// When there is none.
    pub(super) async fn start() -> anyhow::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let (events, waiting) = mpsc::channel(1);
        let (said, answers) = mpsc::channel(1);
        let shared = Shared { events: Arc::new(Mutex::new(waiting)), answers: said };
        let app = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/response", post(response))
            .route("/2018-06-01/runtime/invocation/{id}/error", post(error))
            .route("/2018-06-01/runtime/init/error", post(init_error))
            .layer(DefaultBodyLimit::max(ANSWER_BYTES))
            .with_state(shared);
        let server = tokio::spawn(async move {
            // It serves until it is aborted; a listener on loopback does not fail.
            drop(axum::serve(listener, app).await);
        });
        Ok(Self { address, events, answers, server })
    }

    /// The variables that make a program a function of this API.
    pub(super) fn variables(&self) -> Vec<(&'static str, String)> {
        vec![
            ("AWS_LAMBDA_RUNTIME_API", self.address.to_string()),
            ("AWS_LAMBDA_FUNCTION_NAME", "bench".to_owned()),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256".to_owned()),
            ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST".to_owned()),
            ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand".to_owned()),
        ]
    }

    /// Puts an event in front of the function; there is room for one.
    ///
    /// # Errors
    /// When the API is gone.
    pub(super) async fn put(&self, event: &Value) -> anyhow::Result<()> {
        let event = Bytes::from(serde_json::to_vec(event)?);
        timeout(PATIENCE, self.events.send(event)).await.context("the event was not taken")??;
        Ok(())
    }

    /// The function's answer to the event.
    ///
    /// # Errors
    /// When it gives none in time.
    pub(super) async fn answer(&mut self) -> anyhow::Result<Answer> {
        let answer = timeout(PATIENCE, self.answers.recv()).await;
        answer.context("the function did not answer")?.context("the runtime API is gone")
    }
}

impl Answer {
    /// When it arrived, and the body of a response with status 200.
    ///
    /// # Errors
    /// When it is anything else.
    pub(super) fn into_ok(self) -> anyhow::Result<(Instant, String)> {
        let text = || self.body.iter().take(300).map(|byte| char::from(*byte)).collect::<String>();
        anyhow::ensure!(self.kind == Kind::Response, "the function failed: {}", text());
        let answer: Value = serde_json::from_slice(&self.body).context("reading the answer")?;
        anyhow::ensure!(answer.get("statusCode") == Some(&json!(200)), "answered {}", text());
        let body = answer.get("body").and_then(Value::as_str).unwrap_or_default();
        Ok((self.at, body.to_owned()))
    }
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn next(State(shared): State<Shared>) -> impl IntoResponse {
    // No deadline: waiting for work is what the call is for.
    let event = shared.events.lock().await.recv().await;
    let arn = "arn:aws:lambda:eu-central-1:000000000000:function:bench".to_owned();
    let headers = [
        (HeaderName::from_static("lambda-runtime-aws-request-id"), "bench".to_owned()),
        (HeaderName::from_static("lambda-runtime-deadline-ms"), deadline_ms()),
        (HeaderName::from_static("lambda-runtime-invoked-function-arn"), arn),
        (http::header::CONTENT_TYPE, "application/json".to_owned()),
    ];
    event.map_or_else(|| StatusCode::GONE.into_response(), |event| (headers, event).into_response())
}

fn deadline_ms() -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    (now.unwrap_or_default() + Duration::from_secs(25)).as_millis().to_string()
}

async fn response(shared: State<Shared>, _: Path<String>, body: Bytes) -> StatusCode {
    said(&shared, Kind::Response, body).await
}

async fn error(shared: State<Shared>, _: Path<String>, body: Bytes) -> StatusCode {
    said(&shared, Kind::Error, body).await
}

async fn init_error(shared: State<Shared>, body: Bytes) -> StatusCode {
    said(&shared, Kind::Error, body).await
}

async fn said(shared: &Shared, kind: Kind, body: Bytes) -> StatusCode {
    let answer = Answer { at: Instant::now(), kind, body };
    match shared.answers.send(answer).await {
        Ok(()) => StatusCode::ACCEPTED,
        Err(_) => StatusCode::GONE,
    }
}

/// An event of the load balancer.
pub(super) fn event(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Value {
    let mut lists = serde_json::Map::new();
    for (name, value) in headers {
        lists.insert((*name).to_owned(), json!([value]));
    }
    let arn = "arn:aws:elasticloadbalancing:eu-central-1:000000000000:targetgroup/bench/1";
    json!({
        "requestContext": { "elb": { "targetGroupArn": arn } },
        "httpMethod": method,
        "path": path,
        "multiValueQueryStringParameters": {},
        "multiValueHeaders": lists,
        "body": body,
        "isBase64Encoded": false,
    })
}
