//! What belongs to a connector, and that the one list of connectors is true.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::Repository;

const LIST: &str = "infra/connectors.json";
/// Local port of the first connector; the others follow in the order of the list.
const FIRST_PORT: usize = 8101;

/// One entry of the list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    host: String,
    priority: u32,
    local_port: usize,
    memory_mb: u32,
    timeout_s: u32,
    concurrency: u32,
    flavour: String,
    scopes: Vec<String>,
    demo: Demo,
    #[serde(default)]
    further_demos: Vec<Demo>,
}

/// The call that shows a connector at work.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Demo {
    tool: String,
    #[serde(rename = "arguments")]
    _arguments: Map<String, Value>,
}

fn entries(repository: &Repository) -> Result<Vec<Entry>, String> {
    let text = repository.text(LIST).ok_or_else(|| format!("{LIST} is missing"))?;
    serde_json::from_str(text).map_err(|problem| format!("{LIST}: {problem}"))
}

/// Every entry of the list can be run, here and on AWS.
pub fn the_list_is_sound(repository: &Repository) -> Vec<String> {
    let entries = match entries(repository) {
        Ok(entries) => entries,
        Err(problem) => return vec![problem],
    };
    let mut problems = Vec::new();
    let (mut names, mut hosts, mut priorities) =
        (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for (place, entry) in entries.iter().enumerate() {
        let name = &entry.name;
        let mut check = |right: bool, advice: &str| {
            if !right {
                problems.push(format!("{LIST}: {name}: {advice}"));
            }
        };
        check(names.insert(name), "the name is taken twice");
        check(hosts.insert(&entry.host), "the host is taken twice");
        check(priorities.insert(entry.priority), "the priority is taken twice");
        check((1..=50_000).contains(&entry.priority), "a priority is 1 to 50000");
        let port = FIRST_PORT + place;
        check(entry.local_port == port, &format!("local_port is {port} at this place of the list"));
        check((128..=10_240).contains(&entry.memory_mb), "memory_mb is 128 to 10240");
        check((1..=60).contains(&entry.timeout_s), "timeout_s is at most the balancer's 60");
        check((1..=100).contains(&entry.concurrency), "concurrency is 1 to 100");
        check(["lambda", "ecs"].contains(&entry.flavour.as_str()), "flavour is lambda or ecs");
        check(!entry.scopes.is_empty(), "name the scopes it asks for");
        check(
            entry.scopes.iter().all(|scope| !writes(scope)),
            "connectors only read; take out scopes that write",
        );
        let prefix = format!("{name}_");
        let mut demos = std::iter::once(&entry.demo).chain(&entry.further_demos);
        check(
            demos.all(|demo| demo.tool.starts_with(&prefix)),
            "the tool of a demo starts with the connector's name",
        );
    }
    problems
}

fn writes(scope: &str) -> bool {
    let words: Vec<_> = scope.split('.').collect();
    let verbs = ["ReadWrite", "Write", "Send", "Manage", "FullControl", "Create", "Delete"];
    words.iter().any(|word| verbs.contains(word))
}

/// Every connector has what belongs to one.
pub fn connectors_are_complete(repository: &Repository) -> Vec<String> {
    let entries = match entries(repository) {
        Ok(entries) => entries,
        Err(problem) => return vec![problem],
    };
    let mut problems = Vec::new();
    for entry in &entries {
        let name = &entry.name;
        for path in [
            format!("functions/{name}/Cargo.toml"),
            format!("functions/{name}/README.md"),
            format!("functions/{name}/policy.yaml"),
            format!("functions/{name}/ecs/task-definition.base.yml"),
            format!("functions/{name}/ecs/env/dev.yml"),
            format!("functions/{name}/ecs/env/prod.yml"),
            format!("docs/connectors/{name}.md"),
            format!(".github/workflows/deploy-{name}.yml"),
        ] {
            if !repository.holds(&path) {
                problems.push(format!("{name}: {path} is missing"));
            }
        }
        let below =
            |start: &str, end: &str| repository.below(start).any(|(path, _)| path.ends_with(end));
        if !below(&format!("events/{name}/"), ".json") {
            problems.push(format!("{name}: events/{name}/ holds no sample event"));
        }
        if !below(&format!("tests/e2e/tests/{name}"), ".rs") {
            problems.push(format!("{name}: tests/e2e/tests/{name}*.rs is missing: tell its story"));
        }
        if !repository.text("template.yaml").is_some_and(|text| deploys(text, name)) {
            let advice = "add its entry to Mappings, Connectors";
            problems.push(format!("{name}: template.yaml does not deploy it; {advice}"));
        }
    }
    problems
}

/// Whether a template has an entry of this name in its mapping of connectors.
fn deploys(template: &str, name: &str) -> bool {
    let mapping = template.lines().skip_while(|line| *line != "  Connectors:").skip(1);
    let mut entries = mapping.take_while(|line| line.starts_with("    "));
    entries.any(|line| line.strip_prefix("    ").is_some_and(|line| line == format!("{name}:")))
}

/// Every function is in the list.
pub fn functions_are_listed(repository: &Repository) -> Vec<String> {
    let entries = match entries(repository) {
        Ok(entries) => entries,
        Err(problem) => return vec![problem],
    };
    let listed: BTreeSet<_> = entries.iter().map(|entry| entry.name.as_str()).collect();
    let folders = repository.folders_in("functions/").into_iter();
    let unlisted = folders.filter(|folder| !listed.contains(folder));
    unlisted.map(|folder| format!("functions/{folder}: add it to {LIST}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENTRY: &str = r#"{ "name": "mail", "host": "mail", "priority": 100, "local_port": 8101,
        "memory_mb": 256, "timeout_s": 25, "concurrency": 50, "flavour": "lambda",
        "scopes": ["Mail.Read"], "demo": { "tool": "mail_search", "arguments": {} } }"#;
    const TEMPLATE: &str =
        "Mappings:\n  Connectors:\n    chat:\n      Host: chat\n    mail:\n      Host: mail\n";
    const COMPLETE: [(&str, &str); 11] = [
        ("functions/mail/Cargo.toml", ""),
        ("functions/mail/README.md", ""),
        ("functions/mail/policy.yaml", ""),
        ("functions/mail/ecs/task-definition.base.yml", ""),
        ("functions/mail/ecs/env/dev.yml", ""),
        ("functions/mail/ecs/env/prod.yml", ""),
        ("docs/connectors/mail.md", ""),
        (".github/workflows/deploy-mail.yml", ""),
        ("events/mail/search.json", ""),
        ("tests/e2e/tests/mail_story.rs", ""),
        ("template.yaml", TEMPLATE),
    ];

    fn list(entries: &str) -> Repository {
        Repository::of(&[(LIST, &format!("[{entries}]"))])
    }

    #[test]
    fn each_wrong_value_of_an_entry_is_found() {
        assert_eq!(the_list_is_sound(&list(ENTRY)), Vec::<String>::new());
        for (right, wrong, found) in [
            ("8101", "8102", "local_port is 8101"),
            ("\"priority\": 100", "\"priority\": 0", "priority"),
            ("256", "64", "memory_mb"),
            ("25,", "61,", "timeout_s"),
            ("50,", "0,", "concurrency"),
            ("lambda", "fargate", "flavour"),
            ("[\"Mail.Read\"]", "[]", "scopes"),
            ("Mail.Read", "Mail.ReadWrite", "only read"),
            ("Mail.Read", "Mail.Send", "only read"),
            ("mail_search", "search", "the tool of a demo"),
            ("\"host\"", "\"hosts\"", "unknown field"),
        ] {
            let problems = the_list_is_sound(&list(&ENTRY.replacen(right, wrong, 1)));
            assert_eq!(problems.len(), 1, "{wrong}: {problems:?}");
            assert!(problems[0].contains(found), "{wrong}: {problems:?}");
        }
        let twice = format!("{ENTRY},{}", ENTRY.replace("8101", "8102"));
        assert_eq!(the_list_is_sound(&list(&twice)).len(), 3);
        assert_eq!(the_list_is_sound(&Repository::default()).len(), 1);
    }

    #[test]
    fn each_missing_piece_of_a_connector_is_named() {
        let text = format!("[{ENTRY}]");
        let mut files = COMPLETE.to_vec();
        files.push((LIST, text.as_str()));
        assert_eq!(connectors_are_complete(&Repository::of(&files)), Vec::<String>::new());
        for (missing, _) in COMPLETE {
            let fewer: Vec<_> =
                files.iter().copied().filter(|(path, _)| *path != missing).collect();
            assert_eq!(connectors_are_complete(&Repository::of(&fewer)).len(), 1, "{missing}");
        }
        for without in [
            TEMPLATE.replace("    mail:", "    email:"),
            TEMPLATE.replace("    mail:", "      mail:"),
            TEMPLATE.replace("  Connectors:", "  Others:"),
            "Resources: {}".to_owned(),
        ] {
            let mut files: Vec<_> =
                files.iter().copied().filter(|(path, _)| *path != "template.yaml").collect();
            files.push(("template.yaml", &without));
            let problems = connectors_are_complete(&Repository::of(&files));
            assert_eq!(problems.len(), 1, "{without}: {problems:?}");
        }
    }

    #[test]
    fn a_function_that_nobody_listed_is_found() {
        let text = format!("[{ENTRY}]");
        let files = [(LIST, text.as_str()), COMPLETE[0], ("functions/chat/Cargo.toml", "")];
        let problems = functions_are_listed(&Repository::of(&files));
        assert_eq!(problems, ["functions/chat: add it to infra/connectors.json"]);
    }
}
