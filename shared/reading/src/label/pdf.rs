//! Labels in PDF files: XMP metadata, and entries of the document information.

use lopdf::xref::XrefEntry;
use lopdf::{Document, LoadOptions, Object, ObjectId};

use super::LabelEvidence;
use super::findings::{Findings, Properties};
use super::package;

/// The most that a metadata stream may expand to.
const MAX_METADATA: usize = 8 * 1024 * 1024;
/// The most that a stream of objects may expand to.
const MAX_OBJECTS: usize = 64 * 1024 * 1024;

/// The label in a PDF.
pub(super) fn evidence(bytes: &[u8]) -> LabelEvidence {
    let Some(document) = load(bytes) else {
        return if holds(bytes, b"/Encrypt") { protected(bytes) } else { LabelEvidence::Unclear };
    };
    if document.trailer.has(b"Encrypt") {
        return protected(bytes);
    }
    let mut findings = Findings::default();
    metadata(&document, &mut findings);
    information(&document, &mut findings);
    findings.evidence()
}

/// The document without pages and pictures: what holds no label is not kept.
fn load(bytes: &[u8]) -> Option<Document> {
    let options = LoadOptions {
        filter: Some(kept),
        max_decompressed_size: Some(MAX_OBJECTS),
        ..LoadOptions::default()
    };
    let document = Document::load_mem_with_options(bytes, options).ok()?;
    if document.trailer.has(b"Encrypt") || document.catalog().is_ok() {
        return Some(document);
    }
    // A file whose table of objects is wrong is repaired only when all of it is loaded.
    let options =
        LoadOptions { max_decompressed_size: Some(MAX_OBJECTS), ..LoadOptions::default() };
    let document = Document::load_mem_with_options(bytes, options).ok()?;
    document.catalog().is_ok().then_some(document)
}

fn kept(id: ObjectId, object: &mut Object) -> Option<(ObjectId, Object)> {
    let keep = match &*object {
        Object::Stream(stream) => {
            let kind = stream.dict.get_type().unwrap_or_default();
            matches!(kind, b"ObjStm" | b"XRef" | b"Metadata")
                || stream.dict.get(b"Subtype").and_then(Object::as_name).is_ok_and(|s| s == b"XML")
        }
        _ => true,
    };
    keep.then(|| (id, object.clone()))
}

/// Nothing of an encrypted file can be read, but its metadata may be in the clear.
fn protected(bytes: &[u8]) -> LabelEvidence {
    let mut findings = Findings::default();
    for start in positions(bytes, b"<x:xmpmeta") {
        let rest = bytes.get(start..).unwrap_or_default();
        let rest = rest.get(..MAX_METADATA.min(rest.len())).unwrap_or_default();
        if let Some(end) = positions(rest, b"</x:xmpmeta>").next() {
            xmp(rest.get(..end + 12).unwrap_or_default(), &mut findings);
        }
    }
    if findings.is_empty() { LabelEvidence::Protected } else { findings.evidence() }
}

fn metadata(document: &Document, findings: &mut Findings) {
    let Ok(entry) = document.catalog().and_then(|catalog| catalog.get(b"Metadata")) else {
        return;
    };
    match resolved(document, entry) {
        Some(Object::Stream(stream)) => match stream.get_plain_content_with_limit(MAX_METADATA) {
            Ok(content) => xmp(&content, findings),
            Err(_) => findings.unclear(),
        },
        Some(Object::Null) => {}
        _ => findings.unclear(),
    }
}

/// Metadata that is not well-formed is only a doubt when it speaks of labels: names of elements
/// and attributes cannot be written in another way.
fn xmp(content: &[u8], findings: &mut Findings) {
    let body = content.trim_ascii_end();
    if package::xml(body, findings).is_ok() {
        return;
    }
    let plain: Vec<u8> =
        content.iter().filter(|byte| **byte != 0).map(u8::to_ascii_lowercase).collect();
    if holds(&plain, b"msip_label") || holds(&plain, b"<!doctype") {
        findings.unclear();
    }
}

fn information(document: &Document, findings: &mut Findings) {
    let Ok(entry) = document.trailer.get(b"Info") else {
        return;
    };
    let dictionary = match resolved(document, entry) {
        Some(Object::Dictionary(dictionary)) => dictionary,
        Some(Object::Null) => return,
        _ => return findings.unclear(),
    };
    let mut properties = Properties::default();
    for (name, value) in dictionary {
        let name = String::from_utf8_lossy(name);
        if !Properties::are_meant_by(&name) {
            continue;
        }
        let value = match resolved(document, value) {
            Some(text @ Object::String(..)) => lopdf::decode_text_string(text).ok(),
            Some(Object::Name(name)) => Some(String::from_utf8_lossy(name).into_owned()),
            Some(Object::Boolean(truth)) => Some(truth.to_string()),
            _ => None,
        };
        match value {
            Some(value) => properties.tell(&name, &value),
            None => findings.unclear(),
        }
    }
    properties.conclude(findings);
}

/// What a reference leads to: null when there is no such object, nothing when it cannot be read.
fn resolved<'d>(document: &'d Document, object: &'d Object) -> Option<&'d Object> {
    static NULL: Object = Object::Null;
    let mut object = object;
    for _ in 0..16 {
        let Object::Reference(id) = object else {
            return Some(object);
        };
        match document.objects.get(id) {
            Some(next) => object = next,
            None => {
                return match document.reference_table.entries.get(&id.0) {
                    Some(XrefEntry::Normal { .. } | XrefEntry::Compressed { .. }) => None,
                    Some(XrefEntry::Free | XrefEntry::UnusableFree) | None => Some(&NULL),
                };
            }
        }
    }
    None
}

fn positions<'b>(bytes: &'b [u8], words: &'b [u8]) -> impl Iterator<Item = usize> + 'b {
    memchr::memmem::find_iter(bytes, words)
}

fn holds(bytes: &[u8], words: &[u8]) -> bool {
    positions(bytes, words).next().is_some()
}
