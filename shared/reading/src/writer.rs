//! Where the readers of all formats write: keeps what was asked for, says when to stop.
//!
//! A reader tells its text in order, unit by unit (page, slide, sheet, part of a mail), and every
//! piece as Markdown. It needs to know nothing of ranges, budgets and cursors: it looks at
//! [`Wanted`] and at [`ControlFlow`], and skips or ends.

use std::ops::ControlFlow;

use crate::clean::clean;
use crate::limits::{MAX_HEADING_CHARS, MAX_NOTES, MAX_OUTLINE};
use crate::markdown;
use crate::part::{Cells, Part};
use crate::reading::{Extract, Heading, Note, Passage, Place, Position, Request};
use crate::unreadable::Unreadable;

/// What the writer wants to have of a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// Its text.
    Text,
    /// Its headings only: an outline is asked for. Text may be told, and is not kept.
    Outline,
    /// Nothing; go on to the next unit.
    Nothing,
    /// Nothing of this or any later unit.
    Stop,
}

/// A unit of a file, counted from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    /// A page.
    Page(u32),
    /// A slide.
    Slide(u32),
    /// A sheet, by number and name.
    Sheet(u32, String),
    /// A part of a mail, or any other piece that has no name of its own.
    Piece(u32),
}

/// Collects an [`Extract`].
pub(crate) struct Writer<'r> {
    request: &'r Request,
    extract: Extract,
    outline: Vec<Heading>,
    place: Place,
    unit: u32,
    /// Characters told of this unit.
    told: u64,
    /// Characters told of all units.
    told_in_all: u64,
    kept: usize,
    wanted: Wanted,
    seen_wanted: bool,
    full: bool,
    /// Header of the table that is being told.
    head: Option<String>,
    /// Cells of this sheet that were kept; said when it ends.
    shown: Option<Cells>,
}

/// What a piece of text is, as far as cutting it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// It may be cut at a line or a word.
    Text,
    /// The header of a table: whole or not at all.
    Head,
    /// A row of a table: whole or not at all, and never without its header.
    Row,
}

impl<'r> Writer<'r> {
    /// A writer for a request. Before the first [`unit`](Self::unit) it is in unit 0, which is
    /// the whole of a file that has no units.
    pub(crate) fn new(request: &'r Request) -> Self {
        let mut writer = Self {
            request,
            extract: Extract::default(),
            outline: Vec::new(),
            place: Place::default(),
            unit: 0,
            told: 0,
            told_in_all: 0,
            kept: 0,
            wanted: Wanted::Text,
            seen_wanted: false,
            full: false,
            head: None,
            shown: None,
        };
        writer.wanted = writer.wants(&Unit::Piece(0));
        writer
    }

