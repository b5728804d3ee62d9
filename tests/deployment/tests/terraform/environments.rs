//! dev and prod differ where they should, and nowhere else.

use std::collections::BTreeMap;

use deployment::tools::repository;

/// What names an environment, and what is decided for each.
const DIFFERENT: [(&str, &[&str]); 3] = [
    ("backend.hcl", &["bucket"]),
    (
        "main.tfvars",
        &[
            "account_id",
            "alarm_emails",
            "environment",
            "log_retention_days",
            "nat_gateways",
            "zone_name",
        ],
    ),
    (
        "initial.tfvars",
        &[
            "account_id",
            "cost_emails",
            "environment",
            "existing_zone_id",
            "github_subjects",
            "monthly_usd",
            "zone_name",
        ],
    ),
];

fn settings(environment: &str, file: &str) -> BTreeMap<String, String> {
    let path = repository().join("infra/envs").join(environment).join(file);
    let text = std::fs::read_to_string(path).unwrap();
    let lines = text.lines().filter_map(|line| line.split_once('='));
    lines.map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned())).collect()
}

#[test]
fn dev_and_prod_have_the_same_settings_and_differ_in_few() {
    for (file, different) in DIFFERENT {
        let (dev, prod) = (settings("dev", file), settings("prod", file));
        assert_eq!(dev.keys().collect::<Vec<_>>(), prod.keys().collect::<Vec<_>>(), "{file}");
        let differ = dev.iter().filter(|(name, value)| prod.get(*name) != Some(*value));
        let differ: Vec<_> = differ.map(|(name, _)| name.as_str()).collect();
        assert_eq!(differ, different, "{file}");
    }
}

#[test]
fn only_approved_runs_reach_the_account_behind_the_gate() {
    let subjects = |environment| settings(environment, "initial.tfvars")["github_subjects"].clone();
    assert_eq!(subjects("dev"), r#"["ref:refs/heads/main"]"#);
    assert_eq!(subjects("prod"), r#"["environment:Production"]"#);
}
