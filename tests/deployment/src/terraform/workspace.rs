//! A copy of `infra/` in a folder that goes away, and Terraform run in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use tempfile::TempDir;

use super::{Missing, Moto, bounded, mirror, text_setting};
use crate::tools::{Tool, repository};

/// What `infra/connectors.json` says in the copy.
#[derive(Clone, Copy, Debug)]
pub enum Connectors<'a> {
    /// What it says in the repository.
    Listed,
    /// Something else, for a question that the list does not answer.
    These(&'a Value),
}

/// A folder of the copy that Terraform runs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Root<'a> {
    /// `infra/main`.
    Main,
    /// `modules/account` as `infra/initial` calls it, without the registrations in Entra.
    Account,
    /// One module by itself.
    Module(&'a str),
}

/// The copy.
#[derive(Debug)]
pub struct Workspace {
    folder: TempDir,
    mirror: PathBuf,
}

impl Workspace {
    /// Copies `infra/`.
    ///
    /// # Errors
    /// [`Missing`] when Terraform or its provider is not on this machine.
    pub fn open(connectors: Connectors<'_>) -> Result<Self> {
        Tool::Terraform.path().map_err(Missing)?;
        let mirror = mirror::find()?;
        let folder = tempfile::tempdir()?;
        copy(&repository().join("infra"), &folder.path().join("infra"))?;
        // It pins the hash of one platform; the mirror may be for another.
        let _ = fs::remove_file(folder.path().join("infra/main/.terraform.lock.hcl"));
        if let Connectors::These(list) = connectors {
            fs::write(folder.path().join("infra/connectors.json"), list.to_string())?;
        }
        Ok(Self { folder, mirror })
    }

