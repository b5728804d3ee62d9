//! How we prove to Entra that we are our registration: a secret, a certificate, or a token from
//! another issuer. Several at once, so that one can be replaced without a failed call.

mod assertion;
mod certificate;

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use secrecy::{ExposeSecret, SecretString};

use crate::clock::Clock;
use crate::config::{ConfigError, LiveSecret, ParameterReader, Vars};

const SECRET: &str = "MCP_SERVER_AZURE_CLIENT_SECRET";
const CERTIFICATE: &str = "MCP_SERVER_AZURE_CLIENT_CERTIFICATE";
const ASSERTION_FILE: &str = "MCP_SERVER_AZURE_CLIENT_ASSERTION_FILE";
const ASSERTION_COMMAND: &str = "MCP_SERVER_AZURE_CLIENT_ASSERTION_COMMAND";
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// One way to prove who we are. `Debug` prints no secret.
#[derive(Clone, Debug)]
pub enum Credential {
    /// A client secret.
    Secret(LiveSecret),
    /// A certificate chain and its private key, in PEM; the certificate comes first.
    Certificate(LiveSecret),
    /// A token of another issuer that Entra trusts, read from a file that somebody renews.
    AssertionFile(PathBuf),
    /// The same, as the output of a command: a program and its arguments, without a shell.
    AssertionCommand(Vec<String>),
}

/// Why a credential could not be used; holds nothing of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CredentialProblem {
    /// The PEM has no certificate, no RSA key, or they do not belong together.
    #[error("the certificate and its key cannot be used")]
    Certificate,
    /// The file or the command gave no token in time.
    #[error("no assertion could be obtained")]
    Assertion,
}

/// Our credentials, in the order in which they are tried; at least one.
#[derive(Debug)]
pub struct ClientCredentials {
    ordered: Vec<Credential>,
    /// The one that worked last.
    working: AtomicUsize,
}

impl ClientCredentials {
    /// Credentials in the order in which they are tried.
    pub fn new(first: Credential, others: impl IntoIterator<Item = Credential>) -> Self {
        let mut ordered = vec![first];
        ordered.extend(others);
        Self { ordered, working: AtomicUsize::new(0) }
    }

    /// Reads the credentials from settings: the present ones, then those of `…_PREVIOUS`.
    ///
    /// # Errors
    /// When there is none, or one cannot be read or is not well formed.
    pub async fn from_vars(
        vars: &Vars,
        reader: Option<&ParameterReader>,
        clock: &Clock,
    ) -> Result<Self, ConfigError> {
        let mut found = Vec::new();
        for suffix in ["", "_PREVIOUS"] {
            let certificate = format!("{CERTIFICATE}{suffix}");
            if let Some(pem) = secret(vars, &certificate, reader, clock).await? {
                certificate::Certificate::from_pem(pem.current().await.expose_secret())
                    .map_err(|problem| ConfigError::new(&certificate, problem.to_string()))?;
                found.push(Credential::Certificate(pem));
            }
            if let Some(path) = vars.get(&format!("{ASSERTION_FILE}{suffix}")) {
                found.push(Credential::AssertionFile(path.into()));
            }
            if let Some(command) = vars.get(&format!("{ASSERTION_COMMAND}{suffix}")) {
                let words = command.split_whitespace().map(str::to_owned).collect();
                found.push(Credential::AssertionCommand(words));
            }
            if let Some(secret) = secret(vars, &format!("{SECRET}{suffix}"), reader, clock).await? {
                found.push(Credential::Secret(secret));
            }
        }
        let mut found = found.into_iter();
        let first = found.next().ok_or_else(|| {
            ConfigError::new(SECRET, "is required, or a certificate or an assertion instead")
        })?;
        Ok(Self::new(first, found))
    }

    /// The credentials to try now, with their places: the one that worked last comes first.
    pub(super) fn in_order(&self) -> impl Iterator<Item = (usize, &Credential)> {
        let working = self.working.load(Ordering::Relaxed);
        let all = self.ordered.iter().enumerate();
        let first = all.clone().filter(move |(place, _)| *place == working);
        first.chain(all.filter(move |(place, _)| *place != working))
    }

    /// Remembers that the credential at this place worked.
    pub(super) fn worked(&self, place: usize) {
        self.working.store(place, Ordering::Relaxed);
    }
}

/// Form fields that prove who we are.
pub(super) type ProofFields = Vec<(&'static str, SecretString)>;

impl Credential {
    /// The form fields for a request to this endpoint.
    pub(super) async fn proof(
        &self,
        client_id: &str,
        token_endpoint: &str,
        clock: &Clock,
    ) -> Result<ProofFields, CredentialProblem> {
        let assertion = match self {
            Self::Secret(secret) => return Ok(vec![("client_secret", secret.current().await)]),
            Self::Certificate(pem) => {
                let pem = pem.current().await;
                certificate::Certificate::from_pem(pem.expose_secret())?.assertion(
                    client_id,
                    token_endpoint,
                    clock.now_s(),
                )?
            }
            Self::AssertionFile(path) => assertion::from_file(path).await?,
            Self::AssertionCommand(words) => assertion::from_command(words).await?,
        };
        Ok(vec![
            ("client_assertion_type", SecretString::from(ASSERTION_TYPE)),
            ("client_assertion", assertion),
        ])
    }

    /// What kind it is; for the log.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Secret(_) => "secret",
            Self::Certificate(_) => "certificate",
            Self::AssertionFile(_) => "assertion_file",
            Self::AssertionCommand(_) => "assertion_command",
        }
    }
}

/// A setting, or the parameter that `<name>_SSM` names.
async fn secret(
    vars: &Vars,
    name: &str,
    reader: Option<&ParameterReader>,
    clock: &Clock,
) -> Result<Option<LiveSecret>, ConfigError> {
    // The start has put it in the setting's place already, and it follows its parameter.
    if vars.is_parameter(name) {
        return Ok(vars.secret(name));
    }
    let ssm = format!("{name}_SSM");
    match (vars.get(name), vars.get(&ssm)) {
        (Some(_), Some(_)) => Err(ConfigError::new(name, format!("is set, and so is {ssm}"))),
        (Some(value), None) => Ok(Some(LiveSecret::fixed(value))),
        (None, None) => Ok(None),
        (None, Some(parameter)) => {
            let reader =
                reader.ok_or_else(|| ConfigError::new(&ssm, "no parameters can be read here"))?;
            LiveSecret::parameter(parameter.to_owned(), reader.clone(), clock.clone())
                .await
                .map(Some)
                .map_err(|error| ConfigError::new(&ssm, error.to_string()))
        }
    }
}

#[cfg(test)]
mod tests;
