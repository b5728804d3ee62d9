//! The columns of a list: which there are, which are shown, and how people name them.

use std::sync::Arc;

use graph::model::{self, ListWithColumns};
use graph::text::clean;
use graph::{Id, Operation};
use platform::memory::key_of;
use platform::{Call, ToolError};

use super::super::{Client, select};
use crate::model::ColumnInfo;

const MAX_NAME: usize = 100;
const MAX_COLUMNS: usize = 300;
const MAX_SHOWN: usize = 20;
const MAX_CHOICES: usize = 50;
const FIELDS: &str = "name,displayName,hidden,indexed,readOnly,text,number,currency,boolean,\
     dateTime,calculated,hyperlinkOrPicture,choice,lookup,personOrGroup";
/// Columns of every list that say nothing to people, or that are told beside the cells.
const SYSTEM: &[&str] = &[
    "AppAuthor",
    "AppEditor",
    "Attachments",
    "Author",
    "ComplianceAssetId",
    "ContentType",
    "DocIcon",
    "Edit",
    "Editor",
    "FolderChildCount",
    "ItemChildCount",
    "LinkTitle",
    "LinkTitleNoMenu",
];

/// A list: its title and its columns.
#[derive(Debug)]
pub(in crate::client) struct Table {
    pub(super) title: String,
    pub(super) columns: Vec<Column>,
}

/// A column that can be asked for.
#[derive(Debug)]
pub(super) struct Column {
    /// Internal name: letters, digits and underscores.
    pub(super) name: String,
    pub(super) title: String,
    pub(super) kind: Kind,
    pub(super) indexed: bool,
    usual: bool,
    choices: Vec<String>,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Number,
    Date,
    YesNo,
    Choice,
    Choices,
    Person,
    People,
    Lookup,
    Lookups,
    Link,
    Calculated,
    Other,
}

impl Client {
    /// A list's columns as the person sees them; asked for once in a while.
    pub(super) async fn table(
        &self,
        call: &Call,
        site: &Id,
        list: &Id,
    ) -> Result<Arc<Table>, ToolError> {
        let caller = call.caller();
        let key = key_of(&[&caller.tid, &caller.oid, site.as_str(), list.as_str()]);
        if let Some(known) = self.tables.get(&key) {
            return Ok(known);
        }
        let query =
            vec![select("id,displayName,list"), ("$expand", format!("columns($select={FIELDS})"))];
        let operation = Operation::ListGet { site, list };
        let found: ListWithColumns = self.graph.get(call, &operation, query).await?;
        if !is_plain(&found) {
            return Err(ToolError::invalid(
                "list",
                "a library, not a list; sharepoint_browse shows its files",
            ));
        }
        let table = Arc::new(Table::new(&found));
        self.tables.insert(key, Arc::clone(&table));
        Ok(table)
    }
}

/// Whether rows are rows: in a library they are files or pages, which are judged as such elsewhere.
fn is_plain(found: &ListWithColumns) -> bool {
    let template = found.list.as_ref().and_then(|list| list.template.as_deref());
    template.is_some_and(|template| {
        let template = template.to_ascii_lowercase();
        !["library", "catalog", "gallery"].iter().any(|word| template.contains(word))
    })
}

impl Table {
    fn new(found: &ListWithColumns) -> Self {
        let title = clean(found.display_name.as_deref().unwrap_or("(no name)"), MAX_NAME);
        let mut columns: Vec<Column> =
            found.columns.iter().take(MAX_COLUMNS).filter_map(Column::new).collect();
        let indexed = |name: &str| {
            let own = found.columns.iter().find(|column| column.name.as_deref() == Some(name));
            own.and_then(|column| column.indexed).unwrap_or_default()
        };
        for (name, kind, indexed) in [
            ("ID", Kind::Number, true),
            ("Created", Kind::Date, indexed("Created")),
            ("Modified", Kind::Date, indexed("Modified")),
        ] {
            columns.push(Column {
                name: name.to_owned(),
                title: name.to_owned(),
                kind,
                indexed,
                usual: false,
                choices: Vec::new(),
            });
        }
        Self { title, columns }
    }

    #[cfg(test)]
    pub(super) fn for_tests(found: &ListWithColumns) -> Self {
        Self::new(found)
    }

    /// The columns of these names; the usual ones when there are none.
    pub(super) fn chosen(&self, names: &[String]) -> Result<Vec<&Column>, ToolError> {
        if names.is_empty() {
            return Ok(self.usual().take(MAX_SHOWN).collect());
        }
        if names.len() > MAX_SHOWN {
            return Err(ToolError::invalid("columns", format!("at most {MAX_SHOWN} columns")));
        }
        names.iter().map(|name| self.column("columns", name)).collect()
    }

