//! Where this repository is, and the one list of its connectors.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use serde::Deserialize;
use serde_json::{Map, Value};

/// A checkout of this repository.
#[derive(Clone, Debug)]
pub(crate) struct Repository {
    /// The folder that holds everything.
    pub(crate) root: PathBuf,
    /// Where builds and what runs leave their files.
    pub(crate) target: PathBuf,
}

/// One entry of `infra/connectors.json`, as far as a laptop needs it.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Connector {
    /// Name of the connector, its folder, its program and its function.
    pub(crate) name: String,
    /// First label of its public host.
    pub(crate) host: String,
    /// Rank of its listener rule.
    pub(crate) priority: u32,
    /// Memory setting of the function.
    pub(crate) memory_mb: u32,
    /// Seconds an invocation may take.
    pub(crate) timeout_s: u64,
    /// Most instances at once.
    pub(crate) concurrency: usize,
    /// The call that shows the connector at work.
    pub(crate) demo: Demo,
    /// Calls that show what else it does.
    #[serde(default)]
    pub(crate) further_demos: Vec<Demo>,
}

/// A tool call that everybody in the demo company may make.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Demo {
    /// Name of the tool.
    pub(crate) tool: String,
    /// Its arguments.
    pub(crate) arguments: Map<String, Value>,
}

impl Repository {
    /// The checkout that the current folder lies in.
    ///
    /// # Errors
    /// When it lies in none.
    pub(crate) fn find() -> anyhow::Result<Self> {
        let here = std::env::current_dir().context("reading the current folder")?;
        let root = here
            .ancestors()
            .find(|folder| folder.join("infra/connectors.json").is_file())
            .with_context(|| format!("{} is not in this repository", here.display()))?;
        let target = std::env::var_os("CARGO_TARGET_DIR")
            .map_or_else(|| root.join("target"), |folder| here.join(folder));
        Ok(Self { root: root.to_owned(), target })
    }

    /// Every connector, in the order of the list.
    ///
    /// # Errors
    /// When the list cannot be read.
    pub(crate) fn connectors(&self) -> anyhow::Result<Vec<Connector>> {
        let file = self.root.join("infra/connectors.json");
        let text = std::fs::read_to_string(&file)
            .with_context(|| format!("reading {}", file.display()))?;
        serde_json::from_str(&text).context("reading infra/connectors.json")
    }

    /// The connector with this name and its place in the list.
    ///
    /// # Errors
    /// When no connector has the name; says which there are.
    pub(crate) fn connector(&self, name: &str) -> anyhow::Result<(usize, Connector)> {
        let connectors = self.connectors()?;
        let names: Vec<_> = connectors.iter().map(|one| one.name.clone()).collect();
        match connectors.into_iter().enumerate().find(|(_, one)| one.name == name) {
            Some(found) => Ok(found),
            None => bail!("there is no connector {name}; there is {}", names.join(", ")),
        }
    }

    /// The program that runs cargo: the one that started us, else the one on the path.
    pub(crate) fn cargo(&self) -> tokio::process::Command {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = tokio::process::Command::new(cargo);
        command.current_dir(&self.root).kill_on_drop(true);
        command
    }
}

/// The path as text; paths of this repository and its target folder are plain.
///
/// # Errors
/// When the path is not UTF-8.
pub(crate) fn text_of(path: &Path) -> anyhow::Result<String> {
    let text = path.to_str().with_context(|| format!("{} is not UTF-8", path.display()))?;
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_connectors_is_readable_and_an_unknown_name_says_which_there_are() {
        let repository = Repository::find().unwrap();
        let (place, sharepoint) = repository.connector("sharepoint").unwrap();
        assert_eq!((place, sharepoint.demo.tool.as_str()), (0, "sharepoint_search"));

        let refusal = repository.connector("sharepint").unwrap_err().to_string();
        assert!(refusal.contains("sharepint") && refusal.contains("sharepoint"), "{refusal}");
    }
}
