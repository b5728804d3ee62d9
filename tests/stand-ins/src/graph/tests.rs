//! Stories over HTTP.

mod access;
mod changes;
mod contract;
mod downloads;
mod faulty;
mod files;
mod kinds;
mod kql;
mod lists;
mod odata;
mod refusals;
mod search;
mod several;
mod sharing;

use std::sync::{Arc, Once};

use http::{HeaderMap, Method, StatusCode};
use serde_json::Value;

use super::{Bearer, Graph, GraphOptions, Running};
use crate::company::person;

const READS: [&str; 4] = ["User.Read", "Files.Read.All", "Sites.Read.All", "SensitivityLabel.Read"];

/// A running stand-in with a client. The bearer `ann` has the scopes of the connector,
/// `ann:A,B` has these, `ann+cp1` understands challenges, `ann-expired` ran out.
struct Bench {
    graph: Running,
    client: reqwest::Client,
}

struct Got {
    status: StatusCode,
    headers: HeaderMap,
    body: Value,
}

impl Got {
    fn code(&self) -> &str {
        self.body["error"]["code"].as_str().unwrap_or_default()
    }

    fn message(&self) -> &str {
        self.body["error"]["message"].as_str().unwrap_or_default()
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    fn names(&self) -> Vec<&str> {
        self.body["value"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["name"].as_str().unwrap())
            .collect()
    }
}

fn verify(token: &str) -> Option<Bearer> {
    let (who, scopes) = match token.split_once(':') {
        Some((who, scopes)) => (who, scopes.split(',').map(str::to_owned).collect()),
        None => (token, READS.map(str::to_owned).to_vec()),
    };
    let (who, cp1) = who.strip_suffix("+cp1").map_or((who, false), |who| (who, true));
    let (who, exp) = who.strip_suffix("-expired").map_or((who, i64::MAX), |who| (who, 1));
    let oid = person(who)?.oid.to_owned();
    Some(Bearer { oid, scopes, appid: "app".to_owned(), exp, cp1 })
}

async fn bench() -> Bench {
    static TLS: Once = Once::new();
    TLS.call_once(|| {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    });
    let options = GraphOptions {
        listen: "127.0.0.1:0".parse().unwrap(),
        verify: Arc::new(verify),
        public_base: None,
    };
    let graph = Graph::start(options).await.unwrap();
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(std::time::Duration::from_secs(20))
        .build()
        .unwrap();
    Bench { graph, client }
}

impl Bench {
    fn url(&self, path: &str) -> String {
        if path.starts_with("http") {
            return path.to_owned();
        }
        if path.starts_with("/stand-in") {
            return format!("http://{}{path}", self.graph.address());
        }
        format!("{}{path}", self.graph.base_url())
    }

    fn request(&self, method: Method, who: &str, path: &str) -> reqwest::RequestBuilder {
        let request = self.client.request(method, self.url(path));
        if who.is_empty() { request } else { request.bearer_auth(who) }
    }

    async fn get(&self, who: &str, path: &str) -> Got {
        send(self.request(Method::GET, who, path)).await
    }

    async fn post(&self, who: &str, path: &str, body: &Value) -> Got {
        send(self.request(Method::POST, who, path).json(body)).await
    }

    /// The site, its first drive.
    async fn drive(&self, who: &str, site: &str) -> String {
        let path = format!("/sites/harbourlight.sharepoint.com:/sites/{site}");
        let got = self.get(who, &path).await;
        let id = got.body["id"].as_str().unwrap().to_owned();
        let got = self.get(who, &format!("/sites/{id}/drive")).await;
        got.body["id"].as_str().unwrap().to_owned()
    }

    async fn site(&self, who: &str, site: &str) -> String {
        let path = format!("/sites/harbourlight.sharepoint.com:/sites/{site}");
        self.get(who, &path).await.body["id"].as_str().unwrap().to_owned()
    }

    /// An item by a path that is percent-encoded.
    async fn item(&self, who: &str, site: &str, path: &str) -> (String, String) {
        let drive = self.drive(who, site).await;
        let got = self.get(who, &format!("/drives/{drive}/root:/{path}")).await;
        assert_eq!(got.status, 200, "{path}: {}", got.body);
        (drive, got.body["id"].as_str().unwrap().to_owned())
    }
}

async fn send(request: reqwest::RequestBuilder) -> Got {
    let answer = answer(request).await.unwrap();
    let (status, headers) = (answer.status(), answer.headers().clone());
    let body = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap_or_default();
    Got { status, headers, body }
}

async fn answer(request: reqwest::RequestBuilder) -> reqwest::Result<reqwest::Response> {
    request.send().await
}
