//! A whole environment made, compared and taken down, with moto in the place of AWS.

use deployment::terraform::{Connectors, Moto, Root};
use serde_json::{Value, json};

use crate::{list, present, workspace};

/// `infra/main` of dev with both flavours, on an account made as by hand.
#[test]
fn an_environment_is_made_planned_again_without_a_change_and_taken_down() {
    let another = json!({
        "name": "another", "host": "another", "priority": 900, "flavour": "ecs",
        "scopes": ["User.Read"],
    });
    let list = list(|list| list.push(another));
    let Some(workspace) = workspace(Connectors::These(&list)) else { return };
    let account = workspace.variable("dev", "account_id").unwrap();
    let Some(moto) = present(Moto::start(&account)) else { return };
    workspace.point_at(&moto, "dev").unwrap();

    let roots = [
        (Root::Account, "-var-file=../envs/dev/initial.tfvars"),
        (Root::Main, "-var-file=../envs/dev/main.tfvars"),
    ];
    let often = ["-input=false", "-parallelism=30", "-compact-warnings"];
    for (root, settings) in roots {
        workspace.init(root).unwrap();
        let apply = ["apply", "-auto-approve", settings];
        workspace.run(root, &[&apply[..], &often].concat()).unwrap();
        let again = ["plan", "-detailed-exitcode", settings];
        let again = workspace.ask(root, &[&again[..], &often].concat()).unwrap();
        let said = String::from_utf8_lossy(&again.stdout);
        assert_eq!(again.status.code(), Some(0), "{root:?}: the second plan is not empty: {said}");
    }
    assert_no_secret(&workspace.show(Root::Account, &[]).unwrap());
    let made = workspace.show(Root::Main, &[]).unwrap();
    assert_eq!(made.pointer("/values/outputs/on_ecs/value"), Some(&json!(["another"])));

    let (root, settings) = roots[1];
    let unlocked = ["-var=deletion_protection=false", "-refresh=false", settings];
    let apply = ["apply", "-auto-approve"];
    workspace.run(root, &[&apply[..], &unlocked, &often].concat()).unwrap();
    let destroy = ["destroy", "-auto-approve"];
    workspace.run(root, &[&destroy[..], &unlocked, &often].concat()).unwrap();
    let left = workspace.show(root, &[]).unwrap();
    assert_eq!(left.pointer("/values/root_module"), None);
}

/// The state is a file that many may read.
fn assert_no_secret(state: &Value) {
    let text = state.to_string();
    assert!(text.contains("storage-encryption-keys"), "the state has the parameters");
    assert!(!text.contains("to be filled by hand"), "and none of their values");
}
