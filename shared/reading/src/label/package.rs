//! Labels in Office and OpenDocument packages.

use std::collections::BTreeSet;
use std::io::BufRead;

use uuid::Uuid;

use super::findings::{Findings, Properties, truth};
use super::{LabelEvidence, LabelMark};
use crate::archive::Archive;
use crate::unreadable::Unreadable;
use crate::xml::{Piece, Tag, Xml};

/// The longest value of a property that is kept.
const MAX_VALUE: usize = 4096;

/// The label in an Office package: the list of labels, and custom properties.
pub(super) fn office(bytes: &[u8]) -> LabelEvidence {
    let found = |findings: &mut Findings| {
        let mut archive = Archive::open(bytes)?;
        if let Some(source) = archive.part("docMetadata/LabelInfo.xml")?
            && !xml(source, findings)?
        {
            return Err(Unreadable::Damaged);
        }
        if let Some(source) = archive.part("docProps/custom.xml")? {
            xml(source, findings)?;
        }
        for part in related(&mut archive)? {
            // What the package says it has and has not: nobody knows what was there.
            xml(archive.part(&part)?.ok_or(Unreadable::Damaged)?, findings)?;
        }
        Ok(())
    };
    concluded(found)
}

/// The label in an OpenDocument package: user-defined properties.
pub(super) fn open_document(bytes: &[u8]) -> LabelEvidence {
    let found = |findings: &mut Findings| {
        let mut archive = Archive::open(bytes)?;
        if let Some(manifest) = archive.part("META-INF/manifest.xml")? {
            let mut manifest = Xml::new(manifest);
            while let Some(piece) = manifest.next()? {
                if matches!(piece, Piece::Open(tag) if tag.name() == "encryption-data") {
                    return Err(Unreadable::Protected);
                }
            }
        }
        if let Some(source) = archive.part("meta.xml")? {
            xml(source, findings)?;
        }
        Ok(())
    };
    concluded(found)
}

fn concluded(found: impl FnOnce(&mut Findings) -> Result<(), Unreadable>) -> LabelEvidence {
    let mut findings = Findings::default();
    match found(&mut findings) {
        Ok(()) => findings.evidence(),
        Err(Unreadable::Protected) => LabelEvidence::Protected,
        Err(_) => LabelEvidence::Unclear,
    }
}

/// Parts with labels that have other names than usual, by the relations of the package.
fn related(archive: &mut Archive<'_>) -> Result<BTreeSet<String>, Unreadable> {
    let mut parts = BTreeSet::new();
    let Some(source) = archive.part("_rels/.rels")? else {
        return Ok(parts);
    };
    let mut relations = Xml::new(source);
    while let Some(piece) = relations.next()? {
        let Piece::Open(tag) = piece else { continue };
        let (Some(kind), Some(target)) = (tag.attribute("Type"), tag.attribute("Target")) else {
            continue;
        };
        let kind = kind.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
        if matches!(
            kind.as_str(),
            "classificationlabels" | "custom-properties" | "customproperties"
        ) {
            parts.insert(target.trim_start_matches("./").to_owned());
        }
    }
    Ok(parts)
}

/// What any XML says: the list of labels, properties of Office and OpenDocument, or XMP, whose
/// elements and attributes have the names of the properties.
///
/// Whether there was a list of labels, empty or not.
pub(super) fn xml(source: impl BufRead, findings: &mut Findings) -> Result<bool, Unreadable> {
    let mut properties = Properties::default();
    let mut open: Option<(String, String, usize)> = None;
    let mut in_list = false;
    let mut xml = Xml::new(source);
    loop {
        let depth = xml.depth();
        let Some(piece) = xml.next()? else { break };
        match piece {
            Piece::Open(tag) => {
                match tag.name() {
                    "labelList" => in_list = true,
                    "label" if in_list => list_entry(&tag, findings),
                    "property" | "user-defined" => {
                        let name = tag.attribute("name").unwrap_or_default();
                        if Properties::are_meant_by(&name) {
                            open = Some((name, String::new(), depth));
                        }
                    }
                    name if Properties::are_meant_by(name) => {
                        open = Some((name.to_owned(), String::new(), depth));
                    }
                    _ => {}
                }
                for (name, value) in tag.attributes() {
                    properties.tell(&name, &value);
                }
            }
            Piece::Text(text) => {
                if let Some((_, value, _)) = open.as_mut().filter(|o| o.1.len() < MAX_VALUE) {
                    value.push_str(&text);
                }
            }
            Piece::Close(_) => {
                // The depth before this end is one more than that before the beginning.
                if let Some((name, value, _)) = open.take_if(|o| o.2 + 1 == depth) {
                    properties.tell(&name, &value);
                }
            }
        }
    }
    properties.conclude(findings);
    Ok(in_list)
}

/// An entry of `LabelInfo.xml`.
fn list_entry(tag: &Tag<'_>, findings: &mut Findings) {
    let Some(id) = tag.attribute("id") else {
        // Without its id it is no label, or one that nobody can name.
        findings.unclear();
        return;
    };
    let enabled = tag.attribute("enabled").and_then(|value| truth(&value));
    let removed = tag.attribute("removed").map_or(Some(false), |value| truth(&value));
    let site = tag.attribute("siteId").filter(|site| !site.trim().is_empty());
    let tenant = site.map(|site| Uuid::parse_str(site.trim())).transpose();
    match (Uuid::parse_str(id.trim()), tenant, enabled, removed) {
        (Ok(id), Ok(tenant), Some(true), Some(false)) => findings.label(LabelMark { id, tenant }),
        (Ok(_), Ok(_), Some(_), Some(_)) => {}
        _ => findings.unclear(),
    }
}
