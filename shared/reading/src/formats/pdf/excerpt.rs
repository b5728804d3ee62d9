//! Some pages of a PDF as a PDF of their own.
//!
//! The library walks over the tree of all pages several times for each page it reads: a file of
//! two thousand pages costs most of its time there. An excerpt is the same bytes with an end of
//! its own: a tree that holds only a few pages, and a table of objects without those of the other
//! pages. Nothing is copied into another form, so each page is what it is in the whole file.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::ops::RangeInclusive;

use unpdf::parser::raw::xref::{XrefEntry, parse_xref_chain};
use unpdf::parser::raw::{PdfObject, RawDocument};

/// Pages of one excerpt.
pub(super) const PAGES: u32 = 32;
/// Objects inside each other in the root of the tree.
const MAX_DEPTH: usize = 16;

/// Number and generation of an object.
type Id = (u32, u16);

/// A file from which excerpts are taken.
pub(super) struct Excerpts {
    /// The file, and behind it the end of the last excerpt.
    bytes: Vec<u8>,
    /// Bytes of the file alone.
    size: usize,
    /// Where its objects are, without those that only pages have.
    objects: Objects,
    pages: Vec<Page>,
    catalog: Id,
    root: Id,
    /// What the root of the tree says beside its pages: pages take sizes and fonts from it.
    root_entries: Vec<u8>,
}

type Objects = BTreeMap<Id, XrefEntry>;

struct Page {
    id: Id,
    /// Itself, and the streams that draw it.
    objects: Objects,
}

impl Excerpts {
    /// Looks at a file; nothing when it is encrypted, damaged, or put together in a rare way.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        let document = RawDocument::load(bytes).ok()?;
        if document.is_encrypted() || document.xref_reconstructed() {
            return None;
        }
        let catalog = document.trailer().get(b"Root".as_slice())?.as_reference()?;
        let root = document.catalog().ok()?.get(b"Pages".as_slice())?.as_reference()?;
        let mut root_entries = Vec::new();
        for (name, value) in document.get_dict(root).ok()? {
            if !matches!(name.as_slice(), b"Type" | b"Kids" | b"Count") {
                write_name(name, &mut root_entries);
                write(value, MAX_DEPTH, &mut root_entries)?;
            }
        }
        let (table, _) = parse_xref_chain(bytes).ok()?;
        let mut objects: Objects = table.entries.into_iter().collect();
        let tree = document.scan_page_tree();
        if tree.unresolved_nodes > 0
            || usize::try_from(document.declared_page_count()?).ok()? != tree.pages.len()
        {
            return None;
        }
        let ids = tree.pages.into_values();
        let pages: Vec<Page> = ids.map(|id| Page::of(&document, id, &objects)).collect();
        for id in pages.iter().flat_map(|page| page.objects.keys()) {
            objects.remove(id);
        }
        let (size, bytes) = (bytes.len(), bytes.to_vec());
        Some(Self { bytes, size, objects, pages, catalog, root, root_entries })
    }

    /// A file with these pages, counted from 1.
    pub(super) fn excerpt(&mut self, pages: RangeInclusive<u32>) -> Option<&[u8]> {
        let first = usize::try_from(*pages.start()).ok()?.checked_sub(1)?;
        let shown = self.pages.get(first..usize::try_from(*pages.end()).ok()?)?;
        let mut objects = self.objects.clone();
        objects.extend(shown.iter().flat_map(|page| &page.objects));
        self.bytes.truncate(self.size);
        self.bytes.push(b'\n');
        objects.insert(self.root, XrefEntry::Uncompressed(self.bytes.len()));
        let (number, generation) = self.root;
        let _ = write!(self.bytes, "{number} {generation} obj\n<</Type/Pages/Kids[");
        for page in shown {
            let _ = write!(self.bytes, "{} {} R ", page.id.0, page.id.1);
        }
        let _ = write!(self.bytes, "]/Count {}", shown.len());
        self.bytes.extend(&self.root_entries);
        self.bytes.extend(b">>\nendobj\n");
        self.write_table(&objects);
        Some(&self.bytes)
    }

    /// Ends the file with a stream that says where its objects are.
    fn write_table(&mut self, objects: &Objects) {
        let start = self.bytes.len();
        let own = objects.keys().map(|(number, _)| *number).max().unwrap_or_default() + 1;
        let mut index = Vec::new();
        let mut entries = Vec::new();
        for ((number, generation), entry) in objects {
            let _ = write!(index, "{number} 1 ");
            let (kind, place, last) = match entry {
                XrefEntry::Uncompressed(offset) => {
                    (1, u64::try_from(*offset), u32::from(*generation))
                }
                XrefEntry::Compressed(stream, at) => (2, Ok(u64::from(*stream)), *at),
            };
            entries.push(kind);
            entries.extend(place.unwrap_or_default().to_be_bytes());
            entries.extend(last.to_be_bytes());
        }
        let (catalog, generation) = self.catalog;
        let _ = write!(
            self.bytes,
            "{own} 0 obj\n<</Type/XRef/Root {catalog} {generation} R/Size {}/W[1 8 4]/Length {}/Index[",
            own + 1,
            entries.len()
        );
        self.bytes.extend(&index);
        self.bytes.extend(b"]>>\nstream\n");
        self.bytes.extend(&entries);
        let _ = write!(self.bytes, "\nendstream\nendobj\nstartxref\n{start}\n%%EOF\n");
    }
}

impl Page {
    fn of(document: &RawDocument, id: Id, objects: &Objects) -> Self {
        let page = document.get_dict(id).ok();
        let contents = page.and_then(|page| page.get(b"Contents".as_slice()));
        let listed = contents.and_then(|contents| document.resolve(contents).as_array());
        let streams = contents.into_iter().chain(listed.unwrap_or_default());
        let ids = std::iter::once(id).chain(streams.filter_map(PdfObject::as_reference));
        let places = ids.filter_map(|id| Some((id, *objects.get(&id)?)));
        Self { id, objects: places.collect() }
    }
}

/// An object as it stands in a file; nothing when it is a stream, or too deep.
fn write(object: &PdfObject, depth: usize, out: &mut Vec<u8>) -> Option<()> {
    let depth = depth.checked_sub(1)?;
    match object {
        PdfObject::Null => out.extend(b" null"),
        PdfObject::Bool(truth) => write!(out, " {truth}").ok()?,
        PdfObject::Integer(number) => write!(out, " {number}").ok()?,
        PdfObject::Real(number) => write!(out, " {number}").ok()?,
        PdfObject::Name(name) => write_name(name, out),
        PdfObject::Str(text) => {
            out.push(b'<');
            for byte in text {
                write!(out, "{byte:02x}").ok()?;
            }
            out.push(b'>');
        }
        PdfObject::Array(items) => {
            out.push(b'[');
            for item in items {
                write(item, depth, out)?;
            }
            out.push(b']');
        }
        PdfObject::Dict(entries) => {
            out.extend(b"<<");
            for (name, value) in entries {
                write_name(name, out);
                write(value, depth, out)?;
            }
            out.extend(b">>");
        }
        PdfObject::Reference(number, generation) => {
            write!(out, " {number} {generation} R").ok()?;
        }
        PdfObject::Stream(_) => return None,
    }
    Some(())
}

fn write_name(name: &[u8], out: &mut Vec<u8>) {
    out.push(b'/');
    for byte in name {
        if byte.is_ascii_alphanumeric() {
            out.push(*byte);
        } else {
            let _ = write!(out, "#{byte:02x}");
        }
    }
}
