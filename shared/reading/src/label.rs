//! Sensitivity labels, as the bytes of a file tell them.

mod findings;
mod legacy_office;
mod mail;
mod outlook_message;
mod package;
mod pdf;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::kind::Kind;

/// What the bytes say about the label.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum LabelEvidence {
    /// Files of this kind carry no label.
    CannotCarry,
    /// It could carry one and has none, or only removed ones.
    Unlabelled,
    /// It carries these; more than one is possible.
    Labelled {
        /// The labels in force.
        labels: Vec<LabelMark>,
    },
    /// It is encrypted, so its label cannot be read.
    Protected,
    /// There is something about labels in it that could not be understood.
    Unclear,
}

/// One label in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LabelMark {
    /// Id of the label.
    pub id: Uuid,
    /// The tenant it belongs to (`siteId`), when the file says so.
    pub tenant: Option<Uuid>,
}

impl LabelEvidence {
    /// Evidence from the labels in force; order and repetition do not matter.
    pub(crate) fn of(mut labels: Vec<LabelMark>) -> Self {
        labels.sort_unstable();
        labels.dedup();
        if labels.is_empty() { Self::Unlabelled } else { Self::Labelled { labels } }
    }
}

/// What the bytes of a file of this kind say about its label. What is there and cannot be
/// understood is [`LabelEvidence::Unclear`], never nothing.
pub(crate) fn evidence(kind: Kind, bytes: &[u8]) -> LabelEvidence {
    match kind {
        Kind::EncryptedOffice => LabelEvidence::Protected,
        Kind::Docx | Kind::Pptx | Kind::Xlsx | Kind::Xlsb => package::office(bytes),
        Kind::OpenDocumentText | Kind::OpenDocumentSheet | Kind::OpenDocumentSlides => {
            package::open_document(bytes)
        }
        Kind::Pdf => pdf::evidence(bytes),
        Kind::Xls | Kind::LegacyWord | Kind::LegacyPowerPoint => legacy_office::evidence(bytes),
        Kind::Msg => outlook_message::evidence(bytes),
        Kind::Eml => mail::evidence(bytes),
        Kind::Archive | Kind::Unknown => LabelEvidence::Unclear,
        // Office writes a document's properties into what it saves as HTML or RTF.
        Kind::Html | Kind::Rtf if mentions_a_label(bytes) => LabelEvidence::Unclear,
        // Word and Excel save whole documents as one XML file too.
        Kind::Text if looks_like_markup(bytes) && mentions_a_label(bytes) => LabelEvidence::Unclear,
        Kind::Html
        | Kind::Calendar
        | Kind::Captions
        | Kind::Csv
        | Kind::Tsv
        | Kind::Text
        | Kind::Rtf
        | Kind::Image => LabelEvidence::CannotCarry,
    }
}

/// Whether the name of a label's property stands anywhere, in one or two bytes a character.
fn mentions_a_label(bytes: &[u8]) -> bool {
    const NAME: &[u8] = b"msip_label_";
    let mut matched = 0;
    for byte in bytes.iter().filter(|byte| **byte != 0).map(u8::to_ascii_lowercase) {
        // The first letter of the name does not come again in it.
        matched = match NAME.get(matched) {
            Some(expected) if *expected == byte => matched + 1,
            _ => usize::from(NAME.first() == Some(&byte)),
        };
        if matched == NAME.len() {
            return true;
        }
    }
    false
}

fn looks_like_markup(bytes: &[u8]) -> bool {
    let plain = bytes.iter().take(64).filter(|byte| byte.is_ascii_graphic());
    plain.into_iter().next() == Some(&b'<')
}

#[cfg(test)]
mod tests;
