//! What one call shows, collected while its tool runs.

use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use crate::telemetry::Brief;

/// Resources kept in one record; more are only counted.
pub(super) const MAX_RESOURCES: usize = 50;

/// What was decided about something before it was shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Its content may leave.
    Allowed,
    /// Its content was replaced by a notice.
    Redacted,
}

/// Something that was shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resource {
    /// What it is, such as `file`.
    pub kind: Brief<32>,
    /// The upstream's id.
    pub id: Brief<512>,
    /// The id of its sensitivity label, if it has one.
    pub label: Option<Brief<128>>,
    /// What was decided about its content.
    pub decision: Decision,
}

/// Everything that one call showed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// The first resources, in the order in which they were shown.
    pub resources: Vec<Resource>,
    /// How many there were.
    pub total: u64,
    /// How many pieces of content were replaced by a notice.
    pub redactions: u64,
    /// Whether the answer was cut to fit.
    pub truncated: bool,
}

/// Collects what a call shows; clones share it.
#[derive(Clone, Debug, Default)]
pub struct AuditTrail(Arc<Mutex<Shown>>);

impl AuditTrail {
    /// Notes something that is shown; a redacted one counts as a redaction too.
    ///
    /// `kind` is a word such as `file`; `id` is the upstream's id; `label` the id of its
    /// sensitivity label.
    pub fn reveal(&self, kind: &str, id: &str, label: Option<&str>, decision: Decision) {
        self.update(|shown| {
            shown.total = shown.total.saturating_add(1);
            if decision == Decision::Redacted {
                shown.redactions = shown.redactions.saturating_add(1);
            }
            if shown.resources.len() < MAX_RESOURCES {
                shown.resources.push(Resource {
                    kind: Brief::new(kind),
                    id: Brief::new(id),
                    label: label.map(Brief::new),
                    decision,
                });
            }
        });
    }

    /// Counts a piece of content that was replaced by a notice within something revealed.
    pub fn redact(&self) {
        self.update(|shown| shown.redactions = shown.redactions.saturating_add(1));
    }

    /// Notes that the answer was cut to fit.
    pub fn truncate(&self) {
        self.update(|shown| shown.truncated = true);
    }

    /// Everything so far.
    pub fn shown(&self) -> Shown {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn update(&self, change: impl FnOnce(&mut Shown)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}
