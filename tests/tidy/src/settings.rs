//! Every setting that code reads is told to the people who set it.

use std::collections::BTreeMap;

use anyhow::Context as _;
use regex::Regex;

use crate::Repository;

/// A setting's name, where it is handed to one of the methods that read settings.
const READS: &str =
    r#"\b(?:get|required|parsed|list|secret)(?:::<[^()]*>)?\(\s*"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*)""#;

/// What AWS sets for every function and task; nobody configures it.
const SET_BY_AWS: [&str; 5] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_RUNTIME_API",
];

/// Every variable that is read stands in the README or in docs/.
///
/// # Errors
/// When the pattern that finds reads is broken.
pub fn variables_are_documented(repository: &Repository) -> anyhow::Result<Vec<String>> {
    let reads = Regex::new(READS).context("the pattern that finds reads")?;
    let mut read: BTreeMap<&str, &str> = BTreeMap::new();
    for (path, text) in repository.product_code() {
        for found in reads.captures_iter(text) {
            if let Some(name) = found.get(1) {
                read.entry(name.as_str()).or_insert(path);
            }
        }
    }
    let told = |name: &str| {
        let quoted = format!("`{name}`");
        let mut pages = repository.ending(".md").filter(|(path, _)| is_page(path));
        pages.any(|(_, text)| text.contains(&quoted))
    };
    let untold = read.into_iter().filter(|(name, _)| !SET_BY_AWS.contains(name) && !told(name));
    let problem = |(name, path)| {
        format!("{path} reads {name}: tell what `{name}` means in the README's or docs/'s table")
    };
    Ok(untold.map(problem).collect())
}

fn is_page(path: &str) -> bool {
    path == "README.md" || path.starts_with("docs/") || path.ends_with("/README.md")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_that_is_read_and_not_told_is_found_however_it_is_read() {
        let code = r#"//! x
            let a = vars.get("LOG_LEVEL");
            let b = vars.required("MCP_BASE_URL")?;
            let c = vars.parsed::<u32>(
                "MCP_SERVER_RATE_LIMIT_RPM", 60, "a number")?;
            let d = vars.list("GRAPH_SCOPES");
            let e = vars.secret("TOLD");
            let f = headers.get("x-small");
            let g = vars.get("AWS_SESSION_TOKEN");
        "#;
        let repository = Repository::of(&[
            ("shared/platform/src/config.rs", code),
            ("tests/e2e/src/lib.rs", "vars.get(\"ONLY_IN_TESTS\")"),
            ("docs/settings.md", "| `TOLD` | … | MCP_BASE_URL without quotes |"),
            ("CHANGELOG.md", "`LOG_LEVEL`"),
        ]);
        let problems = variables_are_documented(&repository).unwrap();
        let expected = ["GRAPH_SCOPES", "LOG_LEVEL", "MCP_BASE_URL", "MCP_SERVER_RATE_LIMIT_RPM"];
        assert_eq!(problems.len(), expected.len(), "{problems:?}");
        for (problem, name) in problems.iter().zip(expected) {
            assert!(problem.contains(name), "{problem}");
        }
    }
}
