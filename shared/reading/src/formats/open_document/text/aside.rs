//! Text that stands beside the text: footnotes, comments, speaker notes, deletions.

/// Bytes of one aside.
const MAX_TEXT: usize = 256 * 1024;

/// What an aside is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A footnote or endnote, with its mark.
    Footnote(String),
    /// A comment, with its author.
    Comment(String),
    /// What the speaker says.
    Spoken,
    /// Deleted text, with the id of its change.
    Deletion(String),
}

/// An aside that is open.
#[derive(Debug)]
pub(super) struct Aside {
    pub(super) kind: Kind,
    pub(super) text: String,
}

impl Aside {
    pub(super) fn new(kind: Kind) -> Self {
        Self { kind, text: String::new() }
    }

    /// One of its paragraphs.
    pub(super) fn push(&mut self, text: &str) {
        if self.text.len().saturating_add(text.len()) > MAX_TEXT || text.trim().is_empty() {
            return;
        }
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text.push_str(text.trim());
    }
}
