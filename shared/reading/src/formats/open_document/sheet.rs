//! One pass over the sheets of a workbook.

mod cell;
mod rows;

use std::io::BufRead;
use std::ops::ControlFlow;

use super::styles::Styles;
use crate::part::Part;
use crate::reading::{Note, Place};
use crate::unreadable::Unreadable;
use crate::writer::{Unit, Wanted, Writer};
use crate::xml::{Piece, Tag, Xml};
use rows::Rows;

/// Sheets of one workbook.
const MAX_SHEETS: u32 = 1_000;

/// Tells the sheets of a workbook.
pub(super) fn tell<R: BufRead>(
    xml: &mut Xml<R>,
    styles: Styles,
    writer: &mut Writer<'_>,
) -> Result<(), Unreadable> {
    let mut walker = Walker {
        styles,
        writer,
        region: Region::Before,
        sheet: None,
        count: 0,
        hidden: 0,
        formulas: 0,
        comments: 0,
        full: false,
    };
    match walker.walk(xml) {
        Err(Unreadable::Damaged) if walker.count > 0 => {
            walker.end_sheet();
            walker.writer.note(Note::PartlyDamaged);
        }
        Ok(()) if walker.region != Region::Sheets => return Err(Unreadable::Damaged),
        other => other?,
    }
    walker.finish();
    Ok(())
}

struct Walker<'w, 'r> {
    styles: Styles,
    writer: &'w mut Writer<'r>,
    region: Region,
    sheet: Option<Sheet>,
    count: u32,
    hidden: u32,
    formulas: u32,
    comments: u32,
    full: bool,
}

/// Where in the file the walk is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Region {
    Before,
    Styles,
    Sheets,
}

/// A sheet that is open.
struct Sheet {
    name: String,
    is_hidden: bool,
    /// Nothing when its cells are not wanted.
    rows: Option<Rows>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    Enter,
    PassOver,
}

impl Walker<'_, '_> {
    fn walk<R: BufRead>(&mut self, xml: &mut Xml<R>) -> Result<(), Unreadable> {
        while let Some(piece) = xml.next()? {
            let next = match piece {
                Piece::Open(tag) => self.open(&tag),
                Piece::Close(name) => {
                    self.close(name);
                    Next::Enter
                }
                Piece::Text(text) => {
                    if let Some(rows) = self.rows() {
                        rows.text(&text);
                    }
                    Next::Enter
                }
            };
            if next == Next::PassOver {
                xml.skip()?;
            }
        }
        Ok(())
    }

    fn rows(&mut self) -> Option<&mut Rows> {
        self.sheet.as_mut()?.rows.as_mut()
    }

    fn open(&mut self, tag: &Tag<'_>) -> Next {
        match tag.name() {
            "automatic-styles" => self.region = Region::Styles,
            "spreadsheet" => self.region = Region::Sheets,
            _ if self.region == Region::Styles => self.styles.open(tag),
            _ if self.region == Region::Before => {}
            "table" if self.sheet.is_none() => return self.begin_sheet(tag),
            "tracked-changes"
            | "dde-links"
            | "shapes"
            | "forms"
            | "table-source"
            | "content-validations" => return Next::PassOver,
            name => {
                let Some(rows) = self.rows() else {
                    return Next::Enter;
                };
                if (name == "table-row" && rows.is_full()) || !rows.open(tag) {
                    return Next::PassOver;
                }
            }
        }
        Next::Enter
    }

    fn close(&mut self, name: &str) {
        match name {
            "automatic-styles" => self.region = Region::Before,
            _ if self.region == Region::Styles => self.styles.close(name),
            "table" => self.end_sheet(),
            "table-row" => {
                if let Some(sheet) = &mut self.sheet
                    && let Some(rows) = &mut sheet.rows
                    && rows.end_row(self.writer).is_break()
                {
                    self.full = true;
                }
            }
            name => {
                if let Some(rows) = self.rows() {
                    rows.close(name);
                }
            }
        }
    }

    fn begin_sheet(&mut self, tag: &Tag<'_>) -> Next {
        if self.count >= MAX_SHEETS {
            self.writer.note(Note::CutAtLimit);
            return Next::PassOver;
        }
        self.count += 1;
        let name = tag.attribute("name").unwrap_or_else(|| format!("Sheet{}", self.count));
        let style = tag.attribute("style-name").unwrap_or_default();
        let is_hidden = self.styles.is_hidden("table", &style);
        self.hidden += u32::from(is_hidden);
        // When no sheet is named, it is the first one that people see.
        let unnamed = matches!(self.writer.request().part, Part::Sheet { name: None, .. });
        let wanted = if self.full || (unnamed && is_hidden) {
            Wanted::Nothing
        } else {
            self.writer.unit(Unit::Sheet(self.count, name.clone()))
        };
        let rows = match wanted {
            Wanted::Text | Wanted::Outline => Some(Rows::new(self.writer.cells())),
            Wanted::Nothing => None,
            Wanted::Stop => {
                self.full = true;
                None
            }
        };
        let is_passed_over = rows.is_none();
        if is_hidden && wanted == Wanted::Text {
            self.full |= self.writer.block("(hidden sheet)").is_break();
        }
        self.sheet = Some(Sheet { name, is_hidden, rows });
        if is_passed_over {
            self.end_sheet();
            return Next::PassOver;
        }
        Next::Enter
    }

    fn end_sheet(&mut self) {
        let Some(sheet) = self.sheet.take() else {
            return;
        };
        let mut entry = sheet.name.clone();
        if sheet.is_hidden {
            entry.push_str(" (hidden)");
        }
        if let Some(mut rows) = sheet.rows {
            entry.push_str(&rows.summary());
            self.formulas = self.formulas.saturating_add(rows.formulas());
            if rows.is_cut() {
                self.writer.note(Note::CutAtLimit);
            }
            let told = rows.end(self.writer);
            self.full |= told.is_break();
            if !self.writer.request().comments {
                self.comments = self.comments.saturating_add(rows.comments());
            }
        }
        let place = Place { sheet: Some(sheet.name), ..Place::default() };
        self.writer.entry_at(1, &entry, place);
    }

    fn finish(&mut self) {
        self.writer.units(self.count);
        if self.hidden > 0 {
            self.writer.note(Note::HiddenSheets { count: self.hidden });
        }
        if self.formulas > 0 {
            self.writer.note(Note::FormulasWithoutValue { count: self.formulas });
        }
        if self.comments > 0 {
            self.writer.note(Note::CommentsLeftOut { count: self.comments });
        }
    }
}

/// Whether to go on, in the words of a writer.
fn flow(is_full: bool) -> ControlFlow<()> {
    if is_full { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
}
