//! What it can cost, and who is told before it does.

use super::{Checks, Look};

pub(super) const CHECKS: Checks = &[
    ("a function cannot run more often than the list says", functions),
    ("a service cannot have more than ten tasks", services),
    ("people are told at 80 % and 100 % of the budget", budgets),
    ("people are told of unusual cost", anomalies),
];

fn functions(look: &mut Look<'_>) {
    for connector in &look.deployment.connectors {
        let start = format!("template.yaml ({}): ", connector.name);
        let all = look.in_stacks("AWS::Lambda::Function");
        for function in all.iter().filter(|function| function.place.starts_with(&start)) {
            look.same(function, "/ReservedConcurrentExecutions", connector.concurrency);
            look.same(function, "/MemorySize", connector.memory_mb);
            look.same(function, "/Timeout", connector.timeout_s);
        }
    }
}

fn services(look: &mut Look<'_>) {
    let targets = look.any("aws_appautoscaling_target");
    for service in look.any("aws_ecs_service") {
        let id = format!("/{}", service.text("/name"));
        let own = targets.iter().find(|target| target.text("/resource_id").ends_with(&id));
        look.holds(&service.place, own.is_some(), "nothing says how many tasks it may have");
    }
    for target in &targets {
        look.same(target, "/min_capacity", 2);
        let most = target.at("/max_capacity").as_u64().unwrap_or(u64::MAX);
        look.holds(&target.place, most <= 10, &format!("it may have {most} tasks"));
    }
    for (connector, task) in &look.deployment.tasks {
        let place = format!("functions/{connector}/ecs");
        look.note(place.clone());
        for (name, wanted) in [("cpu", "512"), ("memory", "1024")] {
            let found = task.get(name).and_then(serde_json::Value::as_str).unwrap_or_default();
            look.holds(&place, found == wanted, &format!("{name} is {found:?}"));
        }
    }
}

fn budgets(look: &mut Look<'_>) {
    for budget in look.every("aws_budgets_budget") {
        for percent in [80.0, 100.0] {
            let told = budget.list("/notification").iter().any(|notification| {
                let addresses = notification["subscriber_email_addresses"].as_array();
                let topics = notification["subscriber_sns_topic_arns"].as_array();
                let people = addresses.into_iter().chain(topics).flatten().count() > 0;
                notification["threshold"].as_f64() == Some(percent)
                    && notification["threshold_type"] == "PERCENTAGE"
                    && notification["notification_type"] == "ACTUAL"
                    && people
            });
            look.holds(&budget.place, told, &format!("nobody is told at {percent} %"));
        }
    }
}

fn anomalies(look: &mut Look<'_>) {
    look.every("aws_ce_anomaly_monitor");
    for subscription in look.every("aws_ce_anomaly_subscription") {
        let people = !subscription.list("/subscriber").is_empty();
        look.holds(&subscription.place, people, "nobody is told");
    }
}
