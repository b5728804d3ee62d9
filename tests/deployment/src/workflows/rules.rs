//! What every workflow keeps to, so that nobody else's code runs unseen and no token does more than
//! its job needs.

use regex::Regex;
use serde_json::Value;

use super::{File, Job, given, text};

/// Longest that a job may run, in minutes.
const LONGEST: u64 = 90;
/// What a job that compiles has in one of its scripts.
const COMPILES: [&str; 4] = ["cargo ", ".ci/run", "package.sh", "docker "];

/// Other people's actions are named by commit, with the version beside it; ours by `$/`, which is
/// the commit that is running.
pub fn actions_are_pinned(file: &File) -> Vec<String> {
    let Ok(pinned) = Regex::new(r"^[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$") else {
        return vec!["the pattern of a pinned action is broken".to_owned()];
    };
    let mut problems = Vec::new();
    let mut written = 0;
    for (number, line) in (1..).zip(file.text.lines()) {
        let line = line.trim().trim_start_matches("- ");
        let Some(used) = line.strip_prefix("uses:").map(str::trim) else {
            continue;
        };
        written += 1;
        if !used.starts_with("$/") && !pinned.is_match(used) {
            let path = &file.path;
            problems.push(format!("{path}:{number}: pin `{used}` by commit: `@<commit> # v1.2.3`"));
        }
    }
    let jobs = file.jobs().filter(|job| job.content.get("uses").is_some()).count();
    let steps = file.steps().filter(|step| step.get("uses").is_some()).count();
    if jobs + steps != written {
        problems.push(format!("{}: write every `uses:` on a line of its own", file.path));
    }
    problems
}

/// Nobody has a permission that a job did not ask for.
pub fn permissions_are_given_by_job(file: &File) -> Vec<String> {
    if !file.is_workflow() {
        return Vec::new();
    }
    let mut problems = Vec::new();
    let none = file.content.get("permissions").and_then(Value::as_object);
    if !none.is_some_and(serde_json::Map::is_empty) {
        problems.push(format!("{}: begin with `permissions: {{}}`", file.path));
    }
    for job in file.jobs().filter(|job| job.permissions().is_none()) {
        problems.push(format!("{}: {}: say which permissions it needs", file.path, job.name));
    }
    problems
}

/// No job hangs for hours.
pub fn jobs_end(file: &File) -> Vec<String> {
    let endless = |job: &Job<'_>| {
        let minutes = job.content.get("timeout-minutes").and_then(Value::as_u64);
        job.content.get("uses").is_none() && minutes.is_none_or(|minutes| minutes > LONGEST)
    };
    let jobs = file.jobs().filter(endless);
    jobs.map(|job| format!("{}: {}: timeout-minutes is at most {LONGEST}", file.path, job.name))
        .collect()
}

/// A checkout leaves no token behind for the steps after it.
pub fn checkouts_leave_no_token(file: &File) -> Vec<String> {
    let checkouts = file.steps().filter(|step| text(step, "uses").starts_with("actions/checkout@"));
    let kept = checkouts.filter(|step| {
        step.pointer("/with/persist-credentials").and_then(Value::as_bool) != Some(false)
    });
    kept.map(|_| format!("{}: checkout with `persist-credentials: false`", file.path)).collect()
}

/// Scripts read the environment; an expression inside a script would be run as part of it.
pub fn scripts_hold_no_expressions(file: &File) -> Vec<String> {
    let scripts = file.steps().filter(|step| text(step, "run").contains("${{"));
    scripts
        .map(|step| {
            let path = &file.path;
            format!("{path}: `{}`: pass the value through `env`", text(step, "run").trim())
        })
        .collect()
}

/// A script with a pipe names its shell: only then GitHub fails it when the first half fails.
pub fn pipes_fail(file: &File) -> Vec<String> {
    let piped = |step: &&Value| text(step, "run").contains(" | ") && text(step, "shell") != "bash";
    file.steps()
        .filter(piped)
        .map(|step| format!("{}: `{}`: add `shell: bash`", file.path, text(step, "run").trim()))
        .collect()
}

/// Accounts are entered by a role and GitHub's own short-lived token, never by a key.
pub fn accounts_are_entered_by_role(file: &File) -> Vec<String> {
    let mut problems = Vec::new();
    let lower = file.text.to_lowercase();
    for key in ["access-key-id", "access_key_id", "secret-access-key", "secret_access_key"] {
        if lower.contains(key) {
            problems.push(format!("{}: `{key}`: assume a role instead", file.path));
        }
    }
    let entering =
        |step: &&Value| text(step, "uses").starts_with("aws-actions/configure-aws-credentials@");
    for step in file.steps().filter(entering) {
        let role = given(step, "role-to-assume");
        if !role.starts_with("arn:aws:iam::${{ ") || given(step, "allowed-account-ids").is_empty() {
            let path = &file.path;
            problems.push(format!("{path}: name the role and the one account that is allowed"));
        }
    }
    problems
}

/// What compiles runs the code of hundreds of crates; it gets no token that opens an account or
/// signs a provenance.
pub fn what_compiles_reaches_no_cloud(file: &File) -> Vec<String> {
    let compiles = |step: &Value| {
        let run = text(step, "run");
        COMPILES.iter().any(|word| run.contains(word))
    };
    let able = |job: &Job<'_>| {
        job.steps().any(compiles) && (job.may_write("id-token") || job.may_write("attestations"))
    };
    let mut problems: Vec<_> = file
        .jobs()
        .filter(able)
        .map(|job| format!("{}: {}: compile in a job without id-token", file.path, job.name))
        .collect();
    if !file.is_workflow() && file.steps().any(compiles) {
        problems.push(format!("{}: an action that enters accounts does not compile", file.path));
    }
    problems
}

/// Every rule of this module.
pub fn all(file: &File) -> Vec<String> {
    let rules = [
        actions_are_pinned,
        permissions_are_given_by_job,
        jobs_end,
        checkouts_leave_no_token,
        scripts_hold_no_expressions,
        pipes_fail,
        accounts_are_entered_by_role,
        what_compiles_reaches_no_cloud,
    ];
    rules.iter().flat_map(|rule| rule(file)).collect()
}
