//! One reader for each format. Every one has the same shape: bytes and a [`Writer`] in, nothing
//! out but what the writer keeps; it ends when the writer breaks.

pub(crate) mod calendar;
pub(crate) mod captions;
mod delimited;
mod grid;
pub(crate) mod html;
pub(crate) mod mail;
pub(crate) mod open_document;
pub(crate) mod outlook_message;
mod pdf;
pub(crate) mod plain;
pub(crate) mod rtf;
pub(crate) mod sheets;
pub(crate) mod slides;
pub(crate) mod word;

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::kind::Kind;
use crate::reading::Note;
use crate::unreadable::Unreadable;
use crate::writer::Writer;

/// Reads a file of a kind.
pub(crate) fn read(kind: Kind, bytes: &[u8], writer: &mut Writer<'_>) -> Result<(), Unreadable> {
    match kind {
        Kind::Text => plain::read(bytes, writer),
        Kind::Docx => word::read(bytes, writer),
        Kind::Pptx => slides::read(bytes, writer),
        Kind::Xlsx => sheets::read_xlsx(bytes, writer),
        Kind::Xlsb => sheets::read_xlsb(bytes, writer),
        Kind::Xls => sheets::read_xls(bytes, writer),
        Kind::OpenDocumentText | Kind::OpenDocumentSlides => open_document::read(bytes, writer),
        Kind::OpenDocumentSheet => open_document::read_sheets(bytes, writer),
        Kind::Pdf => pdf::read(bytes, writer),
        Kind::Rtf => rtf::read(bytes, writer),
        Kind::Csv => delimited::read_csv(bytes, writer),
        Kind::Tsv => delimited::read_tsv(bytes, writer),
        Kind::Html => html::read(bytes, writer),
        Kind::Calendar => calendar::read(bytes, writer),
        Kind::Captions => captions::read(bytes, writer),
        Kind::Eml => mail::read(bytes, writer),
        Kind::Msg => outlook_message::read(bytes, writer),
        Kind::EncryptedOffice => Err(Unreadable::Protected),
        Kind::LegacyWord | Kind::LegacyPowerPoint | Kind::Image | Kind::Archive | Kind::Unknown => {
            Err(Unreadable::Unsupported { kind })
        }
    }
}

/// Runs a reader that stands on a library which may panic. To such a reader that is damage like
/// any other: what was told before it is kept.
fn guarded(
    writer: &mut Writer<'_>,
    read: impl FnOnce(&mut Writer<'_>) -> Result<(), Unreadable>,
) -> Result<(), Unreadable> {
    match catch_unwind(AssertUnwindSafe(|| read(writer))) {
        Ok(outcome) => outcome,
        Err(_) if writer.is_empty() => Err(Unreadable::Damaged),
        Err(_) => {
            writer.note(Note::PartlyDamaged);
            Ok(())
        }
    }
}
