//! Bytes of files: what a name promises, made by code, with the file's label inside where its format has a place.

pub mod archive;
pub mod mail;
pub mod open_document;
pub mod package;
pub mod pdf;
pub mod picture;
pub mod plain;
pub mod presentation;
pub mod protected;
pub mod rich_text;
pub mod sheet;
pub mod word;

use bytes::Bytes;

use super::model::Labelling;

/// The bytes of a file with this name and this text; Office files and PDFs carry their label inside.
pub fn render(name: &str, text: &str, labels: &Labelling) -> Bytes {
    match ending(name).as_str() {
        "docx" => word::from_text(text, labels),
        "xlsx" => sheet::from_text(text, labels),
        "pptx" => presentation::from_text(text, labels),
        "pdf" => pdf::from_text(text, labels),
        _ => Bytes::copy_from_slice(text.as_bytes()),
    }
}

/// The lower-case ending of a file name, without its dot.
pub fn ending(name: &str) -> String {
    name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).unwrap_or_default()
}

/// The media type of a file name.
pub fn media_type(name: &str) -> &'static str {
    match ending(name).as_str() {
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "docm" => "application/vnd.ms-word.document.macroEnabled.12",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "pptx" => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "odt" => "application/vnd.oasis.opendocument.text",
        "rtf" => "application/rtf",
        "pdf" => "application/pdf",
        "txt" | "md" | "py" => "text/plain",
        "csv" => "text/csv",
        "ics" => "text/calendar",
        "vtt" => "text/vtt",
        "json" => "application/json",
        "html" | "aspx" => "text/html",
        "png" => "image/png",
        "eml" => "message/rfc822",
        "msg" => "application/vnd.ms-outlook",
        _ => "application/octet-stream",
    }
}

/// Escapes text for XML and HTML.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
