//! What a tool gives back: a structured result and its short text.

use std::fmt::Write as _;

use rmcp::ErrorData;
use rmcp::handler::server::tool::IntoCallToolResult;
use rmcp::model::{CallToolResponse, CallToolResult, ContentBlock};
use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};

use crate::call::Call;

/// A successful result: the structured part for programs, and a short Markdown text with the
/// essential fields for those who read only text.
pub struct Answer<T>(pub T);

/// Says a result in a short Markdown text.
pub trait Summary {
    /// The text: essential fields only, never longer than the structured part.
    fn summary(&self) -> String;
}

impl<T: Serialize + Summary> IntoCallToolResult for Answer<T> {
    fn into_call_tool_result(self) -> Result<CallToolResponse, ErrorData> {
        let structured = serde_json::to_value(&self.0)
            .map_err(|_| ErrorData::internal_error("the result could not be written", None))?;
        let mut result = CallToolResult::success(vec![ContentBlock::text(self.0.summary())]);
        result.structured_content = Some(structured);
        Ok(result.into())
    }
}

/// Characters of content in a page when nobody says otherwise.
pub const DEFAULT_PAGE_CHARS: usize = 16_000;

/// A page of items, with an opaque cursor for the rest.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Page<T> {
    /// The items of this page.
    pub items: Vec<T>,
    /// Pass it back as `cursor`, with the same arguments, for the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    /// Whether there is more than is shown here.
    pub truncated: bool,
    /// What the reader should know: redactions, index lag, missing permissions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

impl<T: Serialize> Page<T> {
    /// Keeps the leading items that fit into `max_chars` of JSON, at least one.
    ///
    /// `resume(n)` is the position after the first `n` items, or `None` when nothing follows.
    pub fn fit<P: Serialize + DeserializeOwned>(
        call: &Call,
        mut items: Vec<T>,
        max_chars: usize,
        resume: impl Fn(usize) -> Option<P>,
    ) -> Self {
        let mut chars = 0;
        let fitting = items
            .iter()
            .take_while(|item| {
                chars += serde_json::to_string(item).map_or(0, |text| text.len());
                chars <= max_chars
            })
            .count();
        let kept = fitting.max(1).min(items.len());
        items.truncate(kept);
        let next_cursor = resume(kept).and_then(|position| call.seal_cursor(&position));
        Self { items, truncated: next_cursor.is_some(), next_cursor, notes: Vec::new() }
    }

    /// Adds a note for the reader.
    #[must_use]
    pub fn with_note(mut self, note: Option<String>) -> Self {
        self.notes.extend(note);
        self
    }
}

impl<T: Summary> Summary for Page<T> {
    fn summary(&self) -> String {
        let mut text = String::new();
        if self.items.is_empty() {
            text.push_str("Nothing was found.");
        }
        for (index, item) in self.items.iter().enumerate() {
            let _ = writeln!(text, "{}. {}", index + 1, item.summary());
        }
        for note in &self.notes {
            let _ = writeln!(text, "\nNote: {note}");
        }
        if self.truncated {
            text.push_str("\nThere is more: call again with `cursor` set to `next_cursor`.");
        }
        text
    }
}
