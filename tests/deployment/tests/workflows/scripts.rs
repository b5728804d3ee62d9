//! The scripts of a delivery, run with stand-ins of AWS, SAM, Terraform, skopeo and GitHub that write
//! down how they were called and answer what a test tells them to.

mod stage;

use deployment::tools::repository;
use stage::Stage;

const DENIED: &str = "echo 'An error occurred (AccessDeniedException)' >&2; exit 254";

#[test]
fn an_entry_of_the_list_becomes_addresses_and_a_flavour() {
    let Some(stage) = Stage::new() else { return };
    let said = stage.run("entry.sh", &[("CONNECTOR", "mail")]).unwrap();
    assert_eq!(
        said,
        "flavour=ecs\ndev-url=https://post.dev.example.com\nproduction-url=https://post.example.com\n"
    );
    let refused = stage.run("entry.sh", &[("CONNECTOR", "chat")]).unwrap_err();
    assert!(refused.contains("no connector called chat"), "{refused}");
}

#[test]
fn a_function_whose_service_is_still_there_keeps_it() {
    let Some(stage) = Stage::new() else { return };
    stage.state_has(&["mail", "sharepoint", "files"]);
    // The one whose flavour is ecs needs no such word.
    let said = stage.run("moving.sh", &[]).unwrap();
    assert_eq!(said, "also-on-ecs=[\"files\",\"sharepoint\"]\n");
    assert!(stage.calls()[0].contains("../envs/dev/backend.hcl"), "{:?}", stage.calls());
}

#[test]
fn a_connector_that_has_settled_gives_its_service_up_and_others_keep_theirs() {
    let Some(stage) = Stage::new() else { return };
    stage.state_has(&["sharepoint", "files"]);
    let said = stage.run("moving.sh", &[("SETTLED", "sharepoint")]).unwrap();
    assert_eq!(said, "also-on-ecs=[\"files\"]\n");
}

#[test]
fn an_empty_account_keeps_no_service_and_a_state_that_cannot_be_read_stops_everything() {
    let Some(stage) = Stage::new() else { return };
    assert_eq!(stage.run("moving.sh", &[]).unwrap(), "also-on-ecs=[]\n");
    stage.state_has(&[]);
    assert_eq!(stage.run("moving.sh", &[]).unwrap(), "also-on-ecs=[]\n");
    stage.answer("terraform", "*state pull", DENIED);
    stage.run("moving.sh", &[]).unwrap_err();
}

#[test]
fn what_was_planned_is_what_is_applied() {
    let Some(stage) = Stage::new() else { return };
    stage.run("apply.sh", &[("ALSO_ON_ECS", "[\"files\"]")]).unwrap();
    let calls = stage.calls();
    assert_eq!(calls.len(), 2, "{calls:?}");
    assert!(calls[0].contains("-var-file=../envs/dev/main.tfvars"), "{calls:?}");
    assert!(calls[0].contains("-out=release.tfplan"), "{calls:?}");
    assert!(calls[0].ends_with("-var also_on_ecs=[\"files\"]"), "{calls:?}");
    assert!(calls[1].contains(" apply ") && calls[1].ends_with("release.tfplan"), "{calls:?}");

    stage.answer("terraform", "*plan*-out*", "exit 1");
    stage.run("apply.sh", &[("ALSO_ON_ECS", "[]")]).unwrap_err();
    assert!(!stage.calls().iter().any(|call| call.contains(" apply")), "{:?}", stage.calls());
}

#[test]
fn an_account_that_differs_from_what_is_written_fails_the_morning_look() {
    let Some(stage) = Stage::new() else { return };
    stage.state_has(&["files"]);
    std::os::unix::fs::symlink(repository().join(".github"), stage.path().join(".github")).unwrap();
    stage.run("drift.sh", &[]).unwrap();
    let plan = stage.calls().pop().unwrap();
    assert!(plan.contains("-lock=false") && plan.ends_with("also_on_ecs=[\"files\"]"), "{plan}");
    stage.answer("terraform", "*plan*-detailed-exitcode*", "exit 2");
    stage.run("drift.sh", &[]).unwrap_err();
}

