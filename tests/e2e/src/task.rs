//! A task of the ECS flavour: the rendered task definition's environment, in a root like that of
//! the image, with its tables in moto and its audit stream beside them.

mod account;
mod aws;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::OnceLock;

use deployment::task_definition::{TaskDefinition, Wanted};
use serde_json::Value;
use tempfile::TempDir;
use tokio::process::Command;
use tokio::time::timeout;

use crate::connector::NAME;
use crate::program::connector_program;
use crate::{Company, Ended, Environment, PATIENCE, repository};
use account::Account;
pub(crate) use aws::TaskAws;

const UNSHARE: &str = "/usr/bin/unshare";
const SETPRIV: &str = "/usr/bin/setpriv";
/// What a story sets itself; everything else is as the task definition has it.
const OF_THE_STORY: [&str; 8] = [
    // On loopback the stand-ins speak http, which is for `local` only.
    "ENVIRONMENT",
    "MCP_BASE_URL",
    "MCP_SERVER_AUTH_MODES",
    "MCP_SERVER_AZURE_TENANT_ID",
    "AZURE_AUTHORITY_HOST",
    "GRAPH_BASE_URL",
    "GRAPH_CONTENT_HOSTS",
    "LISTEN_ADDR",
];

/// The task definition of an environment.
///
/// # Panics
/// When it cannot be rendered.
pub fn task_definition(environment: &str) -> TaskDefinition {
    let values = BTreeMap::from([("COMMIT".to_owned(), "of-a-story".to_owned())]);
    let wanted = Wanted {
        repository: repository(),
        connector: NAME,
        environment,
        image: None,
        values: &values,
    };
    TaskDefinition::render(&wanted).unwrap()
}

/// What keeps tasks from being run on this machine, if anything does.
pub fn no_tasks_here() -> Option<String> {
    static MISSING: OnceLock<Option<String>> = OnceLock::new();
    let missing = MISSING.get_or_init(|| {
        if let Some(missing) = crate::Foreign::missing(crate::Engine::Python) {
            return Some(missing);
        }
        let mut tried = std::process::Command::new(UNSHARE);
        let tried = tried.args(namespaces()).args(["mount", "-t", "tmpfs", "tried", "/mnt"]);
        match tried.stdin(Stdio::null()).stderr(Stdio::null()).status() {
            Ok(status) if status.success() => None,
            _ => Some("this user may not make mount namespaces".to_owned()),
        }
    });
    missing.clone()
}

/// Whether the stories that usually start functions and servers are told with tasks in their
/// place: `E2E_FLAVOUR=ecs` says so.
pub fn with_tasks() -> bool {
    match std::env::var("E2E_FLAVOUR").as_deref() {
        Ok("ecs") => true,
        Ok(other) => panic!("E2E_FLAVOUR={other}: there is ecs"),
        Err(_) => false,
    }
}

/// The environment of a task that works in the company, and the AWS it works with.
pub(crate) async fn environment(company: &Company) -> (Environment, TaskAws) {
    let definition = task_definition("dev");
    let (story, mut environment) = (company.environment(), Environment::default());
    for (name, value) in definition.environment() {
        environment = environment.with(&name, value);
    }
    for name in definition.secrets().keys().map(String::as_str).chain(OF_THE_STORY) {
        environment = environment.with(name, story.get(name));
    }
    let tables = ["STORAGE_DYNAMODB_TABLE_NAME", "CACHE_DYNAMODB_TABLE_NAME"];
    let account = Account::with_tables(&tables.map(|name| environment.get(name))).await;
    let aws = TaskAws::start(account).await;
    // What ECS sets.
    let environment = environment
        .with("ECS_CONTAINER_METADATA_URI_V4", "http://127.0.0.1:1/v4/story")
        .with("AWS_CONTAINER_CREDENTIALS_FULL_URI", aws.credentials_url())
        .with("AWS_ENDPOINT_URL", aws.url());
    (environment, aws)
}

/// The root that a task is started in; it goes with this.
#[derive(Debug)]
pub struct Root(TempDir);

impl Root {
    /// A new one.
    #[expect(clippy::new_without_default, reason = "it makes a folder")]
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// A command that starts the image's program in it with nothing but this environment. The
    /// policy that a story names is the one in the image.
    pub(crate) fn command(&self, environment: &Environment, arguments: &[&str]) -> Command {
        let definition = task_definition("dev");
        let policy = environment.variables().get("MCP_SERVER_POLICY_FILE").map(PathBuf::from);
        let usual = || repository().join("functions").join(NAME).join("policy.yaml");
        let user = definition.container()["user"].as_str().expect("a user");
        let mut command = Command::new(SETPRIV);
        command.args(["--pdeathsig", "KILL", UNSHARE]).args(namespaces());
        command.arg("sh").arg(repository().join("tests/e2e/src/task/root.sh"));
        command.arg(self.0.path()).arg(connector_program());
        command.arg(policy.unwrap_or_else(usual));
        command.arg(tmpfs_options(definition.container()));
        command.arg(if is_root() { user } else { "-" }).args(arguments);
        let own = environment.clone().without("MCP_SERVER_POLICY_FILE");
        command.env_clear().env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin").envs(own.variables());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.kill_on_drop(true);
        command
    }

    /// Runs the program in it until it ends by itself.
    ///
    /// # Panics
    /// When it does not end.
    pub async fn run(&self, environment: &Environment, arguments: &[&str]) -> Ended {
        let output = self.command(environment, arguments).output();
        let output = timeout(PATIENCE, output).await.expect("it ends by itself").unwrap();
        Ended {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// The connector among the processes that were started with this one.
pub(crate) fn connector_below(started: u32) -> u32 {
    let children = format!("/proc/{started}/task/{started}/children");
    let children = std::fs::read_to_string(children).unwrap_or_default();
    let mut below =
        children.split_whitespace().map(|child| connector_below(child.parse().unwrap()));
    let is_it = |pid: &u32| {
        let program = std::fs::read_link(format!("/proc/{pid}/exe"));
        program
            .is_ok_and(|program| program.ends_with("connector") || program == connector_program())
    };
    below.find(is_it).unwrap_or(started)
}

fn namespaces() -> Vec<&'static str> {
    let own_user = (!is_root()).then_some("--map-root-user");
    own_user.into_iter().chain(["--mount", "--pid", "--fork", "--kill-child"]).collect()
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// As the container runtime mounts it.
fn tmpfs_options(container: &Value) -> String {
    let tmpfs = &container["linuxParameters"]["tmpfs"][0];
    assert_eq!(tmpfs["containerPath"], "/tmp");
    let options = tmpfs["mountOptions"].as_array().expect("options").iter();
    let options: Vec<_> = options.filter_map(Value::as_str).collect();
    format!("{},size={}m,mode=1777", options.join(","), tmpfs["size"])
}

/// Whether a folder as this process sees it can be written to.
///
/// # Panics
/// When it is not there.
pub fn can_write(pid: u32, folder: &str) -> bool {
    let folder = Path::new("/proc").join(pid.to_string()).join("root").join(folder);
    assert!(folder.is_dir(), "{}", folder.display());
    let file = folder.join("written-by-a-story");
    let written = std::fs::write(&file, "x").is_ok();
    std::fs::remove_file(file).ok();
    written
}
