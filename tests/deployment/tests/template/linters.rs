//! What the tools of the format's owners say.

use std::path::Path;
use std::process::Output;

use deployment::tools::{Tool, repository};

use crate::{installed, sharepoint};

fn cfn_lint(template: &Path) -> Output {
    Tool::CfnLint.command().unwrap().arg(template).output().unwrap()
}

fn said(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text)).concat()
}

#[test]
fn sam_finds_the_template_valid() {
    if !installed(Tool::Sam) {
        return;
    }
    let mut sam = Tool::Sam.command().unwrap();
    sam.args(["validate", "--lint", "--region", "eu-central-1", "--template"]);
    let output = sam.arg(repository().join("template.yaml")).output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
}

#[test]
fn cfn_lint_has_nothing_to_say_and_would_say_it() {
    if !installed(Tool::CfnLint) {
        return;
    }
    let output = cfn_lint(&repository().join("template.yaml"));
    assert!(output.status.success(), "{}", said(&output));

    let folder = tempfile::tempdir().unwrap();
    let wrong = folder.path().join("template.yaml");
    let doctored = sharepoint().doctored("TargetType: lambda", "TargetTyp: lambda").unwrap();
    std::fs::write(&wrong, doctored.template).unwrap();
    let output = cfn_lint(&wrong);
    assert!(!output.status.success() && said(&output).contains("TargetTyp"), "{}", said(&output));
}
