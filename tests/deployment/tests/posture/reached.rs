//! What is changed of the public surface, rules of the network, TLS, health and roles.

use deployment::posture::Deployment;
use serde_json::json;

use crate::doctored::{Change, in_stack, in_task, set, without};

const BALANCER: &str = "module.platform.aws_lb.public";
const HTTP: &str = "module.platform.aws_lb_listener.http";
const HTTPS: &str = "module.platform.aws_lb_listener.https";
const GROUPS: &str = "module.network.aws_vpc_security_group";
const SERVICE: &str = "module.ecs_service[\"sharepoint\"]";

pub(crate) const CHANGES: &[Change] = &[
    ("the balancer is the only door", |d| {
        d.resources.add("aws_lambda_function_url", "aws_lambda_function_url.new", json!({}));
    }),
    ("the balancer is the only door", |d| set(d, BALANCER, "/drop_invalid_header_fields", false)),
    ("the balancer is the only door", |d| {
        in_stack(d, "BalancerPermission", "/Principal", "apigateway.amazonaws.com");
    }),
    ("the balancer is the only door", |d| {
        let stack = d.stacks.get_mut("sharepoint").unwrap();
        stack.insert("Url".to_owned(), json!({ "Type": "AWS::Lambda::Url" }));
    }),
    ("443 answers 404 to what no rule wants", |d| {
        set(d, HTTPS, "/default_action/0/fixed_response/0/status_code", "200");
    }),
    ("80 only redirects to 443", |d| set(d, HTTP, "/default_action/0/redirect/0/port", "8443")),
    ("80 only redirects to 443", |d| {
        let arn = d.resources.resources("aws_lb_listener").find(|one| one.values["port"] == 80);
        let arn = arn.unwrap().text("arn").unwrap().to_owned();
        set(d, &format!("{SERVICE}.aws_lb_listener_rule.this"), "/listener_arn", arn);
    }),
    ("every rule is for one host, at its documented priority", |d| {
        in_stack(d, "ListenerRule", "/Priority", 101);
    }),
    ("every rule is for one host, at its documented priority", |d| {
        let host = "/Conditions/0/HostHeaderConfig/Values/0";
        in_stack(d, "ListenerRule", host, "*.connectors.example.com");
    }),
    ("every rule is for one host, at its documented priority", |d| {
        set(d, &format!("{SERVICE}.aws_lb_listener_rule.this"), "/priority", 95);
    }),
    ("nothing that computes has a public address", |d| {
        let address = format!("{SERVICE}.aws_ecs_service.this");
        set(d, &address, "/network_configuration/0/assign_public_ip", true);
    }),
    ("nothing that computes has a public address", |d| {
        let public =
            d.resources.resources("aws_subnet").find(|one| one.address.contains(".public["));
        let public = public.unwrap().text("id").unwrap().to_owned();
        let address = format!("{SERVICE}.aws_ecs_service.this");
        set(d, &address, "/network_configuration/0/subnets", json!([public]));
    }),
    ("no bucket is public", |d| {
        let block = "module.platform.aws_s3_bucket_public_access_block.this[\"audit\"]";
        set(d, block, "/block_public_policy", false);
    }),
    ("no bucket is public", |d| {
        without(d, "module.account.aws_s3_bucket_public_access_block.this[\"terraform\"]");
    }),
    ("a firewall with a rate rule stands before the balancer", |d| {
        without(d, "module.platform.aws_wafv2_web_acl_association.public");
    }),
    ("a firewall with a rate rule stands before the balancer", |d| {
        // A rate rule for some paths only is none for the rest.
        d.resources.change("module.platform.aws_wafv2_web_acl.public", |values| {
            let rules = values["rule"].as_array_mut().unwrap();
            rules.retain(|rule| rule["name"] != "requests-per-address");
        });
    }),
    ("a firewall with a rate rule stands before the balancer", |d| {
        set(d, BALANCER, "/enable_waf_fail_open", true);
    }),
    ("everything stays in one region of one account", |d| {
        in_task(d, "STORAGE_DYNAMODB_REGION", "us-east-1");
    }),
    ("everything stays in one region of one account", |d| {
        let cluster = "arn:aws:ecs:us-east-1:123456789012:cluster/elsewhere";
        set(d, "module.platform.aws_ecs_cluster.this", "/arn", cluster);
    }),
    ("every target is asked for its health", |d| {
        in_stack(d, "TargetGroup", "/HealthCheckEnabled", false);
    }),
    ("every target is asked for its health", |d| {
        set(d, &format!("{SERVICE}.aws_lb_target_group.this"), "/health_check/0/path", "/");
    }),
    ("an unhealthy target raises an alarm", |d| {
        in_stack(d, "UnhealthyAlarm", "/MetricName", "HealthyHostCount");
    }),
    ("an unhealthy target raises an alarm", |d| {
        let alarm = format!("{SERVICE}.aws_cloudwatch_metric_alarm.unhealthy");
        set(d, &alarm, "/dimensions/TargetGroup", "targetgroup/mcp-other-ecs/0");
    }),
    ("the internet reaches the balancer at 80 and 443, and nothing else", |d| {
        set(d, &format!("{GROUPS}_ingress_rule.balancer_https"), "/to_port", 65535);
    }),
    ("the internet reaches the balancer at 80 and 443, and nothing else", |d| {
        let rule = format!("{GROUPS}_ingress_rule.endpoints_from_workload");
        set(d, &rule, "/cidr_ipv4", "0.0.0.0/0");
    }),
    ("only the balancer reaches a task, at its port", |d| {
        let rule = format!("{GROUPS}_ingress_rule.workload_from_balancer");
        set(d, &rule, "/referenced_security_group_id", "sg-0123456789abcdef0");
    }),
    ("what goes out goes to 443, or to a task", |d| {
        set(d, &format!("{GROUPS}_egress_rule.workload_https"), "/from_port", 25);
    }),
    ("nothing uses the default group or a rule of its own", |d| {
        let rule = json!({ "type": "ingress", "cidr_blocks": ["0.0.0.0/0"] });
        d.resources.add("aws_security_group_rule", "aws_security_group_rule.new", rule);
    }),
    ("the balancer speaks TLS 1.3 and nothing older", |d| {
        set(d, HTTPS, "/ssl_policy", "ELBSecurityPolicy-TLS13-1-2-2021-06");
    }),
    ("browsers are told to come by TLS only", |d| {
        let header = "/routing_http_response_strict_transport_security_header_value";
        set(d, HTTPS, header, "max-age=60");
    }),
    ("the certificate is for our hosts and proven by DNS", |d| {
        set(d, "module.account.aws_acm_certificate.this", "/validation_method", "EMAIL");
    }),
    ("nothing but the redirect speaks plain HTTP", |d| {
        in_task(d, "MCP_BASE_URL", "http://sharepoint.example.com");
    }),
    ("buckets refuse plain HTTP", |d| {
        let policy = "module.platform.aws_s3_bucket_policy.audit";
        set(d, policy, "/policy", r#"{"Statement":[]}"#);
    }),
    ("policies say what the written lists say, and reach nothing of others", |d| {
        let policy = "module.connector[\"sharepoint\"].aws_iam_role_policy.this[\"task\"]";
        d.resources.change(policy, |values| {
            let text = values["policy"].as_str().unwrap();
            assert!(text.contains("firehose:PutRecordBatch"));
            let text = text.replace("firehose:PutRecordBatch", "firehose:DeleteDeliveryStream");
            values["policy"] = text.into();
        });
    }),
    ("roles are taken by one service, or by this repository's runs", |d| {
        let role = "module.connector[\"sharepoint\"].aws_iam_role.this[\"task\"]";
        trust(d, role, "ecs-tasks.amazonaws.com", "ec2.amazonaws.com");
    }),
    ("roles are taken by one service, or by this repository's runs", |d| {
        let role = "module.account.aws_iam_role.deploy[\"sharepoint\"]";
        trust(d, role, ":ref:refs/heads/main", ":*");
    }),
    ("nobody outside this account is let in", |d| {
        let policy = r#"{"Statement":[{"Sid":"All","Effect":"Allow","Principal":"*","Action":"sns:Publish","Resource":"*"}]}"#;
        set(d, "module.platform.aws_sns_topic_policy.alarms", "/policy", policy);
    }),
];

/// Changes the words of a trust policy, which must have them.
fn trust(deployment: &mut Deployment, role: &str, old: &str, new: &str) {
    deployment.resources.change(role, |values| {
        let text = values["assume_role_policy"].as_str().unwrap();
        assert!(text.contains(old), "{text}");
        values["assume_role_policy"] = text.replace(old, new).into();
    });
}
