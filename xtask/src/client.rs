//! The HTTP client for loopback: no proxy, no redirects, a deadline and a cap on everything.

use std::sync::Once;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, StatusCode};
use serde_json::Value;

const DEADLINE: Duration = Duration::from_secs(40);
const MOST_BYTES: usize = 4 << 20;

/// An answer that was read to its end.
#[derive(Debug)]
pub(crate) struct Reply {
    /// The status.
    pub(crate) status: StatusCode,
    /// The body as text.
    pub(crate) body: String,
}

/// A client for the programs of this run.
///
/// # Errors
/// When the client cannot be built.
pub(crate) fn loopback_client() -> anyhow::Result<Client> {
    static CRYPTO: Once = Once::new();
    CRYPTO.call_once(|| {
        // An error would mean that somebody in this process chose already.
        drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
    });
    Client::builder()
        .no_proxy()
        .redirect(Policy::none())
        .connect_timeout(Duration::from_secs(3))
        .timeout(DEADLINE)
        .build()
        .context("building the HTTP client")
}

/// Sends the request and reads the answer.
///
/// # Errors
/// When nothing answers, or with more than anybody should.
pub(crate) async fn send(request: RequestBuilder) -> anyhow::Result<Reply> {
    let mut response = match request.send().await {
        Ok(response) => response,
        Err(problem) if problem.is_connect() => {
            let at = problem.url().and_then(|url| Some((url.host_str()?, url.port()?)));
            let at = at.map_or_else(String::new, |(host, port)| format!(" on {host}:{port}"));
            bail!("nothing answers{at}; is `cargo xtask up` running with this --port?")
        }
        Err(problem) => return Err(problem.without_url()).context("sending the request"),
    };
    let status = response.status();
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.context("reading the answer")? {
        ensure!(body.len() + chunk.len() <= MOST_BYTES, "the answer is larger than 4 MiB");
        body.extend_from_slice(&chunk);
    }
    let body = String::from_utf8(body).context("the answer is not text")?;
    Ok(Reply { status, body })
}

impl Reply {
    /// The body as JSON, if the status is one of success.
    ///
    /// # Errors
    /// When the status is none of success, or the body no JSON.
    pub(crate) fn json(&self) -> anyhow::Result<Value> {
        ensure!(self.status.is_success(), "status {}: {}", self.status, self.excerpt());
        serde_json::from_str(&self.body).context("the answer is not JSON")
    }

    /// The beginning of the body, on one line.
    pub(crate) fn excerpt(&self) -> String {
        self.body.chars().take(300).map(|c| if c.is_control() { ' ' } else { c }).collect()
    }
}
