//! Rows and cells as Markdown tables: for workbooks and for delimited text.
//!
//! A table has the column letters as its header and the row numbers as its first column, so that
//! whoever reads it can name every cell, also when columns or rows are left out. Columns without
//! any content are left out, empty cells at the end of a row too, and a stretch of empty rows is
//! one line. Rows are told in blocks; a block with other columns begins another table.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::ops::{ControlFlow, Range};

use crate::clean::clean;
use crate::markdown;
use crate::part::{Cells, column_name};
use crate::writer::Writer;

/// Rows of one block.
const MAX_ROWS: usize = 500;
/// Rows times columns of one block: what scattered cells may blow up to.
const MAX_AREA: usize = 20_000;
/// Cells of one row; Excel has no more columns.
const MAX_COLUMNS: usize = 16_384;
/// Bytes of text in one block.
const MAX_BYTES: usize = 512 * 1024;
/// Characters of one cell; Excel allows no more.
const MAX_CELL_CHARS: usize = 32_767;
/// Columns of a table that is kept open for rows with other columns.
const MAX_COMMON_COLUMNS: usize = 64;
/// From so many empty rows on it is said that they are empty.
const EMPTY_ROWS_SAID: u32 = 5;
/// Characters of a header row that is said again when an answer goes on.
const MAX_REPEATED_CHARS: usize = 2_000;

/// Collects cells in the order of a file, and tells them as tables.
#[derive(Debug)]
pub(crate) struct Grid {
    block: Vec<Row>,
    columns: BTreeSet<u32>,
    bytes: usize,
    /// The columns of the table that is open.
    open: Vec<u32>,
    /// The row that the next one follows, counted from 1; 0 before the first.
    last: u32,
    /// The first row, when it looks like the names of the columns.
    header: Option<Row>,
    begun: bool,
}

#[derive(Clone, Debug)]
struct Row {
    number: u32,
    /// The texts of its cells, one after the other.
    text: String,
    /// The column of each cell, and where its text is.
    cells: Vec<(u32, Range<usize>)>,
}

impl Grid {
    /// A grid whose first row is `top`, counted from 0.
    pub(crate) fn new(top: u32) -> Self {
        Self {
            block: Vec::new(),
            columns: BTreeSet::new(),
            bytes: 0,
            open: Vec::new(),
            last: top,
            header: None,
            begun: false,
        }
    }

    /// Takes a cell, counted from 0. Empty ones are passed over.
    pub(crate) fn push(
        &mut self,
        row: u32,
        column: u32,
        text: &str,
        writer: &mut Writer<'_>,
    ) -> ControlFlow<()> {
        let text = clean(text);
        let cell = cell(&text);
        if cell.is_empty() {
            return ControlFlow::Continue(());
        }
        let number = row.saturating_add(1);
        if self.block.last().is_none_or(|last| last.number != number) {
            let area = (self.block.len() + 1).saturating_mul(self.columns.len());
            if self.block.len() >= MAX_ROWS || area > MAX_AREA || self.bytes > MAX_BYTES {
                self.tell(writer)?;
            }
            let cells = Vec::with_capacity(self.columns.len());
            self.block.push(Row { number, text: String::new(), cells });
        }
        self.columns.insert(column);
        self.bytes = self.bytes.saturating_add(cell.len());
        if let Some(last) = self.block.last_mut().filter(|last| last.cells.len() < MAX_COLUMNS) {
            let start = last.text.len();
            last.text.push_str(&cell);
            last.cells.push((column, start..last.text.len()));
        }
        ControlFlow::Continue(())
    }

