//! OpenDocument: texts, presentations and sheets.

mod inline;
mod lists;
mod sheet;
mod slide;
mod styles;
mod table;
mod text;

use crate::archive::Archive;
use crate::reading::Note;
use crate::unreadable::Unreadable;
use crate::writer::Writer;
use crate::xml::{Piece, Xml};

use styles::Styles;

/// Reads a text or a presentation.
pub(crate) fn read(bytes: &[u8], writer: &mut Writer<'_>) -> Result<(), Unreadable> {
    let mut archive = open(bytes, writer)?;
    let styles = named_styles(&mut archive, writer)?;
    let has_pages = mentions(&mut archive, "content.xml", b"soft-page-break")?;
    let Some(content) = archive.part("content.xml")? else {
        return Err(Unreadable::Damaged);
    };
    text::tell(&mut Xml::new(content), styles, has_pages, writer)
}

/// Reads a workbook.
pub(crate) fn read_sheets(bytes: &[u8], writer: &mut Writer<'_>) -> Result<(), Unreadable> {
    let mut archive = open(bytes, writer)?;
    let Some(content) = archive.part("content.xml")? else {
        return Err(Unreadable::Damaged);
    };
    sheet::tell(&mut Xml::new(content), Styles::default(), writer)
}

/// Opens a document that is not encrypted.
fn open<'b>(bytes: &'b [u8], writer: &mut Writer<'_>) -> Result<Archive<'b>, Unreadable> {
    let mut archive = Archive::open(bytes)?;
    // Old manifests have a document type, so they are searched rather than parsed.
    if mentions(&mut archive, "META-INF/manifest.xml", b"encryption-data")? {
        return Err(Unreadable::Protected);
    }
    let is_module = |name: &String| {
        let is_list = name.ends_with("script-lb.xml") || name.ends_with("script-lc.xml");
        (name.starts_with("Basic/") && !is_list) || name.starts_with("Scripts/")
    };
    if archive.names().iter().any(|name| !name.ends_with('/') && is_module(name)) {
        writer.note(Note::Macros);
    }
    Ok(archive)
}

/// The styles that have names people gave them; a document without them is still one.
fn named_styles(archive: &mut Archive<'_>, writer: &mut Writer<'_>) -> Result<Styles, Unreadable> {
    let mut styles = Styles::default();
    let Some(part) = archive.part("styles.xml")? else {
        return Ok(styles);
    };
    let mut xml = Xml::new(part);
    loop {
        match xml.next() {
            Ok(Some(Piece::Open(tag))) => styles.open(&tag),
            Ok(Some(Piece::Close(name))) => styles.close(name),
            Ok(Some(Piece::Text(_))) => {}
            Ok(None) => return Ok(styles),
            Err(Unreadable::Unsafe) => return Err(Unreadable::Unsafe),
            Err(_) => {
                writer.note(Note::PartlyDamaged);
                return Ok(styles);
            }
        }
    }
}

/// Whether a part has these bytes somewhere; not, when there is no such part.
fn mentions(archive: &mut Archive<'_>, part: &str, word: &[u8]) -> Result<bool, Unreadable> {
    use std::io::Read as _;
    const CHUNK: u64 = 64 * 1024;
    let Some(mut source) = archive.part(part)? else {
        return Ok(false);
    };
    let mut window = Vec::new();
    loop {
        // What is broken here is broken for its reader too, who says so.
        let Ok(count) = source.by_ref().take(CHUNK).read_to_end(&mut window) else {
            return Ok(false);
        };
        if window.windows(word.len()).any(|bytes| bytes == word) {
            return Ok(true);
        }
        if count == 0 {
            return Ok(false);
        }
        window.drain(..window.len().saturating_sub(word.len()));
    }
}

#[cfg(test)]
mod tests;
