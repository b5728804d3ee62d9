//! What was found of labels, in properties named `MSIP_Label_<id>_<field>` and elsewhere.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::{LabelEvidence, LabelMark};

/// More labels than this no file has.
const MAX_LABELS: usize = 64;
/// How the names of properties about labels begin, in any case.
const PREFIX: &str = "msip_label_";

/// What the sources in one file say.
#[derive(Default)]
pub(super) struct Findings {
    labels: Vec<LabelMark>,
    unclear: bool,
}

impl Findings {
    /// A label in force.
    pub(super) fn label(&mut self, label: LabelMark) {
        if self.labels.len() < MAX_LABELS {
            self.labels.push(label);
        } else {
            self.unclear = true;
        }
    }

    /// Something about labels that cannot be understood.
    pub(super) fn unclear(&mut self) {
        self.unclear = true;
    }

    /// Nothing, a label or a doubt.
    pub(super) fn is_empty(&self) -> bool {
        self.labels.is_empty() && !self.unclear
    }

    /// Every label of every source, unless there is a doubt.
    pub(super) fn evidence(self) -> LabelEvidence {
        if self.unclear { LabelEvidence::Unclear } else { LabelEvidence::of(self.labels) }
    }
}

/// The properties of one source.
#[derive(Default)]
pub(super) struct Properties {
    labels: BTreeMap<Uuid, Fields>,
    unclear: bool,
}

#[derive(Default)]
struct Fields {
    enabled: Option<bool>,
    tenant: Option<Uuid>,
}

impl Properties {
    /// Whether a property of this name is about labels.
    pub(super) fn are_meant_by(name: &str) -> bool {
        name.get(..PREFIX.len()).is_some_and(|start| start.eq_ignore_ascii_case(PREFIX))
    }

    /// One property; others than those about labels are ignored.
    pub(super) fn tell(&mut self, name: &str, value: &str) {
        if !Self::are_meant_by(name) {
            return;
        }
        let rest = name.get(PREFIX.len()..).unwrap_or_default();
        let Some((id, field)) = rest.split_once('_') else {
            self.unclear = true;
            return;
        };
        let Ok(id) = Uuid::parse_str(id) else {
            self.unclear = true;
            return;
        };
        if self.labels.len() >= MAX_LABELS && !self.labels.contains_key(&id) {
            self.unclear = true;
            return;
        }
        let fields = self.labels.entry(id).or_default();
        let value = value.trim();
        if field.eq_ignore_ascii_case("enabled") {
            match truth(value) {
                Some(enabled) => {
                    fields.enabled = Some(enabled || fields.enabled.unwrap_or_default());
                }
                None => self.unclear = true,
            }
        } else if field.eq_ignore_ascii_case("siteid") && !value.is_empty() {
            match Uuid::parse_str(value) {
                Ok(tenant) if fields.tenant.is_none_or(|other| other == tenant) => {
                    fields.tenant = Some(tenant);
                }
                _ => self.unclear = true,
            }
        }
    }

    /// The pairs of a mail header: `MSIP_Label_<id>_Enabled=true; …`.
    pub(super) fn tell_header(&mut self, value: &str) {
        let mut any = false;
        for pair in value.split(';') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let name = name.trim();
            any |= Self::are_meant_by(name);
            self.tell(name, value);
        }
        // Mails without a label may carry the header with nothing in it.
        self.unclear |= !any && !value.trim().is_empty();
    }

    /// Adds the labels in force to the findings.
    pub(super) fn conclude(self, findings: &mut Findings) {
        if self.unclear {
            findings.unclear();
        }
        for (id, fields) in self.labels {
            match fields.enabled {
                Some(true) => findings.label(LabelMark { id, tenant: fields.tenant }),
                Some(false) => {}
                None => findings.unclear(),
            }
        }
    }
}

/// A truth value as Office writes it.
pub(super) fn truth(value: &str) -> Option<bool> {
    match value.trim().to_ascii_lowercase().as_str() {
        "1" | "true" => Some(true),
        "0" | "false" => Some(false),
        _ => None,
    }
}