#[test]
fn tests_find_the_provider_where_it_was_brought_to() {
    let Some(stage) = Stage::new() else { return };
    stage.answer("terraform", "*init*", "test \"$TF_DATA_DIR\" = /checkout/target/terraform");
    let there = [("TF_PROVIDER_MIRROR", "/checkout/target/terraform/providers")];
    stage.run("provider.sh", &there).unwrap();
    assert!(stage.calls()[0].contains("-lockfile=readonly"), "{:?}", stage.calls());
    stage.run("provider.sh", &[("TF_PROVIDER_MIRROR", "/checkout/target/mirror")]).unwrap_err();
}

#[test]
fn other_bytes_and_bytes_of_unknown_origin_are_refused() {
    let Some(stage) = Stage::new() else { return };
    let digest = stage.built("sharepoint.zip", "program");
    stage.run("verify.sh", &[("FLAVOUR", "lambda"), ("DIGEST", &digest)]).unwrap();
    let asked = stage.calls().join("\n");
    assert!(asked.contains("--signer-workflow acme/connectors/.github/workflows/tmpl-"), "{asked}");
    assert!(asked.contains("--source-digest c0ffee"), "{asked}");

    stage.answer("gh", "*", "exit 1");
    stage.run("verify.sh", &[("FLAVOUR", "lambda"), ("DIGEST", &digest)]).unwrap_err();

    stage.built("sharepoint.zip", "another program");
    stage.run("verify.sh", &[("FLAVOUR", "lambda"), ("DIGEST", &digest)]).unwrap_err();
    assert!(stage.calls().is_empty(), "a wrong digest is refused before anybody is asked");
}

#[test]
fn a_task_definition_of_unknown_origin_is_refused_too() {
    let Some(stage) = Stage::new() else { return };
    let digest = stage.built("sharepoint.oci.tar", "image");
    stage.answer("gh", "*task-definition-dev.json*", "exit 1");
    stage.run("verify.sh", &[("FLAVOUR", "ecs"), ("DIGEST", &digest)]).unwrap_err();
}

