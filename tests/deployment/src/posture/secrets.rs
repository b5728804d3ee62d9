//! Where secrets are, and where they are not.

use regex::Regex;
use serde_json::Value;

use super::{Checks, Look};

pub(super) const CHECKS: Checks = &[
    ("no secret stands in an environment", environments),
    ("every program reads its own secrets and no other's", own_secrets),
    ("secrets are SecureStrings under our key, and not in the state", parameters),
    ("there are no users and no access keys", people),
    ("nothing that is deployed looks like a credential", credentials),
];

/// The settings of a program that are secrets, with the parameter each is read from.
const SECRETS: [(&str, &str); 2] = [
    ("MCP_SERVER_AZURE_CLIENT_SECRET", "azure-client-secret"),
    ("STORAGE_ENCRYPTION_KEYS", "storage-encryption-keys"),
];
/// Words in the name of a setting that holds a secret.
const SECRET_WORDS: [&str; 7] =
    ["CERTIFICATE", "CREDENTIAL", "KEYS", "PASSWORD", "PRIVATE", "SECRET", "TOKEN"];
/// Beginnings of what no file may hold: access keys, private keys, signed tokens.
const CREDENTIALS: &str =
    r"\b(AKIA|ASIA)[0-9A-Z]{16}\b|-----BEGIN [A-Z ]*PRIVATE KEY|\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.";

fn environments(look: &mut Look<'_>) {
    for (_, place, settings) in look.deployment.settings() {
        look.note(place.clone());
        for name in settings.keys() {
            let by_name = SECRET_WORDS.iter().any(|word| name.contains(word));
            let fault = format!("{name} stands in its environment as plain text");
            look.holds(&place, !by_name || name.ends_with("_SSM"), &fault);
        }
    }
}

fn own_secrets(look: &mut Look<'_>) {
    let deployment = look.deployment;
    let environment = deployment.environment();
    for (connector, function) in deployment.in_stacks("AWS::Lambda::Function") {
        look.note(function.place.clone());
        for (setting, parameter) in SECRETS {
            let path = format!("/aiconnectors/{environment}/{connector}/{parameter}");
            look.same(&function, &format!("/Environment/Variables/{setting}_SSM"), path);
        }
    }
    for (connector, container) in deployment.containers() {
        look.note(container.place.clone());
        let secrets = container.list("/secrets");
        let prefix = format!(":parameter/aiconnectors/{environment}/{connector}/");
        for secret in secrets {
            let from = secret["valueFrom"].as_str().unwrap_or_default();
            let fault = format!("{from} is not its own");
            look.holds(&container.place, from.contains(&prefix), &fault);
        }
        for (setting, parameter) in SECRETS {
            let known = secrets.iter().any(|secret| {
                let from = secret["valueFrom"].as_str().unwrap_or_default();
                secret["name"] == setting && from.ends_with(&format!("/{parameter}"))
            });
            look.holds(&container.place, known, &format!("{setting} does not come from SSM"));
        }
    }
}

fn parameters(look: &mut Look<'_>) {
    let deployment = look.deployment;
    let keys: Vec<_> = look.every("aws_kms_key").iter().map(|key| key.text("/arn")).collect();
    let all = look.every("aws_ssm_parameter");
    for connector in &deployment.connectors {
        for (_, parameter) in SECRETS {
            let name = format!(
                "/aiconnectors/{}/{}/{parameter}",
                deployment.environment(),
                connector.name
            );
            let found = all.iter().find(|one| one.text("/name") == name);
            look.holds(&name, found.is_some(), "nothing makes it");
            let Some(found) = found else { continue };
            look.same(found, "/type", "SecureString");
            let ours = keys.contains(&found.text("/key_id"));
            look.holds(&found.place, ours, "it is not sealed with our key");
            let kept = found.values.get("value").and_then(Value::as_str).unwrap_or_default();
            look.holds(&found.place, kept.is_empty(), "its value stands in the state");
            look.same(found, "/has_value_wo", true);
        }
    }
}

fn people(look: &mut Look<'_>) {
    const PEOPLE: [&str; 6] = [
        "aws_iam_access_key",
        "aws_iam_group",
        "aws_iam_service_specific_credential",
        "aws_iam_user",
        "aws_iam_user_login_profile",
        "aws_iam_user_policy",
    ];
    look.every("aws_iam_role");
    for kind in PEOPLE {
        for found in look.any(kind) {
            look.holds(&found.place, false, "people and programs come in by roles");
        }
    }
}

fn credentials(look: &mut Look<'_>) {
    let Ok(pattern) = Regex::new(CREDENTIALS) else {
        return look.holds("the pattern of credentials", false, "it cannot be read");
    };
    let deployment = look.deployment;
    let resources = deployment.resources.all().iter();
    let resources = resources.map(|one| (one.address.clone(), one.values.to_string()));
    let stacks = deployment.stacks.iter().map(|(name, stack)| {
        (format!("template.yaml ({name})"), Value::Object(stack.clone()).to_string())
    });
    let tasks = deployment
        .tasks
        .iter()
        .map(|(name, task)| (format!("functions/{name}/ecs"), task.to_string()));
    for (place, text) in resources.chain(stacks).chain(tasks) {
        look.note(place.clone());
        look.holds(&place, !pattern.is_match(&text), "it holds what looks like a credential");
    }
}
