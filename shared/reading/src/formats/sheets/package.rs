//! What is checked of a workbook's archive before a library sees it.

use std::io::{BufRead, Read as _};

use crate::archive::{self, Archive};
use crate::limits::{MAX_PART_BYTES, MAX_RATIO, RATIO_COUNTS_ABOVE};
use crate::reading::Note;
use crate::unreadable::Unreadable;
use crate::writer::Writer;

/// What comes before a document type, if there is one.
const PROLOGUE: u64 = 1024;

/// Refuses what no honest workbook holds. The library reads some parts whole: those are expanded
/// here first. Of sheets, which it streams, the sizes that the archive declares are looked at.
pub(super) fn check(archive: &mut Archive<'_>, writer: &mut Writer<'_>) -> Result<(), Unreadable> {
    let mut whole = 0_u64;
    for name in archive.names() {
        let lower = name.to_ascii_lowercase();
        if lower.ends_with("vbaproject.bin") {
            writer.note(Note::Macros);
        }
        if lower.contains("worksheets/sheet") {
            let (packed, size) = archive.sizes(&name);
            let bomb = size > RATIO_COUNTS_ABOVE && size / packed.max(1) > MAX_RATIO;
            if bomb || size > MAX_PART_BYTES {
                return Err(Unreadable::Unsafe);
            }
        } else if ["sharedstrings", "styles", "workbook.", ".rels"]
            .iter()
            .any(|part| lower.contains(part))
        {
            whole = whole.saturating_add(expand(archive, &name)?);
            if whole > MAX_PART_BYTES {
                return Err(Unreadable::Unsafe);
            }
        }
    }
    Ok(())
}

/// Reads a part to its end, and gives its size.
fn expand(archive: &mut Archive<'_>, name: &str) -> Result<u64, Unreadable> {
    let Some(mut part) = archive.part(name)? else {
        return Ok(0);
    };
    let mut prologue = Vec::new();
    part.by_ref()
        .take(PROLOGUE)
        .read_to_end(&mut prologue)
        .map_err(|error| archive::refused(&error))?;
    if prologue.windows(9).any(|window| window == b"<!DOCTYPE") {
        return Err(Unreadable::Unsafe);
    }
    let mut size = u64::try_from(prologue.len()).unwrap_or(u64::MAX);
    loop {
        let count = part.fill_buf().map_err(|error| archive::refused(&error))?.len();
        if count == 0 {
            return Ok(size);
        }
        part.consume(count);
        size = size.saturating_add(u64::try_from(count).unwrap_or(u64::MAX));
    }
}
