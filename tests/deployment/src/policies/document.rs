//! Policy documents, wherever a plan has them, as statements.

use serde_json::Value;

use super::Finding;
use crate::plan::{Plan, Resource};

/// One statement of one policy.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// The role, bucket, topic or key that it belongs to.
    pub holder: String,
    /// The resource of the plan.
    pub address: String,
    /// Its id.
    pub sid: String,
    /// Whether it allows; else it denies.
    pub allows: bool,
    /// Who it is about, where that is not the holder, as `Service: lambda.amazonaws.com`.
    pub principals: Vec<String>,
    /// What may be done.
    pub actions: Vec<String>,
    /// To what.
    pub resources: Vec<String>,
    /// Under which conditions.
    pub conditions: Value,
}

/// Where policies are: type of resource, attribute, and the attribute that names the holder.
const POLICIES: [(&str, &str, &str); 8] = [
    ("aws_iam_role", "assume_role_policy", "name"),
    ("aws_iam_role_policy", "policy", "role"),
    ("aws_iam_policy", "policy", "name"),
    ("aws_s3_bucket_policy", "policy", "bucket"),
    ("aws_sns_topic_policy", "policy", ""),
    ("aws_kms_key", "policy", ""),
    ("aws_cloudwatch_log_resource_policy", "policy_document", "policy_name"),
    ("aws_ecr_repository_policy", "policy", "repository"),
];

/// Reads every policy of a plan; what cannot be read is a finding.
pub fn statements(plan: &Plan) -> (Vec<Statement>, Vec<Finding>) {
    let mut statements = Vec::new();
    let mut findings = Vec::new();
    for (kind, attribute, name) in POLICIES {
        for resource in plan.resources(kind) {
            let holder = resource.text(name).unwrap_or(&resource.address);
            match read(resource, attribute, holder) {
                Some(read) => statements.extend(read),
                None => findings.push(Finding::Unreadable { address: resource.address.clone() }),
            }
        }
    }
    (statements, findings)
}

fn read(resource: &Resource, attribute: &str, holder: &str) -> Option<Vec<Statement>> {
    let document: Value = serde_json::from_str(resource.text(attribute)?).ok()?;
    let statements = document.get("Statement")?;
    let list = statements.as_array().cloned().unwrap_or_else(|| vec![statements.clone()]);
    Some(list.iter().map(|statement| Statement::read(statement, resource, holder)).collect())
}

impl Statement {
    fn read(statement: &Value, resource: &Resource, holder: &str) -> Self {
        let text = |name: &str| statement.get(name).and_then(Value::as_str).unwrap_or_default();
        Self {
            holder: holder.to_owned(),
            address: resource.address.clone(),
            sid: text("Sid").to_owned(),
            allows: text("Effect") != "Deny",
            principals: principals(statement.get("Principal")),
            // What is left out is kept with a sign that no list has.
            actions: [texts(statement.get("Action")), inverted(statement, "NotAction")].concat(),
            resources: [texts(statement.get("Resource")), inverted(statement, "NotResource")]
                .concat(),
            conditions: statement.get("Condition").cloned().unwrap_or(Value::Null),
        }
    }

    /// Whether an attribute says what is left out instead of what is meant.
    pub(super) fn is_inverted(&self) -> bool {
        self.actions.iter().chain(&self.resources).any(|text| text.starts_with('!'))
    }
}

fn inverted(statement: &Value, name: &str) -> Vec<String> {
    texts(statement.get(name)).into_iter().map(|text| format!("!{text}")).collect()
}

fn texts(value: Option<&Value>) -> Vec<String> {
    let mut texts: Vec<_> = match value {
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Array(list)) => {
            list.iter().filter_map(Value::as_str).map(str::to_owned).collect()
        }
        _ => Vec::new(),
    };
    texts.sort();
    texts
}

fn principals(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::Object(map)) => {
            let named = map.iter().flat_map(|(kind, who)| {
                texts(Some(who)).into_iter().map(move |who| format!("{kind}: {who}"))
            });
            named.collect()
        }
        other => texts(other),
    }
}