    /// The request.
    pub(crate) fn request(&self) -> &'r Request {
        self.request
    }

    /// The cells that are asked for, if only some are.
    pub(crate) fn cells(&self) -> Option<Cells> {
        match &self.request.part {
            Part::Sheet { cells, .. } => *cells,
            _ => None,
        }
    }

    /// Enters a unit.
    pub(crate) fn unit(&mut self, unit: Unit) -> Wanted {
        if self.full {
            return Wanted::Stop;
        }
        self.end_sheet();
        self.wanted = self.wants(&unit);
        self.seen_wanted |= matches!(self.wanted, Wanted::Text | Wanted::Outline);
        self.told = 0;
        self.head = None;
        let heading = match (&unit, &self.place) {
            // A heading goes on over a page break, and ends with a slide or a sheet.
            (Unit::Page(_), place) if place.page.is_some() || self.unit == 0 => {
                self.place.heading.clone()
            }
            _ => None,
        };
        self.place = Place { heading, ..Place::default() };
        self.unit = match unit {
            Unit::Page(number) => {
                self.place.page = Some(number);
                number
            }
            Unit::Slide(number) => {
                self.place.slide = Some(number);
                number
            }
            Unit::Sheet(number, name) => {
                self.place.sheet = Some(clean(&name).into_owned());
                number
            }
            Unit::Piece(number) => number,
        };
        self.wanted
    }

    fn wants(&self, unit: &Unit) -> Wanted {
        let number = match unit {
            Unit::Page(n) | Unit::Slide(n) | Unit::Sheet(n, _) | Unit::Piece(n) => *n,
        };
        if self.request.from.is_some_and(|from| number < from.unit) {
            return Wanted::Nothing;
        }
        match (&self.request.part, unit) {
            (Part::Outline, _) => Wanted::Outline,
            (Part::Pages(span), Unit::Page(_)) | (Part::Slides(span), Unit::Slide(_)) => {
                if span.contains(number) {
                    Wanted::Text
                } else if number > span.last {
                    Wanted::Stop
                } else {
                    Wanted::Nothing
                }
            }
            (Part::Sheet { name, .. }, Unit::Sheet(_, own)) => match name {
                Some(name) if name.to_lowercase() == own.to_lowercase() => Wanted::Text,
                Some(_) => Wanted::Nothing,
                // Without a name it is the first one, and a cursor stays in its sheet.
                None if self.seen_wanted => Wanted::Stop,
                None => Wanted::Text,
            },
            // What has no such units is read whole: better than nothing, and the note says so.
            _ => Wanted::Text,
        }
    }

    /// A heading: an entry of the outline, and a line of text.
    pub(crate) fn heading(&mut self, level: u8, text: &str) -> ControlFlow<()> {
        if !clean(text).trim().is_empty() {
            self.entry(level, text);
        }
        self.heading_of_text(level, text)
    }

    /// A heading that is no entry of the outline, because the file has an outline of its own.
    pub(crate) fn heading_of_text(&mut self, level: u8, text: &str) -> ControlFlow<()> {
        let text: String = clean(text).trim().chars().take(MAX_HEADING_CHARS).collect();
        if text.is_empty() {
            return self.going_on();
        }
        self.place.heading = Some(text.clone());
        self.block(&markdown::heading(level, &text))
    }

    /// An entry of the outline that is no line of text: a bookmark, a sheet, a slide.
    pub(crate) fn entry(&mut self, level: u8, text: &str) {
        if self.outline.len() < MAX_OUTLINE {
            let text: String = clean(text).trim().chars().take(MAX_HEADING_CHARS).collect();
            self.outline.push(Heading { level: level.max(1), text, place: self.place.clone() });
        }
    }

    /// An entry of the outline at another place, such as a bookmark of a page not yet reached.
    pub(crate) fn entry_at(&mut self, level: u8, text: &str, place: Place) {
        let here = std::mem::replace(&mut self.place, place);
        self.entry(level, text);
        self.place = here;
    }

    /// A paragraph, list or table: Markdown without empty lines around it.
    pub(crate) fn block(&mut self, text: &str) -> ControlFlow<()> {
        self.head = None;
        self.told_piece(text, "\n\n", Shape::Text)
    }

    /// One line that follows the block or line before it without an empty line between, such as a
    /// row of a table or an item of a list.
    pub(crate) fn line(&mut self, text: &str) -> ControlFlow<()> {
        self.told_piece(text, "\n", Shape::Text)
    }

    /// The header of a table whose rows follow by [`row`](Self::row).
    pub(crate) fn table_head(&mut self, lines: &str) -> ControlFlow<()> {
        self.head = Some(lines.to_owned());
        self.told_piece(lines, "\n\n", Shape::Head)
    }

    /// What is said before the first row of an answer that goes on inside the table, instead of
    /// its header alone.
    pub(crate) fn repeat(&mut self, lines: String) {
        self.head = Some(lines);
    }

    /// A row of a table and the cells it shows, if any. It is not cut, unless it alone is more
    /// than an answer holds.
    pub(crate) fn row(&mut self, text: &str, cells: Option<Cells>) -> ControlFlow<()> {
        let before = self.kept;
        let flow = self.told_piece(text, "\n", Shape::Row);
        if self.kept > before
            && let Some(cells) = cells
        {
            self.shown = Some(self.shown.map_or(cells, |shown| shown.with(cells)));
        }
        flow
    }

    /// Says which cells the text of this sheet came from.
    fn end_sheet(&mut self) {
        if let Some(cells) = self.shown.take()
            && let Some(last) = self.extract.passages.last_mut()
            && last.place.sheet == self.place.sheet
        {
            last.place.cells = Some(cells.to_string());
        }
    }

    fn told_piece(&mut self, text: &str, separator: &str, shape: Shape) -> ControlFlow<()> {
        if self.full {
            return ControlFlow::Break(());
        }
        if self.wanted != Wanted::Text {
            return self.going_on();
        }
        let text = markdown::without_marks(clean(text));
        let text = text.trim_matches('\n');
        if text.trim().is_empty() {
            return self.going_on();
        }
        let own = length(text);
        let count = own + length(separator);
        let (start, start_in_all) = (self.told, self.told_in_all);
        self.told = self.told.saturating_add(count);
        self.told_in_all = self.told_in_all.saturating_add(count);
        // What an earlier answer gave already, or what lies before the asked range.
        let given = self.request.from.filter(|from| from.unit == self.unit).map_or(0, |f| f.chars);
        let mut skip = given.saturating_sub(start);
        let mut end = count;
        if let Part::Characters { from, to } = self.request.part {
            skip = skip.max(from.saturating_sub(start_in_all));
            end = to.saturating_sub(start_in_all).min(count);
            if end == 0 {
                self.full = true;
                return ControlFlow::Break(());
            }
        }
        let end = end.min(own);
        if skip >= end {
            return self.going_on();
        }
        let rest = Counted { text, length: own }.between(skip, end);
        let nothing_yet = self.extract.passages.is_empty();
        if shape == Shape::Row && nothing_yet {
            self.keep_head();
        }
        if shape != Shape::Text && !nothing_yet && to_usize(rest.length) > self.room() {
            let chars = start.saturating_add(skip);
            self.extract.next = Some(Position { unit: self.unit, chars });
            self.full = true;
            return ControlFlow::Break(());
        }
        self.keep(rest, separator, start.saturating_add(skip))
    }

    /// Says the header of a table again, unless it would take most of the answer.
    fn keep_head(&mut self) {
        let most = self.room() / 2;
        if let Some(head) = self.head.take_if(|head| to_usize(length(head)) <= most) {
            self.push(Counted::from(head.as_str()), "\n\n");
        }
    }

    /// Characters that the answer has room for.
    fn room(&self) -> usize {
        self.request.max_chars.saturating_sub(self.kept)
    }

    /// Keeps text whose first character is number `at` of its unit.
    fn keep(&mut self, piece: Counted<'_>, separator: &str, at: u64) -> ControlFlow<()> {
        let room = self.room();
        if to_usize(piece.length) <= room {
            self.push(piece, separator);
            return self.going_on();
        }
        let shown = Counted::from(cut(piece.text, room));
        if shown.length > 0 {
            self.push(shown, separator);
        }
        let chars = at.saturating_add(shown.length);
        self.extract.next = Some(Position { unit: self.unit, chars });
        self.full = true;
        ControlFlow::Break(())
    }

    fn push(&mut self, piece: Counted<'_>, separator: &str) {
        self.kept = self.kept.saturating_add(to_usize(piece.length));
        match self.extract.passages.last_mut() {
            Some(last) if same_passage(&last.place, &self.place) => {
                last.text.push_str(separator);
                last.text.push_str(piece.text);
            }
            _ => {
                let passage = Passage { place: self.place.clone(), text: piece.text.to_owned() };
                self.extract.passages.push(passage);
            }
        }
    }

    fn going_on(&self) -> ControlFlow<()> {
        if self.full { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    /// How many pages, slides or sheets there are.
    pub(crate) fn units(&mut self, count: u32) {
        self.extract.units = Some(count);
    }

    /// Something the reader should know; the same kind of note only once.
    pub(crate) fn note(&mut self, note: Note) {
        let kinds = self.extract.notes.iter().map(std::mem::discriminant);
        let known = kinds.into_iter().any(|kind| kind == std::mem::discriminant(&note));
        if !known && self.extract.notes.len() < MAX_NOTES {
            self.extract.notes.push(note);
        }
    }

    /// Whether anything was kept.
    pub(crate) fn is_empty(&self) -> bool {
        self.extract.passages.is_empty()
    }

    /// The extract.
    ///
    /// # Errors
    /// [`Unreadable::NoSuchPart`] when pages, slides or a sheet were asked for that are not there.
    pub(crate) fn finish(mut self) -> Result<Extract, Unreadable> {
        self.end_sheet();
        let asked = matches!(self.request.part, Part::Pages(_) | Part::Slides(_))
            || matches!(&self.request.part, Part::Sheet { name: Some(_), .. });
        if asked && self.unit > 0 && !self.seen_wanted && self.request.from.is_none() {
            return Err(Unreadable::NoSuchPart { available: self.available() });
        }
        let whole = self.extract.next.is_none() && self.request.from.is_none();
        let outline = match self.request.part {
            Part::Outline => true,
            Part::Auto => !whole,
            _ => false,
        };
        if outline {
            self.extract.outline = self.outline;
        }
        Ok(self.extract)
    }

    fn available(&self) -> String {
        if self.place.sheet.is_some() {
            let names: Vec<&str> =
                self.outline.iter().filter_map(|entry| entry.place.sheet.as_deref()).collect();
            return format!("its sheets are {}", names.join(", "));
        }
        let count = self.extract.units.unwrap_or(self.unit);
        let word = if self.place.slide.is_some() { "slides" } else { "pages" };
        format!("it has {word} 1 to {count}")
    }
}

/// Text, and how many characters it has.
#[derive(Clone, Copy)]
struct Counted<'t> {
    text: &'t str,
    length: u64,
}

