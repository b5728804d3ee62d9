//! Rows of a list: the question and the table.

use std::fmt::Write as _;

use platform::Summary;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Limit, Who};
use crate::policy::Verdict;
use crate::reference::Reference;

/// Arguments of `sharepoint_list_rows`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListRows {
    /// List: ref or URL.
    pub list: String,
    /// Names; nothing: the usual columns, with their types.
    #[serde(default)]
    pub columns: Vec<String>,
    /// column op value [and …]; op: = != < <= > >= startswith. Quote names and values that hold one.
    pub filter: Option<String>,
    /// Column, then `desc` if wanted.
    pub order_by: Option<String>,
    #[serde(default)]
    #[expect(missing_docs, reason = "the name says it, and descriptions cost the model")]
    pub limit: Limit<100, 25>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// Rows of a list as a table.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Rows {
    /// The list's title.
    pub title: String,
    /// Whether cells may be shown.
    pub decision: Verdict,
    /// The columns, in the order of the cells.
    pub columns: Vec<ColumnInfo>,
    /// The rows.
    pub items: Vec<RowItem>,
    /// Where the next page starts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    /// Whether there is more than is shown here.
    pub truncated: bool,
    /// What the reader should know.
    pub notes: Vec<String>,
}

/// A column.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ColumnInfo {
    /// The name that people see.
    pub name: String,
    /// What it holds; only where nobody named columns.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<&'static str>,
    /// Whether filtering and ordering by it is quick.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub indexed: Option<bool>,
    /// What can be chosen.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
}

/// A row.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RowItem {
    /// How to name it in another call.
    #[serde(rename = "ref", serialize_with = "super::results::as_text")]
    #[schemars(with = "String")]
    pub reference: Reference,
    /// Where to open it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// When it was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created: Option<String>,
    /// Last modified.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// Who modified it last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub who: Option<Who>,
    /// Untrusted text, one per column; absent where it is withheld.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cells: Option<Vec<String>>,
}

impl Summary for Rows {
    fn summary(&self) -> String {
        let mut text = format!("**{}**: {} rows", self.title, self.items.len());
        let names: Vec<String> = self.columns.iter().map(|column| in_table(&column.name)).collect();
        if self.items.iter().any(|row| row.cells.is_some()) {
            let _ = write!(text, "\n⟦untrusted text:\n| row | {} |", names.join(" | "));
            let _ = write!(text, "\n|{}", "---|".repeat(names.len() + 1));
            for row in &self.items {
                let cells = row.cells.iter().flatten().map(|cell| in_table(cell));
                let cells: Vec<String> = cells.collect();
                let _ = write!(text, "\n| {} | {} |", row.number(), cells.join(" | "));
            }
            text.push_str("\n⟧");
        } else {
            let _ = write!(text, "\nColumns: {}", names.join(", "));
            for row in &self.items {
                let when = row.when.as_deref().unwrap_or_default();
                let _ =
                    write!(text, "\n- row {} ({})", row.number(), when.get(..10).unwrap_or(when));
            }
        }
        for note in &self.notes {
            let _ = write!(text, "\nNote: {note}");
        }
        if self.next_cursor.is_some() {
            text.push_str("\nThere is more: call again with `cursor` set to `next_cursor`.");
        }
        text
    }
}

impl RowItem {
    fn number(&self) -> &str {
        match &self.reference {
            Reference::Row { row, .. } => row.as_str(),
            _ => "",
        }
    }
}

/// A text that breaks neither its line of a table nor the brackets around that.
fn in_table(text: &str) -> String {
    text.replace(['⟦', '⟧'], " ").replace('|', "\\|")
}
