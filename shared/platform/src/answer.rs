//! What a tool gives back: a structured result and its short text.

use std::fmt::Write as _;

use rmcp::ErrorData;
use rmcp::handler::server::tool::IntoCallToolResult;
use rmcp::model::{CallToolResponse, CallToolResult, ContentBlock};
use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};

use crate::call::Call;
use crate::json_len::json_len;

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
        // One more for the comma.
        let bytes: usize = items.iter().map(|item| json_len(item).map_or(0, |len| len + 1)).sum();
        // There are never more characters than bytes.
        let fitting = if bytes <= max_chars { items.len() } else { fitting(&items, max_chars) };
        let kept = fitting.max(1).min(items.len());
        let left_out = kept < items.len();
        if left_out {
            call.truncated();
        }
        items.truncate(kept);
        let rest = resume(kept);
        let truncated = left_out || rest.is_some();
        let next_cursor = rest.and_then(|position| call.seal_cursor(&position));
        Self { items, next_cursor, truncated, notes: Vec::new() }
    }

    /// Adds a note for the reader.
    #[must_use]
    pub fn with_note(mut self, note: Option<String>) -> Self {
        self.notes.extend(note);
        self
    }
}

/// How many leading items have at most so many characters as JSON.
fn fitting<T: Serialize>(items: &[T], max_chars: usize) -> usize {
    let mut chars = 0;
    let fits = |item: &&T| {
        chars += serde_json::to_string(item).map_or(0, |text| text.chars().count() + 1);
        chars <= max_chars
    };
    items.iter().take_while(fits).count()
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
        if self.next_cursor.is_some() {
            text.push_str("\nThere is more: call again with `cursor` set to `next_cursor`.");
        } else if self.truncated {
            text.push_str("\nThere is more than can be shown here: ask for something narrower.");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::Caller;
    use proptest::prelude::*;

    fn call() -> Call {
        Call::for_tests(Caller::for_tests("ann"), "token")
    }

    impl Summary for String {
        fn summary(&self) -> String {
            self.clone()
        }
    }

    proptest! {
        #[test]
        fn a_page_fits_loses_nothing_and_goes_on_where_it_ended(
            items in prop::collection::vec(any::<String>(), 0..12),
            max_chars in 0_usize..200,
        ) {
            let call = call();
            let total = items.len();
            let page = Page::fit(&call, items.clone(), max_chars, |n| (n < total).then_some(n));

            let kept = page.items.len();
            prop_assert_eq!(&page.items[..], &items[..kept]);
            prop_assert!(kept >= usize::from(total > 0));
            let text = serde_json::to_string(&page.items).unwrap();
            prop_assert!(kept <= 1 || text.chars().count() <= max_chars + 2, "{}", text);
            prop_assert_eq!(page.truncated, kept < total);
            prop_assert_eq!(call.trail().shown().truncated, kept < total);
            let next = page.next_cursor.map(|cursor| call.open_cursor::<usize>(&cursor).unwrap());
            prop_assert_eq!(next, (kept < total).then_some(kept));
        }
    }

    #[test]
    fn a_first_item_beyond_the_budget_is_shown_and_an_empty_page_is_a_page() {
        let call = call();
        let huge = vec!["x".repeat(100), "y".into()];
        let page = Page::fit(&call, huge, 10, |n| (n < 2).then_some(n));
        assert_eq!(page.items.len(), 1);
        assert!(page.truncated && page.next_cursor.is_some());

        let nothing = Page::<String>::fit(&call, Vec::new(), 10, |_| None::<u8>);
        assert!(!nothing.truncated && nothing.next_cursor.is_none());
        assert!(nothing.summary().starts_with("Nothing was found."));
        // Everything of this page was filtered out, and there are further pages.
        let filtered = Page::<String>::fit(&call, Vec::new(), 10, |_| Some(7_u8));
        assert!(filtered.truncated && filtered.next_cursor.is_some());
    }

    #[test]
    fn an_answer_whose_cursor_cannot_be_made_does_not_pass_for_a_whole_one() {
        let position = "x".repeat(10_000);
        let items = vec!["a".to_owned(), "b".to_owned()];
        let page = Page::fit(&call(), items, 4, |n| (n < 2).then(|| position.clone()));
        assert_eq!(page.items, ["a"]);
        assert!(page.truncated && page.next_cursor.is_none());
        let text = page.summary();
        assert!(text.contains("narrower") && !text.contains("next_cursor"), "{text}");
    }
}
