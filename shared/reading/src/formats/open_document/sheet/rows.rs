//! The rows of one sheet: those that are empty or repeated cost nothing.

use std::fmt::Write as _;
use std::ops::ControlFlow;

use super::cell::Cell;
use super::flow;
use crate::formats::grid::Grid;
use crate::formats::open_document::table::repeated;
use crate::part::{Cells, column_name};
use crate::writer::Writer;
use crate::xml::Tag;

/// Rows and columns of the largest sheet.
const MAX_ROW: u32 = 1_048_575;
const MAX_COLUMN: u32 = 16_383;
/// Cells that repetition may add to one sheet.
const MAX_REPEATED: usize = 100_000;
/// Comments of one sheet.
const MAX_COMMENTS: usize = 5_000;
/// Names of columns in an entry of the outline.
const MAX_NAMES: usize = 12;

/// The rows of a sheet while they are read.
pub(super) struct Rows {
    grid: Grid,
    window: Option<Cells>,
    row: u32,
    column: u32,
    row_repeated: usize,
    cells: Vec<(u32, String)>,
    cell: Option<Cell>,
    comment: Option<Comment>,
    comments: Vec<String>,
    comment_count: u32,
    repetition_left: usize,
    formulas: u32,
    extent: Option<Cells>,
    names: Option<(u32, Vec<String>)>,
    state: State,
    is_cut: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Open,
    /// The window ends above.
    Passed,
    /// The writer has enough.
    Full,
}

/// A comment that is open.
#[derive(Default)]
struct Comment {
    author: String,
    text: String,
    in_author: bool,
    in_words: bool,
}

impl Rows {
    pub(super) fn new(window: Option<Cells>) -> Self {
        Self {
            grid: Grid::new(window.map_or(0, |cells| cells.top)),
            window,
            row: 0,
            column: 0,
            row_repeated: 1,
            cells: Vec::new(),
            cell: None,
            comment: None,
            comments: Vec::new(),
            comment_count: 0,
            repetition_left: MAX_REPEATED,
            formulas: 0,
            extent: None,
            names: None,
            state: State::Open,
            is_cut: false,
        }
    }

    /// Whether no further row is wanted.
    pub(super) fn is_full(&self) -> bool {
        self.state != State::Open
    }

    /// Whether repetition was cut.
    pub(super) fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// Cells with a formula and no value.
    pub(super) fn formulas(&self) -> u32 {
        self.formulas
    }

    /// How many comments there are.
    pub(super) fn comments(&self) -> u32 {
        self.comment_count
    }

    /// An element of the sheet; whether it is read.
    pub(super) fn open(&mut self, tag: &Tag<'_>) -> bool {
        match (tag.name(), &mut self.comment) {
            ("table-row", _) => {
                self.row_repeated = repeated(tag, "number-rows-repeated");
                self.column = 0;
                self.cells.clear();
            }
            ("table-cell", _) => self.cell = Some(Cell::new(tag)),
            ("covered-table-cell", _) => {
                self.advance(repeated(tag, "number-columns-repeated"));
                return false;
            }
            ("annotation", _) => self.comment = Some(Comment::default()),
            ("creator", Some(comment)) => comment.in_author = true,
            ("p", Some(comment)) => comment.in_words = true,
            (_, Some(_)) => {}
            (_, None) => return self.cell.as_mut().is_none_or(|cell| cell.open(tag)),
        }
        true
    }

    pub(super) fn close(&mut self, name: &str) {
        match (name, &mut self.comment) {
            ("table-cell", _) => self.end_cell(),
            ("annotation", _) => self.end_comment(),
            ("creator", Some(comment)) => comment.in_author = false,
            ("p", Some(comment)) => {
                comment.in_words = false;
                comment.text.push(' ');
            }
            (_, Some(_)) => {}
            (name, None) => {
                if let Some(cell) = &mut self.cell {
                    cell.close(name);
                }
            }
        }
    }

    pub(super) fn text(&mut self, text: &str) {
        const MAX_COMMENT: usize = 8_000;
        match &mut self.comment {
            Some(comment) if comment.in_author && comment.author.len() < MAX_COMMENT => {
                comment.author.push_str(text);
            }
            Some(comment) if comment.in_words && comment.text.len() < MAX_COMMENT => {
                comment.text.push_str(text);
            }
            Some(_) => {}
            None => {
                if let Some(cell) = &mut self.cell {
                    cell.text(text);
                }
            }
        }
    }

