//! Settings that only this connector has: where its policy is, what reading a file may take, and
//! which tools are offered.

use std::path::{Path, PathBuf};

use platform::config::{ConfigError, Vars};
use reading::{Limits, Reader};

use crate::policy::Policy;

const VARIABLE: &str = "MCP_SERVER_POLICY_FILE";
const DEFAULT_NAME: &str = "policy.yaml";

/// Reads the policy: the named file, else the one beside the binary, else the strictest there is.
///
/// # Errors
/// When a file was named and is not there, or the file is not a policy.
pub fn policy(vars: &Vars) -> Result<Policy, ConfigError> {
    if let Some(named) = vars.get(VARIABLE) {
        return read(Path::new(named));
    }
    if let Some(path) = beside_the_binary().filter(|path| path.exists()) {
        return read(&path);
    }
    tracing::warn!(
        event = "policy_missing",
        "there is no policy.yaml beside the binary, so no content leaves, only metadata"
    );
    Ok(Policy::strict())
}

/// Whether the tools `search` and `fetch` are offered beside the others.
///
/// # Errors
/// When the setting is neither `true` nor `false`.
pub fn search_and_fetch(vars: &Vars) -> Result<bool, ConfigError> {
    const VARIABLE: &str = "MCP_SERVER_SEARCH_AND_FETCH";
    match vars.get(VARIABLE) {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(ConfigError::new(VARIABLE, "expected true or false")),
    }
}

/// What reads files: children of this program, within the memory that the function has.
///
/// # Errors
/// When the system does not say where this program is.
pub fn reader(vars: &Vars) -> Result<Reader, ConfigError> {
    const MEMORY: &str = "AWS_LAMBDA_FUNCTION_MEMORY_SIZE";
    let mut limits = Limits::default();
    if let Some(memory) = vars.get(MEMORY) {
        let memory = memory.parse().map_err(|_| ConfigError::new(MEMORY, "expected megabytes"))?;
        limits = limits.within_function_memory(memory);
    }
    Reader::new(limits).map_err(|cause| {
        ConfigError::new(MEMORY, format!("this program cannot be started again ({})", cause.kind()))
    })
}

fn beside_the_binary() -> Option<PathBuf> {
    Some(std::env::current_exe().ok()?.parent()?.join(DEFAULT_NAME))
}

fn read(path: &Path) -> Result<Policy, ConfigError> {
    let error = |problem: String| ConfigError::new(VARIABLE, problem);
    let text = std::fs::read_to_string(path)
        .map_err(|cause| error(format!("{} cannot be read ({})", path.display(), cause.kind())))?;
    Policy::from_yaml(&text)
        .map_err(|problem| error(format!("{} is not a policy: {problem}", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vars(path: &Path) -> Vars {
        Vars::from_pairs([(VARIABLE, path.to_str().unwrap())])
    }

    #[test]
    fn a_named_policy_must_be_there_and_be_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("p.yaml");
        let missing = policy(&vars(&path)).unwrap_err();
        assert!(missing.to_string().starts_with(VARIABLE), "{missing}");

        std::fs::write(&path, "labels: {mode: maybe}").unwrap();
        let broken = policy(&vars(&path)).unwrap_err();
        assert!(broken.to_string().starts_with(VARIABLE), "{broken}");
        assert_eq!(broken.to_string().lines().count(), 1, "{broken}");

        std::fs::write(&path, "labels: {mode: deny}").unwrap();
        assert!(policy(&vars(&path)).is_ok());
    }

    #[test]
    fn without_any_policy_the_strictest_holds() {
        let policy = policy(&Vars::default()).unwrap();
        assert_eq!(policy.listed().count(), 0);
    }
}
