//! A table in a text or on a slide.

use crate::xml::Tag;

const MAX_ROWS: usize = 2_000;
const MAX_COLUMNS: usize = 200;
const MAX_TEXT: usize = 1024 * 1024;

/// A table that is open; tables inside it are text of their cell.
#[derive(Default)]
pub(super) struct Table {
    rows: Vec<Vec<String>>,
    depth: usize,
    row_repeated: usize,
    cell_repeated: usize,
    size: usize,
    is_cut: bool,
}

impl Table {
    /// A table begins, or one inside it.
    pub(super) fn begin(&mut self) {
        self.depth += 1;
    }

    /// A table ends; whether it was the outer one.
    pub(super) fn end(&mut self) -> bool {
        self.depth = self.depth.saturating_sub(1);
        self.depth == 0
    }

    pub(super) fn begin_row(&mut self, tag: &Tag<'_>) {
        if self.depth != 1 {
            return;
        }
        self.row_repeated = repeated(tag, "number-rows-repeated");
        if self.rows.len() < MAX_ROWS && self.size < MAX_TEXT {
            self.rows.push(Vec::new());
        } else {
            self.is_cut = true;
        }
    }

    /// Empty rows are dropped at the end; full ones come as often as they say.
    pub(super) fn end_row(&mut self) {
        if self.depth != 1 || self.is_cut {
            return;
        }
        let Some(row) = self.rows.pop() else {
            return;
        };
        let is_empty = row.iter().all(|cell| cell.trim().is_empty());
        let times = if is_empty { 1 } else { self.row_repeated };
        let size: usize = row.iter().map(String::len).sum();
        for _ in 0..times {
            if self.rows.len() >= MAX_ROWS || self.size >= MAX_TEXT {
                self.is_cut = true;
                return;
            }
            self.size = self.size.saturating_add(size);
            self.rows.push(row.clone());
        }
    }

    pub(super) fn begin_cell(&mut self, tag: &Tag<'_>) {
        if self.depth != 1 {
            return;
        }
        self.cell_repeated = repeated(tag, "number-columns-repeated");
        if let Some(row) = self.rows.last_mut().filter(|row| row.len() < MAX_COLUMNS) {
            row.push(String::new());
        }
    }

    pub(super) fn end_cell(&mut self) {
        if self.depth != 1 {
            return;
        }
        if let Some(row) = self.rows.last_mut()
            && let Some(cell) = row.last().cloned()
        {
            for _ in 1..self.cell_repeated.min(MAX_COLUMNS) {
                if row.len() >= MAX_COLUMNS || self.size >= MAX_TEXT {
                    break;
                }
                self.size = self.size.saturating_add(cell.len());
                row.push(cell.clone());
            }
        }
    }

    /// A paragraph of the cell that is open.
    pub(super) fn text(&mut self, text: &str) {
        if self.size.saturating_add(text.len()) > MAX_TEXT {
            self.is_cut = true;
            return;
        }
        self.size += text.len();
        if let Some(cell) = self.rows.last_mut().and_then(|row| row.last_mut()) {
            if !cell.is_empty() && !text.trim().is_empty() {
                cell.push('\n');
            }
            cell.push_str(text.trim());
        }
    }

    /// Whether it held more than is read.
    pub(super) fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// Its rows, without the empty ones at its end and the empty columns at its right.
    pub(super) fn into_rows(mut self) -> Vec<Vec<String>> {
        for row in &mut self.rows {
            while row.last().is_some_and(|cell| cell.trim().is_empty()) {
                row.pop();
            }
        }
        while self.rows.last().is_some_and(Vec::is_empty) {
            self.rows.pop();
        }
        self.rows
    }
}

pub(super) fn repeated(tag: &Tag<'_>, name: &str) -> usize {
    tag.attribute(name).and_then(|count| count.parse().ok()).unwrap_or(1_usize).max(1)
}
