//! Labels in the OLE files of Office 97 to 2003: user-defined properties of the document summary.

use std::collections::HashMap;
use std::io::{Cursor, Read as _};

use super::LabelEvidence;
use super::findings::{Findings, Properties};

const SUMMARY: &str = "/\u{5}DocumentSummaryInformation";
/// The most of the summary that is read.
const MAX_SUMMARY: u64 = 4 * 1024 * 1024;
/// The most entries of any table in it.
const MAX_ENTRIES: u32 = 10_000;
/// The code page that stands for UTF-16.
const UTF_16: u16 = 1200;

/// The label in an Office 97 to 2003 file.
pub(super) fn evidence(bytes: &[u8]) -> LabelEvidence {
    let Ok(mut file) = cfb::CompoundFile::open(Cursor::new(bytes)) else {
        return LabelEvidence::Unclear;
    };
    if !file.exists(SUMMARY) {
        return LabelEvidence::Unlabelled;
    }
    let mut summary = Vec::new();
    let read = file
        .open_stream(SUMMARY)
        .and_then(|stream| stream.take(MAX_SUMMARY).read_to_end(&mut summary));
    let mut properties = Properties::default();
    match read.ok().and_then(|_| sections(&summary, &mut properties)) {
        Some(()) => {
            let mut findings = Findings::default();
            properties.conclude(&mut findings);
            findings.evidence()
        }
        None => LabelEvidence::Unclear,
    }
}

/// All sections of a property set; nothing when it is not one.
fn sections(set: &[u8], properties: &mut Properties) -> Option<()> {
    if set.is_empty() {
        return Some(());
    }
    if set.get(..2)? != [0xfe, 0xff] {
        return None;
    }
    let count = u32_at(set, 24)?;
    if count > 8 {
        return None;
    }
    for at in 0..usize::try_from(count).ok()? {
        let offset = usize::try_from(u32_at(set, 28 + at * 20 + 16)?).ok()?;
        section(set.get(offset..)?, properties)?;
    }
    Some(())
}

/// One section: its dictionary gives the properties their names; without one none has a name.
fn section(section: &[u8], properties: &mut Properties) -> Option<()> {
    let count = u32_at(section, 4).filter(|count| *count <= MAX_ENTRIES)?;
    let mut offsets = HashMap::new();
    for at in 0..usize::try_from(count).ok()? {
        let offset = usize::try_from(u32_at(section, 8 + at * 8 + 4)?).ok()?;
        offsets.insert(u32_at(section, 8 + at * 8)?, offset);
    }
    let Some(dictionary) = offsets.get(&0) else {
        return Some(());
    };
    let page = match offsets.get(&1) {
        Some(offset) => u16_at(section, offset + 4)?,
        None => 1252,
    };
    for (id, name) in names(section.get(*dictionary..)?, page)? {
        if Properties::are_meant_by(&name) {
            let offset = offsets.get(&id)?;
            properties.tell(&name, &value(section.get(*offset..)?, page)?);
        }
    }
    Some(())
}

fn names(dictionary: &[u8], page: u16) -> Option<Vec<(u32, String)>> {
    let count = u32_at(dictionary, 0).filter(|count| *count <= MAX_ENTRIES)?;
    let mut names = Vec::new();
    let mut at = 4;
    for _ in 0..count {
        let id = u32_at(dictionary, at)?;
        let length = usize::try_from(u32_at(dictionary, at + 4)?).ok()?;
        // Names in UTF-16 are counted in characters, and filled up to four bytes.
        let size = if page == UTF_16 { length.checked_mul(2)? } else { length };
        let name = dictionary.get(at + 8..(at + 8).checked_add(size)?)?;
        names.push((id, text(name, page)));
        at += 8 + if page == UTF_16 { size.next_multiple_of(4) } else { size };
    }
    Some(names)
}

/// A value as text; nothing when it is of a type that a label's properties never have.
fn value(value: &[u8], page: u16) -> Option<String> {
    const BOOLEAN: u32 = 0x0b;
    const TEXT: u32 = 0x1e;
    const WIDE_TEXT: u32 = 0x1f;
    let length = || usize::try_from(u32_at(value, 4)?).ok();
    match u32_at(value, 0)? {
        BOOLEAN => Some((u16_at(value, 4)? != 0).to_string()),
        TEXT => Some(text(value.get(8..length()?.checked_add(8)?)?, page)),
        WIDE_TEXT => {
            let end = length()?.checked_mul(2)?.checked_add(8)?;
            Some(text(value.get(8..end)?, UTF_16))
        }
        _ => None,
    }
}

fn text(bytes: &[u8], page: u16) -> String {
    let encoding = match page {
        UTF_16 => encoding_rs::UTF_16LE,
        65001 => encoding_rs::UTF_8,
        _ => encoding_rs::WINDOWS_1252,
    };
    encoding.decode_without_bom_handling(bytes).0.trim_end_matches('\0').to_owned()
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}
