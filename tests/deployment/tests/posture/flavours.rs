//! The two flavours of a connector: reached by the same host, started with the same settings.

use std::collections::BTreeMap;

use deployment::connectors::Environment;
use deployment::listener_rules::{Kind, disagreements, of_plan};
use serde_json::Value;

#[test]
fn the_rules_that_terraform_makes_agree_with_the_list_of_connectors() {
    let Some(deployment) = crate::on_ecs() else { return };
    let rules = of_plan(&deployment.resources).unwrap();
    assert!(!rules.is_empty() && rules.iter().all(|rule| rule.kind == Kind::Service));
    let mut connectors = deployment.connectors.clone();
    for connector in &mut connectors {
        "ecs".clone_into(&mut connector.flavour);
    }
    let problems = disagreements(&rules, &connectors, Environment::Dev);
    assert!(problems.is_empty(), "{problems:#?}");
}

/// The variables of a function; what is read from SSM by its path.
fn of_function(stack: &serde_json::Map<String, Value>) -> BTreeMap<String, String> {
    let function = stack.values().find(|one| one["Type"] == "AWS::Lambda::Function").unwrap();
    let variables = function["Properties"]["Environment"]["Variables"].as_object().unwrap();
    let told = |value: &Value| {
        let text = value.as_str().unwrap();
        let path = text.strip_prefix("{{resolve:ssm:").and_then(|rest| rest.strip_suffix("}}"));
        path.unwrap_or(text).to_owned()
    };
    let name = |name: &str| name.strip_suffix("_SSM").unwrap_or(name).to_owned();
    variables.iter().map(|(key, value)| (name(key), told(value))).collect()
}

/// The variables of a task; what ECS reads from SSM by its path.
fn of_task(task: &Value) -> BTreeMap<String, String> {
    let container = &task["containerDefinitions"][0];
    let list = |name: &str| container[name].as_array().unwrap().clone();
    let plain =
        list("environment").into_iter().map(|one| (one["name"].clone(), one["value"].clone()));
    let secret = list("secrets").into_iter().map(|one| {
        let arn = one["valueFrom"].as_str().unwrap();
        let path = arn.split_once(":parameter").map_or(arn, |(_, path)| path);
        (one["name"].clone(), Value::from(path))
    });
    let text = |value: Value| value.as_str().unwrap().to_owned();
    plain.chain(secret).map(|(name, value)| (text(name), text(value))).collect()
}

#[test]
fn a_function_and_a_task_start_with_the_same_settings() {
    for deployment in [crate::on_ecs(), crate::listed()].into_iter().flatten() {
        for connector in &deployment.connectors {
            let function = of_function(&deployment.stacks[&connector.name]);
            let mut task = of_task(&deployment.tasks[&connector.name]);
            // Lambda says by itself where it is.
            assert_eq!(task.remove("AWS_REGION").as_deref(), Some("eu-central-1"));
            assert_eq!(task, function, "{} in {}", connector.name, deployment.environment());
        }
    }
}
