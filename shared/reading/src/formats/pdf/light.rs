//! The other library: text without its layout, and what is attached.

use std::collections::{BTreeMap, HashSet};
use std::ops::ControlFlow;

use lopdf::{Document, LoadOptions, Object, ObjectId};

use crate::reading::Note;
use crate::unreadable::Unreadable;
use crate::writer::{Unit, Wanted, Writer};

/// Nodes of the tree of attachments.
const MAX_NODES: usize = 1_000;

/// A PDF as the other library sees it.
pub(super) struct Light {
    document: Document,
    pages: BTreeMap<u32, ObjectId>,
}

impl Light {
    /// Opens a file.
    pub(super) fn open(bytes: &[u8]) -> Result<Self, Unreadable> {
        let document = Document::load_mem(bytes).map_err(|_| Unreadable::Damaged)?;
        // What it could not decrypt has no pages, and no error either.
        if document.is_encrypted() && document.get_pages().is_empty() {
            return Err(Unreadable::Protected);
        }
        let pages = document.get_pages();
        Ok(Self { document, pages })
    }

    /// Tells one page; gives how many characters it has.
    pub(super) fn tell(&self, page: u32, writer: &mut Writer<'_>) -> ControlFlow<(), usize> {
        writer.note(Note::LayoutSimplified);
        let Ok(text) = self.document.extract_text(&[page]) else {
            writer.note(Note::PartlyDamaged);
            return ControlFlow::Continue(0);
        };
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            writer.line(line)?;
        }
        ControlFlow::Continue(text.chars().filter(|character| !character.is_whitespace()).count())
    }
}

/// Reads a PDF without its layout.
pub(super) fn read(bytes: &[u8], writer: &mut Writer<'_>) -> Result<(), Unreadable> {
    let light = Light::open(bytes)?;
    if light.pages.is_empty() {
        return Err(Unreadable::Damaged);
    }
    writer.units(u32::try_from(light.pages.len()).unwrap_or(u32::MAX));
    for page in light.pages.keys() {
        let flow = match writer.unit(Unit::Page(*page)) {
            Wanted::Text => light.tell(*page, writer).map_continue(drop),
            Wanted::Outline | Wanted::Nothing => ControlFlow::Continue(()),
            Wanted::Stop => break,
        };
        if flow.is_break() {
            break;
        }
    }
    Ok(())
}

/// How many files are attached.
pub(super) fn attachments(bytes: &[u8]) -> u32 {
    // Loading a file a second time is not free, and most have nothing attached. The name may
    // stand in a packed object, too.
    let may_have = |name: &[u8]| memchr::memmem::find(bytes, name).is_some();
    if !may_have(b"/EmbeddedFile") && !may_have(b"/ObjStm") {
        return 0;
    }
    let options = LoadOptions { filter: Some(without_content), ..LoadOptions::default() };
    Document::load_mem_with_options(bytes, options)
        .map_or(0, |document| counted(&document).unwrap_or_default())
}

/// Leaves out pictures, fonts and pages' contents: streams that hold no other objects.
fn without_content(id: ObjectId, object: &mut Object) -> Option<(ObjectId, Object)> {
    let keep = match &*object {
        Object::Stream(stream) => matches!(stream.dict.get_type(), Ok(b"ObjStm" | b"XRef")),
        _ => true,
    };
    keep.then(|| (id, object.clone()))
}

fn counted(document: &Document) -> Option<u32> {
    let catalog = document.catalog().ok()?;
    let names = document.get_dict_in_dict(catalog, b"Names").ok()?;
    let root = document.get_dict_in_dict(names, b"EmbeddedFiles").ok()?;
    let mut waiting = vec![root];
    let mut seen = HashSet::new();
    let mut count = 0_usize;
    while let Some(node) = waiting.pop() {
        if let Ok(entries) = node.get(b"Names").and_then(Object::as_array) {
            count = count.saturating_add(entries.len() / 2);
        }
        for kid in node.get(b"Kids").and_then(Object::as_array).into_iter().flatten() {
            let Ok(id) = kid.as_reference() else { continue };
            if seen.len() < MAX_NODES && seen.insert(id) {
                waiting.extend(document.get_dictionary(id));
            }
        }
    }
    u32::try_from(count).ok()
}
