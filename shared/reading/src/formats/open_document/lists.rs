//! Lists that are open, and what stands before their items.

use std::collections::HashMap;

use super::styles::Styles;
use crate::markdown;
use crate::xml::Tag;

/// Lists inside each other.
#[derive(Default)]
pub(super) struct Lists {
    open: Vec<List>,
    /// How far list styles were counted, for lists that go on.
    counted: HashMap<String, u32>,
    /// Style of the list that ended last.
    last: String,
    /// Whether the block before was an item.
    running: bool,
}

struct List {
    style: String,
    number: u32,
    /// Whether the next paragraph is the first one of an item.
    is_fresh: bool,
}

impl Lists {
    /// A list begins.
    pub(super) fn begin(&mut self, tag: &Tag<'_>) {
        const MAX_STYLES: usize = 10_000;
        let style = tag.attribute("style-name");
        let style = style.or_else(|| self.open.last().map(|list| list.style.clone()));
        let style = style.unwrap_or_default();
        let goes_on = tag.attribute("continue-list").is_some()
            || tag.attribute("continue-numbering").is_some_and(|value| value == "true");
        let number = if goes_on && self.open.is_empty() {
            self.counted.get(&style).copied().unwrap_or_default()
        } else {
            0
        };
        if self.counted.len() > MAX_STYLES {
            self.counted.clear();
        }
        if self.open.is_empty() && self.last != style {
            self.interrupt();
        }
        self.open.push(List { style, number, is_fresh: false });
    }

    /// A list ends.
    pub(super) fn end(&mut self) {
        if let Some(list) = self.open.pop()
            && self.open.is_empty()
        {
            self.counted.insert(list.style.clone(), list.number);
            self.last = list.style;
        }
    }

    /// An item begins.
    pub(super) fn item(&mut self, tag: &Tag<'_>) {
        if let Some(list) = self.open.last_mut() {
            let start = tag.attribute("start-value").and_then(|start| start.parse().ok());
            list.number = start.unwrap_or_else(|| list.number.saturating_add(1));
            list.is_fresh = true;
        }
    }

    /// A paragraph with its mark, and whether an empty line stands before it.
    pub(super) fn mark(&mut self, text: &str, styles: &Styles) -> (bool, String) {
        let level = self.open.len();
        let Some(list) = self.open.last_mut() else {
            self.running = false;
            return (true, text.trim().to_owned());
        };
        let is_apart = !std::mem::replace(&mut self.running, true);
        if !std::mem::take(&mut list.is_fresh) {
            let inside = markdown::item(level - 1, " ", text);
            return (is_apart, inside);
        }
        let mark = if styles.is_numbered(&list.style, level) {
            format!("{}.", list.number)
        } else {
            "-".to_owned()
        };
        (is_apart, markdown::item(level - 1, &mark, text))
    }

    /// Something that is no paragraph stands between.
    pub(super) fn interrupt(&mut self) {
        self.running = false;
    }
}
