//! Where requests go: the local balancer takes the rules that are deployed.

use deployment::connectors::{Connector, Environment};
use deployment::listener_rules::{Kind, Rule, disagreements, local_balancer, of_plan, of_stack};
use deployment::plan::Plan;
use deployment::sam::stacks;
use deployment::tools::Tool;
use e2e::{Moto, NAME, Request, connector_program, exchange};
use serde_json::json;
use stand_ins::alb::{Alb, HttpPlan, LambdaPlan, TargetKind};

use crate::settings::{environment, keep_secrets};
use crate::{installed, releases, sharepoint};

fn rules_in(environment: Environment) -> Option<Vec<Rule>> {
    let own = releases()?.iter().filter(|(_, own, _)| *own == environment);
    Some(own.flat_map(|(_, _, stack)| of_stack(stack).unwrap()).collect())
}

/// What Terraform plans for a service.
fn planned(name: &str, host: &str, priority: u32) -> Plan {
    let mut plan = Plan::default();
    plan.add(
        "aws_lb_target_group",
        &format!("module.ecs_service[\"{name}\"].aws_lb_target_group.this"),
        json!({
            "name": format!("mcp-{name}-ecs"),
            "health_check": [{ "path": "/health", "interval": 15 }],
        }),
    );
    plan.add(
        "aws_lb_listener_rule",
        &format!("module.ecs_service[\"{name}\"].aws_lb_listener_rule.this"),
        json!({
            "priority": priority,
            "condition": [{ "host_header": [{ "values": [host] }] }],
            "action": [{ "type": "forward" }],
        }),
    );
    plan
}

#[test]
fn the_rules_and_the_list_of_connectors_agree() {
    for environment in Environment::ALL {
        let Some(rules) = rules_in(environment) else { return };
        let problems = disagreements(&rules, &functions(), environment);
        assert!(problems.is_empty(), "{problems:#?}");
    }
}

/// The list, as if every connector were a function: a template can deploy each.
fn functions() -> Vec<Connector> {
    let mut connectors = Connector::all().unwrap();
    for connector in &mut connectors {
        "lambda".clone_into(&mut connector.flavour);
    }
    connectors
}

#[test]
fn a_rule_that_the_list_does_not_know_is_found() {
    let Some(rules) = rules_in(Environment::Dev) else { return };
    let [rule] = rules.as_slice() else { panic!("one rule: {rules:?}") };
    let change = |change: &dyn Fn(&mut Rule)| {
        let mut changed = rule.clone();
        change(&mut changed);
        changed
    };
    for (rules, word) in [
        (vec![], "anywhere"),
        (vec![change(&|rule| rule.priority = 105)], "should lead to"),
        (vec![change(&|rule| rule.kind = Kind::Service)], "should lead to"),
        (vec![change(&|rule| rule.target_group = "mcp-outlook-lambda".to_owned())], "should lead"),
        (vec![change(&|rule| rule.hosts.push("*".to_owned()))], "should lead to"),
        (vec![rule.clone(), change(&|rule| rule.hosts = vec!["x.example".to_owned()])], "no conn"),
        (vec![rule.clone(), rule.clone()], "taken twice"),
    ] {
        let found = disagreements(&rules, &functions(), Environment::Dev);
        assert!(found.iter().any(|one| one.contains(word)), "{word}: {found:?}");
    }
}

#[test]
fn one_word_in_the_list_moves_a_connector_to_its_service_and_back() {
    let Some(functions_rules) = rules_in(Environment::Dev) else { return };
    let mut on_ecs = functions();
    let host = on_ecs[0].host_in(Environment::Dev);
    let service = of_plan(&planned("sharepoint", &host, 105)).unwrap();
    on_ecs[0].flavour = "ecs".to_owned();

    // Terraform made the service; the stack is still there, and its rule comes first.
    let both = [functions_rules.clone(), service.clone()].concat();
    assert_eq!(disagreements(&both, &functions(), Environment::Dev), Vec::<String>::new());
    assert!(!disagreements(&both, &on_ecs, Environment::Dev).is_empty());
    // The stack is deleted: what is left is what the list says.
    assert_eq!(disagreements(&service, &on_ecs, Environment::Dev), Vec::<String>::new());
    // A rule of another module's target group is not read as if it were this one's.
    let mut apart = Plan::default();
    for one in planned("sharepoint", &host, 105).all() {
        let module = if one.kind == "aws_lb_target_group" { "module.other" } else { "module.own" };
        apart.add(&one.kind, &format!("{module}.{}.this", one.kind), one.values.clone());
    }
    assert!(of_plan(&apart).unwrap_err().contains("no target group"));
    // A plan whose rule would come before the function's is found.
    let early = of_plan(&planned("sharepoint", &host, 95)).unwrap();
    assert!(!disagreements(&early, &on_ecs, Environment::Dev).is_empty());
}

