//! What is attached to a PDF.

use std::collections::HashSet;

use lopdf::{Document, LoadOptions, Object, ObjectId};

/// Nodes of the tree of attachments.
const MAX_NODES: usize = 1_000;

/// How many files are attached.
pub(super) fn count(bytes: &[u8]) -> u32 {
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
