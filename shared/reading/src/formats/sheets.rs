//! Workbooks: Excel's, in three formats that differ only in how their cells are reached.
//!
//! Cells are told as they stream past; no sheet is ever whole in memory, except of Excel 97, whose
//! library has no other way.

mod comments;
mod package;
mod value;
mod xls;
mod xlsb;
mod xlsx;

use std::collections::HashSet;
use std::fmt::Write as _;
use std::ops::ControlFlow;

use calamine::{DataRef, Dimensions, Sheet, SheetType, SheetVisible};

pub(crate) use xls::read as read_xls;
pub(crate) use xlsb::read as read_xlsb;
pub(crate) use xlsx::read as read_xlsx;

use super::grid::Grid;
use crate::part::{Cells, Part};
use crate::reading::{Note, Place};
use crate::unreadable::Unreadable;
use crate::writer::{Unit, Wanted, Writer};
use comments::Comment;

/// Sheets of one workbook.
const MAX_SHEETS: usize = 1_000;
/// Sheets whose first row is looked up for the outline.
const MAX_DESCRIBED: usize = 100;
/// Names of columns in an entry of the outline.
const MAX_NAMES: usize = 12;

/// A workbook of some format.
trait Book {
    /// Its sheets, in order.
    fn sheets(&self) -> Vec<Sheet>;

    /// Which cells of a sheet are in use, as far as the file says.
    fn extent(&mut self, sheet: &str) -> Option<Dimensions>;

    /// Gives the cells of a sheet, row by row, until it is told to stop.
    fn cells(&mut self, sheet: &str, each: &mut Each<'_>) -> Result<(), Unreadable>;

    /// The comments of a sheet.
    fn comments(&mut self, sheet: &str) -> Vec<Comment>;
}

/// What a workbook gives its cells to.
type Each<'e> = dyn FnMut(Seen<'_>) -> ControlFlow<()> + 'e;

/// A cell that was seen.
struct Seen<'c> {
    /// Counted from 0.
    row: u32,
    /// Counted from 0.
    column: u32,
    value: &'c DataRef<'c>,
    /// Its number format, when the file tells it.
    format: Option<&'c str>,
    /// Its formula, when that is known; asked for only where values are missing.
    formula: Option<&'c str>,
}

/// Tells a workbook.
fn tell(book: &mut dyn Book, writer: &mut Writer<'_>) {
    let sheets = listed(book);
    let hidden = sheets.iter().filter(|sheet| is_hidden(sheet)).count();
    if hidden > 0 {
        writer.note(Note::HiddenSheets { count: count(hidden) });
    }
    writer.units(count(sheets.len()));
    outline(book, &sheets, writer);
    let mut counts = Counts::default();
    let mut flow = ControlFlow::Continue(());
    for (number, sheet) in (1_u32..).zip(&sheets) {
        if is_passed_over(sheet, &sheets, writer) {
            continue;
        }
        match writer.unit(Unit::Sheet(number, sheet.name.clone())) {
            Wanted::Text => flow = tell_sheet(book, sheet, writer, &mut counts),
            Wanted::Outline | Wanted::Nothing => {}
            Wanted::Stop => break,
        }
        if flow.is_break() {
            break;
        }
    }
    counts.note(writer);
}

/// The sheets, each name once: a second one could not be asked for.
fn listed(book: &dyn Book) -> Vec<Sheet> {
    let mut known = HashSet::new();
    let mut sheets = book.sheets();
    sheets.truncate(MAX_SHEETS);
    sheets.retain(|sheet| known.insert(sheet.name.clone()));
    sheets
}

/// When no sheet is named, it is the first one that people see.
fn is_passed_over(sheet: &Sheet, sheets: &[Sheet], writer: &Writer<'_>) -> bool {
    let unnamed = matches!(writer.request().part, Part::Sheet { name: None, .. });
    let can_be_seen = |sheet: &Sheet| !is_hidden(sheet) && sheet.typ == SheetType::WorkSheet;
    unnamed && !can_be_seen(sheet) && sheets.iter().any(can_be_seen)
}

fn is_hidden(sheet: &Sheet) -> bool {
    sheet.visible != SheetVisible::Visible
}

