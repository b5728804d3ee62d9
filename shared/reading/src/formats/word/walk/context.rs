//! What a walk has to know, and what it learns.

use std::collections::HashMap;
use std::rc::Rc;

use crate::formats::word::numbering::Numbering;
use crate::formats::word::stories::Story;
use crate::formats::word::styles::Styles;
use crate::reading::{Note, Request};
use crate::writer::Writer;

/// What a walk has to know, and what it learns.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(in crate::formats::word) struct Context {
    pub(in crate::formats::word) styles: Rc<Styles>,
    pub(in crate::formats::word) numbering: Numbering,
    /// Addresses by the ids of their relations.
    pub(in crate::formats::word) links: HashMap<String, String>,
    /// Texts of footnotes and endnotes, by kind and id.
    pub(in crate::formats::word) footnotes: HashMap<(&'static str, String), String>,
    pub(in crate::formats::word) comments: HashMap<String, Story>,
    pub(in crate::formats::word) comments_wanted: bool,
    pub(in crate::formats::word) changes_wanted: bool,
    /// Footnotes that were told.
    pub(in crate::formats::word) footnotes_told: u32,
    pub(in crate::formats::word) images: u32,
    pub(in crate::formats::word) comments_left_out: u32,
    pub(in crate::formats::word) deletions: u32,
    pub(in crate::formats::word) hidden: bool,
    pub(in crate::formats::word) damaged: bool,
    pub(in crate::formats::word) cut: bool,
}

impl Context {
    /// What a request wants.
    pub(in crate::formats::word) fn new(request: &Request) -> Self {
        Self {
            comments_wanted: request.comments,
            changes_wanted: request.changes,
            ..Self::default()
        }
    }

    /// The context of text beside the body.
    pub(in crate::formats::word) fn for_story(&self) -> Self {
        Self {
            styles: Rc::clone(&self.styles),
            changes_wanted: self.changes_wanted,
            ..Self::default()
        }
    }

    /// Adds what was learnt beside the body.
    pub(in crate::formats::word) fn take_back(&mut self, story: &Self) {
        self.images = self.images.saturating_add(story.images);
        self.deletions = self.deletions.saturating_add(story.deletions);
        self.hidden |= story.hidden;
        self.damaged |= story.damaged;
        self.cut |= story.cut;
    }

    /// Says what is not in the text.
    pub(in crate::formats::word) fn notes(&self, writer: &mut Writer<'_>) {
        let counted = [
            (self.images, Note::Images { count: self.images }),
            (self.comments_left_out, Note::CommentsLeftOut { count: self.comments_left_out }),
            (self.deletions, Note::ChangesLeftOut { count: self.deletions }),
        ];
        let said = [
            (self.hidden, Note::HiddenText),
            (self.damaged, Note::PartlyDamaged),
            (self.cut, Note::CutAtLimit),
        ];
        let counted = counted.into_iter().filter(|(count, _)| *count > 0).map(|(_, note)| note);
        let said = said.into_iter().filter(|(is_so, _)| *is_so).map(|(_, note)| note);
        counted.chain(said).for_each(|note| writer.note(note));
    }
}
