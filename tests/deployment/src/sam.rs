//! `template.yaml` as CloudFormation would see it: SAM's own translator makes the resources, and the
//! intrinsic functions are worked out for one connector in one environment.
#![expect(clippy::indexing_slicing, reason = "reading from JSON by an index gives null, no panic")]

mod intrinsics;
mod parameters;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::Stdio;

use serde_json::{Map, Value, json};

use crate::connectors::{Connector, Environment};
use crate::tools::{Tool, repository};
use intrinsics::Scope;

/// An account number that is nobody's.
pub const ACCOUNT: &str = "123456789012";
/// Where everything is.
pub const REGION: &str = "eu-central-1";
/// The digest of an artefact that a release is tried with.
pub const DIGEST: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

/// A template with the values of its parameters.
#[derive(Clone, Debug)]
pub struct Release {
    /// The text of the template.
    pub template: String,
    /// The values that a delivery passes.
    pub parameters: BTreeMap<String, String>,
}

/// The resources of a release, with nothing left to work out.
#[derive(Clone, Debug)]
pub struct Stack {
    connectors: Vec<String>,
    resources: Map<String, Value>,
}

impl Release {
    /// This repository's template for a connector, as a delivery would deploy it.
    ///
    /// # Errors
    /// When the template cannot be read.
    pub fn of(connector: &str, environment: Environment) -> Result<Self, String> {
        let file = repository().join("template.yaml");
        let template = std::fs::read_to_string(&file)
            .map_err(|problem| format!("{}: {problem}", file.display()))?;
        let name = environment.name();
        let parameters = [
            ("Connector", connector.to_owned()),
            ("Environment", name.to_owned()),
            ("ZoneName", environment.zone()),
            ("HttpsListenerArn", format!("/aiconnectors/{name}/platform/https-listener-arn")),
            ("ArtefactBucket", format!("artefacts-of-{name}")),
            ("ArtefactKey", format!("{connector}/{DIGEST}.zip")),
            ("ArtefactSha256", DIGEST.to_owned()),
        ];
        let parameters = parameters.map(|(name, value)| (name.to_owned(), value)).into();
        Ok(Self { template, parameters })
    }

    /// Every release there is: each connector of the list in each environment.
    ///
    /// # Errors
    /// When the list or the template cannot be read.
    pub fn all() -> Result<Vec<(Connector, Environment, Self)>, String> {
        let mut all = Vec::new();
        for connector in Connector::all()? {
            for environment in Environment::ALL {
                let release = Self::of(&connector.name, environment)?;
                all.push((connector.clone(), environment, release));
            }
        }
        Ok(all)
    }

    /// With this value of a parameter.
    #[must_use]
    pub fn with(mut self, parameter: &str, value: &str) -> Self {
        self.parameters.insert(parameter.to_owned(), value.to_owned());
        self
    }

    /// With another text in its template.
    ///
    /// # Errors
    /// When the text to replace does not stand there.
    pub fn doctored(mut self, old: &str, new: &str) -> Result<Self, String> {
        if !self.template.contains(old) {
            return Err(format!("the template does not say {old:?}"));
        }
        self.template = self.template.replacen(old, new, 1);
        Ok(self)
    }
}

/// Has SAM translate the releases, and works out what CloudFormation would.
///
/// The outer error says that the translator could not be asked, the inner one that a release is
/// refused.
///
/// # Errors
/// When the translator is missing or fails.
pub fn stacks(releases: &[Release]) -> Result<Vec<Result<Stack, String>>, String> {
    let asked: Vec<_> = releases
        .iter()
        .map(|release| json!({"template": release.template, "parameters": release.parameters}))
        .collect();
    let answers = translated(&Value::from(asked))?;
    let pairs = releases.iter().zip(answers);
    Ok(pairs.map(|(release, answer)| Stack::new(&release.parameters, &answer)).collect())
}

/// The stack of one release.
///
/// # Errors
/// As [`stacks`], or when the release is refused.
pub fn stack(release: Release) -> Result<Stack, String> {
    stacks(&[release])?.pop().unwrap_or_else(|| Err("the translator gave no answer".to_owned()))
}

impl Stack {
    fn new(parameters: &BTreeMap<String, String>, answer: &Value) -> Result<Self, String> {
        if let Some(refusal) = answer["refused"].as_str() {
            return Err(refusal.to_owned());
        }
        let template = &answer["template"];
        let parameters = parameters::values(&template["Parameters"], parameters)?;
        let scope = Scope { template, parameters };
        let connectors = template["Mappings"]["Connectors"].as_object().into_iter().flatten();
        let connectors = connectors.map(|(name, _)| name.clone()).collect();
        let declared = template["Resources"].as_object().ok_or("there are no resources")?;
        let mut resources = Map::new();
        for (id, resource) in declared {
            let exists = match resource["Condition"].as_str() {
                Some(condition) => scope.condition(condition)?,
                None => true,
            };
            if exists {
                let worked_out =
                    scope.resolve(resource).map_err(|problem| format!("{id}: {problem}"))?;
                resources.insert(id.clone(), worked_out);
            }
        }
        Ok(Self { connectors, resources })
    }

    /// The connectors that the template can deploy.
    pub fn connectors(&self) -> &[String] {
        &self.connectors
    }

    /// Every resource, by its logical id.
    pub fn resources(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.resources.iter().map(|(id, resource)| (id.as_str(), resource))
    }

    /// The resources of a type, by their logical ids.
    pub fn of_type<'a>(&'a self, kind: &str) -> impl Iterator<Item = (&'a str, &'a Value)> {
        self.resources().filter(move |(_, resource)| resource["Type"] == kind)
    }

    /// The properties of the only resource of a type; `null` when there is none, or more than one.
    pub fn only(&self, kind: &str) -> &Value {
        let mut found = self.of_type(kind);
        match (found.next(), found.next()) {
            (Some((_, resource)), None) => &resource["Properties"],
            _ => &Value::Null,
        }
    }

    /// The environment of the function.
    pub fn environment(&self) -> BTreeMap<String, String> {
        let variables = &self.only("AWS::Lambda::Function")["Environment"]["Variables"];
        let variables = variables.as_object().into_iter().flatten();
        variables
            .map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned()))
            .collect()
    }
}

fn translated(asked: &Value) -> Result<Vec<Value>, String> {
    let script = repository().join("tests/deployment/foreign/sam_transform.py");
    let mut command = Tool::SamPython.command()?;
    command.arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|problem| format!("starting Python: {problem}"))?;
    let mut stdin = child.stdin.take().ok_or("Python has no input")?;
    stdin
        .write_all(asked.to_string().as_bytes())
        .map_err(|problem| format!("asking the translator: {problem}"))?;
    drop(stdin);
    let output =
        child.wait_with_output().map_err(|problem| format!("asking the translator: {problem}"))?;
    if !output.status.success() {
        let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(format!("the translator failed: {complaint}"));
    }
    serde_json::from_slice(&output.stdout)
        .map_err(|problem| format!("reading the translator's answer: {problem}"))
}
