//! The rules about crates, tried on made-up ones.

use super::*;

const GOOD: &str = "
[package]
name = \"x\"
version.workspace = true
edition.workspace = true
rust-version.workspace = true
license.workspace = true
publish.workspace = true
[lints]
workspace = true
";

#[test]
fn a_crate_that_inherits_everything_is_right() {
    let manifest =
        format!("{GOOD}[dependencies]\nserde.workspace = true\nrmcp = {{ workspace = true }}\n");
    let repository = Repository::of(&[("shared/x/Cargo.toml", &manifest)]);
    assert_eq!(versions_come_from_the_workspace(&repository), Vec::<String>::new());
}

#[test]
fn own_versions_and_missing_lints_are_found() {
    let own = GOOD.replace("version.workspace = true\nedition", "version = \"1.0.0\"\nedition");
    let unlinted = GOOD.replace("[lints]\nworkspace = true", "");
    for (manifest, found) in [
        (own.as_str(), "version.workspace"),
        (unlinted.as_str(), "[lints]"),
        (&format!("{GOOD}[dependencies]\nserde = \"1\"\n"), "dependencies.serde"),
        (
            &format!("{GOOD}[dev-dependencies]\nserde = {{ version = \"1\" }}\n"),
            "dev-dependencies.serde",
        ),
        (&format!("{GOOD}[target.'cfg(unix)'.dependencies]\nlibc = \"1\"\n"), "dependencies.libc"),
        ("[package", "shared/x/Cargo.toml"),
    ] {
        let problems =
            versions_come_from_the_workspace(&Repository::of(&[("shared/x/Cargo.toml", manifest)]));
        assert_eq!(problems.len(), 1, "{found}: {problems:?}");
        assert!(problems[0].contains(found), "{problems:?}");
    }
}

#[test]
fn an_open_version_of_rmcp_is_found() {
    for (version, right) in [
        ("\"=3.8.0\"", true),
        ("{ version = \"=3.8.0\" }", true),
        ("\"3.8.0\"", false),
        ("{ version = \"3\" }", false),
    ] {
        let root = format!("[workspace.dependencies]\nrmcp = {version}\n");
        let problems = rmcp_is_pinned_exactly(&Repository::of(&[("Cargo.toml", &root)]));
        assert_eq!(problems.is_empty(), right, "{version}");
    }
    assert_eq!(rmcp_is_pinned_exactly(&Repository::default()).len(), 1);
}

#[test]
fn an_arrow_that_points_back_is_found() {
    let depends =
        |section: &str, name: &str| format!("{GOOD}[{section}]\n{name}.workspace = true\n");
    for (folder, section, name, right) in [
        ("shared/graph", "dependencies", "platform", true),
        ("shared/graph", "dependencies", "rmcp", false),
        ("shared/platform", "dependencies", "graph", false),
        ("shared/platform", "dependencies", "sharepoint", false),
        ("shared/platform", "dev-dependencies", "stand-ins", true),
        ("shared/platform", "dependencies", "stand-ins", false),
        ("functions/outlook", "dependencies", "sharepoint", false),
        ("tests/stand-ins", "dependencies", "platform", false),
        ("tests/stand-ins", "dependencies", "sharepoint", false),
        ("tests/e2e", "dependencies", "platform", true),
    ] {
        let manifest = depends(section, name);
        let path = format!("{folder}/Cargo.toml");
        let repository =
            Repository::of(&[(&path, &manifest), ("functions/sharepoint/Cargo.toml", GOOD)]);
        assert_eq!(
            arrows_point_one_way(&repository).is_empty(),
            right,
            "{folder} {section} {name}"
        );
    }
}

#[test]
fn a_crate_without_a_readme_in_its_docs_is_found() {
    let good = [("shared/a/README.md", "# a"), ("shared/a/src/lib.rs", README)];
    assert!(readmes_are_the_crate_docs(&Repository::of(&good)).is_empty());
    let bad = [("functions/b/README.md", " "), ("functions/b/src/lib.rs", "//! b")];
    assert_eq!(readmes_are_the_crate_docs(&Repository::of(&bad)).len(), 2);
}
