//! What is written down, where it goes, and who is told.

use super::{Checks, Look};

pub(super) const CHECKS: Checks = &[
    ("the balancer logs requests and connections", balancer),
    ("the network and the firewall log what they let through and refuse", network),
    ("logs are kept for a known time", retention),
    ("no answer leaves without its audit record", strict),
    ("the stream delivers to the audit bucket as documented", stream),
    ("the audit bucket keeps versions, archives and expires", bucket),
    ("every alarm reaches people", alarms),
];

fn balancer(look: &mut Look<'_>) {
    let buckets: Vec<_> = look.every("aws_s3_bucket").iter().map(|one| one.text("/id")).collect();
    for balancer in look.every("aws_lb") {
        for log in ["/access_logs/0", "/connection_logs/0"] {
            look.same(&balancer, &format!("{log}/enabled"), true);
            let known = buckets.contains(&balancer.text(&format!("{log}/bucket")));
            look.holds(&balancer.place, known, &format!("{log} goes to no bucket of ours"));
        }
    }
}

fn network(look: &mut Look<'_>) {
    let groups: Vec<_> =
        look.every("aws_cloudwatch_log_group").iter().map(|one| one.text("/arn")).collect();
    let flows = look.any("aws_flow_log");
    for network in look.every("aws_vpc") {
        let own = flows.iter().find(|flow| flow.text("/vpc_id") == network.text("/id"));
        look.holds(&network.place, own.is_some(), "nobody writes down what flows");
        let Some(own) = own else { continue };
        look.same(own, "/traffic_type", "ALL");
        let known = groups.contains(&own.text("/log_destination"));
        look.holds(&own.place, known, "it goes to no log of ours");
    }
    let logs = look.any("aws_wafv2_web_acl_logging_configuration");
    for wall in look.every("aws_wafv2_web_acl") {
        let own = logs.iter().any(|log| log.text("/resource_arn") == wall.text("/arn"));
        look.holds(&wall.place, own, "nobody writes down what it refuses");
    }
}

fn retention(look: &mut Look<'_>) {
    for group in look.every("aws_cloudwatch_log_group") {
        let days = group.at("/retention_in_days").as_u64().unwrap_or_default();
        look.holds(&group.place, (1..=400).contains(&days), &format!("it is kept {days} days"));
    }
    let groups: Vec<_> =
        look.every("aws_cloudwatch_log_group").iter().map(|one| one.text("/name")).collect();
    for function in look.in_stacks("AWS::Lambda::Function") {
        let known = groups.contains(&function.text("/LoggingConfig/LogGroup"));
        look.holds(&function.place, known, "its log is not one of ours");
    }
    for container in look.containers() {
        look.same(&container, "/logConfiguration/logDriver", "awslogs");
        let known = groups.contains(&container.text("/logConfiguration/options/awslogs-group"));
        look.holds(&container.place, known, "its log is not one of ours");
    }
}

fn strict(look: &mut Look<'_>) {
    let streams = look.every("aws_kinesis_firehose_delivery_stream");
    let streams: Vec<_> = streams.iter().map(|stream| stream.text("/name")).collect();
    for (_, place, settings) in look.deployment.settings() {
        look.note(place.clone());
        let setting = |name: &str| settings.get(name).map(String::as_str).unwrap_or_default();
        for (name, wanted) in [("AUDIT_TYPE", "firehose"), ("AUDIT_MODE", "strict")] {
            let fault = format!("{name} is {:?}", setting(name));
            look.holds(&place, setting(name) == wanted, &fault);
        }
        let known = streams.contains(&setting("AUDIT_FIREHOSE_STREAM_NAME"));
        look.holds(&place, known, "its audit stream is not one of ours");
    }
}

fn stream(look: &mut Look<'_>) {
    let audit = format!("arn:aws:s3:::nn-aiconnectors-audit-{}", look.deployment.environment());
    for stream in look.every("aws_kinesis_firehose_delivery_stream") {
        let to = "/extended_s3_configuration/0";
        look.same(&stream, &format!("{to}/bucket_arn"), audit.as_str());
        look.same(&stream, &format!("{to}/buffering_size"), 5);
        look.same(&stream, &format!("{to}/buffering_interval"), 60);
        look.same(&stream, &format!("{to}/cloudwatch_logging_options/0/enabled"), true);
        let by_date = stream.text(&format!("{to}/prefix")).contains("!{timestamp:yyyy-MM-dd}");
        look.holds(&stream.place, by_date, "records are not kept by date");
    }
}

fn bucket(look: &mut Look<'_>) {
    let name = format!("nn-aiconnectors-audit-{}", look.deployment.environment());
    let all = look.every("aws_s3_bucket");
    let audit = all.iter().find(|bucket| bucket.text("/bucket") == name);
    look.holds(&name, audit.is_some(), "there is no such bucket");
    let Some(audit) = audit else { return };
    if let Some(versions) = look.about("aws_s3_bucket_versioning", "/bucket", audit) {
        look.same(&versions, "/versioning_configuration/0/status", "Enabled");
    }
    let kind = "aws_s3_bucket_lifecycle_configuration";
    if let Some(life) = look.about(kind, "/bucket", audit) {
        look.same(&life, "/rule/0/status", "Enabled");
        look.same(&life, "/rule/0/transition/0/days", 90);
        look.same(&life, "/rule/0/transition/0/storage_class", "GLACIER");
        look.same(&life, "/rule/0/expiration/0/days", 365);
    }
    look.about("aws_s3_bucket_logging", "/bucket", audit);
    look.same(audit, "/force_destroy", false);
}

fn alarms(look: &mut Look<'_>) {
    let topic = look.deployment.topic().to_owned();
    let name = topic.rsplit(':').next().unwrap_or_default();
    let told: Vec<_> =
        look.every("aws_sns_topic_subscription").iter().map(|one| one.text("/topic_arn")).collect();
    look.holds(name, told.contains(&topic.as_str()), "nobody reads what the topic is told");
    for alarm in look.every("aws_cloudwatch_metric_alarm") {
        let reaches = !topic.is_empty() && alarm.has("/alarm_actions", &topic);
        look.holds(&alarm.place, reaches, "it tells nobody");
        // What was never switched off is on.
        look.same(&alarm, "/actions_enabled", true);
    }
    for alarm in look.in_stacks("AWS::CloudWatch::Alarm") {
        let reaches = alarm.list("/AlarmActions").iter().filter_map(|action| action.as_str());
        let reaches = reaches.filter_map(|arn| arn.rsplit(':').next()).any(|own| own == name);
        look.holds(&alarm.place, reaches && !name.is_empty(), "it tells nobody");
        let off = *alarm.at("/ActionsEnabled") == false;
        look.holds(&alarm.place, !off, "its actions are off");
    }
}
