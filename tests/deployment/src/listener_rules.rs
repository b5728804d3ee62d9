//! The routing table of the public balancer, read from where its rules are written: the stacks of
//! functions and Terraform's plan for services. The local balancer can be started with it.
#![expect(clippy::indexing_slicing, reason = "reading from JSON by an index gives null, no panic")]

use serde_json::Value;
use stand_ins::alb::{AlbPlan, HealthCheckPlan, TargetKind, TargetPlan};

use crate::connectors::{Connector, Environment};
use crate::plan::{Plan, Resource};
use crate::sam::Stack;

/// How much later a service's rule comes than the function's: whoever has both is a function.
pub const SERVICE_AFTER: u32 = 5;

/// What stands behind a target group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A Lambda function, from `template.yaml`.
    Function,
    /// An ECS service, from `infra/`.
    Service,
}

/// One listener rule with its target group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its rank: the lowest number wins.
    pub priority: u32,
    /// The hosts that it is about.
    pub hosts: Vec<String>,
    /// Name of its target group.
    pub target_group: String,
    /// What stands behind it.
    pub kind: Kind,
    /// Whether a function's events keep every value of a header.
    pub multi_value_headers: bool,
    /// Path and seconds of health checks, when they are on.
    pub health_check: Option<(String, u64)>,
}

/// The rules of a function's stack.
///
/// # Errors
/// When a rule cannot be read, or leads elsewhere too.
pub fn of_stack(stack: &Stack) -> Result<Vec<Rule>, String> {
    let rules = stack.of_type("AWS::ElasticLoadBalancingV2::ListenerRule");
    rules.map(|(id, rule)| of_stack_rule(stack, id, &rule["Properties"])).collect()
}

fn of_stack_rule(stack: &Stack, id: &str, rule: &Value) -> Result<Rule, String> {
    let group = stack.only("AWS::ElasticLoadBalancingV2::TargetGroup");
    let forwarded = rule["Actions"][0]["ForwardConfig"]["TargetGroups"].as_array();
    let name = text(&group["Name"]).ok_or_else(|| format!("{id}: its target group has no name"))?;
    let leads_there = forwarded.is_some_and(|groups| {
        matches!(groups.as_slice(), [only] if text(&only["TargetGroupArn"])
            .is_some_and(|arn| arn.contains(&format!(":targetgroup/{name}/"))))
    });
    if !leads_there {
        return Err(format!("{id}: it does not lead to {name} alone"));
    }
    let conditions = rule["Conditions"].as_array();
    let hosts = match conditions.map(Vec::as_slice) {
        Some([only]) if only["Field"] == "host-header" => {
            texts(&only["HostHeaderConfig"]["Values"])
        }
        _ => return Err(format!("{id}: its only condition is not a host")),
    };
    let attributes = group["TargetGroupAttributes"].as_array().into_iter().flatten();
    let mut multi = attributes.filter(|one| one["Key"] == "lambda.multi_value_headers.enabled");
    let checked = group["HealthCheckEnabled"] == true;
    let path = text(&group["HealthCheckPath"]);
    Ok(Rule {
        priority: number(&rule["Priority"]).ok_or_else(|| format!("{id}: it has no priority"))?,
        hosts,
        target_group: name,
        kind: Kind::Function,
        multi_value_headers: multi.next_back().is_some_and(|one| one["Value"] == "true"),
        health_check: path.filter(|_| checked).zip(group["HealthCheckIntervalSeconds"].as_u64()),
    })
}

/// The rules that Terraform plans or has made. A plan does not know ARNs, so a rule's target group is
/// the one that stands beside it.
///
/// # Errors
/// When no target group stands beside a rule, or a rule cannot be read.
pub fn of_plan(plan: &Plan) -> Result<Vec<Rule>, String> {
    let rules = plan.resources("aws_lb_listener_rule").map(|Resource { address, kind, values }| {
        let group = plan
            .resources("aws_lb_target_group")
            .find(|group| module(&group.address, &group.kind) == module(address, kind));
        let group = group.ok_or_else(|| format!("{address}: no target group stands beside it"))?;
        let group = &group.values;
        let conditions = values["condition"].as_array().into_iter().flatten();
        let hosts = conditions.flat_map(|one| texts(&one["host_header"][0]["values"]));
        let check = &group["health_check"][0];
        Ok(Rule {
            priority: number(&values["priority"])
                .ok_or_else(|| format!("{address}: it has no priority"))?,
            hosts: hosts.collect(),
            target_group: text(&group["name"])
                .ok_or_else(|| format!("{address}: its target group has no name"))?,
            kind: Kind::Service,
            multi_value_headers: true,
            health_check: text(&check["path"]).zip(check["interval"].as_u64()),
        })
    });
    rules.collect()
}

/// The part of an address that names the module; nothing for the root.
fn module<'a>(address: &'a str, kind: &str) -> &'a str {
    address.rsplit_once(&format!("{kind}.")).map_or("", |(module, _)| module)
}

/// Where the rules and the one list of connectors disagree. `rules` are those that an environment
/// keeps: the stack of a connector on ECS is deleted.
pub fn disagreements(
    rules: &[Rule],
    connectors: &[Connector],
    environment: Environment,
) -> Vec<String> {
    let mut problems = Vec::new();
    for connector in connectors {
        let (kind, suffix, later) = match connector.flavour.as_str() {
            "ecs" => (Kind::Service, "ecs", SERVICE_AFTER),
            _ => (Kind::Function, "lambda", 0),
        };
        let host = connector.host_in(environment);
        let group = format!("mcp-{}-{suffix}", connector.name);
        let mut own: Vec<_> = rules.iter().filter(|rule| rule.hosts.contains(&host)).collect();
        own.sort_by_key(|rule| rule.priority);
        match own.first() {
            None => problems.push(format!("no rule leads {host} anywhere")),
            Some(rule) => {
                let wanted = connector.priority + later;
                let right = rule.priority == wanted
                    && rule.kind == kind
                    && rule.target_group == group
                    && rule.hosts == [host.clone()];
                if !right {
                    problems.push(format!("{host} should lead to {group} at {wanted}: {rule:?}"));
                }
            }
        }
    }
    for rule in rules {
        let known = |host: &String| {
            connectors.iter().any(|connector| connector.host_in(environment) == *host)
        };
        if !rule.hosts.iter().all(known) {
            problems.push(format!("no connector of the list has the hosts of {rule:?}"));
        }
        if rules.iter().filter(|other| other.priority == rule.priority).count() > 1 {
            problems.push(format!("priority {} is taken twice", rule.priority));
        }
    }
    problems
}

/// A local balancer with these rules; `target` says what answers behind each.
pub fn local_balancer(rules: &[Rule], target: impl Fn(&Rule) -> TargetKind) -> AlbPlan {
    let targets = rules.iter().map(|rule| TargetPlan {
        name: rule.target_group.clone(),
        host_patterns: rule.hosts.clone(),
        listen: Vec::new(),
        priority: rule.priority,
        multi_value_headers: rule.multi_value_headers,
        health_check: rule
            .health_check
            .clone()
            .map(|(path, interval_s)| HealthCheckPlan { path, interval_s }),
        target: target(rule),
    });
    AlbPlan::new(targets.collect())
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(text).collect()
}

fn number(value: &Value) -> Option<u32> {
    value.as_u64().and_then(|number| u32::try_from(number).ok())
}
