//! No role can do more than it must: read from the plan of dev with two connectors beside each
//! other, and proved by plans that were tampered with.
#![expect(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "a test")]

use std::sync::OnceLock;

use deployment::plan::{Plan, Variant};
use deployment::policies::{Finding, Lists, findings, statements, things};
use deployment::terraform::{Connectors, Missing};
use deployment::tools::repository;
use serde_json::{Value, json};

/// dev, with a connector beside those of the list, planned once; nothing when a tool is missing.
fn plan() -> Option<Plan> {
    static PLAN: OnceLock<Option<Plan>> = OnceLock::new();
    PLAN.get_or_init(|| {
        let text = std::fs::read_to_string(repository().join("infra/connectors.json")).unwrap();
        let mut list: Vec<Value> = serde_json::from_str(&text).unwrap();
        list.push(json!({
            "name": "another", "host": "another", "priority": 900, "flavour": "ecs",
            "scopes": ["User.Read"],
        }));
        let list = Value::Array(list);
        let connectors = Connectors::These(&list);
        let settings = &["functions_in_vpc=true"][..];
        match Plan::variant("dev", Variant { connectors, settings }) {
            Ok(plan) => Some(plan),
            Err(problem) if problem.is::<Missing>() => {
                eprintln!("SKIPPED: {problem}");
                None
            }
            Err(problem) => panic!("{problem:?}"),
        }
    })
    .clone()
}

fn judged(plan: &Plan) -> Vec<Finding> {
    findings(plan, &Lists::open().unwrap()).unwrap()
}

/// Changes a policy of the plan, and gives what is found then.
fn tampered(address: &str, change: impl FnOnce(&mut Value)) -> Option<Vec<Finding>> {
    let mut plan = plan()?;
    plan.change(address, |values| {
        let mut document = serde_json::from_str(values["policy"].as_str().unwrap()).unwrap();
        change(&mut document);
        values["policy"] = document.to_string().into();
    });
    Some(judged(&plan))
}

const FUNCTION: &str = r#"module.connector["sharepoint"].aws_iam_role_policy.this["function"]"#;

/// The statement of a document with this id.
fn statement<'a>(document: &'a mut Value, sid: &str) -> &'a mut Value {
    let statements = document["Statement"].as_array_mut().unwrap();
    statements.iter_mut().find(|statement| statement["Sid"] == sid).unwrap()
}

#[test]
fn nothing_is_wrong_with_what_is_planned() {
    let Some(plan) = plan() else { return };
    let findings = judged(&plan);
    let list: Vec<_> = findings.iter().map(ToString::to_string).collect();
    assert!(list.is_empty(), "\n{}\n", list.join("\n"));
}

#[test]
fn the_plan_is_judged_as_a_whole() {
    let Some(plan) = plan() else { return };
    assert!(plan.connectors.len() >= 2, "{:?}", plan.connectors);
    let (statements, _) = statements(&plan);
    for kind in ["function", "execution", "task", "codedeploy"] {
        for name in &plan.connectors {
            let role = format!("mcp-{name}-{kind}-role");
            assert!(statements.iter().filter(|it| it.holder == role).count() > 1, "{role}");
        }
    }
    // What is called a connector's own has the names that the plan gives.
    let things = things(&plan);
    let known = |arn: &str| things.iter().any(|thing| thing.arn.ends_with(arn));
    for (kind, attribute, before) in [
        ("aws_dynamodb_table", "name", "table/"),
        ("aws_ecr_repository", "name", "repository/"),
        ("aws_ecs_service", "name", "aiconnectors/"),
    ] {
        for resource in plan.resources(kind) {
            let name = resource.text(attribute).unwrap();
            assert!(known(&format!("{before}{name}")), "{kind} {name}");
        }
    }
    for parameter in plan.resources("aws_ssm_parameter") {
        let name = parameter.text("name").unwrap();
        assert!(name.contains("/platform/") || known(name), "{name}");
    }
}

#[test]
fn another_connectors_table_is_found() {
    let found = tampered(FUNCTION, |document| {
        let resources = &mut statement(document, "UseOwnTables")["Resource"];
        let other = "arn:aws:dynamodb:eu-central-1:094069622854:table/cache-mcp-another-dev";
        resources.as_array_mut().unwrap().push(json!(other));
    });
    let Some(found) = found else { return };
    let thing = "the cache table of another".to_owned();
    let (holder, sid) = ("mcp-sharepoint-function-role".to_owned(), "UseOwnTables".to_owned());
    assert!(found.contains(&Finding::Reaches { holder, sid, thing }), "{found:?}");
}

#[test]
fn a_pattern_that_covers_other_connectors_is_found() {
    for (sid, pattern, reached) in [
        (
            "ReadOwnParameters",
            "ssm:eu-central-1:094069622854:parameter/aiconnectors/dev/*",
            "the keyring",
        ),
        (
            "WriteOwnLog",
            "logs:eu-central-1:094069622854:log-group:/aiconnectors/*",
            "the log group",
        ),
        (
            "UseOwnTables",
            "dynamodb:eu-central-1:094069622854:table/mcp-oauth-storage-*",
            "the storage table",
        ),
    ] {
        let found = tampered(FUNCTION, |document| {
            statement(document, sid)["Resource"] = json!(format!("arn:aws:{pattern}"));
        });
        let Some(found) = found else { return };
        let reaches = found.iter().any(|finding| {
            matches!(finding, Finding::Reaches { thing, .. } if *thing == format!("{reached} of another"))
        });
        assert!(reaches, "{sid}: {found:?}");
    }
}

