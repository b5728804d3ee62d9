//! The task definitions of the ECS flavour: how they are merged, what is refused, what they say,
//! and that ECS takes them.
#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "these are tests")]

mod accepted;
mod contract;
mod merging;
mod refusals;

use std::collections::BTreeMap;

use deployment::task_definition::{TaskDefinition, Wanted};
use deployment::tools::repository;
use serde_json::Value;

/// An environment of `ecs/env/`, and the account and the part of the host that belong to it.
const ENVIRONMENTS: [(&str, &str, &str); 2] =
    [("dev", "094069622854", ".dev"), ("prod", "673034950531", "")];
/// The commit that an image is named by.
const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

/// Names of the connectors.
fn connectors() -> Vec<String> {
    let text = std::fs::read_to_string(repository().join("infra/connectors.json")).unwrap();
    let list: Value = serde_json::from_str(&text).unwrap();
    let names = list.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned());
    names.collect()
}

/// The definition of a connector in an environment.
fn rendered(connector: &str, environment: &str) -> TaskDefinition {
    let values = BTreeMap::from([("COMMIT".to_owned(), COMMIT.to_owned())]);
    let root = repository();
    let wanted = Wanted { repository: &root, connector, environment, image: None, values: &values };
    TaskDefinition::render(&wanted).unwrap()
}

/// Every definition of this repository: its connector, environment, account, part of the host.
fn all() -> Vec<(String, TaskDefinition, [&'static str; 3])> {
    let pairs = connectors().into_iter().flat_map(|name| ENVIRONMENTS.map(|of| (name.clone(), of)));
    pairs
        .map(|(name, (environment, account, host))| {
            let definition = rendered(&name, environment);
            (name, definition, [environment, account, host])
        })
        .collect()
}
