//! A server that answers every AWS request the same way, or not at all, and counts them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::http::{StatusCode, header};
use tokio::net::TcpListener;

/// A server with prepared answers; it ends with its test.
pub(crate) struct Stub {
    pub(crate) address: String,
    requests: Arc<AtomicUsize>,
}

impl Stub {
    /// Gives these answers in turn, and the last one for ever.
    pub(crate) async fn answering(answers: &[(u16, &str)]) -> Self {
        let answers: Vec<(StatusCode, String)> = answers
            .iter()
            .map(|(status, body)| (StatusCode::from_u16(*status).unwrap(), (*body).to_owned()))
            .collect();
        let requests = Arc::new(AtomicUsize::new(0));
        let counter = requests.clone();
        let app = Router::new().fallback(move || {
            let n = counter.fetch_add(1, Ordering::SeqCst).min(answers.len() - 1);
            let (status, body) = answers[n].clone();
            async move { (status, [(header::CONTENT_TYPE, "application/x-amz-json-1.0")], body) }
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { address, requests }
    }

    /// Answers with this error of DynamoDB or SSM.
    pub(crate) async fn failing(code: &str) -> Self {
        let body =
            format!(r#"{{"__type":"com.amazonaws.dynamodb.v20120810#{code}","message":"canary"}}"#);
        Self::answering(&[(400, &body)]).await
    }

    /// Accepts connections and never answers.
    pub(crate) async fn silent() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(AtomicUsize::new(0));
        let counter = requests.clone();
        tokio::spawn(async move {
            let mut open = Vec::new();
            while let Ok((socket, _)) = listener.accept().await {
                counter.fetch_add(1, Ordering::SeqCst);
                open.push(socket);
            }
        });
        Self { address, requests }
    }

    pub(crate) fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

/// An address at which nobody listens.
pub(crate) async fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}
