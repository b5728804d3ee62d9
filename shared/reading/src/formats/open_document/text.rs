//! One pass over the content of a text or a presentation.

mod aside;
mod elements;

use std::collections::HashMap;
use std::io::BufRead;
use std::ops::ControlFlow;

use super::inline::Inline;
use super::lists::Lists;
use super::slide::Slide;
use super::styles::Styles;
use super::table::Table;
use crate::markdown;
use crate::part::Part;
use crate::reading::Note;
use crate::unreadable::Unreadable;
use crate::writer::{Unit, Wanted, Writer};
use crate::xml::{Piece, Xml};
use aside::Aside;
use elements::Next;

/// Tells the content of a document.
pub(super) fn tell<R: BufRead>(
    xml: &mut Xml<R>,
    styles: Styles,
    has_pages: bool,
    writer: &mut Writer<'_>,
) -> Result<(), Unreadable> {
    let mut walker = Walker::new(styles, writer);
    if has_pages && !walker.turn_page() {
        return Ok(());
    }
    let end = walker.walk(xml);
    match end {
        // What was read before the damage is kept.
        Err(Unreadable::Damaged) if walker.told || walker.slides > 1 => {
            walker.writer.note(Note::PartlyDamaged);
        }
        other => other?,
    }
    if walker.region != Region::Body {
        return Err(Unreadable::Damaged);
    }
    walker.finish();
    Ok(())
}

struct Walker<'w, 'r> {
    styles: Styles,
    writer: &'w mut Writer<'r>,
    region: Region,
    /// Number of the page, when pages are known.
    page: Option<u32>,
    /// Whether anything stands on this page.
    page_has_text: bool,
    /// Whether anything was told at all.
    told: bool,
    /// Breaks that are waiting for the end of a table.
    waiting_breaks: u32,
    slides: u32,
    slide: Option<Slide>,
    /// Whether the writer has enough, and only titles of slides are gathered.
    full: bool,
    paragraphs: Vec<Inline>,
    asides: Vec<Aside>,
    /// What follows the paragraph that is open: its notes, comments and text boxes.
    after: Vec<String>,
    lists: Lists,
    table: Option<Table>,
    frames: Vec<Frame>,
    /// Deleted text by the id of its change.
    deleted: HashMap<String, String>,
    counts: Counts,
    /// What the text of the element that is open is for.
    words: Words,
}

/// Where in the file the walk is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Region {
    Before,
    Styles,
    Body,
}

#[derive(Default)]
struct Counts {
    deletions: u32,
    comments: u32,
    images: u32,
    hidden_slides: u32,
    notes: u32,
}

/// A frame that is open.
#[derive(Default)]
struct Frame {
    class: String,
    has_image: bool,
    description: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Words {
    /// For the paragraph that is open, if any.
    Paragraph,
    /// For the description of a frame.
    Description,
    /// For the author of a comment.
    Author,
    /// For the mark of a footnote.
    Citation,
}

impl<'w, 'r> Walker<'w, 'r> {
    fn new(styles: Styles, writer: &'w mut Writer<'r>) -> Self {
        Self {
            styles,
            writer,
            region: Region::Before,
            page: None,
            page_has_text: false,
            told: false,
            waiting_breaks: 0,
            slides: 0,
            slide: None,
            full: false,
            paragraphs: Vec::new(),
            asides: Vec::new(),
            after: Vec::new(),
            lists: Lists::default(),
            table: None,
            frames: Vec::new(),
            deleted: HashMap::new(),
            counts: Counts::default(),
            words: Words::Paragraph,
        }
    }

    fn walk<R: BufRead>(&mut self, xml: &mut Xml<R>) -> Result<(), Unreadable> {
        loop {
            let next = match xml.next()? {
                None => break,
                Some(Piece::Open(tag)) => self.open(&tag),
                Some(Piece::Close(name)) => self.close(name),
                Some(Piece::Text(text)) => {
                    self.text(&text);
                    Next::Enter
                }
            };
            match next {
                Next::Enter => {}
                Next::PassOver => xml.skip()?,
                Next::Stop => break,
            }
        }
        Ok(())
    }

    /// Goes to the next page; whether any more pages are wanted.
    fn turn_page(&mut self) -> bool {
        let page = self.page.map_or(1, |page| page.saturating_add(1));
        self.page = Some(page);
        self.page_has_text = false;
        self.full |= self.writer.unit(Unit::Page(page)) == Wanted::Stop;
        !self.full
    }

    /// A page ends inside a paragraph, or between two.
    fn break_page(&mut self) -> Next {
        if self.page.is_none() || !self.asides.is_empty() {
            return Next::Enter;
        }
        if self.table.is_some() {
            self.waiting_breaks = self.waiting_breaks.saturating_add(1);
            return Next::Enter;
        }
        if let [paragraph] = self.paragraphs.as_mut_slice() {
            // The rest of a heading stays with it.
            if paragraph.heading.is_none() {
                let text = paragraph.take();
                if self.tell_paragraph(&text).is_break() {
                    return Next::Stop;
                }
            }
        }
        if self.turn_page() { Next::Enter } else { Next::Stop }
    }

