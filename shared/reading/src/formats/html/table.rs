//! A table while it is read: it is not known before its end whether it holds data or only places
//! things on a page.

/// Columns of a table; what stands further right joins the last one.
const MAX_COLUMNS: usize = 200;
/// Rows kept before they are told.
const MAX_ROWS: usize = 2_000;
/// Bytes of text kept before they are told.
const MAX_BYTES: usize = 1024 * 1024;
/// A cell with more text than this holds a page, not data.
const LONG_CELL: usize = 1_000;

/// Something told inside a cell, and whether it follows the one before without an empty line.
pub(super) type Told = (String, bool);

#[derive(Clone, Default)]
struct Cell {
    told: Vec<Told>,
}

impl Cell {
    fn text(&self) -> String {
        let texts: Vec<&str> = self.told.iter().map(|(text, _)| text.as_str()).collect();
        texts.join("\n")
    }
}

/// What a table turned out to be.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Turned {
    /// Data, in rows.
    Grid(Vec<Vec<String>>),
    /// A way to place things on a page.
    Flow(Vec<Told>),
}

/// A table that is being read.
pub(super) struct Table {
    /// How many elements are open around it.
    pub(super) depth: usize,
    /// How many lists and quotes are open around it.
    pub(super) base: usize,
    rows: Vec<Vec<Cell>>,
    /// For each column, rows that a cell from above still covers.
    covered: Vec<usize>,
    /// The open cell of the last row.
    open: Option<usize>,
    headed: bool,
    /// The header of a table that is told in pieces.
    header: Option<Vec<String>>,
    bytes: usize,
}

impl Table {
    pub(super) fn new(depth: usize, base: usize) -> Self {
        Self {
            depth,
            base,
            rows: Vec::new(),
            covered: Vec::new(),
            open: None,
            headed: false,
            header: None,
            bytes: 0,
        }
    }

    /// Begins a row.
    pub(super) fn row(&mut self) {
        self.end_row();
        self.rows.push(Vec::new());
    }

    /// Ends a row: cells from above go on beside it.
    fn end_row(&mut self) {
        self.open = None;
        let Some(row) = self.rows.last() else { return };
        for left in self.covered.iter_mut().skip(row.len()) {
            *left = left.saturating_sub(1);
        }
    }

    /// Begins a cell that covers columns and rows.
    pub(super) fn cell(&mut self, header: bool, columns: usize, rows: usize) {
        if self.rows.is_empty() {
            self.row();
        }
        self.headed |= header;
        let Some(row) = self.rows.last_mut() else { return };
        while let Some(left) = self.covered.get_mut(row.len()).filter(|left| **left > 0) {
            *left -= 1;
            row.push(Cell::default());
        }
        let start = row.len();
        if start >= MAX_COLUMNS {
            self.open = Some(MAX_COLUMNS - 1);
            return;
        }
        let end = start + columns.clamp(1, MAX_COLUMNS - start);
        if self.covered.len() < end {
            self.covered.resize(end, 0);
        }
        for left in self.covered.iter_mut().take(end).skip(start) {
            *left = rows.clamp(1, MAX_ROWS) - 1;
        }
        row.resize(end, Cell::default());
        self.bytes += end - start;
        self.open = Some(start);
    }

    /// Ends the open cell.
    pub(super) fn end_cell(&mut self) {
        self.open = None;
    }

    /// Keeps text of the open cell; gives it back when none is open.
    pub(super) fn tell(&mut self, text: String, tight: bool) -> Result<(), Told> {
        let cell = self.open.and_then(|at| self.rows.last_mut()?.get_mut(at));
        match cell {
            Some(cell) => {
                self.bytes += text.len();
                cell.told.push((text, tight));
                Ok(())
            }
            None => Err((text, tight)),
        }
    }

    /// Whether so much is kept that it should be told.
    pub(super) fn is_full(&self) -> bool {
        self.open.is_none() && (self.rows.len() >= MAX_ROWS || self.bytes >= MAX_BYTES)
    }

    /// The rows so far, as a table with the same header as the first piece.
    pub(super) fn piece(&mut self) -> Vec<Vec<String>> {
        self.bytes = 0;
        let rows = std::mem::take(&mut self.rows);
        let mut rows: Vec<Vec<String>> =
            rows.iter().map(|row| row.iter().map(Cell::text).collect()).collect();
        match &self.header {
            Some(header) => rows.insert(0, header.clone()),
            None => self.header = rows.first().cloned(),
        }
        rows
    }

    /// What came of it.
    pub(super) fn finish(mut self) -> Turned {
        if self.header.is_some() {
            let rows = self.piece();
            return if rows.len() > 1 { Turned::Grid(rows) } else { Turned::Flow(Vec::new()) };
        }
        let filled = |cell: &Cell| !cell.told.is_empty();
        let rows: Vec<&Vec<Cell>> = self.rows.iter().filter(|row| row.iter().any(filled)).collect();
        let width = rows.iter().map(|row| row.len()).max().unwrap_or_default();
        let mut columns = vec![false; width];
        for row in &rows {
            for (used, cell) in columns.iter_mut().zip(row.iter()) {
                *used |= filled(cell);
            }
        }
        let many = columns.iter().filter(|used| **used).count();
        let long = self.rows.iter().flatten().any(|cell| cell.text().len() > LONG_CELL);
        if rows.len() < 2 || many < 2 || (long && !self.headed) {
            return Turned::Flow(self.flow());
        }
        let grid = rows.iter().map(|row| {
            let cells = columns.iter().enumerate().filter(|(_, used)| **used);
            cells.map(|(at, _)| row.get(at).map(Cell::text).unwrap_or_default()).collect()
        });
        Turned::Grid(grid.collect())
    }

    /// Everything kept, in order.
    pub(super) fn flow(self) -> Vec<Told> {
        self.rows.into_iter().flatten().flat_map(|cell| cell.told).collect()
    }
}
