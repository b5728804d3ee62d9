//! How it is written: form, types, names. `infra/initial` needs the provider of Entra, which has no
//! stand-in, so it is read and not run.

use deployment::terraform::{Connectors, Root};

use crate::workspace;

#[test]
fn every_file_has_terraforms_own_form_and_can_be_parsed() {
    let Some(workspace) = workspace(Connectors::Listed) else { return };
    assert_eq!(workspace.unformatted().unwrap(), "");
}

#[test]
fn a_file_that_cannot_be_parsed_is_found() {
    let Some(workspace) = workspace(Connectors::Listed) else { return };
    let module = workspace.path(Root::Module("mcp_app_registration"));
    std::fs::write(module.join("broken.tf"), "resource \"azuread_application\" {\n  x = = 1\n}\n")
        .unwrap();
    assert!(workspace.unformatted().unwrap().contains("broken.tf"));
}

/// Main calls the other modules of AWS, so it is judged with them.
#[test]
fn main_and_every_module_of_aws_are_valid() {
    let Some(workspace) = workspace(Connectors::Listed) else { return };
    for root in [Root::Main, Root::Module("account"), Root::Module("cost_guard")] {
        workspace.init(root).unwrap();
        workspace.run(root, &["validate"]).unwrap();
    }
}
