//! One slide with everything that belongs to it, and how it is told.

use std::ops::ControlFlow;

use super::chart::Chart;
use super::comments::Comments;
use super::relations::Relations;
use super::shapes::{Depth, Item, Shapes, blocks};
use crate::archive::Archive;
use crate::markdown;
use crate::reading::Note;
use crate::unreadable::Unreadable;
use crate::writer::Writer;
use crate::xml::{Piece, Xml};

/// One slide, ready to be told.
pub(super) struct Slide {
    pub(super) hidden: bool,
    pub(super) images: u32,
    pub(super) notes: Vec<Note>,
    /// The line of the outline.
    name: String,
    /// Whether the name is to be seen on the slide.
    has_title: bool,
    /// Pieces of Markdown, each with whether an empty line stands before it.
    blocks: Vec<(bool, String)>,
}

impl Slide {
    /// Reads a slide with its notes, charts, diagrams and comments.
    pub(super) fn read(
        archive: &mut Archive<'_>,
        part: &str,
        number: u32,
        comments: &mut Comments,
    ) -> Result<Self, Unreadable> {
        Err(Unreadable::Damaged)
    }
}
