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
                .then(|| retry_after(&response.headers, clock.now()).unwrap_or(backoff + jitter))
        }
        Err(UpstreamError::Connection { .. }) => Some(backoff + jitter),
        Err(
            UpstreamError::BodyTooLarge { .. }
            | UpstreamError::Status { .. }
            | UpstreamError::Malformed { .. }
            | UpstreamError::Redirect,
        ) => None,
    }
}

/// `Retry-After` as seconds, whole or fractional, or as an HTTP date.
fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let value = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    let wait = if let Ok(seconds) = value.parse::<f64>() {
        Duration::try_from_secs_f64(seconds).ok()?
    } else {
        let at = jiff::fmt::rfc2822::parse(value).ok()?.timestamp();
        Duration::try_from(at.duration_since(now)).unwrap_or_default()
    };
    Some(wait.min(LONGEST))
}
