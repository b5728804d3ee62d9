//! How Rust files are written.

use crate::Repository;

const MOST_LINES: usize = 500;
const ALLOW: [&str; 2] = [concat!("#[", "allow"), concat!("#![", "allow")];

/// A file is one idea and fits on a few screens.
pub fn files_are_short(repository: &Repository) -> Vec<String> {
    let long = repository.ending(".rs").filter_map(|(path, text)| {
        let lines = text.lines().count();
        (lines > MOST_LINES).then(|| {
            format!(
                "{path} has {lines} lines: split it by idea, or move tests to files of their own \
                 (at most {MOST_LINES})"
            )
        })
    });
    long.collect()
}

/// A module's first lines say what it is for; `main.rs` and `tests.rs` say it by their name.
pub fn modules_say_what_they_are_for(repository: &Repository) -> Vec<String> {
    let silent = repository.ending(".rs").filter(|(path, text)| {
        let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
        let says = first.starts_with("//!") || first.starts_with("#![doc");
        let named = path.ends_with("/main.rs") || path.ends_with("/tests.rs");
        !first.is_empty() && !says && !named
    });
    silent.map(|(path, _)| format!("{path}: begin it with `//!` and what it is for")).collect()
}

/// A lint is lifted by `expect`, which complains when it is no longer needed.
pub fn lints_are_expected_not_allowed(repository: &Repository) -> Vec<String> {
    let mut problems = Vec::new();
    for (path, text) in repository.ending(".rs") {
        for (line, code) in (1..).zip(text.lines()) {
            if ALLOW.iter().any(|allow| code.trim_start().starts_with(allow)) {
                problems.push(format!("{path}:{line}: write `#[expect(…, reason = \"…\")]`"));
            }
        }
    }
    problems
}

/// A module is `foo.rs` with `foo/` beside it, so that a file is found by its name.
pub fn modules_have_names(repository: &Repository) -> Vec<String> {
    let unnamed = repository.ending("/mod.rs");
    unnamed
        .map(|(path, _)| format!("{path}: move it to {}.rs", path.trim_end_matches("/mod.rs")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_501_lines_is_too_long_and_one_of_500_is_not() {
        let (fits, long) = ("//! x\n".repeat(500), "//! x\n".repeat(501));
        let repository = Repository::of(&[("a/fits.rs", &fits), ("a/long.rs", &long)]);
        let problems = files_are_short(&repository);
        assert_eq!(problems.len(), 1);
        assert!(problems[0].contains("a/long.rs has 501 lines"), "{problems:?}");
    }

    #[test]
    fn a_module_without_a_first_sentence_is_found() {
        let repository = Repository::of(&[
            ("a/said.rs", "\n//! What it is for.\n"),
            ("a/lib.rs", "#![doc = include_str!(\"../README.md\")]\n"),
            ("a/src/main.rs", "fn main() {}\n"),
            ("a/src/b/tests.rs", "use super::*;\n"),
            ("a/silent.rs", "use std::fs;\n"),
        ]);
        assert_eq!(modules_say_what_they_are_for(&repository).len(), 1);
    }

    #[test]
    fn an_allowed_lint_is_found_by_its_line() {
        let text = format!("//! x\n    {}(dead_code)]\n#[expect(dead_code)]\n", ALLOW[0]);
        let problems = lints_are_expected_not_allowed(&Repository::of(&[("a.rs", &text)]));
        assert_eq!(problems.len(), 1);
        assert!(problems[0].starts_with("a.rs:2:"), "{problems:?}");
    }

    #[test]
    fn a_nameless_module_is_told_its_name() {
        let problems = modules_have_names(&Repository::of(&[("a/src/foo/mod.rs", "")]));
        assert_eq!(problems, ["a/src/foo/mod.rs: move it to a/src/foo.rs"]);
    }
}
