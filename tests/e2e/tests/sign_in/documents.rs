//! Where a client's metadata document is published (client-id metadata documents).

use axum::Router;
use axum::routing::get;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A host of one document, until it is dropped.
pub(crate) struct DocumentHost {
    authority: String,
    serving: JoinHandle<()>,
}

impl DocumentHost {
    /// Publishes the document of a client that listens on loopback.
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let authority = listener.local_addr().unwrap().to_string();
        let document = json!({
            "client_id": format!("http://{authority}/client.json"),
            "client_name": "Documented assistant",
            "redirect_uris": ["http://127.0.0.1/callback", "http://localhost/callback"],
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "token_endpoint_auth_method": "none",
        });
        let router =
            Router::new().route("/client.json", get(move || async { axum::Json(document) }));
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { authority, serving }
    }

    /// Its entry in the connector's list of such hosts.
    pub(crate) fn authority(&self) -> &str {
        &self.authority
    }

    /// The client id, which is the document's address.
    pub(crate) fn client_id(&self) -> String {
        format!("http://{}/client.json", self.authority)
    }
}

impl Drop for DocumentHost {
    fn drop(&mut self) {
        self.serving.abort();
    }
}
