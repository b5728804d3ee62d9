//! Names that no linter checks: a misspelt attribute or TLS policy is refused by the balancer only,
//! in the middle of a deployment.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::OnceLock;

use deployment::sam::{Stack, stacks};
use deployment::tools::{Tool, repository};
use serde_json::Value;

use crate::{installed, releases, sharepoint};

/// What AWS's own model knows, by what it is a name of.
fn known(kind: &str) -> Option<BTreeSet<String>> {
    static KNOWN: OnceLock<Value> = OnceLock::new();
    if !installed(Tool::Moto) {
        return None;
    }
    let known = KNOWN.get_or_init(|| {
        let mut python = Tool::Moto.command().unwrap();
        let script = repository().join("tests/deployment/foreign/known_names.py");
        let output = python.arg(script).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    });
    let names = known[kind].as_array().unwrap().iter();
    let names: BTreeSet<_> = names.map(|name| name.as_str().unwrap().to_owned()).collect();
    assert!(names.len() > 10, "{kind}: {names:?}");
    Some(names)
}

fn attributes(stack: &Stack) -> Vec<String> {
    let group = stack.only("AWS::ElasticLoadBalancingV2::TargetGroup");
    let attributes = group["TargetGroupAttributes"].as_array().unwrap().iter();
    attributes.map(|attribute| attribute["Key"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_balancer_knows_the_attributes_of_target_groups() {
    let (Some(releases), Some(known)) = (releases(), known("target_group")) else { return };
    for (_, _, stack) in releases {
        for attribute in attributes(stack) {
            assert!(known.contains(&attribute), "{attribute}");
        }
    }
    let misspelt =
        sharepoint().doctored("multi_value_headers.enabled", "multi_value_header.enabled");
    let stack = stacks(&[misspelt.unwrap()]).unwrap().remove(0).unwrap();
    assert!(attributes(&stack).iter().any(|attribute| !known.contains(attribute)));
}

/// The TLS policies that a text names.
fn tls_policies(text: &str) -> BTreeSet<String> {
    let pieces = text.split("ELBSecurityPolicy-").skip(1);
    let names = pieces
        .filter_map(|piece| piece.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).next());
    names.map(|name| format!("ELBSecurityPolicy-{name}")).collect()
}

fn terraform_files(folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            terraform_files(&path, found);
        } else if path.extension().is_some_and(|end| end == "tf") {
            found.push(std::fs::read_to_string(path).unwrap());
        }
    }
}

#[test]
fn every_tls_policy_exists_and_is_of_tls_1_3_alone() {
    let Some(known) = known("tls_policies") else { return };
    let mut texts = vec![sharepoint().template];
    terraform_files(&repository().join("infra"), &mut texts);
    for policy in texts.iter().flat_map(|text| tls_policies(text)) {
        assert!(known.contains(&policy), "there is no TLS policy {policy}");
        assert!(policy.starts_with("ELBSecurityPolicy-TLS13-1-3-"), "{policy} takes older TLS");
    }
    let misspelt = tls_policies("ssl_policy = \"ELBSecurityPolicy-TLS13-1-3-2021-6\"\n");
    assert_eq!(misspelt, BTreeSet::from(["ELBSecurityPolicy-TLS13-1-3-2021-6".to_owned()]));
    assert!(misspelt.is_disjoint(&known));
}
