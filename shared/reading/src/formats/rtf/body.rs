//! Paragraphs, tables and notes, as they come together.

mod styles;

use std::ops::ControlFlow;

use crate::markdown;
use crate::reading::Note;
use crate::writer::Writer;
use styles::Styles;

const MAX_TEXT: usize = 1024 * 1024;
const MAX_ROWS: usize = 2_000;
const MAX_COLUMNS: usize = 200;
const MAX_ASIDE: usize = 256 * 1024;

/// The body of a file while it is read.
#[derive(Default)]
pub(super) struct Body {
    /// Number of the page; 0 when pages are not known.
    pub(super) page: u32,
    paragraph: String,
    is_struck: bool,
    properties: Properties,
    marker: String,
    /// Whether the block before was an item of a list.
    in_list: bool,
    cell: String,
    row: Vec<String>,
    rows: Vec<Vec<String>>,
    table_size: usize,
    styles: Styles,
    asides: Vec<String>,
    author: String,
    after: Vec<String>,
    counts: Counts,
}

/// Properties of a paragraph.
#[derive(Clone, Copy, Default)]
struct Properties {
    heading: Option<u8>,
    in_table: bool,
    level: usize,
}

#[derive(Default)]
struct Counts {
    footnotes: u32,
    comments_left_out: u32,
    deletions: u32,
    images: u32,
    cut: bool,
}

impl Body {
    /// Bytes of the paragraph so far.
    pub(super) fn length(&self) -> usize {
        self.paragraph.len()
    }

    /// Text of the paragraph; deleted text only when it is wanted, struck through.
    pub(super) fn text(&mut self, text: &str, is_struck: bool, wants_struck: bool) {
        if is_struck && !wants_struck {
            return;
        }
        if self.paragraph.len().saturating_add(text.len()) > MAX_TEXT {
            self.counts.cut = true;
            return;
        }
        self.strike(is_struck);
        self.paragraph.push_str(text);
    }

    fn strike(&mut self, is_struck: bool) {
        if self.is_struck != is_struck {
            self.is_struck = is_struck;
            self.paragraph.push_str("~~");
        }
    }

    /// What a paragraph is, by a control word.
    pub(super) fn property(&mut self, word: &str, value: Option<i32>) {
        let number = value.and_then(|value| u8::try_from(value).ok());
        match word {
            // The mark of an item may stand before it, so it stays.
            "pard" => self.properties = Properties::default(),
            "intbl" => self.properties.in_table = value != Some(0),
            "s" => self.properties.heading = value.and_then(|style| self.styles.heading(style)),
            "outlinelevel" => {
                let level = number.filter(|level| *level < 9).map(|level| level + 1);
                self.properties.heading = level;
            }
            "ilvl" => self.properties.level = usize::from(number.unwrap_or_default().min(9)),
            _ => {}
        }
    }

    /// Part of the number or bullet before an item.
    pub(super) fn marker(&mut self, text: &str) {
        const MAX: usize = 100;
        if self.marker.len() < MAX {
            self.marker.push_str(text);
        }
    }

    /// A link ends that began at a byte of the paragraph.
    pub(super) fn link(&mut self, start: usize, address: &str) {
        let start = self.paragraph.floor_char_boundary(start);
        let words = self.paragraph.split_off(start);
        if words.trim().is_empty() {
            self.paragraph.push_str(&words);
        } else {
            self.paragraph.push_str(&markdown::link(&words, address));
        }
    }

    fn take_paragraph(&mut self) -> String {
        self.strike(false);
        std::mem::take(&mut self.paragraph)
    }

    /// The end of a paragraph.
    pub(super) fn end_paragraph(&mut self, writer: &mut Writer<'_>) -> ControlFlow<()> {
        let text = self.take_paragraph();
        if self.is_in_table() {
            self.add_to_cell(&text);
            return ControlFlow::Continue(());
        }
        self.end_table(writer)?;
        let text = text.trim();
        if !text.is_empty() {
            self.tell(text, writer)?;
        }
        self.marker.clear();
        self.flush(writer)
    }

    fn tell(&mut self, text: &str, writer: &mut Writer<'_>) -> ControlFlow<()> {
        let marker = std::mem::take(&mut self.marker);
        if let Some(level) = self.properties.heading {
            self.in_list = false;
            return writer.heading(level, text);
        }
        if marker.trim().is_empty() {
            self.in_list = false;
            return writer.block(text);
        }
        let item = item(self.properties.level, marker.trim(), text);
        if std::mem::replace(&mut self.in_list, true) {
            writer.line(&item)
        } else {
            writer.block(&item)
        }
    }

    /// Whether the text that comes stands in a table.
    pub(super) fn is_in_table(&self) -> bool {
        self.properties.in_table || !self.row.is_empty()
    }

    fn add_to_cell(&mut self, text: &str) {
        let text = text.trim();
        if text.is_empty() {
            return;
        }
        if self.table_size.saturating_add(text.len()) > MAX_TEXT {
            self.counts.cut = true;
            return;
        }
        self.table_size += text.len();
        if !self.cell.is_empty() {
            self.cell.push('\n');
        }
        let marker = std::mem::take(&mut self.marker);
        if marker.trim().is_empty() {
            self.cell.push_str(text);
        } else {
            self.cell.push_str(&item(0, marker.trim(), text));
        }
    }

