//! The written lists: every statement, and the reason for every wildcard. They hold for both
//! environments and every connector, so names are replaced by what they stand for.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use anyhow::{Context as _, Result};
use regex::Regex;
use serde_json::Value;

use super::Statement;
use crate::plan::Plan;
use crate::tools::repository;

/// The lists of `infra/`.
#[derive(Clone, Debug, Default)]
pub struct Lists {
    /// Statements by their holder, each as one line of JSON.
    pub statements: BTreeMap<String, BTreeSet<String>>,
    /// Reasons by `holder/statement`.
    pub wildcards: BTreeMap<String, String>,
}

impl Lists {
    /// Reads `infra/statements.json` and `infra/wildcards.json`.
    ///
    /// # Errors
    /// When they are not what they should be.
    pub fn open() -> Result<Self> {
        let mut lists = Self { wildcards: read("wildcards.json")?, ..Self::default() };
        let statements: BTreeMap<String, Vec<Value>> = read("statements.json")?;
        for (holder, list) in statements {
            lists.statements.insert(holder, list.iter().map(Value::to_string).collect());
        }
        Ok(lists)
    }
}

fn read<T: serde::de::DeserializeOwned>(name: &str) -> Result<T> {
    let path = repository().join("infra").join(name);
    let text = fs::read_to_string(&path).with_context(|| format!("infra/{name}"))?;
    serde_json::from_str(&text).with_context(|| format!("infra/{name}"))
}

/// Replaces what differs between environments and connectors.
#[derive(Debug)]
pub struct Neutral {
    environment: Regex,
    ids: Vec<(Regex, &'static str)>,
    connectors: Vec<(String, Regex)>,
}

impl Neutral {
    /// What the names of this plan stand for.
    ///
    /// # Errors
    /// When a name cannot be looked for.
    pub fn of(plan: &Plan) -> Result<Self> {
        let word = |text: &str| Regex::new(&format!(r"\b{}\b", regex::escape(text)));
        let connectors = plan.connectors.iter();
        Ok(Self {
            environment: word(&plan.environment)?,
            ids: vec![
                (word(&plan.account)?, "{account}"),
                (word(&plan.region)?, "{region}"),
                (Regex::new(r"key/[0-9a-f-]{36}")?, "key/{key}"),
                (Regex::new(r"hostedzone/[A-Z0-9]+")?, "hostedzone/{zone}"),
                (Regex::new(r#"repo:[^:"]+:[^"]+"#)?, "repo:{repository}:{subject}"),
            ],
            connectors: connectors
                .map(|name| Ok((name.clone(), word(name)?)))
                .collect::<Result<_>>()?,
        })
    }

    /// A name or text without what differs; those of a connector's role say `{connector}` for it.
    pub fn text(&self, holder: &str, text: &str) -> String {
        let mut neutral = text.to_owned();
        for (pattern, stands_for) in &self.ids {
            neutral = pattern.replace_all(&neutral, *stands_for).into_owned();
        }
        if let Some((_, pattern)) = self.owner(holder) {
            neutral = pattern.replace_all(&neutral, "{connector}").into_owned();
        }
        self.environment.replace_all(&neutral, "{env}").into_owned()
    }

    /// The connector that a role belongs to.
    pub fn owner(&self, holder: &str) -> Option<&(String, Regex)> {
        self.connectors.iter().find(|(name, _)| holder.starts_with(&format!("mcp-{name}-")))
    }

    /// A statement as one line of JSON.
    pub fn statement(&self, statement: &Statement) -> String {
        let list = |texts: &[String]| -> Vec<String> {
            let set: BTreeSet<_> =
                texts.iter().map(|text| self.text(&statement.holder, text)).collect();
            set.into_iter().collect()
        };
        let mut map = serde_json::Map::new();
        map.insert("sid".to_owned(), statement.sid.clone().into());
        map.insert("effect".to_owned(), if statement.allows { "Allow" } else { "Deny" }.into());
        let lists = [
            ("principals", &statement.principals),
            ("actions", &statement.actions),
            ("resources", &statement.resources),
        ];
        for (name, texts) in lists {
            if !texts.is_empty() {
                map.insert(name.to_owned(), list(texts).into());
            }
        }
        if !statement.conditions.is_null() {
            let text = self.text(&statement.holder, &sorted(&statement.conditions).to_string());
            let conditions = serde_json::from_str(&text).unwrap_or(Value::Null);
            map.insert("conditions".to_owned(), conditions);
        }
        Value::Object(map).to_string()
    }
}

/// The same conditions whatever the order of their values.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Array(list) => {
            let mut list: Vec<_> = list.iter().map(sorted).collect();
            list.sort_by_key(Value::to_string);
            Value::Array(list)
        }
        Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), sorted(value))).collect(),
        other => other.clone(),
    }
}