    /// A slide begins.
    fn begin_slide(&mut self, style: Option<String>) -> Next {
        self.slides = self.slides.saturating_add(1);
        let mut slide = Slide::new(self.slides);
        if self.full {
            if !matches!(self.writer.request().part, Part::Auto) {
                return Next::PassOver;
            }
            slide.title_only = true;
        } else {
            match self.writer.unit(Unit::Slide(self.slides)) {
                Wanted::Text | Wanted::Outline => {}
                Wanted::Nothing => return Next::PassOver,
                Wanted::Stop => {
                    self.full = true;
                    slide.title_only = true;
                }
            }
        }
        slide.hidden = style.is_some_and(|style| self.styles.is_hidden("drawing-page", &style));
        self.counts.hidden_slides += u32::from(slide.hidden && !slide.title_only);
        self.slide = Some(slide);
        Next::Enter
    }

    fn end_slide(&mut self) {
        let _ = self.flush_after();
        if let Some(slide) = self.slide.take() {
            let may_tell = !slide.title_only || matches!(self.writer.request().part, Part::Auto);
            if may_tell && slide.tell(self.writer).is_break() {
                self.full = true;
            }
        }
    }

    /// The end of a paragraph: it goes to where it stands.
    fn end_paragraph(&mut self) -> Next {
        let Some(paragraph) = self.paragraphs.pop() else {
            return Next::Enter;
        };
        if paragraph.is_hidden {
            self.writer.note(Note::HiddenText);
            return Next::Enter;
        }
        let text = paragraph.text;
        if let Some(aside) = self.asides.last_mut() {
            aside.push(&text);
            return Next::Enter;
        }
        if let Some(table) = &mut self.table {
            table.text(&text);
            return Next::Enter;
        }
        if !self.paragraphs.is_empty() {
            self.push_after(text);
            return Next::Enter;
        }
        let told = match (paragraph.heading, &mut self.slide) {
            (_, Some(slide)) if self.frames.iter().any(|frame| frame.class == "title") => {
                slide.title(&text);
                ControlFlow::Continue(())
            }
            (Some(level), None) => {
                self.lists.interrupt();
                self.page_has_text = true;
                self.told = true;
                self.writer.heading(level, &text)
            }
            _ => self.tell_paragraph(&text),
        };
        if told.is_break() || self.flush_after().is_break() { Next::Stop } else { Next::Enter }
    }

    fn tell_paragraph(&mut self, text: &str) -> ControlFlow<()> {
        if text.trim().is_empty() {
            return ControlFlow::Continue(());
        }
        let (is_apart, text) = self.lists.mark(text, &self.styles);
        self.tell(is_apart, text)
    }

    /// Tells a block, on the slide that is open or at once.
    fn tell(&mut self, is_apart: bool, text: String) -> ControlFlow<()> {
        if let Some(slide) = &mut self.slide {
            if !slide.block(is_apart, text) {
                self.writer.note(Note::CutAtLimit);
            }
            return ControlFlow::Continue(());
        }
        self.page_has_text = true;
        self.told = true;
        if is_apart { self.writer.block(&text) } else { self.writer.line(&text) }
    }

    fn push_after(&mut self, text: String) {
        const MAX: usize = 10_000;
        if self.after.len() < MAX && !text.trim().is_empty() {
            self.after.push(text);
        }
    }

    fn flush_after(&mut self) -> ControlFlow<()> {
        for text in std::mem::take(&mut self.after) {
            self.lists.interrupt();
            self.tell(true, text)?;
        }
        ControlFlow::Continue(())
    }

    fn end_table(&mut self) -> Next {
        if !self.table.as_mut().is_some_and(Table::end) {
            return Next::Enter;
        }
        let Some(table) = self.table.take() else {
            return Next::Enter;
        };
        if table.is_cut() {
            self.writer.note(Note::CutAtLimit);
        }
        let text = markdown::table(&table.into_rows());
        if self.paragraphs.is_empty() {
            self.lists.interrupt();
            if self.tell(true, text).is_break() || self.flush_after().is_break() {
                return Next::Stop;
            }
        } else {
            self.push_after(text);
        }
        for _ in 0..std::mem::take(&mut self.waiting_breaks) {
            if !self.turn_page() {
                return Next::Stop;
            }
        }
        Next::Enter
    }

    fn finish(&mut self) {
        self.end_slide();
        if self.slides > 0 {
            self.writer.units(self.slides);
        } else if let Some(page) = self.page.filter(|_| !self.full) {
            self.writer.units(page);
        }
        let counts = &self.counts;
        if counts.deletions > 0 && !self.writer.request().changes {
            self.writer.note(Note::ChangesLeftOut { count: counts.deletions });
        }
        if counts.comments > 0 && !self.writer.request().comments {
            self.writer.note(Note::CommentsLeftOut { count: counts.comments });
        }
        if counts.images > 0 {
            self.writer.note(Note::Images { count: counts.images });
        }
        if counts.hidden_slides > 0 {
            self.writer.note(Note::HiddenSlides { count: counts.hidden_slides });
        }
    }
}
