//! A strict little Firehose on loopback: the service's limits, and faults on demand.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Json, Response};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::STREAM;

const RECORD_BYTES: usize = 1000 * 1024;
const BATCH_RECORDS: usize = 500;
const BATCH_BYTES: usize = 4 * 1024 * 1024;

/// What goes wrong with one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    Throttled,
    InternalError,
    /// A proxy's page instead of the service's answer.
    Garbage,
    Hang,
    /// The connection ends without an answer.
    Cut,
    NoSuchStream,
    AccessDenied,
    /// Every third entry of a batch fails.
    Partly,
    /// The last entry of a batch is lost, and the answer says nothing of it.
    Short,
}

#[derive(Clone, Default)]
pub(crate) struct Stub(Arc<Mutex<Books>>);

#[derive(Default)]
struct Books {
    planned: VecDeque<Fault>,
    always: Option<Fault>,
    kept: Vec<Vec<u8>>,
    requests: Vec<usize>,
}

impl Stub {
    /// Starts on a port of its own; it ends with the test's runtime.
    pub(crate) async fn start() -> (Self, String) {
        let stub = Self::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let router = axum::Router::new()
            .fallback(answer)
            .layer(DefaultBodyLimit::disable())
            .with_state(stub.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        (stub, address)
    }

    /// These faults for the next requests, one each; then all is well.
    pub(crate) fn plan(&self, faults: impl IntoIterator<Item = Fault>) {
        self.0.lock().unwrap().planned.extend(faults);
    }

    /// This fault for every request, or none.
    pub(crate) fn always(&self, fault: Option<Fault>) {
        self.0.lock().unwrap().always = fault;
    }

    /// The records that were kept, as they arrived.
    pub(crate) fn kept(&self) -> Vec<String> {
        let state = self.0.lock().unwrap();
        let text = |bytes: &Vec<u8>| String::from_utf8(bytes.clone()).unwrap();
        state.kept.iter().map(text).collect()
    }

    /// How many entries each request had.
    pub(crate) fn requests(&self) -> Vec<usize> {
        self.0.lock().unwrap().requests.clone()
    }
}

async fn answer(State(stub): State<Stub>, headers: HeaderMap, body: Bytes) -> Response {
    let request: Value = serde_json::from_slice(&body).unwrap();
    let target = headers["x-amz-target"].to_str().unwrap();
    let is_batch = match target {
        "Firehose_20150804.PutRecord" => false,
        "Firehose_20150804.PutRecordBatch" => true,
        other => panic!("unexpected operation {other}"),
    };
    let entries: Vec<Vec<u8>> = if is_batch {
        request["Records"].as_array().unwrap().iter().map(data).collect()
    } else {
        vec![data(&request["Record"])]
    };
    let fault = {
        let mut state = stub.0.lock().unwrap();
        state.requests.push(entries.len());
        state.planned.pop_front().or(state.always)
    };
    if request["DeliveryStreamName"] != STREAM || fault == Some(Fault::NoSuchStream) {
        return error(400, "ResourceNotFoundException");
    }
    let too_large = entries.iter().any(|entry| entry.len() > RECORD_BYTES)
        || entries.len() > BATCH_RECORDS
        || entries.iter().map(Vec::len).sum::<usize>() > BATCH_BYTES;
    if too_large {
        return error(400, "InvalidArgumentException");
    }
    match fault {
        Some(Fault::Throttled) => error(503, "ServiceUnavailableException"),
        Some(Fault::InternalError) => error(500, "InternalFailure"),
        Some(Fault::AccessDenied) => error(400, "AccessDeniedException"),
        Some(Fault::Garbage) => (StatusCode::OK, "<html>maintenance</html>").into_response(),
        Some(Fault::Hang) => std::future::pending().await,
        Some(Fault::Cut) => panic!("the connection is cut here"),
        Some(Fault::NoSuchStream) => error(400, "ResourceNotFoundException"),
        None | Some(Fault::Partly | Fault::Short) => keep(&stub, entries, is_batch, fault),
    }
}

fn keep(stub: &Stub, mut entries: Vec<Vec<u8>>, is_batch: bool, fault: Option<Fault>) -> Response {
    let mut state = stub.0.lock().unwrap();
    if !is_batch {
        state.kept.extend(entries);
        return Json(json!({ "RecordId": "r", "Encrypted": false })).into_response();
    }
    if fault == Some(Fault::Short) {
        entries.pop();
    }
    let mut answers = Vec::new();
    for (index, entry) in entries.into_iter().enumerate() {
        if fault == Some(Fault::Partly) && index % 3 == 0 {
            let code = "ServiceUnavailableException";
            answers.push(json!({ "ErrorCode": code, "ErrorMessage": "Slow down." }));
        } else {
            state.kept.push(entry);
            answers.push(json!({ "RecordId": format!("r-{index}") }));
        }
    }
    let failed = answers.iter().filter(|answer| answer["RecordId"].is_null()).count();
    Json(json!({ "FailedPutCount": failed, "RequestResponses": answers })).into_response()
}

fn data(record: &Value) -> Vec<u8> {
    BASE64_STANDARD.decode(record["Data"].as_str().unwrap()).unwrap()
}

fn error(status: u16, code: &str) -> Response {
    let body = json!({ "__type": code, "message": "no" }).to_string();
    let headers = [("x-amzn-errortype", code), ("content-type", "application/x-amz-json-1.1")];
    (StatusCode::from_u16(status).unwrap(), headers, body).into_response()
}
