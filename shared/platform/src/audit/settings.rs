//! Where audit records go and how strict that is, from the environment.

use std::path::PathBuf;

use crate::config::{ConfigError, Host, Vars};

/// What happens to an answer whose record the sink did not take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuditMode {
    /// The answer is withheld.
    Strict,
    /// The answer is released when the record is in the log instead.
    BestEffort,
}

/// Where audit records go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuditTarget {
    /// Standard output, for a laptop.
    Stdout,
    /// A file a day in this directory.
    File {
        /// The directory; made when it is not there.
        directory: PathBuf,
    },
    /// A Firehose stream.
    Firehose {
        /// The stream's name.
        stream: String,
    },
}

/// `AUDIT_TYPE`, `AUDIT_MODE` and what belongs to them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditSettings {
    /// Where records go.
    pub target: AuditTarget,
    /// What happens when they cannot.
    pub mode: AuditMode,
}

const TYPE: &str = "AUDIT_TYPE";
const MODE: &str = "AUDIT_MODE";
const DIRECTORY: &str = "AUDIT_FILE_DIRECTORY";
const STREAM: &str = "AUDIT_FIREHOSE_STREAM_NAME";

impl AuditSettings {
    /// Reads the settings.
    ///
    /// # Errors
    /// When a value is unknown, something required is missing, a target is configured without
    /// being chosen, or a deployed connector would audit to standard output or a function to a
    /// disk that nobody keeps.
    pub fn from_vars(vars: &Vars) -> Result<Self, ConfigError> {
        let mode = match vars.get(MODE) {
            None | Some("strict") => AuditMode::Strict,
            Some("best_effort") => AuditMode::BestEffort,
            Some(_) => return Err(ConfigError::new(MODE, "expected strict or best_effort")),
        };
        let target = match vars.get(TYPE) {
            None => unconfigured(vars)?,
            Some("stdout") => AuditTarget::Stdout,
            Some("file") => AuditTarget::File { directory: vars.required(DIRECTORY)?.into() },
            Some("firehose") => {
                AuditTarget::Firehose { stream: stream_name(vars.required(STREAM)?)? }
            }
            Some(_) => return Err(ConfigError::new(TYPE, "expected stdout, file or firehose")),
        };
        let is_local = matches!(vars.get("ENVIRONMENT"), None | Some("local"));
        if target == AuditTarget::Stdout && !is_local {
            let problem = "stdout is for ENVIRONMENT=local only; set firehose or file";
            return Err(ConfigError::new(TYPE, problem));
        }
        let is_file = matches!(target, AuditTarget::File { .. });
        if is_file && !is_local && Host::from_vars(vars) == Host::Lambda {
            let problem = "file is not kept on Lambda; set firehose";
            return Err(ConfigError::new(TYPE, problem));
        }
        Ok(Self { target, mode })
    }
}

/// A stream or directory that nobody chose is a mistake, not a default.
fn unconfigured(vars: &Vars) -> Result<AuditTarget, ConfigError> {
    for (variable, chosen) in [(DIRECTORY, "file"), (STREAM, "firehose")] {
        if vars.get(variable).is_some() {
            let problem = format!("is set, but {TYPE} is not {chosen}");
            return Err(ConfigError::new(variable, problem));
        }
    }
    Ok(AuditTarget::Stdout)
}

fn stream_name(name: &str) -> Result<String, ConfigError> {
    let is_of_a_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    if name.len() > 64 || !name.chars().all(is_of_a_name) {
        let problem = "expected a stream's name: at most 64 letters, digits, `_`, `-` and `.`";
        return Err(ConfigError::new(STREAM, problem));
    }
    Ok(name.to_owned())
}
