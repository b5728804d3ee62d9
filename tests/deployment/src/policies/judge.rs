//! The verdicts.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use serde_json::Value;
use wildmatch::WildMatch;

use super::{Finding, Lists, Neutral, Statement, Thing, statements, things};
use crate::plan::Plan;

/// Lengths that AWS allows, without white space.
const LONGEST_TRUST: usize = 2048;
const LONGEST_INLINE: usize = 10_240;
const LONGEST_MANAGED: usize = 6144;
/// Statements that only a variant of the plan has.
const OPTIONAL: [&str; 2] = ["AttachToVpc", "ProgramMakesNoInterfaces"];

/// Judges every policy of a plan.
///
/// # Errors
/// When a name of the plan cannot be looked for.
pub fn findings(plan: &Plan, lists: &Lists) -> Result<Vec<Finding>> {
    let neutral = Neutral::of(plan)?;
    let (statements, mut findings) = statements(plan);
    let things = things(plan);
    for statement in &statements {
        findings.extend(unplanned(statement, &neutral, lists));
        findings.extend(wildcards(statement, &neutral, lists));
        findings.extend(reaches(statement, &neutral, &things));
        findings.extend(key(statement, &neutral));
        if statement.is_inverted() {
            let what = format!("{}/{}", statement.holder, statement.sid);
            findings.push(Finding::Indirect { what });
        }
    }
    findings.extend(unbounded(plan));
    findings.extend(somebody_elses(plan));
    findings.extend(too_long(plan));
    findings.extend(idle(&statements, &neutral, lists));
    findings.sort();
    findings.dedup();
    Ok(findings)
}

fn unplanned(statement: &Statement, neutral: &Neutral, lists: &Lists) -> Option<Finding> {
    let holder = neutral.text(&statement.holder, &statement.holder);
    let line = neutral.statement(statement);
    let planned = lists.statements.get(&holder).is_some_and(|planned| planned.contains(&line));
    let holder = statement.holder.clone();
    (!planned).then_some(Finding::Unplanned { holder, statement: line })
}

fn is_wildcard(text: &str) -> bool {
    text.contains(['*', '?'])
}

fn name(statement: &Statement, neutral: &Neutral) -> String {
    format!("{}/{}", neutral.text(&statement.holder, &statement.holder), statement.sid)
}

fn wildcards(statement: &Statement, neutral: &Neutral, lists: &Lists) -> Vec<Finding> {
    if lists.wildcards.contains_key(&name(statement, neutral)) {
        return Vec::new();
    }
    let texts = statement.actions.iter().chain(&statement.resources);
    let wildcards = texts.filter(|text| is_wildcard(text));
    let finding = |wildcard: &String| Finding::Wildcard {
        holder: statement.holder.clone(),
        sid: statement.sid.clone(),
        wildcard: wildcard.clone(),
    };
    wildcards.map(finding).collect()
}

/// What a connector's role may touch of other connectors. The resource `*` alone is for actions that
/// know no resource; the list of wildcards holds a reason for each.
fn reaches(statement: &Statement, neutral: &Neutral, things: &[Thing]) -> Vec<Finding> {
    let Some((owner, _)) = neutral.owner(&statement.holder) else { return Vec::new() };
    if !statement.allows {
        return Vec::new();
    }
    let patterns = statement.resources.iter().filter(|resource| *resource != "*");
    let patterns: Vec<_> = patterns.map(|resource| WildMatch::new(resource)).collect();
    let others = things.iter().filter(|thing| thing.connector != *owner);
    let reached = others.filter(|thing| patterns.iter().any(|pattern| pattern.matches(&thing.arn)));
    let finding = |thing: &Thing| Finding::Reaches {
        holder: statement.holder.clone(),
        sid: statement.sid.clone(),
        thing: format!("{} of {}", thing.what, thing.connector),
    };
    reached.map(finding).collect()
}

