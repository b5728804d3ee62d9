//! The workflows and actions of `.github/`, read as GitHub reads them.
//!
//! A rule is a function from them to what is wrong; every line it answers names the file.

pub mod delivery;
pub mod rules;

use std::path::Path;

use anyhow::Context as _;
use serde_json::{Map, Value};

/// A workflow, or an action that is made of steps.
#[derive(Clone, Debug)]
pub struct File {
    /// From the root of the repository.
    pub path: String,
    /// As it is written, comments included.
    pub text: String,
    /// What it says.
    pub content: Value,
}

/// A job of a workflow with its name.
#[derive(Clone, Copy, Debug)]
pub struct Job<'a> {
    /// Its key in `jobs`.
    pub name: &'a str,
    /// What it says.
    pub content: &'a Value,
}

impl File {
    /// Reads a file that is given as text.
    ///
    /// # Errors
    /// When it is no YAML.
    pub fn of(path: &str, text: &str) -> anyhow::Result<Self> {
        let content = serde_saphyr::from_str(text).with_context(|| format!("reading {path}"))?;
        Ok(Self { path: path.to_owned(), text: text.to_owned(), content })
    }

    /// The jobs; an action has none.
    pub fn jobs(&self) -> impl Iterator<Item = Job<'_>> {
        let jobs = self.content.get("jobs").and_then(Value::as_object);
        jobs.into_iter().flatten().map(|(name, content)| Job { name, content })
    }

    /// The job of this name.
    pub fn job(&self, name: &str) -> Option<Job<'_>> {
        self.jobs().find(|job| job.name == name)
    }

    /// Every step, of jobs or of the action itself.
    pub fn steps(&self) -> impl Iterator<Item = &Value> {
        let own = self.content.pointer("/runs/steps").and_then(Value::as_array);
        self.jobs().flat_map(Job::steps).chain(own.into_iter().flatten())
    }

    /// Whether this is a workflow and not an action.
    pub fn is_workflow(&self) -> bool {
        self.path.starts_with(".github/workflows/")
    }
}

impl<'a> Job<'a> {
    /// Its steps, in order.
    pub fn steps(self) -> impl Iterator<Item = &'a Value> {
        self.content.get("steps").and_then(Value::as_array).into_iter().flatten()
    }

    /// The jobs that it waits for.
    pub fn needs(self) -> Vec<&'a str> {
        match self.content.get("needs") {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        }
    }

    /// What its token may do.
    pub fn permissions(self) -> Option<&'a Map<String, Value>> {
        self.content.get("permissions").and_then(Value::as_object)
    }

    /// Whether it may ask for this permission.
    pub fn may_write(self, permission: &str) -> bool {
        self.permissions().is_some_and(|all| all.get(permission) == Some(&"write".into()))
    }
}

/// A text of a step or job, such as `uses` or `run`.
pub fn text<'a>(of: &'a Value, key: &str) -> &'a str {
    of.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// What a step or job gives to what it uses.
pub fn given<'a>(step: &'a Value, input: &str) -> &'a str {
    step.get("with").map_or("", |with| text(with, input))
}

/// The workflows and actions of this repository.
///
/// # Errors
/// When one cannot be read.
pub fn read(root: &Path) -> anyhow::Result<Vec<File>> {
    let github = root.join(".github");
    let mut paths = Vec::new();
    for folder in ["workflows", "actions"] {
        collect(&github.join(folder), &mut paths)?;
    }
    paths.sort();
    let read = |path: &std::path::PathBuf| {
        let text = std::fs::read_to_string(path)?;
        let name = path.strip_prefix(root).unwrap_or(path).to_string_lossy();
        File::of(&name, &text)
    };
    paths.iter().map(read).collect()
}

fn collect(folder: &Path, found: &mut Vec<std::path::PathBuf>) -> anyhow::Result<()> {
    let entries = std::fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, found)?;
        } else if path.extension().is_some_and(|end| end == "yml" || end == "yaml") {
            found.push(path);
        }
    }
    Ok(())
}
