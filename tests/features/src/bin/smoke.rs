//! `cargo xtask smoke`: the scenarios tagged `@smoke`, against a deployed connector.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line talks on its own streams"
)]

use std::path::Path;
use std::process::ExitCode;

use clap::Parser;
use features::smoke::{Outcome, Target, run};

/// Runs the scenarios tagged `@smoke` against a deployed connector. A token is taken from the
/// variable SMOKE_TOKEN, and from nowhere else: arguments are seen by everybody on the machine.
#[derive(Debug, Parser)]
struct Options {
    /// The connector's address, as in its MCP_BASE_URL.
    #[arg(long)]
    base_url: String,
    /// The connector's name.
    #[arg(long, default_value = "sharepoint")]
    connector: String,
}

fn main() -> ExitCode {
    let options = Options::parse();
    match smoke(&options) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(problem) => {
            eprintln!("error: {problem:#}");
            ExitCode::FAILURE
        }
    }
}

/// Whether none failed.
fn smoke(options: &Options) -> anyhow::Result<bool> {
    let token = std::env::var("SMOKE_TOKEN").ok().filter(|token| !token.is_empty());
    let target = Target::new(&options.base_url, &options.connector, token)?;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("features");
    // What broke is in the report; nobody needs the place in our code.
    std::panic::set_hook(Box::new(|_| {}));
    let (mut passed, mut skipped, mut failed) = (0, 0, 0);
    run(&target, &folder, |name, outcome| match outcome {
        Outcome::Passed => {
            passed += 1;
            println!("ok       {name}");
        }
        Outcome::Skipped(why) => {
            skipped += 1;
            println!("SKIPPED  {name}: {why}");
        }
        Outcome::Failed(why) => {
            failed += 1;
            println!("FAILED   {name}\n         {}", why.replace('\n', "\n         "));
        }
    })?;
    println!("\nsmoke: {passed} passed, {failed} failed, {skipped} skipped");
    Ok(failed == 0)
}