/// One key encrypts everything, so a connector's role must say what it decrypts.
fn key(statement: &Statement, neutral: &Neutral) -> Option<Finding> {
    let (owner, _) = neutral.owner(&statement.holder)?;
    let decrypts = |action: &String| WildMatch::new(action).matches("kms:Decrypt");
    if !statement.allows || !statement.actions.iter().any(decrypts) {
        return None;
    }
    let equal = statement.conditions.get("StringEquals").and_then(Value::as_object);
    let mut contexts = equal.into_iter().flatten();
    let bound = contexts.any(|(name, values)| {
        let own = |value: &str| {
            value.contains(&format!("/{owner}/")) || value.contains(&format!("mcp-{owner}-"))
        };
        let values: Vec<_> = match values {
            Value::Array(list) => list.iter().filter_map(Value::as_str).collect(),
            one => one.as_str().into_iter().collect(),
        };
        name.starts_with("kms:EncryptionContext:")
            && !values.is_empty()
            && values.iter().all(|value| own(value))
    });
    let via = equal.is_some_and(|equal| equal.contains_key("kms:ViaService"));
    let (holder, sid) = (statement.holder.clone(), statement.sid.clone());
    (!(bound && via)).then_some(Finding::UnboundKey { holder, sid })
}

fn unbounded(plan: &Plan) -> Vec<Finding> {
    let roles = plan.resources("aws_iam_role");
    // The account's own plan knows that there is one, but not yet its ARN.
    let without = roles.filter(|role| {
        role.values
            .get("permissions_boundary")
            .is_some_and(|boundary| boundary.as_str().is_none_or(|arn| !arn.ends_with("-boundary")))
    });
    without
        .map(|role| Finding::Unbounded {
            holder: role.text("name").unwrap_or(&role.address).to_owned(),
        })
        .collect()
}

fn somebody_elses(plan: &Plan) -> Vec<Finding> {
    let attached = plan.resources("aws_iam_role_policy_attachment");
    let foreign =
        attached.filter(|it| it.text("policy_arn").is_some_and(|arn| arn.contains("::aws:")));
    let user = ["aws_iam_user", "aws_iam_user_policy", "aws_iam_access_key", "aws_iam_group"];
    let people = user.iter().flat_map(|kind| plan.resources(kind));
    foreign.chain(people).map(|it| Finding::Indirect { what: it.address.clone() }).collect()
}

fn too_long(plan: &Plan) -> Vec<Finding> {
    let mut lengths: BTreeMap<(String, usize), usize> = BTreeMap::new();
    let kinds = [
        ("aws_iam_role", "assume_role_policy", "name", LONGEST_TRUST),
        ("aws_iam_role_policy", "policy", "role", LONGEST_INLINE),
        ("aws_iam_policy", "policy", "name", LONGEST_MANAGED),
    ];
    for (kind, attribute, holder, longest) in kinds {
        for resource in plan.resources(kind) {
            let policy = resource.text(attribute).unwrap_or_default();
            let length = policy.chars().filter(|character| !character.is_whitespace()).count();
            let holder = resource.text(holder).unwrap_or(&resource.address).to_owned();
            *lengths.entry((holder, longest)).or_default() += length;
        }
    }
    let long = lengths.iter().filter(|((_, longest), length)| *length > longest);
    let what = |((holder, longest), length): (&(String, usize), &usize)| Finding::TooLong {
        what: format!("{holder}: {length} of {longest} characters"),
    };
    long.map(what).collect()
}

fn idle(statements: &[Statement], neutral: &Neutral, lists: &Lists) -> Vec<Finding> {
    let lines: BTreeSet<_> = statements.iter().map(|it| neutral.statement(it)).collect();
    let optional = |entry: &str| OPTIONAL.iter().any(|sid| entry.contains(sid));
    let planned = lists.statements.values().flatten();
    let unused = planned.filter(|line| !lines.contains(*line) && !optional(line));
    let unused = unused.map(|line| format!("infra/statements.json: {line}"));
    let used: BTreeSet<_> = statements
        .iter()
        .filter(|it| it.actions.iter().chain(&it.resources).any(|text| is_wildcard(text)))
        .map(|it| name(it, neutral))
        .collect();
    let reasons = lists.wildcards.keys().filter(|key| !used.contains(*key) && !optional(key));
    let reasons = reasons.map(|key| format!("infra/wildcards.json: {key}"));
    unused.chain(reasons).map(|entry| Finding::Idle { entry }).collect()
}
