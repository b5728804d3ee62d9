//! The connector's program: found, or built once for all stories of a run.
//!
//! `E2E_SHAREPOINT=/path` names another one, such as the packaged program.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::OnceLock;

use serde_json::Value;
use tokio::process::Command;
use tokio::time::timeout;

use crate::{Environment, PATIENCE};

const SETPRIV: &str = "/usr/bin/setpriv";

/// The checkout.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap()
}

/// The program. `cargo test` builds a package's own programs only, so cargo is asked for this one:
/// it answers where it is, and builds what is not up to date.
pub fn connector_program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| match std::env::var_os("E2E_SHAREPOINT") {
        Some(path) => path.into(),
        None => built(),
    })
}

fn built() -> PathBuf {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let own = std::env::current_exe().unwrap();
    let release = own.components().any(|part| part.as_os_str() == "release");
    let mut command = std::process::Command::new(cargo);
    command.current_dir(repository()).args(["build", "--quiet", "-p", "sharepoint", "--bins"]);
    command.args(["--message-format=json-render-diagnostics"]);
    command.args(release.then_some("--release"));
    let output = command.stderr(Stdio::inherit()).output().expect("cargo starts");
    assert!(output.status.success(), "the connector does not build; the lines above say why");
    let messages = String::from_utf8(output.stdout).unwrap();
    let messages = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let ours = messages.filter(|message| message["target"]["name"] == "sharepoint");
    let mut paths = ours.filter_map(|message| message["executable"].as_str().map(PathBuf::from));
    paths.next().expect("cargo names the program")
}

/// A command that starts the connector with nothing but this environment, and that does not
/// outlive this process.
pub(crate) fn command(environment: &Environment) -> Command {
    let mut command = if Path::new(SETPRIV).is_file() {
        let mut command = Command::new(SETPRIV);
        command.args(["--pdeathsig", "KILL"]).arg(connector_program());
        command
    } else {
        Command::new(connector_program())
    };
    command.env_clear().envs(environment.variables()).kill_on_drop(true);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// How a program ended that should end by itself.
#[derive(Debug)]
pub struct Ended {
    /// Its exit code.
    pub code: Option<i32>,
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
}

impl Ended {
    /// Everything it wrote.
    pub fn said(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }
}

/// Runs the connector until it ends by itself.
///
/// # Panics
/// When it does not end.
pub async fn run(environment: &Environment, arguments: &[&str]) -> Ended {
    let output = command(environment).args(arguments).output();
    let output = timeout(PATIENCE, output).await.expect("it ends by itself").unwrap();
    Ended {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}
