//! Rows of lists: their columns. A row of the library of pages is a page.

use graph::labels::Labelling;
use graph::model::ListItem;
use graph::text::clean;
use graph::{Id, Operation};
use platform::{Call, ToolError};
use reading::{Extract, Passage};
use serde_json::{Map, Value};

use super::shown::Shown;
use super::wanted::Wanted;
use super::without_text;
use crate::address::shown_text;
use crate::client::facts::{ROW_FIELDS, meaning};
use crate::client::row_kind::RowKind;
use crate::client::{Client, select, shape};
use crate::model::{Document, ItemKind};
use crate::policy::{Class, Content, Verdict};
use crate::reference::Reference;

const MAX_NAME: usize = 100;
const FILE: &str = "a file; use its ref or url with sharepoint_read";
/// Columns that say how SharePoint keeps the row, not what is in it.
const OWN: &[&str] = &[
    "id",
    "ContentType",
    "Edit",
    "LinkTitle",
    "LinkTitleNoMenu",
    "ItemChildCount",
    "FolderChildCount",
    "Attachments",
    "AuthorLookupId",
    "EditorLookupId",
    "AppAuthorLookupId",
    "AppEditorLookupId",
    "Modified",
    "Created",
    "DocIcon",
];

impl Client {
    /// The columns of a row. Rows carry no label, so their class alone decides, and the columns
    /// are asked for only where they may be shown.
    pub(super) async fn read_row(
        &self,
        call: &Call,
        (site, list, row): (&Id, &Id, &Id),
        wanted: &Wanted,
    ) -> Result<Document, ToolError> {
        let verdict = self.policy.judge(Class::Row, Labelling::Unlabelled);
        let fields = if verdict == Verdict::Allowed { "fields" } else { "fields($select=Title)" };
        let query = vec![select(ROW_FIELDS), ("$expand", fields.to_owned())];
        let operation = Operation::ListItemGet { site, list, row };
        let mut found: ListItem = self.graph.get(call, &operation, query).await?;
        match RowKind::of(&found) {
            RowKind::Plain => {}
            RowKind::Document => return Err(ToolError::invalid("target", FILE)),
            RowKind::Page => {
                let ids = found.sharepoint_ids.as_ref();
                let page = shape::id(ids.and_then(|ids| ids.list_item_unique_id.as_ref()));
                let page = page.ok_or(ToolError::NotFound { what: "the page" })?;
                return self.read_page(call, site, &page, wanted).await;
            }
        }
        let gone = ToolError::NotFound { what: "the row" };
        let mut item = self.row(&found, ItemKind::ListItem).ok_or(gone)?;
        item.reference =
            Reference::Row { site: site.clone(), list: list.clone(), row: row.clone() };
        item.reveal(call);
        if let Some(note) = meaning(verdict, Labelling::Unlabelled) {
            return Ok(without_text(call, item, wanted, note));
        }
        let content = Some(Content::of(found.fields.take().unwrap_or_default()));
        let (_, fields) = self.policy.screen(Class::Row, Labelling::Unlabelled, content);
        let (text, whole) = table(&fields.unwrap_or_default(), wanted.max_chars);
        let passages = vec![Passage { text, ..Passage::default() }];
        let mut shown = Shown::new(Extract { passages, ..Extract::default() }, &item);
        if !whole {
            shown.notes.push("Not all of its columns fit; ask for more characters.".to_owned());
        }
        Ok(shown.of(call, item, wanted))
    }
}

/// Columns and values that fit, and whether those are all.
fn table(fields: &Map<String, Value>, max_chars: usize) -> (String, bool) {
    let mut text = "| Column | Value |\n| --- | --- |".to_owned();
    let mut chars = text.chars().count();
    for (name, value) in fields {
        let own =
            name.starts_with(['_', '@']) || name.contains('@') || OWN.contains(&name.as_str());
        let Some(value) = spoken(value).filter(|value| !own && !value.is_empty()) else { continue };
        let line = format!("\n| {} | {} |", cell(&readable(name)), cell(&value));
        chars += line.chars().count();
        if chars > max_chars {
            return (text, false);
        }
        text.push_str(&line);
    }
    (text, true)
}

/// A value in words: of several, all; of a link or a person, what is said of it.
fn spoken(value: &Value) -> Option<String> {
    const MOST: usize = 20_000;
    match value {
        Value::Null => None,
        Value::Bool(true) => Some("yes".to_owned()),
        Value::Bool(false) => Some("no".to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => Some(clean(text, MOST)),
        Value::Array(values) => {
            let all: Vec<String> = values.iter().filter_map(spoken).collect();
            Some(all.join("; "))
        }
        Value::Object(fields) => {
            let told = ["Description", "Url", "LookupValue", "Email", "DisplayName"];
            let all: Vec<String> = (told.iter())
                .filter_map(|name| match (*name, fields.get(*name)?) {
                    // Without its keys, as everywhere.
                    ("Url", Value::String(url)) => shown_text(url),
                    (_, value) => spoken(value),
                })
                .collect();
            Some(all.join(" "))
        }
    }
}

/// A column's inner name as people know it: `Due_x0020_Date` is `Due Date`.
fn readable(name: &str) -> String {
    let mut out = String::new();
    let mut rest = name;
    while let Some((before, after)) = rest.split_once("_x") {
        let code = after.split_at_checked(4).and_then(|(code, rest)| {
            let character = char::from_u32(u32::from_str_radix(code, 16).ok()?)?;
            Some((character, rest.strip_prefix('_')?))
        });
        out.push_str(before);
        if let Some((character, after)) = code {
            out.push(character);
            rest = after;
        } else {
            out.push_str("_x");
            rest = after;
        }
    }
    out.push_str(rest);
    clean(&out, MAX_NAME)
}

fn cell(text: &str) -> String {
    text.replace('\\', "\\\\").replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_row_is_a_table_of_its_columns() {
        let fields = json!({
            "@odata.etag": "x", "id": "1", "_UIVersionString": "1.0", "Title": "A|B\nC",
            "Due_x0020_Date": "2026-12-01", "Done": false, "Spend": 12.5, "Empty": null,
            "Tags": ["one", "two"], "Link": {"Url": "https://x.example/a?sig=secret", "Description": "X"},
            "Key": {"Url": "https://x.sharepoint.com/:w:/s/A/E1", "Description": "Plan"},
            "Owner": [{"LookupId": 3, "LookupValue": "Ann"}], "AuthorLookupId": "7",
        });
        let Value::Object(fields) = fields else { unreachable!() };

        let (text, whole) = table(&fields, 1000);

        assert!(whole);
        for line in [
            "| Title | A\\|B C |",
            "| Due Date | 2026-12-01 |",
            "| Done | no |",
            "| Tags | one; two |",
            "| Link | X https://x.example/a |",
            "| Key | Plan |",
            "| Owner | Ann |",
            "| Spend | 12.5 |",
        ] {
            assert!(text.contains(line), "{line} is not in {text}");
        }
        assert_eq!(text.lines().count(), 10, "{text}");
        let (cut, whole) = table(&fields, 60);
        assert!(!whole && cut.chars().count() <= 60);
    }

    #[test]
    fn an_inner_name_that_is_no_code_stays_as_it_is() {
        for (inner, known) in [
            ("a_x0020_b_x0026_c", "a b&c"),
            ("_x002", "_x002"),
            ("max_xyz", "max_xyz"),
            ("_xD800_a", "_xD800_a"),
            ("", ""),
        ] {
            assert_eq!(readable(inner), known);
        }
    }
}
