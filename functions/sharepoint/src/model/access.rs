//! Versions of a file, and who may open it.

use std::fmt::Write as _;

use platform::Summary;
use schemars::JsonSchema;
use serde::Serialize;

use super::Who;

/// One version of a file.
#[derive(Debug, Serialize, JsonSchema)]
pub struct VersionFacts {
    /// Its number.
    pub id: String,
    /// When it was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// Who wrote it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub who: Option<Who>,
    /// Its size.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size_bytes: Option<u64>,
}

impl Summary for VersionFacts {
    fn summary(&self) -> String {
        let mut text = self.id.clone();
        if let Some(when) = &self.when {
            let _ = write!(text, ", {when}");
        }
        if let Some(who) = &self.who {
            let _ = write!(text, ", {}", who.name);
        }
        text
    }
}

/// Somebody who may open a file or folder, or a link that lets people in.
#[derive(Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AccessFacts {
    /// Who or what it is.
    pub kind: AccessKind,
    /// The name; of a link whom it lets in.
    pub name: String,
    /// E-mail address of a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// What they may do.
    pub roles: Vec<String>,
    /// Whether it comes from a folder above or from the site.
    pub inherited: bool,
    /// When it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

/// What may open something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum AccessKind {
    /// A person.
    Person,
    /// A group.
    Group,
    /// An application.
    App,
    /// Whoever holds a link, within its scope.
    Link,
}

impl AccessKind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Group => "group",
            Self::App => "app",
            Self::Link => "link for",
        }
    }
}

impl Summary for AccessFacts {
    fn summary(&self) -> String {
        let from = if self.inherited { " (inherited)" } else { "" };
        format!("{} {}: {}{from}", self.kind.as_str(), self.name, self.roles.join(", "))
    }
}
