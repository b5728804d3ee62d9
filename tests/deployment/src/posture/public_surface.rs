//! What the internet can reach: one balancer, and through it what a rule names.
#![expect(clippy::indexing_slicing, reason = "reading from JSON by an index gives null, no panic")]

use serde_json::{Value, json};

use super::{Checks, Look};
use crate::listener_rules::SERVICE_AFTER;

pub(super) const CHECKS: Checks = &[
    ("the balancer is the only door", only_door),
    ("443 answers 404 to what no rule wants", default_answer),
    ("80 only redirects to 443", redirect),
    ("every rule is for one host, at its documented priority", listener_rules),
    ("nothing that computes has a public address", addresses),
    ("no bucket is public", buckets),
    ("a firewall with a rate rule stands before the balancer", firewall),
    ("everything stays in one region of one account", region),
];

/// What would be a second door, by the beginning of its type.
const DOORS: [&str; 17] = [
    "aws_api_gateway_",
    "aws_apigatewayv2_",
    "aws_apprunner_service",
    "aws_appsync_",
    "aws_cloudfront_",
    "aws_elb",
    "aws_globalaccelerator_",
    "aws_instance",
    "aws_lambda_function_url",
    "aws_lightsail_",
    "aws_s3_bucket_website_configuration",
    "aws_vpc_endpoint_service",
    "AWS::ApiGateway",
    "AWS::CloudFront::",
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "AWS::Lambda::Url",
    "AWS::S3::Bucket",
];

fn only_door(look: &mut Look<'_>) {
    let balancers = look.every("aws_lb");
    for balancer in &balancers {
        look.same(balancer, "/name", "aiconnectors-public");
        look.same(balancer, "/internal", false);
        look.same(balancer, "/drop_invalid_header_fields", true);
        look.same(balancer, "/desync_mitigation_mode", "strictest");
    }
    look.holds("aws_lb", balancers.len() == 1, "there is more than one balancer");
    let kinds = look.deployment.resources.all().iter();
    let mut kinds: Vec<_> = kinds.map(|one| (one.address.clone(), one.kind.clone())).collect();
    for (connector, stack) in &look.deployment.stacks {
        for (id, resource) in stack {
            let kind = resource.get("Type").and_then(Value::as_str).unwrap_or_default();
            kinds.push((format!("template.yaml ({connector}): {id}"), kind.to_owned()));
        }
    }
    for (place, kind) in kinds {
        let door = DOORS.iter().any(|door| kind.starts_with(door));
        look.holds(&place, !door, &format!("{kind} is a second door"));
    }
    // Only the balancer may invoke a function.
    for permission in look.in_stacks("AWS::Lambda::Permission") {
        look.same(&permission, "/Principal", "elasticloadbalancing.amazonaws.com");
        look.same(&permission, "/Action", "lambda:InvokeFunction");
        let bound = permission.at("/SourceArn").is_string();
        look.holds(&permission.place, bound, "any balancer may invoke the function");
    }
}

fn default_answer(look: &mut Look<'_>) {
    let listeners = look.every("aws_lb_listener");
    let mut doors = 0;
    for listener in listeners.iter().filter(|listener| *listener.at("/port") == 443) {
        doors += 1;
        look.same(listener, "/protocol", "HTTPS");
        look.same(listener, "/default_action/0/type", "fixed-response");
        look.same(listener, "/default_action/0/fixed_response/0/status_code", "404");
    }
    look.holds("aws_lb_listener", doors == 1, "there is not one listener at 443");
}

fn redirect(look: &mut Look<'_>) {
    let listeners = look.every("aws_lb_listener");
    let plain: Vec<_> = listeners.iter().filter(|one| *one.at("/port") != 443).collect();
    look.holds("aws_lb_listener", plain.len() == 1, "there is not one listener beside that at 443");
    for listener in &plain {
        look.same(listener, "/port", 80);
        look.same(listener, "/default_action/0/type", "redirect");
        look.same(listener, "/default_action/0/redirect/0/protocol", "HTTPS");
        look.same(listener, "/default_action/0/redirect/0/port", "443");
    }
    let plain: Vec<_> = plain.iter().map(|listener| listener.text("/arn")).collect();
    for rule in look.any("aws_lb_listener_rule") {
        let on_plain = plain.contains(&rule.text("/listener_arn"));
        look.holds(&rule.place, !on_plain, "it hangs on a listener without TLS");
    }
}