    /// Lets Terraform talk to `moto` instead of AWS, and keep its state in the folder.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn point_at(&self, moto: &Moto, environment: &str) -> Result<()> {
        let provider = provider(moto.url());
        let local = "\nterraform {\n  backend \"local\" {}\n}\n";
        fs::write(self.path(Root::Main).join("override.tf"), format!("{provider}{local}"))?;
        let account = self.path(Root::Account);
        fs::create_dir_all(&account)?;
        fs::write(account.join("provider.tf"), provider)?;
        fs::write(account.join("main.tf"), self.account(environment)?)?;
        Ok(())
    }

    /// Runs `terraform init` in `root`.
    ///
    /// # Errors
    /// What Terraform says.
    pub fn init(&self, root: Root<'_>) -> Result<()> {
        let plugins = format!("-plugin-dir={}", self.mirror.display());
        // A module by itself has no backend, and main's is the bucket unless moto stands in.
        let moto = self.path(root).join("override.tf").exists();
        let backend = if moto { "-backend=true" } else { "-backend=false" };
        self.run(root, &["init", "-input=false", backend, &plugins]).map(drop)
    }

    /// Runs Terraform in `root`.
    ///
    /// # Errors
    /// What Terraform says, when it fails.
    pub fn run(&self, root: Root<'_>, arguments: &[&str]) -> Result<String> {
        let output = self.ask(root, arguments)?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        if !output.status.success() {
            let problem = String::from_utf8_lossy(&output.stderr);
            bail!("terraform {}: {text}{problem}", arguments.join(" "));
        }
        Ok(text)
    }

    /// Runs Terraform in `root`, and takes failure for an answer.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn ask(&self, root: Root<'_>, arguments: &[&str]) -> Result<Output> {
        let mut command = terraform(&self.path(root))?;
        if let Some((subcommand, rest)) = arguments.split_first() {
            command.arg(subcommand).arg("-no-color").args(rest);
        }
        bounded::output(&mut command).with_context(|| format!("terraform {}", arguments.join(" ")))
    }

    /// Plans `root` and reads the plan.
    ///
    /// # Errors
    /// What Terraform says.
    pub fn plan(&self, root: Root<'_>, arguments: &[&str]) -> Result<Value> {
        let plan = ["plan", "-input=false", "-parallelism=30", "-out=planned.tfplan"];
        self.run(root, &[&plan, arguments].concat())?;
        self.show(root, &["planned.tfplan"])
    }

    /// Reads the state of `root`, or the plan that is named.
    ///
    /// # Errors
    /// What Terraform says.
    pub fn show(&self, root: Root<'_>, arguments: &[&str]) -> Result<Value> {
        let text = self.run(root, &[&["show", "-json"], arguments].concat())?;
        serde_json::from_str(&text).context("reading what terraform shows")
    }

    /// Whether every file is written as `terraform fmt` writes it; else the names of those that are not.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn unformatted(&self) -> Result<String> {
        let infra = self.folder.path().join("infra");
        let output = terraform(&infra)?.args(["fmt", "-check", "-recursive"]).output()?;
        let problem = String::from_utf8_lossy(&output.stderr);
        Ok(format!("{}{problem}", String::from_utf8_lossy(&output.stdout)))
    }

    /// A text among the settings of an environment.
    ///
    /// # Errors
    /// When it has none of this name.
    pub fn variable(&self, environment: &str, name: &str) -> Result<String> {
        let file = format!("infra/envs/{environment}/main.tfvars");
        let text = fs::read_to_string(self.folder.path().join(&file)).context(file.clone())?;
        let value = text_setting(&text, name).with_context(|| format!("{file} has no {name}"))?;
        Ok(value.to_owned())
    }

    /// Where `root` lies.
    pub fn path(&self, root: Root<'_>) -> PathBuf {
        let infra = self.folder.path().join("infra");
        match root {
            Root::Main => infra.join("main"),
            Root::Account => infra.join("account-alone"),
            Root::Module(name) => infra.join("modules").join(name),
        }
    }

    /// `infra/initial`, as far as it is about AWS.
    fn account(&self, environment: &str) -> Result<String> {
        let list = fs::read_to_string(self.folder.path().join("infra/connectors.json"))?;
        let list: Vec<Value> = serde_json::from_str(&list)?;
        let names = list.iter().filter_map(|entry| entry.get("name")).filter_map(Value::as_str);
        let mut clients = String::new();
        for (number, name) in names.enumerate() {
            let line = format!("    {name} = \"e0000000-0000-4000-8000-{number:012}\"\n");
            clients.push_str(&line);
        }
        Ok(format!(
            r#"terraform {{
  required_providers {{
    aws = {{
      source = "hashicorp/aws"
    }}
  }}
}}

locals {{
  clients = {{
{clients}  }}
}}

variable "account_id" {{}}
variable "region" {{}}
variable "zone_name" {{}}
variable "github_repository" {{}}
variable "github_subjects" {{}}

module "account" {{
  source            = "../modules/account"
  environment       = "{environment}"
  account_id        = var.account_id
  region            = var.region
  connectors        = keys(local.clients)
  client_ids        = local.clients
  zone_name         = var.zone_name
  github_repository = var.github_repository
  github_subjects   = var.github_subjects
}}
"#
        ))
    }
}

fn terraform(folder: &Path) -> Result<Command> {
    let mut terraform = Tool::Terraform.command().map_err(Missing)?;
    terraform.current_dir(folder);
    for variable in ["AWS_PROFILE", "AWS_ENDPOINT_URL", "TF_PLUGIN_CACHE_DIR", "TF_WORKSPACE"] {
        terraform.env_remove(variable);
    }
    Ok(terraform)
}

fn provider(url: &str) -> String {
    let services = [
        "acm",
        "applicationautoscaling",
        "cloudwatch",
        "cloudwatchlogs",
        "dynamodb",
        "ec2",
        "ecr",
        "ecs",
        "elbv2",
        "firehose",
        "iam",
        "kms",
        "route53",
        "s3",
        "s3control",
        "sns",
        "ssm",
        "sts",
        "wafv2",
    ];
    let endpoints = services.map(|service| format!("    {service} = \"{url}\"")).join(
        "
",
    );
    format!(
        r#"provider "aws" {{
  region                      = "eu-central-1"
  access_key                  = "stand-in"
  secret_key                  = "stand-in"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
  s3_use_path_style           = true

  endpoints {{
{endpoints}
  }}
}}
"#
    )
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let name = entry.file_name();
        let own = [".terraform", "override.tf"].iter().any(|own| name == *own);
        if entry.file_type()?.is_dir() && !own {
            copy(&entry.path(), &to.join(&name))?;
        } else if !own {
            fs::copy(entry.path(), to.join(&name))?;
        }
    }
    Ok(())
}
