//! Where clients publish their metadata documents (client-id metadata documents).

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// What is found at a path.
#[derive(Clone, Debug)]
pub(crate) enum Published {
    /// A document.
    Json(Value),
    /// Bytes with this status and one header.
    Bytes(u16, (&'static str, String), Vec<u8>),
    /// Never an answer.
    Nothing,
}

/// A host of documents, until it is dropped.
pub(crate) struct DocumentHost {
    authority: String,
    books: Arc<Mutex<Books>>,
    serving: JoinHandle<()>,
}

#[derive(Default)]
struct Books {
    published: BTreeMap<String, Published>,
    requests: Vec<String>,
}

impl DocumentHost {
    /// Publishes the document of a client that listens on loopback.
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let authority = listener.local_addr().unwrap().to_string();
        let books = Arc::<Mutex<Books>>::default();
        let router = Router::new().fallback(answer).with_state(Arc::clone(&books));
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let host = Self { authority, books, serving };
        host.publish("/client.json", Published::Json(host.document("/client.json")));
        host
    }

    /// Its entry in the connector's list of such hosts.
    pub(crate) fn authority(&self) -> &str {
        &self.authority
    }

    /// The client id, which is the document's address.
    pub(crate) fn client_id(&self) -> String {
        self.address("/client.json")
    }

    /// The address of a path.
    pub(crate) fn address(&self, path: &str) -> String {
        format!("http://{}{path}", self.authority)
    }

    /// The right document for this path.
    pub(crate) fn document(&self, path: &str) -> Value {
        json!({
            "client_id": self.address(path),
            "client_name": "Documented assistant",
            "redirect_uris": ["http://127.0.0.1/callback", "http://localhost/callback"],
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "token_endpoint_auth_method": "none",
        })
    }

    /// Publishes something; gives its address.
    pub(crate) fn publish(&self, path: &str, published: Published) -> String {
        self.books.lock().unwrap().published.insert(path.to_owned(), published);
        self.address(path)
    }

    /// The paths that were asked for.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.books.lock().unwrap().requests.clone()
    }
}

impl Drop for DocumentHost {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn answer(State(books): State<Arc<Mutex<Books>>>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let published = {
        let mut books = books.lock().unwrap();
        books.requests.push(path.clone());
        books.published.get(&path).cloned()
    };
    match published {
        None => StatusCode::NOT_FOUND.into_response(),
        Some(Published::Json(document)) => axum::Json(document).into_response(),
        Some(Published::Bytes(status, (name, value), bytes)) => {
            let mut response = (StatusCode::from_u16(status).unwrap(), bytes).into_response();
            let headers = response.headers_mut();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
            headers.insert(name, value.parse().unwrap());
            response
        }
        Some(Published::Nothing) => std::future::pending().await,
    }
}
