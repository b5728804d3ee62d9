//! Reads a [`Deployment`]: Terraform is applied to an AWS that moto plays, so that what only an
//! account knows (ids, ARNs, who points to whom) is known too; SAM translates `template.yaml`; the
//! task definitions are rendered.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;

use anyhow::{Context as _, Result, anyhow};
use serde_json::Value;

use super::{Deployment, masking};
use crate::connectors::{Connector, Environment};
use crate::plan::Plan;
use crate::policies::Lists;
use crate::sam::{Release, stacks};
use crate::task_definition::{TaskDefinition, Wanted, commit};
use crate::terraform::{Connectors, Missing, Moto, Root, Workspace, setting};
use crate::tools::repository;

/// How the connectors run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flavours {
    /// As `infra/connectors.json` says.
    Listed,
    /// All of them on ECS, whatever the list says.
    AllOnEcs,
}

/// Why a deployment could not be read: a tool that is missing, or one that failed.
#[derive(Debug)]
pub enum Unread {
    /// Something is not installed; says how to get it.
    Missing(String),
    /// Something went wrong.
    Failed(anyhow::Error),
}

impl fmt::Display for Unread {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(what) => formatter.write_str(what),
            Self::Failed(problem) => write!(formatter, "{problem:#}"),
        }
    }
}

impl std::error::Error for Unread {}

impl From<anyhow::Error> for Unread {
    fn from(problem: anyhow::Error) -> Self {
        match problem.downcast::<Missing>() {
            Ok(missing) => Self::Missing(missing.to_string()),
            Err(problem) => Self::Failed(problem),
        }
    }
}

impl Deployment {
    /// Reads what this repository would deploy to `dev` or `prod`. Takes minutes.
    ///
    /// # Errors
    /// When a tool is missing or fails.
    pub fn of(environment: &str, flavours: Flavours) -> Result<Self, Unread> {
        if let Err(missing) = crate::tools::Tool::SamPython.path() {
            return Err(Unread::Missing(missing));
        }
        Ok(Self::read(environment, flavours)?)
    }

    fn read(environment: &str, flavours: Flavours) -> Result<Self> {
        let mut list: Value = serde_json::from_str(&text("infra/connectors.json")?)?;
        if flavours == Flavours::AllOnEcs {
            for entry in list.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut)
            {
                entry.insert("flavour".to_owned(), "ecs".into());
            }
        }
        let connectors: Vec<Connector> = serde_json::from_value(list.clone())?;
        Ok(Self {
            resources: applied(environment, &list)?,
            stacks: of_template(environment, &connectors)?,
            tasks: rendered(environment, &connectors)?,
            lists: Lists::open()?,
            tests: masking::PROOFS
                .iter()
                .map(|(path, _)| Ok(((*path).to_owned(), text(path)?)))
                .collect::<Result<_>>()?,
            connectors,
        })
    }
}

fn text(path: &str) -> Result<String> {
    fs::read_to_string(repository().join(path)).with_context(|| path.to_owned())
}

/// `infra/initial` without Entra, and `infra/main`, as they stand after an apply.
fn applied(environment: &str, list: &Value) -> Result<Plan> {
    let workspace = Workspace::open(Connectors::These(list))?;
    let moto = Moto::start(&workspace.variable(environment, "account_id")?)?;
    workspace.point_at(&moto, environment)?;
    let apply = ["apply", "-input=false", "-auto-approve", "-parallelism=30"];
    let by_hand = format!("-var-file=../envs/{environment}/initial.tfvars");
    let by_ci = format!("-var-file=../envs/{environment}/main.tfvars");
    let mut shown = Vec::new();
    for (root, settings) in [(Root::Account, &by_hand), (Root::Main, &by_ci)] {
        workspace.init(root)?;
        workspace.run(root, &[&apply[..], &[settings.as_str()]].concat())?;
        shown.push(workspace.show(root, &[])?);
    }
    shown.push(guard(&workspace, environment)?);
    let mut all = Plan::read(environment, &shown.iter().collect::<Vec<_>>())?;
    all.account = workspace.variable(environment, "account_id")?;
    all.region = workspace.variable(environment, "region")?;
    Ok(all)
}

/// The budget, by itself: moto does not know all of it, so it is planned only.
fn guard(workspace: &Workspace, environment: &str) -> Result<Value> {
    let root = Root::Module("cost_guard");
    let provider = workspace.path(Root::Account).join("provider.tf");
    fs::copy(provider, workspace.path(root).join("provider.tf"))?;
    let settings = text(&format!("infra/envs/{environment}/initial.tfvars"))?;
    let own = |name: &str| {
        setting(&settings, name).with_context(|| format!("no {name} in initial.tfvars"))
    };
    let arguments = [
        format!("-var=environment={environment}"),
        format!("-var=monthly_usd={}", own("monthly_usd")?),
        format!("-var=emails={}", own("cost_emails")?),
    ];
    workspace.init(root)?;
    workspace.plan(root, &arguments.iter().map(String::as_str).collect::<Vec<_>>())
}

fn of_template(
    environment: &str,
    connectors: &[Connector],
) -> Result<BTreeMap<String, serde_json::Map<String, Value>>> {
    let environment: Environment =
        environment.parse().map_err(|problem: String| anyhow!(problem))?;
    let releases: Result<Vec<_>, _> =
        connectors.iter().map(|connector| Release::of(&connector.name, environment)).collect();
    let releases = releases.map_err(|problem| anyhow!(problem))?;
    let stacks = stacks(&releases).map_err(|problem| anyhow!(problem))?;
    let mut found = BTreeMap::new();
    for (connector, stack) in connectors.iter().zip(stacks) {
        let stack = stack.map_err(|problem| anyhow!(problem))?;
        let resources = stack.resources().map(|(id, one)| (id.to_owned(), one.clone())).collect();
        found.insert(connector.name.clone(), resources);
    }
    Ok(found)
}

fn rendered(environment: &str, connectors: &[Connector]) -> Result<BTreeMap<String, Value>> {
    let repository = repository();
    let values = BTreeMap::from([("COMMIT".to_owned(), commit(&repository)?)]);
    let render = |connector: &Connector| {
        let wanted = Wanted {
            repository: &repository,
            connector: &connector.name,
            environment,
            image: None,
            values: &values,
        };
        Ok((connector.name.clone(), TaskDefinition::render(&wanted)?.json().clone()))
    };
    connectors.iter().map(render).collect()
}
