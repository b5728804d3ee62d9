//! The text of one block: white space folded, emphasis and links where they begin and end.

use crate::clean::is_invisible;
use crate::markdown;

/// Marks that may be open at once.
const MAX_OPEN: usize = 32;

/// What can be around text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    Strong,
    Emphasis,
    Strike,
    Code,
    /// With its address.
    Link(String),
}

impl Mark {
    fn same_kind(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }

    fn sign(&self) -> &'static str {
        match self {
            Self::Strong => "**",
            Self::Emphasis => "*",
            Self::Strike => "~~",
            // Written when their end is known.
            Self::Code | Self::Link(_) => "",
        }
    }
}

struct Open {
    mark: Mark,
    /// Where its text begins; nothing before there is text.
    start: Option<usize>,
}

/// Text of a block that is not told yet.
#[derive(Default)]
pub(super) struct Inline {
    text: String,
    space: bool,
    open: Vec<Open>,
    /// In headings, which are bold and one line as they are.
    pub(super) plain: bool,
}

impl Inline {
    /// Text, its white space folded.
    pub(super) fn push(&mut self, text: &str) {
        for character in text.chars() {
            if character.is_whitespace() {
                self.space = true;
            } else if !is_invisible(character) {
                self.begin();
                self.text.push(character);
            }
        }
    }

    /// Writes the space and the marks that wait for text.
    fn begin(&mut self) {
        if self.space && !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push(' ');
        }
        self.space = false;
        for open in &mut self.open {
            if open.start.is_none() {
                self.text.push_str(open.mark.sign());
                open.start = Some(self.text.len());
            }
        }
    }

    /// A line end inside the block.
    pub(super) fn line_break(&mut self) {
        if self.plain || self.text.is_empty() {
            self.space = true;
            return;
        }
        self.suspend(0);
        self.text.push('\n');
        self.space = false;
    }

    /// Opens a mark; whether it counts: not twice, not in headings.
    pub(super) fn open(&mut self, mark: Mark) -> bool {
        let known =
            self.open.iter().any(|open| open.mark.same_kind(&mark) || open.mark == Mark::Code);
        if self.plain || known || self.open.len() >= MAX_OPEN {
            return false;
        }
        self.open.push(Open { mark, start: None });
        true
    }

    /// Closes a mark that [`open`](Self::open) counted.
    pub(super) fn close(&mut self, mark: &Mark) {
        if let Some(at) = self.open.iter().rposition(|open| open.mark.same_kind(mark)) {
            self.suspend(at);
            self.open.remove(at);
        }
    }

    /// Ends the marks from one on; they begin again with the next text.
    fn suspend(&mut self, from: usize) {
        for at in (from..self.open.len()).rev() {
            let Some(open) = self.open.get_mut(at) else { break };
            let Some(start) = open.start.take() else { continue };
            match &open.mark {
                Mark::Code => {
                    let code = self.text.split_off(start.min(self.text.len()));
                    self.text.push_str(&markdown::code(&code));
                }
                Mark::Link(address) => {
                    let words = self.text.split_off(start.min(self.text.len()));
                    if words.trim() == address {
                        self.text.push_str(&words);
                    } else {
                        self.text.push_str(&markdown::link(&words.replace('\n', " "), address));
                    }
                }
                Mark::Strong | Mark::Emphasis | Mark::Strike => {
                    self.text.push_str(open.mark.sign());
                }
            }
        }
    }

    /// The text so far; open marks go on in the next block.
    pub(super) fn take(&mut self) -> String {
        self.suspend(0);
        self.space = false;
        let text = std::mem::take(&mut self.text);
        text.trim().to_owned()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }
}
