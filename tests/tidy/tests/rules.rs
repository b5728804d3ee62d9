//! Holds this repository to its rules; each failure says what to do.

#![expect(clippy::expect_used, reason = "a repository that cannot be read fails the test")]

use tidy::{Repository, code, connectors, crates, documents, events, hygiene, settings};

#[track_caller]
fn holds(rule: fn(&Repository) -> Vec<String>) {
    let repository = Repository::open().expect("the tracked files");
    let problems = rule(&repository);
    assert!(problems.is_empty(), "\n  {}\n", problems.join("\n  "));
}

#[test]
fn files_are_short() {
    holds(code::files_are_short);
}

#[test]
fn modules_say_what_they_are_for() {
    holds(code::modules_say_what_they_are_for);
}

#[test]
fn lints_are_expected_not_allowed() {
    holds(code::lints_are_expected_not_allowed);
}

#[test]
fn modules_have_names() {
    holds(code::modules_have_names);
}

#[test]
fn versions_come_from_the_workspace() {
    holds(crates::versions_come_from_the_workspace);
}

#[test]
fn rmcp_is_pinned_exactly() {
    holds(crates::rmcp_is_pinned_exactly);
}

#[test]
fn arrows_point_one_way() {
    holds(crates::arrows_point_one_way);
}

#[test]
fn readmes_are_the_crate_docs() {
    holds(crates::readmes_are_the_crate_docs);
}

#[test]
fn the_list_of_connectors_is_sound() {
    holds(connectors::the_list_is_sound);
}

#[test]
fn connectors_are_complete() {
    holds(connectors::connectors_are_complete);
}

#[test]
fn functions_are_listed() {
    holds(connectors::functions_are_listed);
}

#[test]
fn events_are_as_the_balancer_sends_them() {
    holds(events::events_are_as_the_balancer_sends_them);
}

#[test]
fn links_lead_somewhere() {
    holds(documents::links_lead_somewhere);
}

#[test]
fn decisions_are_listed() {
    holds(documents::decisions_are_listed);
}

#[test]
fn runbooks_are_listed() {
    holds(documents::runbooks_are_listed);
}

#[test]
fn named_pages_exist() {
    holds(documents::named_pages_exist);
}

#[test]
fn drawings_show_something() {
    holds(documents::drawings_show_something);
}

#[test]
fn nothing_of_a_machine_is_tracked() {
    holds(hygiene::nothing_of_a_machine_is_tracked);
}

#[test]
fn no_company_host_is_in_code() {
    holds(hygiene::no_company_host_is_in_code);
}

#[test]
fn product_code_stays_inside() {
    holds(hygiene::product_code_stays_inside);
}

#[test]
fn locked_crates_come_from_crates_io() {
    holds(hygiene::locked_crates_come_from_crates_io);
}

#[test]
fn variables_are_documented() {
    let repository = Repository::open().expect("the tracked files");
    let problems = settings::variables_are_documented(&repository).expect("the rule");
    assert!(problems.is_empty(), "\n  {}\n", problems.join("\n  "));
}