    pub(super) fn end_cell(&mut self) {
        self.end_inner_cell();
        let cell = std::mem::take(&mut self.cell);
        if self.row.len() < MAX_COLUMNS {
            self.row.push(cell);
        } else {
            self.counts.cut = true;
        }
    }

    /// The end of a cell of a table inside a cell: its text stays with the outer one.
    pub(super) fn end_inner_cell(&mut self) {
        let text = self.take_paragraph();
        self.add_to_cell(&text);
    }

    pub(super) fn end_row(&mut self) {
        let row = std::mem::take(&mut self.row);
        if self.rows.len() >= MAX_ROWS {
            self.counts.cut = true;
        } else if !row.is_empty() {
            self.rows.push(row);
        }
    }

    fn end_table(&mut self, writer: &mut Writer<'_>) -> ControlFlow<()> {
        if self.rows.is_empty() {
            return ControlFlow::Continue(());
        }
        self.in_list = false;
        self.table_size = 0;
        let rows = std::mem::take(&mut self.rows);
        writer.block(&markdown::table(&rows))?;
        self.flush(writer)
    }

    /// Tells what follows a paragraph.
    fn flush(&mut self, writer: &mut Writer<'_>) -> ControlFlow<()> {
        for text in std::mem::take(&mut self.after) {
            self.in_list = false;
            writer.block(&text)?;
        }
        ControlFlow::Continue(())
    }

    /// The end of the file.
    pub(super) fn end(&mut self, writer: &mut Writer<'_>) -> ControlFlow<()> {
        let is_open = !self.row.is_empty() || !self.cell.is_empty();
        if is_open {
            self.end_cell();
            self.end_row();
        }
        self.properties.in_table = false;
        self.end_table(writer)?;
        self.end_paragraph(writer)
    }

    pub(super) fn notes(&self, writer: &mut Writer<'_>) {
        let counts = &self.counts;
        if counts.deletions > 0 && !writer.request().changes {
            writer.note(Note::ChangesLeftOut { count: counts.deletions });
        }
        if counts.comments_left_out > 0 {
            writer.note(Note::CommentsLeftOut { count: counts.comments_left_out });
        }
        if counts.images > 0 {
            writer.note(Note::Images { count: counts.images });
        }
        if counts.cut {
            writer.note(Note::CutAtLimit);
        }
    }

    pub(super) fn deletion(&mut self) {
        self.counts.deletions = self.counts.deletions.saturating_add(1);
    }

    pub(super) fn picture(&mut self) {
        self.counts.images = self.counts.images.saturating_add(1);
    }

    pub(super) fn begin_footnote(&mut self) {
        self.counts.footnotes = self.counts.footnotes.saturating_add(1);
        let mark = format!("[^{}]", self.counts.footnotes);
        self.paragraph.push_str(&mark);
        self.asides.push(String::new());
    }

    pub(super) fn begin_comment(&mut self) {
        self.asides.push(String::new());
    }

    pub(super) fn begin_author(&mut self) {
        self.author.clear();
    }

    pub(super) fn author(&mut self, text: &str) {
        const MAX: usize = 200;
        if self.author.len() < MAX {
            self.author.push_str(text);
        }
    }

    /// Text of the footnote or comment that is open.
    pub(super) fn aside(&mut self, text: &str) {
        if let Some(aside) = self.asides.last_mut().filter(|aside| aside.len() < MAX_ASIDE) {
            aside.push_str(text);
        }
    }

    pub(super) fn end_footnote(&mut self) {
        let text = self.asides.pop().unwrap_or_default();
        let number = self.counts.footnotes;
        self.push_after(format!("[^{number}]: {}", text.trim().replace('\n', "\n    ")));
    }

    pub(super) fn end_comment(&mut self, is_wanted: bool) {
        let text = self.asides.pop().unwrap_or_default();
        let author = std::mem::take(&mut self.author);
        if !is_wanted {
            self.counts.comments_left_out = self.counts.comments_left_out.saturating_add(1);
            return;
        }
        let label = match author.trim() {
            "" => "Comment".to_owned(),
            author => format!("Comment ({author})"),
        };
        self.push_after(markdown::quote(&label, &text));
    }

    fn push_after(&mut self, text: String) {
        const MAX: usize = 10_000;
        if self.after.len() < MAX {
            self.after.push(text);
        }
    }

    /// Part of the name of a style.
    pub(super) fn style_name(&mut self, text: &str) {
        self.styles.name(text);
    }

    /// A word in the table of styles.
    pub(super) fn style_word(&mut self, word: &str, value: Option<i32>) {
        self.styles.word(word, value);
    }

    /// The table of styles ends.
    pub(super) fn end_style(&mut self) {
        self.styles.end();
    }
}

/// An item by its own mark: a number stays one, other marks are bullets or stay with the text.
fn item(level: usize, marker: &str, text: &str) -> String {
    let digits = marker.trim_end_matches(['.', ')']);
    if !digits.is_empty() && digits.len() <= 9 && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return markdown::item(level, &format!("{digits}."), text);
    }
    if marker.chars().any(|c| c.is_ascii_alphanumeric()) && marker.chars().count() > 1 {
        return markdown::item(level, "-", &format!("{marker} {text}"));
    }
    markdown::item(level, "-", text)
}
