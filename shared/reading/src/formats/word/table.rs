//! A table while it is read: cells keep their columns.

/// Columns of a table; what stands right of them goes to the last one.
const MAX_COLUMNS: usize = 200;
/// Rows that are held before they are written.
const MAX_ROWS: usize = 2_000;
/// Bytes that are held before they are written, and the most of one cell.
const MAX_BYTES: usize = 1024 * 1024;

/// A table while it is read.
#[derive(Debug, Default)]
pub(super) struct Table {
    rows: Vec<Vec<String>>,
    bytes: usize,
    row: Vec<String>,
    cell: String,
    span: usize,
    continues: bool,
    deleted: bool,
    /// Whether a part of it was written already.
    pub(super) written: bool,
}

impl Table {
    /// Begins a row.
    pub(super) fn begin_row(&mut self) {
        self.row.clear();
        self.deleted = false;
    }

    /// Begins a cell.
    pub(super) fn begin_cell(&mut self) {
        self.cell.clear();
        self.span = 1;
        self.continues = false;
    }

    /// The open cell is this many columns wide.
    pub(super) fn span(&mut self, columns: usize) {
        self.span = columns.clamp(1, MAX_COLUMNS);
    }

    /// The open cell belongs to the one above it.
    pub(super) fn continues(&mut self) {
        self.continues = true;
    }

    /// The open row was deleted.
    pub(super) fn deleted(&mut self) {
        self.deleted = true;
    }

    /// Leaves columns empty before the first cell of a row.
    pub(super) fn leave(&mut self, columns: usize) {
        for _ in 0..columns.min(MAX_COLUMNS) {
            self.push_cell(String::new());
        }
    }

    /// A paragraph in the open cell; false when there is no room for it.
    pub(super) fn tell(&mut self, text: &str) -> bool {
        if self.cell.len() + text.len() > MAX_BYTES {
            return false;
        }
        if !self.cell.is_empty() {
            self.cell.push('\n');
        }
        self.cell.push_str(text);
        true
    }

    /// Ends a cell: one below a cell that it belongs to is empty, and a wide one leaves the
    /// columns beside it empty.
    pub(super) fn end_cell(&mut self) {
        let text = std::mem::take(&mut self.cell);
        self.push_cell(if self.continues { String::new() } else { text });
        for _ in 1..self.span {
            self.push_cell(String::new());
        }
    }

    fn push_cell(&mut self, text: String) {
        if self.row.len() < MAX_COLUMNS {
            self.row.push(text);
        } else if let Some(last) = self.row.last_mut().filter(|_| !text.is_empty()) {
            last.push(' ');
            last.push_str(&text);
        }
    }

    /// Ends a row; a deleted one leaves nothing behind.
    pub(super) fn end_row(&mut self) {
        let row = std::mem::take(&mut self.row);
        if row.is_empty() || (self.deleted && row.iter().all(|cell| cell.trim().is_empty())) {
            return;
        }
        self.bytes += row.iter().map(|cell| cell.len() + 4).sum::<usize>();
        self.rows.push(row);
    }

    /// Whether it is time to write what is there.
    pub(super) fn is_full(&self) -> bool {
        self.rows.len() >= MAX_ROWS || self.bytes > MAX_BYTES
    }

    /// The rows so far.
    pub(super) fn take_rows(&mut self) -> Vec<Vec<String>> {
        self.bytes = 0;
        std::mem::take(&mut self.rows)
    }

    /// Begins again with a row that stands above all others.
    pub(super) fn begin_again(&mut self, header: Vec<String>) {
        self.written = false;
        self.rows = vec![header];
    }
}

/// A table inside a cell: a line for each row.
pub(super) fn flat(rows: &[Vec<String>]) -> String {
    let line = |row: &Vec<String>| {
        let filled = row.iter().map(|cell| cell.trim()).filter(|cell| !cell.is_empty());
        filled.collect::<Vec<_>>().join("; ")
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}
