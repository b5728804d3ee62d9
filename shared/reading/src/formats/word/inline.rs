//! Words of a paragraph: runs of one look joined, links kept whole.

use crate::markdown;

/// How words look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Look {
    pub(super) bold: bool,
    pub(super) italic: bool,
    pub(super) struck: bool,
}

impl Look {
    fn both(self, other: Self) -> Self {
        Self {
            bold: self.bold && other.bold,
            italic: self.italic && other.italic,
            struck: self.struck && other.struck,
        }
    }

    fn marks(self) -> String {
        let strength = usize::from(self.italic) + 2 * usize::from(self.bold);
        format!("{}{}", if self.struck { "~~" } else { "" }, "*".repeat(strength))
    }
}

/// Words of a paragraph.
#[derive(Debug, Default)]
pub(super) struct Inline {
    pieces: Vec<Piece>,
    size: usize,
}

#[derive(Debug)]
struct Piece {
    text: String,
    look: Look,
    /// Markdown already, such as a link.
    whole: bool,
}

impl Inline {
    /// Words that look like this.
    pub(super) fn push(&mut self, text: &str, look: Look) {
        self.size += text.len();
        match self.pieces.last_mut() {
            Some(last) if last.look == look && !last.whole => last.text.push_str(text),
            _ => self.pieces.push(Piece { text: text.to_owned(), look, whole: false }),
        }
    }

    /// Markdown that stays as it is.
    pub(super) fn push_whole(&mut self, text: String) {
        self.size += text.len();
        self.pieces.push(Piece { text, look: Look::default(), whole: true });
    }

    /// Bytes of all words.
    pub(super) fn size(&self) -> usize {
        self.size
    }

    /// Whether nothing but blanks is in it.
    pub(super) fn is_blank(&self) -> bool {
        self.pieces.iter().all(|piece| piece.text.trim().is_empty())
    }

    /// A place to which [`link_from`](Self::link_from) can come back. Words after it are kept
    /// apart from those before.
    pub(super) fn mark(&mut self) -> usize {
        if self.pieces.last().is_some_and(|last| !last.whole) {
            self.push_whole(String::new());
        }
        self.pieces.len()
    }

    /// Makes what was pushed since a mark a link.
    pub(super) fn link_from(&mut self, mark: usize, address: &str) {
        let linked = self.pieces.split_off(mark.min(self.pieces.len()));
        let text: String = linked.iter().map(|piece| piece.text.as_str()).collect();
        if text.trim().is_empty() || linked.iter().any(|piece| piece.text.starts_with("[image")) {
            self.pieces.extend(linked);
            return;
        }
        self.push_whole(markdown::link(&text.replace('\n', " "), address));
    }

    /// The words without any marks of their look.
    pub(super) fn plain(&self) -> String {
        self.pieces.iter().map(|piece| piece.text.as_str()).collect()
    }

    /// The words as Markdown.
    pub(super) fn markdown(mut self) -> String {
        let is_plain = |piece: &Piece| piece.whole || piece.look == Look::default();
        if self.pieces.len() == 1
            && let Some(only) = self.pieces.pop_if(|piece| is_plain(piece))
        {
            return only.text;
        }
        self.pieces.retain(|piece| !piece.text.is_empty());
        self.part_touching_looks();
        let mut text = String::with_capacity(self.size + 16);
        for piece in &self.pieces {
            let words = piece.text.trim();
            let marks = piece.look.marks();
            if piece.whole || words.is_empty() || marks.is_empty() {
                text.push_str(&piece.text);
                continue;
            }
            let (before, rest) = piece.text.split_once(words).unwrap_or_default();
            text.push_str(before);
            text.push_str(&marks);
            text.push_str(words);
            text.extend(marks.chars().rev());
            text.push_str(rest);
        }
        text
    }

    /// Marks of two looks without a blank between them run into each other: there the words keep
    /// what both looks have.
    fn part_touching_looks(&mut self) {
        let mut parted: Vec<Piece> = Vec::with_capacity(self.pieces.len());
        for mut piece in std::mem::take(&mut self.pieces) {
            if let Some(last) = parted.last_mut().filter(|last| !last.whole && !piece.whole) {
                let plain = Look::default();
                let touching = !last.text.ends_with(char::is_whitespace)
                    && !piece.text.starts_with(char::is_whitespace);
                if touching && last.look != plain && piece.look != plain {
                    let both = last.look.both(piece.look);
                    last.look = both;
                    piece.look = both;
                }
                if last.look == piece.look {
                    last.text.push_str(&piece.text);
                    continue;
                }
            }
            parted.push(piece);
        }
        self.pieces = parted;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOLD: Look = Look { bold: true, italic: false, struck: false };
    const ITALIC: Look = Look { bold: false, italic: true, struck: false };
    const STRUCK: Look = Look { bold: false, italic: false, struck: true };

    fn text(pieces: &[(&str, Look)]) -> String {
        let mut inline = Inline::default();
        for (words, look) in pieces {
            inline.push(words, *look);
        }
        inline.markdown()
    }

    #[test]
    fn runs_of_one_look_are_joined_and_blanks_stay_outside() {
        let plain = Look::default();
        assert_eq!(text(&[("a ", plain), ("b", BOLD), ("c ", BOLD), ("d", plain)]), "a **bc** d");
        assert_eq!(text(&[("a", BOLD), (" ", plain), ("b", ITALIC)]), "**a** *b*");
        assert_eq!(text(&[(" ", BOLD)]), " ");
        assert_eq!(text(&[("gone", STRUCK)]), "~~gone~~");
    }

    #[test]
    fn marks_of_two_looks_never_touch() {
        let both = Look { bold: true, italic: true, struck: false };
        assert_eq!(text(&[("a", BOLD), ("b", both)]), "**ab**");
        assert_eq!(text(&[("a", BOLD), ("b", ITALIC)]), "ab");
        assert_eq!(text(&[("a ", BOLD), ("b", both)]), "**a** ***b***");
    }

    #[test]
    fn what_was_said_since_a_mark_becomes_a_link() {
        let mut inline = Inline::default();
        inline.push("see ", Look::default());
        let mark = inline.mark();
        inline.push("here", Look::default());
        inline.link_from(mark, "https://x/?a=1&b=2");
        assert_eq!(inline.markdown(), "see [here](https://x/?a=1&b=2)");
    }
}
