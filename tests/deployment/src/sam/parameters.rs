//! The values of a template's parameters, refused where CloudFormation refuses them.

use std::collections::BTreeMap;

use regex::Regex;
use serde_json::Value;

use super::{ACCOUNT, REGION};

/// What an account's parameter store holds under `/aiconnectors/{env}/platform/`.
fn published(path: &str) -> Option<String> {
    let listener = "listener/app/aiconnectors-public/1111111111111111/2222222222222222";
    path.ends_with("/platform/https-listener-arn")
        .then(|| format!("arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:{listener}"))
}

/// The value of every declared parameter.
pub(super) fn values(
    declared: &Value,
    given: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, Value>, String> {
    let declared = declared.as_object().ok_or("the template has no parameters")?;
    if let Some(unknown) = given.keys().find(|name| !declared.contains_key(*name)) {
        return Err(format!("parameter {unknown} does not exist in the template"));
    }
    let mut values = BTreeMap::new();
    for (name, declaration) in declared {
        let text = match (given.get(name), &declaration["Default"]) {
            (Some(text), _) | (None, Value::String(text)) => text.clone(),
            (None, Value::Number(number)) => number.to_string(),
            (None, _) => return Err(format!("parameter {name} must have a value")),
        };
        check(declaration, &text).map_err(|problem| format!("parameter {name}: {problem}"))?;
        let value = match declaration["Type"].as_str() {
            Some("String" | "Number") => Value::from(text),
            Some("CommaDelimitedList") => text.split(',').map(str::trim).collect(),
            Some("AWS::SSM::Parameter::Value<String>") => {
                Value::from(published(&text).ok_or_else(|| format!("nothing publishes {text}"))?)
            }
            other => return Err(format!("parameter {name} has the type {other:?}")),
        };
        values.insert(name.clone(), value);
    }
    Ok(values)
}

fn check(declaration: &Value, text: &str) -> Result<(), String> {
    if let Some(allowed) = declaration["AllowedValues"].as_array()
        && !allowed.iter().any(|value| value == text)
    {
        return Err(format!("{text:?} is not one of {allowed:?}"));
    }
    if let Some(pattern) = declaration["AllowedPattern"].as_str() {
        let whole = Regex::new(&format!("^(?:{pattern})$")).map_err(|bad| bad.to_string())?;
        if !whole.is_match(text) {
            return Err(format!("{text:?} does not fit {pattern}"));
        }
    }
    let length = u64::try_from(text.chars().count()).unwrap_or(u64::MAX);
    if declaration["MaxLength"].as_u64().is_some_and(|most| length > most) {
        return Err(format!("{text:?} is too long"));
    }
    Ok(())
}
