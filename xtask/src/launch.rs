//! How a running `up` started a connector, kept so that other commands can do the same.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

use crate::environment::Setting;

/// A connector's program and its environment.
#[derive(Serialize, Deserialize)]
pub(crate) struct Launch {
    connector: String,
    /// The program.
    pub(crate) program: PathBuf,
    /// Everything it is started with, secrets too.
    pub(crate) variables: BTreeMap<String, String>,
}

impl Launch {
    /// The launch of this connector.
    ///
    /// # Errors
    /// When its environment cannot be made.
    pub(crate) fn of(setting: &Setting<'_>, program: &Path) -> anyhow::Result<Self> {
        Ok(Self {
            connector: setting.connector.name.clone(),
            program: program.to_owned(),
            variables: setting.variables()?,
        })
    }

    /// Writes it into the folder of the run, for its owner only.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn keep(&self, folder: &Path) -> anyhow::Result<()> {
        let file = file_in(folder, &self.connector);
        let mut options = OpenOptions::new();
        let opened = options.write(true).create_new(true).mode(0o600).open(&file);
        let mut opened = opened.with_context(|| format!("creating {}", file.display()))?;
        opened.write_all(&serde_json::to_vec_pretty(self)?)?;
        Ok(())
    }

    /// Reads how the run in this folder started a connector.
    ///
    /// # Errors
    /// When there is no such run.
    pub(crate) fn kept_in(folder: &Path, connector: &str) -> anyhow::Result<Self> {
        let file = file_in(folder, connector);
        let text = std::fs::read_to_string(&file)
            .with_context(|| format!("no {}; is `cargo xtask up` running?", file.display()))?;
        serde_json::from_str(&text).with_context(|| format!("reading {}", file.display()))
    }
}

fn file_in(folder: &Path, connector: &str) -> PathBuf {
    folder.join(format!("{connector}.launch.json"))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn what_was_kept_is_read_again_and_only_its_owner_can() {
        let folder = tempfile::tempdir().unwrap();
        let launch = Launch {
            connector: "sharepoint".to_owned(),
            program: PathBuf::from("/built/sharepoint"),
            variables: BTreeMap::from([("A".to_owned(), "b".to_owned())]),
        };
        launch.keep(folder.path()).unwrap();
        let read = Launch::kept_in(folder.path(), "sharepoint").unwrap();
        assert_eq!((read.program, read.variables), (launch.program, launch.variables));
        let file = std::fs::metadata(file_in(folder.path(), "sharepoint")).unwrap();
        assert_eq!(file.permissions().mode() & 0o777, 0o600);
        let missing = Launch::kept_in(folder.path(), "outlook").err().unwrap().to_string();
        assert!(missing.contains("cargo xtask up"), "{missing}");
    }
}
