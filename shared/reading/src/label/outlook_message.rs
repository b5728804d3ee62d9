//! Labels in Outlook messages: the named property `msip_labels`, and the headers of transport.

use std::io::{Cursor, Read as _};

use super::LabelEvidence;
use super::findings::{Findings, Properties};
use super::mail;

/// The most of one property that is read.
const MAX_PROPERTY: u64 = 1024 * 1024;
/// Properties from here on have names of their own.
const FIRST_NAMED: u32 = 0x8000;
/// The headers that a message came with.
const TRANSPORT_HEADERS: u32 = 0x007d;
/// The long and the short file name of an attachment.
const FILE_NAMES: [u32; 2] = [0x3707, 0x3704];

/// The label in an Outlook message, and in the messages inside it.
pub(super) fn evidence(bytes: &[u8]) -> LabelEvidence {
    let mut findings = Findings::default();
    match found(bytes, &mut findings) {
        Ok(true) if findings.is_empty() => LabelEvidence::Protected,
        Ok(_) => findings.evidence(),
        Err(_) => LabelEvidence::Unclear,
    }
}

/// Whether the message is encrypted; its labels go to the findings.
fn found(bytes: &[u8], findings: &mut Findings) -> std::io::Result<bool> {
    let mut file = cfb::CompoundFile::open(Cursor::new(bytes))?;
    let streams: Vec<_> = file
        .walk()
        .filter(cfb::Entry::is_stream)
        .filter_map(|entry| Some((entry.path().to_owned(), text_property(entry.name())?)))
        .filter(|(path, _)| !path.to_string_lossy().contains("__nameid_version1.0"))
        .collect();
    let mut encrypted = false;
    for (path, (id, unicode)) in streams {
        let is_file_name = FILE_NAMES.contains(&id);
        if id < FIRST_NAMED && id != TRANSPORT_HEADERS && !is_file_name {
            continue;
        }
        let stream = file.open_stream(&path)?;
        let cut = stream.len() > MAX_PROPERTY;
        let mut content = Vec::new();
        stream.take(MAX_PROPERTY).read_to_end(&mut content)?;
        let text = if unicode {
            encoding_rs::UTF_16LE.decode_without_bom_handling(&content).0
        } else {
            encoding_rs::WINDOWS_1252.decode_without_bom_handling(&content).0
        };
        let text = text.trim_end_matches('\0');
        if is_file_name {
            encrypted |= text.to_ascii_lowercase().ends_with(".rpmsg");
        } else if id == TRANSPORT_HEADERS {
            mail::headers(text.as_bytes(), findings);
            if cut {
                findings.unclear();
            }
        } else if text.to_ascii_lowercase().contains("msip_label_") {
            // Whatever the property's own name: this is what it is about.
            let mut properties = Properties::default();
            properties.tell_header(text);
            properties.conclude(findings);
        }
    }
    Ok(encrypted)
}

/// The id of a property that is text, by the name of its stream, and whether it is in UTF-16.
fn text_property(name: &str) -> Option<(u32, bool)> {
    let tag = name.strip_prefix("__substg1.0_")?;
    let (id, kind) = tag.split_at_checked(4)?;
    let unicode = match kind.to_ascii_uppercase().as_str() {
        "001F" => true,
        "001E" => false,
        _ => return None,
    };
    Some((u32::from_str_radix(id, 16).ok()?, unicode))
}
