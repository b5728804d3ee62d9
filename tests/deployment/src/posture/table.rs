//! Verdicts, for a person and for a program.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::Verdict;

/// A table: area, check, verdict, evidence; each fault on a line of its own.
pub fn table(verdicts: &[Verdict]) -> String {
    let width = verdicts.iter().map(|one| one.check.chars().count()).max().unwrap_or_default();
    let mut text = format!("{:14}  {:width$}  verdict  evidence\n", "area", "check");
    for verdict in verdicts {
        let Verdict { area, check, .. } = verdict;
        let word = if verdict.passes() { "ok" } else { "FAILS" };
        let evidence = evidence(verdict);
        // Writing to a text cannot fail.
        let _ = writeln!(text, "{area:14}  {check:width$}  {word:7}  {evidence}");
        for fault in &verdict.faults {
            let _ = writeln!(text, "{:14}    {fault}", "");
        }
    }
    let failed = verdicts.iter().filter(|verdict| !verdict.passes()).count();
    let _ = writeln!(text, "\n{} checks, {failed} failed", verdicts.len());
    text
}

/// The first thing that was looked at, and how many more.
fn evidence(verdict: &Verdict) -> String {
    match verdict.evidence.as_slice() {
        [] => "none".to_owned(),
        [only] => only.clone(),
        [first, rest @ ..] => format!("{first} and {} more", rest.len()),
    }
}

/// The same as JSON, with all evidence.
pub fn json(environment: &str, verdicts: &[Verdict]) -> Value {
    let list = verdicts.iter().map(|verdict| {
        json!({
            "area": verdict.area.to_string(),
            "check": verdict.check,
            "passes": verdict.passes(),
            "faults": verdict.faults,
            "evidence": verdict.evidence,
        })
    });
    json!({
        "environment": environment,
        "passes": verdicts.iter().all(Verdict::passes),
        "checks": list.collect::<Vec<_>>(),
    })
}
