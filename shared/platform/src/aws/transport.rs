//! The SDK's requests, sent by the one HTTP client.

use std::time::Duration;

use aws_sdk_dynamodb::config::SharedHttpClient;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use bytes::Bytes;
use http::HeaderValue;
use http::header::ACCEPT_ENCODING;

use crate::http_client::{HttpClient, HttpProblem, TryLimits};

/// The longest that one request takes when the SDK says nothing.
const DEADLINE: Duration = Duration::from_secs(3);
/// The largest answer: more than any page of an item, a parameter or a stream has.
const MAX_BYTES: usize = 4 * 1024 * 1024;

/// What the SDK sends its requests with.
pub(super) fn transport(http: &HttpClient) -> SharedHttpClient {
    let http = http.clone();
    http_client_fn(move |settings: &HttpConnectorSettings, _| {
        let deadline = settings.read_timeout().unwrap_or(DEADLINE);
        SharedHttpConnector::new(Transport { http: http.clone(), deadline })
    })
}

#[derive(Debug)]
struct Transport {
    http: HttpClient,
    deadline: Duration,
}

impl HttpConnector for Transport {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (http, deadline) = (self.http.clone(), self.deadline);
        HttpConnectorFuture::new(async move { exchange(&http, deadline, request).await })
    }
}

async fn exchange(
    http: &HttpClient,
    deadline: Duration,
    request: HttpRequest,
) -> Result<HttpResponse, ConnectorError> {
    let request = request.try_into_http1x().map_err(|error| ConnectorError::user(error.into()))?;
    let (mut parts, body) = request.into_parts();
    let body = body.bytes().map(Bytes::copy_from_slice);
    let body = body.ok_or_else(|| ConnectorError::user("a body that is a stream".into()))?;
    // What is checked and measured is what was sent; answers are small.
    parts.headers.entry(ACCEPT_ENCODING).or_insert(HeaderValue::from_static("identity"));
    let request = http.request(parts.method, &parts.uri.to_string());
    let request = request.headers(parts.headers).body(body);
    let limits = TryLimits { deadline, max_bytes: MAX_BYTES };
    let answer = http.fetch(request, limits).await.map_err(|problem| match problem {
        HttpProblem::Timeout => ConnectorError::timeout(problem.into()),
        HttpProblem::Connect | HttpProblem::Broken => ConnectorError::io(problem.into()),
        HttpProblem::NoClient | HttpProblem::TooLarge { .. } => {
            ConnectorError::other(problem.into(), None)
        }
    })?;
    let mut response = HttpResponse::new(answer.status.into(), answer.body.into());
    for (name, value) in &answer.headers {
        if let Ok(value) = value.to_str() {
            response.headers_mut().append(name.as_str().to_owned(), value.to_owned());
        }
    }
    Ok(response)
}
