//! What each control word means.

use super::group::{Destination, FieldPart, Group};
use super::{Next, Reader};

impl Reader<'_, '_> {
    pub(super) fn symbol(&mut self, symbol: u8) -> Next {
        match symbol {
            b'*' => self.is_optional = true,
            b'~' => self.text(" "),
            b'_' => self.text("-"),
            b'\r' | b'\n' => return self.end_paragraph(),
            _ => {}
        }
        Next::GoOn
    }

    pub(super) fn word(&mut self, word: &str, value: Option<i32>) -> Next {
        let is_optional = std::mem::take(&mut self.is_optional);
        if self.destination() == Destination::Skip {
            return Next::GoOn;
        }
        if let Some(destination) = destination(word) {
            self.lead_to(destination, word);
            return Next::GoOn;
        }
        match word {
            "field" => {
                self.fields.begin();
                self.change(|group| group.field = Some(FieldPart::Whole));
            }
            "fldrslt" => {
                self.fields.begin_result(self.body.length());
                self.change(|group| group.field = Some(FieldPart::Result));
            }
            _ if is_optional => self.change(|group| group.destination = Destination::Skip),
            _ if self.destination() == Destination::Fonts => self.font_word(word, value),
            _ if self.destination() == Destination::Style => self.body.style_word(word, value),
            _ => return self.text_word(word, value),
        }
        Next::GoOn
    }

    fn lead_to(&mut self, destination: Destination, word: &str) {
        // Inside a footnote, a bullet is text of the footnote.
        if destination == Destination::Marker && self.destination() != Destination::Text {
            return;
        }
        // A word that opens an inner text does so only where text was left out.
        if destination == Destination::Text && self.destination() != Destination::Silent {
            return;
        }
        match destination {
            Destination::Footnote => self.body.begin_footnote(),
            Destination::Comment => self.body.begin_comment(),
            Destination::Author => self.body.begin_author(),
            Destination::Skip if matches!(word, "pict") => self.body.picture(),
            Destination::Text
            | Destination::Silent
            | Destination::Skip
            | Destination::Fonts
            | Destination::Style
            | Destination::Marker
            | Destination::Instruction => {}
        }
        self.change(|group| {
            group.destination = destination;
            group.begins = Some(destination);
        });
    }

    fn change(&mut self, change: impl FnOnce(&mut Group)) {
        if let Some(group) = self.groups.last_mut() {
            change(group);
        }
    }

    fn font_word(&mut self, word: &str, value: Option<i32>) {
        match (word, value) {
            ("f", Some(font)) => self.fonts.describe(font),
            ("fcharset", Some(charset)) => self.fonts.charset(charset),
            ("cpg", Some(page)) => self.fonts.describe_page(page),
            _ => {}
        }
    }

    fn text_word(&mut self, word: &str, value: Option<i32>) -> Next {
        let is_on = value != Some(0);
        match word {
            "ansicpg" => self.fonts.page(value.unwrap_or_default()),
            "mac" => self.fonts.page(10000),
            "pc" => self.fonts.page(437),
            "pca" => self.fonts.page(850),
            "f" => self.change(|group| group.font = value),
            "v" => self.change(|group| group.is_hidden = is_on),
            "deleted" => {
                if is_on && self.destination() == Destination::Text {
                    self.body.deletion();
                }
                self.change(|group| group.is_deleted = is_on);
            }
            "plain" => self.change(|group| {
                group.font = None;
                group.is_hidden = false;
                group.is_deleted = false;
            }),
            "uc" => {
                let count = value.and_then(|count| usize::try_from(count).ok()).unwrap_or(1);
                self.change(|group| group.fallback = Some(count.min(16)));
            }
            "u" => {
                self.unicode(value.unwrap_or_default());
                self.to_skip = self.groups.last().and_then(|group| group.fallback).unwrap_or(1);
            }
            "tab" => self.text("\t"),
            "line" | "lbr" => self.text("\n"),
            "emdash" => self.text("\u{2014}"),
            "endash" => self.text("\u{2013}"),
            "lquote" => self.text("\u{2018}"),
            "rquote" => self.text("\u{2019}"),
            "ldblquote" => self.text("\u{201c}"),
            "rdblquote" => self.text("\u{201d}"),
            "bullet" => self.text("\u{2022}"),
            "emspace" | "enspace" | "qmspace" => self.text(" "),
            "par" | "sect" => return self.end_paragraph(),
            "page" | "cell" | "nestcell" | "row" => return self.break_word(word),
            _ if self.destination() == Destination::Text => self.body.property(word, value),
            _ => {}
        }
        Next::GoOn
    }

    fn end_paragraph(&mut self) -> Next {
        match self.destination() {
            Destination::Text => {
                self.fields.end_paragraph();
                let flow = self.body.end_paragraph(self.writer);
                if flow.is_break() { Next::Stop } else { Next::GoOn }
            }
            Destination::Footnote | Destination::Comment => {
                self.body.aside("\n");
                Next::GoOn
            }
            Destination::Silent
            | Destination::Skip
            | Destination::Fonts
            | Destination::Style
            | Destination::Marker
            | Destination::Author
            | Destination::Instruction => Next::GoOn,
        }
    }

    fn break_word(&mut self, word: &str) -> Next {
        if self.destination() != Destination::Text {
            return Next::GoOn;
        }
        self.fields.end_paragraph();
        match word {
            "cell" => self.body.end_cell(),
            "nestcell" => self.body.end_inner_cell(),
            "row" => self.body.end_row(),
            _ if self.body.is_in_table() => {}
            _ => {
                let flow = self.body.end_paragraph(self.writer);
                if flow.is_break() || !self.body.turn_page(self.writer) {
                    return Next::Stop;
                }
            }
        }
        Next::GoOn
    }
}

/// Where the text of a group goes that begins with this word.
fn destination(word: &str) -> Option<Destination> {
    Some(match word {
        "fonttbl" => Destination::Fonts,
        "stylesheet" => Destination::Style,
        "listtext" | "pntext" => Destination::Marker,
        "footnote" => Destination::Footnote,
        "annotation" => Destination::Comment,
        "atnauthor" => Destination::Author,
        "fldinst" => Destination::Instruction,
        // The text of shapes and objects stands in a group inside.
        "shpinst" | "object" | "upr" => Destination::Silent,
        "shptxt" | "result" | "ud" => Destination::Text,
        "colortbl" | "info" | "pict" | "nonshppict" | "shprslt" | "header" | "headerl"
        | "headerr" | "headerf" | "footer" | "footerl" | "footerr" | "footerf" | "xe" | "tc"
        | "rxe" | "txe" | "revtbl" | "listtable" | "listoverridetable" | "rsidtbl"
        | "generator" | "themedata" | "datastore" | "nonesttables" | "nesttableprops"
        | "objdata" | "filetbl" | "ftnsep" | "ftnsepc" | "aftnsep" | "aftnsepc" | "private"
        | "template" => Destination::Skip,
        _ => return None,
    })
}
