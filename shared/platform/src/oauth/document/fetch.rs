//! Reads a document, and its keys where they are in a document of their own.

use std::sync::Arc;

use http::header;

use super::address::{DocumentAddress, DocumentHosts};
use super::keys::key_set;
use super::metadata::{Authentication, Metadata};
use super::{
    DEADLINE, DocumentProblem, MAX_KEPT_S, MAX_KEPT_WITH_KEYS_S, MIN_KEPT_S, USUAL_KEPT_S,
};
use crate::http_client::{Answer, HttpClient, HttpProblem, TryLimits};
use crate::oauth::client::{Client, ClientAuthentication};
use crate::oauth::redirect_uri::RedirectRules;

/// The largest document, as the specification has it.
const MAX_DOCUMENT_BYTES: usize = 5 * 1024;
/// The largest key set.
const MAX_KEYS_BYTES: usize = 16 * 1024;

/// The client that a document describes, and for how many seconds that may be kept.
pub(super) async fn fetch(
    http: &HttpClient,
    address: &DocumentAddress,
    hosts: &DocumentHosts,
    redirects: &RedirectRules,
) -> Result<(Client, i64), DocumentProblem> {
    let answer = get(http, address, MAX_DOCUMENT_BYTES).await?;
    let metadata = Metadata::read(&answer.body, address)?;
    let mut kept_s = kept_s(&answer);
    let authentication = match metadata.authentication()? {
        Authentication::None => ClientAuthentication::None,
        Authentication::Keys(keys) => {
            ClientAuthentication::PrivateKeyJwt { keys: Arc::new(key_set(keys)?) }
        }
        Authentication::KeysAt(uri) => {
            let beside = hosts.address(uri).ok().filter(|keys| keys.is_beside(address));
            let keys = beside.ok_or(DocumentProblem::Keys)?;
            let answer = get(http, &keys, MAX_KEYS_BYTES).await?;
            let keys = serde_json::from_slice(&answer.body).map_err(|_| DocumentProblem::Keys)?;
            ClientAuthentication::PrivateKeyJwt { keys: Arc::new(key_set(&keys)?) }
        }
    };
    if let ClientAuthentication::PrivateKeyJwt { .. } = authentication {
        kept_s = kept_s.min(MAX_KEPT_WITH_KEYS_S);
    }
    Ok((metadata.client(address, redirects, authentication)?, kept_s))
}

async fn get(
    http: &HttpClient,
    address: &DocumentAddress,
    max_bytes: usize,
) -> Result<Answer, DocumentProblem> {
    let request = http.get(address.url().clone()).header(header::ACCEPT, "application/json");
    let limits = TryLimits { deadline: DEADLINE, max_bytes };
    let answer = http.fetch(request, limits).await.map_err(|problem| match problem {
        HttpProblem::TooLarge { .. } => DocumentProblem::TooLarge,
        HttpProblem::NoClient
        | HttpProblem::Timeout
        | HttpProblem::Connect
        | HttpProblem::Broken => DocumentProblem::Unreachable,
    })?;
    match answer.status.as_u16() {
        200 if is_plain_json(&answer) => Ok(answer),
        200 => Err(DocumentProblem::NotMetadata),
        408 | 429 | 500..=599 => Err(DocumentProblem::Unreachable),
        _ => Err(DocumentProblem::Status),
    }
}

fn is_plain_json(answer: &Answer) -> bool {
    let value = answer.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = value.and_then(|value| value.split(';').next()).unwrap_or_default().trim();
    let essence = essence.to_ascii_lowercase();
    let is_json = essence == "application/json"
        || (essence.starts_with("application/") && essence.ends_with("+json"));
    is_json && !answer.headers.contains_key(header::CONTENT_ENCODING)
}

/// What `Cache-Control` says, within our bounds (RFC 9111 section 5.2.2).
fn kept_s(answer: &Answer) -> i64 {
    let values = answer.headers.get_all(header::CACHE_CONTROL).iter();
    let text: Vec<_> = values.filter_map(|value| value.to_str().ok()).collect();
    let text = text.join(",").to_ascii_lowercase();
    let mut directives = text.split(',').map(str::trim);
    if directives.clone().any(|directive| directive == "no-store" || directive == "no-cache") {
        return MIN_KEPT_S;
    }
    let max_age = directives.find_map(|directive| directive.strip_prefix("max-age="));
    let seconds = max_age.and_then(|seconds| seconds.trim_matches('"').parse::<i64>().ok());
    seconds.map_or(USUAL_KEPT_S, |seconds| seconds.clamp(MIN_KEPT_S, MAX_KEPT_S))
}
