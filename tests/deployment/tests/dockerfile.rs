//! The image of the ECS flavour: how it is made, what the build may see, what it leaves in it.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "these are tests"
)]

use std::path::Path;
use std::process::Command;

use deployment::tools::{Tool, repository};
use regex::Regex;
use serde_json::Value;

/// An instruction and what stands after it.
type Instruction = (String, String);

fn text(file: &str) -> String {
    std::fs::read_to_string(repository().join(file)).unwrap()
}

/// The instructions of the Dockerfile: before its first stage, then stage by stage.
fn stages() -> Vec<Vec<Instruction>> {
    let file = text("infra/Dockerfile");
    let lines = file.lines().filter(|line| !line.starts_with('#')).collect::<Vec<_>>().join("\n");
    let mut stages = vec![Vec::new()];
    for line in lines.replace("\\\n", " ").lines().filter(|line| !line.trim().is_empty()) {
        let (word, rest) = line.split_once(' ').unwrap();
        if word == "FROM" {
            stages.push(Vec::new());
        }
        stages.last_mut().unwrap().push((word.to_owned(), rest.trim().to_owned()));
    }
    stages
}

fn one(stage: &[Instruction], word: &str) -> String {
    let mut found = stage.iter().filter(|(own, _)| own == word);
    let (_, rest) = found.next().unwrap_or_else(|| unreachable!("no {word}"));
    assert!(found.next().is_none(), "{word} twice");
    rest.clone()
}

/// What an argument is when nobody gives another.
fn default_of(argument: &str) -> String {
    let stages = stages();
    let found = stages[0].iter().find_map(|(_, rest)| rest.strip_prefix(&format!("{argument}=")));
    found.unwrap().to_owned()
}

