//! How crates are declared, and which may use which.

use toml::{Table, Value};

use crate::Repository;

/// What a crate must not depend on, and why.
const FORBIDDEN: [(&str, &[&str], &str); 4] = [
    (
        "shared/platform",
        &["graph", "reading", "stand-ins"],
        "platform is what every connector needs, whatever its upstream",
    ),
    (
        "shared/graph",
        &["rmcp", "axum", "lambda_http", "reading"],
        "graph knows nothing of MCP and of serving",
    ),
    (
        "shared/reading",
        &["platform", "graph", "reqwest", "hyper", "axum"],
        "reading depends on nothing of ours and has no network",
    ),
    (
        "tests/stand-ins",
        &["platform", "graph", "reading"],
        "stand-ins know nothing of ours, or they would agree with our mistakes",
    ),
];
const INHERITED: [&str; 5] = ["version", "edition", "rust-version", "license", "publish"];
const README: &str = "#![doc = include_str!(\"../README.md\")]";

/// Every dependency of a manifest, with the section it stands in.
fn dependencies(manifest: &Table) -> Vec<(String, String, &Value)> {
    let mut found = Vec::new();
    let mut tables = vec![manifest];
    let targets = manifest.get("target").and_then(Value::as_table);
    tables.extend(targets.into_iter().flatten().filter_map(|(_, target)| target.as_table()));
    for table in tables {
        for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let section_table = table.get(section).and_then(Value::as_table);
            for (name, value) in section_table.into_iter().flatten() {
                found.push((section.to_owned(), name.clone(), value));
            }
        }
    }
    found
}

/// Every crate's folder with its manifest, or a problem where a manifest cannot be read.
fn manifests(repository: &Repository) -> Vec<(&str, Result<Table, String>)> {
    let members = repository.ending("/Cargo.toml");
    let read = members.map(|(path, text)| {
        let table = text.parse().map_err(|problem| format!("{path}: {problem}"));
        (path.trim_end_matches("/Cargo.toml"), table)
    });
    read.collect()
}

/// Versions, lints and profiles stand in the root manifest alone.
pub fn versions_come_from_the_workspace(repository: &Repository) -> Vec<String> {
    let mut problems = Vec::new();
    for (folder, manifest) in manifests(repository) {
        let manifest = match manifest {
            Ok(manifest) => manifest,
            Err(problem) => {
                problems.push(problem);
                continue;
            }
        };
        let inherits = |table: Option<&Value>| {
            table.and_then(|value| value.get("workspace")) == Some(&Value::Boolean(true))
        };
        let package = manifest.get("package");
        for field in INHERITED {
            if !inherits(package.and_then(|package| package.get(field))) {
                problems.push(format!("{folder}/Cargo.toml: write `{field}.workspace = true`"));
            }
        }
        if !inherits(manifest.get("lints")) {
            problems.push(format!("{folder}/Cargo.toml: write `[lints]` and `workspace = true`"));
        }
        for (section, name, value) in dependencies(&manifest) {
            if !inherits(Some(value)) {
                problems.push(format!(
                    "{folder}/Cargo.toml: {section}.{name}: name the version in the root manifest \
                     and write `{name}.workspace = true`"
                ));
            }
        }
    }
    problems
}

/// The protocol library is pinned, because every bump runs the conformance suite again.
pub fn rmcp_is_pinned_exactly(repository: &Repository) -> Vec<String> {
    let root: Option<Table> = repository.text("Cargo.toml").and_then(|text| text.parse().ok());
    let rmcp =
        root.as_ref().and_then(|root| root.get("workspace")?.get("dependencies")?.get("rmcp"));
    let version = rmcp.and_then(|rmcp| rmcp.get("version").unwrap_or(rmcp).as_str());
    match version {
        Some(version) if version.starts_with('=') => Vec::new(),
        Some(version) => vec![format!("Cargo.toml: pin rmcp: `version = \"={version}\"`")],
        None => vec!["Cargo.toml: workspace.dependencies names no version of rmcp".to_owned()],
    }
}

/// Arrows point one way: functions to graph to platform, and functions to reading.
pub fn arrows_point_one_way(repository: &Repository) -> Vec<String> {
    let functions = repository.folders_in("functions/");
    let mut problems = Vec::new();
    for (folder, manifest) in manifests(repository) {
        let Ok(manifest) = manifest else { continue };
        let ships = folder.starts_with("shared/") || folder.starts_with("functions/");
        for (section, name, _) in dependencies(&manifest) {
            let stated = FORBIDDEN
                .iter()
                .find(|(of, names, _)| *of == folder && names.contains(&name.as_str()));
            if let Some((_, _, why)) = stated
                && section != "dev-dependencies"
            {
                problems.push(format!("{folder} must not depend on {name}: {why}"));
            }
            if folder == "tests/stand-ins" || ships {
                if functions.contains(&name.as_str()) {
                    problems.push(format!("{folder} must not depend on the connector {name}: what two need belongs in shared/"));
                }
                if ships && name == "stand-ins" && section != "dev-dependencies" {
                    problems
                        .push(format!("{folder} ships: stand-ins belong in its dev-dependencies"));
                }
            }
        }
    }
    problems
}

/// The README of a crate that ships is its crate documentation.
pub fn readmes_are_the_crate_docs(repository: &Repository) -> Vec<String> {
    let mut problems = Vec::new();
    for home in ["shared/", "functions/"] {
        for name in repository.folders_in(home) {
            let folder = format!("{home}{name}");
            if repository
                .text(&format!("{folder}/README.md"))
                .is_none_or(|text| text.trim().is_empty())
            {
                problems.push(format!("{folder}/README.md: say what the crate is for"));
            }
            let lib = format!("{folder}/src/lib.rs");
            if !repository.text(&lib).is_some_and(|text| text.contains(README)) {
                problems.push(format!("{lib}: begin it with `{README}`"));
            }
        }
    }
    problems
}

#[cfg(test)]
mod tests;
