//! Downloads: the upstream answers with an address, and the bytes come from there in a stream.
//!
//! The address works for whoever holds it, so it is a credential: it stands in no log, error or
//! record, and the bearer never goes where it leads.

mod rest;

use std::time::{Duration, Instant};

use bytes::Bytes;
use futures::Stream;
use http::{HeaderMap, StatusCode, header};
use reqwest::RequestBuilder;
use url::Url;

use super::{ContentHosts, Leg, Request, Response, TRY, Take, Upstream, UpstreamError};
use crate::call::Call;
use crate::http_client::{HttpClient, HttpProblem, read_capped};
use crate::tool_error::ToolError;
use rest::Rest;

/// Addresses that are followed, one leading to the next.
const MAX_HOPS: usize = 3;
/// How long the stream may pause.
const IDLE: Duration = Duration::from_secs(5);
/// What is read of an answer that is no success: enough for its error code.
const MAX_REFUSAL_BYTES: usize = 64 * 1024;
/// The longest media type that is taken.
const MAX_MEDIA_TYPE: usize = 100;

/// The outcome of a download that reached its end, good or bad.
pub enum Downloaded {
    /// Bytes are coming.
    Content(Download),
    /// Whoever was asked last said no; the body is the upstream's, never that of a download host.
    Refused(Response),
}

/// The bytes of a file, on their way.
pub struct Download {
    length: Option<u64>,
    media_type: Option<String>,
    source: Source,
}

struct Source {
    response: reqwest::Response,
    call: Call,
    service: &'static str,
    left: usize,
    max_bytes: usize,
    what: &'static str,
    /// Where the rest can be asked for, should the stream break.
    rest: Option<Box<Rest>>,
}

/// What a download led to, and at which address.
struct Followed {
    answer: Response,
    url: Url,
}

/// What is downloaded, and how much of it.
#[derive(Clone, Copy)]
pub(super) struct Wanted {
    pub(super) what: &'static str,
    pub(super) max_bytes: usize,
}

impl Upstream {
    /// Asks for the bytes of a file on behalf of the call's person, and follows where the answer
    /// leads, within `hosts`. At most the request's `max_bytes` are given out. `what` is the
    /// thing in messages, with its article.
    ///
    /// Tried again, and renewed, as in [`send`](Self::send), until the first byte. A stream that
    /// breaks after it goes on where it broke (RFC 9110 section 14), when whoever sends it allows
    /// ranges and says by which tag to know the file again.
    ///
    /// # Errors
    /// As [`send`](Self::send); [`ToolError::FileTooLarge`] when the length is said to be too
    /// large; an address that must not be followed is [`UpstreamError::ContentHost`], and too many
    /// of them are [`UpstreamError::Redirect`].
    pub async fn download(
        &self,
        call: &Call,
        request: &Request<'_>,
        hosts: &ContentHosts,
        what: &'static str,
    ) -> Result<Downloaded, ToolError> {
        let wanted = Wanted { what, max_bytes: request.max_bytes };
        let mut retries = 0;
        let mut renewed = false;
        loop {
            let answer = self.exchange(call, request, Take::Head, &mut retries).await?;
            if !answer.status.is_redirection() {
                return self.downloaded(call, answer, None, wanted);
            }
            let base = request.url(self.base());
            let Followed { answer, url } =
                self.follow(call, answer, &base, hosts, &mut retries).await?;
            match answer.status {
                // The address may have run out: some hosts say so with either.
                StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN if !renewed => renewed = true,
                StatusCode::UNAUTHORIZED => {
                    let cause = UpstreamError::Status { status: 401, code: String::new() };
                    return Err(ToolError::Upstream { service: self.service, cause });
                }
                _ => {
                    let rest = Rest::of(self, url, &answer, retries);
                    return self.downloaded(call, answer, rest, wanted);
                }
            }
        }
    }

    /// What the addresses lead to.
    async fn follow(
        &self,
        call: &Call,
        answer: Response,
        base: &Url,
        hosts: &ContentHosts,
        retries: &mut u32,
    ) -> Result<Followed, ToolError> {
        let refused =
            || ToolError::Upstream { service: self.service, cause: UpstreamError::Redirect };
        let leg = Leg { operation: "content_download", method: "GET", max_bytes: 0 };
        let mut base = base.clone();
        let mut answer = answer;
        for _ in 0..MAX_HOPS {
            let url = location(&base, &answer.headers).ok_or_else(refused)?;
            if !hosts.permit(&url) {
                tracing::warn!(
                    event = "content_host_refused",
                    "a download led to a host that is not allowed"
                );
                let cause = UpstreamError::ContentHost;
                return Err(ToolError::Upstream { service: self.service, cause });
            }
            let ask = || self.client.get(url.clone()).header(header::ACCEPT, "*/*");
            answer = self.ask_host(call, &leg, ask, retries).await?;
            if !answer.status.is_redirection() {
                // What a download host says in words is a page for people.
                answer.body = Bytes::new();
                return Ok(Followed { answer, url });
            }
            base = url;
        }
        Err(refused())
    }

