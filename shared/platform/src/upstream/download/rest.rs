//! The rest of a download whose stream broke.

use http::{HeaderValue, StatusCode, header};
use url::Url;

use super::super::{LEAST_TRY, Leg, RETRIES, Response, Upstream};
use crate::call::Call;

/// Where the rest of a file can be asked for, and how it is known to be the same file still.
pub(super) struct Rest {
    upstream: Upstream,
    url: Url,
    /// A strong entity tag (RFC 9110 section 8.8.3).
    tag: HeaderValue,
    length: u64,
    retries: u32,
}

impl Rest {
    /// What the sender's words about the file allow; nothing when it has no strong tag, no length,
    /// or takes no ranges.
    pub(super) fn of(
        upstream: &Upstream,
        url: Url,
        answer: &Response,
        retries: u32,
    ) -> Option<Self> {
        let ranges = answer.headers.get(header::ACCEPT_RANGES)?;
        let tag = answer.headers.get(header::ETAG)?.clone();
        let length = answer.rest.as_ref()?.content_length()?;
        let usable = ranges == "bytes" && tag.as_bytes().starts_with(b"\"");
        usable.then(|| Self { upstream: upstream.clone(), url, tag, length, retries })
    }

    /// The stream from this byte on, if tries and time are left and it is the same file still.
    pub(super) async fn ask_for(
        &mut self,
        call: &Call,
        received: usize,
    ) -> Option<reqwest::Response> {
        let from = u64::try_from(received).ok().filter(|from| *from < self.length)?;
        if self.retries >= RETRIES || call.remaining() <= LEAST_TRY {
            return None;
        }
        let mut retries = self.retries + 1;
        let leg = Leg { operation: "content_download_rest", method: "GET", max_bytes: 0 };
        let ask = || {
            let builder = self.upstream.client.get(self.url.clone());
            let builder = builder.header(header::ACCEPT, "*/*").header(header::IF_RANGE, &self.tag);
            builder.header(header::RANGE, format!("bytes={from}-"))
        };
        let answer = self.upstream.ask_host(call, &leg, ask, &mut retries).await;
        self.retries = retries;
        let answer = answer.ok()?;
        // A whole file is another one, or comes from a sender that takes no ranges after all.
        let fits = answer.status == StatusCode::PARTIAL_CONTENT && self.is_rest(&answer, from);
        answer.rest.filter(|_| fits)
    }

    /// Whether the answer is what is missing and nothing else.
    fn is_rest(&self, answer: &Response, from: u64) -> bool {
        let last = self.length.saturating_sub(1);
        let expected = format!("bytes {from}-{last}/{}", self.length);
        let said = answer.headers.get(header::CONTENT_RANGE);
        said.is_some_and(|said| said.as_bytes() == expected.as_bytes())
    }
}