#[test]
fn a_task_of_another_image_is_not_registered() {
    let Some(stage) = Stage::new() else { return };
    stage.service_runs("arn:new");
    stage.built("task-definition-dev.json", r#"{"containerDefinitions":[{"image":"x@sha256:0"}]}"#);
    let refused = stage.run("deploy-ecs.sh", &[]).unwrap_err();
    assert!(refused.contains("names another image"), "{refused}");
    assert!(!stage.calls().iter().any(|call| call.contains("register-task-definition")));
}

#[test]
fn a_zip_is_kept_under_its_digest_and_deployed_from_there() {
    let Some(stage) = Stage::new() else { return };
    let digest = stage.built("sharepoint.zip", "program");
    stage.bucket_holds("program");
    stage.run("deploy-lambda.sh", &[("DIGEST", &digest)]).unwrap();
    let calls = stage.calls();
    let put = calls.iter().find(|call| call.contains("put-object")).unwrap();
    assert!(put.contains(&format!("--key mcp-sharepoint/sha256/{digest}.zip")), "{put}");
    assert!(put.contains("--if-none-match *") && put.contains("commit=c0ffee"), "{put}");
    let deploy = calls.last().unwrap();
    assert!(deploy.starts_with("sam deploy"), "{deploy}");
    for given in [
        "--stack-name mcp-sharepoint-dev",
        "Environment=dev",
        "ZoneName=dev.example.com",
        "HttpsListenerArn=/aiconnectors/dev/platform/https-listener-arn",
        "LegacyWeight=90",
        "ArtefactBucket=artefacts",
        &format!("ArtefactKey=mcp-sharepoint/sha256/{digest}.zip"),
        &format!("ArtefactSha256={digest}"),
    ] {
        assert!(deploy.contains(given), "{given}: {deploy}");
    }
    assert!(!deploy.contains("LogLevel"), "another connector's parameter: {deploy}");
    assert!(!deploy.contains("--capabilities"), "a release makes no roles: {deploy}");
}

#[test]
fn a_repeated_release_finds_its_zip_and_a_foreign_one_is_refused() {
    let Some(stage) = Stage::new() else { return };
    let digest = stage.built("sharepoint.zip", "program");
    stage.answer("aws", "*put-object*", "echo 'An error (PreconditionFailed)' >&2; exit 254");
    stage.bucket_holds("program");
    stage.run("deploy-lambda.sh", &[("DIGEST", &digest)]).unwrap();

    stage.bucket_holds("something else");
    let refused = stage.run("deploy-lambda.sh", &[("DIGEST", &digest)]).unwrap_err();
    assert!(refused.contains("is not the file that was built"), "{refused}");
    assert!(!stage.calls().iter().any(|call| call.starts_with("sam")), "{:?}", stage.calls());

    stage.answer("aws", "*put-object*", DENIED);
    stage.run("deploy-lambda.sh", &[("DIGEST", &digest)]).unwrap_err();
}

#[test]
fn a_function_goes_only_when_its_service_is_stable() {
    let Some(stage) = Stage::new() else { return };
    stage.service_runs("arn:new");
    stage.run("deploy-ecs.sh", &[]).unwrap();
    let calls = stage.calls();
    let place = |what: &str| {
        let found = calls.iter().position(|call| call.contains(what));
        found.unwrap_or_else(|| panic!("{what}: {calls:#?}"))
    };
    let order = [
        "register-task-definition",
        "update-service",
        "wait services-stable",
        "delete-stack --stack-name mcp-sharepoint-dev",
        "wait stack-delete-complete",
    ];
    assert!(order.map(place).is_sorted(), "{calls:#?}");
}

#[test]
fn a_service_that_went_back_fails_the_release_and_the_function_stays() {
    let Some(stage) = Stage::new() else { return };
    stage.service_runs("arn:before");
    let refused = stage.run("deploy-ecs.sh", &[]).unwrap_err();
    assert!(refused.contains("went back to arn:before"), "{refused}");
    assert!(!stage.calls().iter().any(|call| call.contains("delete-stack")));
}

#[test]
fn an_image_is_pushed_once_and_always_by_its_digest() {
    let Some(stage) = Stage::new() else { return };
    stage.service_runs("arn:new");
    stage.run("deploy-ecs.sh", &[]).unwrap();
    assert!(!stage.calls().iter().any(|call| call.starts_with("skopeo copy")));

    // The registry has it only after it was copied.
    let at = "if [ -e copied ]; then exit 0; else exit 1; fi";
    stage.answer("skopeo", "inspect docker://*@sha256:b17e", at);
    stage.answer("skopeo", "copy *", "touch copied");
    stage.answer("skopeo", "inspect docker://*:c0ffee", "exit 1");
    stage.run("deploy-ecs.sh", &[]).unwrap();
    let calls = stage.calls();
    let copied = calls.iter().find(|call| call.starts_with("skopeo copy")).unwrap();
    assert!(copied.contains("--preserve-digests"), "{copied}");
    assert!(copied.ends_with("/mcp-sharepoint:c0ffee"), "{copied}");
}

#[test]
fn a_commit_that_is_built_again_gets_a_tag_of_its_own() {
    let Some(stage) = Stage::new() else { return };
    stage.service_runs("arn:new");
    let at = "if [ -e copied ]; then exit 0; else exit 1; fi";
    stage.answer("skopeo", "inspect docker://*@sha256:b17e", at);
    stage.answer("skopeo", "copy *", "touch copied");
    stage.run("deploy-ecs.sh", &[]).unwrap();
    let calls = stage.calls();
    let copied = calls.iter().find(|call| call.starts_with("skopeo copy")).unwrap();
    assert!(copied.ends_with("/mcp-sharepoint:c0ffee-7-2"), "{copied}");
}

#[test]
fn a_connector_that_never_was_a_function_has_no_stack_to_delete() {
    let Some(stage) = Stage::new() else { return };
    stage.service_runs("arn:new");
    stage.answer("aws", "*describe-stacks*", "echo 'Stack does not exist' >&2; exit 254");
    stage.run("deploy-ecs.sh", &[]).unwrap();
    assert!(!stage.calls().iter().any(|call| call.contains("delete-stack")));

    stage.answer("aws", "*describe-stacks*", DENIED);
    stage.run("deploy-ecs.sh", &[]).unwrap_err();
}
