//! XML of foreign files: no document type, no entities but the five, no endless depth.

use std::borrow::Cow;
use std::io::BufRead;

use quick_xml::encoding::DecodingReader;
use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use crate::archive;
use crate::limits::MAX_DEPTH;
use crate::unreadable::Unreadable;

/// A pull reader of XML.
pub(crate) struct Xml<R> {
    reader: Reader<DecodingReader<R>>,
    buffer: Vec<u8>,
    depth: usize,
    /// The name of the element that ended last.
    ended: String,
    /// The element that was read last has no content: it ends now.
    is_empty: bool,
}

/// One piece of XML, until the next one is read. Names are local: prefixes are dropped.
#[derive(Debug)]
pub(crate) enum Piece<'x> {
    /// An element begins.
    Open(Tag<'x>),
    /// An element ends; also after one that has no content.
    Close(&'x str),
    /// Text between tags, entities resolved. Long text may come in several pieces, and where a
    /// comment stands there is one without any.
    Text(Cow<'x, str>),
}

/// The start of an element.
#[derive(Debug)]
pub(crate) struct Tag<'x>(BytesStart<'x>);

impl<R: BufRead> Xml<R> {
    /// A reader over a document, in UTF-8 or UTF-16.
    pub(crate) fn new(source: R) -> Self {
        let mut reader = Reader::from_reader(DecodingReader::new(source));
        reader.config_mut().check_end_names = true;
        let buffer = Vec::with_capacity(4096);
        Self { reader, buffer, depth: 0, ended: String::new(), is_empty: false }
    }

    /// How many elements are open.
    pub(crate) fn depth(&self) -> usize {
        self.depth
    }

    /// Passes over the rest of the element whose start was read last.
    pub(crate) fn skip(&mut self) -> Result<(), Unreadable> {
        let outside = self.depth.saturating_sub(1);
        while self.depth > outside && self.next()?.is_some() {}
        Ok(())
    }

    /// The next piece; nothing at the end.
    pub(crate) fn next(&mut self) -> Result<Option<Piece<'_>>, Unreadable> {
        if std::mem::take(&mut self.is_empty) {
            self.depth = self.depth.saturating_sub(1);
            return Ok(Some(Piece::Close(&self.ended)));
        }
        self.buffer.clear();
        let event = self.reader.read_event_into(&mut self.buffer).map_err(|e| refused(&e))?;
        Ok(Some(match event {
            Event::Start(tag) => {
                self.depth = deeper(self.depth)?;
                Piece::Open(Tag(tag))
            }
            Event::Empty(tag) => {
                self.depth = deeper(self.depth)?;
                self.is_empty = true;
                self.ended.clear();
                self.ended.push_str(tag.local_name().as_ref());
                Piece::Open(Tag(tag))
            }
            Event::End(tag) => {
                self.depth = self.depth.saturating_sub(1);
                self.ended.clear();
                self.ended.push_str(tag.local_name().as_ref());
                Piece::Close(&self.ended)
            }
            Event::Text(text) => Piece::Text(text.xml10_content()),
            Event::CData(text) => Piece::Text(text.xml10_content()),
            Event::GeneralRef(entity) => {
                let character = match entity.resolve_char_ref() {
                    Ok(Some(character)) => Some(character),
                    Ok(None) => predefined(&entity.xml10_content()),
                    Err(_) => None,
                };
                let character = character.ok_or(Unreadable::Damaged)?;
                Piece::Text(Cow::Owned(character.to_string()))
            }
            Event::DocType(_) => return Err(Unreadable::Unsafe),
            Event::Eof if self.depth > 0 => return Err(Unreadable::Damaged),
            Event::Eof => return Ok(None),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => Piece::Text(Cow::Borrowed("")),
        }))
    }
}

impl Tag<'_> {
    /// Its local name.
    pub(crate) fn name(&self) -> &str {
        self.0.local_name().into_inner()
    }

    /// An attribute by its local name, entities resolved.
    pub(crate) fn attribute(&self, name: &str) -> Option<String> {
        self.found(|attribute| attribute.key.local_name().as_ref() == name)
    }

    /// An attribute that has a prefix, where another one without it has the same local name:
    /// `r:id` beside `id`.
    pub(crate) fn prefixed(&self, name: &str) -> Option<String> {
        self.found(|attribute| {
            attribute.key.prefix().is_some() && attribute.key.local_name().as_ref() == name
        })
    }

    /// The first attribute of which this is true; whether others have its name does not matter.
    fn found(&self, wanted: impl Fn(&Attribute<'_>) -> bool) -> Option<String> {
        let mut attributes = self.0.attributes();
        attributes.with_checks(false).flatten().filter(wanted).find_map(|attribute| {
            attribute.normalized_value(XmlVersion::Implicit1_0).ok().map(Cow::into_owned)
        })
    }

    /// Its attributes by their local names, entities resolved; those that are no XML are left out.
    pub(crate) fn attributes(&self) -> impl Iterator<Item = (String, String)> {
        self.0.attributes().flatten().filter_map(|attribute| {
            let value = attribute.normalized_value(XmlVersion::Implicit1_0).ok()?;
            Some((attribute.key.local_name().as_ref().to_owned(), value.into_owned()))
        })
    }
}

