//! Results of the tools.

use std::fmt::Write as _;

use platform::{Call, Summary};
use schemars::JsonSchema;
use serde::Serialize;

use super::access::{AccessFacts, VersionFacts};
use crate::policy::{Classes, Rule, Verdict};
use crate::reference::Reference;

/// A thing in SharePoint or OneDrive.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Item {
    /// How to name it in another call.
    #[serde(rename = "ref")]
    #[schemars(with = "String")]
    #[serde(serialize_with = "as_text")]
    pub reference: Reference,
    /// What it is.
    pub kind: ItemKind,
    /// Its name, without invisible characters.
    pub title: String,
    /// Where to open it; without keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Last modified.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// Who modified it last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub who: Option<Who>,
    /// Its label, where it can have one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<Label>,
    /// Untrusted text from the content.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub snippet: Option<String>,
    /// Path of the site.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// Path of the folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Size of a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size_bytes: Option<u64>,
    /// What to know before opening it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

pub(super) fn as_text<S: serde::Serializer>(
    reference: &Reference,
    to: S,
) -> Result<S::Ok, S::Error> {
    to.collect_str(reference)
}

/// What a thing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ItemKind {
    /// A file.
    File,
    /// A folder.
    Folder,
    /// A OneNote notebook.
    Notebook,
    /// A library.
    Library,
    /// A site page.
    Page,
    /// A list.
    List,
    /// A row of a list.
    ListItem,
    /// A site.
    Site,
}

impl ItemKind {
    fn as_str(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Folder => "folder",
            Self::Notebook => "notebook",
            Self::Library => "library",
            Self::Page => "page",
            Self::List => "list",
            Self::ListItem => "list item",
            Self::Site => "site",
        }
    }
}

/// A person.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Who {
    /// Display name.
    pub name: String,
    /// E-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

/// A sensitivity label, and what it means for the content.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Label {
    /// Id of the label.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Name of the label.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it means for the content.
    pub decision: Verdict,
}

impl Item {
    /// Puts the thing into the audit record.
    pub fn reveal(&self, call: &Call) {
        let label = self.label.as_ref();
        let verdict = label.map_or(Verdict::Allowed, |label| label.decision);
        let id = label.and_then(|label| label.id.as_deref());
        call.reveal(self.reference.kind(), &self.reference.ids(), id, verdict.decision());
    }
}

impl Summary for Item {
    fn summary(&self) -> String {
        let mut text = format!("**{}** ({}", self.title, self.kind.as_str());
        if let Some(when) = &self.when {
            let _ = write!(text, ", {}", when.get(..10).unwrap_or(when));
        }
        if let Some(who) = &self.who {
            let _ = write!(text, ", {}", who.name);
        }
        text.push(')');
        let withheld = self.label.as_ref().filter(|label| label.decision != Verdict::Allowed);
        if let Some(label) = withheld {
            let name = label.name.as_deref().unwrap_or("no known label");
            let _ = write!(text, " [content withheld: {name}]");
        }
        if let Some(note) = &self.note {
            let _ = write!(text, " [{note}]");
        }
        let _ = write!(text, " `{}`", self.reference);
        if let Some(snippet) = &self.snippet {
            let _ = write!(text, "\n   {snippet}");
        }
        text
    }
}

/// A site.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SiteItem {
    /// How to name it in another call.
    #[serde(rename = "ref", serialize_with = "as_text")]
    #[schemars(with = "String")]
    pub reference: Reference,
    /// Its name.
    pub title: String,
    /// Where to open it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Last modified.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
}

impl Summary for SiteItem {
    fn summary(&self) -> String {
        let mut text = format!("**{}** `{}`", self.title, self.reference);
        if let Some(url) = &self.url {
            let _ = write!(text, " {url}");
        }
        text
    }
}

/// Facts about one thing.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// The thing.
    pub item: Item,
    /// When it was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created: Option<String>,
    /// Who made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_by: Option<Who>,
    /// Media type of a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// How many things are in a folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub children: Option<u64>,
    /// Versions of a file, newest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub versions: Option<Vec<VersionFacts>>,
    /// Who may open a file or folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access: Option<Vec<AccessFacts>>,
    /// What the reader should know.
    pub notes: Vec<String>,
}

impl Summary for Facts {
    fn summary(&self) -> String {
        let mut text = self.item.summary();
        if let Some(label) = &self.item.label {
            let name = label.name.as_deref().or(label.id.as_deref()).unwrap_or("none known");
            let _ = write!(text, "\nLabel: {name}");
        }
        for version in self.versions.iter().flatten() {
            let _ = write!(text, "\n- version {}", version.summary());
        }
        for access in self.access.iter().flatten() {
            let _ = write!(text, "\n- {}", access.summary());
        }
        for note in &self.notes {
            let _ = write!(text, "\nNote: {note}");
        }
        text
    }
}

/// What this deployment does with each label.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LabelRules {
    /// The labels.
    pub items: Vec<LabelRule>,
    /// What happens to documents without a label.
    pub unlabelled: Rule,
    /// What happens to content that cannot carry a label.
    #[schemars(with = "std::collections::BTreeMap<String, Rule>")]
    pub classes: Classes,
    /// What the reader should know.
    pub notes: Vec<String>,
}

/// What this deployment does with one label.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LabelRule {
    /// Id of the label.
    pub id: String,
    /// Name of the label.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether content under it may be shown.
    pub decision: Rule,
}

impl Summary for LabelRules {
    fn summary(&self) -> String {
        let mut text = String::new();
        for rule in &self.items {
            let name = rule.name.as_deref().unwrap_or(&rule.id);
            let _ = writeln!(text, "- {name}: {}", word(rule.decision));
        }
        let _ = write!(text, "- no label: {}", word(self.unlabelled));
        for note in &self.notes {
            let _ = write!(text, "\nNote: {note}");
        }
        text
    }
}

fn word(rule: Rule) -> &'static str {
    match rule {
        Rule::Allow => "content may be shown",
        Rule::Redact => "content is withheld, metadata is shown",
    }
}
