//! AWS as a task sees it: the credentials of its role, the audit stream, and its tables.

use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Json, Response};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::account::Account;
use crate::http;

/// Where a task asks for the credentials of its role.
const CREDENTIALS: &str = "/credentials";
/// What a request to DynamoDB needs to arrive as it was sent.
const PASSED_ON: [&str; 3] = ["authorization", "content-type", "x-amz-target"];

/// AWS on a port of its own, for one task.
pub(crate) struct TaskAws {
    url: String,
    kept: Arc<Kept>,
    serving: JoinHandle<()>,
}

struct Kept {
    account: Account,
    records: Mutex<Vec<String>>,
    asked_for_credentials: Mutex<usize>,
}

impl TaskAws {
    /// Starts it in front of an account.
    pub(crate) async fn start(account: Account) -> Self {
        let kept =
            Kept { account, records: Mutex::default(), asked_for_credentials: Mutex::default() };
        let kept = Arc::new(kept);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = axum::Router::new()
            .route(CREDENTIALS, axum::routing::get(credentials))
            .fallback(answer)
            .with_state(Arc::clone(&kept));
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, kept, serving }
    }

    /// Its address.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Where the credentials are.
    pub(crate) fn credentials_url(&self) -> String {
        format!("{}{CREDENTIALS}", self.url)
    }

    /// The records that the audit stream took.
    pub(crate) fn records(&self) -> Vec<String> {
        self.kept.records.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How often the credentials of the role were asked for.
    pub(crate) fn asked_for_credentials(&self) -> usize {
        *self.kept.asked_for_credentials.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for TaskAws {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn credentials(State(kept): State<Arc<Kept>>) -> Json<Value> {
    *kept.asked_for_credentials.lock().unwrap_or_else(PoisonError::into_inner) += 1;
    Json(json!({
        "AccessKeyId": kept.account.access_key,
        "SecretAccessKey": "stand-in-secret-key-of-a-role",
        "Token": "stand-in-token-of-a-role",
        "Expiration": "2099-01-01T00:00:00Z",
    }))
}

async fn answer(State(kept): State<Arc<Kept>>, headers: HeaderMap, body: Bytes) -> Response {
    let target = headers.get("x-amz-target").and_then(|value| value.to_str().ok());
    match target.and_then(|target| target.split_once('.')) {
        Some(("Firehose_20150804", "PutRecord")) => {
            let asked: Value = serde_json::from_slice(&body).unwrap();
            let data = BASE64_STANDARD.decode(asked["Record"]["Data"].as_str().unwrap()).unwrap();
            let record = String::from_utf8(data).unwrap();
            kept.records.lock().unwrap_or_else(PoisonError::into_inner).push(record);
            Json(json!({"RecordId": "r", "Encrypted": false})).into_response()
        }
        Some(("DynamoDB_20120810", _)) => tables(&kept.account, &headers, body).await,
        _ => {
            let refused = json!({"__type": "InvalidArgumentException", "message": "no"});
            (StatusCode::BAD_REQUEST, Json(refused)).into_response()
        }
    }
}

async fn tables(account: &Account, headers: &HeaderMap, body: Bytes) -> Response {
    let mut request = http().post(&account.url);
    for name in PASSED_ON {
        if let Some(value) = headers.get(name) {
            request = request.header(name, value);
        }
    }
    let response = request.body(body).send().await.unwrap();
    let status = response.status();
    let kind = response.headers().get("content-type").cloned();
    let mut answer = (status, response.bytes().await.unwrap()).into_response();
    if let Some(kind) = kind {
        answer.headers_mut().insert("content-type", kind);
    }
    answer
}
