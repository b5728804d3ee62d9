//! `POST /$batch`: up to twenty requests in one.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::answers::Ask;
use super::errors::{Outcome, Refusal};
use super::operations::{Id, find};
use super::reply::{Delay, Payload, Reply};
use super::serve::{self, Call};
use super::shapes::set;

const MOST: usize = 20;

#[derive(Deserialize)]
struct Batch {
    requests: Vec<Inner>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Inner {
    id: String,
    method: String,
    url: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    body: Option<Value>,
    #[serde(default)]
    depends_on: Vec<String>,
}

/// Answers a batch; a refused inner request does not spoil the others.
///
/// # Errors
/// 400 when the batch itself makes no sense.
pub fn answer(ask: &Ask<'_>) -> Outcome<Reply> {
    let json =
        ask.call.header("content-type").is_some_and(|kind| kind.starts_with("application/json"));
    let batch: Batch = serde_json::from_slice(&ask.call.body)
        .ok()
        .filter(|_| json)
        .ok_or_else(|| Refusal::bad_request("Invalid batch payload format."))?;
    if batch.requests.len() > MOST {
        return Err(Refusal::bad_request(format!(
            "Number of requests in batch exceeds limit {MOST}."
        )));
    }
    let ids: BTreeSet<&str> = batch.requests.iter().map(|inner| inner.id.as_str()).collect();
    if batch.requests.is_empty() || ids.len() != batch.requests.len() || ids.contains("") {
        return Err(Refusal::bad_request("Request ids in a batch must be unique and not empty."));
    }
    let mut statuses: BTreeMap<String, StatusCode> = BTreeMap::new();
    let mut delay = Delay::None;
    let mut responses = Vec::new();
    for inner in &batch.requests {
        let reply = one(ask, inner, &statuses);
        delay = delay.max(reply.delay);
        statuses.insert(inner.id.clone(), reply.status);
        responses.push(response(&inner.id, reply));
    }
    // Answers come in any order.
    responses.reverse();
    let mut reply = Reply::json(json!({"responses": responses}));
    reply.delay = delay;
    Ok(reply)
}

fn one(ask: &Ask<'_>, inner: &Inner, statuses: &BTreeMap<String, StatusCode>) -> Reply {
    match prepare(ask, inner, statuses) {
        Ok(call) => serve::answer(ask.shared, &call),
        Err(refusal) => Reply::refused(&refusal, &ask.call.ids(ask.shared)),
    }
}

fn prepare(ask: &Ask<'_>, inner: &Inner, statuses: &BTreeMap<String, StatusCode>) -> Outcome<Call> {
    for id in &inner.depends_on {
        match statuses.get(id) {
            Some(status) if status.is_success() => {}
            Some(_) | None => {
                let message = "A request this one depends on did not succeed.";
                return Err(Refusal::new(
                    StatusCode::FAILED_DEPENDENCY,
                    "FailedDependency",
                    message,
                ));
            }
        }
    }
    if !inner.url.starts_with('/') || inner.url.starts_with("//") {
        ask.shared.violation("absolute-url-in-batch", "an inner request");
        return Err(Refusal::bad_request("Invalid URL: it must be relative to the service."));
    }
    let (path, query) = inner.url.split_once('?').unwrap_or((&inner.url, ""));
    let method = Method::from_bytes(inner.method.to_uppercase().as_bytes())
        .map_err(|_| Refusal::bad_request("Invalid method."))?;
    let named = find(path).unwrap_or_default();
    let safe_post = named
        .iter()
        .any(|found| matches!(found.operation.id, Id::SearchQuery | Id::ItemExtractLabels));
    if method != Method::GET && !(method == Method::POST && safe_post) {
        ask.shared.violation("write-in-batch", format!("{method} {path}"));
        return Err(Refusal::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "Request_BadRequest",
            "Specified HTTP method is not allowed for the request target.",
        ));
    }
    Ok(Call {
        method,
        path: format!("/v1.0{path}"),
        query: query.to_owned(),
        headers: headers(ask, inner)?,
        body: inner.body.as_ref().map(|body| Bytes::from(body.to_string())).unwrap_or_default(),
        in_batch: true,
    })
}

/// The inner headers, with the bearer of the batch.
fn headers(ask: &Ask<'_>, inner: &Inner) -> Outcome<HeaderMap> {
    let mut headers = HeaderMap::new();
    for (name, value) in &inner.headers {
        let name =
            HeaderName::try_from(name).map_err(|_| Refusal::bad_request("Invalid header."))?;
        let value =
            HeaderValue::try_from(value).map_err(|_| Refusal::bad_request("Invalid header."))?;
        headers.insert(name, value);
    }
    if inner.body.is_some() && !headers.contains_key("content-type") {
        return Err(Refusal::bad_request(
            "Write request id does not contain Content-Type header or body.",
        ));
    }
    if let Some(bearer) = ask.call.headers.get(http::header::AUTHORIZATION) {
        headers.insert(http::header::AUTHORIZATION, bearer.clone());
    }
    Ok(headers)
}

fn response(id: &str, reply: Reply) -> Value {
    let mut headers = Map::new();
    for (name, value) in &reply.headers {
        let name = match *name {
            "location" => "Location",
            "retry-after" => "Retry-After",
            "www-authenticate" => "WWW-Authenticate",
            other => other,
        };
        headers.insert(name.to_owned(), value.clone().into());
    }
    let body = match reply.payload {
        Payload::Empty => None,
        Payload::Json(value) => {
            headers.insert("Content-Type".to_owned(), "application/json".into());
            Some(value)
        }
        Payload::Bytes(media, bytes)
        | Payload::Broken(media, bytes)
        | Payload::Trickle(media, bytes, _) => {
            headers.insert("Content-Type".to_owned(), media.into());
            Some(STANDARD.encode(bytes).into())
        }
    };
    let mut value = json!({"id": id, "status": reply.status.as_u16(), "headers": headers});
    if let Some(body) = body {
        set(&mut value, "body", body);
    }
    value
}