    /// Asks a download host, and asks again where that may help.
    async fn ask_host(
        &self,
        call: &Call,
        leg: &Leg,
        ask: impl Fn() -> RequestBuilder,
        retries: &mut u32,
    ) -> Result<Response, ToolError> {
        loop {
            let outcome = self.attempt_leg(call, leg, ask(), Take::Head).await;
            if let Some(outcome) = self.pause(call, outcome, retries).await {
                return outcome;
            }
        }
    }

    fn downloaded(
        &self,
        call: &Call,
        mut answer: Response,
        rest: Option<Rest>,
        wanted: Wanted,
    ) -> Result<Downloaded, ToolError> {
        let whole = answer.rest.take().filter(|_| answer.status == StatusCode::OK);
        let Some(response) = whole else {
            return Ok(Downloaded::Refused(answer));
        };
        let Wanted { what, max_bytes } = wanted;
        let length = response.content_length();
        if length.is_some_and(|length| length > u64::try_from(max_bytes).unwrap_or(u64::MAX)) {
            return Err(ToolError::FileTooLarge { what, max_bytes });
        }
        let (call, service) = (call.clone(), self.service);
        let left = max_bytes;
        let rest = rest.map(Box::new);
        let source = Source { response, call, service, left, max_bytes, what, rest };
        Ok(Downloaded::Content(Download {
            length,
            media_type: media_type(&answer.headers),
            source,
        }))
    }
}

impl Download {
    /// How many bytes there are, as far as the sender says. It may be wrong.
    pub fn length(&self) -> Option<u64> {
        self.length
    }

    /// What the sender says the bytes are. It may be wrong.
    pub fn media_type(&self) -> Option<&str> {
        self.media_type.as_deref()
    }

    /// The bytes, until the end, the cap or the first trouble, which is the last thing given out.
    pub fn into_stream(self) -> impl Stream<Item = Result<Bytes, ToolError>> + Send + use<> {
        futures::stream::unfold(Some(self.source), |source| async {
            let mut source = source?;
            match source.next().await {
                Ok(Some(bytes)) => Some((Ok(bytes), Some(source))),
                Ok(None) => None,
                Err(error) => Some((Err(error), None)),
            }
        })
    }
}

impl Source {
    async fn next(&mut self) -> Result<Option<Bytes>, ToolError> {
        loop {
            let error = match self.chunk().await {
                Err(error @ ToolError::Upstream { .. }) => error,
                outcome => return outcome,
            };
            let received = self.max_bytes - self.left;
            let rest = match &mut self.rest {
                Some(rest) => rest.ask_for(&self.call, received).await,
                None => None,
            };
            self.response = rest.ok_or(error)?;
        }
    }

    async fn chunk(&mut self) -> Result<Option<Bytes>, ToolError> {
        let idle = IDLE.min(self.call.remaining());
        let started = Instant::now();
        let chunk = tokio::time::timeout(idle, self.response.chunk()).await;
        let broken = |kind| {
            if self.call.remaining().is_zero() {
                return ToolError::TimedOut;
            }
            let cause = UpstreamError::Connection { kind };
            ToolError::Upstream { service: self.service, cause }
        };
        let chunk = match chunk {
            Ok(Ok(chunk)) => chunk,
            Ok(Err(error)) if error.is_timeout() => return Err(broken("timeout")),
            Ok(Err(_)) => return Err(broken("broken")),
            Err(_) => return Err(broken("timeout")),
        };
        let bytes = chunk.as_ref().map_or(0, Bytes::len);
        let counted = u64::try_from(bytes).unwrap_or(u64::MAX);
        self.call.usage().add_upstream_bytes(started.elapsed(), counted);
        let too_large = ToolError::FileTooLarge { what: self.what, max_bytes: self.max_bytes };
        self.left = self.left.checked_sub(bytes).ok_or(too_large)?;
        Ok(chunk)
    }
}

/// The head of an answer, in the time of one try; its body has until `remaining` is over.
pub(super) async fn head(
    client: &HttpClient,
    builder: RequestBuilder,
    remaining: Duration,
) -> Result<Response, HttpProblem> {
    let within = TRY.min(remaining);
    let late = |_| HttpProblem::Timeout;
    let sent = tokio::time::timeout(within, client.send(builder, remaining)).await;
    let response = sent.map_err(late)??;
    let status = response.status();
    let headers = response.headers().clone();
    if matches!(status, StatusCode::OK | StatusCode::PARTIAL_CONTENT) {
        return Ok(Response { status, headers, body: Bytes::new(), rest: Some(response) });
    }
    let refusal = tokio::time::timeout(within, read_capped(response, MAX_REFUSAL_BYTES)).await;
    // The status says enough when its page is longer than we read.
    let body = match refusal.map_err(late)? {
        Err(HttpProblem::TooLarge { .. }) => Bytes::new(),
        body => body?,
    };
    Ok(Response { status, headers, body, rest: None })
}

fn location(base: &Url, headers: &HeaderMap) -> Option<Url> {
    base.join(headers.get(header::LOCATION)?.to_str().ok()?).ok()
}

fn media_type(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let essence = text.split(';').next()?.trim().to_ascii_lowercase();
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"/.+-_".contains(&b);
    (essence.len() <= MAX_MEDIA_TYPE && essence.contains('/') && essence.bytes().all(fits))
        .then_some(essence)
}

#[cfg(test)]
mod tests;