impl Counted<'_> {
    /// The characters from `skip` to `end`, which is not beyond the last one.
    fn between(self, skip: u64, end: u64) -> Self {
        let start = if skip == 0 { 0 } else { byte_of(self.text, skip) };
        let stop = if end == self.length { self.text.len() } else { byte_of(self.text, end) };
        let text = self.text.get(start..stop).unwrap_or_default();
        Self { text, length: end - skip }
    }
}

impl<'t> From<&'t str> for Counted<'t> {
    fn from(text: &'t str) -> Self {
        Self { text, length: length(text) }
    }
}

/// Where a character begins.
fn byte_of(text: &str, character: u64) -> usize {
    text.char_indices().nth(to_usize(character)).map_or(text.len(), |(at, _)| at)
}

/// Places whose text belongs together: cells grow while a sheet is read.
fn same_passage(one: &Place, two: &Place) -> bool {
    one.page == two.page
        && one.slide == two.slide
        && one.sheet == two.sheet
        && one.heading == two.heading
}

fn length(text: &str) -> u64 {
    u64::try_from(text.chars().count()).unwrap_or(u64::MAX)
}

fn to_usize(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// At most `room` characters, ended at a line or a word when one ends in the last quarter.
fn cut(text: &str, room: usize) -> &str {
    let end = text.char_indices().nth(room).map_or(text.len(), |(at, _)| at);
    let (head, _) = text.split_at_checked(end).unwrap_or((text, ""));
    let late = end - end / 4;
    let stop = head.rfind('\n').filter(|at| *at >= late);
    let stop = stop.or_else(|| head.rfind(' ').filter(|at| *at >= late));
    stop.and_then(|at| head.get(..=at)).unwrap_or(head)
}

#[cfg(test)]
mod tests;
