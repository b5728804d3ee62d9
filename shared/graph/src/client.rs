//! Sends allowed operations to Graph and reads the answers.

use http::StatusCode;
use platform::clock::Clock;
use platform::config::{ConfigError, Environment, Vars};
use platform::http_client::HttpClient;
use platform::upstream::{Body, ContentHosts, Download, Downloaded, Request, Response, Upstream};
use platform::{Call, ToolError};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::config;
use crate::failure::{self, SERVICE};
use crate::labels::Catalogue;
use crate::operation::{Method, Operation};

/// The largest answer that is read: a page of two hundred items is a quarter of it.
const MAX_BYTES: usize = 4 * 1024 * 1024;

/// Query options of one request, not yet encoded.
pub type Query<'a> = Vec<(&'a str, String)>;

/// Microsoft Graph, on behalf of whoever calls.
#[derive(Clone)]
pub struct Graph {
    pub(crate) upstream: Upstream,
    content_hosts: ContentHosts,
    pub(crate) catalogue: Catalogue,
}

impl Graph {
    /// Graph at `GRAPH_BASE_URL`.
    ///
    /// # Errors
    /// When a setting does not name Microsoft Graph, or a host that its content may come from.
    pub fn from_vars(
        vars: &Vars,
        client: HttpClient,
        clock: Clock,
        environment: Environment,
    ) -> Result<Self, ConfigError> {
        let base = config::base_url(vars, environment)?;
        let content_hosts = config::content_hosts(vars, environment, &base)?;
        let upstream = Upstream::new(SERVICE, "graph_request", base, client, clock);
        Ok(Self { upstream, content_hosts, catalogue: Catalogue::default() })
    }

    /// Whether addresses with plain http may be shown, because Graph itself is a stand-in.
    pub fn is_stand_in(&self) -> bool {
        config::is_loopback(self.upstream.base())
    }

    /// Asks for one thing.
    ///
    /// # Errors
    /// What Graph refused, with a next step; or why it could not be asked.
    pub async fn get<T: DeserializeOwned>(
        &self,
        call: &Call,
        operation: &Operation<'_>,
        query: Query<'_>,
    ) -> Result<T, ToolError> {
        let response = self.send(call, operation, query, Body::None).await?;
        read(&response.body)
    }

    /// Asks with a question in the body.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub async fn post<T: DeserializeOwned>(
        &self,
        call: &Call,
        operation: &Operation<'_>,
        body: Value,
    ) -> Result<T, ToolError> {
        let response = self.send(call, operation, Vec::new(), Body::Json(body)).await?;
        read(&response.body)
    }

    /// Sends one operation and gives back a success.
    pub(crate) async fn send(
        &self,
        call: &Call,
        operation: &Operation<'_>,
        query: Query<'_>,
        body: Body,
    ) -> Result<Response, ToolError> {
        let response = self.send_any(call, operation, query, body).await?;
        if response.status.is_success() {
            return Ok(response);
        }
        Err(failure::tool_error(response.status, &response.body, &operation.rule()))
    }

    /// Sends one operation and gives back whatever Graph says.
    pub(crate) async fn send_any(
        &self,
        call: &Call,
        operation: &Operation<'_>,
        query: Query<'_>,
        body: Body,
    ) -> Result<Response, ToolError> {
        let rule = operation.rule();
        let fits = match body {
            Body::None => rule.method == Method::Get,
            Body::Json(_) => rule.method == Method::Post,
        };
        if !fits || !query.iter().all(|(name, _)| rule.takes(name)) {
            // Only a mistake of ours gets here: what is not in the list is not sent.
            tracing::error!(event = "operation_refused", operation = rule.name);
            return Err(ToolError::Internal);
        }
        let request = Request {
            operation: rule.name,
            path: operation.segments(),
            query: query.into_iter().map(|(name, value)| (name.into(), value.into())).collect(),
            headers: operation.header().into_iter().map(|(n, v)| (n, v.to_owned())).collect(),
            body,
            max_bytes: MAX_BYTES,
        };
        self.upstream.send(call, &request).await
    }

    /// The bytes of a file, or of one of its versions, at most `max_bytes` of them.
    ///
    /// # Errors
    /// As [`Graph::get`]; when there are too many bytes, or they would come from a host that is
    /// not allowed. Trouble on the way is in the stream.
    pub async fn download(
        &self,
        call: &Call,
        operation: &Operation<'_>,
        max_bytes: usize,
    ) -> Result<Download, ToolError> {
        let rule = operation.rule();
        let request = Request {
            operation: rule.name,
            path: operation.segments(),
            query: Vec::new(),
            headers: Vec::new(),
            body: Body::None,
            max_bytes,
        };
        match self.upstream.download(call, &request, &self.content_hosts, rule.what).await? {
            Downloaded::Content(download) => Ok(download),
            Downloaded::Refused(answer) => {
                Err(failure::of_content(answer.status, &answer.body, &rule))
            }
        }
    }

    /// The label inside a file, as Graph reads it.
    ///
    /// # Errors
    /// When Graph could not be asked; a refusal is an answer here.
    pub async fn extract_labels(
        &self,
        call: &Call,
        operation: &Operation<'_>,
        tenant: &str,
    ) -> Result<crate::labels::Labelling, ToolError> {
        let empty = Body::Json(Value::Object(serde_json::Map::new()));
        let response = self.send_any(call, operation, Vec::new(), empty).await?;
        if response.status == StatusCode::OK {
            return Ok(crate::labels::from_extraction(&response.body, tenant));
        }
        Ok(crate::labels::from_refusal(response.status, &failure::code(&response.body)))
    }
}

/// Reads a body as JSON.
pub(crate) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, ToolError> {
    serde_json::from_slice(body).map_err(|_| failure::malformed("JSON"))
}
