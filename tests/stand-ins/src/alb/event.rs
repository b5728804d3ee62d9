//! The event a function receives, as the balancer on AWS writes it.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, Method, Uri, header};
use serde::Serialize;

/// Which of the two shapes a target group asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// Every value of a header or parameter, as a list.
    MultiValue,
    /// The last value of each.
    SingleValue,
}

/// A request on its way to a function.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Event<'a> {
    request_context: RequestContext<'a>,
    http_method: &'a str,
    path: &'a str,
    #[serde(flatten)]
    values: Values<'a>,
    body: String,
    is_base64_encoded: bool,
}

#[derive(Debug, Serialize)]
struct RequestContext<'a> {
    elb: Elb<'a>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Elb<'a> {
    target_group_arn: &'a str,
}

#[derive(Debug, Serialize)]
#[serde(untagged, rename_all_fields = "camelCase")]
enum Values<'a> {
    Multi {
        multi_value_query_string_parameters: BTreeMap<&'a str, Vec<&'a str>>,
        multi_value_headers: BTreeMap<&'a str, Vec<String>>,
    },
    Single {
        query_string_parameters: BTreeMap<&'a str, &'a str>,
        headers: BTreeMap<&'a str, String>,
    },
}

impl<'a> Event<'a> {
    /// Describes a request; `headers` are those that [`super::forwarding`] made.
    pub(super) fn new(
        shape: Shape,
        target_group_arn: &'a str,
        method: &'a Method,
        uri: &'a Uri,
        headers: &'a HeaderMap,
        body: &[u8],
    ) -> Self {
        let (body, is_base64_encoded) = encode_body(headers, body);
        Self {
            request_context: RequestContext { elb: Elb { target_group_arn } },
            http_method: method.as_str(),
            path: uri.path(),
            values: Values::new(shape, uri.query().unwrap_or_default(), headers),
            body,
            is_base64_encoded,
        }
    }

    /// The bytes that are posted to the function.
    pub(super) fn to_bytes(&self) -> Result<bytes::Bytes, serde_json::Error> {
        serde_json::to_vec(self).map(Into::into)
    }
}

impl<'a> Values<'a> {
    fn new(shape: Shape, query: &'a str, headers: &'a HeaderMap) -> Self {
        let parameters = query
            .split('&')
            .filter(|part| !part.is_empty())
            .map(|part| part.split_once('=').unwrap_or((part, "")));
        let fields = headers
            .iter()
            .map(|(name, value)| (name.as_str(), String::from_utf8_lossy(value.as_bytes())));
        match shape {
            Shape::MultiValue => {
                let mut query = BTreeMap::<_, Vec<_>>::new();
                for (name, value) in parameters {
                    query.entry(name).or_default().push(value);
                }
                let mut lists = BTreeMap::<_, Vec<_>>::new();
                for (name, value) in fields {
                    lists.entry(name).or_default().push(value.into_owned());
                }
                Self::Multi {
                    multi_value_query_string_parameters: query,
                    multi_value_headers: lists,
                }
            }
            Shape::SingleValue => Self::Single {
                query_string_parameters: parameters.collect(),
                headers: fields.map(|(name, value)| (name, value.into_owned())).collect(),
            },
        }
    }
}

/// A body stays text for four families of content only, and never when it is encoded; OAuth forms
/// are therefore sent as base64.
fn encode_body(headers: &HeaderMap, body: &[u8]) -> (String, bool) {
    if body.is_empty() {
        return (String::new(), false);
    }
    if is_text(headers)
        && let Ok(text) = str::from_utf8(body)
    {
        return (text.to_owned(), false);
    }
    (STANDARD.encode(body), true)
}

fn is_text(headers: &HeaderMap) -> bool {
    if headers.contains_key(header::CONTENT_ENCODING) {
        return false;
    }
    let Some(content_type) = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()) else {
        return false;
    };
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence.starts_with("text/")
        || ["application/json", "application/javascript", "application/xml"]
            .contains(&essence.as_str())
}

#[cfg(test)]
mod tests;
