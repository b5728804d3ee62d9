//! What is really reported: by the program, read from the lines that it wrote, and by AWS.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Deployment;
use super::watched::{Watched, WatchedField, missing_rules, watched, watched_fields};

/// What a program wrote while it was tried.
#[derive(Clone, Debug, Default)]
pub struct Emitted {
    /// Names of dimensions by namespace and metric.
    pub metrics: BTreeMap<(String, String), BTreeSet<BTreeSet<String>>>,
    /// Fields that had a value, by `event` or `type`.
    pub fields: BTreeMap<String, BTreeSet<String>>,
}

/// What AWS measures, as far as it is watched here: namespace, names, and the dimensions that each is
/// found under. An alarm over another name, or by other dimensions, would be silent for ever.
const OF_AWS: [(&str, &[&str], &[&str]); 9] = [
    (
        "AWS/ApplicationELB",
        &["HTTPCode_ELB_4XX_Count", "HTTPCode_ELB_5XX_Count", "RequestCount"],
        &["LoadBalancer"],
    ),
    (
        "AWS/ApplicationELB",
        &["HTTPCode_Target_5XX_Count", "HealthyHostCount", "UnHealthyHostCount"],
        &["LoadBalancer", "TargetGroup"],
    ),
    ("AWS/CertificateManager", &["DaysToExpiry"], &["CertificateArn"]),
    (
        "AWS/Firehose",
        &[
            "DeliveryToS3.DataFreshness",
            "DeliveryToS3.Success",
            "IncomingRecords",
            "ThrottledRecords",
        ],
        &["DeliveryStreamName"],
    ),
    ("AWS/Lambda", &["Errors"], &["ExecutedVersion", "FunctionName", "Resource"]),
    ("AWS/Lambda", &["Duration", "Errors"], &["FunctionName", "Resource"]),
    ("AWS/Lambda", &["Throttles"], &["FunctionName"]),
    ("AWS/WAFV2", &["BlockedRequests"], &["Region", "Rule", "WebACL"]),
    ("ECS/ContainerInsights", &["RunningTaskCount"], &["ClusterName", "ServiceName"]),
];

impl Emitted {
    /// Reads log lines; what is no JSON was not written by the program.
    pub fn read<'a>(lines: impl IntoIterator<Item = &'a str>) -> Self {
        let mut emitted = Self::default();
        for line in lines {
            if let Ok(line) = serde_json::from_str(line) {
                emitted.add(&line);
            }
        }
        emitted
    }

    fn add(&mut self, line: &Value) {
        let Some(members) = line.as_object() else { return };
        let text = |name: &str| members.get(name).and_then(Value::as_str);
        if let Some(word) = text("event").or_else(|| text("type")) {
            let filled = members.iter().filter(|(_, value)| !value.is_null());
            let fields = self.fields.entry(word.to_owned()).or_default();
            fields.extend(filled.map(|(name, _)| name.clone()));
        }
        let directives = line.pointer("/_aws/CloudWatchMetrics").and_then(Value::as_array);
        for directive in directives.into_iter().flatten() {
            let namespace = directive.get("Namespace").and_then(Value::as_str).unwrap_or_default();
            let sets = directive.get("Dimensions").and_then(Value::as_array);
            // CloudWatch takes neither a metric without a value nor a dimension without a text.
            let sets = sets.into_iter().flatten().filter_map(|set| {
                let names = set.as_array()?.iter().filter_map(Value::as_str);
                let names: BTreeSet<_> = names.map(str::to_owned).collect();
                names.iter().all(|name| text(name).is_some()).then_some(names)
            });
            let sets: Vec<_> = sets.collect();
            let metrics = directive.get("Metrics").and_then(Value::as_array);
            for metric in metrics.into_iter().flatten() {
                let name = metric.get("Name").and_then(Value::as_str).unwrap_or_default();
                let value = members.get(name).unwrap_or(&Value::Null);
                if value.is_number() || value.is_array() {
                    let key = (namespace.to_owned(), name.to_owned());
                    self.metrics.entry(key).or_default().extend(sets.iter().cloned());
                }
            }
        }
    }

    fn has(&self, watched: &Watched) -> bool {
        let names: BTreeSet<_> = watched.dimensions.keys().cloned().collect();
        let key = (watched.namespace.clone(), watched.metric.clone());
        let ours = self.metrics.get(&key).is_some_and(|sets| sets.contains(&names));
        let of_aws = OF_AWS.iter().any(|(namespace, metrics, dimensions)| {
            watched.namespace == *namespace
                && metrics.contains(&watched.metric.as_str())
                && names.iter().map(String::as_str).eq(dimensions.iter().copied())
        });
        ours || of_aws
    }
}

/// What is watched and never reported. Each is a sentence for a person.
pub fn silent(deployment: &Deployment, emitted: &Emitted) -> Vec<String> {
    let mut problems = Vec::new();
    for watched in watched(deployment) {
        let Watched { who, namespace, metric, dimensions, .. } = &watched;
        if !emitted.has(&watched) {
            let names: Vec<_> = dimensions.keys().collect();
            problems.push(format!("{who}: nobody reports {namespace} {metric} by {names:?}"));
        }
        problems.extend(strangers(deployment, &watched));
    }
    for watched in watched_fields(deployment) {
        let WatchedField { who, log_groups, events, field } = &watched;
        let known =
            |event: &String| emitted.fields.get(event).is_some_and(|own| own.contains(field));
        if events.is_empty() || !events.iter().all(known) {
            problems.push(format!("{who}: no line of {events:?} has the field {field}"));
        }
        let groups = deployment.resources.resources("aws_cloudwatch_log_group");
        let groups: Vec<_> = groups.filter_map(|group| group.text("name")).collect();
        if log_groups.is_empty() || !log_groups.iter().all(|own| groups.contains(&own.as_str())) {
            problems.push(format!("{who}: there is no log {log_groups:?}"));
        }
    }
    problems.extend(missing_rules(deployment));
    problems
}

/// Values of our own dimensions that nothing has: the name of no connector, another environment.
fn strangers(deployment: &Deployment, watched: &Watched) -> Vec<String> {
    if watched.namespace.starts_with("AWS/") {
        return Vec::new();
    }
    let right = |name: &str, value: &str| match name {
        "Connector" => deployment.connectors.iter().any(|one| one.name == value),
        "Environment" => deployment.environment() == value,
        _ => true,
    };
    let wrong = watched.dimensions.iter().filter(|(name, value)| !right(name, value));
    wrong.map(|(name, value)| format!("{}: no {name} is {value}", watched.who)).collect()
}
