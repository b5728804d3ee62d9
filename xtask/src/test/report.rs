//! What a run of the steps came to: minutes, what was skipped, and the test runner's own summary.

use std::fmt;
use std::time::Duration;

use anyhow::bail;

/// How a step ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Everything was checked.
    Passed,
    /// Some or all of it could not run here, for these reasons.
    Skipped(Vec<String>),
    /// Something is wrong.
    Failed(String),
}

impl Outcome {
    /// Passed, unless something was skipped.
    pub(super) fn unless_skipped(skipped: Vec<String>) -> Self {
        if skipped.is_empty() { Self::Passed } else { Self::Skipped(skipped) }
    }
}

impl From<anyhow::Result<()>> for Outcome {
    fn from(result: anyhow::Result<()>) -> Self {
        match result {
            Ok(()) => Self::Passed,
            Err(problem) => Self::Failed(format!("{problem:#}")),
        }
    }
}

/// Every step of a run so far.
#[derive(Debug, Default)]
pub(super) struct Report {
    /// The test runner's summary lines, as it wrote them.
    pub(super) summary: Vec<String>,
    steps: Vec<(String, Duration, Outcome)>,
}

impl Report {
    /// Adds a step that ended.
    pub(super) fn add(&mut self, step: String, took: Duration, outcome: Outcome) {
        self.steps.push((step, took, outcome));
    }

    /// An error that names the step that failed, if one did.
    pub(super) fn verdict(&self) -> anyhow::Result<()> {
        for (step, _, outcome) in &self.steps {
            if let Outcome::Failed(why) = outcome {
                bail!("step {step} failed: {why}; `cargo xtask test --only {step}` repeats it");
            }
        }
        Ok(())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n=== minutes ===")?;
        for (step, took, outcome) in &self.steps {
            let word = match outcome {
                Outcome::Passed => "passed",
                Outcome::Skipped(_) => "SKIPPED in part or whole, see below",
                Outcome::Failed(_) => "FAILED",
            };
            writeln!(f, "{step:>12} {:6.1}  {word}", took.as_secs_f64() / 60.0)?;
        }
        let total: Duration = self.steps.iter().map(|(_, took, _)| *took).sum();
        writeln!(f, "{:>12} {:6.1}", "together", total.as_secs_f64() / 60.0)?;
        for (step, _, outcome) in &self.steps {
            if let Outcome::Skipped(reasons) = outcome {
                for reason in reasons {
                    writeln!(f, "SKIPPED in {step}: {reason}")?;
                }
            }
        }
        if !self.summary.is_empty() {
            writeln!(f, "\n=== summary of the test runner ===")?;
            for line in &self.summary {
                writeln!(f, "{line}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_ends_with_the_runners_own_lines_and_names_what_was_skipped() {
        let mut report = Report::default();
        report.summary.push("test result: ok. 3 passed; 0 failed; 0 ignored".to_owned());
        report.add("fmt".to_owned(), Duration::from_secs(90), Outcome::Passed);
        let reasons = vec!["no python3".to_owned()];
        report.add("tools".to_owned(), Duration::ZERO, Outcome::Skipped(reasons));

        let text = report.to_string();

        assert!(text.contains("fmt    1.5  passed"), "{text}");
        assert!(text.contains("SKIPPED in tools: no python3"), "{text}");
        assert!(text.ends_with("test result: ok. 3 passed; 0 failed; 0 ignored\n"), "{text}");
        report.verdict().unwrap();
    }

    #[test]
    fn a_failed_step_is_named_with_the_command_that_repeats_it() {
        let mut report = Report::default();
        report.add("docs".to_owned(), Duration::ZERO, Outcome::Failed("exit 101".to_owned()));
        let verdict = report.verdict().unwrap_err().to_string();
        assert!(verdict.contains("step docs failed: exit 101"), "{verdict}");
        assert!(verdict.contains("cargo xtask test --only docs"), "{verdict}");
    }
}
