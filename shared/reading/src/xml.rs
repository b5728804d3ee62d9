//! XML of foreign files: no document type, no entities but the five, no endless depth.

use std::borrow::Cow;
use std::io::BufRead;

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use crate::archive::Bomb;
use crate::limits::MAX_DEPTH;
use crate::unreadable::Unreadable;

/// A pull reader of XML.
pub(crate) struct Xml<R> {
    reader: Reader<R>,
    buffer: Vec<u8>,
    depth: usize,
}

/// One piece of XML. Names are local: prefixes are dropped.
#[derive(Debug)]
pub(crate) enum Piece<'x> {
    /// An element begins.
    Open(Tag<'x>),
    /// An element ends; also after one that has no content.
    Close(String),
    /// Text between tags, entities resolved. Long text may come in several pieces.
    Text(Cow<'x, str>),
}

/// The start of an element.
#[derive(Debug)]
pub(crate) struct Tag<'x>(BytesStart<'x>);

impl<R: BufRead> Xml<R> {
    /// A reader over a document.
    pub(crate) fn new(source: R) -> Self {
        let mut reader = Reader::from_reader(source);
        reader.config_mut().expand_empty_elements = true;
        reader.config_mut().check_end_names = true;
        Self { reader, buffer: Vec::with_capacity(4096), depth: 0 }
    }

    /// How many elements are open.
    pub(crate) fn depth(&self) -> usize {
        self.depth
    }

    /// The next piece; nothing at the end.
    pub(crate) fn next(&mut self) -> Result<Option<Piece<'_>>, Unreadable> {
        loop {
            self.buffer.clear();
            // The borrow checker cannot see that a skipped event is not used again, so what is
            // returned is owned.
            let event = self.reader.read_event_into(&mut self.buffer).map_err(|e| refused(&e))?;
            let piece = match event {
                Event::Start(tag) => {
                    self.depth += 1;
                    if self.depth > MAX_DEPTH {
                        return Err(Unreadable::Unsafe);
                    }
                    Piece::Open(Tag(tag.into_owned()))
                }
                Event::End(tag) => {
                    self.depth = self.depth.saturating_sub(1);
                    Piece::Close(tag.local_name().as_ref().to_owned())
                }
                Event::Text(text) => Piece::Text(Cow::Owned(text.xml10_content().into_owned())),
                Event::CData(text) => Piece::Text(Cow::Owned(text.xml10_content().into_owned())),
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
                Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => continue,
            };
            return Ok(Some(piece));
        }
    }
}

impl Tag<'_> {
    /// Its local name.
    pub(crate) fn name(&self) -> &str {
        self.0.local_name().into_inner()
    }

    /// An attribute by its local name, entities resolved.
    pub(crate) fn attribute(&self, name: &str) -> Option<String> {
        self.0.attributes().flatten().find_map(|attribute| {
            (attribute.key.local_name().as_ref() == name)
                .then(|| {
                    attribute.normalized_value(XmlVersion::Implicit1_0).ok().map(Cow::into_owned)
                })
                .flatten()
        })
    }
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
        quick_xml::Error::Io(cause) if cause.get_ref().is_some_and(|inner| inner.is::<Bomb>()) => {
            Unreadable::Unsafe
        }
        _ => Unreadable::Damaged,
    }
}
