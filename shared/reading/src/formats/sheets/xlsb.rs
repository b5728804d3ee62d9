//! Binary Excel workbooks: `.xlsb`.

use std::io::Cursor;
use std::ops::ControlFlow;

use calamine::{Dimensions, Reader as _, Sheet, Xlsb, XlsbError};

use super::comments::Comment;
use super::{Book, Each, Seen, package, tell};
use crate::archive::Archive;
use crate::formats::guarded;
use crate::unreadable::Unreadable;
use crate::writer::Writer;

/// Reads a workbook.
pub(crate) fn read(bytes: &[u8], writer: &mut Writer<'_>) -> Result<(), Unreadable> {
    package::check(&mut Archive::open(bytes)?, writer)?;
    guarded(writer, |writer| {
        let workbook = Xlsb::new(Cursor::new(bytes)).map_err(|error| match error {
            XlsbError::Password => Unreadable::Protected,
            _ => Unreadable::Damaged,
        })?;
        tell(&mut Workbook(workbook), writer);
        Ok(())
    })
}

struct Workbook<'b>(Xlsb<Cursor<&'b [u8]>>);

impl Book for Workbook<'_> {
    fn sheets(&self) -> Vec<Sheet> {
        self.0.sheets_metadata().to_vec()
    }

    fn extent(&mut self, sheet: &str) -> Option<Dimensions> {
        Some(self.0.worksheet_cells_reader(sheet).ok()?.dimensions())
    }

    fn cells(&mut self, sheet: &str, each: &mut Each<'_>) -> Result<(), Unreadable> {
        let cells = self.0.worksheet_cells_reader(sheet);
        let mut cells = cells.map_err(|_| Unreadable::Damaged)?;
        while let Some(cell) = cells.next_cell().map_err(|_| Unreadable::Damaged)? {
            let (row, column) = cell.get_position();
            let value = cell.get_value();
            let seen = Seen { row, column, value, format: None, formula: None };
            if each(seen) == ControlFlow::Break(()) {
                break;
            }
        }
        Ok(())
    }

    /// The binary form of comments is not read.
    fn comments(&mut self, _: &str) -> Vec<Comment> {
        Vec::new()
    }
}