fn listener_rules(look: &mut Look<'_>) {
    let deployment = look.deployment;
    let wanted = |prefix: &str, suffix: &str, later: u32| {
        let list = deployment.connectors.iter();
        list.map(|one| {
            let group = format!("{prefix}{}{suffix}", one.name);
            (group, one.priority + later, deployment.host(one))
        })
        .collect::<Vec<_>>()
    };
    let functions = wanted("template.yaml (", "): ", 0);
    for rule in look.in_stacks("AWS::ElasticLoadBalancingV2::ListenerRule") {
        let own = functions.iter().find(|(place, ..)| rule.place.starts_with(place));
        let Some((_, priority, host)) = own else { continue };
        look.same(&rule, "/Priority", *priority);
        let host = json!([{ "Field": "host-header", "HostHeaderConfig": { "Values": [host] } }]);
        look.same(&rule, "/Conditions", host);
    }
    let services = wanted("module.ecs_service[\"", "\"].", SERVICE_AFTER);
    for rule in look.any("aws_lb_listener_rule") {
        let own = services.iter().find(|(place, ..)| rule.place.starts_with(place));
        look.holds(&rule.place, own.is_some(), "it belongs to no connector of the list");
        let Some((_, priority, host)) = own else { continue };
        look.same(&rule, "/priority", *priority);
        let only = rule.list("/condition").len() == 1;
        look.holds(&rule.place, only, "a host is not its only condition");
        look.same(&rule, "/condition/0/host_header/0/values", json!([host]));
    }
}

fn addresses(look: &mut Look<'_>) {
    let mut private = Vec::new();
    for subnet in look.every("aws_subnet") {
        look.same(&subnet, "/map_public_ip_on_launch", false);
        if subnet.place.contains("aws_subnet.private") {
            private.push(subnet.text("/id").to_owned());
        }
    }
    for service in look.any("aws_ecs_service") {
        look.same(&service, "/network_configuration/0/assign_public_ip", false);
        let subnets = service.list("/network_configuration/0/subnets");
        let inside =
            |subnet: &Value| subnet.as_str().is_some_and(|id| private.iter().any(|own| own == id));
        let all = !subnets.is_empty() && subnets.iter().all(inside);
        look.holds(&service.place, all, "its tasks do not all stand in private subnets");
    }
    // Addresses of the way out, and no others.
    let gateways: Vec<_> =
        look.any("aws_nat_gateway").iter().map(|gateway| gateway.text("/allocation_id")).collect();
    for address in look.any("aws_eip") {
        let out = gateways.contains(&address.text("/id"));
        look.holds(&address.place, out, "a public address that is not of a NAT gateway");
    }
}

fn buckets(look: &mut Look<'_>) {
    for bucket in look.every("aws_s3_bucket") {
        let block = look.about("aws_s3_bucket_public_access_block", "/bucket", &bucket);
        let Some(block) = block else { continue };
        for lock in [
            "block_public_acls",
            "block_public_policy",
            "ignore_public_acls",
            "restrict_public_buckets",
        ] {
            look.same(&block, &format!("/{lock}"), true);
        }
    }
}

fn firewall(look: &mut Look<'_>) {
    for balancer in look.every("aws_lb") {
        let found = look.any("aws_wafv2_web_acl_association");
        let own = found.iter().find(|one| one.text("/resource_arn") == balancer.text("/arn"));
        let known = own.is_some() && !balancer.text("/arn").is_empty();
        look.holds(&balancer.place, known, "no firewall stands before it");
        look.same(&balancer, "/enable_waf_fail_open", false);
        let Some(own) = own else { continue };
        let walls = look.every("aws_wafv2_web_acl");
        let wall = walls.iter().find(|wall| wall.text("/arn") == own.text("/web_acl_arn"));
        look.holds(&own.place, wall.is_some(), "it leads to no firewall");
        let Some(wall) = wall else { continue };
        let blocks = wall.list("/rule").iter().any(|rule| {
            let by_rate = &rule["statement"][0]["rate_based_statement"][0];
            // A rule for some paths only is none for the rest.
            let whole = by_rate["scope_down_statement"].as_array().is_none_or(Vec::is_empty);
            by_rate["limit"].is_u64() && whole && rule["action"][0]["block"][0].is_object()
        });
        look.holds(&wall.place, blocks, "no rule blocks addresses that send too much");
    }
}

/// Every ARN that names a region or an account names ours.
fn region(look: &mut Look<'_>) {
    let resources = &look.deployment.resources;
    look.holds("the plan", !resources.region.is_empty(), "it says no region");
    for resource in resources.all() {
        let Some(arn) = resource.text("arn") else { continue };
        let parts: Vec<_> = arn.splitn(6, ':').collect();
        let [_, _, _, region, account, _] = parts.as_slice() else { continue };
        look.note(resource.address.clone());
        let here = region.is_empty() || *region == resources.region;
        look.holds(&resource.address, here, &format!("it stands in {region}"));
        let ours = account.is_empty() || *account == resources.account;
        look.holds(&resource.address, ours, &format!("it stands in the account {account}"));
    }
    let region = resources.region.clone();
    for (_, place, settings) in look.deployment.settings() {
        look.note(place.clone());
        for name in ["AWS_REGION", "STORAGE_DYNAMODB_REGION"] {
            let other = settings.get(name).is_some_and(|value| *value != region);
            look.holds(&place, !other, &format!("{name} is not {region}"));
        }
    }
}
