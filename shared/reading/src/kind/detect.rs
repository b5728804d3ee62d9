//! Detection by content: magic bytes, then what an archive or an OLE file holds, then the look of
//! the text.

mod package;
mod text;

use std::io::Cursor;

use super::Kind;

const OLE: &[u8] = &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

/// What these bytes are. The name decides only between kinds of plain text, and what an archive
/// was that cannot be opened any more.
pub(crate) fn detect(bytes: &[u8], name: &str) -> Kind {
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return package::detect(bytes, name);
    }
    if bytes.starts_with(OLE) {
        return in_ole(bytes, name);
    }
    if head(bytes, 64).trim_ascii_start().starts_with(b"{\\rtf") {
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
    if package::ends_like_one(bytes) {
        return package::detect(bytes, "");
    }
    text::detect(bytes, name)
}

fn head(bytes: &[u8], most: usize) -> &[u8] {
    bytes.get(..most.min(bytes.len())).unwrap_or_default()
}

fn tail(bytes: &[u8], most: usize) -> &[u8] {
    bytes.get(bytes.len().saturating_sub(most)..).unwrap_or_default()
}

fn holds(bytes: &[u8], words: &[u8]) -> bool {
    bytes.windows(words.len()).any(|window| window == words)
}

/// A PDF header may stand anywhere in the first kilobyte; when it is not at the start, the end
/// has to look like that of a PDF too, for a text may speak of such headers.
fn is_pdf(bytes: &[u8]) -> bool {
    const HEADER: &[u8] = b"%PDF-";
    let at_start = head(bytes, 64).trim_ascii_start().starts_with(HEADER);
    at_start || (holds(head(bytes, 1024), HEADER) && holds(tail(bytes, 2048), b"%%EOF"))
}

fn is_image(bytes: &[u8]) -> bool {
    const STARTS: &[&[u8]] = &[
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff",
        b"GIF87a",
        b"GIF89a",
        b"II*\0",
        b"MM\0*",
        b"\0\0\x01\0",
    ];
    let webp = bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP");
    let heic = bytes.get(4..8) == Some(b"ftyp")
        && matches!(bytes.get(8..12), Some(b"heic" | b"heix" | b"mif1" | b"avif"));
    // Two letters alone could be the start of a word.
    let bitmap = bytes.starts_with(b"BM") && bytes.get(6..10) == Some(&[0; 4]);
    webp || heic || bitmap || STARTS.iter().any(|start| bytes.starts_with(start))
}

fn is_packed(bytes: &[u8]) -> bool {
    [b"\x1f\x8b".as_slice(), b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07"]
        .iter()
        .any(|start| bytes.starts_with(start))
}

fn in_ole(bytes: &[u8], name: &str) -> Kind {
    let Ok(file) = cfb::CompoundFile::open(Cursor::new(bytes)) else {
        return match Kind::from_name(name) {
            Some(kind @ (Kind::Msg | Kind::Xls | Kind::LegacyWord | Kind::LegacyPowerPoint)) => {
                kind
            }
            _ => Kind::Unknown,
        };
    };
    let has = |name: &str| file.exists(name);
    // Rights management leaves the names of the streams that it encrypts in place.
    if has("/EncryptedPackage") || has("/\u{9}DRMContent") || has("/\u{6}DataSpaces") {
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

#[cfg(test)]
mod tests;
