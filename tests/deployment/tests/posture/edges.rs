//! What is changed of roles, logging and cost.

use serde_json::json;

use crate::doctored::{Change, in_stack, in_task, set, without};

const BALANCER: &str = "module.platform.aws_lb.public";
const SERVICE: &str = "module.ecs_service[\"sharepoint\"]";
const STREAM: &str = "module.platform.aws_kinesis_firehose_delivery_stream.audit";

pub(crate) const CHANGES: &[Change] = &[
    ("there are no users and no access keys", |d| {
        let user = json!({ "name": "somebody" });
        d.resources.add("aws_iam_user_login_profile", "aws_iam_user_login_profile.new", user);
    }),
    ("every role has a permissions boundary", |d| {
        let role = "module.connector[\"sharepoint\"].aws_iam_role.this[\"function\"]";
        let foreign = "arn:aws:iam::123456789012:policy/generous-boundary";
        set(d, role, "/permissions_boundary", foreign);
    }),
    ("the balancer logs requests and connections", |d| {
        set(d, BALANCER, "/connection_logs/0/enabled", false);
    }),
    ("the network and the firewall log what they let through and refuse", |d| {
        set(d, "module.network.aws_flow_log.this", "/traffic_type", "REJECT");
    }),
    ("the network and the firewall log what they let through and refuse", |d| {
        let wall = "module.platform.aws_wafv2_web_acl_logging_configuration.public";
        set(
            d,
            wall,
            "/resource_arn",
            "arn:aws:wafv2:eu-central-1:123456789012:regional/webacl/x/y",
        );
    }),
    ("logs are kept for a known time", |d| {
        set(d, "module.platform.aws_cloudwatch_log_group.audit", "/retention_in_days", 0);
    }),
    ("logs are kept for a known time", |d| {
        in_stack(d, "Function", "/LoggingConfig/LogGroup", "/aws/lambda/mcp-sharepoint");
    }),
    ("no answer leaves without its audit record", |d| in_task(d, "AUDIT_MODE", "best_effort")),
    ("no answer leaves without its audit record", |d| {
        let name = "/Environment/Variables/AUDIT_FIREHOSE_STREAM_NAME";
        in_stack(d, "Function", name, "aiconnectors-audit-prod");
    }),
    ("the stream delivers to the audit bucket as documented", |d| {
        let bucket = "/extended_s3_configuration/0/bucket_arn";
        set(d, STREAM, bucket, "arn:aws:s3:::somebody-elses");
    }),
    ("the audit bucket keeps versions, archives and expires", |d| {
        let life = "module.platform.aws_s3_bucket_lifecycle_configuration.audit";
        set(d, life, "/rule/0/transition/0/days", 30);
    }),
    ("the audit bucket keeps versions, archives and expires", |d| {
        without(d, "module.platform.aws_s3_bucket_versioning.this[\"audit\"]");
    }),
    ("every alarm reaches people", |d| {
        let alarm = "module.connector[\"sharepoint\"].aws_cloudwatch_metric_alarm.error_rate";
        set(d, alarm, "/alarm_actions", json!([]));
    }),
    ("every alarm reaches people", |d| {
        in_stack(d, "ThrottlesAlarm", "/AlarmActions", json!(["arn:aws:sns:eu-central-1:1:x"]));
    }),
    ("every alarm reaches people", |d| {
        let all: Vec<_> = d.resources.resources("aws_sns_topic_subscription").collect();
        let addresses: Vec<_> = all.iter().map(|one| one.address.clone()).collect();
        for address in addresses {
            without(d, &address);
        }
    }),
    ("a function cannot run more often than the list says", |d| {
        in_stack(d, "Function", "/ReservedConcurrentExecutions", 1000);
    }),
    ("a service cannot have more than ten tasks", |d| {
        set(d, &format!("{SERVICE}.aws_appautoscaling_target.this"), "/max_capacity", 100);
    }),
    ("people are told at 80 % and 100 % of the budget", |d| {
        d.resources.change("aws_budgets_budget.monthly", |values| {
            let all = values["notification"].as_array_mut().unwrap();
            all.retain(|one| one["threshold"] != 80 && one["threshold"] != 80.0);
        });
    }),
    ("people are told of unusual cost", |d| without(d, "aws_ce_anomaly_subscription.daily")),
];
