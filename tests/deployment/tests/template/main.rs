//! `template.yaml`, for every connector of the list and both environments: the rules it keeps, the
//! versions it publishes, the settings the real program takes, and where requests go.
#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "every function here is a test, or a part of one"
)]

mod linters;
mod names;
mod routing;
mod rules;
mod settings;
mod versions;

use std::sync::OnceLock;

use deployment::connectors::{Connector, Environment};
use deployment::sam::{Release, Stack, stacks};
use deployment::tools::Tool;

/// Every release of this repository; nothing, and a word why, where SAM is not installed.
fn releases() -> Option<&'static [(Connector, Environment, Stack)]> {
    static RELEASES: OnceLock<Vec<(Connector, Environment, Stack)>> = OnceLock::new();
    let here = installed(Tool::SamPython);
    here.then(|| {
        RELEASES
            .get_or_init(|| {
                let all = Release::all().unwrap();
                let asked: Vec<_> = all.iter().map(|(_, _, release)| release.clone()).collect();
                let pairs = all.into_iter().zip(stacks(&asked).unwrap());
                pairs
                    .map(|((connector, environment, _), stack)| {
                        (connector, environment, stack.unwrap())
                    })
                    .collect()
            })
            .as_slice()
    })
}

/// The release that is made worse, or changed, to see what happens.
fn sharepoint() -> Release {
    Release::of("sharepoint", Environment::Dev).unwrap()
}

fn installed(tool: Tool) -> bool {
    match tool.path() {
        Ok(_) => true,
        Err(missing) => {
            eprintln!("SKIPPED: {missing}");
            false
        }
    }
}
