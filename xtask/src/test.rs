//! `cargo xtask test`: everything continuous integration runs, in the order of cost.
//!
//! Steps stop at the first failure. What cannot run here is skipped, and said at the end.

mod cargo_steps;
mod conformance;
mod ecs;
mod report;
mod tools;

use std::time::Instant;

use clap::{Args, ValueEnum};

use crate::package;
use crate::repository::Repository;
use report::{Outcome, Report};
use tools::Tools;

pub(crate) use tools::{
    FASTMCP, INSPECTOR_VERSION, PYTHON_PACKAGES, install_fastmcp, install_venv,
};

/// Options of `cargo xtask test`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Run this step alone, with the tools it needs.
    #[arg(long, value_enum)]
    only: Option<Step>,
}

/// One thing that is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Step {
    /// Install what later steps need into target/tools.
    Tools,
    /// The formatting.
    Fmt,
    /// The lints, on every target.
    Clippy,
    /// The documentation, private items included.
    Docs,
    /// Licences, banned crates, sources and advisories.
    Deny,
    /// The official conformance suite.
    Conformance,
    /// The deployable zip of one connector, which the tests then look into.
    Package,
    /// The stories, told with tasks of the ECS flavour.
    Ecs,
    /// Unit tests, stories and the rules of this repository.
    Tests,
}

impl Step {
    fn needs_tools(self) -> bool {
        matches!(self, Self::Deny | Self::Conformance | Self::Ecs | Self::Tests)
    }

    fn name(self) -> String {
        self.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
    }
}

/// The steps of a run; the tests come last, because their summary ends the output.
fn steps(only: Option<Step>) -> Vec<Step> {
    match only {
        None => Step::value_variants().to_vec(),
        Some(step) if step.needs_tools() => vec![Step::Tools, step],
        Some(step) => vec![step],
    }
}

/// Runs the steps and reports what each of them took.
pub(crate) async fn run(options: Options) -> anyhow::Result<()> {
    let repository = Repository::find()?;
    let mut report = Report::default();
    let mut tools = Tools::none();
    for step in steps(options.only) {
        println!("\n=== {} ===", step.name());
        let started = Instant::now();
        let outcome = match step {
            Step::Tools => {
                tools = Tools::install(&repository).await;
                tools.outcome()
            }
            Step::Fmt => cargo_steps::fmt(&repository).await,
            Step::Clippy => cargo_steps::clippy(&repository).await,
            Step::Docs => cargo_steps::docs(&repository).await,
            Step::Deny => cargo_steps::deny(&repository, &tools).await,
            Step::Conformance => conformance::run(&repository, &tools).await,
            Step::Package => match package::Options::first_of(&repository) {
                Ok(options) => package::run(options).await.into(),
                Err(problem) => Err(problem).into(),
            },
            Step::Ecs => ecs::stories(&repository, &tools, &mut report.summary).await,
            Step::Tests => cargo_steps::tests(&repository, &tools, &mut report.summary).await,
        };
        let failed = matches!(outcome, Outcome::Failed(_));
        report.add(step.name(), started.elapsed(), outcome);
        if failed {
            break;
        }
    }
    print!("{report}");
    report.verdict()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tests_come_last_and_a_single_step_brings_its_tools() {
        assert_eq!(steps(None).last(), Some(&Step::Tests));
        assert_eq!(steps(None).len(), Step::value_variants().len());
        assert_eq!(steps(Some(Step::Clippy)), [Step::Clippy]);
        assert_eq!(steps(Some(Step::Conformance)), [Step::Tools, Step::Conformance]);
    }
}
