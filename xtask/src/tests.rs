//! The command line, and that the documents name only commands that exist.

use std::path::{Path, PathBuf};

use clap::CommandFactory as _;

use super::*;

#[test]
fn the_command_line_is_well_formed() {
    CommandLine::command().debug_assert();
}

#[test]
fn the_commands_that_tests_elsewhere_rely_on_are_understood() {
    for line in [
        "up --once --flavour ecs --port 9200",
        "test --only clippy",
        "token --user ann --connector sharepoint",
        "call sharepoint sharepoint_search query=budget --json --user bob --port 9200",
        "revoke --oid a --tenant b --connector sharepoint --port 9200",
        "env sharepoint",
        "event sharepoint search",
        "package --arm64",
        "bench --quick --no-peer --only call",
    ] {
        let words = std::iter::once("xtask").chain(line.split(' '));
        assert!(CommandLine::try_parse_from(words).is_ok(), "{line}");
    }
}

#[test]
fn every_command_that_the_documents_name_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut pages = vec![root.join("README.md"), root.join("CONTRIBUTING.md")];
    pages_below(&root.join("docs"), &mut pages);
    pages_below(&root.join("functions"), &mut pages);
    let mut problems = Vec::new();
    for page in pages {
        let text = std::fs::read_to_string(&page).unwrap_or_default();
        problems.extend(
            unknown_commands(&text).into_iter().map(|p| format!("{}: {p}", page.display())),
        );
    }
    assert!(problems.is_empty(), "\n  {}\n", problems.join("\n  "));
}

#[test]
fn a_command_or_an_option_that_does_not_exist_is_found() {
    assert_eq!(
        unknown_commands("`cargo xtask up --once` and `cargo xtask call a b c=d`."),
        [""; 0]
    );
    assert_eq!(unknown_commands("run cargo xtask down"), ["`cargo xtask down` does not exist"]);
    let text = "```sh\ncargo xtask up --twice # --once\n```";
    assert_eq!(unknown_commands(text), ["`cargo xtask up` knows no --twice"]);
}

fn pages_below(folder: &Path, pages: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            pages_below(&path, pages);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            pages.push(path);
        }
    }
}

/// What a text calls `cargo xtask …` and is none of its commands or options.
fn unknown_commands(text: &str) -> Vec<String> {
    let command_line = CommandLine::command();
    let mut problems = Vec::new();
    for rest in text.split("cargo xtask ").skip(1) {
        // A command ends with its line, its code span, or what a shell puts after it.
        let ends = ['\n', '`', '#', ')', '|', ';', '"'];
        let mut words = rest.split(ends).next().unwrap_or_default().split_whitespace();
        let name = words.next().unwrap_or_default().trim_end_matches(['.', ',', ':']);
        if name.is_empty() || name.starts_with(['…', '<', '-', '*']) {
            continue;
        }
        let Some(command) = command_line.find_subcommand(name) else {
            problems.push(format!("`cargo xtask {name}` does not exist"));
            continue;
        };
        for option in words.filter_map(|word| word.trim_start_matches('[').strip_prefix("--")) {
            let option = option.split(['=', ']', '.', ',']).next().unwrap_or_default();
            let known = command.get_arguments().any(|known| known.get_long() == Some(option));
            if !known && option != "help" {
                problems.push(format!("`cargo xtask {name}` knows no --{option}"));
            }
        }
    }
    problems
}
