//! The shapes of a slide, in the order of the file.

mod paragraph;
mod walk;

pub(super) use paragraph::{Mark, Paragraph, blocks};

use std::io::BufRead;

use crate::relations::Relations;
use crate::unreadable::Unreadable;
use crate::xml::Xml;

/// What a slide holds.
#[derive(Default)]
pub(super) struct Shapes {
    /// Its title.
    pub(super) title: Option<String>,
    /// Everything else.
    pub(super) items: Vec<Item>,
    /// Whether it is left out of the show.
    pub(super) hidden: bool,
    /// Whether shapes that nobody sees were left out.
    pub(super) left_out_hidden: bool,
    /// Whether it holds more text than any slide should.
    pub(super) is_cut: bool,
    /// How many pictures it has.
    pub(super) images: u32,
}

/// One thing on a slide.
#[derive(Debug)]
pub(super) enum Item {
    /// The text of one shape.
    Text(Vec<Paragraph>),
    /// A table, row by row.
    Table(Vec<Vec<String>>),
    /// A picture, by its description.
    Image(String),
    /// A chart, by its relationship.
    Chart(String),
    /// A diagram (SmartArt), by the relationship of its data.
    Diagram(String),
}

/// How much of a slide is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Depth {
    /// All of it.
    All,
    /// Its title, and whether it is hidden.
    Title,
}

impl Shapes {
    /// Reads the shapes of a slide or of its notes.
    pub(super) fn read<R: BufRead>(
        xml: &mut Xml<R>,
        relations: &Relations,
        depth: Depth,
    ) -> Result<Self, Unreadable> {
        walk::walk(xml, relations, depth)
    }
}
