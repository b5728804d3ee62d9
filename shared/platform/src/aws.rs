//! The AWS SDK, set up once: region, credentials, deadlines, the one HTTP client; and the clients
//! made from it when they are first asked for.
//!
//! Deadlines suit a call that a person waits for: 1.5 s for an attempt, two
//! attempts, 3 s for the whole operation. What fails within that is answered without AWS.

mod parameters;
mod transport;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use aws_config::ecs::EcsCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_dynamodb::config::{Credentials, SharedCredentialsProvider, SharedHttpClient};

use crate::config::{ConfigError, Vars};
use crate::http_client::HttpClient;

pub use parameters::Parameters;

const ATTEMPT: Duration = Duration::from_millis(1500);
const OPERATION: Duration = Duration::from_secs(3);
const ATTEMPTS: u32 = 2;
const FIRST_BACKOFF: Duration = Duration::from_millis(50);
const LONGEST_BACKOFF: Duration = Duration::from_millis(500);

/// The AWS SDK's configuration and its clients; clones share them.
#[derive(Clone, Debug)]
pub struct Aws(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    config: SdkConfig,
    dynamodb: OnceLock<aws_sdk_dynamodb::Client>,
    firehose: OnceLock<aws_sdk_firehose::Client>,
    parameters: OnceLock<Parameters>,
}

impl Aws {
    /// Sets the SDK up from `AWS_REGION`, `AWS_ENDPOINT_URL` and the credentials of the place we
    /// run in: the environment's keys (Lambda, a laptop) when they are set, else the container's
    /// (ECS). Reads no file and sends nothing; the machine's own role is never asked for.
    ///
    /// # Errors
    /// When no region is set, or the endpoint is not an http or https address.
    pub fn from_vars(vars: &Vars, http: &HttpClient) -> Result<Self, ConfigError> {
        let region = vars
            .get("AWS_REGION")
            .or_else(|| vars.get("AWS_DEFAULT_REGION"))
            .ok_or_else(|| ConfigError::new("AWS_REGION", "is required and not set"))?;
        let http = transport::transport(http);
        let mut config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(region.to_owned()))
            .credentials_provider(credentials(vars, &http))
            .http_client(http)
            .timeout_config(deadlines())
            .retry_config(retries());
        if let Some(endpoint) = vars.get("AWS_ENDPOINT_URL") {
            let is_web = url::Url::parse(endpoint)
                .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
            if !is_web {
                return Err(ConfigError::new(
                    "AWS_ENDPOINT_URL",
                    "expected an http or https address",
                ));
            }
            let local = vars.get("ENVIRONMENT").is_none_or(|name| name == "local");
            let open = url::Url::parse(endpoint)
                .is_ok_and(|url| url.scheme() == "http" && !crate::config::is_loopback(&url));
            if open && !local {
                let problem = "https is required outside ENVIRONMENT=local, except for loopback";
                return Err(ConfigError::new("AWS_ENDPOINT_URL", problem));
            }
            config = config.endpoint_url(endpoint);
        }
        Ok(Self(Arc::new(Shared {
            config: config.build(),
            dynamodb: OnceLock::new(),
            firehose: OnceLock::new(),
            parameters: OnceLock::new(),
        })))
    }

    /// DynamoDB in the region we run in.
    pub fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        let make = || aws_sdk_dynamodb::Client::new(&self.0.config);
        self.0.dynamodb.get_or_init(make).clone()
    }

    /// DynamoDB in another region (`STORAGE_DYNAMODB_REGION`).
    pub fn dynamodb_in(&self, region: &str) -> aws_sdk_dynamodb::Client {
        let config = aws_sdk_dynamodb::config::Builder::from(&self.0.config)
            .region(Region::new(region.to_owned()))
            .build();
        aws_sdk_dynamodb::Client::from_conf(config)
    }

    /// Firehose in the region we run in.
    pub fn firehose(&self) -> aws_sdk_firehose::Client {
        let make = || aws_sdk_firehose::Client::new(&self.0.config);
        self.0.firehose.get_or_init(make).clone()
    }

    /// The parameters that settings are read from (SSM).
    pub fn parameters(&self) -> Parameters {
        let make = || Parameters::new(aws_sdk_ssm::Client::new(&self.0.config));
        self.0.parameters.get_or_init(make).clone()
    }
}

fn deadlines() -> TimeoutConfig {
    TimeoutConfig::builder().operation_attempt_timeout(ATTEMPT).operation_timeout(OPERATION).build()
}

fn retries() -> RetryConfig {
    RetryConfig::standard()
        .with_max_attempts(ATTEMPTS)
        .with_initial_backoff(FIRST_BACKOFF)
        .with_max_backoff(LONGEST_BACKOFF)
}

fn credentials(vars: &Vars, http: &SharedHttpClient) -> SharedCredentialsProvider {
    let keys = vars.get("AWS_ACCESS_KEY_ID").zip(vars.get("AWS_SECRET_ACCESS_KEY"));
    if let Some((id, secret)) = keys {
        let session = vars.get("AWS_SESSION_TOKEN").map(str::to_owned);
        let keys = Credentials::new(id, secret, session, None, "environment");
        return SharedCredentialsProvider::new(keys);
    }
    // It looks at the container's variables when it is first asked.
    let provider = ProviderConfig::without_region().with_http_client(http.clone());
    let container = EcsCredentialsProvider::builder().configure(&provider).build();
    SharedCredentialsProvider::new(container)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_region_and_a_wrong_endpoint_name_their_variable() {
        let error = Aws::from_vars(&Vars::default(), &HttpClient::new().unwrap()).unwrap_err();
        assert_eq!(error.variable, "AWS_REGION");
        for endpoint in ["localhost:4566", "ftp://127.0.0.1", "http://", "nonsense"] {
            let vars =
                Vars::from_pairs([("AWS_REGION", "eu-central-1"), ("AWS_ENDPOINT_URL", endpoint)]);
            let error = Aws::from_vars(&vars, &HttpClient::new().unwrap()).unwrap_err();
            assert_eq!(error.variable, "AWS_ENDPOINT_URL", "{endpoint}");
        }
    }

    #[test]
    fn secrets_do_not_travel_in_the_open_once_deployed() {
        for (environment, endpoint, accepted) in [
            ("prod", "http://10.0.0.1:4566", false),
            ("prod", "https://vpce-1.ssm.eu-central-1.vpce.amazonaws.com", true),
            ("dev", "http://127.0.0.1:4566", true),
            ("local", "http://moto:5000", true),
        ] {
            let vars = Vars::from_pairs([
                ("AWS_REGION", "eu-central-1"),
                ("AWS_ENDPOINT_URL", endpoint),
                ("ENVIRONMENT", environment),
            ]);
            assert_eq!(
                Aws::from_vars(&vars, &HttpClient::new().unwrap()).is_ok(),
                accepted,
                "{environment} {endpoint}"
            );
        }
    }

    #[test]
    fn the_debug_text_shows_no_credentials() {
        let vars = Vars::from_pairs([
            ("AWS_REGION", "eu-central-1"),
            ("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE"),
            ("AWS_SECRET_ACCESS_KEY", "canary-secret"),
            ("AWS_SESSION_TOKEN", "canary-session"),
        ]);
        let aws = Aws::from_vars(&vars, &HttpClient::new().unwrap()).unwrap();
        let _ = (aws.dynamodb(), aws.firehose(), aws.parameters());
        assert!(!format!("{aws:?}").contains("canary"));
    }
}
