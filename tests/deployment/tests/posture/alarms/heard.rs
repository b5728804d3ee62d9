//! Nobody watches what is never reported.

use std::collections::BTreeSet;

use deployment::posture::{Deployment, Emitted, silent, watched, watched_fields};
use deployment::tools::repository;
use serde_json::{Value, json};

use super::program::emitted;

const ALARMS: &str = "module.connector[\"sharepoint\"].aws_cloudwatch_metric_alarm";
const RULES: &str = "module.connector[\"sharepoint\"].aws_cloudwatch_contributor_insight_rule";

/// The metrics of the table in `docs/logging.md`.
fn documented() -> BTreeSet<String> {
    let text = std::fs::read_to_string(repository().join("docs/logging.md")).unwrap();
    let (_, table) = text.split_once("| metric | unit |").unwrap();
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    rows.map(|row| row.split('`').nth(1).unwrap().to_owned()).collect()
}

#[tokio::test]
async fn the_program_reports_every_metric_of_the_documents_and_no_other() {
    let emitted = emitted().await;
    let names: BTreeSet<_> = emitted.metrics.keys().map(|(_, name)| name.clone()).collect();
    assert_eq!(names, documented());
    let dimensions = BTreeSet::from(["Connector".to_owned(), "Environment".to_owned()]);
    for ((namespace, name), sets) in &emitted.metrics {
        assert_eq!(namespace, "AIConnectors", "{name}");
        assert_eq!(*sets, BTreeSet::from([dimensions.clone()]), "{name}");
    }
}

#[tokio::test]
async fn what_is_watched_is_reported_by_the_program_or_by_aws() {
    let Some(deployment) = super::deployment() else { return };
    let ours = watched(deployment).into_iter().filter(|one| one.namespace == "AIConnectors");
    assert!(ours.count() > 10);
    assert!(!watched_fields(deployment).is_empty());
    let problems = silent(deployment, emitted().await);
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// The problems after one change; there are none before.
async fn after(change: impl FnOnce(&mut Deployment)) -> Option<Vec<String>> {
    let mut worse = super::deployment()?.clone();
    change(&mut worse);
    Some(silent(&worse, emitted().await))
}

fn set(deployment: &mut Deployment, address: &str, pointer: &str, value: impl Into<Value>) {
    let mut changed = false;
    deployment.resources.change(address, |values| {
        let place = values.pointer_mut(pointer);
        changed = place.map(|place| *place = value.into()).is_some();
    });
    assert!(changed, "{address} has no {pointer}");
}

#[tokio::test]
async fn an_alarm_that_could_never_ring_is_found() {
    let counter = format!("{ALARMS}.counter[\"obo-failures\"]");
    let changes: [(&str, Value); 4] = [
        ("/metric_name", json!("OboFailure")),
        ("/namespace", json!("AIConnector")),
        ("/dimensions", json!({ "Connector": "sharepoint" })),
        ("/dimensions", json!({ "Connector": "sharepoint", "Environment": "prod" })),
    ];
    for (pointer, value) in changes {
        let Some(found) = after(|d| set(d, &counter, pointer, value.clone())).await else { return };
        assert_eq!(found.len(), 1, "{pointer} {value}: {found:?}");
        assert!(found[0].contains("obo-failures"), "{found:?}");
    }
}

#[tokio::test]
async fn a_part_of_a_sum_that_nobody_reports_is_found() {
    let address = format!("{ALARMS}.error_rate");
    let found = after(|d| {
        d.resources.change(&address, |values| {
            let queries = values["metric_query"].as_array_mut().unwrap();
            let query = queries.iter_mut().find(|query| query["id"] == "failed").unwrap();
            query["metric"][0]["metric_name"] = "Http5XX".into();
        });
    });
    let Some(found) = found.await else { return };
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("Http5XX"), "{found:?}");
}

#[tokio::test]
async fn a_rule_over_a_field_that_no_line_has_is_found() {
    for (old, new) in [
        ("$.client_ip", "$.client_address"),
        ("auth_failed", "auth_refused"),
        ("/aiconnectors/dev/sharepoint", "/aws/lambda/mcp-sharepoint"),
    ] {
        let address = format!("{RULES}.this[\"failed-sign-ins-from-one-address\"]");
        let found = after(|d| {
            d.resources.change(&address, |values| {
                let text = values["rule_definition"].as_str().unwrap();
                assert!(text.contains(old), "{text}");
                values["rule_definition"] = text.replace(old, new).into();
            });
        });
        let Some(found) = found.await else { return };
        assert!(!found.is_empty(), "{new}");
        assert!(found.iter().all(|one| one.contains("failed-sign-ins")), "{found:?}");
    }
}

#[tokio::test]
async fn an_alarm_over_a_rule_that_is_not_there_is_found() {
    let address = format!("{ALARMS}.contributor[\"many-calls-of-one-tool\"]");
    let expression = "INSIGHT_RULE_METRIC(\"gone\", \"MaxContributorValue\")";
    let found = after(|d| set(d, &address, "/metric_query/0/expression", expression)).await;
    let Some(found) = found else { return };
    assert_eq!(found.len(), 1, "{found:?}");
}

#[tokio::test]
async fn a_curve_of_the_dashboard_that_stays_empty_is_found() {
    let found = after(|d| {
        d.resources.change("module.platform.aws_cloudwatch_dashboard.this", |values| {
            let text = values["dashboard_body"].as_str().unwrap();
            assert!(text.contains("ToolErrors"));
            values["dashboard_body"] = text.replace("ToolErrors", "ToolFailures").into();
        });
    });
    let Some(found) = found.await else { return };
    assert_eq!(found.len(), 1, "{found:?}");
}

#[tokio::test]
async fn a_metric_of_aws_under_another_name_is_found() {
    let found = after(|d| {
        let stack = d.stacks.get_mut("sharepoint").unwrap();
        stack["ThrottlesAlarm"]["Properties"]["MetricName"] = "Throttled".into();
    });
    let Some(found) = found.await else { return };
    assert_eq!(found.len(), 1, "{found:?}");
}

#[test]
fn only_what_has_a_value_counts_as_reported() {
    let line = json!({
        "event": "request", "tool": null, "client_ip": "192.0.2.1", "Connector": "x",
        "_aws": { "CloudWatchMetrics": [{
            "Namespace": "N",
            "Dimensions": [["Connector"], ["Connector", "Environment"]],
            "Metrics": [{ "Name": "Here" }, { "Name": "Gone" }],
        }] },
        "Here": 1,
    });
    let read = Emitted::read([line.to_string().as_str(), "no JSON"]);
    assert!(read.fields["request"].contains("client_ip"));
    assert!(!read.fields["request"].contains("tool"));
    let sets = &read.metrics[&("N".to_owned(), "Here".to_owned())];
    assert_eq!(*sets, BTreeSet::from([BTreeSet::from(["Connector".to_owned()])]));
    assert_eq!(read.metrics.len(), 1);
}
