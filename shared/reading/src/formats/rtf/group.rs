//! What holds inside a group, and ends with it.

/// Where text goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Destination {
    /// To the body.
    #[default]
    Text,
    /// Nowhere, but a group inside may lead somewhere.
    Silent,
    /// Nowhere, nor does anything inside.
    Skip,
    /// The table of fonts.
    Fonts,
    /// The name of a style.
    Style,
    /// The number or bullet before an item of a list.
    Marker,
    /// A footnote or endnote.
    Footnote,
    /// A comment.
    Comment,
    /// Who wrote the next comment.
    Author,
    /// What a field does.
    Instruction,
}

/// A part of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FieldPart {
    /// All of it.
    Whole,
    /// What people see.
    Result,
}

/// A group that is open.
#[derive(Clone, Debug, Default)]
pub(super) struct Group {
    pub(super) destination: Destination,
    /// The destination that begins with this very group.
    pub(super) begins: Option<Destination>,
    /// The part of a field that begins with this very group.
    pub(super) field: Option<FieldPart>,
    pub(super) font: Option<i32>,
    pub(super) is_hidden: bool,
    pub(super) is_deleted: bool,
    /// Characters that follow one given by its number; one when not said.
    pub(super) fallback: Option<usize>,
}

impl Group {
    /// What holds inside a group when it begins.
    pub(super) fn inner(&self) -> Self {
        Self { begins: None, field: None, ..self.clone() }
    }
}
