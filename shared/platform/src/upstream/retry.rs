//! When to try again, and how long to wait before.

use std::time::Duration;

use http::{HeaderMap, StatusCode, header};
use jiff::Timestamp;

use super::{Response, UpstreamError};
use crate::clock::Clock;

/// Wait before the first retry when the upstream names none.
const FIRST_WAIT: Duration = Duration::from_millis(300);
/// The longest `Retry-After` that is believed.
const LONGEST: Duration = Duration::from_secs(3600);

/// How long to wait before another try; `None` when another try cannot help.
pub(super) fn wait_before_retry(
    outcome: &Result<Response, UpstreamError>,
    retries: u32,
    clock: &Clock,
) -> Option<Duration> {
    let backoff = FIRST_WAIT.saturating_mul(2u32.saturating_pow(retries));
    let jitter = backoff.mul_f64(0.5 * rand::random::<f64>());
    match outcome {
        Ok(response) => {
            let again = [
                StatusCode::TOO_MANY_REQUESTS,
                StatusCode::SERVICE_UNAVAILABLE,
                StatusCode::GATEWAY_TIMEOUT,
            ];
            again
                .contains(&response.status)
                // A wait of nothing, or one that has passed, is no reason to hurry.
                .then(|| retry_after(&response.headers, clock.now()).unwrap_or_default())
                .map(|wait| wait.max(backoff + jitter))
        }
        Err(UpstreamError::Connection { .. }) => Some(backoff + jitter),
        Err(
            UpstreamError::BodyTooLarge { .. }
            | UpstreamError::Status { .. }
            | UpstreamError::Unavailable { .. }
            | UpstreamError::Malformed { .. }
            | UpstreamError::Redirect
            | UpstreamError::ContentHost,
        ) => None,
    }
}

/// `Retry-After` as seconds, whole or fractional, or as an HTTP date.
pub(super) fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let value = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    let Ok(seconds) = value.parse::<f64>() else {
        let at = jiff::fmt::rfc2822::parse(value).ok()?.timestamp();
        let wait = Duration::try_from(at.duration_since(now)).unwrap_or_default();
        return Some(wait.min(LONGEST));
    };
    if seconds.is_nan() || seconds.is_sign_negative() {
        return None;
    }
    Some(Duration::try_from_secs_f64(seconds).unwrap_or(LONGEST).min(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    fn answer(status: u16, wait: Option<&str>) -> Response {
        let mut headers = HeaderMap::new();
        if let Some(wait) = wait {
            headers.insert(header::RETRY_AFTER, wait.parse().unwrap());
        }
        let status = StatusCode::from_u16(status).unwrap();
        Response { status, headers, body: Bytes::new(), rest: None }
    }

    fn clock() -> Clock {
        Clock::manual("2026-10-21T07:28:00Z".parse().unwrap())
    }

    #[test]
    fn a_wait_is_read_as_seconds_or_as_a_date_and_never_believed_beyond_an_hour() {
        for (text, seconds) in [
            ("7", Some(7.0)),
            (" 1.5 ", Some(1.5)),
            ("0", Some(0.0)),
            ("1e300", Some(3600.0)),
            ("inf", Some(3600.0)),
            ("86400", Some(3600.0)),
            ("Wed, 21 Oct 2026 07:28:30 GMT", Some(30.0)),
            ("Wed, 21 Oct 2026 07:27:30 GMT", Some(0.0)),
            ("Wed, 21 Oct 2099 07:28:30 GMT", Some(3600.0)),
            ("-1", None),
            ("NaN", None),
            ("soon", None),
            ("", None),
        ] {
            let headers = answer(429, Some(text)).headers;
            let expected = seconds.map(Duration::from_secs_f64);
            assert_eq!(retry_after(&headers, clock().now()), expected, "{text}");
        }
    }

    #[test]
    fn a_wait_of_nothing_does_not_make_us_hammer() {
        for wait in [None, Some("0"), Some("-1"), Some("Wed, 21 Oct 2026 07:00:00 GMT")] {
            for (retries, least) in [(0, 300), (1, 600)] {
                let wait = wait_before_retry(&Ok(answer(429, wait)), retries, &clock()).unwrap();
                let least = Duration::from_millis(least);
                assert!((least..least * 2).contains(&wait), "{wait:?}");
            }
        }
    }

    #[test]
    fn only_what_may_pass_is_tried_again() {
        for status in [429, 503, 504] {
            let wait = wait_before_retry(&Ok(answer(status, Some("9"))), 0, &clock());
            assert_eq!(wait, Some(Duration::from_secs(9)), "{status}");
        }
        for status in [200, 302, 400, 401, 403, 404, 409, 410, 423, 500, 501, 502, 509] {
            assert_eq!(
                wait_before_retry(&Ok(answer(status, Some("9"))), 0, &clock()),
                None,
                "{status}"
            );
        }
        let broken = Err(UpstreamError::Connection { kind: "broken" });
        assert!(wait_before_retry(&broken, 0, &clock()).is_some());
        let large = Err(UpstreamError::BodyTooLarge { max_bytes: 9 });
        assert_eq!(wait_before_retry(&large, 0, &clock()), None);
    }
}
