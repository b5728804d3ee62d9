//! A deployment with one value changed, and the one check that notices.

use std::num::NonZero;

use deployment::plan::Plan;
use deployment::policies::{Statement, statements};
use deployment::posture::{Deployment, checks, judge, table};
use serde_json::Value;

use crate::{edges, kept, reached};

/// The check that a policy is the written one: what changes a policy, it may notice too.
const WRITTEN: &str = "policies say what the written lists say, and reach nothing of others";

/// A check, and a change that it must notice, alone but for [`WRITTEN`].
pub(crate) type Change = (&'static str, fn(&mut Deployment));

#[test]
fn a_changed_value_fails_exactly_the_check_that_is_about_it() {
    let Some(deployment) = crate::on_ecs() else { return };
    let all: Vec<_> = changes().collect();
    let threads = std::thread::available_parallelism().map_or(1, NonZero::get);
    std::thread::scope(|scope| {
        for some in all.chunks(all.len().div_ceil(threads)) {
            scope.spawn(|| some.iter().for_each(|change| is_noticed(deployment, *change)));
        }
    });
}

fn is_noticed(deployment: &Deployment, (check, change): Change) {
    let mut worse = deployment.clone();
    change(&mut worse);
    let failed: Vec<_> = judge(&worse).into_iter().filter(|one| !one.passes()).collect();
    let mut names: Vec<_> = failed.iter().map(|verdict| verdict.check).collect();
    if check != WRITTEN && policies(&worse) != policies(deployment) {
        names.retain(|name| *name != WRITTEN);
    }
    assert_eq!(names, [check], "{}", table(&failed));
}

#[test]
fn every_check_is_seen_to_fail() {
    let tried: Vec<_> = changes().map(|(check, _)| check).collect();
    for check in checks() {
        assert!(tried.contains(&check.name), "no change is tried for: {}", check.name);
    }
}

fn policies(deployment: &Deployment) -> Vec<Statement> {
    statements(&deployment.resources).0
}

fn changes() -> impl Iterator<Item = Change> {
    let all = [reached::CHANGES, kept::CHANGES, edges::CHANGES];
    all.into_iter().flatten().copied()
}

/// Changes a value of a resource of Terraform, which must be there.
pub(crate) fn set(
    deployment: &mut Deployment,
    address: &str,
    pointer: &str,
    value: impl Into<Value>,
) {
    let mut changed = false;
    deployment.resources.change(address, |values| {
        let place = values.pointer_mut(pointer);
        changed = place.map(|place| *place = value.into()).is_some();
    });
    assert!(changed, "{address} has no {pointer}");
}

/// Changes a value of the resource of the stack, which must be there.
pub(crate) fn in_stack(
    deployment: &mut Deployment,
    id: &str,
    pointer: &str,
    value: impl Into<Value>,
) {
    let stack = deployment.stacks.get_mut("sharepoint").unwrap();
    let properties = &mut stack.get_mut(id).unwrap()["Properties"];
    *properties.pointer_mut(pointer).unwrap() = value.into();
}

/// Changes a variable of the task, or adds it.
pub(crate) fn in_task(deployment: &mut Deployment, variable: &str, value: &str) {
    let task = deployment.tasks.get_mut("sharepoint").unwrap();
    let list = task.pointer_mut("/containerDefinitions/0/environment").unwrap();
    let list = list.as_array_mut().unwrap();
    list.retain(|item| item["name"] != variable);
    list.push(serde_json::json!({ "name": variable, "value": value }));
}

/// Takes a resource of Terraform away, which must be there.
pub(crate) fn without(deployment: &mut Deployment, address: &str) {
    let old = &deployment.resources;
    let mut rest = Plan::default();
    rest.environment.clone_from(&old.environment);
    rest.account.clone_from(&old.account);
    rest.region.clone_from(&old.region);
    rest.connectors.clone_from(&old.connectors);
    for resource in old.all().iter().filter(|resource| resource.address != address) {
        rest.add(&resource.kind, &resource.address, resource.values.clone());
    }
    assert_eq!(rest.all().len() + 1, old.all().len(), "there is no {address}");
    deployment.resources = rest;
}
