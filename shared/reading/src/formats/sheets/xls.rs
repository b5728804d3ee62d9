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
        tell(&mut Workbook { workbook, range: None }, writer)
    })
}

struct Workbook<'b> {
    workbook: Xls<Cursor<&'b [u8]>>,
    /// The sheet looked at last; the library copies it each time.
    range: Option<(String, Range<Data>)>,
}

impl Workbook<'_> {
    fn range(&mut self, sheet: &str) -> Result<&Range<Data>, Unreadable> {
        if self.range.as_ref().is_none_or(|(name, _)| name != sheet) {
            self.range = None;
            let range = self.workbook.worksheet_range(sheet).map_err(|_| Unreadable::Damaged)?;
            self.range = Some((sheet.to_owned(), range));
        }
        self.range.as_ref().map(|(_, range)| range).ok_or(Unreadable::Damaged)
    }
}

impl Book for Workbook<'_> {
    fn sheets(&self) -> Vec<Sheet> {
        self.workbook.sheets_metadata().to_vec()
    }

    fn extent(&mut self, sheet: &str) -> Option<Dimensions> {
        let range = self.range(sheet).ok()?;
        Some(Dimensions::new(range.start()?, range.end()?))
    }

    fn cells(&mut self, sheet: &str, each: &mut Each<'_>) -> Result<(), Unreadable> {
        let range = self.range(sheet)?;
        let (top, left) = range.start().unwrap_or_default();
        for (row, column, data) in range.used_cells() {
            let row = top.saturating_add(u32::try_from(row).unwrap_or(u32::MAX));
            let column = left.saturating_add(u32::try_from(column).unwrap_or(u32::MAX));
            let value = borrowed(data);
            let seen = Seen { row, column, value, format: None, formula: None };
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
