//! The labels of a tenant by name, remembered for ten minutes.

use std::sync::Arc;
use std::time::Duration;

use platform::memory::{Bounds, Memory};
use platform::{Call, ToolError};

use super::LabelId;
use crate::client::Graph;
use crate::model::{Collection, SensitivityLabel};
use crate::operation::Operation;
use crate::text::clean;

const KEPT: Duration = Duration::from_secs(600);
const MAX_TENANTS: u64 = 16;
const MAX_LABELS: usize = 500;

/// One label as people know it.
#[derive(Clone, Debug)]
pub struct LabelInfo {
    /// Its id.
    pub id: LabelId,
    /// Its name; below a parent, `Parent / Name`.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
}

/// Catalogues by tenant.
#[derive(Clone)]
pub struct Catalogue(Memory<Arc<Vec<LabelInfo>>>);

impl Default for Catalogue {
    fn default() -> Self {
        Self(Memory::new(Bounds::of(MAX_TENANTS).for_at_most(KEPT)))
    }
}

impl Graph {
    /// The labels of the caller's tenant.
    ///
    /// # Errors
    /// As [`Graph::get`]; often [`ToolError::Forbidden`], where reading labels was not granted.
    pub async fn label_catalogue(&self, call: &Call) -> Result<Arc<Vec<LabelInfo>>, ToolError> {
        let tenant = &call.caller().tid;
        if let Some(known) = self.catalogue.0.get(tenant) {
            return Ok(known);
        }
        let fields = "id,name,displayName,description,priority";
        let query = vec![
            ("$select", fields.to_owned()),
            ("$expand", format!("sublabels($select={fields})")),
        ];
        let labels: Collection<SensitivityLabel> =
            self.get(call, &Operation::SensitivityLabels, query).await?;
        let mut found = Vec::new();
        for label in &labels.value {
            collect(label, None, &mut found);
        }
        let found = Arc::new(found);
        self.catalogue.0.insert(tenant, Arc::clone(&found));
        Ok(found)
    }
}

/// Labels lie one below another once; what lies deeper is not offered by Graph.
fn collect(label: &SensitivityLabel, parent: Option<&str>, found: &mut Vec<LabelInfo>) {
    const MAX_NAME: usize = 120;
    const MAX_DESCRIPTION: usize = 200;

    let name = label.display_name.as_deref().or(label.name.as_deref()).unwrap_or_default();
    let name = match parent {
        Some(parent) => clean(&format!("{parent} / {name}"), MAX_NAME),
        None => clean(name, MAX_NAME),
    };
    let id = label.id.clone().and_then(|id| LabelId::try_from(id).ok());
    let known = |id: &LabelId| found.iter().any(|other| other.id == *id);
    if let Some(id) = id.filter(|id| found.len() < MAX_LABELS && (!known(id) || parent.is_some())) {
        found.retain(|other| other.id != id);
        let description = label.description.as_deref().map(|text| clean(text, MAX_DESCRIPTION));
        found.push(LabelInfo { id, name: name.clone(), description });
    }
    if parent.is_none() {
        for below in &label.sublabels {
            collect(below, Some(&name), found);
        }
    }
}
