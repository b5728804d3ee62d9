//! What is judged, as plain values: a test changes one and sees which check notices.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::look::Thing;
use crate::connectors::Connector;
use crate::plan::Plan;
use crate::policies::Lists;

/// Everything that one environment would have.
#[derive(Clone, Debug)]
pub struct Deployment {
    /// Everything of Terraform, as it stands after an apply.
    pub resources: Plan,
    /// The list of connectors.
    pub connectors: Vec<Connector>,
    /// The resources of each connector's stack, which it has or would have on Lambda.
    pub stacks: BTreeMap<String, Map<String, Value>>,
    /// Each connector's task definition, which it has or would have on ECS.
    pub tasks: BTreeMap<String, Value>,
    /// The written lists of statements and wildcards.
    pub lists: Lists,
    /// Files with tests that a check names, by their path.
    pub tests: BTreeMap<String, String>,
}

impl Deployment {
    /// `dev` or `prod`.
    pub fn environment(&self) -> &str {
        &self.resources.environment
    }

    /// The zone that the hosts lie in.
    pub fn zone(&self) -> &str {
        let zone = self.resources.resources("aws_route53_zone").next();
        zone.and_then(|zone| zone.text("name")).unwrap_or_default()
    }

    /// A connector's public host.
    pub fn host(&self, connector: &Connector) -> String {
        format!("{}.{}", connector.host, self.zone())
    }

    /// The ARN of the topic that alarms go to.
    pub fn topic(&self) -> &str {
        let mut topics = self.resources.resources("aws_sns_topic");
        topics.find_map(|topic| topic.text("arn")).unwrap_or_default()
    }

    pub(super) fn in_stacks<'a>(&'a self, kind: &str) -> Vec<(&'a str, Thing<'a>)> {
        let mut found = Vec::new();
        for (connector, resources) in &self.stacks {
            for (id, resource) in resources {
                if resource.get("Type").is_some_and(|own| own == kind) {
                    let place = format!("template.yaml ({connector}): {id}");
                    let values = resource.get("Properties").unwrap_or(&Value::Null);
                    found.push((connector.as_str(), Thing { place, values }));
                }
            }
        }
        found
    }

    pub(super) fn containers(&self) -> Vec<(&str, Thing<'_>)> {
        let mut found = Vec::new();
        for (connector, task) in &self.tasks {
            let list = task.get("containerDefinitions").and_then(Value::as_array);
            for container in list.into_iter().flatten() {
                let name = container.get("name").and_then(Value::as_str).unwrap_or("unnamed");
                let place = format!("functions/{connector}/ecs: {name}");
                found.push((connector.as_str(), Thing { place, values: container }));
            }
        }
        found
    }

    /// The settings that each program is given in plain text: connector, place, settings.
    pub(super) fn settings(&self) -> Vec<(&str, String, BTreeMap<String, String>)> {
        let functions = self.in_stacks("AWS::Lambda::Function").into_iter().map(|(name, thing)| {
            let given = thing.at("/Environment/Variables").as_object().into_iter().flatten();
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            (name, thing.place, given.map(|(name, value)| (name.clone(), text(value))).collect())
        });
        let tasks = self.containers().into_iter().map(|(name, thing)| {
            let text = |item: &Value, key| {
                item.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
            };
            let given = thing.list("/environment").iter();
            let given = given.map(|item| (text(item, "name"), text(item, "value"))).collect();
            (name, thing.place, given)
        });
        functions.chain(tasks).collect()
    }
}
