//! The tests that lie beside the modules (`tests/*.tftest.hcl`), with a provider that makes values up.

use deployment::terraform::{Connectors, MODULES, Root};
use serde_json::{Value, json};

use crate::{list, workspace};

const LIST: &str = "-filter=tests/list.tftest.hcl";

#[test]
fn the_tests_beside_the_modules_pass() {
    let Some(workspace) = workspace(Connectors::Listed) else { return };
    for root in MODULES.map(Root::Module) {
        workspace.init(root).unwrap();
        let said = workspace.run(root, &["test"]).unwrap();
        let passed = said.lines().filter(|line| line.ends_with("... pass")).count();
        assert!(passed > 3 && said.contains(" 0 failed"), "{root:?}: {said}");
    }
}

#[test]
fn settings_change_what_they_say() {
    let Some(workspace) = workspace(Connectors::Listed) else { return };
    workspace.init(Root::Main).unwrap();
    let said = workspace.run(Root::Main, &["test", "-filter=tests/main.tftest.hcl"]).unwrap();
    assert!(said.contains("4 passed, 0 failed"), "{said}");
}

#[test]
fn everything_follows_from_the_list_whatever_it_says() {
    let another = |flavour| json!({"name": "another", "host": "another", "priority": 900, "flavour": flavour, "scopes": []});
    let lists = [
        list(|_| ()),
        // One word moves a connector.
        list(|list| list[0]["flavour"] = "ecs".into()),
        list(|list| list.push(another("ecs"))),
    ];
    for list in lists {
        let Some(workspace) = workspace(Connectors::These(&list)) else { return };
        workspace.init(Root::Main).unwrap();
        let said = workspace.run(Root::Main, &["test", LIST]).unwrap();
        assert!(said.contains("1 passed, 0 failed"), "{list}: {said}");
    }
}

#[test]
fn a_list_that_contradicts_itself_is_refused() {
    let twin = |change: fn(&mut Value)| {
        list(|list| {
            let mut twin = list[0].clone();
            twin["name"] = "another".into();
            twin["host"] = "another".into();
            twin["priority"] = 900.into();
            change(&mut twin);
            list.push(twin);
        })
    };
    for (list, refusal) in [
        (twin(|twin| twin["flavour"] = "fargate".into()), "a flavour is lambda or ecs"),
        (twin(|twin| twin["priority"] = 100.into()), "two connectors have one priority"),
        (twin(|twin| twin["host"] = "sharepoint".into()), "two connectors have one host"),
        (twin(|twin| twin["name"] = "teams-archive".into()), "A connector's name has"),
    ] {
        let Some(workspace) = workspace(Connectors::These(&list)) else { return };
        workspace.init(Root::Main).unwrap();
        let output = workspace.ask(Root::Main, &["test", LIST]).unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let said = said + &String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success(), "{said}");
        // Terraform breaks lines where it likes.
        let words = said.replace('\u{2502}', " ");
        let words: Vec<_> = words.split_whitespace().collect();
        assert!(words.join(" ").contains(refusal), "{refusal}: {said}");
    }
}
