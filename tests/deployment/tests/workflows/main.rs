//! The workflows of `.github/`: linted by others' tools, held to our own rules, and their scripts
//! tried with programs that only write down how they were called.

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a file of this repository that cannot be read fails the test; what is skipped is said"
)]

mod delivery;
mod linters;
mod rules;
mod scripts;

use deployment::tools::repository;
use deployment::workflows::{self, File};

fn files() -> Vec<File> {
    workflows::read(&repository()).unwrap()
}

fn file(path: &str) -> File {
    files().into_iter().find(|file| file.path == path).unwrap()
}

/// The file with one text replaced by another.
fn doctored(file: &File, right: &str, wrong: &str) -> File {
    assert!(file.text.contains(right), "{} does not hold `{right}`", file.path);
    File::of(&file.path, &file.text.replacen(right, wrong, 1)).unwrap()
}

/// Asserts that a rule finds nothing, and says what it found.
#[track_caller]
fn none(problems: &[String]) {
    assert!(problems.is_empty(), "\n  {}\n", problems.join("\n  "));
}

/// Asserts that a rule finds something that says this.
#[track_caller]
fn found(problems: &[String], what: &str) {
    assert!(problems.iter().any(|problem| problem.contains(what)), "{what}: {problems:?}");
}
