//! Settings kept in SSM Parameter Store (SecureString).

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_ssm::error::{ProvideErrorMetadata, SdkError};
use secrecy::SecretString;
use tokio::time::Instant;

use crate::config::{ParameterReader, SecretUnavailable};

/// How long the start may keep trying. Later readings have a last good value and try once.
const START_BUDGET: Duration = Duration::from_secs(5);
const FIRST_WAIT: Duration = Duration::from_millis(100);
/// SSM's own limit for one request.
const BATCH: usize = 10;

/// Reads parameters with decryption; what goes wrong is told by name and code, never by value.
#[derive(Clone)]
pub struct Parameters {
    client: aws_sdk_ssm::Client,
    start_ends: Instant,
}

enum Failure {
    /// Worth another try: throttled, unreachable, a fault of the service.
    Passing(String),
    /// Another try would give the same answer.
    Lasting(String),
}

impl Parameters {
    /// Parameters behind this client; the start's budget begins to run now.
    pub(crate) fn new(client: aws_sdk_ssm::Client) -> Self {
        Self { client, start_ends: Instant::now() + START_BUDGET }
    }

    /// Reads one parameter.
    ///
    /// # Errors
    /// When it is not there, not ours to read, or SSM does not answer in time.
    pub async fn read(&self, name: &str) -> Result<SecretString, SecretUnavailable> {
        let mut patience = self.patience();
        loop {
            match self.get(name).await {
                Ok(value) => return Ok(value),
                Err(failure) => {
                    patience.after(failure).await.map_err(|reason| unavailable(name, &reason))?;
                }
            }
        }
    }

    /// Reads all these parameters at the start, ten per request.
    ///
    /// # Errors
    /// When one of them cannot be read; the text names it.
    pub async fn read_all(
        &self,
        names: &[String],
    ) -> Result<BTreeMap<String, SecretString>, SecretUnavailable> {
        let mut values = BTreeMap::new();
        for batch in names.chunks(BATCH) {
            let mut patience = self.patience();
            let found = loop {
                match self.get_batch(batch).await {
                    Ok(found) => break found,
                    Err(failure) => patience
                        .after(failure)
                        .await
                        .map_err(|reason| unavailable(&batch.join(", "), &reason))?,
                }
            };
            values.extend(found);
        }
        match names.iter().find(|name| !values.contains_key(*name)) {
            Some(missing) => Err(unavailable(missing, "ParameterNotFound")),
            None => Ok(values),
        }
    }

    /// The reader that [`LiveSecret`](crate::config::LiveSecret) reads through.
    pub fn reader(&self) -> ParameterReader {
        let parameters = self.clone();
        Arc::new(move |name| {
            let parameters = parameters.clone();
            Box::pin(async move { parameters.read(&name).await })
        })
    }

    async fn get(&self, name: &str) -> Result<SecretString, Failure> {
        let request = self.client.get_parameter().name(name).with_decryption(true);
        let answer = request.send().await.map_err(|error| failure(&error))?;
        answer
            .parameter
            .and_then(|parameter| parameter.value)
            .map(SecretString::from)
            .ok_or_else(|| Failure::Lasting("the answer has no value".into()))
    }

    async fn get_batch(&self, names: &[String]) -> Result<Vec<(String, SecretString)>, Failure> {
        let request =
            self.client.get_parameters().set_names(Some(names.to_vec())).with_decryption(true);
        let answer = request.send().await.map_err(|error| failure(&error))?;
        let found = answer.parameters.unwrap_or_default().into_iter();
        Ok(found.filter_map(|parameter| Some((parameter.name?, parameter.value?.into()))).collect())
    }

    fn patience(&self) -> Patience {
        Patience { ends: self.start_ends, wait: FIRST_WAIT }
    }
}

/// What is left of the start's budget, and the next pause.
struct Patience {
    ends: Instant,
    wait: Duration,
}

impl Patience {
    /// Waits before another try, or gives the reason why there is none.
    async fn after(&mut self, failure: Failure) -> Result<(), String> {
        let reason = match failure {
            Failure::Lasting(reason) => return Err(reason),
            Failure::Passing(reason) => reason,
        };
        // Jitter: after a release many functions start at once.
        let pause = self.wait.mul_f64(rand::random_range(0.5..1.0));
        if Instant::now() + pause >= self.ends {
            return Err(reason);
        }
        tokio::time::sleep(pause).await;
        self.wait *= 2;
        Ok(())
    }
}

impl fmt::Debug for Parameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Parameters")
    }
}

fn unavailable(name: &str, reason: &str) -> SecretUnavailable {
    SecretUnavailable { reason: format!("{name}: {reason}") }
}

fn failure<E: ProvideErrorMetadata>(error: &SdkError<E>) -> Failure {
    match error {
        SdkError::ServiceError(service) => {
            let code = service.err().code().unwrap_or("unknown error").to_owned();
            let passing = code.contains("Throttl") || service.raw().status().is_server_error();
            if passing { Failure::Passing(code) } else { Failure::Lasting(code) }
        }
        SdkError::TimeoutError(_) => Failure::Passing("no answer in time".into()),
        SdkError::ResponseError(_) => Failure::Passing("no proper answer".into()),
        SdkError::ConstructionFailure(_) => {
            Failure::Lasting("the request could not be made".into())
        }
        _ => Failure::Passing("unreachable".into()),
    }
}