    fn advance(&mut self, columns: usize) {
        let columns = u32::try_from(columns).unwrap_or(u32::MAX);
        self.column = self.column.saturating_add(columns);
    }

    fn end_cell(&mut self) {
        let Some(cell) = self.cell.take() else {
            return;
        };
        let times = cell.repeated;
        let (text, is_formula) = cell.into_text();
        if !text.trim().is_empty() {
            self.formulas = self.formulas.saturating_add(u32::from(is_formula));
            for (at, column) in (self.column..=MAX_COLUMN).take(times).enumerate() {
                if at > 0 && !self.may_repeat(1) {
                    break;
                }
                self.cells.push((column, text.clone()));
            }
        }
        self.advance(times);
    }

    fn may_repeat(&mut self, cells: usize) -> bool {
        match self.repetition_left.checked_sub(cells) {
            Some(left) => self.repetition_left = left,
            None => self.is_cut = true,
        }
        !self.is_cut
    }

    pub(super) fn end_row(&mut self, writer: &mut Writer<'_>) -> ControlFlow<()> {
        let cells = std::mem::take(&mut self.cells);
        let times = std::mem::replace(&mut self.row_repeated, 1);
        if !cells.is_empty() {
            for (at, row) in (self.row..=MAX_ROW).take(times).enumerate() {
                if at > 0 && !self.may_repeat(cells.len()) {
                    break;
                }
                self.push(row, &cells, writer)?;
                if self.is_full() {
                    break;
                }
            }
        }
        let rows = u32::try_from(times).unwrap_or(u32::MAX);
        self.row = self.row.saturating_add(rows);
        if self.state == State::Open && self.window.is_some_and(|window| self.row > window.bottom) {
            self.state = State::Passed;
        }
        ControlFlow::Continue(())
    }

    fn push(
        &mut self,
        row: u32,
        cells: &[(u32, String)],
        writer: &mut Writer<'_>,
    ) -> ControlFlow<()> {
        for (column, text) in cells {
            if self.window.is_some_and(|window| !window.contains(row, *column)) {
                continue;
            }
            self.see(row, *column, text);
            if self.grid.push(row, *column, text, writer).is_break() {
                self.state = State::Full;
                return ControlFlow::Break(());
            }
        }
        ControlFlow::Continue(())
    }

    /// Remembers which cells are in use, and the first row.
    fn see(&mut self, row: u32, column: u32, text: &str) {
        let cell = Cells { top: row, left: column, bottom: row, right: column };
        self.extent = Some(self.extent.map_or(cell, |extent| extent.with(cell)));
        let (first, names) = self.names.get_or_insert_with(|| (row, Vec::new()));
        if *first == row && names.len() < MAX_NAMES {
            names.push(text.trim().chars().take(40).collect());
        }
    }

    fn end_comment(&mut self) {
        let Some(comment) = self.comment.take() else {
            return;
        };
        if self.window.is_some_and(|window| !window.contains(self.row, self.column.min(MAX_COLUMN)))
        {
            return;
        }
        self.comment_count = self.comment_count.saturating_add(1);
        if self.comments.len() < MAX_COMMENTS {
            let cell = format!("{}{}", column_name(self.column), u64::from(self.row) + 1);
            let author = match comment.author.trim() {
                "" => String::new(),
                author => format!(" ({author})"),
            };
            let line = format!("- {cell}{author}: {}", comment.text.trim());
            self.comments.push(line.replace(['\r', '\n'], " "));
        }
    }

    /// What an outline says of the sheet besides its name.
    pub(super) fn summary(&self) -> String {
        let mut text = String::new();
        if let Some(extent) = self.extent.filter(|_| self.state == State::Open) {
            text = format!(", {extent}");
        }
        if let Some((row, names)) = &self.names {
            let _ = write!(text, ", row {}: {}", u64::from(*row) + 1, names.join(" | "));
        }
        text
    }

    /// Tells what is left.
    pub(super) fn end(&mut self, writer: &mut Writer<'_>) -> ControlFlow<()> {
        flow(self.state == State::Full)?;
        self.grid.tell(writer)?;
        if !writer.request().comments || self.comments.is_empty() {
            return ControlFlow::Continue(());
        }
        writer.block("Comments:")?;
        for comment in std::mem::take(&mut self.comments) {
            writer.line(&comment)?;
        }
        ControlFlow::Continue(())
    }
}
