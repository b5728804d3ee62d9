//! One reader for each format. Every one has the same shape: bytes and a [`Writer`] in, nothing
//! out but what the writer keeps; it ends when the writer breaks.

pub(crate) mod grid;
pub(crate) mod open_document;
pub(crate) mod plain;
pub(crate) mod rtf;
pub(crate) mod slides;

use crate::kind::Kind;
use crate::unreadable::Unreadable;
use crate::writer::Writer;

/// Reads a file of a kind.
pub(crate) fn read(kind: Kind, bytes: &[u8], writer: &mut Writer<'_>) -> Result<(), Unreadable> {
    match kind {
        Kind::Text => plain::read(bytes, writer),
        Kind::OpenDocumentText | Kind::OpenDocumentSlides => open_document::read(bytes, writer),
        Kind::Rtf => rtf::read(bytes, writer),
        Kind::OpenDocumentSheet => open_document::read_sheets(bytes, writer),
        Kind::Pptx => slides::read(bytes, writer),
        Kind::EncryptedOffice => Err(Unreadable::Protected),
        Kind::Docx
        | Kind::Xlsx
        | Kind::Xlsb
        | Kind::Xls
        | Kind::LegacyWord
        | Kind::LegacyPowerPoint
        | Kind::Pdf
        | Kind::Html
        | Kind::Eml
        | Kind::Msg
        | Kind::Calendar
        | Kind::Captions
        | Kind::Csv
        | Kind::Tsv
        | Kind::Image
        | Kind::Archive
        | Kind::Unknown => Err(Unreadable::Unsupported { kind }),
    }
}
