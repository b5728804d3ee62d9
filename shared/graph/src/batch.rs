//! Several questions in one request. Only GETs of the closed list go in, at most twenty.

use std::borrow::Cow;
use std::collections::HashMap;
use std::time::Duration;

use http::StatusCode;
use platform::upstream::{Body, Request};
use platform::{Call, ToolError};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::client::{Graph, Query};
use crate::failure::{self, SERVICE};
use crate::listing::{Position, continue_at};
use crate::model::{entries, lenient, number, text};
use crate::operation::{Method, Operation};

/// Graph takes no more.
pub const MAX_PARTS: usize = 20;
/// The longest wait for parts that were throttled; they are asked again once.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// One question of a batch.
pub struct Part<'a> {
    /// What is asked.
    pub operation: Operation<'a>,
    /// With which options.
    pub query: Query<'a>,
    /// Where in a list.
    pub from: Option<Position>,
}

impl<'a> Part<'a> {
    /// A question from the start.
    pub fn new(operation: Operation<'a>, query: Query<'a>) -> Self {
        Self { operation, query, from: None }
    }
}

#[derive(Deserialize)]
struct Answers {
    #[serde(default = "Vec::new", deserialize_with = "entries")]
    responses: Vec<Answer>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Answer {
    #[serde(deserialize_with = "text")]
    id: Option<String>,
    #[serde(deserialize_with = "number")]
    status: Option<u64>,
    #[serde(deserialize_with = "lenient")]
    headers: Option<Map<String, Value>>,
    body: Option<Box<RawValue>>,
}

impl Answer {
    fn is_throttled(&self) -> bool {
        self.status == Some(429)
    }

    fn body(&self) -> &str {
        self.body.as_ref().map_or("null", |body| body.get())
    }
}

impl Graph {
    /// Asks up to twenty questions at once; every one has its own outcome, in the order asked.
    ///
    /// # Errors
    /// When the batch as a whole failed.
    pub async fn batch<T: DeserializeOwned>(
        &self,
        call: &Call,
        parts: &[Part<'_>],
    ) -> Result<Vec<Result<T, ToolError>>, ToolError> {
        if parts.is_empty() {
            return Ok(Vec::new());
        }
        if parts.len() > MAX_PARTS {
            return Err(ToolError::Internal);
        }
        let parts_by_id = || (0..).map(|index: usize| index.to_string()).zip(parts);
        let requests: Result<_, _> = parts_by_id().map(request).collect();
        let mut answers = self.ask(call, requests?).await?;
        if let Some(wait) = throttled(&answers).filter(|wait| *wait < call.remaining() / 2) {
            let again = parts_by_id()
                .filter(|(id, _)| answers.get(id).is_none_or(Answer::is_throttled))
                .map(request);
            let requests: Result<_, _> = again.collect();
            tokio::time::sleep(wait).await;
            answers.extend(self.ask(call, requests?).await?);
        }
        Ok(parts
            .iter()
            .enumerate()
            .map(|(index, part)| outcome(answers.remove(&index.to_string()), part))
            .collect())
    }

    async fn ask(
        &self,
        call: &Call,
        requests: Vec<Value>,
    ) -> Result<HashMap<String, Answer>, ToolError> {
        let body = Map::from_iter([("requests".to_owned(), Value::Array(requests))]);
        let answers: Answers = self.post(call, &Operation::Batch, Value::Object(body)).await?;
        let answers = answers.responses.into_iter();
        Ok(answers.filter_map(|answer| Some((answer.id.clone()?, answer))).collect())
    }
}

/// A part as it stands in the batch.
fn request((id, part): (String, &Part<'_>)) -> Result<Value, ToolError> {
    Ok(Value::Object(Map::from_iter([
        ("id".to_owned(), Value::String(id)),
        ("method".to_owned(), Value::from("GET")),
        ("url".to_owned(), Value::String(relative(part)?)),
    ])))
}

/// The address of a part below the base, encoded as a request of its own would be.
fn relative(part: &Part<'_>) -> Result<String, ToolError> {
    let rule = part.operation.rule();
    let query: Vec<(Cow<'_, str>, Cow<'_, str>)> = match &part.from {
        None => part.query.iter().map(|(n, v)| (Cow::from(*n), Cow::from(v))).collect(),
        Some(from) => {
            let query = continue_at(&part.operation, part.query.clone(), Some(from.clone()))?;
            query.into_iter().map(|(n, v)| (n.into(), v.into())).collect()
        }
    };
    if rule.method != Method::Get || !query.iter().all(|(n, _)| rule.takes(n)) {
        return Err(ToolError::Internal);
    }
    let request = Request {
        operation: rule.name,
        path: part.operation.segments(),
        query,
        headers: Vec::new(),
        body: Body::None,
        max_bytes: 0,
    };
    Ok(request.relative())
}

/// How long to wait before asking again, if a part was throttled and waiting can help.
fn throttled(answers: &HashMap<String, Answer>) -> Option<Duration> {
    answers
        .values()
        .filter(|answer| answer.is_throttled())
        .map(retry_after)
        .max()
        .filter(|wait| *wait <= LONGEST_WAIT)
}

fn retry_after(answer: &Answer) -> Duration {
    let headers = answer.headers.iter().flatten();
    let value = headers.into_iter().find(|(name, _)| name.eq_ignore_ascii_case("retry-after"));
    let seconds = value.and_then(|(_, value)| value.as_str()?.trim().parse::<f64>().ok());
    seconds
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .unwrap_or(Duration::from_secs(1))
}

fn outcome<T: DeserializeOwned>(answer: Option<Answer>, part: &Part<'_>) -> Result<T, ToolError> {
    let answer = answer.ok_or_else(|| failure::malformed("an answer to every question"))?;
    let status = answer.status.and_then(|status| u16::try_from(status).ok());
    let status = status
        .and_then(|status| StatusCode::from_u16(status).ok())
        .ok_or_else(|| failure::malformed("an HTTP status"))?;
    if status == StatusCode::TOO_MANY_REQUESTS {
        let retry_after = retry_after(&answer).max(Duration::from_secs(1));
        return Err(ToolError::Throttled { service: SERVICE, retry_after });
    }
    if !status.is_success() {
        let body = answer.body().as_bytes();
        return Err(failure::tool_error(status, body, &part.operation.rule()));
    }
    serde_json::from_str(answer.body()).map_err(|_| failure::malformed("JSON"))
}
