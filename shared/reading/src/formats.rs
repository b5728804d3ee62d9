//! One reader for each format. Every one has the same shape: bytes and a [`Writer`] in, nothing
//! out but what the writer keeps; it ends when the writer breaks.

pub(crate) mod plain;
pub(crate) mod word;

use crate::kind::Kind;
use crate::unreadable::Unreadable;
use crate::writer::Writer;

/// Reads a file of a kind.
pub(crate) fn read(kind: Kind, bytes: &[u8], writer: &mut Writer<'_>) -> Result<(), Unreadable> {
    match kind {
        Kind::Text => plain::read(bytes, writer),
        Kind::Docx => word::read(bytes, writer),
        Kind::EncryptedOffice => Err(Unreadable::Protected),
        Kind::Pptx
        | Kind::Xlsx
        | Kind::Xlsb
        | Kind::Xls
        | Kind::LegacyWord
        | Kind::LegacyPowerPoint
        | Kind::OpenDocumentText
        | Kind::OpenDocumentSheet
        | Kind::OpenDocumentSlides
        | Kind::Pdf
        | Kind::Rtf
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
