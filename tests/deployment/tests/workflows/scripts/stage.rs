//! A folder like a runner's checkout, with stand-ins of the programs that reach outside.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use deployment::tools::repository;

/// Each writes its call down, then the answer whose pattern fits the arguments is run.
const STAND_IN: &str = r#"#!/usr/bin/env bash
name=$(basename "$0")
echo "$name $*" >> "$STAGE/calls"
for answer in "$STAGE/answers/$name"/*; do
  [ -e "$answer" ] || continue
  pattern=$(head -n 1 "$answer")
  if [[ "$*" == $pattern ]]; then
    source <(tail -n +2 "$answer")
    exit
  fi
done
"#;
const PROGRAMS: [&str; 5] = ["aws", "sam", "terraform", "skopeo", "gh"];
const CONNECTORS: &str = r#"[
  { "name": "files", "host": "files", "flavour": "lambda" },
  { "name": "mail", "host": "post", "flavour": "ecs" },
  { "name": "sharepoint", "host": "sharepoint", "flavour": "lambda" }
]"#;
const FURTHER: &str =
    r#"{ "sharepoint": { "LegacyWeight": "90" }, "mail": { "LogLevel": "warn" } }"#;

pub(super) struct Stage(tempfile::TempDir);

impl Stage {
    /// A stage; nothing if this machine cannot run the scripts, which is said.
    pub(super) fn new() -> Option<Self> {
        for program in ["bash", "jq", "openssl", "sha256sum"] {
            if Command::new(program).arg("--version").output().is_err() {
                eprintln!("SKIPPED: the scripts of a delivery need {program}; it is not here");
                return None;
            }
        }
        let stage = Self(tempfile::tempdir().unwrap());
        for folder in ["bin", "answers", "infra/envs/dev", "release"] {
            std::fs::create_dir_all(stage.path().join(folder)).unwrap();
        }
        for program in PROGRAMS {
            let file = stage.path().join("bin").join(program);
            std::fs::write(&file, STAND_IN).unwrap();
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
        }
        std::fs::write(stage.path().join("infra/connectors.json"), CONNECTORS).unwrap();
        std::fs::write(stage.path().join("infra/envs/dev/release.json"), FURTHER).unwrap();
        Some(stage)
    }

    pub(super) fn path(&self) -> &Path {
        self.0.path()
    }

    /// From now on a program that is called with such arguments does this.
    pub(super) fn answer(&self, program: &str, arguments: &str, script: &str) {
        let folder = self.path().join("answers").join(program);
        std::fs::create_dir_all(&folder).unwrap();
        let name: String = arguments.chars().filter(char::is_ascii_alphanumeric).collect();
        // One file for each pattern: a later answer takes the place of an earlier one.
        std::fs::write(folder.join(format!("answer{name}")), format!("{arguments}\n{script}\n"))
            .unwrap();
    }

    /// The state of infra/main has the services of these connectors, and of something else.
    pub(super) fn state_has(&self, connectors: &[&str]) {
        let instance =
            |name: &&str| format!("{{\"attributes\":{{\"name\":\"mcp-{name}-main-svc\"}}}}");
        let services = connectors.iter().map(instance).collect::<Vec<_>>().join(",");
        let state = format!(
            "{{\"resources\":[{{\"type\":\"aws_vpc\",\"instances\":[{{\"attributes\":{{}}}}]}},\
             {{\"type\":\"aws_ecs_service\",\"instances\":[{services}]}}]}}"
        );
        self.answer("terraform", "*state pull", &format!("echo '{state}'"));
    }

    /// Puts a file among what was built, and tells its digest.
    pub(super) fn built(&self, name: &str, content: &str) -> String {
        let file = self.path().join("release").join(name);
        std::fs::write(&file, content).unwrap();
        let said = Command::new("sha256sum").arg(file).output().unwrap().stdout;
        String::from_utf8(said).unwrap().split(' ').next().unwrap().to_owned()
    }

    /// The bucket for artefacts is known, and holds these bytes under any key.
    pub(super) fn bucket_holds(&self, content: &str) {
        self.answer("aws", "ssm get-parameter*platform/artefact-bucket*", "echo artefacts");
        let sum = format!("printf '{content}' | openssl dgst -sha256 -binary | base64");
        self.answer("aws", "*head-object*", &sum);
    }

    /// The registry has the image, and after a deployment the service runs this definition.
    pub(super) fn service_runs(&self, definition: &str) {
        self.built("sharepoint.oci.tar", "image");
        let image = "111122223333.dkr.ecr.eu-central-1.amazonaws.com/mcp-sharepoint@sha256:b17e";
        let task = format!("{{\"containerDefinitions\":[{{\"image\":\"{image}\"}}]}}");
        self.built("task-definition-dev.json", &task);
        self.answer("aws", "*get-login-password*", "echo password");
        self.answer("aws", "*register-task-definition*", "echo arn:new");
        self.answer("aws", "*describe-services*", &format!("echo {definition}"));
        self.answer("skopeo", "login*", "cat > /dev/null");
        self.answer("skopeo", "inspect --format*", "echo sha256:b17e");
    }

    /// Runs a script as a runner does; its output, or what it said when it failed.
    pub(super) fn run(&self, script: &str, variables: &[(&str, &str)]) -> Result<String, String> {
        let _ = std::fs::remove_file(self.path().join("calls"));
        let path = format!("{}:/usr/local/bin:/usr/bin:/bin", self.path().join("bin").display());
        let output = Command::new(repository().join(".github/scripts").join(script))
            .current_dir(self.path())
            .env_clear()
            .envs([("PATH", path.as_str()), ("CONNECTOR", "sharepoint"), ("ENVIRONMENT", "dev")])
            .env("ZONE", "dev.example.com")
            .envs([("DEV_ZONE", "dev.example.com"), ("PRODUCTION_ZONE", "example.com")])
            .envs([("GITHUB_SHA", "c0ffee"), ("GITHUB_REPOSITORY", "acme/connectors")])
            .envs([("ACCOUNT", "111122223333"), ("AWS_REGION", "eu-central-1")])
            .envs([("GITHUB_RUN_ID", "7"), ("GITHUB_RUN_ATTEMPT", "2")])
            .env("RUNNER_TEMP", self.path())
            .env("STAGE", self.path())
            .envs(variables.iter().copied())
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
    }

    /// The calls of the last run, in order.
    pub(super) fn calls(&self) -> Vec<String> {
        let calls = std::fs::read_to_string(self.path().join("calls")).unwrap_or_default();
        calls.lines().map(str::to_owned).collect()
    }
}
