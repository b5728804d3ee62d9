//! Building programs, and finding out where cargo put them.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Stdio;

use anyhow::{Context as _, bail};
use serde_json::Value;

use crate::repository::Repository;

/// Builds the programs of these packages; answers each program's path by its name.
///
/// # Errors
/// When the build fails.
pub(crate) async fn programs_of(
    repository: &Repository,
    packages: &[&str],
) -> anyhow::Result<BTreeMap<String, PathBuf>> {
    built(repository, packages, &[]).await
}

/// The same as they are deployed: optimized, and slow to build.
///
/// # Errors
/// When the build fails.
pub(crate) async fn release_programs_of(
    repository: &Repository,
    packages: &[&str],
) -> anyhow::Result<BTreeMap<String, PathBuf>> {
    built(repository, packages, &["--release", "--locked"]).await
}

async fn built(
    repository: &Repository,
    packages: &[&str],
    options: &[&str],
) -> anyhow::Result<BTreeMap<String, PathBuf>> {
    let mut cargo = repository.cargo();
    cargo.args(["build", "--quiet", "--bins", "--message-format=json-render-diagnostics"]);
    cargo.args(options).args(packages.iter().flat_map(|package| ["-p", package]));
    cargo.stderr(Stdio::inherit());
    let output = cargo.output().await.context("starting cargo")?;
    if !output.status.success() {
        bail!("the build failed; the lines above say why");
    }
    Ok(programs_in(&String::from_utf8_lossy(&output.stdout)))
}

/// The programs named in cargo's messages.
fn programs_in(messages: &str) -> BTreeMap<String, PathBuf> {
    let messages = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let programs = messages.filter_map(|message| {
        let name = message.pointer("/target/name")?.as_str()?.to_owned();
        let path = message.get("executable")?.as_str()?;
        Some((name, PathBuf::from(path)))
    });
    programs.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_found_in_what_cargo_says() {
        let messages = concat!(
            r#"{"reason":"compiler-artifact","target":{"name":"graph"},"executable":null}"#,
            "\nnot json\n",
            r#"{"reason":"compiler-artifact","target":{"name":"stand-ins"},"executable":"/t/stand-ins"}"#,
            "\n",
            r#"{"reason":"build-finished","success":true}"#,
        );
        let programs = programs_in(messages);
        assert_eq!(programs.len(), 1);
        assert_eq!(programs["stand-ins"], PathBuf::from("/t/stand-ins"));
    }
}
