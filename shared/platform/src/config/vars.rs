//! The environment as a value: looked up by name, so that tests hand in a map.

use std::collections::BTreeMap;
use std::str::FromStr;

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
        Self {
            variable: variable.into(),
            problem: problem.into(),
        }
    }
}

/// The environment as it was at the start. An empty value counts as not set.
#[derive(Clone, Default)]
pub struct Vars(BTreeMap<String, String>);

impl Vars {
    /// The variables of this process.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the environment"
    )]
    pub fn of_process() -> Self {
        Self(
            std::env::vars_os()
                .filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?)))
                .collect(),
        )
    }

    /// Variables from pairs, for tests and tools.
    pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        Self(
            pairs
                .into_iter()
                .map(|(k, v)| (k.to_owned(), v.to_owned()))
                .collect(),
        )
    }

    /// The value, trimmed, if it is set and not empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .get(name)
            .map(|value| value.trim())
            .filter(|value| !value.is_empty())
    }

    /// The value, or an error that names the variable.
    ///
    /// # Errors
    /// When it is not set.
    pub fn required(&self, name: &str) -> Result<&str, ConfigError> {
        self.get(name)
            .ok_or_else(|| ConfigError::new(name, "is required and not set"))
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
        match self.get(name) {
            None => Ok(default),
            Some(text) => text
                .parse()
                .map_err(|_| ConfigError::new(name, format!("expected {expected}"))),
        }
    }

    /// The value split at commas and white space, without empty parts; `None` when not set.
    pub fn list(&self, name: &str) -> Option<Vec<String>> {
        let text = self.get(name)?;
        let parts = text
            .split([',', ' ', '\n', '\t'])
            .filter(|part| !part.is_empty());
        Some(parts.map(str::to_owned).collect())
    }
}
