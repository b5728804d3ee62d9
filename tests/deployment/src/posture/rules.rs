//! Who may talk to whom: security groups and, if there are any, network lists.

use serde_json::Value;

use super::look::Thing;
use super::{Checks, Look};

pub(super) const CHECKS: Checks = &[
    ("the internet reaches the balancer at 80 and 443, and nothing else", from_the_internet),
    ("only the balancer reaches a task, at its port", to_tasks),
    ("what goes out goes to 443, or to a task", outwards),
    ("nothing uses the default group or a rule of its own", defaults),
];

const IN: &str = "aws_vpc_security_group_ingress_rule";
const OUT: &str = "aws_vpc_security_group_egress_rule";
/// Where programs listen.
const PORT: u64 = 8000;

/// The group of this name and of this environment.
fn group(look: &mut Look<'_>, name: &str) -> String {
    let wanted = format!("aiconnectors-{}-{name}", look.deployment.environment());
    let all = look.every("aws_security_group");
    let own = all.iter().find(|group| group.text("/name") == wanted);
    let id = own.map(|group| group.text("/id").to_owned()).unwrap_or_default();
    look.holds(&wanted, !id.is_empty(), "there is no such security group");
    id
}

fn ports(rule: &Thing<'_>) -> (Option<u64>, Option<u64>) {
    (rule.at("/from_port").as_u64(), rule.at("/to_port").as_u64())
}

/// Whether a rule is about addresses, whichever.
fn about_addresses(rule: &Thing<'_>) -> bool {
    ["/cidr_ipv4", "/cidr_ipv6", "/prefix_list_id"].iter().any(|name| !rule.text(name).is_empty())
}

fn from_the_internet(look: &mut Look<'_>) {
    let balancer = group(look, "balancer");
    let mut open = Vec::new();
    for rule in look.every(IN).into_iter().filter(about_addresses) {
        let own = rule.text("/security_group_id") == balancer;
        look.holds(&rule.place, own, "addresses reach something that is not the balancer");
        look.same(&rule, "/ip_protocol", "tcp");
        if let (Some(from), Some(to)) = ports(&rule) {
            let one = from == to && [80, 443].contains(&from);
            look.holds(&rule.place, one, &format!("it opens {from} to {to}"));
            open.push(from);
        } else {
            look.holds(&rule.place, false, "it opens every port");
        }
    }
    open.sort_unstable();
    look.holds(IN, open == [80, 443], &format!("open to the internet: {open:?}"));
    for lb in look.every("aws_lb") {
        look.same(&lb, "/security_groups", Value::from(vec![balancer.clone()]));
    }
}

fn to_tasks(look: &mut Look<'_>) {
    let (balancer, workload) = (group(look, "balancer"), group(look, "workload"));
    let all = look.every(IN);
    let own: Vec<_> =
        all.iter().filter(|rule| rule.text("/security_group_id") == workload).collect();
    look.holds(IN, !own.is_empty(), "nobody reaches the tasks");
    for rule in own {
        look.same(rule, "/referenced_security_group_id", balancer.as_str());
        let exact = ports(rule) == (Some(PORT), Some(PORT));
        look.holds(&rule.place, exact, "it opens another port than the program's");
    }
    for service in look.any("aws_ecs_service") {
        let groups = Value::from(vec![workload.clone()]);
        look.same(&service, "/network_configuration/0/security_groups", groups);
    }
    for container in look.containers() {
        look.same(&container, "/portMappings/0/containerPort", PORT);
    }
}

fn outwards(look: &mut Look<'_>) {
    let (balancer, workload) = (group(look, "balancer"), group(look, "workload"));
    for rule in look.every(OUT) {
        look.same(&rule, "/ip_protocol", "tcp");
        let from = rule.text("/security_group_id");
        let to = rule.text("/referenced_security_group_id");
        let allowed = match ports(&rule) {
            (Some(443), Some(443)) => from == workload,
            (Some(PORT), Some(PORT)) => from == balancer && to == workload,
            _ => false,
        };
        look.holds(&rule.place, allowed, "it lets out more than is documented");
    }
}

fn defaults(look: &mut Look<'_>) {
    for group in look.every("aws_default_security_group") {
        let empty = group.list("/ingress").is_empty() && group.list("/egress").is_empty();
        look.holds(
            &group.place,
            empty,
            "the group that everything falls into lets something through",
        );
    }
    for kind in ["aws_security_group_rule", "aws_network_acl_rule"] {
        for rule in look.any(kind) {
            look.holds(&rule.place, false, "a rule that this checklist does not read");
        }
    }
    for group in look.every("aws_security_group") {
        // What the group itself lists are the rules above; a state shows them here too.
        let known = |name: &str| group.list(name).iter().all(|rule| rule["self"] != true);
        look.holds(&group.place, known("/ingress"), "its members reach each other at every port");
    }
    for list in look.any("aws_network_acl") {
        let open = list.list("/ingress").iter().any(|rule| {
            rule["action"] == "allow"
                && rule["cidr_block"] == "0.0.0.0/0"
                && rule["protocol"] == "-1"
        });
        look.holds(&list.place, !open, "it lets everything in");
    }
}
