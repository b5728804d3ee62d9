//! What Terraform would make in an account, resource by resource, with every value that is known
//! before anything exists.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use crate::terraform::{Connectors, Moto, Root, Workspace};

/// A resource that is planned, or that a state holds.
#[derive(Clone, Debug)]
pub struct Resource {
    /// Its address, such as `module.connector["sharepoint"].aws_iam_role.this["task"]`.
    pub address: String,
    /// Its type, such as `aws_iam_role`.
    pub kind: String,
    /// Its values; those that only AWS can tell are missing.
    pub values: Value,
}

impl Resource {
    /// A value that is a text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.values.get(name).and_then(Value::as_str)
    }
}

/// Everything of one environment: what `infra/initial` makes in AWS, and what `infra/main` does.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// `dev` or `prod`.
    pub environment: String,
    /// The account's id.
    pub account: String,
    /// The region.
    pub region: String,
    /// Names of the connectors.
    pub connectors: Vec<String>,
    resources: Vec<Resource>,
}

/// A question that the plan of the repository as it is does not answer.
#[derive(Clone, Copy, Debug)]
pub struct Variant<'a> {
    /// The connectors.
    pub connectors: Connectors<'a>,
    /// Settings beside those of the environment, as `name=value`.
    pub settings: &'a [&'a str],
}

impl Plan {
    /// Plans `dev` or `prod` as the repository describes it. Takes a minute or two.
    ///
    /// # Errors
    /// What Terraform says; [`crate::terraform::Missing`] when it, its provider or moto is not
    /// installed.
    pub fn of(environment: &str) -> Result<Self> {
        Self::variant(environment, Variant { connectors: Connectors::Listed, settings: &[] })
    }

    /// Plans an environment that differs from the repository's.
    ///
    /// # Errors
    /// As [`Plan::of`].
    pub fn variant(environment: &str, variant: Variant<'_>) -> Result<Self> {
        let workspace = Workspace::open(variant.connectors)?;
        let account = workspace.variable(environment, "account_id")?;
        let moto = Moto::start(&account)?;
        workspace.point_at(&moto, environment)?;
        let by_hand = format!("-var-file=../envs/{environment}/initial.tfvars");
        let by_ci = format!("-var-file=../envs/{environment}/main.tfvars");

        // What infra/main looks up, and what the account's own policies name by an id of AWS's.
        workspace.init(Root::Account)?;
        let apply = ["apply", "-input=false", "-auto-approve", "-parallelism=30", &by_hand];
        let first = [
            "-target=module.account.aws_kms_alias.this",
            "-target=module.account.aws_route53_zone.this",
            "-target=module.account.aws_acm_certificate.this",
        ];
        workspace.run(Root::Account, &[&apply[..], &first].concat())?;
        let account = workspace.plan(Root::Account, &[&by_hand])?;

        workspace.init(Root::Main)?;
        let mut arguments = vec![by_ci];
        arguments.extend(variant.settings.iter().map(|setting| format!("-var={setting}")));
        let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
        let main = workspace.plan(Root::Main, &arguments)?;
        Self::read(environment, &[&account, &main])
    }

    /// Reads what `terraform show -json` tells of plans and states; the last one tells the variables.
    ///
    /// # Errors
    /// When they are neither.
    pub fn read(environment: &str, shown: &[&Value]) -> Result<Self> {
        let mut plan = Self { environment: environment.to_owned(), ..Self::default() };
        for shown in shown {
            let values = shown.get("planned_values").or_else(|| shown.get("values"));
            let root = values.and_then(|values| values.get("root_module"));
            collect(root.context("neither a plan nor a state")?, &mut plan.resources);
            for (field, name) in [(&mut plan.account, "account_id"), (&mut plan.region, "region")] {
                let pointer = format!("/variables/{name}/value");
                if let Some(value) = shown.pointer(&pointer).and_then(Value::as_str) {
                    value.clone_into(field);
                }
            }
        }
        let tables = plan.resources("aws_cloudwatch_log_group");
        let log = format!("/aiconnectors/{environment}/");
        let names = tables.filter(|group| group.address.starts_with("module.connector["));
        let names = names.filter_map(|group| group.text("name")?.strip_prefix(&log));
        let mut connectors: Vec<_> = names.map(str::to_owned).collect();
        connectors.sort();
        plan.connectors = connectors;
        Ok(plan)
    }

    /// The resources of one type, such as `aws_iam_role`.
    pub fn resources<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Resource> {
        self.resources.iter().filter(move |resource| resource.kind == kind)
    }

    /// Every resource.
    pub fn all(&self) -> &[Resource] {
        &self.resources
    }

    /// Adds a resource, for what a test wants to see refused.
    pub fn add(&mut self, kind: &str, address: &str, values: Value) {
        let (kind, address) = (kind.to_owned(), address.to_owned());
        self.resources.push(Resource { address, kind, values });
    }

    /// Changes one resource, for what a test wants to see refused.
    pub fn change(&mut self, address: &str, change: impl FnOnce(&mut Value)) {
        let found = self.resources.iter_mut().find(|resource| resource.address == address);
        if let Some(resource) = found {
            change(&mut resource.values);
        }
    }
}

fn collect(module: &Value, resources: &mut Vec<Resource>) {
    let list = |name: &str| module.get(name).and_then(Value::as_array).into_iter().flatten();
    for resource in list("resources") {
        let text = |name: &str| resource.get(name).and_then(Value::as_str).map(str::to_owned);
        if text("mode").as_deref() == Some("managed")
            && let (Some(address), Some(kind)) = (text("address"), text("type"))
        {
            let values = resource.get("values").cloned().unwrap_or_else(|| json!({}));
            resources.push(Resource { address, kind, values });
        }
    }
    for child in list("child_modules") {
        collect(child, resources);
    }
}
