//! Who may do what.

use serde_json::{Value, json};

use super::look::Thing;
use super::{Checks, Deployment, Look};
use crate::plan::Plan;
use crate::policies::{Statement, findings, statements};

pub(super) const CHECKS: Checks = &[
    ("policies say what the written lists say, and reach nothing of others", policies),
    ("every role has a permissions boundary", boundaries),
    ("roles are taken by one service, or by this repository's runs", trust),
    ("nobody outside this account is let in", outside),
];

/// Services that roles are for, with the condition each can send.
const SERVICES: [(&str, &str); 5] = [
    // These two send none when they take a role: AWS has no condition that would not lock them out.
    ("lambda.amazonaws.com", ""),
    ("codedeploy.amazonaws.com", ""),
    ("ecs-tasks.amazonaws.com", "aws:SourceAccount"),
    ("vpc-flow-logs.amazonaws.com", "aws:SourceAccount"),
    ("firehose.amazonaws.com", "sts:ExternalId"),
];
const GITHUB: &str = "token.actions.githubusercontent.com";

fn policies(look: &mut Look<'_>) {
    let deployment = look.deployment;
    look.every("aws_iam_role_policy");
    look.note("infra/statements.json");
    look.note("infra/wildcards.json");
    match findings(&as_planned(deployment), &deployment.lists) {
        Ok(found) => {
            for finding in found {
                look.holds("policies", false, &finding.to_string());
            }
        }
        Err(problem) => look.holds("policies", false, &problem.to_string()),
    }
}

/// As the lists know it: a plan does not know which bucket a policy is for, so there it has the name of
/// its own resource.
fn as_planned(deployment: &Deployment) -> Plan {
    let mut plan = deployment.resources.clone();
    let policies = plan.resources("aws_s3_bucket_policy").map(|policy| policy.address.clone());
    for address in policies.collect::<Vec<_>>() {
        plan.change(&address, |values| {
            if let Some(values) = values.as_object_mut() {
                values.remove("bucket");
            }
        });
    }
    plan
}

fn boundaries(look: &mut Look<'_>) {
    let policies: Vec<_> =
        look.every("aws_iam_policy").iter().map(|one| one.text("/arn")).collect();
    for role in look.every("aws_iam_role") {
        let boundary = role.text("/permissions_boundary");
        let known = boundary.ends_with("-boundary") && policies.contains(&boundary);
        look.holds(&role.place, known, "it has no boundary of ours");
    }
}

fn trust(look: &mut Look<'_>) {
    let deployment = look.deployment;
    let account = deployment.resources.account.clone();
    let (all, _) = statements(&deployment.resources);
    for role in look.every("aws_iam_role") {
        let own: Vec<_> = all.iter().filter(|one| one.address == role.place).collect();
        look.holds(&role.place, own.len() == 1, "who may take it is not one statement");
        for statement in own {
            // Production is behind the gate of its environment, but for who only looks.
            let gated = deployment.environment() == "prod" && !only_reads(deployment, &all, &role);
            let fault = trusted(statement, &account, gated);
            look.holds(&role.place, fault.is_empty(), &fault);
        }
    }
}

/// Whether a role can change nothing: every action that it is allowed looks or lists.
fn only_reads(deployment: &Deployment, all: &[Statement], role: &Thing<'_>) -> bool {
    const VERBS: [&str; 3] = ["Describe", "Get", "List"];
    let name = role.text("/name");
    let mut attached = deployment.resources.resources("aws_iam_role_policy_attachment");
    let own =
        all.iter().filter(|one| one.allows && one.holder == name && one.address != role.place);
    let actions: Vec<_> = own.flat_map(|one| &one.actions).collect();
    let reads = |action: &&String| {
        let verb = action.split_once(':').map(|(_, verb)| verb).unwrap_or_default();
        VERBS.iter().any(|start| verb.starts_with(start))
    };
    !actions.is_empty()
        && actions.iter().all(reads)
        && attached.all(|one| one.text("role") != Some(name))
}

/// What is wrong with a statement of trust; empty when nothing is.
fn trusted(statement: &Statement, account: &str, gated: bool) -> String {
    let [principal] = statement.principals.as_slice() else {
        return format!("it trusts {:?}", statement.principals);
    };
    let equal = statement.conditions.get("StringEquals").unwrap_or(&Value::Null);
    if let Some(service) = principal.strip_prefix("Service: ") {
        let known = SERVICES.iter().find(|(name, _)| *name == service);
        return match known {
            Some((_, "")) => String::new(),
            Some((_, condition)) if texts(&equal[*condition]) == [account] => String::new(),
            Some((_, condition)) => format!("{service} takes it for any account: no {condition}"),
            None => format!("it trusts {service}"),
        };
    }
    if *principal != format!("Federated: arn:aws:iam::{account}:oidc-provider/{GITHUB}") {
        return format!("it trusts {principal}");
    }
    let audience = texts(&equal[format!("{GITHUB}:aud")]);
    let subjects = texts(&equal[format!("{GITHUB}:sub")]);
    let allowed = if gated { "environment:Production" } else { "ref:refs/heads/main" };
    let exact = |subject: &&str| {
        let parts: Vec<_> = subject.splitn(3, ':').collect();
        matches!(parts.as_slice(), ["repo", repository, rest]
            if repository.split('/').count() == 2 && !subject.contains(['*', '?']) && allowed == *rest)
    };
    let others: Vec<_> = subjects.iter().filter(|subject| !exact(subject)).collect();
    if audience != ["sts.amazonaws.com"] {
        return "it takes tokens for anybody".to_owned();
    }
    if subjects.is_empty() || !others.is_empty() {
        return format!("runs that may take it: {subjects:?}");
    }
    String::new()
}

fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::Array(list) => list.iter().filter_map(Value::as_str).collect(),
        one => one.as_str().into_iter().collect(),
    }
}

fn outside(look: &mut Look<'_>) {
    let deployment = look.deployment;
    let root = format!("AWS: arn:aws:iam::{}:root", deployment.resources.account);
    let (all, unread) = statements(&deployment.resources);
    for finding in unread {
        look.holds("policies", false, &finding.to_string());
    }
    for statement in all.iter().filter(|one| one.allows && !one.principals.is_empty()) {
        look.note(statement.address.clone());
        for principal in &statement.principals {
            let service = principal.starts_with("Service: ") && !principal.contains('*');
            let ours = *principal == root
                || principal.starts_with(&format!(
                    "Federated: arn:aws:iam::{}:",
                    deployment.resources.account
                ));
            let fault = format!("{} lets {principal} in", statement.sid);
            look.holds(&statement.address, service || ours, &fault);
            // A service acts for whoever asks it, so the statement says for whom.
            let trust = statement.actions.iter().any(|action| action.starts_with("sts:"));
            let bound = statement.conditions != json!(null);
            let fault = format!("{} lets {principal} in for any account", statement.sid);
            look.holds(&statement.address, trust || !service || bound, &fault);
        }
    }
}
