//! Word documents made by hand, read as a caller reads them.

mod beside;
mod hostile;
mod lists;
mod pages;
mod tables;
mod words;

use crate::read::read;
use crate::reading::{Extract, Request};
use crate::testing::package;
use crate::unreadable::Unreadable;

const TYPES: &str = r#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"#;
const ROOT: &str = r#"<Relationships><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>"#;

/// The body in its document.
fn document(body: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:document xmlns:w="w" xmlns:r="r" xmlns:m="m" xmlns:mc="mc" xmlns:wp="wp" xmlns:a="a" xmlns:v="v"><w:body>{body}<w:sectPr><w:pgSz w:w="1"/></w:sectPr></w:body></w:document>"#
    )
}

/// A relation of the main part.
pub(crate) fn relation(id: &str, kind: &str, target: &str) -> String {
    let mode = if target.contains(':') { r#" TargetMode="External""# } else { "" };
    format!(
        r#"<Relationship Id="{id}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" Target="{target}"{mode}/>"#
    )
}

/// A document with more parts: kind, and what is in it.
pub(crate) fn with_parts(body: &str, parts: &[(&str, &str)], relations: &str) -> Vec<u8> {
    let main = document(body);
    let own: String =
        parts.iter().map(|(kind, _)| relation(kind, kind, &format!("{kind}.xml"))).collect();
    let relations = format!("<Relationships>{own}{relations}</Relationships>");
    let named: Vec<(String, &str)> =
        parts.iter().map(|(kind, text)| (format!("word/{kind}.xml"), *text)).collect();
    let mut all = vec![
        ("[Content_Types].xml", TYPES.as_bytes()),
        ("_rels/.rels", ROOT.as_bytes()),
        ("word/document.xml", main.as_bytes()),
        ("word/_rels/document.xml.rels", relations.as_bytes()),
    ];
    all.extend(named.iter().map(|(name, text)| (name.as_str(), text.as_bytes())));
    package(&all)
}

pub(crate) fn docx(body: &str) -> Vec<u8> {
    with_parts(body, &[], "")
}

fn request() -> Request {
    Request::new("a.docx", 1_000_000)
}

fn told(bytes: &[u8], request: &Request) -> Result<Extract, Unreadable> {
    read(bytes, request).content
}

pub(crate) fn extract(bytes: &[u8]) -> Extract {
    told(bytes, &request()).unwrap()
}

/// The text of a body.
fn text(body: &str) -> String {
    extract(&docx(body)).markdown()
}

/// A paragraph with this text.
pub(crate) fn p(text: &str) -> String {
    format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>")
}

/// A paragraph with these properties.
pub(crate) fn pp(properties: &str, text: &str) -> String {
    format!("<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>")
}

/// A run with these properties.
fn r(properties: &str, text: &str) -> String {
    format!(r#"<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>"#)
}
