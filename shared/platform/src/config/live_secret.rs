//! A secret that may change while we run.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Mutex;

use crate::clock::Clock;

/// How old a secret may be before it is read again.
const MAX_AGE: Duration = Duration::from_secs(300);
/// How long to wait after a failed reading before the next try.
const RETRY_AFTER: Duration = Duration::from_secs(60);

/// Reads one parameter from where secrets are kept (SSM); `Err` says why, without the value.
pub type ParameterReader = Arc<
    dyn Fn(String) -> BoxFuture<'static, Result<SecretString, SecretUnavailable>> + Send + Sync,
>;

/// Why a secret could not be read; never holds the value.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the parameter could not be read: {reason}")]
pub struct SecretUnavailable {
    /// A short reason, safe to log.
    pub reason: String,
}

/// A secret that is given once, or read again from SSM when it is older than five minutes.
///
/// The last good value is kept when a later reading fails, and a failing store is asked once a
/// minute.
#[derive(Clone)]
pub struct LiveSecret(Source);

#[derive(Clone)]
enum Source {
    Fixed(SecretString),
    Parameter(Arc<Parameter>),
}

struct Parameter {
    name: String,
    reader: ParameterReader,
    clock: Clock,
    last: Mutex<Reading>,
}

struct Reading {
    value: SecretString,
    fresh_until: Timestamp,
}

impl LiveSecret {
    /// A secret that never changes while this process runs.
    pub fn fixed(value: impl Into<String>) -> Self {
        Self(Source::Fixed(SecretString::from(value.into())))
    }

    /// Reads the parameter now and again when it has aged.
    ///
    /// # Errors
    /// When the first reading fails: there is no good value to keep.
    pub async fn parameter(
        name: String,
        reader: ParameterReader,
        clock: Clock,
    ) -> Result<Self, SecretUnavailable> {
        let value = read(&reader, &name).await?;
        let last = Mutex::new(Reading { value, fresh_until: after(&clock, MAX_AGE) });
        Ok(Self(Source::Parameter(Arc::new(Parameter { name, reader, clock, last }))))
    }

    /// The value to use now.
    pub async fn current(&self) -> SecretString {
        let parameter = match &self.0 {
            Source::Fixed(value) => return value.clone(),
            Source::Parameter(parameter) => parameter,
        };
        let mut last = parameter.last.lock().await;
        if parameter.clock.now() < last.fresh_until {
            return last.value.clone();
        }
        match read(&parameter.reader, &parameter.name).await {
            Ok(value) => {
                *last = Reading { value, fresh_until: after(&parameter.clock, MAX_AGE) };
            }
            Err(error) => {
                tracing::warn!(event = "secret_not_refreshed", reason = %error.reason, "a secret could not be read again; the last good value is kept");
                last.fresh_until = after(&parameter.clock, RETRY_AFTER);
            }
        }
        last.value.clone()
    }

    /// Whether the value is the same text, without regard to where it comes from.
    pub async fn is(&self, value: &str) -> bool {
        self.current().await.expose_secret() == value
    }
}

/// Reads and trims: whoever stores a secret from a file stores the line's end with it.
async fn read(reader: &ParameterReader, name: &str) -> Result<SecretString, SecretUnavailable> {
    let value = reader(name.to_owned()).await?;
    match value.expose_secret().trim() {
        "" => Err(SecretUnavailable { reason: format!("{name}: is empty") }),
        trimmed => Ok(SecretString::from(trimmed)),
    }
}

fn after(clock: &Clock, wait: Duration) -> Timestamp {
    clock.now().checked_add(wait).unwrap_or(Timestamp::MAX)
}

impl fmt::Debug for LiveSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LiveSecret([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[tokio::test]
    async fn a_secret_is_read_again_after_five_minutes_and_the_last_good_value_survives_an_outage()
    {
        let clock = Clock::manual(Timestamp::from_second(1_000_000).unwrap());
        let readings = Arc::new(AtomicUsize::new(0));
        let reader: ParameterReader = {
            let readings = readings.clone();
            Arc::new(move |_| {
                let n = readings.fetch_add(1, Ordering::SeqCst);
                Box::pin(async move {
                    match n {
                        1 | 2 => Err(SecretUnavailable { reason: "down".into() }),
                        n => Ok(SecretString::from(format!("value-{n}"))),
                    }
                })
            })
        };
        let secret = LiveSecret::parameter("/p".into(), reader, clock.clone()).await.unwrap();

        assert!(secret.is("value-0").await);
        clock.advance(Duration::from_secs(301));
        assert!(secret.is("value-0").await, "the store is down: the last good value is kept");
        assert!(secret.is("value-0").await);
        assert_eq!(readings.load(Ordering::SeqCst), 2, "one try a minute");
        clock.advance(Duration::from_secs(61));
        assert!(secret.is("value-0").await);
        clock.advance(Duration::from_secs(61));
        assert!(secret.is("value-3").await);
        assert_eq!(format!("{secret:?}"), "LiveSecret([redacted])");
    }

    #[tokio::test]
    async fn a_line_end_is_no_part_of_a_secret_and_an_empty_value_is_no_secret() {
        let clock = Clock::manual(Timestamp::from_second(1_000_000).unwrap());
        let values = Arc::new(std::sync::Mutex::new(vec![" \n", "s3cret\r\n"]));
        let reader: ParameterReader = {
            let values = values.clone();
            Arc::new(move |_| {
                let value = values.lock().unwrap().pop().unwrap_or_default();
                Box::pin(async move { Ok(SecretString::from(value)) })
            })
        };
        let secret =
            LiveSecret::parameter("/p".into(), reader.clone(), clock.clone()).await.unwrap();
        assert!(secret.is("s3cret").await);
        clock.advance(Duration::from_secs(301));
        assert!(
            secret.is("s3cret").await,
            "an emptied parameter does not take the good value away"
        );
        let error = LiveSecret::parameter("/p".into(), reader, clock).await.unwrap_err();
        assert!(error.to_string().contains("/p: is empty"), "{error}");
    }
}
