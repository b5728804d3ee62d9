//! The environment as a value: looked up by name, so that tests hand in a map.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::str::FromStr;

use secrecy::ExposeSecret as _;

use super::live_secret::LiveSecret;

/// A setting that stops the start; one line that names the variable.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{variable}: {problem}")]
pub struct ConfigError {
    /// The environment variable.
    pub variable: String,
    /// What is wrong with it and what would be right; never holds a secret's value.
    pub problem: String,
}

impl ConfigError {
    /// A problem with this variable.
    pub fn new(variable: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { variable: variable.into(), problem: problem.into() }
    }
}

/// The environment as it was at the start, with what was read from SSM in its place. An empty
/// value counts as not set.
#[derive(Clone, Default)]
pub struct Vars {
    values: BTreeMap<String, String>,
    parameters: BTreeMap<String, LiveSecret>,
}

/// A setting `X_SSM=/path` says that `X` is the value of that parameter.
const SSM_SUFFIX: &str = "_SSM";
/// How the names of our settings begin; the rest of the environment is nobody's business.
const OUR_PREFIXES: [&str; 14] = [
    "AUDIT_",
    "AWS_ENDPOINT",
    "AWS_REGION",
    "AZURE_",
    "CACHE_",
    "DATABRICKS_",
    "ENABLE_OAUTH",
    "ENVIRONMENT",
    "GRAPH_",
    "LISTEN_ADDR",
    "LOG_LEVEL",
    "MCP_",
    "SSL_CERT",
    "STORAGE_",
];
/// Settings that must be known before SSM can be asked, or that libraries read by themselves.
const TOO_EARLY: [&str; 3] = ["AWS_", "LOG_LEVEL", "SSL_CERT"];
/// Words in the name of a setting that make it a secret.
const SECRET_WORDS: [&str; 6] =
    ["SECRET", "TOKEN", "KEYS", "CERTIFICATE", "PASSWORD", "ACCESS_KEY"];

