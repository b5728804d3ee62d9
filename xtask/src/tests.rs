//! The command line, and that the documents name only commands that exist.

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
        "env sharepoint",
        "event sharepoint search",
        "package --arm64",
    ] {
        let words = std::iter::once("xtask").chain(line.split(' '));
        assert!(CommandLine::try_parse_from(words).is_ok(), "{line}");
    }
}