    /// The column that people or SharePoint call so.
    pub(super) fn column(&self, argument: &str, name: &str) -> Result<&Column, ToolError> {
        let name = name.trim();
        let by_title = self.columns.iter().find(|column| same(&column.title, name));
        let found = by_title.or_else(|| self.columns.iter().find(|c| same(&c.name, name)));
        found.ok_or_else(|| {
            let names: Vec<&str> = self.usual().map(|column| column.title.as_str()).collect();
            let names = names.join(", ");
            ToolError::invalid(
                argument,
                format!("no such column; there are: {names}, ID, Created, Modified"),
            )
        })
    }

    fn usual(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter().filter(|column| column.usual)
    }
}

fn same(a: &str, b: &str) -> bool {
    a.to_lowercase() == b.to_lowercase()
}

impl Column {
    fn new(found: &model::Column) -> Option<Self> {
        const METADATA: &[&str] = &["ID", "id", "Created", "Modified"];
        let name = found.name.clone().filter(|name| !METADATA.contains(&name.as_str()))?;
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if name.is_empty() || name.len() > MAX_NAME || !name.chars().all(plain) {
            return None;
        }
        let kind = kind(found);
        // `_x0023_` stands for a letter that a name may not begin with.
        let own = name.starts_with("_x") || !name.starts_with('_');
        let system = !own || SYSTEM.contains(&name.as_str());
        let written = !found.read_only.unwrap_or_default() || kind == Kind::Calculated;
        let choices = found.choice.iter().flat_map(|choice| &choice.choices);
        let title = clean(found.display_name.as_deref().unwrap_or(&name), MAX_NAME);
        Some(Self {
            usual: !found.hidden.unwrap_or_default() && !system && written,
            title: if title.is_empty() { name.clone() } else { title },
            kind,
            indexed: found.indexed.unwrap_or_default(),
            choices: choices.take(MAX_CHOICES).map(|text| clean(text, MAX_NAME)).collect(),
            name,
        })
    }

    /// What is told about it: all of it, or its name only.
    pub(super) fn info(&self, all: bool) -> ColumnInfo {
        ColumnInfo {
            name: self.title.clone(),
            kind: all.then(|| self.kind.word()),
            indexed: all.then_some(self.indexed),
            choices: if all { self.choices.clone() } else { Vec::new() },
        }
    }

    /// Whether it is no content: an id or a date that every row has.
    pub(super) fn is_metadata(&self) -> bool {
        ["ID", "Created", "Modified"].contains(&self.name.as_str())
    }

    /// Whether it points to people or to rows elsewhere.
    pub(super) fn is_reference(&self) -> bool {
        matches!(self.kind, Kind::Person | Kind::People | Kind::Lookup | Kind::Lookups)
    }

    /// The name of the field that holds its value.
    pub(super) fn field(&self) -> String {
        match self.name.as_str() {
            "ID" => "id".to_owned(),
            name if name.starts_with('_') => format!("OData_{name}"),
            name => name.to_owned(),
        }
    }

    /// The name of the field that holds the id of what it points to.
    pub(super) fn id_field(&self) -> String {
        format!("{}LookupId", self.field())
    }

    /// The fields to ask for.
    pub(super) fn fields(&self) -> Vec<String> {
        if self.is_metadata() {
            return Vec::new();
        }
        let mut fields = vec![self.field()];
        if self.is_reference() {
            fields.push(self.id_field());
        }
        fields
    }
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::Date => "date",
            Self::YesNo => "yes/no",
            Self::Choice => "choice",
            Self::Choices => "choices",
            Self::Person => "person",
            Self::People => "people",
            Self::Lookup => "lookup",
            Self::Lookups => "lookups",
            Self::Link => "link",
            Self::Calculated => "calculated",
            Self::Other => "other",
        }
    }
}

fn kind(found: &model::Column) -> Kind {
    if let Some(choice) = &found.choice {
        let many = choice.display_as.as_deref() == Some("checkBoxes");
        return if many { Kind::Choices } else { Kind::Choice };
    }
    if let Some(person) = &found.person_or_group {
        let many = person.allow_multiple_selection.unwrap_or_default();
        return if many { Kind::People } else { Kind::Person };
    }
    if let Some(lookup) = &found.lookup {
        let many = lookup.allow_multiple_values.unwrap_or_default();
        return if many { Kind::Lookups } else { Kind::Lookup };
    }
    match found {
        _ if found.calculated.is_some() => Kind::Calculated,
        _ if found.text.is_some() => Kind::Text,
        _ if found.number.is_some() || found.currency.is_some() => Kind::Number,
        _ if found.date_time.is_some() => Kind::Date,
        _ if found.boolean.is_some() => Kind::YesNo,
        _ if found.hyperlink_or_picture.is_some() => Kind::Link,
        _ => Kind::Other,
    }
}