impl Vars {
    /// The variables of this process.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    pub fn of_process() -> Self {
        // A value that is not text becomes one that no setting takes, instead of a setting that
        // seems not to be there.
        let text = |(name, value): (OsString, OsString)| {
            Some((name.into_string().ok()?, value.to_string_lossy().into_owned()))
        };
        Self { values: std::env::vars_os().filter_map(text).collect(), ..Self::default() }
    }

    /// Variables from pairs, for tests and tools.
    pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let values = pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
        Self { values: values.collect(), ..Self::default() }
    }

    /// The parameters that settings refer to: the setting's name and the parameter's.
    ///
    /// # Errors
    /// When a setting is given both ways, or is needed before a parameter can be read.
    pub fn parameter_names(&self) -> Result<Vec<(String, String)>, ConfigError> {
        let mut names = Vec::new();
        for (name, path) in &self.values {
            let Some(setting) = name.strip_suffix(SSM_SUFFIX) else { continue };
            if path.trim().is_empty() || !is_ours(setting) {
                continue;
            }
            if TOO_EARLY.iter().any(|prefix| setting.starts_with(prefix)) {
                let problem = format!("{setting} is needed before a parameter can be read");
                return Err(ConfigError::new(name, problem));
            }
            if self.get(setting).is_some() {
                let problem = format!("{setting} is set as well; give one of the two");
                return Err(ConfigError::new(name, problem));
            }
            names.push((setting.to_owned(), path.trim().to_owned()));
        }
        Ok(names)
    }

    /// The same variables with this setting read from a parameter.
    #[must_use]
    pub async fn with_parameter(mut self, setting: &str, secret: LiveSecret) -> Self {
        let value = secret.current().await;
        self.values.insert(setting.to_owned(), value.expose_secret().to_owned());
        self.parameters.insert(setting.to_owned(), secret);
        self
    }

    /// The value, trimmed, if it is set and not empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
    }

    /// The value as a secret that follows its parameter while we run.
    pub fn secret(&self, name: &str) -> Option<LiveSecret> {
        let value = self.get(name)?;
        Some(self.parameters.get(name).cloned().unwrap_or_else(|| LiveSecret::fixed(value)))
    }

    /// Whether the value came from a parameter and not from the plain environment.
    pub fn is_parameter(&self, name: &str) -> bool {
        self.parameters.contains_key(name)
    }

    /// All settings as `NAME=value` lines, secrets masked, for `--check-config`.
    pub fn masked(&self) -> String {
        let settings = self.values.iter().filter(|(name, _)| is_ours(name));
        let lines = settings.map(|(name, value)| {
            if self.is_parameter(name) || is_secret(name) {
                format!("{name}=[secret]")
            } else {
                format!("{name}={}", value.replace(char::is_control, " "))
            }
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    /// The value, or an error that names the variable.
    ///
    /// # Errors
    /// When it is not set.
    pub fn required(&self, name: &str) -> Result<&str, ConfigError> {
        self.get(name).ok_or_else(|| ConfigError::new(name, "is required and not set"))
    }

    /// The value parsed, or the default when it is not set.
    ///
    /// # Errors
    /// When it is set and does not parse; `expected` completes "expected …".
    pub fn parsed<T: FromStr>(
        &self,
        name: &str,
        default: T,
        expected: &str,
    ) -> Result<T, ConfigError> {
        let parse = |text: &str| {
            text.parse().map_err(|_| ConfigError::new(name, format!("expected {expected}")))
        };
        self.get(name).map_or(Ok(default), parse)
    }

    /// The value split at commas and white space, without empty parts; `None` when not set.
    pub fn list(&self, name: &str) -> Option<Vec<String>> {
        let parts = self.get(name)?.split([',', ' ', '\n', '\t']);
        Some(parts.filter(|part| !part.is_empty()).map(str::to_owned).collect())
    }
}

fn is_ours(name: &str) -> bool {
    OUR_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

fn is_secret(name: &str) -> bool {
    // The versions of tokens are no tokens.
    let public = name.ends_with(SSM_SUFFIX) || name == "MCP_SERVER_ACCEPTED_TOKEN_VERSIONS";
    !public && SECRET_WORDS.iter().any(|word| name.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn masked_settings_show_no_secret() {
        let vars = Vars::from_pairs([
            ("MCP_SERVER_AZURE_CLIENT_SECRET", "canary-1"),
            ("GRAPH_DEBUG_TOKEN", "canary-2"),
            ("STORAGE_ENCRYPTION_KEYS", "canary-3"),
            ("MCP_SERVER_AZURE_CLIENT_SECRET_PREVIOUS_SSM", "/a/b"),
            ("LOG_LEVEL", "info"),
        ])
        .with_parameter("MCP_SERVER_AZURE_CLIENT_ID", LiveSecret::fixed("canary-4"))
        .await;

        let text = vars.masked();

        assert!(!text.contains("canary"), "{text}");
        assert!(text.contains("LOG_LEVEL=info") && text.contains("_PREVIOUS_SSM=/a/b"), "{text}");
    }

    #[test]
    fn masked_settings_are_one_line_each_and_show_what_is_no_secret() {
        let vars = Vars::from_pairs([
            ("MCP_SERVER_ACCEPTED_TOKEN_VERSIONS", "1.0,2.0"),
            ("GRAPH_SCOPES", "Files.Read\nENVIRONMENT=prod"),
            ("HOME", "/root-of/somebody"),
        ]);
        let text = vars.masked();
        assert_eq!(
            text.lines().collect::<Vec<_>>(),
            [
                "GRAPH_SCOPES=Files.Read ENVIRONMENT=prod",
                "MCP_SERVER_ACCEPTED_TOKEN_VERSIONS=1.0,2.0"
            ]
        );
    }

    #[test]
    fn a_setting_given_both_ways_is_refused() {
        let vars = Vars::from_pairs([("GRAPH_SCOPES", "plain"), ("GRAPH_SCOPES_SSM", "/x")]);
        assert_eq!(vars.parameter_names().unwrap_err().variable, "GRAPH_SCOPES_SSM");
        let vars = Vars::from_pairs([("GRAPH_SCOPES_SSM", " /x "), ("AUDIT_TYPE_SSM", "")]);
        assert_eq!(vars.parameter_names().unwrap(), [("GRAPH_SCOPES".into(), "/x".into())]);
    }

    #[test]
    fn a_setting_that_is_needed_before_ssm_cannot_come_from_there() {
        for name in ["AWS_REGION_SSM", "AWS_ENDPOINT_URL_SSM", "LOG_LEVEL_SSM", "SSL_CERT_FILE_SSM"]
        {
            let vars = Vars::from_pairs([(name, "/x")]);
            assert_eq!(vars.parameter_names().unwrap_err().variable, name);
        }
    }

    #[test]
    fn another_programs_variable_is_not_read_from_ssm() {
        let vars = Vars::from_pairs([("COMPANY_AGENT_SSM", "enabled"), ("_SSM", "/x")]);
        assert!(vars.parameter_names().unwrap().is_empty());
    }
}