#[test]
fn hadolint_finds_nothing() {
    let mut hadolint = match Tool::Hadolint.command() {
        Ok(hadolint) => hadolint,
        Err(missing) => return eprintln!("SKIPPED: hadolint: {missing}"),
    };
    // Without a file of somebody's own that silences rules.
    let output = hadolint.args(["--no-color", "--config", "/dev/null", "infra/Dockerfile"]);
    let output = output.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn the_image_holds_a_program_and_its_policy_and_runs_as_nobody() {
    let stages = stages();
    assert_eq!(stages.len(), 3, "arguments, a stage that builds and one that runs");
    let run = &stages[2];
    assert_eq!(one(run, "FROM"), "${RUN_BASE} AS run");
    assert!(default_of("RUN_BASE").contains("/distroless/"));
    // Nothing is run in it and nothing fetched: there is nothing that could.
    let words = ["FROM", "ARG", "LABEL", "COPY", "USER", "EXPOSE", "ENTRYPOINT"];
    for (word, rest) in run {
        assert!(words.contains(&word.as_str()), "{word} {rest}");
    }
    assert_eq!(one(run, "COPY"), "--from=build --chown=0:0 /image/ /");
    let entry: Vec<String> = serde_json::from_str(&one(run, "ENTRYPOINT")).unwrap();
    assert_eq!(entry, ["/connector"]);
    let build = one(&stages[1], "RUN");
    let installed: Vec<_> =
        Regex::new(r"install \S+ --mode=(\d+) \S+ (/\S+)").unwrap().captures_iter(&build).collect();
    let installed: Vec<_> = installed.iter().map(|found| (&found[2], &found[1])).collect();
    // Beside the program, where it looks for its policy; nobody may write either.
    assert_eq!(installed, [("/image/connector", "0555"), ("/image/policy.yaml", "0444")]);
}

#[test]
fn the_image_and_every_task_definition_agree() {
    let stages = stages();
    let list: Value = serde_json::from_str(&text("infra/connectors.json")).unwrap();
    for connector in list.as_array().unwrap() {
        let name = connector["name"].as_str().unwrap();
        let base = text(&format!("functions/{name}/ecs/task-definition.base.yml"));
        assert!(base.contains(&format!("user: \"{}\"", one(&stages[2], "USER"))), "{name}");
        assert!(base.contains(&format!("containerPort: {}", one(&stages[2], "EXPOSE"))), "{name}");
    }
}

#[test]
fn what_is_linked_in_one_base_runs_in_the_other() {
    let (build, run) = (default_of("BUILD_BASE"), default_of("RUN_BASE"));
    let toolchain = text("rust-toolchain.toml");
    let channel = toolchain.split('"').nth(1).unwrap();
    assert!(build.starts_with(&format!("rust:{channel}-")), "{build} is not Rust {channel}");
    let debian = [("bookworm", "debian12"), ("trixie", "debian13")];
    let same = debian.iter().any(|(name, version)| build.contains(name) && run.contains(version));
    assert!(same, "{build} and {run} are of different Debians");
    for base in [build, run] {
        assert!(!base.contains("latest") && base.contains(':'), "{base}");
    }
}

#[test]
fn no_secret_is_given_to_the_build() {
    for (word, rest) in stages().concat() {
        assert!(word != "ENV" && word != "ADD", "{word} {rest}");
        if word == "ARG" {
            let name = rest.split('=').next().unwrap();
            assert!(["BUILD_BASE", "RUN_BASE", "CONNECTOR", "COMMIT"].contains(&name), "{name}");
        }
    }
}

/// The lines of the ignore file: what a line fits, and whether that is then seen.
struct Context(Vec<(Regex, bool)>);

impl Context {
    fn read() -> Self {
        let ignore = text("infra/Dockerfile.dockerignore");
        let lines = ignore.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
        let read = lines.map(|line| {
            let (pattern, shows) =
                line.strip_prefix('!').map_or((line, false), |rest| (rest, true));
            let pattern = regex::escape(pattern).replace(r"\*\*/", "(.*/)?");
            let pattern = pattern.replace(r"\*\*", ".*").replace(r"\*", "[^/]*");
            (Regex::new(&format!("^{pattern}(/.*)?$")).unwrap(), shows)
        });
        Self(read.collect())
    }

    /// Whether the build sees a path: the last line that fits it decides.
    fn shows(&self, path: &str) -> bool {
        let fits = self.0.iter().rev().find(|(pattern, _)| pattern.is_match(path));
        fits.is_none_or(|(_, shows)| *shows)
    }
}

#[test]
fn nothing_of_a_laptop_comes_into_the_build() {
    let context = Context::read();
    for path in [
        ".git/config",
        ".env",
        "functions/sharepoint/.env",
        "target/release/sharepoint",
        "tests/fuzz/target/x",
        "target/sharepoint.env",
        "tests/e2e/local.env",
        "infra/envs/prod/main.tfvars",
        "docs/deploy.md",
        "rust-toolchain.toml",
    ] {
        assert!(!context.shows(path), "{path}");
    }
    for path in [".cargo/config.toml", "Cargo.lock", "functions/sharepoint/policy.yaml"] {
        assert!(context.shows(path), "{path}");
    }
}

#[test]
fn what_the_build_sees_is_a_workspace_that_cargo_accepts() {
    let root = repository();
    let listed = Command::new("git").current_dir(&root).args(["ls-files", "-z"]).output().unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    let (context, copy) = (Context::read(), tempfile::tempdir().unwrap());
    for path in listed.split('\0').filter(|path| context.shows(path) && root.join(path).is_file()) {
        let to = copy.path().join(path);
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::fs::copy(root.join(path), to).unwrap();
    }
    let members = cargo_metadata(copy.path());
    assert!(members.iter().any(|name| name == "sharepoint"), "{members:?}");
}

fn cargo_metadata(folder: &Path) -> Vec<String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut cargo = Command::new(cargo);
    cargo.current_dir(folder).args(["metadata", "--no-deps", "--locked", "--format-version", "1"]);
    let output = cargo.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = answer["packages"].as_array().expect("packages").clone();
    packages.iter().map(|package| package["name"].as_str().unwrap().to_owned()).collect()
}