#[test]
fn a_release_that_reaches_another_connector_is_found() {
    let role = r#"module.account.aws_iam_role_policy.deploy["sharepoint/function"]"#;
    let found = tampered(role, |document| {
        let stack = "arn:aws:cloudformation:eu-central-1:094069622854:stack/mcp-*";
        statement(document, "DeployOwnStack")["Resource"] = json!(stack);
        let role = "arn:aws:iam::094069622854:role/mcp-another-function-role";
        statement(document, "HandRoleToFunction")["Resource"] = json!(role);
    });
    let Some(found) = found else { return };
    let things = found.iter().filter_map(|finding| match finding {
        Finding::Reaches { thing, .. } => Some(thing.as_str()),
        _ => None,
    });
    assert_eq!(
        things.collect::<Vec<_>>(),
        ["the stack of another", "the function's role of another"]
    );
}

#[test]
fn one_statement_more_is_found() {
    let found = tampered(FUNCTION, |document| {
        let more = json!({
            "Sid": "ReadRecords", "Effect": "Allow", "Action": "s3:GetObject",
            "Resource": "arn:aws:s3:::nn-aiconnectors-audit-dev/audit/*",
        });
        document["Statement"].as_array_mut().unwrap().push(more);
    });
    let Some(found) = found else { return };
    assert!(found.iter().any(|it| matches!(it, Finding::Unplanned { .. })), "{found:?}");
    assert!(
        found.iter().any(|it| matches!(it, Finding::Wildcard { sid, .. } if sid == "ReadRecords"))
    );
}

#[test]
fn one_action_more_is_found_and_a_condition_less() {
    let more = tampered(FUNCTION, |document| {
        let actions = &mut statement(document, "UseOwnTables")["Action"];
        actions.as_array_mut().unwrap().push(json!("dynamodb:Scan"));
    });
    let role = r#"module.account.aws_iam_role_policy.deploy["sharepoint/function"]"#;
    let less = tampered(role, |document| {
        statement(document, "KeepRuleByStack").as_object_mut().unwrap().remove("Condition");
    });
    for found in [more, less] {
        let Some(found) = found else { return };
        // The statement as it was is missing from one connector's role only, so it is not idle.
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(matches!(found[0], Finding::Unplanned { .. }), "{found:?}");
    }
}

#[test]
fn a_key_that_opens_everything_is_found() {
    for condition in ["kms:ViaService", "kms:EncryptionContext:PARAMETER_ARN"] {
        let found = tampered(FUNCTION, |document| {
            let equal =
                &mut statement(document, "DecryptOwnParameters")["Condition"]["StringEquals"];
            equal.as_object_mut().unwrap().remove(condition);
        });
        let Some(found) = found else { return };
        let unbound = found.iter().any(|it| matches!(it, Finding::UnboundKey { .. }));
        assert!(unbound, "without {condition}: {found:?}");
    }
}

#[test]
fn what_is_left_out_instead_of_named_is_found() {
    let found = tampered(FUNCTION, |document| {
        let own = statement(document, "ReadOwnParameters");
        own["NotResource"] = own["Resource"].take();
    });
    let Some(found) = found else { return };
    assert!(found.iter().any(|it| matches!(it, Finding::Indirect { .. })), "{found:?}");
}

#[test]
fn a_role_without_its_boundary_is_found() {
    let Some(mut plan) = plan() else { return };
    plan.change(r#"module.connector["sharepoint"].aws_iam_role.this["task"]"#, |values| {
        values["permissions_boundary"] = Value::Null;
    });
    let holder = "mcp-sharepoint-task-role".to_owned();
    assert_eq!(judged(&plan), [Finding::Unbounded { holder }]);
}

#[test]
fn a_policy_that_only_aws_knows_is_found() {
    let Some(mut plan) = plan() else { return };
    plan.change(FUNCTION, |values| {
        values.as_object_mut().unwrap().remove("policy");
    });
    let address = FUNCTION.to_owned();
    assert_eq!(judged(&plan), [Finding::Unreadable { address }]);
}

#[test]
fn somebody_elses_policy_and_a_user_are_found() {
    let Some(mut plan) = plan() else { return };
    let admin = json!({"policy_arn": "arn:aws:iam::aws:policy/AdministratorAccess"});
    plan.add("aws_iam_role_policy_attachment", "admin", admin);
    plan.add("aws_iam_user", "somebody", json!({"name": "somebody"}));
    let indirect = |what: &str| Finding::Indirect { what: what.to_owned() };
    assert_eq!(judged(&plan), [indirect("admin"), indirect("somebody")]);
}

#[test]
fn a_policy_that_is_too_long_is_found() {
    let found = tampered(FUNCTION, |document| {
        let resources = &mut statement(document, "UseOwnTables")["Resource"];
        *resources = json!(vec!["arn:aws:dynamodb:eu-central-1:094069622854:table/x"; 200]);
    });
    let Some(found) = found else { return };
    assert!(found.iter().any(|it| matches!(it, Finding::TooLong { .. })), "{found:?}");
}

#[test]
fn an_entry_that_nothing_needs_is_found() {
    let Some(plan) = plan() else { return };
    let mut lists = Lists::open().unwrap();
    lists.wildcards.insert("mcp-{connector}-task-role/Gone".to_owned(), "once".to_owned());
    let entry = "infra/wildcards.json: mcp-{connector}-task-role/Gone".to_owned();
    assert_eq!(findings(&plan, &lists).unwrap(), [Finding::Idle { entry }]);
}