    /// Tells what was taken.
    pub(crate) fn tell(&mut self, writer: &mut Writer<'_>) -> ControlFlow<()> {
        let columns = std::mem::take(&mut self.columns);
        self.bytes = 0;
        if columns.iter().any(|column| self.open.binary_search(column).is_err()) {
            self.open(columns, writer)?;
        }
        for mut row in std::mem::take(&mut self.block) {
            row.cells.sort_by_key(|(column, _)| *column);
            self.gap(row.number, writer)?;
            let cells = row.extent();
            writer.row(&self.line(&row), cells)?;
            if !self.begun {
                self.begun = true;
                self.header = Some(row).filter(Row::looks_like_names);
                self.repeat(writer);
            }
        }
        ControlFlow::Continue(())
    }

    /// Begins a table.
    fn open(&mut self, mut columns: BTreeSet<u32>, writer: &mut Writer<'_>) -> ControlFlow<()> {
        if columns.len() + self.open.len() <= MAX_COMMON_COLUMNS {
            columns.extend(&self.open);
        }
        self.open = columns.into_iter().collect();
        let flow = writer.table_head(&self.letters());
        self.repeat(writer);
        flow
    }

    fn letters(&self) -> String {
        let mut lines = String::from("|  |");
        for column in &self.open {
            lines.push(' ');
            lines.push_str(&column_name(*column));
            lines.push_str(" |");
        }
        lines.push_str("\n|");
        lines.push_str(&" --- |".repeat(self.open.len() + 1));
        lines
    }

    /// Has the names of the columns said again when an answer goes on inside this table.
    fn repeat(&self, writer: &mut Writer<'_>) {
        if let Some(header) = &self.header {
            let line = self.line(header);
            if line.len() <= MAX_REPEATED_CHARS {
                writer.repeat(format!("{}\n{line}", self.letters()));
            }
        }
    }

    /// Says that rows before this one are empty.
    fn gap(&mut self, number: u32, writer: &mut Writer<'_>) -> ControlFlow<()> {
        let from = self.last.saturating_add(1);
        self.last = number;
        if number.saturating_sub(from) < EMPTY_ROWS_SAID {
            return ControlFlow::Continue(());
        }
        writer.row(&format!("| rows {from} to {} are empty |", number - 1), None)
    }

    fn line(&self, row: &Row) -> String {
        // What stands around the texts: a number, and bars.
        let around = 16 + 3 * self.open.len();
        let mut line = String::with_capacity(row.text.len() + around);
        let _ = write!(line, "| {} |", row.number);
        let mut at = 0;
        for (column, text) in row.texts() {
            // Cells of a header row may have no place in a later table.
            let Ok(place) = self.open.binary_search(&column) else { continue };
            while at < place {
                line.push_str("  |");
                at += 1;
            }
            line.push(' ');
            line.push_str(text);
            line.push_str(" |");
            at = place + 1;
        }
        line
    }
}

impl Row {
    /// The column and the text of each cell.
    fn texts(&self) -> impl Iterator<Item = (u32, &str)> {
        let text = |place: &Range<usize>| self.text.get(place.clone()).unwrap_or_default();
        self.cells.iter().map(move |(column, place)| (*column, text(place)))
    }

    /// Two cells or more, and none of them a number.
    fn looks_like_names(&self) -> bool {
        self.cells.len() > 1 && self.texts().all(|(_, text)| text.parse::<f64>().is_err())
    }

    fn extent(&self) -> Option<Cells> {
        let row = self.number.saturating_sub(1);
        let (first, last) = (self.cells.first()?, self.cells.last()?);
        Some(Cells { top: row, left: first.0, bottom: row, right: last.0 })
    }
}

/// A cleaned text of a cell, as it stands in a table.
fn cell(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    // No text has more characters than bytes.
    if text.len() <= MAX_CELL_CHARS {
        return markdown::cell(text);
    }
    match text.char_indices().nth(MAX_CELL_CHARS) {
        Some((end, _)) => {
            let head = text.get(..end).unwrap_or_default();
            Cow::Owned(markdown::cell(&format!("{head}…")).into_owned())
        }
        None => markdown::cell(text),
    }
}

#[cfg(test)]
mod tests;