fn deeper(depth: usize) -> Result<usize, Unreadable> {
    if depth < MAX_DEPTH { Ok(depth + 1) } else { Err(Unreadable::Unsafe) }
}

fn predefined(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => return None,
    })
}

fn refused(error: &quick_xml::Error) -> Unreadable {
    match error {
        quick_xml::Error::Io(cause) => archive::refused(cause),
        _ => Unreadable::Damaged,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(document: &[u8]) -> Result<String, Unreadable> {
        let mut xml = Xml::new(document);
        let mut text = String::new();
        while let Some(piece) = xml.next()? {
            if let Piece::Text(piece) = piece {
                text.push_str(&piece);
            }
        }
        Ok(text)
    }

    #[test]
    fn the_five_entities_and_characters_by_number_are_resolved() {
        assert_eq!(text(b"<a>1 &lt; 2 &amp; &#x41;&#66;</a>").unwrap(), "1 < 2 & AB");
    }

    #[test]
    fn utf_16_is_read() {
        let units = "\u{feff}<?xml version=\"1.0\"?><a>Zürich</a>".encode_utf16();
        let bytes: Vec<u8> = units.flat_map(u16::to_le_bytes).collect();
        assert_eq!(text(&bytes).unwrap(), "Zürich");
    }

    #[test]
    fn a_document_type_is_refused_whatever_it_declares() {
        for declared in ["", " SYSTEM \"file:///etc/passwd\"", " [<!ENTITY b \"b\">]"] {
            let document = format!("<!DOCTYPE a{declared}><a>&b;</a>");
            assert_eq!(text(document.as_bytes()), Err(Unreadable::Unsafe), "{declared}");
        }
        assert_eq!(text(b"<a>&b;</a>"), Err(Unreadable::Damaged));
    }

    #[test]
    fn elements_inside_elements_have_an_end() {
        let deep = "<a>".repeat(50_000);
        assert_eq!(text(deep.as_bytes()), Err(Unreadable::Unsafe));
        assert_eq!(text(b"<a><b>"), Err(Unreadable::Damaged));
    }

    #[test]
    fn an_element_is_passed_over_with_all_that_is_in_it() {
        let mut xml = Xml::new("<a><b><b>x</b>y</b><c/></a>".as_bytes());
        let mut names = Vec::new();
        while let Some(piece) = xml.next().unwrap() {
            let Piece::Open(tag) = piece else {
                continue;
            };
            let name = tag.name().to_owned();
            if name == "b" {
                xml.skip().unwrap();
            }
            names.push(name);
        }
        assert_eq!(names, ["a", "b", "c"]);
    }

    #[test]
    fn every_element_ends_by_its_name_also_one_without_content() {
        let mut xml = Xml::new("<w:a><!-- x --><w:b/>1<c d='e'/><?p?></w:a>".as_bytes());
        let mut told = Vec::new();
        while let Some(piece) = xml.next().unwrap() {
            match piece {
                Piece::Open(tag) => told.push(format!("+{}", tag.name())),
                Piece::Close(name) => told.push(format!("-{name}")),
                Piece::Text(text) => told.extend((!text.is_empty()).then(|| text.into_owned())),
            }
        }
        assert_eq!(told, ["+a", "+b", "-b", "1", "+c", "-c", "-a"]);
        assert_eq!(xml.depth(), 0);
    }

    #[test]
    fn an_attribute_with_a_prefix_is_told_from_one_without() {
        let mut xml = Xml::new("<s id='256' r:id='rId2'/>".as_bytes());
        let Some(Piece::Open(tag)) = xml.next().unwrap() else {
            panic!("an element");
        };
        assert_eq!(tag.attribute("id").as_deref(), Some("256"));
        assert_eq!(tag.prefixed("id").as_deref(), Some("rId2"));
    }
}
