//! Runs every scenario against a connector of its own; one line a scenario.
#![expect(clippy::print_stderr, reason = "what stops or skips a run is said before its first line")]

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use e2e::{Engine, Foreign};
use features::{Definitions, Story, stories, tell_here};
use libtest_mimic::{Arguments, Failed, Trial};

/// The tag of what needs moto.
const MOTO: &str = "moto";

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let definitions = Definitions::all();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("features");
    let read = stories(&folder).and_then(|all| {
        definitions.check(&all)?;
        Ok(all)
    });
    let all = match read {
        Ok(all) => all,
        Err(problem) => {
            eprintln!("{problem:#}");
            return ExitCode::FAILURE;
        }
    };
    let missing = Foreign::missing(Engine::Python);
    if let Some(missing) = &missing {
        eprintln!("SKIPPED: scenarios with DynamoDB: {missing}; `cargo xtask test` installs it");
    }
    if !arguments.list {
        // Built before the first scenario, whose time would say nothing otherwise.
        e2e::connector_program();
    }
    let definitions = Arc::new(definitions);
    let trials = all.into_iter().map(|story| {
        let ignored = missing.is_some() && story.has(MOTO);
        let definitions = Arc::clone(&definitions);
        let name = story.name.clone();
        Trial::test(name, move || tell(&story, &definitions)).with_ignored_flag(ignored)
    });
    libtest_mimic::run(&arguments, trials.collect()).exit_code()
}

fn tell(story: &Story, definitions: &Definitions) -> Result<(), Failed> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(tell_here(story, definitions));
    Ok(())
}
