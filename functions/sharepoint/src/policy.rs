//! What may leave: label rules and redaction. Pure functions; anything in doubt stays here.

mod bytes;
mod file;

use std::collections::BTreeMap;

use graph::labels::{LabelId, Labelling};
use platform::Decision;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use bytes::{Known, ReadFile, Unjudged};
pub use file::PolicyFileError;

/// Which content may leave.
#[derive(Clone, Debug)]
pub struct Policy {
    mode: Mode,
    tenant: Option<String>,
    ids: BTreeMap<LabelId, String>,
    unlabelled: Rule,
    classes: Classes,
}

/// Whether the listed labels are the permitted ones or the forbidden ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Only the listed labels may leave.
    Allow,
    /// Everything labelled may leave, but the listed labels.
    Deny,
}

/// What happens to content without a label.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Rule {
    /// It stays here.
    #[default]
    Redact,
    /// It may leave.
    Allow,
}

/// Rules for content that cannot carry a label.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Classes {
    /// Plain text, Markdown, CSV, source code.
    pub text: Rule,
    /// Pictures.
    pub image: Rule,
    /// Rows of lists.
    pub row: Rule,
    /// Site pages.
    pub page: Rule,
}

/// What kind of content something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// A file that can carry a label, or that we do not know.
    Document,
    /// Plain text of any sort.
    Text,
    /// A picture.
    Image,
    /// A row of a list.
    Row,
    /// A site page.
    Page,
}

/// What was decided about a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The content may leave.
    Allowed,
    /// The label does not permit it.
    Redacted,
    /// The label is not known, so the content stays.
    Unknown,
    /// There is no label, so the content stays.
    Unlabelled,
}

impl Verdict {
    /// The same, for the audit record.
    pub fn decision(self) -> Decision {
        match self {
            Self::Allowed => Decision::Allowed,
            Self::Redacted | Self::Unknown | Self::Unlabelled => Decision::Redacted,
        }
    }
}

/// Content that nobody has judged yet: it can be read through [`Policy::screen`] only.
pub struct Content<T = String>(T);

impl Content {
    /// Content as the upstream sent it, or nothing if there is none.
    pub fn new(text: &str) -> Option<Self> {
        (!text.trim().is_empty()).then(|| Self(text.to_owned()))
    }
}

impl<T> Content<T> {
    /// Content of any shape.
    pub fn of(content: T) -> Self {
        Self(content)
    }
}

impl Policy {
    /// Nothing may leave: what holds when there is no policy.
    pub fn strict() -> Self {
        Self {
            mode: Mode::Allow,
            tenant: None,
            ids: BTreeMap::new(),
            unlabelled: Rule::Redact,
            classes: Classes::default(),
        }
    }

    /// The tenant whose labels count, if the policy names one.
    pub fn tenant(&self) -> Option<&str> {
        self.tenant.as_deref()
    }

    /// What happens to documents without a label.
    pub fn unlabelled(&self) -> Rule {
        self.unlabelled
    }

    /// What happens to content that cannot carry a label.
    pub fn classes(&self) -> Classes {
        self.classes
    }

    /// The labels that the policy names.
    pub fn listed(&self) -> impl Iterator<Item = (LabelId, &str)> {
        self.ids.iter().map(|(id, name)| (*id, name.as_str()))
    }

    /// Whether content under this label may leave.
    pub fn permits(&self, label: LabelId) -> bool {
        let listed = self.ids.contains_key(&label);
        match self.mode {
            Mode::Allow => listed,
            Mode::Deny => !listed,
        }
    }

    /// What is decided about content of this class with this label.
    pub fn judge(&self, class: Class, labelling: Labelling) -> Verdict {
        match labelling {
            Labelling::Label(id) if self.permits(id) => Verdict::Allowed,
            Labelling::Label(_) | Labelling::Protected => Verdict::Redacted,
            Labelling::Unknown(_) => Verdict::Unknown,
            Labelling::Unlabelled => match self.rule(class) {
                Rule::Allow => Verdict::Allowed,
                Rule::Redact => Verdict::Unlabelled,
            },
        }
    }

    /// Gives content out only if it may leave.
    pub fn screen<T>(
        &self,
        class: Class,
        labelling: Labelling,
        content: Option<Content<T>>,
    ) -> (Verdict, Option<T>) {
        let verdict = self.judge(class, labelling);
        let content = content.filter(|_| verdict == Verdict::Allowed);
        (verdict, content.map(|content| content.0))
    }

    fn rule(&self, class: Class) -> Rule {
        match class {
            Class::Document => self.unlabelled,
            Class::Text => self.classes.text,
            Class::Image => self.classes.image,
            Class::Row => self.classes.row,
            Class::Page => self.classes.page,
        }
    }
}

/// The class of a file by its name. What is not surely free of labels is a document.
pub fn class_of_file(name: &str) -> Class {
    const TEXTS: &[&str] = &[
        "txt", "md", "csv", "tsv", "json", "xml", "yaml", "yml", "log", "html", "htm", "ini",
        "sql", "py", "js", "ts", "rs", "java", "c", "h", "cpp", "cs", "go", "sh", "ps1", "r",
        "toml",
    ];
    const IMAGES: &[&str] =
        &["png", "jpg", "jpeg", "gif", "bmp", "webp", "svg", "tif", "tiff", "heic", "ico"];
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    match ending.as_deref() {
        Some(ending) if TEXTS.contains(&ending) => Class::Text,
        Some(ending) if IMAGES.contains(&ending) => Class::Image,
        Some(_) | None => Class::Document,
    }
}

#[cfg(test)]
mod tests;
