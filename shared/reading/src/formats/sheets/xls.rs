//! Excel 97 workbooks: `.xls`.

use std::io::Cursor;
use std::ops::ControlFlow;

use calamine::{Data, DataRef, Dimensions, Range, Reader as _, Sheet, Xls, XlsError};

use super::comments::Comment;
use super::{Book, Each, Seen, tell};
use crate::formats::guarded;
use crate::reading::Note;
use crate::unreadable::Unreadable;
use crate::writer::Writer;

/// Reads a workbook.
pub(crate) fn read(bytes: &[u8], writer: &mut Writer<'_>) -> Result<(), Unreadable> {
    let file = cfb::CompoundFile::open(Cursor::new(bytes)).map_err(|_| Unreadable::Damaged)?;
    if file.exists("/_VBA_PROJECT_CUR") {
        writer.note(Note::Macros);
    }
    drop(file);
    guarded(writer, |writer| {
        let workbook = Xls::new(Cursor::new(bytes)).map_err(|error| match error {
            XlsError::Password => Unreadable::Protected,
            _ => Unreadable::Damaged,
        })?;
        tell(&mut Workbook { workbook, last: None }, writer);
        Ok(())
    })
}

struct Workbook<'b> {
    workbook: Xls<Cursor<&'b [u8]>>,
    /// The sheet looked at last; the library copies it each time.
    last: Option<(String, Grid)>,
}

/// The cells of a sheet: values, and formulas.
struct Grid {
    values: Range<Data>,
    formulas: Range<String>,
}

impl Workbook<'_> {
    fn grid(&mut self, sheet: &str) -> Result<&Grid, Unreadable> {
        if self.last.as_ref().is_none_or(|(name, _)| name != sheet) {
            self.last = None;
            let values = self.workbook.worksheet_range(sheet).map_err(|_| Unreadable::Damaged)?;
            let formulas = self.workbook.worksheet_formula(sheet).unwrap_or_default();
            self.last = Some((sheet.to_owned(), Grid { values, formulas }));
        }
        self.last.as_ref().map(|(_, grid)| grid).ok_or(Unreadable::Damaged)
    }
}

impl Book for Workbook<'_> {
    fn sheets(&self) -> Vec<Sheet> {
        self.workbook.sheets_metadata().to_vec()
    }

    fn extent(&mut self, sheet: &str) -> Option<Dimensions> {
        let values = &self.grid(sheet).ok()?.values;
        Some(Dimensions::new(values.start()?, values.end()?))
    }

    fn cells(&mut self, sheet: &str, each: &mut Each<'_>) -> Result<(), Unreadable> {
        let Grid { values, formulas } = self.grid(sheet)?;
        let (top, left) = values.start().unwrap_or_default();
        for (row, column, data) in values.cells() {
            let row = top.saturating_add(u32::try_from(row).unwrap_or(u32::MAX));
            let column = left.saturating_add(u32::try_from(column).unwrap_or(u32::MAX));
            let value = borrowed(data);
            let is_empty = matches!(value, DataRef::Empty | DataRef::SharedString(""));
            let formula = if is_empty { formulas.get_value((row, column)) } else { None };
            if is_empty && formula.is_none() {
                continue;
            }
            let formula = formula.map(String::as_str);
            let seen = Seen { row, column, value: &value, format: None, formula };
            if each(seen) == ControlFlow::Break(()) {
                break;
            }
        }
        Ok(())
    }

    /// The drawings that comments of this format stand in are not read.
    fn comments(&mut self, _: &str) -> Vec<Comment> {
        Vec::new()
    }
}

fn borrowed(data: &Data) -> DataRef<'_> {
    match data {
        Data::Int(number) => DataRef::Int(*number),
        Data::Float(number) => DataRef::Float(*number),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => {
            DataRef::SharedString(text)
        }
        Data::Bool(truth) => DataRef::Bool(*truth),
        Data::DateTime(time) => DataRef::DateTime(*time),
        Data::Error(error) => DataRef::Error(error.clone()),
        Data::Empty => DataRef::Empty,
    }
}
