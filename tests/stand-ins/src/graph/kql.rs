//! The query language of search: words, phrases, properties, `AND`, `OR`, `NOT`, parentheses.

mod parse;

use super::errors::{Outcome, Refusal};

/// What the index holds of one thing.
#[derive(Clone, Debug, Default)]
pub struct Entry {
    /// Name of the file, without its folder.
    pub filename: String,
    /// Title.
    pub title: String,
    /// Text that words are looked for in.
    pub body: String,
    /// Address, without percent signs.
    pub path: String,
    /// Address of the site.
    pub site: String,
    /// Who made it.
    pub author: String,
    /// Who changed it.
    pub editor: String,
    /// When it was made.
    pub created: String,
    /// When it changed.
    pub modified: String,
    /// Whether it is a document.
    pub document: bool,
    /// Label.
    pub label: String,
    /// `STS_ListItem_DocumentLibrary` and the like.
    pub content_class: &'static str,
    /// People it is shared with one by one.
    pub shared_with: String,
    /// Size in bytes.
    pub size: usize,
}

/// A condition on an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kql {
    /// Everything.
    All,
    /// Both.
    And(Box<Kql>, Box<Kql>),
    /// Either.
    Or(Box<Kql>, Box<Kql>),
    /// Not.
    Not(Box<Kql>),
    /// A word, or the start of one.
    Word {
        /// The word in lower case.
        word: String,
        /// Whether it may go on.
        prefix: bool,
    },
    /// Words in this order.
    Phrase(String),
    /// A property.
    Property {
        /// Its name in lower case.
        name: String,
        /// `:`, `=`, `<>`, `<`, `<=`, `>`, `>=`.
        operator: &'static str,
        /// What it is compared with.
        value: String,
    },
}

impl Kql {
    /// Reads a query.
    ///
    /// # Errors
    /// 400 for a query whose quotes, parentheses or operators do not add up.
    pub fn parse(text: &str) -> Outcome<Self> {
        parse::parse(text)
    }

    /// Whether an entry meets it.
    pub fn matches(&self, entry: &Entry) -> bool {
        match self {
            Self::All => true,
            Self::And(left, right) => left.matches(entry) && right.matches(entry),
            Self::Or(left, right) => left.matches(entry) || right.matches(entry),
            Self::Not(inner) => !inner.matches(entry),
            Self::Word { word, prefix } => words(&entry.full_text())
                .any(|own| own == *word || *prefix && own.starts_with(word.as_str())),
            Self::Phrase(phrase) => has_phrase(&entry.full_text(), phrase),
            Self::Property { name, operator, value } => entry.meets(name, operator, value),
        }
    }

    /// The words to highlight.
    pub fn words(&self) -> Vec<String> {
        match self {
            Self::All | Self::Not(_) | Self::Property { .. } => Vec::new(),
            Self::And(left, right) | Self::Or(left, right) => {
                let mut found = left.words();
                found.extend(right.words());
                found
            }
            Self::Word { word, .. } => vec![word.clone()],
            Self::Phrase(phrase) => words(phrase).collect(),
        }
    }
}

impl Entry {
    fn full_text(&self) -> String {
        format!("{} {} {}", self.title, self.filename, self.body)
    }

    fn meets(&self, name: &str, operator: &str, value: &str) -> bool {
        let lower = value.trim_end_matches('*').to_lowercase();
        let own = match name {
            "path" | "site" | "spsiteurl" => {
                let own = if name == "spsiteurl" { &self.site } else { &self.path };
                return below(own, &lower);
            }
            "lastmodifiedtime" | "write" | "created" => {
                let own = if name == "created" { &self.created } else { &self.modified };
                return when(own, operator, value);
            }
            "filetype" | "fileextension" => {
                return super::files::ending(&self.filename) == lower.trim_start_matches('.');
            }
            "isdocument" => return self.document == matches!(lower.as_str(), "1" | "true"),
            "informationprotectionlabelid" => return self.label.eq_ignore_ascii_case(value),
            "contentclass" => return self.content_class.to_lowercase().starts_with(&lower),
            "author" | "createdby" => &self.author,
            "modifiedby" | "editor" => &self.editor,
            "title" => &self.title,
            "filename" => &self.filename,
            "sharedwithusersowsuser" => &self.shared_with,
            // A property that the schema does not know restricts to nothing.
            _ => return false,
        };
        let found = if value.ends_with('*') {
            words(own).any(|word| word.starts_with(&lower))
                || own.to_lowercase().starts_with(&lower)
        } else if operator == "=" {
            own.to_lowercase() == lower
        } else {
            has_phrase(own, value)
        };
        found != (operator == "<>")
    }
}

/// Whether an address is this one or lies below it.
fn below(own: &str, start: &str) -> bool {
    let start = percent_encoding::percent_decode_str(start).decode_utf8_lossy().to_lowercase();
    let own = own.to_lowercase();
    let start = start.trim_end_matches('/');
    own.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn when(own: &str, operator: &str, value: &str) -> bool {
    // Both are ISO dates, so that they order as text; a bare day means its start.
    let length = value.len().min(own.len());
    let own_day = own.get(..length).unwrap_or(own);
    match operator {
        ">=" => own_day >= value,
        "<=" => own_day <= value,
        ">" => own_day > value,
        "<" => own_day < value,
        "<>" => own_day != value,
        _ => match value.split_once("..") {
            Some((from, to)) => when(own, ">=", from) && when(own, "<=", to),
            None => own_day == value,
        },
    }
}

/// The words of a text in lower case.
pub fn words(text: &str) -> impl Iterator<Item = String> {
    text.to_lowercase()
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect::<Vec<_>>()
        .into_iter()
}

fn has_phrase(text: &str, phrase: &str) -> bool {
    let phrase: Vec<String> = words(phrase).collect();
    let own: Vec<String> = words(text).collect();
    if phrase.is_empty() {
        return false;
    }
    own.windows(phrase.len()).any(|window| window == phrase)
}

fn malformed() -> Refusal {
    Refusal::bad_request("The query is malformed.")
}
