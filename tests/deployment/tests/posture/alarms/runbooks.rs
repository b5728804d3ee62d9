//! Whoever is woken knows what to do.

use std::collections::BTreeSet;

use deployment::tools::repository;

/// Every alarm with its description.
fn descriptions() -> Option<Vec<(String, String)>> {
    let deployment = super::deployment()?;
    let planned = deployment.resources.resources("aws_cloudwatch_metric_alarm");
    let planned = planned.map(|one| {
        (one.address.clone(), one.text("alarm_description").unwrap_or_default().to_owned())
    });
    let stacks = deployment.stacks.values().flatten();
    let stacks = stacks.filter(|(_, one)| one["Type"] == "AWS::CloudWatch::Alarm");
    let stacks = stacks.map(|(id, one)| {
        let text = one["Properties"]["AlarmDescription"].as_str().unwrap_or_default();
        (id.clone(), text.to_owned())
    });
    Some(planned.chain(stacks).collect())
}

fn runbook(description: &str) -> Option<&str> {
    let (_, path) = description.split_once("Runbook: ")?;
    path.split_whitespace().next().filter(|path| path.starts_with("docs/runbooks/"))
}

#[test]
fn every_alarm_names_a_runbook_that_is_there() {
    let Some(descriptions) = descriptions() else { return };
    assert!(!descriptions.is_empty());
    for (alarm, description) in descriptions {
        let path = runbook(&description).unwrap_or_else(|| panic!("{alarm}: {description:?}"));
        assert!(repository().join(path).is_file(), "{alarm}: there is no {path}");
    }
}

#[test]
fn every_alarm_says_in_words_what_happened() {
    let Some(descriptions) = descriptions() else { return };
    let mut seen = BTreeSet::new();
    for (alarm, description) in descriptions {
        let words = description.split("Runbook: ").next().unwrap();
        assert!(words.trim().ends_with('.') && words.len() > 20, "{alarm}: {description:?}");
        seen.insert(alarm);
    }
    assert!(seen.len() > 15, "{seen:?}");
}
