//! What changed in a library: the question and the list.

use std::fmt::Write as _;

use platform::Summary;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Item, Limit};

/// Arguments of `sharepoint_changes`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListChanges {
    /// Library or folder: ref or URL.
    pub target: String,
    /// `since_cursor` of the last answer; nothing: from now on.
    pub since_cursor: Option<String>,
    /// First list everything that is there.
    #[serde(default)]
    pub backfill: bool,
    #[serde(default)]
    #[expect(missing_docs, reason = "the name says it, and descriptions cost the model")]
    pub limit: Limit<100, 50>,
}

/// Changes, and where to go on.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Changes {
    /// The changes.
    pub items: Vec<Change>,
    /// Pass it back for what comes after; it lives for thirty days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since_cursor: Option<String>,
    /// Whether more has changed already.
    pub truncated: bool,
    /// What the reader should know.
    pub notes: Vec<String>,
}

/// A thing, and what became of it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Change {
    /// What became of it.
    pub change: ChangeKind,
    /// The thing as it is.
    pub item: Item,
}

/// What became of a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ChangeKind {
    /// It was there when everything was listed.
    Existing,
    /// It was made.
    Added,
    /// It was written.
    Changed,
    /// It was moved, renamed or shared, but not written.
    Moved,
    /// It is gone.
    Deleted,
}

impl ChangeKind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Existing => "existing",
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Moved => "moved",
            Self::Deleted => "deleted",
        }
    }
}

impl Summary for Changes {
    fn summary(&self) -> String {
        let mut text = String::new();
        if self.items.is_empty() {
            text.push_str("No changes.");
        }
        for change in &self.items {
            let _ = writeln!(text, "- {}: {}", change.change.as_str(), change.item.summary());
        }
        for note in &self.notes {
            let _ = write!(text, "\nNote: {note}");
        }
        if self.truncated {
            text.push_str("\nMore has changed: call again with `since_cursor`.");
        }
        text
    }
}
