//! Rich Text: control words and groups, followed without recursion.

mod body;
mod encoding;
mod fields;
mod group;
mod token;
mod words;

use crate::limits::MAX_DEPTH;
use crate::reading::Note;
use crate::unreadable::Unreadable;
use crate::writer::{Unit, Wanted, Writer};

use body::Body;
use encoding::Fonts;
use fields::Fields;
use group::{Destination, FieldPart, Group};
use token::{Token, Tokens};

/// Reads a Rich Text file.
pub(crate) fn read(bytes: &[u8], writer: &mut Writer<'_>) -> Result<(), Unreadable> {
    let mut reader = Reader::new(writer);
    // Only breaks that somebody made are in the file; where there is none, nothing is known.
    if token::has_page_break(bytes) && !reader.body.turn_page(reader.writer) {
        return Ok(());
    }
    for token in Tokens::new(bytes) {
        if reader.take(&token)? == Next::Stop {
            break;
        }
    }
    reader.finish();
    Ok(())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    GoOn,
    Stop,
}

struct Reader<'w, 'r> {
    writer: &'w mut Writer<'r>,
    groups: Vec<Group>,
    fonts: Fonts,
    fields: Fields,
    body: Body,
    /// Bytes whose characters are not known yet.
    pending: Vec<u8>,
    /// Characters that stand for the one before them, for readers without Unicode.
    to_skip: usize,
    /// The first half of a character of two.
    high_half: Option<u16>,
    /// Whether the next control word may be passed over with its group.
    is_optional: bool,
    /// Whether the file's own end was seen.
    has_ended: bool,
}

impl<'w, 'r> Reader<'w, 'r> {
    fn new(writer: &'w mut Writer<'r>) -> Self {
        Self {
            writer,
            groups: Vec::new(),
            fonts: Fonts::default(),
            fields: Fields::default(),
            body: Body::default(),
            pending: Vec::new(),
            to_skip: 0,
            high_half: None,
            is_optional: false,
            has_ended: false,
        }
    }

    fn take(&mut self, token: &Token<'_>) -> Result<Next, Unreadable> {
        if !matches!(token, Token::Bytes(_) | Token::Hex(_)) {
            self.decode();
        }
        match token {
            Token::Open => {
                self.to_skip = 0;
                if self.groups.len() >= MAX_DEPTH {
                    return Err(Unreadable::Unsafe);
                }
                let inner = self.groups.last().map(Group::inner).unwrap_or_default();
                self.groups.push(inner);
            }
            Token::Close => {
                self.to_skip = 0;
                self.is_optional = false;
                if let Some(ended) = self.groups.pop() {
                    self.end_group(&ended);
                }
                if self.groups.is_empty() {
                    self.has_ended = true;
                    return Ok(Next::Stop);
                }
            }
            Token::Bytes(bytes) => {
                let skipped = self.to_skip.min(bytes.len());
                self.to_skip -= skipped;
                self.bytes(bytes.get(skipped..).unwrap_or_default());
            }
            Token::Hex(byte) => {
                if self.to_skip > 0 {
                    self.to_skip -= 1;
                } else {
                    self.bytes(&[*byte]);
                }
            }
            Token::Word(..) | Token::Symbol(_) if self.to_skip > 0 => self.to_skip -= 1,
            Token::Symbol(symbol) => return Ok(self.symbol(*symbol)),
            Token::Word(word, value) => return Ok(self.word(word, *value)),
        }
        Ok(Next::GoOn)
    }

    fn destination(&self) -> Destination {
        self.groups.last().map_or(Destination::Skip, |group| group.destination)
    }

    fn bytes(&mut self, bytes: &[u8]) {
        const MAX_PENDING: usize = 256 * 1024;
        if matches!(self.destination(), Destination::Skip | Destination::Silent) {
            return;
        }
        self.pending.extend_from_slice(bytes);
        if self.pending.len() > MAX_PENDING {
            self.decode();
        }
    }

    /// Turns the bytes that were gathered into characters.
    fn decode(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        let bytes = std::mem::take(&mut self.pending);
        let font = self.groups.last().and_then(|group| group.font);
        let text = self.fonts.decode(font, &bytes);
        self.text(&text);
    }

    /// Text goes to where its group says.
    fn text(&mut self, text: &str) {
        let Some(group) = self.groups.last() else {
            return;
        };
        match group.destination {
            Destination::Text if group.is_hidden => self.writer.note(Note::HiddenText),
            Destination::Text => {
                let struck = group.is_deleted;
                self.body.text(text, struck, self.writer.request().changes);
            }
            Destination::Footnote | Destination::Comment if group.is_hidden || group.is_deleted => {
            }
            Destination::Footnote | Destination::Comment => self.body.aside(text),
            Destination::Marker => self.body.marker(text),
            Destination::Author => self.body.author(text),
            Destination::Instruction => self.fields.instruction(text),
            Destination::Style => self.body.style_name(text),
            Destination::Fonts | Destination::Skip | Destination::Silent => {}
        }
    }

    /// A character by its number, one half of it for those that have two.
    fn unicode(&mut self, value: i32) {
        let Ok(unit) = u16::try_from(value.rem_euclid(0x1_0000)) else {
            return;
        };
        let half = self.high_half.take();
        match unit {
            0xD800..=0xDBFF => self.high_half = Some(unit),
            0xDC00..=0xDFFF => {
                if let Some(half) = half {
                    let text = String::from_utf16_lossy(&[half, unit]);
                    self.text(&text);
                }
            }
            // The bullet of the font Symbol.
            0xF0B7 => self.text("\u{2022}"),
            _ => self.text(&String::from_utf16_lossy(&[unit])),
        }
    }

    fn end_group(&mut self, ended: &Group) {
        match ended.field {
            Some(FieldPart::Whole) => self.fields.end(),
            Some(FieldPart::Result) => {
                if let Some((start, address)) = self.fields.end_result() {
                    self.body.link(start, &address);
                }
            }
            None => {}
        }
        match ended.begins {
            Some(Destination::Footnote) => self.body.end_footnote(),
            Some(Destination::Comment) => self.body.end_comment(self.writer.request().comments),
            Some(Destination::Style) => self.body.end_style(),
            Some(
                Destination::Text
                | Destination::Silent
                | Destination::Skip
                | Destination::Fonts
                | Destination::Marker
                | Destination::Author
                | Destination::Instruction,
            )
            | None => {}
        }
    }

    fn finish(&mut self) {
        self.decode();
        let flow = self.body.end(self.writer);
        if flow.is_continue() && !self.has_ended {
            self.writer.note(Note::PartlyDamaged);
        }
        if self.fonts.has_unknown() {
            self.writer.note(Note::EncodingGuessed);
        }
        self.body.notes(self.writer);
    }
}

impl Body {
    /// Goes to the next page; whether more is wanted.
    fn turn_page(&mut self, writer: &mut Writer<'_>) -> bool {
        self.page = self.page.saturating_add(1);
        writer.unit(Unit::Page(self.page)) != Wanted::Stop
    }
}

#[cfg(test)]
mod tests;
