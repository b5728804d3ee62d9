//! The order of a delivery, and that a workflow out of order is found.

use deployment::tools::repository;
use deployment::workflows::delivery::{self, TEMPLATE};
use serde_json::Value;

use super::{doctored, file, files, found, none};

const CALLER: &str = ".github/workflows/deploy-sharepoint.yml";
const RELEASE: &str = ".github/actions/release/action.yml";

#[test]
fn every_connector_is_released_when_something_of_it_changed() {
    let list = std::fs::read_to_string(repository().join("infra/connectors.json")).unwrap();
    let list: Vec<Value> = serde_json::from_str(&list).unwrap();
    let names: Vec<_> = list.iter().map(|entry| entry["name"].as_str().unwrap()).collect();

    none(&delivery::connectors_have_callers(&files(), &names));

    found(&delivery::connectors_have_callers(&files(), &["mail"]), "mail: no workflow calls");
    let caller = file(CALLER);
    for path in ["functions/sharepoint/**", "shared/**", "template.yaml", "Cargo.lock", CALLER] {
        let deaf = doctored(&caller, &format!("      - {path}\n"), "");
        found(&delivery::connectors_have_callers(&[deaf], &["sharepoint"]), path);
    }
    let loud = doctored(&caller, "branches: [main]", "branches: [main, next]");
    found(&delivery::connectors_have_callers(&[loud], &["sharepoint"]), "on no other");
}

#[test]
fn jobs_run_in_order_and_stop_at_a_failure() {
    let template = file(TEMPLATE);
    none(&delivery::jobs_are_in_order(&template));

    for (right, wrong, what) in [
        ("needs: [plan, lint]", "needs: plan", "build must need lint"),
        (
            "needs: [plan, test, build, attest]",
            "needs: [plan, build, attest]",
            "dev must need test",
        ),
        (
            "needs: [plan, test, build, attest]",
            "needs: [plan, test, build]",
            "dev must need attest",
        ),
        (
            "needs: [plan, build, attest, dev, smoke-dev, settle-dev]",
            "needs: [plan, build, attest, dev]",
            "production must need smoke-dev",
        ),
        ("!failure() &&", "always() &&", "production: runs whatever failed"),
        (" && needs.smoke-dev.result == 'success'", "", "production: name the job"),
    ] {
        found(&delivery::jobs_are_in_order(&doctored(&template, right, wrong)), what);
    }
}

#[test]
fn what_was_built_once_is_what_is_released_everywhere() {
    let template = file(TEMPLATE);
    none(&delivery::one_build_is_released(&template));

    let digest = "digest: ${{ needs.build.outputs.digest }}";
    let other = doctored(&template, digest, "digest: ${{ needs.dev.outputs.digest }}");
    found(&delivery::one_build_is_released(&other), "the digest of the job");
    let twice = doctored(&template, "cargo xtask test --only tests", ".github/scripts/package.sh");
    found(&delivery::one_build_is_released(&twice), "and nowhere else");
    let only = doctored(&template, "environment: prod\n", "environment: dev\n");
    found(&delivery::one_build_is_released(&only), "then to prod");
}

#[test]
fn nothing_changes_production_before_somebody_approved() {
    let problems: Vec<_> = files()
        .iter()
        .filter(|file| file.is_workflow())
        .flat_map(delivery::production_is_behind_the_gate)
        .collect();
    none(&problems);

    for path in [TEMPLATE, ".github/workflows/infra.yml"] {
        let open = doctored(&file(path), "    environment: Production\n", "");
        found(&delivery::production_is_behind_the_gate(&open), "production: add");
    }
    let posture = file(".github/workflows/posture.yml");
    let strong = doctored(&posture, "-drift\n", "-terraform\n");
    found(&delivery::production_is_behind_the_gate(&strong), "drift: change accounts by");
}

#[test]
fn a_release_verifies_what_it_was_given_before_it_enters_an_account() {
    let action = file(RELEASE);
    none(&delivery::a_release_verifies_first(&action));

    let late = doctored(&action, ".github/scripts/verify.sh", "true");
    found(&delivery::a_release_verifies_first(&late), "the order is");
    let hasty = doctored(&action, "verify.sh", "deploy-lambda.sh");
    found(&delivery::a_release_verifies_first(&hasty), "the order is");
}

#[test]
fn accounts_and_zones_are_those_that_terraform_knows() {
    let template = file(TEMPLATE);
    for (folder, word) in [("dev", "DEV"), ("prod", "PRODUCTION")] {
        let name = format!("infra/envs/{folder}/main.tfvars");
        let Ok(variables) = std::fs::read_to_string(repository().join(&name)) else {
            eprintln!("SKIPPED: there is no {name} to compare with");
            return;
        };
        let value = |wanted: &str| {
            let mut lines = variables.lines().filter_map(|line| line.split_once('='));
            let (_, value) = lines.find(|(name, _)| name.trim() == wanted).unwrap();
            value.trim().trim_matches('"').to_owned()
        };
        assert_eq!(template.content["env"][format!("{word}_ACCOUNT")], value("account_id"));
        assert_eq!(template.content["env"][format!("{word}_ZONE")], value("zone_name"));
    }
}

#[test]
fn what_differs_between_environments_is_a_parameter_of_the_template() {
    let parameters = std::fs::read_to_string(repository().join("template.yaml"));
    for folder in ["dev", "prod"] {
        let path = repository().join(format!("infra/envs/{folder}/release.json"));
        let release: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        for (connector, values) in release.as_object().unwrap() {
            assert!(repository().join("functions").join(connector).is_dir(), "{connector}");
            for (name, value) in values.as_object().unwrap() {
                assert!(!value.as_str().unwrap().contains(' '), "{name}: SAM splits at spaces");
                let declared = format!("\n  {name}:\n    Type: ");
                let known = parameters.as_ref().is_ok_and(|text| text.contains(&declared));
                assert!(known, "{folder}: template.yaml has no parameter {name}");
            }
        }
    }
}
