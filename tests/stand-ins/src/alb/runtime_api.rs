//! The Lambda runtime API, as one instance of a function sees it.
//!
//! The API only carries messages; [`super::instance`] decides what they mean.

use std::net::{Ipv4Addr, SocketAddr};

use axum::extract::{DefaultBodyLimit, Path, State};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Json, Router};
use bytes::Bytes;
use http::{HeaderName, StatusCode};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

/// Largest answer the Lambda service takes from a function.
const ANSWER_BYTES: usize = 6_291_556;
/// How many calls may wait; a runtime makes one at a time.
const WAITING: usize = 8;

/// What a runtime asks for or says.
#[derive(Debug)]
pub(super) enum Call {
    /// It is ready for an event.
    Next(oneshot::Sender<Delivery>),
    /// It finished an event.
    Done {
        /// The event it means.
        request_id: String,
        /// The answer, or the description of its error.
        result: Result<Bytes, Bytes>,
        /// Whether that event was its to finish.
        receipt: oneshot::Sender<Receipt>,
    },
    /// It could not start.
    InitError(Bytes),
}

/// An event with what the runtime is told about it.
#[derive(Clone, Debug)]
pub(super) struct Delivery {
    /// Id of the invocation.
    pub(super) request_id: String,
    /// When the invocation will be ended, in milliseconds since 1970.
    pub(super) deadline_ms: i64,
    /// What was invoked.
    pub(super) function_arn: String,
    /// Trace header of the invocation.
    pub(super) trace_id: String,
    /// The event.
    pub(super) event: Bytes,
}

/// Whether a finished event was the current one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Receipt {
    /// It was.
    Accepted,
    /// No such event is under way.
    UnknownRequest,
}

/// A running API; it ends when this is dropped.
#[derive(Debug)]
pub(super) struct RuntimeApi {
    /// Where it listens.
    pub(super) address: SocketAddr,
    /// What the runtime says.
    pub(super) calls: mpsc::Receiver<Call>,
    server: JoinHandle<()>,
}

impl RuntimeApi {
    /// Listens on a free port of loopback.
    pub(super) async fn start() -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let (sender, calls) = mpsc::channel(WAITING);
        let app = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{request_id}/response", post(response))
            .route("/2018-06-01/runtime/invocation/{request_id}/error", post(error))
            .route("/2018-06-01/runtime/init/error", post(init_error))
            .layer(DefaultBodyLimit::max(ANSWER_BYTES))
            .with_state(sender);
        let server = tokio::spawn(async move {
            // It serves until it is aborted; a listener on loopback does not fail.
            drop(axum::serve(listener, app).await);
        });
        Ok(Self { address, calls, server })
    }
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        self.server.abort();
    }
}

type Calls = State<mpsc::Sender<Call>>;

async fn next(State(calls): Calls) -> Result<impl IntoResponse, Refusal> {
    let (sender, delivery) = oneshot::channel();
    calls.send(Call::Next(sender)).await.map_err(|_| Refusal::Gone)?;
    // No deadline: waiting for work, possibly for days, is what the call is for.
    let delivery = delivery.await.map_err(|_| Refusal::Gone)?;
    let headers = [
        (HeaderName::from_static("lambda-runtime-aws-request-id"), delivery.request_id),
        (HeaderName::from_static("lambda-runtime-deadline-ms"), delivery.deadline_ms.to_string()),
        (HeaderName::from_static("lambda-runtime-invoked-function-arn"), delivery.function_arn),
        (HeaderName::from_static("lambda-runtime-trace-id"), delivery.trace_id),
        (http::header::CONTENT_TYPE, "application/json".to_owned()),
    ];
    Ok((headers, delivery.event))
}

async fn response(
    State(calls): Calls,
    Path(request_id): Path<String>,
    body: Bytes,
) -> Result<impl IntoResponse, Refusal> {
    done(&calls, request_id, Ok(body)).await
}

async fn error(
    State(calls): Calls,
    Path(request_id): Path<String>,
    body: Bytes,
) -> Result<impl IntoResponse, Refusal> {
    done(&calls, request_id, Err(body)).await
}

async fn done(
    calls: &mpsc::Sender<Call>,
    request_id: String,
    result: Result<Bytes, Bytes>,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    let (receipt, accepted) = oneshot::channel();
    let call = Call::Done { request_id, result, receipt };
    calls.send(call).await.map_err(|_| Refusal::Gone)?;
    match accepted.await {
        Ok(Receipt::Accepted) => Ok((StatusCode::ACCEPTED, Json(json!({"status": "OK"})))),
        Ok(Receipt::UnknownRequest) => Err(Refusal::UnknownRequest),
        Err(_) => Err(Refusal::Gone),
    }
}

async fn init_error(State(calls): Calls, body: Bytes) -> Result<impl IntoResponse, Refusal> {
    calls.send(Call::InitError(body)).await.map_err(|_| Refusal::Gone)?;
    Ok((StatusCode::ACCEPTED, Json(json!({"status": "OK"}))))
}

/// Why a call is not served.
#[derive(Debug)]
enum Refusal {
    Gone,
    UnknownRequest,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> axum::response::Response {
        let (status, kind) = match self {
            Self::Gone => (StatusCode::GONE, "InstanceEnded"),
            Self::UnknownRequest => (StatusCode::BAD_REQUEST, "InvalidRequestID"),
        };
        (status, Json(json!({"errorMessage": "refused", "errorType": kind}))).into_response()
    }
}
