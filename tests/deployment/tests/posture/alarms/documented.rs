//! Every alarm that the platform is promised, with its limit and its time.

use deployment::posture::{Deployment, Watched, watched};
use serde_json::Value;

/// A promised alarm.
struct Promised {
    /// Where it is: a part of its place.
    place: &'static str,
    /// What it watches: metric, statistic, seconds.
    metrics: &'static [(&'static str, &'static str, u64)],
    /// How it is worked out, if it is.
    expression: &'static str,
    /// The limit, which must be passed.
    threshold: f64,
    /// How many times in a row.
    periods: u64,
}

/// Over 5 % errors for 5 minutes; over 10 failed exchanges in 5 minutes; failing health checks; p95
/// over 500 ms for 5 minutes; over 10 failed authentications of one address in 5 minutes; over 1000
/// calls of one tool in an hour; over 1000 requests a minute. Budgets and unusual cost are checks of
/// the posture.
const PROMISED: [Promised; 8] = [
    Promised {
        place: "connector[\"sharepoint\"].aws_cloudwatch_metric_alarm.error_rate",
        metrics: &[("Http5xx", "Sum", 300), ("Latency", "SampleCount", 300)],
        expression: "100 * FILL(failed, 0) / requests",
        threshold: 5.0,
        periods: 1,
    },
    Promised {
        place: "aws_cloudwatch_metric_alarm.counter[\"obo-failures\"]",
        metrics: &[("OboFailed", "Sum", 300)],
        expression: "",
        threshold: 10.0,
        periods: 1,
    },
    Promised {
        place: "ecs_service[\"sharepoint\"].aws_cloudwatch_metric_alarm.unhealthy",
        metrics: &[("UnHealthyHostCount", "Maximum", 60)],
        expression: "",
        threshold: 0.0,
        periods: 2,
    },
    Promised {
        place: "template.yaml (sharepoint): UnhealthyAlarm",
        metrics: &[("UnHealthyHostCount", "Maximum", 60)],
        expression: "",
        threshold: 0.0,
        periods: 2,
    },
    Promised {
        place: "connector[\"sharepoint\"].aws_cloudwatch_metric_alarm.slow",
        metrics: &[("Latency", "p95", 300)],
        expression: "",
        threshold: 500.0,
        periods: 1,
    },
    Promised {
        place: "contributor[\"failed-sign-ins-from-one-address\"]",
        metrics: &[],
        expression: "INSIGHT_RULE_METRIC(\"mcp-sharepoint-dev-failed-sign-ins-from-one-address\", \"MaxContributorValue\") 300",
        threshold: 10.0,
        periods: 1,
    },
    Promised {
        place: "contributor[\"many-calls-of-one-tool\"]",
        metrics: &[],
        expression: "INSIGHT_RULE_METRIC(\"mcp-sharepoint-dev-many-calls-of-one-tool\", \"MaxContributorValue\") 3600",
        threshold: 1000.0,
        periods: 1,
    },
    Promised {
        place: "platform.aws_cloudwatch_metric_alarm.this[\"many-requests\"]",
        metrics: &[("RequestCount", "Sum", 60)],
        expression: "",
        threshold: 1000.0,
        periods: 1,
    },
];

/// An alarm as it is, in the words of either language.
struct Alarm<'a> {
    place: String,
    values: &'a Value,
}

impl Alarm<'_> {
    fn is(&self, terraform: &str, template: &str) -> &Value {
        let found = self.values.get(terraform).or_else(|| self.values.get(template));
        found.unwrap_or(&Value::Null)
    }

    /// What is worked out, with its period where it has one.
    fn expression(&self) -> String {
        let queries = self.is("metric_query", "Metrics").as_array().cloned().unwrap_or_default();
        let returned = queries
            .iter()
            .find(|query| query["return_data"] == true || query["ReturnData"] == true);
        let Some(query) = returned else { return String::new() };
        let text = query["expression"].as_str().unwrap_or_default();
        let period = query["period"].as_u64().filter(|period| *period > 0);
        period.map_or_else(|| text.to_owned(), |period| format!("{text} {period}"))
    }
}

fn alarms(deployment: &Deployment) -> Vec<Alarm<'_>> {
    let planned = deployment.resources.resources("aws_cloudwatch_metric_alarm");
    let planned = planned.map(|one| Alarm { place: one.address.clone(), values: &one.values });
    let stacks = deployment.stacks.iter().flat_map(|(connector, stack)| {
        let alarms = stack.iter().filter(|(_, one)| one["Type"] == "AWS::CloudWatch::Alarm");
        alarms.map(move |(id, one)| Alarm {
            place: format!("template.yaml ({connector}): {id}"),
            values: &one["Properties"],
        })
    });
    planned.chain(stacks).collect()
}

#[test]
fn every_promised_alarm_is_there_with_its_limit_and_time() {
    let Some(deployment) = super::deployment() else { return };
    let (all, metrics) = (alarms(deployment), watched(deployment));
    for promised in PROMISED {
        let own: Vec<_> = all.iter().filter(|one| one.place.contains(promised.place)).collect();
        assert_eq!(own.len(), 1, "{}", promised.place);
        let alarm = own[0];
        let limit = alarm.is("threshold", "Threshold").as_f64();
        assert_eq!(limit, Some(promised.threshold), "{}", promised.place);
        let compared = alarm.is("comparison_operator", "ComparisonOperator");
        assert_eq!(compared, "GreaterThanThreshold", "{}", promised.place);
        let periods = alarm.is("evaluation_periods", "EvaluationPeriods").as_u64();
        assert_eq!(periods, Some(promised.periods), "{}", promised.place);
        assert_eq!(alarm.expression(), promised.expression, "{}", promised.place);
        let mut found: Vec<_> = metrics.iter().filter(|one| one.who == alarm.place).collect();
        found.sort_by_key(|one| one.metric.clone());
        let found: Vec<_> = found
            .into_iter()
            .map(|Watched { metric, statistic, period, .. }| {
                (metric.as_str(), statistic.as_str(), *period)
            })
            .collect();
        assert_eq!(found, promised.metrics, "{}", promised.place);
    }
}

#[test]
fn a_count_that_is_zero_and_so_not_written_breaches_nothing() {
    let Some(deployment) = super::deployment() else { return };
    let ours = watched(deployment).into_iter().filter(|one| one.namespace == "AIConnectors");
    let ours: Vec<_> = ours.map(|one| one.who).collect();
    let mut looked_at = 0;
    for alarm in alarms(deployment).iter().filter(|alarm| ours.contains(&alarm.place)) {
        looked_at += 1;
        let missing = alarm.is("treat_missing_data", "TreatMissingData");
        assert_eq!(missing, "notBreaching", "{}", alarm.place);
    }
    assert!(looked_at > 5);
}
