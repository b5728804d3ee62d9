//! checkov over what is deployed, but for the exceptions that are written down with their reasons.
#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "a test")]

use std::path::Path;

use deployment::checkov::{Exception, failures, judge};
use deployment::connectors::Environment;
use deployment::sam::Release;
use deployment::tools::{Tool, repository};

fn installed() -> bool {
    let missing = Tool::Checkov.path().err();
    if let Some(missing) = &missing {
        eprintln!("SKIPPED: {missing}");
    }
    missing.is_none()
}

fn exceptions(path: &str) -> Vec<Exception> {
    let text = std::fs::read_to_string(repository().join(path)).unwrap();
    serde_saphyr::from_str(&text).unwrap()
}

fn template_failures(text: &str) -> Vec<deployment::checkov::Failure> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("template.yaml");
    std::fs::write(&file, text).unwrap();
    failures(Path::new(&file), "cloudformation").unwrap()
}

#[test]
fn the_template_keeps_every_rule_but_the_written_exceptions() {
    if !installed() {
        return;
    }
    let usual = Release::of("sharepoint", Environment::Dev).unwrap();
    let exceptions = exceptions("tests/deployment/checkov.yaml");
    let found = judge(&template_failures(&usual.template), &exceptions);
    assert_eq!(found, Vec::<String>::new());

    let cap = "      ReservedConcurrentExecutions: !FindInMap [Connectors, !Ref Connector, Concurrency]\n";
    let worse = usual.doctored(cap, "").unwrap();
    let found = judge(&template_failures(&worse.template), &exceptions);
    assert!(found.len() == 1 && found[0].contains("CKV_AWS_115"), "{found:?}");
}

#[test]
fn the_terraform_keeps_every_rule_but_the_written_exceptions() {
    if !installed() {
        return;
    }
    let infra = repository().join("infra");
    if !infra.join("main").is_dir() {
        eprintln!("SKIPPED: there is no infra/main");
        return;
    }
    let failures = failures(&infra, "terraform").unwrap();
    let found = judge(&failures, &exceptions("infra/checkov.yaml"));
    assert!(found.is_empty(), "{found:#?}");
}
