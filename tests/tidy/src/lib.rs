//! The rules of this repository that no compiler checks.
//!
//! A rule is a function from the tracked files to what is wrong with them; every line it answers
//! names the place and says what to do. `tests/rules.rs` holds the repository to all of them.

pub mod code;
pub mod connectors;
pub mod crates;
pub mod documents;
pub mod events;
pub mod hygiene;
pub mod settings;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, ensure};

/// The tracked files, by their path from the root, with their text.
#[derive(Clone, Debug, Default)]
pub struct Repository {
    texts: BTreeMap<String, String>,
    /// What is no text, such as a picture: it can be linked to, and no other rule looks at it.
    others: BTreeSet<String>,
}

impl Repository {
    /// The checkout that this crate was built from.
    ///
    /// # Errors
    /// When git cannot list its files.
    pub fn open() -> anyhow::Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let listed = Command::new("git")
            .current_dir(&root)
            .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
            .output()
            .context("starting git, which knows the tracked files")?;
        ensure!(listed.status.success(), "git cannot list the files of {}", root.display());
        let names = String::from_utf8(listed.stdout).context("a file name is not UTF-8")?;
        let mut files = Self::default();
        for name in names.split('\0').filter(|name| !name.is_empty()) {
            // A file may be deleted and not yet committed.
            let Ok(bytes) = std::fs::read(root.join(name)) else {
                continue;
            };
            match String::from_utf8(bytes) {
                Ok(text) => drop(files.texts.insert(name.to_owned(), text)),
                Err(_) => drop(files.others.insert(name.to_owned())),
            }
        }
        Ok(files)
    }

    /// A made-up repository, to try rules on.
    pub fn of(files: &[(&str, &str)]) -> Self {
        let owned = |(path, text): &(&str, &str)| ((*path).to_owned(), (*text).to_owned());
        Self { texts: files.iter().map(owned).collect(), others: BTreeSet::new() }
    }

    /// The text of a file.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.texts.get(path).map(String::as_str)
    }

    /// Whether there is such a file, or a folder that holds one.
    pub fn holds(&self, path: &str) -> bool {
        let path = path.trim_end_matches('/');
        let folder = format!("{path}/");
        let is_file = self.texts.contains_key(path) || self.others.contains(path);
        path.is_empty() || is_file || self.below(&folder).next().is_some()
    }

    /// Every file with its text.
    pub fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.texts.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// The files whose path starts with this.
    pub fn below<'a>(&'a self, start: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.files().filter(move |(path, _)| path.starts_with(start))
    }

    /// The files whose name ends with this.
    pub fn ending<'a>(&'a self, end: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.files().filter(move |(path, _)| path.ends_with(end))
    }

    /// The files whose path starts with one and ends with the other.
    pub fn between<'a>(
        &'a self,
        start: &'a str,
        end: &'a str,
    ) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.below(start).filter(move |(path, _)| path.ends_with(end))
    }

    /// The names of the folders in this folder, which is given with its slash.
    pub fn folders_in<'a>(&'a self, folder: &'a str) -> Vec<&'a str> {
        let rest = self.below(folder).filter_map(move |(path, _)| path.strip_prefix(folder));
        let mut names: Vec<_> = rest.filter_map(|rest| Some(rest.split_once('/')?.0)).collect();
        names.dedup();
        names
    }

    /// What ships: Rust files of functions/ and shared/, without their tests.
    pub fn product_code(&self) -> impl Iterator<Item = (&str, &str)> {
        let ships = |path: &str| {
            (path.starts_with("functions/") || path.starts_with("shared/"))
                && path.contains("/src/")
                && !path.ends_with("/tests.rs")
                && !path.contains("/tests/")
        };
        let code = self.ending(".rs").filter(move |(path, _)| ships(path));
        code.map(|(path, text)| {
            (path, text.split("#[cfg(test)]\nmod tests").next().unwrap_or(text))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_repository_is_found_with_its_files_and_folders() {
        let repository = Repository::open().unwrap();
        assert!(repository.text("Cargo.toml").unwrap().contains("[workspace]"));
        assert!(repository.holds("tests/tidy/src") && repository.holds("tests/"));
        assert!(!repository.holds("tests/tid"));
        assert!(repository.folders_in("shared/").contains(&"platform"));
        assert!(repository.files().all(|(path, _)| !path.starts_with("target/")));
    }

    #[test]
    fn tests_do_not_ship() {
        let repository = Repository::of(&[
            ("shared/a/src/lib.rs", "code\n#[cfg(test)]\nmod tests { inner }"),
            ("shared/a/src/b/tests.rs", "inner"),
            ("tests/e2e/src/lib.rs", "inner"),
        ]);
        let shipped: Vec<_> = repository.product_code().collect();
        assert_eq!(shipped, [("shared/a/src/lib.rs", "code\n")]);
    }
}
