//! How a check looks: everything that it asks for is evidence, everything that does not hold a fault.

use serde_json::Value;

use super::Deployment;
use crate::plan::Resource;

/// A check at work.
#[derive(Debug)]
pub struct Look<'a> {
    /// What is looked at.
    pub deployment: &'a Deployment,
    evidence: Vec<String>,
    faults: Vec<String>,
}

/// Something with properties, wherever it was written.
#[derive(Clone, Debug)]
pub(super) struct Thing<'a> {
    /// Its address in Terraform, or its connector and logical id in a stack.
    pub(super) place: String,
    /// Its properties.
    pub(super) values: &'a Value,
}

impl<'a> Thing<'a> {
    /// The value at a JSON pointer; `null` when there is none.
    pub(super) fn at(&self, pointer: &str) -> &'a Value {
        self.values.pointer(pointer).unwrap_or(&Value::Null)
    }

    /// The text at a JSON pointer.
    pub(super) fn text(&self, pointer: &str) -> &'a str {
        self.at(pointer).as_str().unwrap_or_default()
    }

    /// The items at a JSON pointer.
    pub(super) fn list(&self, pointer: &str) -> &'a [Value] {
        self.at(pointer).as_array().map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether the list at a JSON pointer has this text.
    pub(super) fn has(&self, pointer: &str, wanted: &str) -> bool {
        self.list(pointer).iter().any(|item| item == wanted)
    }
}

impl<'a> From<&'a Resource> for Thing<'a> {
    fn from(resource: &'a Resource) -> Self {
        Self { place: resource.address.clone(), values: &resource.values }
    }
}

impl<'a> Look<'a> {
    pub(super) fn at(deployment: &'a Deployment) -> Self {
        Self { deployment, evidence: Vec::new(), faults: Vec::new() }
    }

    pub(super) fn end(mut self) -> (Vec<String>, Vec<String>) {
        self.evidence.sort();
        self.evidence.dedup();
        (self.evidence, self.faults)
    }

    /// The resources of a type of Terraform; there must be one.
    pub(super) fn every(&mut self, kind: &str) -> Vec<Thing<'a>> {
        let found = self.any(kind);
        self.must_be(&found, kind);
        found
    }

    /// The resources of a type of Terraform; there may be none.
    pub(super) fn any(&mut self, kind: &str) -> Vec<Thing<'a>> {
        let all = self.deployment.resources.all().iter();
        let found = all.filter(|resource| resource.kind == kind).map(Thing::from);
        self.seen(found.collect())
    }

    /// The resources of a type of CloudFormation, in the stack of every connector.
    pub(super) fn in_stacks(&mut self, kind: &str) -> Vec<Thing<'a>> {
        let found = self.deployment.in_stacks(kind);
        let missing = self
            .deployment
            .stacks
            .keys()
            .filter(|name| !found.iter().any(|(connector, _)| connector == *name));
        let missing: Vec<_> =
            missing.map(|name| format!("the stack of {name}: there is no {kind}")).collect();
        self.faults.extend(missing);
        self.seen(found.into_iter().map(|(_, thing)| thing).collect())
    }

    /// The container of every connector's task definition.
    pub(super) fn containers(&mut self) -> Vec<Thing<'a>> {
        let found = self.deployment.containers();
        self.seen(found.into_iter().map(|(_, thing)| thing).collect())
    }

    /// Notes something as evidence.
    pub(super) fn note(&mut self, place: impl Into<String>) {
        self.evidence.push(place.into());
    }

    fn seen(&mut self, found: Vec<Thing<'a>>) -> Vec<Thing<'a>> {
        self.evidence.extend(found.iter().map(|thing| thing.place.clone()));
        found
    }

    fn must_be(&mut self, found: &[Thing<'_>], kind: &str) {
        if found.is_empty() {
            self.faults.push(format!("there is no {kind}"));
        }
    }

    /// Finds fault when something does not hold.
    pub(super) fn holds(&mut self, place: &str, holds: bool, fault: &str) {
        if !holds {
            self.faults.push(format!("{place}: {fault}"));
        }
    }

    /// Finds fault with a value that is not the wanted one.
    pub(super) fn same(&mut self, thing: &Thing<'_>, pointer: &str, wanted: impl Into<Value>) {
        let (found, wanted) = (thing.at(pointer), wanted.into());
        let what = pointer.trim_start_matches('/');
        let fault = format!("{what} is {found}, not {wanted}");
        self.holds(&thing.place, *found == wanted, &fault);
    }

    /// Finds fault when nothing of this type is about `target`, by the attribute that names it.
    pub(super) fn about(
        &mut self,
        kind: &str,
        attribute: &str,
        target: &Thing<'a>,
    ) -> Option<Thing<'a>> {
        let name = target.text("/id").to_owned();
        let found = self.any(kind).into_iter().find(|thing| thing.text(attribute) == name);
        let fault = format!("it has no {kind}");
        self.holds(&target.place, found.is_some() && !name.is_empty(), &fault);
        found
    }
}
