//! Where a walk tells its text: the writer, or memory for what stands beside the body.

use std::collections::HashMap;
use std::ops::ControlFlow;

use crate::formats::word::paragraph::{Block, Indents, mark};
use crate::formats::word::stories::Story;
use crate::formats::word::table;
use crate::limits::MAX_HEADING_CHARS;
use crate::markdown;
use crate::writer::{Unit, Wanted, Writer};

/// The most text that is kept of one part beside the body.
const MAX_BESIDE: usize = 4 * 1024 * 1024;

/// Where a walk tells its text.
pub(in crate::formats::word) enum Target<'w, 'r> {
    /// The body.
    Writer(&'w mut Writer<'r>),
    /// Footnotes or comments.
    Stories { open: Option<(String, Story)>, done: HashMap<String, Story>, size: usize },
    /// A header or footer.
    Margin(String),
}

impl Target<'_, '_> {
    /// For a part with many stories.
    pub(in crate::formats::word) fn stories() -> Self {
        Self::Stories { open: None, done: HashMap::new(), size: 0 }
    }

    /// For a header or a footer.
    pub(in crate::formats::word) fn margin() -> Self {
        Self::Margin(String::new())
    }

    pub(super) fn is_writer(&self) -> bool {
        matches!(self, Self::Writer(_))
    }

    pub(super) fn wants_page_numbers(&self) -> bool {
        !matches!(self, Self::Margin(_))
    }

    pub(super) fn enter_page(&mut self, number: u32) -> ControlFlow<()> {
        if let Self::Writer(writer) = self
            && writer.unit(Unit::Page(number)) == Wanted::Stop
        {
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    }

    /// How many pages there are, when all were seen.
    pub(super) fn units(&mut self, pages: Option<u32>, stopped: bool) {
        if let (Self::Writer(writer), Some(pages), false) = (self, pages, stopped) {
            writer.units(pages);
        }
    }

    pub(super) fn block(
        &mut self,
        block: Block,
        indents: &mut Indents,
        follows: bool,
    ) -> ControlFlow<()> {
        let Self::Writer(writer) = self else {
            return self.text(&plain(block));
        };
        match block {
            Block::Heading(level, text) if text.chars().count() > MAX_HEADING_CHARS => {
                writer.entry(level, &text);
                writer.block(&markdown::heading(level, &text))
            }
            Block::Heading(level, text) => writer.heading(level, &text),
            Block::Item { level, marker, text } => {
                let line = indents.item(level, &marker, &text);
                if follows { writer.line(&line) } else { writer.block(&line) }
            }
            Block::Text(text) => writer.block(&markdown::paragraph(&text)),
            Block::Table(rows) => match rows.as_slice() {
                // A table of one cell is a frame around text.
                [row] if row.len() == 1 => {
                    let text = row.first().map(String::as_str).unwrap_or_default();
                    writer.block(&markdown::paragraph(text))
                }
                rows => writer.block(&markdown::table(rows)),
            },
        }
    }

    /// Rows of a table of the body; later ones follow those before.
    pub(super) fn rows(&mut self, rows: &[Vec<String>], follow: bool) -> ControlFlow<()> {
        let Self::Writer(writer) = self else { return ControlFlow::Continue(()) };
        if !follow {
            return writer.block(&markdown::table(rows));
        }
        for row in rows {
            let mut line = String::new();
            markdown::push_row(&mut line, row, row.len());
            writer.line(&line)?;
        }
        ControlFlow::Continue(())
    }

    /// Markdown that stands alone.
    pub(super) fn text(&mut self, text: &str) -> ControlFlow<()> {
        let (kept, size) = match self {
            Self::Writer(writer) => return writer.block(text),
            Self::Stories { open: Some((_, story)), size, .. } => {
                *size += text.len();
                (&mut story.text, *size)
            }
            Self::Stories { open: None, .. } => return ControlFlow::Continue(()),
            Self::Margin(kept) => {
                let size = kept.len() + text.len();
                (kept, size)
            }
        };
        if size > MAX_BESIDE {
            return ControlFlow::Break(());
        }
        if !kept.is_empty() {
            kept.push('\n');
        }
        kept.push_str(text);
        ControlFlow::Continue(())
    }

    pub(super) fn begin_story(&mut self, id: String, author: String) {
        if let Self::Stories { open, size, .. } = self {
            *size += id.len() + author.len() + 64;
            *open = Some((id, Story { text: String::new(), author }));
        }
    }

    pub(super) fn end_story(&mut self) {
        if let Self::Stories { open, done, .. } = self {
            done.extend(open.take());
        }
    }

    pub(super) fn take_stories(&mut self) -> HashMap<String, Story> {
        match self {
            Self::Stories { done, .. } => std::mem::take(done),
            _ => HashMap::new(),
        }
    }

    pub(super) fn take_text(&mut self) -> String {
        match self {
            Self::Margin(text) => std::mem::take(text),
            _ => String::new(),
        }
    }
}

/// A block inside a cell or a note.
pub(super) fn plain(block: Block) -> String {
    match block {
        Block::Heading(_, text) => text,
        Block::Text(text) => text.trim().to_owned(),
        Block::Item { marker, text, .. } => format!("{}{}", mark(&marker), text.trim()),
        Block::Table(rows) => table::flat(&rows),
    }
}
