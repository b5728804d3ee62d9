//! The program is killed after each write of a sign-in in turn, before it knows that the write
//! was made: the person begins again and comes in, and what is left behind ends by itself.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use e2e::{Company, Environment, Moto, free_port, http, own_server_at};
use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use crate::own_client::{OwnClient, REDIRECT, works};

const TABLE: &str = "storage";
const WRITES: [&str; 4] = ["PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems"];
/// More writes than a sign-in has.
const MOST_WRITES: usize = 30;

/// The wire to DynamoDB, which goes dead after a write was made and before that is answered.
struct Wire {
    url: String,
    shared: Arc<Shared>,
    serving: JoinHandle<()>,
}

struct Shared {
    http: reqwest::Client,
    to: String,
    /// How many writes are answered until the wire goes dead.
    left: Mutex<Option<usize>>,
    is_dead: Notify,
}

impl Wire {
    async fn to(moto: &Moto) -> Self {
        let to = moto.environment(Environment::default()).get("AWS_ENDPOINT_URL").to_owned();
        let shared =
            Arc::new(Shared { http: http(), to, left: Mutex::default(), is_dead: Notify::new() });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(pass_on).with_state(Arc::clone(&shared));
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, shared, serving }
    }

    fn dies_after(&self, writes: Option<usize>) {
        *self.shared.left.lock().unwrap() = writes;
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn pass_on(State(wire): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Response {
    let target = headers["x-amz-target"].to_str().unwrap();
    let is_write = WRITES.iter().any(|write| target.ends_with(write));
    let mut request = wire.http.post(&wire.to).body(body);
    for name in ["authorization", "content-type", "x-amz-target", "x-amz-date"] {
        if let Some(value) = headers.get(name) {
            request = request.header(name, value);
        }
    }
    let answer = request.send().await.unwrap();
    let status = StatusCode::from_u16(answer.status().as_u16()).unwrap();
    let bytes = answer.bytes().await.unwrap();
    let left = match wire.left.lock().unwrap().as_mut() {
        Some(left) if is_write => {
            let before = *left;
            *left = before.saturating_sub(1);
            before
        }
        _ => usize::MAX,
    };
    if left <= 1 {
        if left == 1 {
            wire.is_dead.notify_one();
        }
        return std::future::pending().await;
    }
    (status, [("content-type", "application/x-amz-json-1.0")], bytes).into_response()
}

#[tokio::test]
async fn whichever_write_was_the_last_the_person_can_begin_again() {
    let company = Company::start().await;
    let Some(moto) = Moto::start().await else { return };
    moto.create_table(TABLE).await;
    let (wire, port) = (Wire::to(&moto).await, free_port());
    let start = || {
        own_server_at(port, &company, |usual| {
            let environment = moto.environment(usual).with("AWS_ENDPOINT_URL", &wire.url);
            let environment = environment.with("STORAGE_TYPE", "dynamodb");
            environment.with("STORAGE_DYNAMODB_TABLE_NAME", TABLE)
        })
    };
    let mut connector = start().await;
    let client = OwnClient::register(&connector, REDIRECT).await;
    let mut deaths = 0;
    for writes in 1..=MOST_WRITES {
        wire.dies_after(Some(writes));
        let is_done = tokio::select! {
            _ = client.sign_in("ann") => true,
            () = wire.shared.is_dead.notified() => false,
        };
        if is_done {
            break;
        }
        deaths += 1;
        connector.finish().await;
        wire.dies_after(None);
        connector = start().await;
        let tokens = client.sign_in("ann").await;
        assert!(works(&connector, &tokens).await, "after write {writes}");
    }
    assert!((8..MOST_WRITES).contains(&deaths), "{deaths} writes");
    let now = Timestamp::now().as_second();
    let items = moto.items(TABLE).await;
    let left_s = items.iter().map(|item| {
        company.canaries.check_store(&item.to_string());
        let ttl = item["ttl"]["N"].as_str().unwrap_or_else(|| panic!("it never ends: {item}"));
        ttl.parse::<i64>().unwrap() - now
    });
    // The registration, the sign-ins that were finished, and the one that died after its last write.
    let lasting: Vec<_> = left_s.filter(|left_s| *left_s > 660).collect();
    assert!(lasting.len() <= 1 + deaths + 2, "{lasting:?}");
    assert!(lasting.iter().all(|left_s| *left_s <= 90 * 24 * 3600), "{lasting:?}");
    connector.finish().await;
}