#[test]
fn a_rule_that_also_leads_elsewhere_is_not_read_as_one_that_does_not() {
    if !installed(Tool::SamPython) {
        return;
    }
    let group = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/old/0a";
    let moving = sharepoint().with("LegacyTargetGroupArn", group).with("LegacyWeight", "50");
    let stack = stacks(&[moving]).unwrap().remove(0).unwrap();
    assert!(of_stack(&stack).unwrap_err().contains("alone"));
}

#[tokio::test]
async fn the_host_of_a_connector_reaches_its_function_and_no_other_host_does() {
    let (Some(releases), Some(moto)) = (releases(), Moto::start().await) else { return };
    for where_to in Environment::ALL {
        let one =
            |(connector, own, _): &&(Connector, _, _)| connector.name == NAME && *own == where_to;
        let (connector, _, stack) = releases.iter().find(one).unwrap();
        let settings = environment(stack, &moto);
        keep_secrets(&settings).await;
        let plan = local_balancer(&of_stack(stack).unwrap(), |_| {
            let mut lambda = LambdaPlan::new(connector_program().to_owned());
            lambda.env.clone_from(settings.variables());
            // The start is not what is told here, and a busy machine is slow.
            (lambda.init_timeout_s, lambda.concurrency) = (60, connector.concurrency);
            (lambda.memory_mb, lambda.timeout_s) = (connector.memory_mb, connector.timeout_s);
            TargetKind::Lambda(lambda)
        });
        let alb = Alb::start(plan).await.unwrap();
        let host = connector.host_in(where_to);
        let other = connector.host_in(if where_to == Environment::Dev {
            Environment::Prod
        } else {
            Environment::Dev
        });
        for (host, path, status) in [
            (host.as_str(), "/health", 200),
            (host.as_str(), "/.well-known/oauth-protected-resource/mcp", 200),
            (&host.to_uppercase(), "/health", 200),
            (&other, "/health", 404),
            (&where_to.zone(), "/health", 404),
            ("localhost", "/health", 404),
        ] {
            let request = Request::get(path).without("host").header("host", host);
            let reply = exchange(alb.address(), &request.bytes()).await;
            assert_eq!(reply.status, status, "{host}{path}: {}", reply.text());
            if path != "/health" {
                let resource = format!("https://{host}/mcp");
                assert_eq!(reply.json()["resource"], resource, "{}", reply.text());
            }
        }
        let message = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"});
        let request = Request::post(&message).without("host").header("host", &host);
        let reply = exchange(alb.address(), &request.bytes()).await;
        assert_eq!(reply.status, 401, "without a token: {}", reply.text());
        assert!(reply.challenge().contains(&host), "{}", reply.challenge());
        assert!(alb.check_health("mcp-sharepoint-lambda").await.unwrap());
        alb.shutdown().await;
    }
}

#[tokio::test]
async fn while_both_are_there_the_function_answers_and_then_the_service() {
    let (Some(releases), Some(moto)) = (releases(), Moto::start().await) else { return };
    let (connector, where_to, stack) = &releases[0];
    let settings = environment(stack, &moto);
    keep_secrets(&settings).await;
    let service = axum::Router::new().fallback(|| async { "the service" });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let serving = tokio::spawn(async move { axum::serve(listener, service).await.unwrap() });
    let host = connector.host_in(*where_to);
    let planned = of_plan(&planned(&connector.name, &host, connector.priority + 5)).unwrap();
    let request = Request::get("/health").without("host").header("host", &host);
    let both = [of_stack(stack).unwrap(), planned.clone()].concat();
    for (rules, by_the_service) in [(both, false), (planned, true)] {
        let plan = local_balancer(&rules, |rule| match rule.kind {
            Kind::Service => TargetKind::Http(HttpPlan { url: url.clone() }),
            Kind::Function => {
                let mut lambda = LambdaPlan::new(connector_program().to_owned());
                lambda.env.clone_from(settings.variables());
                lambda.init_timeout_s = 60;
                TargetKind::Lambda(lambda)
            }
        });
        let alb = Alb::start(plan).await.unwrap();
        let reply = exchange(alb.address(), &request.bytes()).await;
        assert_eq!((reply.status, reply.text() == "the service"), (200, by_the_service));
        alb.shutdown().await;
    }
    serving.abort();
}
