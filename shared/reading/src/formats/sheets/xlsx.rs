//! Excel workbooks: `.xlsx`, `.xlsm` and their templates.

use std::io::Cursor;
use std::ops::ControlFlow;

use calamine::{DataRef, Dimensions, Reader as _, Sheet, Xlsx, XlsxError};

use super::comments::{self, Comment};
use super::{Book, Each, Seen, package, tell};
use crate::archive::Archive;
use crate::formats::guarded;
use crate::unreadable::Unreadable;
use crate::writer::Writer;

/// Cells that are looked at to find out whether values are missing.
const CELLS_LOOKED_AT: usize = 5_000;

/// Reads a workbook.
pub(crate) fn read(bytes: &[u8], writer: &mut Writer<'_>) -> Result<(), Unreadable> {
    let mut archive = Archive::open(bytes)?;
    package::check(&mut archive, writer)?;
    guarded(writer, |writer| {
        let workbook = Xlsx::new(Cursor::new(bytes)).map_err(|error| match error {
            XlsxError::Password => Unreadable::Protected,
            _ => Unreadable::Damaged,
        })?;
        tell(&mut Workbook { workbook, archive }, writer);
        Ok(())
    })
}

struct Workbook<'b> {
    workbook: Xlsx<Cursor<&'b [u8]>>,
    archive: Archive<'b>,
}

impl Book for Workbook<'_> {
    fn sheets(&self) -> Vec<Sheet> {
        self.workbook.sheets_metadata().to_vec()
    }

    fn extent(&mut self, sheet: &str) -> Option<Dimensions> {
        Some(self.workbook.worksheet_cells_reader(sheet).ok()?.dimensions())
    }

    fn cells(&mut self, sheet: &str, each: &mut Each<'_>) -> Result<(), Unreadable> {
        if self.lacks_values(sheet) { self.formulas(sheet, each) } else { self.values(sheet, each) }
    }

    fn comments(&mut self, sheet: &str) -> Vec<Comment> {
        comments::of_sheet(&mut self.archive, sheet)
    }
}

impl Workbook<'_> {
    /// Whether there are formulas without a stored value. The library tells either formulas or
    /// number formats, and programs that store no values store none at all, so the first cells
    /// decide which.
    fn lacks_values(&mut self, sheet: &str) -> bool {
        let Ok(mut cells) = self.workbook.worksheet_cells_reader(sheet) else {
            return false;
        };
        for _ in 0..CELLS_LOOKED_AT {
            match cells.next_cell_with_formula_metadata() {
                Ok(Some(cell)) if cell.formula.is_some() && cell.value == DataRef::Empty => {
                    return true;
                }
                Ok(Some(_)) => {}
                Ok(None) | Err(_) => break,
            }
        }
        false
    }

    fn formulas(&mut self, sheet: &str, each: &mut Each<'_>) -> Result<(), Unreadable> {
        let cells = self.workbook.worksheet_cells_reader(sheet);
        let mut cells = cells.map_err(|_| Unreadable::Damaged)?;
        while let Some(cell) = cells.next_cell_with_formula().map_err(|_| Unreadable::Damaged)? {
            let (row, column) = cell.pos;
            let formula = cell.formula.as_deref();
            let seen = Seen { row, column, value: &cell.value, format: None, formula };
            if each(seen) == ControlFlow::Break(()) {
                break;
            }
        }
        Ok(())
    }

    fn values(&mut self, sheet: &str, each: &mut Each<'_>) -> Result<(), Unreadable> {
        let cells = self.workbook.worksheet_cells_reader(sheet);
        let mut cells = cells.map_err(|_| Unreadable::Damaged)?;
        while let Some((cell, style)) =
            cells.next_cell_with_style_id().map_err(|_| Unreadable::Damaged)?
        {
            let (row, column) = cell.get_position();
            let style = cells.styles().get(style);
            let format = style.and_then(|style| style.number_format.as_ref());
            let format = format.map(|format| format.format_code.as_str());
            let value = cell.get_value();
            if each(Seen { row, column, value, format, formula: None }) == ControlFlow::Break(()) {
                break;
            }
        }
        Ok(())
    }
}
