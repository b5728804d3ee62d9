//! Office and OpenDocument packages among the zip archives.

use std::io::Read as _;

use super::{holds, tail};
use crate::archive::Archive;
use crate::kind::Kind;
use crate::unreadable::Unreadable;
use crate::xml::{Piece, Xml};

/// The most of the list of content types that is looked at.
const MAX_TYPES: u64 = 8 * 1024 * 1024;

/// Whether these bytes end with the directory of an archive, whatever they begin with.
pub(super) fn ends_like_one(bytes: &[u8]) -> bool {
    // The directory ends with a comment of at most 64 kB.
    holds(tail(bytes, 66 * 1024), b"PK\x05\x06") && Archive::open(bytes).is_ok()
}

/// What an archive is.
pub(super) fn detect(bytes: &[u8], name: &str) -> Kind {
    let Ok(mut archive) = Archive::open(bytes) else {
        // Its name says which reader may say what is wrong with it.
        return Kind::from_name(name).filter(|kind| is_package(*kind)).unwrap_or(Kind::Archive);
    };
    if archive.has("[Content_Types].xml") {
        return by_content_types(&mut archive).unwrap_or(Kind::Archive);
    }
    let mimetype = archive.text("mimetype").ok().flatten().unwrap_or_default();
    by_mimetype(mimetype.trim())
}

fn is_package(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Docx
            | Kind::Pptx
            | Kind::Xlsx
            | Kind::Xlsb
            | Kind::OpenDocumentText
            | Kind::OpenDocumentSheet
            | Kind::OpenDocumentSlides
    )
}

/// The content type of the main part decides. A package with main parts of two kinds is none.
fn by_content_types(archive: &mut Archive<'_>) -> Result<Kind, Unreadable> {
    let part = archive.part("[Content_Types].xml")?.ok_or(Unreadable::Damaged)?;
    let mut xml = Xml::new(std::io::BufReader::new(part.take(MAX_TYPES)));
    let mut found = None;
    while let Some(piece) = xml.next()? {
        let Piece::Open(tag) = piece else { continue };
        let kind = tag.attribute("ContentType").and_then(|content| by_content_type(&content));
        match (kind, found) {
            (Some(kind), Some(other)) if kind != other => return Ok(Kind::Archive),
            (Some(kind), _) => found = Some(kind),
            (None, _) => {}
        }
    }
    Ok(found.unwrap_or(Kind::Archive))
}

/// What a package is whose main part has this content type; nothing for other parts.
fn by_content_type(content: &str) -> Option<Kind> {
    let content = content.trim().to_ascii_lowercase();
    if content == "application/vnd.ms-excel.sheet.binary.macroenabled.main" {
        return Some(Kind::Xlsb);
    }
    let main = content.strip_suffix(".main+xml")?;
    if main.contains("wordprocessingml") || main.contains("ms-word") {
        Some(Kind::Docx)
    } else if main.contains("spreadsheetml") || main.contains("ms-excel") {
        Some(Kind::Xlsx)
    } else if main.contains("presentationml") || main.contains("ms-powerpoint") {
        Some(Kind::Pptx)
    } else {
        None
    }
}

fn by_mimetype(mimetype: &str) -> Kind {
    let Some(kind) = mimetype.strip_prefix("application/vnd.oasis.opendocument.") else {
        return Kind::Archive;
    };
    match kind.strip_suffix("-template").unwrap_or(kind) {
        "text" => Kind::OpenDocumentText,
        "spreadsheet" => Kind::OpenDocumentSheet,
        "presentation" => Kind::OpenDocumentSlides,
        _ => Kind::Archive,
    }
}
