//! The order of a delivery: built once, tried on dev, approved, and the same bytes in production.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{File, Job, given, text};

/// The workflow that every connector's caller uses.
pub const TEMPLATE: &str = ".github/workflows/tmpl-deploy-mcp.yml";
/// What a release of any connector is made of, beside the connector's own folder.
const SHARED: [&str; 10] = [
    "shared/**",
    "Cargo.toml",
    "Cargo.lock",
    "rust-toolchain.toml",
    "template.yaml",
    "infra/connectors.json",
    "infra/Dockerfile",
    "infra/envs/*/release.json",
    TEMPLATE,
    ".github/scripts/**",
];
const RELEASE: &str = "$/.github/actions/release";
const INFRA: &str = "$/.github/actions/infra";
const DIGEST: &str = "${{ needs.build.outputs.digest }}";
/// Jobs of the template, each with a job that must have gone before it.
const ORDER: [(&str, &str); 10] = [
    ("test", "lint"),
    ("build", "lint"),
    ("attest", "build"),
    ("dev", "test"),
    ("dev", "attest"),
    ("smoke-dev", "dev"),
    ("settle-dev", "smoke-dev"),
    ("production", "smoke-dev"),
    ("smoke-production", "production"),
    ("settle-production", "smoke-production"),
];
/// Steps of the action that releases, in their order.
const STEPS: [&str; 4] = ["verify.sh", INFRA, "configure-aws-credentials@", "deploy-"];

/// Every connector has a caller, and it starts whenever something of that connector changed.
pub fn connectors_have_callers(files: &[File], connectors: &[&str]) -> Vec<String> {
    let mut problems = Vec::new();
    for connector in connectors {
        let calls = |file: &&File| {
            let uses = |job: Job<'_>| {
                text(job.content, "uses") == format!("$/{TEMPLATE}")
                    && given(job.content, "connector") == *connector
            };
            file.jobs().any(uses)
        };
        let Some(caller) = files.iter().find(calls) else {
            problems.push(format!("{connector}: no workflow calls {TEMPLATE} for it"));
            continue;
        };
        let push = caller.content.pointer("/on/push").unwrap_or(&Value::Null);
        if push.get("branches") != Some(&serde_json::json!(["main"])) {
            problems.push(format!("{}: start on pushes to main, and on no other", caller.path));
        }
        let paths = push.get("paths").and_then(Value::as_array).map(Vec::as_slice);
        let paths: BTreeSet<_> =
            paths.unwrap_or_default().iter().filter_map(Value::as_str).collect();
        let own = [format!("functions/{connector}/**"), caller.path.clone()];
        for path in SHARED.into_iter().chain(own.iter().map(String::as_str)) {
            if !paths.contains(path) {
                problems.push(format!("{}: a change of {path} must start it", caller.path));
            }
        }
    }
    problems
}

/// The jobs of the template stand in their order, and a job that failed stops what follows.
pub fn jobs_are_in_order(template: &File) -> Vec<String> {
    let mut problems = Vec::new();
    for (later, earlier) in ORDER {
        if !before(template, later).contains(earlier) {
            problems.push(format!("{}: {later} must need {earlier}", template.path));
        }
    }
    for job in template.jobs() {
        let condition = text(job.content, "if");
        if condition.contains("always()") {
            problems.push(format!("{}: {}: runs whatever failed", template.path, job.name));
        }
        if condition.contains("!failure()") && !condition.contains(".result == 'success'") {
            let path = &template.path;
            problems.push(format!("{path}: {}: name the job that must have succeeded", job.name));
        }
    }
    problems
}

/// One job builds, and every release takes the digest that this job gave.
pub fn one_build_is_released(template: &File) -> Vec<String> {
    let mut problems = Vec::new();
    let runs =
        |job: &Job<'_>, script: &str| job.steps().any(|step| text(step, "run").contains(script));
    let builders: Vec<_> = template.jobs().filter(|job| runs(job, "package.sh")).collect();
    if builders.iter().map(|job| job.name).ne(["build"]) {
        problems.push(format!("{}: build in the job `build`, and nowhere else", template.path));
    }
    let releases: Vec<_> =
        template.jobs().flat_map(Job::steps).filter(|step| text(step, "uses") == RELEASE).collect();
    let environments: Vec<_> = releases.iter().map(|step| given(step, "environment")).collect();
    if environments != ["dev", "prod"] {
        problems.push(format!("{}: release to dev, then to prod", template.path));
    }
    if releases.iter().any(|step| given(step, "digest") != DIGEST) {
        problems.push(format!("{}: release the digest of the job `build`", template.path));
    }
    problems
}

/// Whatever changes production runs in the environment that somebody has to approve.
pub fn production_is_behind_the_gate(file: &File) -> Vec<String> {
    let mut problems = Vec::new();
    for job in file.jobs() {
        let gated = text(job.content, "environment") == "Production";
        for step in job.steps() {
            let uses = text(step, "uses");
            let changes = [RELEASE, INFRA].contains(&uses);
            if changes && given(step, "environment") != "dev" && !gated {
                let path = &file.path;
                problems.push(format!("{path}: {}: add `environment: Production`", job.name));
            }
            if changes && given(step, "environment") == "dev" && gated {
                problems.push(format!("{}: {}: dev has no gate", file.path, job.name));
            }
            // Outside those actions an account may only be read.
            let enters = uses.starts_with("aws-actions/configure-aws-credentials@");
            if enters && !given(step, "role-to-assume").ends_with("-drift") {
                let path = &file.path;
                problems.push(format!("{path}: {}: change accounts by the actions", job.name));
            }
        }
    }
    problems
}

/// A release verifies before it touches an account, and applies infra/main before it deploys.
pub fn a_release_verifies_first(action: &File) -> Vec<String> {
    let place = |word: &str| {
        let mut steps = action.steps();
        steps.position(|step| text(step, "run").contains(word) || text(step, "uses").contains(word))
    };
    let places: Vec<_> = STEPS.iter().map(|word| place(word)).collect();
    if places.iter().all(Option::is_some) && places.is_sorted() {
        return Vec::new();
    }
    vec![format!("{}: the order is {}", action.path, STEPS.join(", "))]
}

/// Every job that has gone when this one starts.
fn before<'a>(file: &'a File, name: &str) -> BTreeSet<&'a str> {
    let mut found = BTreeSet::new();
    let mut open: Vec<_> = file.job(name).map(Job::needs).unwrap_or_default();
    while let Some(next) = open.pop() {
        if found.insert(next) {
            open.extend(file.job(next).map(Job::needs).unwrap_or_default());
        }
    }
    found
}
