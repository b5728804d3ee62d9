//! Detection by content: magic bytes, then what an archive or an OLE file holds, then the look of
//! the text.

use std::io::Cursor;

use super::Kind;
use crate::archive::Archive;

const OLE: &[u8] = &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

/// What these bytes are. The name decides only between kinds of plain text.
pub(crate) fn detect(bytes: &[u8], name: &str) -> Kind {
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return in_archive(bytes);
    }
    if bytes.starts_with(OLE) {
        return in_ole(bytes);
    }
    if bytes.starts_with(b"{\\rtf") {
        return Kind::Rtf;
    }
    if is_pdf(bytes) {
        return Kind::Pdf;
    }
    if is_image(bytes) {
        return Kind::Image;
    }
    if is_packed(bytes) {
        return Kind::Archive;
    }
    as_text(bytes, name)
}

/// A PDF header may stand anywhere in the first kilobyte.
fn is_pdf(bytes: &[u8]) -> bool {
    let head = bytes.get(..1024.min(bytes.len())).unwrap_or_default();
    head.windows(5).any(|window| window == b"%PDF-")
}

fn is_image(bytes: &[u8]) -> bool {
    const STARTS: &[&[u8]] =
        &[b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"\0\0\x01\0"];
    let webp = bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP");
    let heic = bytes.get(4..8) == Some(b"ftyp")
        && matches!(bytes.get(8..12), Some(b"heic" | b"heix" | b"mif1" | b"avif"));
    webp || heic || STARTS.iter().any(|start| bytes.starts_with(start) && bytes.len() > 16)
}

fn is_packed(bytes: &[u8]) -> bool {
    [b"\x1f\x8b".as_slice(), b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07"]
        .iter()
        .any(|start| bytes.starts_with(start))
}

fn in_archive(bytes: &[u8]) -> Kind {
    let Ok(mut archive) = Archive::open(bytes) else {
        return Kind::Archive;
    };
    if let Ok(Some(types)) = archive.text("[Content_Types].xml") {
        return in_package(&types);
    }
    match archive.text("mimetype").ok().flatten().as_deref().map(str::trim) {
        Some("application/vnd.oasis.opendocument.text") => Kind::OpenDocumentText,
        Some("application/vnd.oasis.opendocument.spreadsheet") => Kind::OpenDocumentSheet,
        Some("application/vnd.oasis.opendocument.presentation") => Kind::OpenDocumentSlides,
        _ => Kind::Archive,
    }
}

/// The content type of the main part decides.
fn in_package(types: &str) -> Kind {
    if types.contains("wordprocessingml.document.main+xml")
        || types.contains("wordprocessingml.template.main+xml")
        || types.contains("application/vnd.ms-word.document.macroEnabled.main+xml")
        || types.contains("application/vnd.ms-word.template.macroEnabledTemplate.main+xml")
    {
        Kind::Docx
    } else if types.contains("spreadsheetml.sheet.main+xml")
        || types.contains("spreadsheetml.template.main+xml")
        || types.contains("application/vnd.ms-excel.sheet.macroEnabled.main+xml")
        || types.contains("application/vnd.ms-excel.template.macroEnabled.main+xml")
    {
        Kind::Xlsx
    } else if types.contains("application/vnd.ms-excel.sheet.binary.macroEnabled.main") {
        Kind::Xlsb
    } else if types.contains("presentationml.presentation.main+xml")
        || types.contains("presentationml.slideshow.main+xml")
        || types.contains("presentationml.template.main+xml")
        || types.contains("application/vnd.ms-powerpoint.presentation.macroEnabled.main+xml")
        || types.contains("application/vnd.ms-powerpoint.slideshow.macroEnabled.main+xml")
    {
        Kind::Pptx
    } else {
        Kind::Archive
    }
}

fn in_ole(bytes: &[u8]) -> Kind {
    let Ok(file) = cfb::CompoundFile::open(Cursor::new(bytes)) else {
        return Kind::Unknown;
    };
    let has = |name: &str| file.exists(name);
    if has("/EncryptedPackage") {
        Kind::EncryptedOffice
    } else if has("/__properties_version1.0") {
        Kind::Msg
    } else if has("/WordDocument") {
        Kind::LegacyWord
    } else if has("/Workbook") || has("/Book") {
        Kind::Xls
    } else if has("/PowerPoint Document") {
        Kind::LegacyPowerPoint
    } else {
        Kind::Unknown
    }
}

/// Bytes without a signature: text of some sort, or nothing we know.
fn as_text(bytes: &[u8], name: &str) -> Kind {
    let head = bytes.get(..4096.min(bytes.len())).unwrap_or_default();
    let marked = [b"\xEF\xBB\xBF".as_slice(), b"\xFF\xFE", b"\xFE\xFF"]
        .iter()
        .any(|mark| head.starts_with(mark));
    if !marked && head.contains(&0) {
        return Kind::Unknown;
    }
    let text = String::from_utf8_lossy(head).to_ascii_lowercase();
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if text.starts_with("begin:vcalendar") {
        return Kind::Calendar;
    }
    if text.starts_with("webvtt") {
        return Kind::Captions;
    }
    if text.starts_with("<!doctype html") || text.starts_with("<html") {
        return Kind::Html;
    }
    match Kind::from_name(name) {
        Some(kind @ (Kind::Csv | Kind::Tsv | Kind::Html | Kind::Captions)) => kind,
        Some(Kind::Eml) => Kind::Eml,
        _ if looks_like_mail(text) => Kind::Eml,
        _ => Kind::Text,
    }
}

/// Header lines of a mail: at least two of the usual ones before the first empty line.
fn looks_like_mail(text: &str) -> bool {
    const USUAL: &[&str] = &[
        "from:",
        "to:",
        "subject:",
        "date:",
        "message-id:",
        "received:",
        "mime-version:",
        "return-path:",
        "delivered-to:",
    ];
    let found = text
        .lines()
        .take_while(|line| !line.trim().is_empty())
        .filter(|line| USUAL.iter().any(|name| line.starts_with(name)))
        .count();
    let first_is_header = text.lines().next().is_some_and(|line| {
        line.split_once(':').is_some_and(|(name, _)| {
            !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        })
    });
    first_is_header && found >= 2
}
