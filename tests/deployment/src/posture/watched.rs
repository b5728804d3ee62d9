//! What alarms and the dashboard watch: metrics by name and dimensions, and fields of log lines.

use std::collections::{BTreeMap, BTreeSet};

use regex::Regex;
use serde_json::Value;

use super::Deployment;
use super::look::Thing;

/// A metric that somebody watches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watched {
    /// The alarm, or the dashboard.
    pub who: String,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub metric: String,
    /// Its dimensions, with what each must be.
    pub dimensions: BTreeMap<String, String>,
    /// Sum, percentile, …; empty where it is not said.
    pub statistic: String,
    /// Seconds; 0 where it is not said.
    pub period: u64,
}

/// A field of log lines that somebody watches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WatchedField {
    /// The rule.
    pub who: String,
    /// The log that it reads.
    pub log_groups: Vec<String>,
    /// The `event`s that it is about.
    pub events: BTreeSet<String>,
    /// The field.
    pub field: String,
}

/// Everything that is watched by metrics.
pub fn watched(deployment: &Deployment) -> Vec<Watched> {
    let mut found = Vec::new();
    for alarm in things(deployment, "aws_cloudwatch_metric_alarm") {
        // A state has an empty name where a plan has none.
        let own = (!alarm.text("/metric_name").is_empty()).then_some(alarm.values);
        let queries =
            alarm.list("/metric_query").iter().filter_map(|query| query.pointer("/metric/0"));
        for metric in own.into_iter().chain(queries) {
            found.push(of_terraform(&alarm.place, metric));
        }
    }
    for (_, alarm) in deployment.in_stacks("AWS::CloudWatch::Alarm") {
        let queries = alarm.list("/Metrics").iter().filter_map(|query| query.get("MetricStat"));
        let own = alarm.at("/MetricName").is_string().then_some(alarm.values);
        for stat in own.into_iter().chain(queries) {
            found.push(of_template(&alarm.place, stat));
        }
    }
    for dashboard in things(deployment, "aws_cloudwatch_dashboard") {
        let body = serde_json::from_str(dashboard.text("/dashboard_body")).unwrap_or(Value::Null);
        for widget in list(&body, "widgets") {
            found.extend(of_widget(
                &dashboard.place,
                widget.get("properties").unwrap_or(&Value::Null),
            ));
        }
    }
    found
}

/// Every field that a rule over log lines counts by.
pub fn watched_fields(deployment: &Deployment) -> Vec<WatchedField> {
    let mut found = Vec::new();
    for rule in things(deployment, "aws_cloudwatch_contributor_insight_rule") {
        let definition = serde_json::from_str(rule.text("/rule_definition")).unwrap_or(Value::Null);
        let contribution = definition.get("Contribution").unwrap_or(&Value::Null);
        let filters: Vec<_> = list(contribution, "Filters").collect();
        let on_event = filters.iter().filter(|filter| text(filter, "Match") == "$.event");
        let events: BTreeSet<_> = on_event.flat_map(|filter| texts(filter, "In")).collect();
        let matched = filters.iter().map(|filter| text(filter, "Match"));
        let fields: BTreeSet<_> = texts(contribution, "Keys").into_iter().chain(matched).collect();
        for field in fields {
            found.push(WatchedField {
                who: rule.place.clone(),
                log_groups: texts(&definition, "LogGroupNames"),
                events: events.clone(),
                field: field.trim_start_matches("$.").to_owned(),
            });
        }
    }
    found
}

/// Alarms over rules, and the rules that are not there. The name of a rule stands in an expression.
pub(super) fn missing_rules(deployment: &Deployment) -> Vec<String> {
    let Ok(pattern) = Regex::new(r#"INSIGHT_RULE_METRIC\("([^"]*)""#) else {
        return vec!["the pattern of expressions cannot be read".to_owned()];
    };
    let rules = things(deployment, "aws_cloudwatch_contributor_insight_rule");
    let on = rules.iter().filter(|rule| rule.text("/rule_state") == "ENABLED");
    let names: Vec<_> = on.map(|rule| rule.text("/rule_name")).collect();
    let mut missing = Vec::new();
    for alarm in things(deployment, "aws_cloudwatch_metric_alarm") {
        for query in alarm.list("/metric_query") {
            for found in pattern.captures_iter(&text(query, "expression")) {
                let name = found.get(1).map(|name| name.as_str()).unwrap_or_default();
                if !names.contains(&name) {
                    missing.push(format!("{}: there is no rule {name}", alarm.place));
                }
            }
        }
    }
    missing
}

fn things<'a>(deployment: &'a Deployment, kind: &'a str) -> Vec<Thing<'a>> {
    deployment.resources.resources(kind).map(Thing::from).collect()
}

fn list<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    value.get(name).and_then(Value::as_array).into_iter().flatten()
}

fn text(value: &Value, name: &str) -> String {
    value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn texts(value: &Value, name: &str) -> Vec<String> {
    list(value, name).filter_map(Value::as_str).map(str::to_owned).collect()
}

fn of_terraform(who: &str, metric: &Value) -> Watched {
    let dimensions = metric.get("dimensions").and_then(Value::as_object).into_iter().flatten();
    let known = |(name, value): (&String, &Value)| {
        (name.clone(), value.as_str().unwrap_or_default().to_owned())
    };
    let statistics = ["stat", "statistic", "extended_statistic"].map(|name| text(metric, name));
    Watched {
        who: who.to_owned(),
        namespace: text(metric, "namespace"),
        metric: text(metric, "metric_name"),
        dimensions: dimensions.map(known).collect(),
        statistic: statistics.into_iter().find(|one| !one.is_empty()).unwrap_or_default(),
        period: metric.get("period").and_then(Value::as_u64).unwrap_or_default(),
    }
}

fn of_template(who: &str, stat: &Value) -> Watched {
    let metric = stat.get("Metric").unwrap_or(stat);
    let dimensions = list(metric, "Dimensions").map(|one| (text(one, "Name"), text(one, "Value")));
    let statistics = ["Stat", "Statistic", "ExtendedStatistic"].map(|name| text(stat, name));
    Watched {
        who: who.to_owned(),
        namespace: text(metric, "Namespace"),
        metric: text(metric, "MetricName"),
        dimensions: dimensions.collect(),
        statistic: statistics.into_iter().find(|one| !one.is_empty()).unwrap_or_default(),
        period: stat.get("Period").and_then(Value::as_u64).unwrap_or_default(),
    }
}

/// The metrics of a widget: lists of namespace, name, dimension, value, …, where a dot stands for what
/// stood in the same place before.
fn of_widget(who: &str, properties: &Value) -> Vec<Watched> {
    let mut before: Vec<String> = Vec::new();
    let mut found = Vec::new();
    for metric in list(properties, "metrics") {
        let words = metric.as_array().into_iter().flatten().filter_map(Value::as_str);
        let words = words.enumerate().map(|(place, word)| match before.get(place) {
            Some(same) if word == "." => same.clone(),
            _ => word.to_owned(),
        });
        before = words.collect();
        let mut words = before.iter().cloned();
        let (namespace, metric) = (words.next(), words.next());
        let mut dimensions = BTreeMap::new();
        while let (Some(name), Some(value)) = (words.next(), words.next()) {
            dimensions.insert(name, value);
        }
        found.push(Watched {
            who: format!("{who}: {}", text(properties, "title")),
            namespace: namespace.unwrap_or_default(),
            metric: metric.unwrap_or_default(),
            dimensions,
            statistic: text(properties, "stat"),
            period: properties.get("period").and_then(Value::as_u64).unwrap_or_default(),
        });
    }
    found
}
