//! `policy.yaml`: read once at the start, checked to the letter.

use std::collections::BTreeMap;

use graph::labels::LabelId;
use serde::Deserialize;

use super::{Classes, Mode, Policy, Rule};

const MAX_BYTES: usize = 64 * 1024;

/// What is wrong with a policy file, in one line.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct PolicyFileError(String);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    labels: Labels,
    #[serde(default)]
    unlabelled: Rule,
    #[serde(default)]
    classes: Classes,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Labels {
    mode: Mode,
    #[serde(default)]
    tenant: Option<String>,
    #[serde(default)]
    ids: Vec<Listed>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Listed {
    id: LabelId,
    #[serde(default)]
    name: String,
}

impl Policy {
    /// Reads a policy.
    ///
    /// # Errors
    /// When the text is not exactly a policy: a word too many could be a rule that is not kept.
    pub fn from_yaml(text: &str) -> Result<Self, PolicyFileError> {
        if text.len() > MAX_BYTES {
            return Err(PolicyFileError("the file is larger than 64 kB".to_owned()));
        }
        let file: File = serde_saphyr::from_str(text).map_err(|error| one_line(&error))?;
        let tenant = file.labels.tenant;
        if tenant.as_deref().is_some_and(|tenant| uuid::Uuid::parse_str(tenant).is_err()) {
            return Err(PolicyFileError("labels.tenant is not a GUID".to_owned()));
        }
        let mut ids = BTreeMap::new();
        for listed in file.labels.ids {
            if ids.insert(listed.id, listed.name).is_some() {
                return Err(PolicyFileError(format!("label {} is listed twice", listed.id)));
            }
        }
        Ok(Self {
            mode: file.labels.mode,
            tenant,
            ids,
            unlabelled: file.unlabelled,
            classes: file.classes,
        })
    }
}

fn one_line(error: &serde_saphyr::Error) -> PolicyFileError {
    const MAX_CHARS: usize = 300;
    let text = error.to_string();
    let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("not a policy");
    PolicyFileError(line.chars().take(MAX_CHARS).collect())
}
