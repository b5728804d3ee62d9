//! People are answered by the version that the alias leads to. A change that makes no version would
//! wait, unseen, for a later release.

use deployment::sam::{DIGEST, Release, Stack, stacks};
use deployment::tools::Tool;
use serde_json::Value;

use crate::{installed, sharepoint};

/// The function as a version keeps it; the rest belongs to all versions together.
fn kept(stack: &Stack) -> Value {
    let mut function = stack.only("AWS::Lambda::Function").clone();
    let properties = function.as_object_mut().unwrap();
    for shared in ["ReservedConcurrentExecutions", "RecursiveLoop", "Tags"] {
        properties.remove(shared);
    }
    function
}

/// CloudFormation makes another version for another logical id, and for other properties, because a
/// version's properties cannot be changed.
fn version(stack: &Stack) -> (String, Value) {
    let mut versions = stack.of_type("AWS::Lambda::Version");
    let (id, version) = versions.next().unwrap();
    (id.to_owned(), version["Properties"].clone())
}

fn other_artefact() -> Release {
    let digest = DIGEST.replace('9', "8");
    let key = format!("sharepoint/{digest}.zip");
    sharepoint().with("ArtefactSha256", &digest).with("ArtefactKey", &key)
}

fn in_the_vpc(security_group: &str) -> Release {
    sharepoint()
        .with("PrivateSubnetIds", "subnet-0123456789abcdef0,subnet-0123456789abcdef1,subnet-2")
        .with("FunctionSecurityGroupId", security_group)
}

#[test]
fn every_change_of_the_function_is_a_version_of_its_own() {
    if !installed(Tool::SamPython) {
        return;
    }
    let edit = |old: &str, new: &str| sharepoint().doctored(old, new).unwrap();
    let changes = [
        other_artefact(),
        sharepoint().with("ZoneName", "other.example.com"),
        sharepoint().with("TenantId", "00000000-0000-4000-8000-000000000000"),
        sharepoint().with("AuthModes", "direct"),
        sharepoint().with("GraphContentHosts", "harbourlight.sharepoint.com"),
        sharepoint().with("LogLevel", "debug"),
        in_the_vpc("sg-1"),
        in_the_vpc("sg-2"),
        edit("MemoryMb: 512", "MemoryMb: 1024"),
        edit("TimeoutS: 25", "TimeoutS: 20"),
        edit("AUDIT_MODE: strict", "AUDIT_MODE: best_effort"),
        edit("LOG_LEVEL: !Ref LogLevel", "LOG_LEVEL: warn"),
        edit("Tracing: PassThrough", "Tracing: Active"),
    ];
    let usual = stacks(&[sharepoint()]).unwrap().remove(0).unwrap();
    let mut seen = vec![version(&usual)];
    for (change, stack) in changes.iter().zip(stacks(&changes).unwrap()) {
        let stack = stack.unwrap();
        assert_ne!(kept(&stack), kept(&usual), "nothing changed: {:?}", change.parameters);
        let version = version(&stack);
        assert!(!seen.contains(&version), "no version for {:?}", change.parameters);
        seen.push(version);
    }
}

#[test]
fn what_does_not_change_the_function_makes_no_version() {
    if !installed(Tool::SamPython) {
        return;
    }
    let group = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/old/0a";
    let same = [
        sharepoint(),
        sharepoint().with("DeploymentPreference", "Canary10Percent30Minutes"),
        sharepoint().with("LegacyTargetGroupArn", group).with("LegacyWeight", "50"),
        sharepoint().doctored("Concurrency: 50", "Concurrency: 60").unwrap(),
    ];
    let stacks: Vec<_> = stacks(&same).unwrap().into_iter().map(Result::unwrap).collect();
    for stack in &stacks {
        assert_eq!(version(stack), version(&stacks[0]));
    }
}

#[test]
fn what_tells_versions_apart_fits_into_a_description() {
    if !installed(Tool::SamPython) {
        return;
    }
    let longest = in_the_vpc("sg-0123456789abcdef0")
        .with("PrivateSubnetIds", &["subnet-0123456789abcdef0"; 3].join(","))
        .with("GraphContentHosts", &"h".repeat(72));
    let stack = stacks(&[longest]).unwrap().remove(0).unwrap();
    let (_, version) = version(&stack);
    let description = version["Description"].as_str().unwrap();
    assert!(description.len() <= 256, "{}: {description}", description.len());
    let description = stack.only("AWS::Lambda::Function")["Description"].as_str().unwrap();
    assert!(description.len() <= 256 && description.contains(DIGEST), "{description}");
}
