//! The text of one paragraph while it is read.

use crate::markdown;

/// Bytes of one paragraph.
const MAX_TEXT: usize = 1024 * 1024;
/// Spaces that one element may stand for.
const MAX_SPACES: usize = 100;

/// A paragraph that is open.
#[derive(Default)]
pub(super) struct Inline {
    pub(super) text: String,
    /// Level of a heading.
    pub(super) heading: Option<u8>,
    /// Whether a field in it says that nobody sees it.
    pub(super) is_hidden: bool,
    /// Where links begin, and where they lead.
    links: Vec<(usize, String)>,
}

impl Inline {
    /// An empty paragraph or heading.
    pub(super) fn new(heading: Option<u8>) -> Self {
        Self { heading, ..Self::default() }
    }

    /// Text as it stands in the file: white space counts once, and not at the start.
    pub(super) fn push(&mut self, text: &str) {
        for character in text.chars() {
            if self.text.len() >= MAX_TEXT {
                return;
            }
            match character {
                ' ' | '\t' | '\n' | '\r' => {
                    if !self.text.is_empty() && !self.text.ends_with([' ', '\n', '\t']) {
                        self.text.push(' ');
                    }
                }
                other => self.text.push(other),
            }
        }
    }

    /// Text that stays as it is.
    pub(super) fn push_as_is(&mut self, text: &str) {
        if self.text.len() < MAX_TEXT {
            self.text.push_str(text);
        }
    }

    /// Spaces that count.
    pub(super) fn spaces(&mut self, count: Option<String>) {
        let count = count.and_then(|count| count.parse().ok()).unwrap_or(1_usize);
        self.push_as_is(&" ".repeat(count.min(MAX_SPACES)));
    }

    /// What there is so far; what follows begins anew.
    pub(super) fn take(&mut self) -> String {
        self.links.clear();
        std::mem::take(&mut self.text)
    }

    /// A link begins.
    pub(super) fn begin_link(&mut self, address: String) {
        self.links.push((self.text.len(), address));
    }

    /// A link ends.
    pub(super) fn end_link(&mut self) {
        let Some((start, address)) = self.links.pop() else {
            return;
        };
        let words = self.text.split_off(self.text.floor_char_boundary(start));
        let is_outside = address.contains(':') && !address.starts_with('#');
        if words.trim().is_empty() || !is_outside {
            self.text.push_str(&words);
        } else {
            self.text.push_str(&markdown::link(&words, &address));
        }
    }
}
