//! What a file is: by its bytes, not by its name.

mod detect;

pub(crate) use detect::detect;

use serde::{Deserialize, Serialize};

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it; `name` says it for people")]
pub enum Kind {
    Docx,
    Pptx,
    Xlsx,
    Xlsb,
    Xls,
    LegacyWord,
    LegacyPowerPoint,
    OpenDocumentText,
    OpenDocumentSheet,
    OpenDocumentSlides,
    Pdf,
    Rtf,
    Html,
    Eml,
    Msg,
    Calendar,
    Captions,
    Csv,
    Tsv,
    Text,
    Image,
    Archive,
    /// An OLE file that holds an encrypted Office file.
    EncryptedOffice,
    Unknown,
}

impl Kind {
    /// The kind in words, for a sentence.
    pub fn name(self) -> &'static str {
        match self {
            Self::Docx => "Word document",
            Self::Pptx => "PowerPoint presentation",
            Self::Xlsx => "Excel workbook",
            Self::Xlsb => "binary Excel workbook",
            Self::Xls => "Excel 97 workbook",
            Self::LegacyWord => "Word 97 document",
            Self::LegacyPowerPoint => "PowerPoint 97 presentation",
            Self::OpenDocumentText => "OpenDocument text",
            Self::OpenDocumentSheet => "OpenDocument spreadsheet",
            Self::OpenDocumentSlides => "OpenDocument presentation",
            Self::Pdf => "PDF",
            Self::Rtf => "Rich Text file",
            Self::Html => "web page",
            Self::Eml => "e-mail",
            Self::Msg => "Outlook message",
            Self::Calendar => "calendar file",
            Self::Captions => "captions file",
            Self::Csv => "comma-separated table",
            Self::Tsv => "tab-separated table",
            Self::Text => "text",
            Self::Image => "image",
            Self::Archive => "archive",
            Self::EncryptedOffice => "encrypted Office file",
            Self::Unknown => "unknown kind",
        }
    }

    /// Whether files of this kind can carry a sensitivity label, or nobody knows.
    pub fn can_carry_label(self) -> bool {
        match self {
            Self::Html
            | Self::Calendar
            | Self::Captions
            | Self::Csv
            | Self::Tsv
            | Self::Text
            | Self::Rtf
            | Self::Image => false,
            Self::Docx
            | Self::Pptx
            | Self::Xlsx
            | Self::Xlsb
            | Self::Xls
            | Self::LegacyWord
            | Self::LegacyPowerPoint
            | Self::OpenDocumentText
            | Self::OpenDocumentSheet
            | Self::OpenDocumentSlides
            | Self::Pdf
            | Self::Eml
            | Self::Msg
            | Self::Archive
            | Self::EncryptedOffice
            | Self::Unknown => true,
        }
    }

    /// Whether a file of this kind is one that its name promises.
    ///
    /// Kinds of text flow into each other, and so do an Office file and the same with a password.
    pub(crate) fn goes_with(self, named: Self) -> bool {
        let is_text = |kind| {
            matches!(
                kind,
                Self::Text | Self::Html | Self::Csv | Self::Tsv | Self::Calendar | Self::Captions
            )
        };
        match self {
            _ if self == named => true,
            Self::EncryptedOffice => matches!(
                named,
                Self::Docx
                    | Self::Pptx
                    | Self::Xlsx
                    | Self::Xlsb
                    | Self::Xls
                    | Self::LegacyWord
                    | Self::LegacyPowerPoint
            ),
            Self::Eml => named == Self::Text,
            _ => is_text(self) && is_text(named),
        }
    }

    /// What a name says a file is; nothing when its ending says nothing.
    pub fn from_name(name: &str) -> Option<Self> {
        let (_, ending) = name.rsplit_once('.')?;
        Some(match ending.to_ascii_lowercase().as_str() {
            "docx" | "docm" | "dotx" | "dotm" => Self::Docx,
            "pptx" | "pptm" | "potx" | "ppsx" | "ppsm" => Self::Pptx,
            "xlsx" | "xlsm" | "xltx" | "xltm" => Self::Xlsx,
            "xlsb" => Self::Xlsb,
            "xls" | "xlt" => Self::Xls,
            "doc" | "dot" => Self::LegacyWord,
            "ppt" | "pps" => Self::LegacyPowerPoint,
            "odt" | "ott" => Self::OpenDocumentText,
            "ods" | "ots" => Self::OpenDocumentSheet,
            "odp" | "otp" => Self::OpenDocumentSlides,
            "pdf" => Self::Pdf,
            "rtf" => Self::Rtf,
            "html" | "htm" | "xhtml" => Self::Html,
            "eml" => Self::Eml,
            "msg" => Self::Msg,
            "ics" => Self::Calendar,
            "vtt" | "srt" => Self::Captions,
            "csv" => Self::Csv,
            "tsv" | "tab" => Self::Tsv,
            "png" | "jpg" | "jpeg" | "gif" | "bmp" | "webp" | "tif" | "tiff" | "heic" | "ico" => {
                Self::Image
            }
            "zip" | "7z" | "rar" | "gz" | "tar" => Self::Archive,
            "txt" | "md" | "json" | "xml" | "yaml" | "yml" | "log" | "ini" | "sql" | "py"
            | "js" | "ts" | "rs" | "java" | "c" | "h" | "cpp" | "cs" | "go" | "sh" | "ps1"
            | "r" | "toml" | "svg" | "css" => Self::Text,
            _ => return None,
        })
    }
}
