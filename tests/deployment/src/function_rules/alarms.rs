//! The alarms: they watch metrics that exist, tell the right people, and say what to do.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Asked;
use crate::sam::{ACCOUNT, REGION, Stack};

/// What AWS measures of a function and of a target group, as far as it is watched here, with the
/// dimensions under which each is found. An alarm over another name would be silent for ever.
const METRICS: [(&str, &str, &[&str]); 6] = [
    ("AWS/Lambda", "Errors", &["ExecutedVersion", "FunctionName", "Resource"]),
    ("AWS/Lambda", "Errors", &["FunctionName", "Resource"]),
    ("AWS/Lambda", "Duration", &["FunctionName", "Resource"]),
    ("AWS/Lambda", "Throttles", &["FunctionName"]),
    ("AWS/ApplicationELB", "HTTPCode_Target_5XX_Count", &["LoadBalancer", "TargetGroup"]),
    ("AWS/ApplicationELB", "UnHealthyHostCount", &["LoadBalancer", "TargetGroup"]),
];

/// The runbooks that a stack's alarms name, as paths in this repository.
pub fn runbooks(stack: &Stack) -> BTreeSet<String> {
    let alarms = stack.of_type("AWS::CloudWatch::Alarm");
    alarms.filter_map(|(_, alarm)| runbook(&alarm["Properties"])).collect()
}

impl Asked<'_> {
    pub(super) fn alarms(&mut self) {
        let topic = format!("aiconnectors-alarms-{}", self.environment.name());
        let topic = Value::from(format!("arn:aws:sns:{REGION}:{ACCOUNT}:{topic}"));
        let start = format!("{}-{}-", self.name(), self.environment.name());
        let mut watched = BTreeSet::new();
        let alarms: Vec<_> = self.stack.of_type("AWS::CloudWatch::Alarm").collect();
        for (id, alarm) in alarms {
            let alarm = &alarm["Properties"];
            let named = alarm["AlarmName"].as_str().is_some_and(|name| name.starts_with(&start));
            self.holds(named, format!("{id}: its name does not begin with {start}"));
            let told = alarm["AlarmActions"].as_array().is_some_and(|all| all.contains(&topic));
            self.holds(told, format!("{id}: it does not tell the alarms topic"));
            self.holds(runbook(alarm).is_some(), format!("{id}: it names no runbook"));
            let missing = format!("{id}: what it does with missing data");
            self.same(&missing, &alarm["TreatMissingData"], "notBreaching");
            for metric in metrics(alarm) {
                let known = METRICS.iter().find(|known| is(metric, known));
                self.holds(known.is_some(), format!("{id}: AWS has no such metric: {metric}"));
                watched.extend(known.map(|(_, name, dimensions)| (*name, *dimensions)));
            }
            self.dimensions(id, alarm);
        }
        for (_, name, dimensions) in METRICS {
            let seen = watched.contains(&(name, dimensions));
            self.holds(seen, format!("nothing watches {name} by {dimensions:?}"));
        }
    }

    /// Dimensions name what this stack makes.
    fn dimensions(&mut self, id: &str, alarm: &Value) {
        let function = self.name();
        for metric in metrics(alarm) {
            for dimension in metric["Dimensions"].as_array().into_iter().flatten() {
                let value = dimension["Value"].as_str().unwrap_or_default();
                let right = match dimension["Name"].as_str().unwrap_or_default() {
                    "FunctionName" => value == function,
                    "Resource" => value == format!("{function}:live"),
                    "TargetGroup" => value.starts_with(&format!("targetgroup/{function}-lambda/")),
                    "LoadBalancer" => {
                        value.starts_with("app/aiconnectors-public/")
                            && value.split('/').count() == 3
                    }
                    _ => true,
                };
                self.holds(right, format!("{id}: it watches {dimension}, which is not this one"));
            }
        }
    }
}

/// The metrics that an alarm is about.
fn metrics(alarm: &Value) -> Vec<&Value> {
    match alarm["Metrics"].as_array() {
        Some(queries) => {
            let metrics = queries.iter().map(|query| &query["MetricStat"]["Metric"]);
            metrics.filter(|metric| metric.is_object()).collect()
        }
        None => vec![alarm],
    }
}

fn is(metric: &Value, (namespace, name, dimensions): &(&str, &str, &[&str])) -> bool {
    let mut found: Vec<_> = metric["Dimensions"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|dimension| dimension["Name"].as_str())
        .collect();
    found.sort_unstable();
    metric["Namespace"] == *namespace && metric["MetricName"] == *name && found == *dimensions
}

fn runbook(alarm: &Value) -> Option<String> {
    let (_, path) = alarm["AlarmDescription"].as_str()?.split_once("Runbook: ")?;
    let path = path.split_whitespace().next()?;
    let slug = path.strip_prefix("docs/runbooks/")?.strip_suffix(".md")?;
    (!slug.is_empty()).then(|| path.to_owned())
}
