//! Nothing is wrong with what this repository deploys.

use std::collections::{BTreeMap, BTreeSet};

use deployment::plan::Plan;
use deployment::policies::Lists;
use deployment::posture::{Deployment, Verdict, checks, judge, table};

fn failed(deployment: &Deployment) -> Vec<Verdict> {
    judge(deployment).into_iter().filter(|verdict| !verdict.passes()).collect()
}

#[test]
fn dev_passes_with_every_connector_on_ecs() {
    let Some(deployment) = crate::on_ecs() else { return };
    let services = deployment.resources.resources("aws_ecs_service").count();
    assert_eq!(services, deployment.connectors.len());
    let failed = failed(deployment);
    assert!(failed.is_empty(), "{}", table(&failed));
}

#[test]
fn prod_passes_as_the_list_of_connectors_describes_it() {
    let Some(deployment) = crate::listed() else { return };
    let on_ecs = deployment.connectors.iter().filter(|one| one.flavour == "ecs").count();
    assert_eq!(deployment.resources.resources("aws_ecs_service").count(), on_ecs);
    let failed = failed(deployment);
    assert!(failed.is_empty(), "{}", table(&failed));
}

#[test]
fn every_check_looks_at_something_and_has_a_name_of_its_own() {
    let Some(deployment) = crate::on_ecs() else { return };
    let verdicts = judge(deployment);
    assert!(verdicts.iter().all(|verdict| !verdict.evidence.is_empty()));
    let names: BTreeSet<_> = checks().iter().map(|check| check.name).collect();
    assert_eq!(names.len(), verdicts.len());
}

#[test]
fn what_is_empty_passes_no_check() {
    let empty = Deployment {
        resources: Plan::default(),
        connectors: Vec::new(),
        stacks: BTreeMap::new(),
        tasks: BTreeMap::new(),
        lists: Lists::default(),
        tests: BTreeMap::new(),
    };
    for verdict in judge(&empty) {
        assert!(!verdict.passes(), "{}", verdict.check);
    }
}

#[test]
fn in_prod_only_a_role_that_looks_may_be_taken_without_the_gate() {
    let Some(deployment) = crate::listed() else { return };
    let mut worse = deployment.clone();
    worse.resources.change("module.account.aws_iam_role_policy.drift", |values| {
        let text = values["policy"].as_str().unwrap();
        assert!(text.contains("sns:GetTopicAttributes"));
        values["policy"] = text.replace("sns:GetTopicAttributes", "sns:DeleteTopic").into();
    });
    let failed = failed(&worse);
    let names: Vec<_> = failed.iter().map(|verdict| verdict.check).collect();
    assert!(
        names.contains(&"roles are taken by one service, or by this repository's runs"),
        "{names:?}"
    );
}
