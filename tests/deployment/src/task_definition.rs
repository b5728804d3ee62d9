//! Task definitions of the ECS flavour: what every environment has, merged with what one of them
//! has of its own, and checked against what ECS takes.
//!
//! The rules of merging are decision 23: maps merge, lists replace each other, and what has a name
//! (containers, variables, secrets) is merged by it.

mod merge;
mod shape;

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, bail, ensure};
use serde_json::Value;

pub use merge::merged;
pub use shape::SHAPE;

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// The checkout.
    pub repository: &'a Path,
    /// Name of the connector.
    pub connector: &'a str,
    /// The environment: the name of a file in `ecs/env/`.
    pub environment: &'a str,
    /// The image, by digest; the files say which when there is none.
    pub image: Option<&'a Image>,
    /// What the `${NAME}`s of the files stand for.
    pub values: &'a BTreeMap<String, String>,
}

/// An image that cannot become another one: a repository and a digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image(String);

impl std::str::FromStr for Image {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let refusal = format!("{text} is no REPOSITORY@sha256:… with the 64 digits of its digest");
        let (repository, digest) = text.split_once("@sha256:").ok_or_else(|| refusal.clone())?;
        let whole = digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
        let plain = !repository.is_empty() && !repository.contains([' ', '@', '$']);
        if whole && plain { Ok(Self(text.to_owned())) } else { Err(refusal) }
    }
}

/// The task definition that ECS is given.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskDefinition {
    json: Value,
    container: String,
}

impl TaskDefinition {
    /// Reads the files of a connector, merges and checks them.
    ///
    /// # Errors
    /// A key that ECS does not know, a value of another kind, a value that is missing. Says where.
    pub fn render(wanted: &Wanted<'_>) -> anyhow::Result<Self> {
        let Wanted { connector, environment, .. } = wanted;
        let folder = format!("functions/{connector}/ecs");
        let base = read(wanted.repository, &format!("{folder}/task-definition.base.yml"))?;
        let own = read(wanted.repository, &format!("{folder}/env/{environment}.yml"))?;
        let mut json = merged(base, own);
        let container = format!("mcp-{connector}");
        if let Some(Image(image)) = wanted.image {
            let main = find(&mut json, &container).with_context(|| format!("no {container}"))?;
            main.insert("image".to_owned(), image.as_str().into());
        }
        fill(&mut json, "", wanted.values)?;
        shape::check_whole(&json).context("the merged task definition")?;
        Ok(Self { json, container })
    }

    /// What `aws ecs register-task-definition --cli-input-json` takes.
    pub fn json(&self) -> &Value {
        &self.json
    }

    /// The connector's container.
    pub fn container(&self) -> &Value {
        let containers = self.json.get("containerDefinitions").and_then(Value::as_array);
        let named = |one: &&Value| one.get("name").and_then(Value::as_str) == Some(&self.container);
        containers.into_iter().flatten().find(named).unwrap_or(&Value::Null)
    }

    /// The variables that stand in the definition for everybody to read.
    pub fn environment(&self) -> BTreeMap<String, String> {
        named(self.container(), "environment", "value")
    }

    /// The variables that ECS fills in from SSM, with the parameter's ARN.
    pub fn secrets(&self) -> BTreeMap<String, String> {
        named(self.container(), "secrets", "valueFrom")
    }
}

fn read(repository: &Path, file: &str) -> anyhow::Result<Value> {
    let text = std::fs::read_to_string(repository.join(file)).with_context(|| file.to_owned())?;
    let value: Value = serde_saphyr::from_str(&text).with_context(|| file.to_owned())?;
    shape::check_part(&value).with_context(|| file.to_owned())?;
    Ok(value)
}

fn named(container: &Value, list: &str, field: &str) -> BTreeMap<String, String> {
    let items = container.get(list).and_then(Value::as_array).into_iter().flatten();
    let text = |item: &Value, key: &str| Some(item.get(key)?.as_str()?.to_owned());
    items.filter_map(|item| Some((text(item, "name")?, text(item, field)?))).collect()
}

fn find<'v>(json: &'v mut Value, name: &str) -> Option<&'v mut serde_json::Map<String, Value>> {
    let containers = json.get_mut("containerDefinitions")?.as_array_mut()?;
    let found = containers.iter_mut().find(|one| one.get("name").is_some_and(|own| own == name));
    found?.as_object_mut()
}

/// Puts the values in the places that are kept for them; refuses a place that stays empty.
fn fill(json: &mut Value, place: &str, values: &BTreeMap<String, String>) -> anyhow::Result<()> {
    match json {
        Value::String(text) => {
            for (name, value) in values {
                *text = text.replace(&format!("${{{name}}}"), value);
            }
            if let Some((_, rest)) = text.split_once("${") {
                let name = rest.split('}').next().unwrap_or(rest);
                bail!("{place}: nothing says what ${{{name}}} is");
            }
        }
        Value::Array(items) => {
            for item in items {
                let inner = shape::below(place, &shape::name_of(item));
                fill(item, &inner, values)?;
            }
        }
        Value::Object(fields) => {
            for (key, value) in fields {
                fill(value, &shape::below(place, key), values)?;
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
    Ok(())
}

/// The image that was built of this commit: `COMMIT` for the files' `${COMMIT}`.
///
/// # Errors
/// When this is no checkout of git.
pub fn commit(repository: &Path) -> anyhow::Result<String> {
    let mut git = std::process::Command::new("git");
    let asked = git.current_dir(repository).args(["rev-parse", "HEAD"]).output();
    let asked = asked.context("starting git, which knows the commit")?;
    ensure!(asked.status.success(), "this is no checkout of git; name the image with --image");
    Ok(String::from_utf8_lossy(&asked.stdout).trim().to_owned())
}
