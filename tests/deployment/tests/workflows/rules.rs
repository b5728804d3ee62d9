//! Our own rules for every workflow, and that each of them can fail.

use deployment::workflows::delivery::TEMPLATE;
use deployment::workflows::rules::{self, all};

use super::{doctored, file, files, found, none};

const CHECKOUT: &str = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1";

#[test]
fn every_workflow_and_action_keeps_to_the_rules() {
    let files = files();
    assert!(files.len() > 6, "the workflows were not found");
    let problems: Vec<_> = files.iter().flat_map(all).collect();
    none(&problems);
}

#[test]
fn an_action_that_is_not_pinned_by_commit_and_version_is_found() {
    let ci = file(".github/workflows/ci.yml");
    for wrong in [
        "actions/checkout@v7",
        "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1",
        "actions/checkout@3d3c42e # v7.0.1",
        "./.github/actions/infra",
        "docker://alpine:3",
    ] {
        found(&rules::actions_are_pinned(&doctored(&ci, CHECKOUT, wrong)), "pin");
    }
    let hidden = doctored(&ci, "- run: .ci/run", "- { name: x, uses: actions/cache@v5 }");
    found(&rules::actions_are_pinned(&hidden), "on a line of its own");
}

#[test]
fn a_permission_that_no_job_asked_for_is_found() {
    let ci = file(".github/workflows/ci.yml");
    let wide = doctored(&ci, "permissions: {}", "permissions: write-all");
    found(&rules::permissions_are_given_by_job(&wide), "begin with");
    let silent = doctored(&ci, "    permissions:\n      contents: read\n", "");
    found(&rules::permissions_are_given_by_job(&silent), "check: say which");
}

#[test]
fn a_job_without_an_end_is_found() {
    let ci = file(".github/workflows/ci.yml");
    let minutes = "timeout-minutes: 90";
    found(&rules::jobs_end(&doctored(&ci, minutes, "timeout-minutes: 360")), "check");
    found(&rules::jobs_end(&doctored(&ci, &format!("    {minutes}\n"), "")), "check");
}

#[test]
fn a_checkout_that_keeps_its_token_is_found() {
    let ci = file(".github/workflows/ci.yml");
    let kept = doctored(&ci, "persist-credentials: false", "persist-credentials: true");
    found(&rules::checkouts_leave_no_token(&kept), "persist-credentials");
    let silent = doctored(&ci, "        with:\n          persist-credentials: false\n", "");
    found(&rules::checkouts_leave_no_token(&silent), "persist-credentials");
}

#[test]
fn an_expression_inside_a_script_is_found_in_workflows_and_actions() {
    let ci = file(".github/workflows/ci.yml");
    let injected = doctored(&ci, "run: .ci/run", "run: echo ${{ github.head_ref }}");
    found(&rules::scripts_hold_no_expressions(&injected), "through `env`");
    let action = file(".github/actions/infra/action.yml");
    let script = "run: .github/scripts/apply.sh";
    let injected = doctored(&action, script, "run: echo ${{ inputs.environment }}");
    found(&rules::scripts_hold_no_expressions(&injected), "through `env`");
}

#[test]
fn a_pipe_that_hides_a_failure_is_found() {
    let posture = file(".github/workflows/posture.yml");
    let hidden = doctored(&posture, "        shell: bash\n", "");
    found(&rules::pipes_fail(&hidden), "add `shell: bash`");
}

#[test]
fn a_key_that_lasts_and_a_role_of_any_account_are_found() {
    let action = file(".github/actions/infra/action.yml");
    let role = "role-to-assume:";
    let key = doctored(&action, role, "aws-access-key-id: ${{ secrets.KEY }}\n        #");
    found(&rules::accounts_are_entered_by_role(&key), "access-key-id");
    let open = "        allowed-account-ids: ${{ inputs.account }}\n";
    found(&rules::accounts_are_entered_by_role(&doctored(&action, open, "")), "one account");
}

#[test]
fn a_job_that_compiles_and_reaches_an_account_is_found() {
    let template = file(TEMPLATE);
    let script = "file=$(find . -name";
    let compiles = doctored(&template, script, "cargo build; file=$(find . -name");
    found(&rules::what_compiles_reaches_no_cloud(&compiles), "attest: compile in a job without");
    let action = file(".github/actions/release/action.yml");
    let compiles = doctored(&action, "run: .github/scripts/verify.sh", "run: cargo xtask render");
    found(&rules::what_compiles_reaches_no_cloud(&compiles), "does not compile");
}
