//! checkov over a folder or a file, and the written exceptions from its rules.

use std::path::Path;

use serde::Deserialize;
use serde_json::Value;
use wildmatch::WildMatch;

use crate::tools::Tool;

/// A rule that a resource breaks.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Failure {
    /// checkov's name of the rule, such as `CKV_AWS_116`.
    pub check: String,
    /// The resource, as checkov names it.
    pub resource: String,
    /// What the rule demands.
    pub demand: String,
}

/// A rule that need not be kept, and why.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exception {
    /// checkov's name of the rule.
    pub check: String,
    /// The resource, as checkov names it; `*` stands for any characters.
    pub resource: String,
    /// Why it need not be kept.
    pub reason: String,
}

/// What checkov finds below a path, read with one of its frameworks.
///
/// # Errors
/// When checkov is missing, or does not give its findings.
pub fn failures(path: &Path, framework: &str) -> Result<Vec<Failure>, String> {
    let mut command = Tool::Checkov.command()?;
    command.arg(if path.is_dir() { "-d" } else { "-f" }).arg(path);
    command.args(["--framework", framework, "--output", "json"]);
    command.args(["--quiet", "--compact", "--skip-download"]);
    let output = command.output().map_err(|problem| format!("starting checkov: {problem}"))?;
    let report: Value = serde_json::from_slice(&output.stdout).map_err(|problem| {
        let complaint = String::from_utf8_lossy(&output.stderr);
        format!("checkov gave no report ({problem}): {complaint}")
    })?;
    let counted = |what: &str| report.pointer(&format!("/summary/{what}")).and_then(Value::as_u64);
    match (counted("parsing_errors"), counted("resource_count")) {
        (Some(0), Some(1..)) => {}
        _ => return Err(format!("checkov could not read everything: {report}")),
    }
    let failed = report.pointer("/results/failed_checks").and_then(Value::as_array);
    let failed = failed.into_iter().flatten().map(|failure| {
        let field = |name: &str| failure[name].as_str().unwrap_or_default().to_owned();
        Failure {
            check: field("check_id"),
            resource: field("resource"),
            demand: field("check_name"),
        }
    });
    let mut failed: Vec<_> = failed.collect();
    failed.sort();
    failed.dedup();
    Ok(failed)
}

/// What is wrong: failures without an exception, and exceptions without a failure or a reason.
pub fn judge(failures: &[Failure], exceptions: &[Exception]) -> Vec<String> {
    let unexcused = failures
        .iter()
        .filter(|failure| !exceptions.iter().any(|exception| exception.covers(failure)));
    let unexcused = unexcused.map(|Failure { check, resource, demand }| {
        format!("{resource} breaks {check} ({demand}): mend it, or write down why it need not hold")
    });
    let idle = exceptions
        .iter()
        .filter(|exception| !failures.iter().any(|failure| exception.covers(failure)));
    let idle = idle.map(|Exception { check, resource, .. }| {
        format!("the exception of {resource} from {check} covers nothing: take it away")
    });
    let unreasoned = exceptions.iter().filter(|exception| exception.reason.trim().len() < 10);
    let unreasoned = unreasoned.map(|Exception { check, resource, .. }| {
        format!("the exception of {resource} from {check} has no reason")
    });
    unexcused.chain(idle).chain(unreasoned).collect()
}

impl Exception {
    fn covers(&self, failure: &Failure) -> bool {
        self.check == failure.check && WildMatch::new(&self.resource).matches(&failure.resource)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(check: &str, resource: &str) -> Failure {
        let text = str::to_owned;
        Failure { check: text(check), resource: text(resource), demand: text("be good") }
    }

    fn exception(check: &str, resource: &str, reason: &str) -> Exception {
        let text = str::to_owned;
        Exception { check: text(check), resource: text(resource), reason: text(reason) }
    }

    #[test]
    fn a_failure_needs_an_exception_and_an_exception_a_failure_and_a_reason() {
        let failures = [failure("CKV_1", "bucket.logs"), failure("CKV_2", "bucket.logs")];
        let reason = "it holds nothing of value";
        let both = [exception("CKV_1", "bucket.*", reason), exception("CKV_2", "*.logs", reason)];
        assert_eq!(judge(&failures, &both), Vec::<String>::new());

        let [one, _] = both.clone();
        assert!(judge(&failures, &[one])[0].contains("bucket.logs breaks CKV_2"));
        let idle = judge(&failures[..1], &both);
        assert!(idle.len() == 1 && idle[0].contains("covers nothing"), "{idle:?}");
        let silent = judge(&failures[..1], &[exception("CKV_1", "bucket.logs", " ")]);
        assert!(silent.len() == 1 && silent[0].contains("no reason"), "{silent:?}");
        let other = judge(&failures[..1], &[exception("CKV_1", "bucket.log", reason)]);
        assert_eq!(other.len(), 2, "{other:?}");
    }
}
