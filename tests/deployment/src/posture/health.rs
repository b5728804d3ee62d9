//! Who notices that something is down.

use super::{Checks, Look};

pub(super) const CHECKS: Checks = &[
    ("every target is asked for its health", targets),
    ("an unhealthy target raises an alarm", alarms),
];

fn targets(look: &mut Look<'_>) {
    for group in look.in_stacks("AWS::ElasticLoadBalancingV2::TargetGroup") {
        look.same(&group, "/HealthCheckEnabled", true);
        look.same(&group, "/HealthCheckPath", "/health");
        look.same(&group, "/Matcher/HttpCode", "200");
    }
    for group in look.any("aws_lb_target_group") {
        look.same(&group, "/health_check/0/enabled", true);
        look.same(&group, "/health_check/0/path", "/health");
        look.same(&group, "/health_check/0/matcher", "200");
        look.same(&group, "/health_check/0/interval", 15);
    }
}

fn alarms(look: &mut Look<'_>) {
    let topic = look.deployment.topic().to_owned();
    let name = topic.rsplit(':').next().unwrap_or_default().to_owned();
    let stacks = look.in_stacks("AWS::CloudWatch::Alarm");
    for connector in &look.deployment.connectors {
        let group = format!("targetgroup/mcp-{}-lambda/", connector.name);
        let known = stacks.iter().any(|alarm| {
            alarm.text("/MetricName") == "UnHealthyHostCount"
                && alarm.list("/Dimensions").iter().any(|dimension| {
                    dimension["Value"].as_str().is_some_and(|value| value.starts_with(&group))
                })
                && alarm.list("/AlarmActions").iter().any(|action| {
                    action.as_str().is_some_and(|arn| arn.ends_with(&format!(":{name}")))
                })
        });
        look.holds(&group, known && !name.is_empty(), "nobody is told when it is unhealthy");
    }
    let alarms = look.every("aws_cloudwatch_metric_alarm");
    for group in look.any("aws_lb_target_group") {
        let own = group.text("/arn_suffix");
        let known = alarms.iter().any(|alarm| {
            alarm.text("/metric_name") == "UnHealthyHostCount"
                && alarm.text("/dimensions/TargetGroup") == own
                && alarm.has("/alarm_actions", &topic)
        });
        look.holds(&group.place, known && !own.is_empty(), "nobody is told when it is unhealthy");
    }
}