/// One entry for each sheet. What is in them is looked up only when an outline is asked for.
fn outline(book: &mut dyn Book, sheets: &[Sheet], writer: &mut Writer<'_>) {
    let full = matches!(writer.request().part, Part::Outline | Part::Auto);
    for (at, sheet) in sheets.iter().enumerate() {
        let mut text = sheet.name.clone();
        if is_hidden(sheet) {
            text.push_str(" (hidden)");
        }
        if sheet.typ != SheetType::WorkSheet {
            text.push_str(" (no cells)");
        } else if full && at < MAX_DESCRIBED {
            describe(book, &sheet.name, &mut text);
        }
        let place = Place { sheet: Some(sheet.name.clone()), ..Place::default() };
        writer.entry_at(1, &text, place);
    }
}

/// Adds which cells a sheet uses, and its first row.
fn describe(book: &mut dyn Book, sheet: &str, text: &mut String) {
    if let Some(Dimensions { start, end }) = book.extent(sheet)
        && end > start
    {
        let cells = Cells { top: start.0, left: start.1, bottom: end.0, right: end.1 };
        let _ = write!(text, ", {cells}");
    }
    let mut first = None;
    let mut names = Vec::new();
    // Damage is told when the sheet itself is read.
    let _ = book.cells(sheet, &mut |seen| {
        let name = value::text(seen.value, seen.format);
        if name.trim().is_empty() {
            return ControlFlow::Continue(());
        }
        if *first.get_or_insert(seen.row) != seen.row || names.len() == MAX_NAMES {
            return ControlFlow::Break(());
        }
        names.push(name.trim().chars().take(40).collect::<String>());
        ControlFlow::Continue(())
    });
    if let Some(row) = first {
        let _ = write!(text, ", row {}: {}", row.saturating_add(1), names.join(" | "));
    }
}

/// What was met in all sheets.
#[derive(Default)]
struct Counts {
    formulas: usize,
    comments: usize,
    damaged: bool,
}

impl Counts {
    fn note(&self, writer: &mut Writer<'_>) {
        if self.formulas > 0 {
            writer.note(Note::FormulasWithoutValue { count: count(self.formulas) });
        }
        if self.comments > 0 {
            writer.note(Note::CommentsLeftOut { count: count(self.comments) });
        }
        if self.damaged {
            writer.note(Note::PartlyDamaged);
        }
    }
}

fn tell_sheet(
    book: &mut dyn Book,
    sheet: &Sheet,
    writer: &mut Writer<'_>,
    counts: &mut Counts,
) -> ControlFlow<()> {
    if sheet.typ != SheetType::WorkSheet {
        return ControlFlow::Continue(());
    }
    if is_hidden(sheet) {
        writer.block("(hidden sheet)")?;
    }
    let window = writer.cells();
    let mut grid = Grid::new(window.map_or(0, |cells| cells.top));
    let mut flow = ControlFlow::Continue(());
    let end = book.cells(&sheet.name, &mut |seen| {
        if let Some(window) = window {
            if seen.row > window.bottom {
                return ControlFlow::Break(());
            }
            if !window.contains(seen.row, seen.column) {
                return ControlFlow::Continue(());
            }
        }
        let mut text = value::text(seen.value, seen.format);
        if text.is_empty()
            && let Some(formula) = seen.formula.filter(|formula| !formula.is_empty())
        {
            counts.formulas += 1;
            text = format!("={formula}").into();
        }
        flow = grid.push(seen.row, seen.column, &text, writer);
        flow
    });
    counts.damaged |= end.is_err();
    flow?;
    grid.tell(writer)?;
    tell_comments(book.comments(&sheet.name), window, writer, counts)
}

/// The comments of a sheet, after its cells; or how many there are, when they are not wanted.
fn tell_comments(
    comments: Vec<Comment>,
    window: Option<Cells>,
    writer: &mut Writer<'_>,
    counts: &mut Counts,
) -> ControlFlow<()> {
    let inside = |comment: &Comment| {
        let cell = comment.cell.parse::<Cells>().ok();
        window.is_none_or(|window| cell.is_some_and(|cell| window.contains(cell.top, cell.left)))
    };
    let comments: Vec<Comment> = comments.into_iter().filter(inside).collect();
    if !writer.request().comments {
        counts.comments += comments.len();
        return ControlFlow::Continue(());
    }
    if !comments.is_empty() {
        writer.block("Comments:")?;
    }
    for Comment { cell, author, text } in comments {
        let author = if author.is_empty() { author } else { format!(" ({author})") };
        let line = format!("- {cell}{author}: {}", text.trim());
        writer.line(&line.replace(['\r', '\n'], " "))?;
    }
    ControlFlow::Continue(())
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
