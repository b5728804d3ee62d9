//! Lists and their rows.

use std::collections::BTreeMap;

use super::Author;

/// A list or a library's list.
#[derive(Clone, Debug)]
pub struct List {
    /// GUID.
    pub id: String,
    /// Site it belongs to.
    pub site: String,
    /// Last part of the address.
    pub name: String,
    /// Title.
    pub title: String,
    /// `genericList`, `documentLibrary`, `webPageLibrary`.
    pub template: &'static str,
    /// Columns.
    pub columns: Vec<Column>,
    /// When it was made.
    pub created: String,
    /// When anything in it last changed.
    pub modified: String,
}

/// A column of a list.
#[derive(Clone, Debug)]
pub struct Column {
    /// Internal name.
    pub name: String,
    /// Title.
    pub title: String,
    /// The facet that tells its type: `text`, `number`, `choice`, `dateTime`, `personOrGroup`.
    pub kind: &'static str,
    /// Whether filters on it are allowed without asking for trouble.
    pub indexed: bool,
    /// What its type alone does not tell.
    pub detail: Detail,
    /// Whether the service fills it.
    pub read_only: bool,
    /// Whether forms leave it out.
    pub hidden: bool,
}

impl Column {
    /// Its name without the ending of columns that hold ids.
    pub fn plain_name(&self) -> &str {
        self.name.strip_suffix("LookupId").unwrap_or(&self.name)
    }
}

/// What a column's type alone does not tell.
#[derive(Clone, Debug, Default)]
pub enum Detail {
    /// Nothing.
    #[default]
    None,
    /// Its choices.
    Choices(&'static [&'static str]),
    /// Its choices, of which a row can have several.
    ManyChoices(&'static [&'static str]),
    /// Several lines of text.
    Lines,
    /// A date with its time.
    Time,
    /// The list and the column that its values come from.
    Lookup(String, &'static str),
    /// A formula, and the type of what comes out.
    Formula(&'static str, &'static str),
}

/// A row of a list.
#[derive(Clone, Debug)]
pub struct Row {
    /// List it is in.
    pub list: String,
    /// Its number.
    pub number: u32,
    /// Unique id.
    pub unique: String,
    /// Values by internal column name.
    pub fields: BTreeMap<String, serde_json::Value>,
    /// When it was made.
    pub created: String,
    /// When it last changed.
    pub modified: String,
    /// By whom.
    pub by: Author,
    /// Whether it was deleted.
    pub deleted: bool,
    /// Count of the world's changes when it last changed.
    pub change: u64,
}
