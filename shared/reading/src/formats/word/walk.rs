//! The walk over a part: elements open and close, and what they mean is told.

mod context;
mod element;
mod target;

use std::io::BufRead;

pub(super) use context::Context;
use element::Element;
pub(super) use target::Target;

use super::fields::Fields;
use super::inline::{Inline, Look};
use super::paragraph::{Block, Indents, Paragraph};
use super::table::Table;
use crate::unreadable::Unreadable;
use crate::xml::{Piece, Xml};

/// The longest paragraph that is held before it is told, in bytes.
const MAX_PARAGRAPH: usize = 1024 * 1024;

/// A walk over one part.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(super) struct Walk<'w, 'r> {
    target: Target<'w, 'r>,
    context: Context,
    /// The elements that are open.
    path: Vec<Element>,
    /// The depth at which the element began whose content is left out.
    skipped: Option<usize>,
    /// The paragraphs and tables that are open, one in the other.
    open: Vec<Container>,
    run: Run,
    fields: Fields,
    /// The links that are open: mark, paragraph, address.
    links: Vec<(usize, u64, String)>,
    /// Counts paragraphs, and their parts on different pages.
    paragraph: u64,
    /// Whether a choice was taken, for each open set of alternatives.
    chosen: Vec<bool>,
    deletions: usize,
    deletion_counted: bool,
    formulas: usize,
    /// What the open drawing shows, in words.
    alt: String,
    /// Footnotes and comments that come after the open paragraph or table.
    pending: Vec<String>,
    pages: Pages,
    indents: Indents,
    after_item: bool,
    /// Whether anything was found to tell.
    found: bool,
    stopped: bool,
}

enum Container {
    Paragraph(Paragraph),
    Table(Table),
}

#[derive(Default)]
struct Run {
    look: Look,
    hidden: bool,
}

/// The page that the walk is on.
struct Pages {
    /// Whether the document says where they end.
    known: bool,
    number: u32,
    /// The page that was told last.
    entered: u32,
    /// Breaks of the author since the last word: each comes again as a break of the printout.
    by_author: u32,
}

impl<'w, 'r> Walk<'w, 'r> {
    /// A walk that tells a target.
    pub(super) fn new(target: Target<'w, 'r>, context: Context, has_pages: bool) -> Self {
        Self {
            target,
            context,
            path: Vec::new(),
            skipped: None,
            open: Vec::new(),
            run: Run::default(),
            fields: Fields::default(),
            links: Vec::new(),
            paragraph: 0,
            chosen: Vec::new(),
            deletions: 0,
            deletion_counted: false,
            formulas: 0,
            alt: String::new(),
            pending: Vec::new(),
            pages: Pages { known: has_pages, number: 1, entered: 0, by_author: 0 },
            indents: Indents::default(),
            after_item: false,
            found: false,
            stopped: false,
        }
    }

    /// Walks over a part.
    ///
    /// # Errors
    /// When the part asks for too much, or is damaged before anything could be read.
    pub(super) fn run(&mut self, source: impl BufRead) -> Result<(), Unreadable> {
        self.enter_page();
        match self.pieces(source) {
            Ok(()) => {
                self.target.units(self.pages.known.then_some(self.pages.number), self.stopped);
                Ok(())
            }
            Err(Unreadable::Damaged) if self.found || !self.target.is_writer() => {
                self.context.damaged = true;
                self.close_all();
                Ok(())
            }
            Err(problem) => Err(problem),
        }
    }

    fn pieces(&mut self, source: impl BufRead) -> Result<(), Unreadable> {
        let mut xml = Xml::new(source);
        while !self.stopped {
            let depth = xml.depth();
            let Some(piece) = xml.next()? else { break };
            match piece {
                Piece::Open(_) | Piece::Text(_) if self.skipped.is_some() => {}
                Piece::Open(tag) => match self.opened(&tag) {
                    Some(element) => self.path.push(element),
                    None => self.skipped = Some(depth),
                },
                Piece::Text(text) => self.text(&text),
                Piece::Close(_) => match self.skipped {
                    Some(start) if start + 1 == depth => self.skipped = None,
                    Some(_) => {}
                    None => {
                        if let Some(element) = self.path.pop() {
                            self.closed(element);
                        }
                    }
                },
            }
        }
        Ok(())
    }

    /// Whether everything was walked over.
    pub(super) fn is_at_end(&self) -> bool {
        !self.stopped
    }

    /// What the walk learnt.
    pub(super) fn finish(self) -> Context {
        self.context
    }

    fn text(&mut self, text: &str) {
        match self.path.last() {
            Some(Element::Text | Element::DeletedText) => self.words(text),
            Some(Element::Instruction) => self.fields.instruct(text),
            _ => {}
        }
    }

    /// Words of a run, if they are to be seen.
    fn words(&mut self, text: &str) {
        if self.fields.hide_text(self.paragraph, self.target.wants_page_numbers()) {
            return;
        }
        let blank = text.trim().is_empty();
        if self.run.hidden {
            self.context.hidden |= !blank;
            return;
        }
        let mut look = self.run.look;
        if self.deletions > 0 {
            if !self.context.changes_wanted {
                if !blank && !std::mem::replace(&mut self.deletion_counted, true) {
                    self.context.deletions = self.context.deletions.saturating_add(1);
                }
                return;
            }
            look.struck = true;
        }
        if !blank {
            self.pages.by_author = 0;
            self.found = true;
        }
        let Some(inline) = self.inline() else { return };
        inline.push(text, look);
        if inline.size() > MAX_PARAGRAPH {
            self.break_paragraph();
        }
    }

