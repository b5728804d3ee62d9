//! The stories once more, with tasks of the ECS flavour where they are usually told with functions
//! and servers.

use std::collections::BTreeMap;
use std::process::Stdio;

use anyhow::Context as _;
use rustix::process::geteuid;
use tokio::process::Command;

use super::cargo_steps::tell;
use super::report::Outcome;
use super::tools::Tools;
use crate::repository::Repository;

/// What is not told with tasks: for each test program its stories, with the reason.
const LIST: &str = "tests/e2e/left-to-functions.json";

type Stories = BTreeMap<String, BTreeMap<String, String>>;

/// Tells them.
pub(super) async fn stories(
    repository: &Repository,
    tools: &Tools,
    summary: &mut Vec<String>,
) -> Outcome {
    if let Err(missing) = &tools.python {
        return Outcome::Skipped(vec![missing.clone()]);
    }
    if !may_make_namespaces().await {
        let reason = "this user may not make mount namespaces, in which a root is read-only";
        return Outcome::Skipped(vec![reason.to_owned()]);
    }
    let list = match read(repository) {
        Ok(list) => list,
        Err(problem) => return Outcome::Failed(format!("{problem:#}")),
    };
    println!("Stories that are left to functions and servers are in {LIST}.");
    tell(repository, tools, summary, |cargo| {
        cargo.env("E2E_FLAVOUR", "ecs").args(arguments(&list));
    })
    .await
}

fn read(repository: &Repository) -> anyhow::Result<Stories> {
    let text = std::fs::read_to_string(repository.root.join(LIST)).context(LIST)?;
    serde_json::from_str(&text).context(LIST)
}

/// The test programs, and everything of them but what is left out.
fn arguments(list: &Stories) -> Vec<String> {
    let programs = list.keys().flat_map(|program| ["--test".to_owned(), program.clone()]);
    let left_out = list.values().flat_map(BTreeMap::keys);
    let skips = left_out.flat_map(|story| ["--skip".to_owned(), story.clone()]);
    programs.chain(["--".to_owned(), "--exact".to_owned()]).chain(skips).collect()
}

async fn may_make_namespaces() -> bool {
    let mut unshare = Command::new("unshare");
    unshare.args((!geteuid().is_root()).then_some("--map-root-user"));
    unshare.args(["--mount", "--pid", "--fork", "mount", "-t", "tmpfs", "tried", "/mnt"]);
    let tried = unshare.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    tried.await.is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_story_is_left_out_by_its_whole_name_and_all_others_are_told() {
        let stories = BTreeMap::from([("a::b".to_owned(), "a reason".to_owned())]);
        let list = BTreeMap::from([("mail".to_owned(), stories)]);
        let expected = ["--test", "mail", "--", "--exact", "--skip", "a::b"];
        assert_eq!(arguments(&list), expected);
        let real = arguments(&read(&Repository::find().unwrap()).unwrap());
        assert!(real.iter().any(|word| word == "sharepoint"), "{real:?}");
    }
}
