//! What a function answered, turned into an HTTP answer.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, header};
use http_body_util::Full;
use hyper::ext::ReasonPhrase;
use serde::Deserialize;

use super::event::Shape;
use super::limits::ANSWER_BYTES;
use super::page::{Answer, SERVER};

/// Why a function's answer cannot be passed on; the client sees 502 each time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unusable {
    /// The JSON document is over the limit.
    TooLarge,
    /// The document is not what the balancer expects.
    Malformed,
}

/// The document as the balancer reads it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    status_code: u16,
    #[serde(default)]
    status_description: Option<String>,
    #[serde(default)]
    headers: Option<BTreeMap<String, String>>,
    #[serde(default)]
    multi_value_headers: Option<BTreeMap<String, Vec<String>>>,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: bool,
}

/// Reads a function's answer to a request made with `method`.
pub(super) fn read(bytes: &[u8], shape: Shape, method: &Method) -> Result<Answer, Unusable> {
    if bytes.len() > ANSWER_BYTES {
        return Err(Unusable::TooLarge);
    }
    let document: Document = serde_json::from_slice(bytes).map_err(|_| Unusable::Malformed)?;
    let status = status(document.status_code)?;
    let reason = reason(status, document.status_description.as_deref());
    let fields: Vec<(String, String)> = match shape {
        Shape::MultiValue => document
            .multi_value_headers
            .unwrap_or_default()
            .into_iter()
            .flat_map(|(name, values)| values.into_iter().map(move |value| (name.clone(), value)))
            .collect(),
        Shape::SingleValue => document.headers.unwrap_or_default().into_iter().collect(),
    };
    let text = document.body.unwrap_or_default();
    let body = if document.is_base64_encoded {
        STANDARD.decode(text).map_err(|_| Unusable::Malformed)?
    } else {
        text.into_bytes()
    };
    Ok(respond(status, reason, headers(fields)?, body.into(), method))
}

fn status(code: u16) -> Result<StatusCode, Unusable> {
    if (200..600).contains(&code) {
        StatusCode::from_u16(code).map_err(|_| Unusable::Malformed)
    } else {
        Err(Unusable::Malformed)
    }
}

/// `200 OK` becomes `OK`; a description that does not repeat its code says nothing.
fn reason(status: StatusCode, description: Option<&str>) -> Option<ReasonPhrase> {
    let phrase = description?.strip_prefix(status.as_str())?.strip_prefix(' ')?;
    ReasonPhrase::try_from(phrase.as_bytes()).ok()
}

fn headers(fields: Vec<(String, String)>) -> Result<HeaderMap, Unusable> {
    let mut headers = HeaderMap::new();
    for (name, value) in fields {
        let name = HeaderName::try_from(name).map_err(|_| Unusable::Malformed)?;
        // The balancer frames its answer itself.
        if [header::CONNECTION, header::TRANSFER_ENCODING, header::CONTENT_LENGTH].contains(&name) {
            continue;
        }
        let value = HeaderValue::try_from(value).map_err(|_| Unusable::Malformed)?;
        headers.try_append(name, value).map_err(|_| Unusable::Malformed)?;
    }
    Ok(headers)
}

fn respond(
    status: StatusCode,
    reason: Option<ReasonPhrase>,
    mut headers: HeaderMap,
    body: Bytes,
    method: &Method,
) -> Answer {
    headers.entry(header::SERVER).or_insert(SERVER);
    let empty = [StatusCode::NO_CONTENT, StatusCode::NOT_MODIFIED].contains(&status);
    if method == Method::HEAD && !empty {
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
    }
    let body = if empty || method == Method::HEAD { Bytes::new() } else { body };
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    if let Some(reason) = reason {
        response.extensions_mut().insert(reason);
    }
    response
}

#[cfg(test)]
mod tests;