    /// Markdown in the words of the open paragraph.
    fn whole(&mut self, text: String) {
        self.found = true;
        if let Some(inline) = self.inline() {
            inline.push_whole(text);
        }
    }

    fn is_unseen(&self) -> bool {
        self.run.hidden || (self.deletions > 0 && !self.context.changes_wanted)
    }

    fn inline(&mut self) -> Option<&mut Inline> {
        match self.open.last_mut() {
            Some(Container::Paragraph(paragraph)) => Some(&mut paragraph.inline),
            _ => None,
        }
    }

    fn table(&mut self) -> Option<&mut Table> {
        match self.open.last_mut() {
            Some(Container::Table(table)) => Some(table),
            _ => None,
        }
    }

    /// A page ends here.
    fn end_page(&mut self, by_author: bool) {
        if !self.pages.known || !self.target.is_writer() || self.is_unseen() {
            return;
        }
        if by_author {
            self.pages.by_author = self.pages.by_author.saturating_add(1);
        } else if self.pages.by_author > 0 {
            self.pages.by_author -= 1;
            return;
        }
        match self.open.as_slice() {
            [] | [Container::Paragraph(_)] => {
                self.pages.number = self.pages.number.saturating_add(1);
                self.break_paragraph();
                self.enter_page();
            }
            // In a table the page begins after the row.
            [Container::Table(_), ..] => self.pages.number = self.pages.number.saturating_add(1),
            // Boxes are told where they hang.
            [Container::Paragraph(_), ..] => {}
        }
    }

    fn enter_page(&mut self) {
        if self.pages.known && self.pages.entered != self.pages.number {
            self.pages.entered = self.pages.number;
            self.stopped |= self.target.enter_page(self.pages.number).is_break();
        }
    }

    /// Tells the words of the open paragraph so far.
    fn break_paragraph(&mut self) {
        if self.inline().is_none_or(|inline| inline.is_blank()) {
            return;
        }
        let Some(Container::Paragraph(mut paragraph)) = self.open.pop() else { return };
        self.paragraph += 1;
        let block = paragraph.block(&mut self.context);
        self.deliver(block);
        self.open.push(Container::Paragraph(paragraph));
    }

    fn end_paragraph(&mut self) {
        let Some(Container::Paragraph(mut paragraph)) = self.open.pop() else { return };
        self.paragraph += 1;
        let block = paragraph.block(&mut self.context);
        self.deliver(block);
        for block in paragraph.after {
            self.deliver(Some(block));
        }
    }

    fn end_row(&mut self) {
        let bottom = self.open.len() == 1 && self.target.is_writer();
        let turns = self.pages.entered != self.pages.number && self.pages.known;
        let Some(table) = self.table() else { return };
        table.end_row();
        if !bottom || !(table.is_full() || turns) {
            return;
        }
        let header = self.tell_rows();
        if turns {
            self.tell_pending();
            self.enter_page();
            if let (Some(table), Some(header)) = (self.table(), header) {
                table.begin_again(header);
            }
        }
    }

    /// Tells the rows so far of a table of the body, and gives back its header.
    fn tell_rows(&mut self) -> Option<Vec<String>> {
        let table = self.table()?;
        let rows = table.take_rows();
        let written = std::mem::replace(&mut table.written, true);
        self.after_item = false;
        self.stopped |= self.target.rows(&rows, written).is_break();
        rows.into_iter().next()
    }

    fn end_table(&mut self) {
        let Some(Container::Table(mut table)) = self.open.pop() else { return };
        let rows = table.take_rows();
        if table.written {
            self.stopped |= self.target.rows(&rows, true).is_break();
            self.tell_pending();
        } else {
            self.deliver((!rows.is_empty()).then_some(Block::Table(rows)));
        }
        if self.open.is_empty() {
            self.enter_page();
        }
    }

    /// Gives a block to what it stands in.
    fn deliver(&mut self, block: Option<Block>) {
        match self.open.last_mut() {
            Some(Container::Table(table)) => {
                let told = block.is_none_or(|block| table.tell(&target::plain(block)));
                self.context.cut |= !told;
            }
            Some(Container::Paragraph(outer)) => outer.after.extend(block),
            None => {
                if let Some(block) = block {
                    let item = matches!(block, Block::Item { .. });
                    if !item {
                        self.indents.end();
                    }
                    let follows = item && std::mem::replace(&mut self.after_item, item);
                    self.after_item = item;
                    let told = self.target.block(block, &mut self.indents, follows);
                    self.stopped |= told.is_break();
                }
                self.tell_pending();
            }
        }
    }

    /// Tells the footnotes and comments of what was just told.
    fn tell_pending(&mut self) {
        for text in std::mem::take(&mut self.pending) {
            self.after_item = false;
            self.stopped |= self.target.text(&text).is_break();
        }
    }

    /// Ends what a damaged part left open.
    fn close_all(&mut self) {
        while let Some(container) = self.open.last_mut() {
            match container {
                Container::Paragraph(_) => self.end_paragraph(),
                Container::Table(table) => {
                    table.end_cell();
                    table.end_row();
                    self.end_table();
                }
            }
        }
        self.target.end_story();
    }

    /// The stories that were read.
    pub(super) fn take_stories(
        &mut self,
    ) -> std::collections::HashMap<String, super::stories::Story> {
        self.target.take_stories()
    }

    /// The text that was read.
    pub(super) fn take_text(&mut self) -> String {
        self.target.take_text()
    }
}
