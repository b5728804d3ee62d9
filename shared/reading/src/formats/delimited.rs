//! Tables in text: `.csv` and `.tsv`.
//!
//! They are told like sheets, with letters for columns and numbers for records. What has only one
//! column is text, not a table.

use std::ops::ControlFlow;

use csv::{Reader, ReaderBuilder, StringRecord};

use super::grid::Grid;
use super::plain;
use crate::unreadable::Unreadable;
use crate::writer::Writer;

/// What may stand between two values.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// Bytes that are looked at to find out which it is.
const LOOKED_AT: usize = 64 * 1024;
/// Records that are looked at to find out which it is.
const RECORDS_LOOKED_AT: usize = 100;
/// A longer value is a quotation mark that nobody closed.
const LONGEST_VALUE: usize = 128 * 1024;

/// Reads a table whose values are separated by what its own text suggests.
#[expect(clippy::unnecessary_wraps, reason = "all readers have one shape")]
pub(crate) fn read_csv(bytes: &[u8], writer: &mut Writer<'_>) -> Result<(), Unreadable> {
    let text = plain::decode(bytes, None, writer)?;
    let (delimiter, text) = declared(&text).unwrap_or_else(|| (likely(&text), &text));
    tell(text, delimiter, writer);
    Ok(())
}

/// Reads a table whose values are separated by tabs.
#[expect(clippy::unnecessary_wraps, reason = "all readers have one shape")]
pub(crate) fn read_tsv(bytes: &[u8], writer: &mut Writer<'_>) -> Result<(), Unreadable> {
    let text = plain::decode(bytes, None, writer)?;
    tell(&text, b'\t', writer);
    Ok(())
}

fn tell(text: &str, delimiter: u8, writer: &mut Writer<'_>) {
    // Both functions end early only because the writer has enough.
    let _ = match quoting(text, delimiter) {
        None => plain::tell(text, writer),
        Some(quoting) => records(reader(text, delimiter, quoting), writer),
    };
}

fn records(mut reader: Reader<&[u8]>, writer: &mut Writer<'_>) -> ControlFlow<()> {
    let window = writer.cells();
    let mut grid = Grid::new(window.map_or(0, |cells| cells.top));
    let mut record = StringRecord::new();
    let mut row = 0_u32;
    while reader.read_record(&mut record).unwrap_or_default() {
        if window.is_some_and(|window| row > window.bottom) {
            break;
        }
        for (column, value) in (0_u32..).zip(record.iter()) {
            if window.is_none_or(|window| window.contains(row, column)) {
                grid.push(row, column, value, writer)?;
            }
        }
        row = row.saturating_add(1);
    }
    grid.tell(writer)
}

fn reader(text: &str, delimiter: u8, quoting: bool) -> Reader<&[u8]> {
    ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .quoting(quoting)
        .from_reader(text.as_bytes())
}

/// Whether quotation marks mean anything; nothing when this is no table at all.
fn quoting(text: &str, delimiter: u8) -> Option<bool> {
    let mut reader = reader(text, delimiter, true);
    let mut record = StringRecord::new();
    let (mut is_table, mut quoting) = (false, true);
    while reader.read_record(&mut record).unwrap_or_default() {
        is_table |= record.len() > 1;
        quoting &= record.iter().all(|value| value.len() <= LONGEST_VALUE);
    }
    (is_table || !quoting).then_some(quoting)
}

/// The delimiter that a first line `sep=;` names, and the text after that line.
fn declared(text: &str) -> Option<(u8, &str)> {
    let rest = text.strip_prefix("sep=")?;
    let delimiter = *rest.as_bytes().first().filter(|byte| DELIMITERS.contains(byte))?;
    let rest = rest.get(1..)?.trim_start_matches('\r');
    Some((delimiter, rest.strip_prefix('\n')?))
}

/// The delimiter that cuts the first records into the same number of values most often; of equal
/// ones that which makes more values.
fn likely(text: &str) -> u8 {
    let mut end = LOOKED_AT.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let (head, _) = text.split_at_checked(end).unwrap_or((text, ""));
    let head =
        if end < text.len() { head.rsplit_once('\n').map_or(head, |(head, _)| head) } else { head };
    let mut best = (b',', (0, 0));
    for delimiter in DELIMITERS {
        let score = score(head, delimiter);
        if score > best.1 {
            best = (delimiter, score);
        }
    }
    best.0
}

/// Percent of records with the most frequent number of values, and that number.
fn score(text: &str, delimiter: u8) -> (usize, usize) {
    let mut widths = std::collections::BTreeMap::new();
    let mut reader = reader(text, delimiter, true);
    let mut record = StringRecord::new();
    let mut count = 0_usize;
    while count < RECORDS_LOOKED_AT && reader.read_record(&mut record).unwrap_or_default() {
        *widths.entry(record.len()).or_insert(0_usize) += 1;
        count += 1;
    }
    let common = widths.into_iter().filter(|(width, _)| *width > 1).max_by_key(|(_, times)| *times);
    common.map_or((0, 0), |(width, times)| (times * 100 / count.max(1), width))
}

#[cfg(test)]
mod tests;
