//! AWS on loopback, as far as a story needs it: Firehose keeps records, SSM gives parameters out,
//! DynamoDB keeps and gives items by their key, and all can be in trouble. DynamoDB knows no
//! conditions, so it refuses every update: with it the limiter is always degraded. The platform's
//! own tests prove the shared limiter against moto.

use std::collections::BTreeMap;
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

use crate::Environment;

/// What AWS does instead of its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Answers that there were too many requests.
    Throttled,
    /// Answers with a fault of its own.
    Broken,
    /// Does not answer.
    Hangs,
    /// Answers that we may not.
    Denied,
}

/// AWS on a port of its own.
pub struct AwsStub {
    books: Arc<Mutex<Books>>,
    url: String,
    serving: JoinHandle<()>,
}

#[derive(Default)]
struct Books {
    trouble: Option<Trouble>,
    parameters: BTreeMap<String, String>,
    records: Vec<String>,
    items: BTreeMap<(String, String), Value>,
    requests: Vec<(String, String)>,
}

impl AwsStub {
    /// Starts it.
    pub async fn start() -> Self {
        let books = Arc::<Mutex<Books>>::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = axum::Router::new().fallback(answer).with_state(Arc::clone(&books));
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { books, url, serving }
    }

    /// Points a connector here.
    #[must_use]
    pub fn environment(&self, environment: Environment) -> Environment {
        environment
            .with("AWS_ENDPOINT_URL", &self.url)
            .with("AWS_REGION", "eu-central-1")
            .with("AWS_ACCESS_KEY_ID", "stand-in")
            .with("AWS_SECRET_ACCESS_KEY", "stand-in")
    }

    /// What goes wrong from now on.
    pub fn trouble(&self, trouble: Option<Trouble>) {
        self.books().trouble = trouble;
    }

    /// Keeps a parameter.
    pub fn parameter(&self, name: &str, value: &str) {
        self.books().parameters.insert(name.to_owned(), value.to_owned());
    }

    /// The records that Firehose kept.
    pub fn records(&self) -> Vec<Value> {
        let books = self.books();
        books.records.iter().map(|record| serde_json::from_str(record).unwrap()).collect()
    }

    /// The items of a table, by key.
    pub fn items(&self, table: &str) -> BTreeMap<String, Value> {
        let books = self.books();
        let own = books.items.iter().filter(|((of, _), _)| of == table);
        own.map(|((_, key), item)| (key.clone(), item.clone())).collect()
    }

    /// Plants an item, as DynamoDB writes it; `pk` is its key.
    ///
    /// # Panics
    /// When it has no key.
    pub fn plant(&self, table: &str, item: Value) {
        let key = item["pk"]["S"].as_str().expect("a key").to_owned();
        self.books().items.insert((table.to_owned(), key), item);
    }

    /// The operations asked for and their bodies.
    pub fn requests(&self) -> Vec<(String, String)> {
        self.books().requests.clone()
    }

    fn books(&self) -> std::sync::MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for AwsStub {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn answer(
    State(books): State<Arc<Mutex<Books>>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let target = headers.get("x-amz-target").and_then(|value| value.to_str().ok());
    let operation = target.and_then(|target| target.rsplit('.').next()).unwrap_or_default();
    let text = String::from_utf8(body.to_vec()).unwrap();
    let asked: Value = serde_json::from_str(&text).unwrap_or_default();
    let trouble = {
        let mut books = books.lock().unwrap_or_else(PoisonError::into_inner);
        books.requests.push((operation.to_owned(), text));
        books.trouble
    };
    match trouble {
        Some(Trouble::Throttled) => return refusal(400, "ThrottlingException"),
        Some(Trouble::Broken) => return refusal(500, "InternalServerError"),
        Some(Trouble::Denied) => return refusal(400, "AccessDeniedException"),
        Some(Trouble::Hangs) => return std::future::pending().await,
        None => {}
    }
    let mut books = books.lock().unwrap_or_else(PoisonError::into_inner);
    let parameter = |name: &str, value: &str| json!({"Name": name, "Type": "SecureString", "Value": value, "Version": 1});
    match operation {
        "PutRecord" => {
            let data = BASE64_STANDARD.decode(asked["Record"]["Data"].as_str().unwrap()).unwrap();
            books.records.push(String::from_utf8(data).unwrap());
            Json(json!({"RecordId": "r", "Encrypted": false})).into_response()
        }
        "GetParameter" => {
            let name = asked["Name"].as_str().unwrap_or_default();
            match books.parameters.get(name) {
                Some(value) => Json(json!({"Parameter": parameter(name, value)})).into_response(),
                None => refusal(400, "ParameterNotFound"),
            }
        }
        "GetParameters" => {
            let names = asked["Names"].as_array().cloned().unwrap_or_default();
            let names: Vec<_> = names.iter().filter_map(Value::as_str).collect();
            let found = books.parameters.iter().filter(|(name, _)| names.contains(&name.as_str()));
            let found: Vec<_> = found.map(|(name, value)| parameter(name, value)).collect();
            Json(json!({"Parameters": found, "InvalidParameters": []})).into_response()
        }
        "GetItem" => match books.items.get(&place(&asked, &asked["Key"])) {
            Some(item) => Json(json!({"Item": item})).into_response(),
            None => Json(json!({})).into_response(),
        },
        "PutItem" => {
            let place = place(&asked, &asked["Item"]);
            books.items.insert(place, asked["Item"].clone());
            Json(json!({})).into_response()
        }
        "DeleteItem" => {
            books.items.remove(&place(&asked, &asked["Key"]));
            Json(json!({})).into_response()
        }
        _ => refusal(500, "InternalServerError"),
    }
}

/// Where an item is: its table and its key.
fn place(asked: &Value, item: &Value) -> (String, String) {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    (text(&asked["TableName"]), text(&item["pk"]["S"]))
}

fn refusal(status: u16, code: &str) -> Response {
    let headers = [("x-amzn-errortype", code), ("content-type", "application/x-amz-json-1.1")];
    let body = json!({"__type": code, "message": "no"}).to_string();
    (StatusCode::from_u16(status).unwrap(), headers, body).into_response()
}
