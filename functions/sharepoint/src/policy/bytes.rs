//! What may leave of a file whose bytes were read: the label in the bytes is judged beside the one
//! in the metadata, and the stricter of both wins.

use graph::labels::{Doubt, LabelId, Labelling};
use reading::{Extract, Kind, LabelEvidence, LabelMark, Reading, Unreadable};

use super::{Class, Content, Policy, Verdict};

/// What is known of a file beside its bytes.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// Its class by its name.
    pub class: Class,
    /// The label that the metadata of the current file tell.
    pub metadata: Labelling,
    /// Whether the bytes are those of an old version: then they must speak for themselves, and
    /// the metadata can make the verdict stricter only.
    pub old_version: bool,
    /// The tenant whose labels count.
    pub tenant: &'a str,
}

/// A file as it was read. Nobody has judged its text, so that can be had through
/// [`Policy::screen_file`] only.
pub struct Unjudged {
    kind: Kind,
    named_as: Option<Kind>,
    label: LabelEvidence,
    content: Content<Result<Extract, Unreadable>>,
}

impl From<Reading> for Unjudged {
    fn from(reading: Reading) -> Self {
        let Reading { kind, named_as, label, content } = reading;
        Self { kind, named_as, label, content: Content::of(content) }
    }
}

/// A file as it was judged.
#[derive(Debug)]
pub struct ReadFile {
    /// What it is, by its bytes.
    pub class: Class,
    /// The labelling that decided.
    pub labelling: Labelling,
    /// What was decided.
    pub verdict: Verdict,
    /// What its name says it is, and what it is, where these are different and it may leave.
    pub mismatch: Option<(Kind, Kind)>,
    /// Its text, or why there is none; nothing unless it may leave.
    pub text: Option<Result<Extract, Unreadable>>,
}

impl Policy {
    /// Gives the text of a file out only if it may leave by its metadata and by its bytes.
    pub fn screen_file(&self, known: &Known<'_>, file: Unjudged) -> ReadFile {
        let own = class_of_kind(file.kind);
        let mut deciding = (known.class, known.metadata);
        // What it is counts, not what its name says: a label is needed where its kind needs one.
        let mut statements = vec![(own, known.metadata)];
        statements.extend(statement(known, &file).map(|labelling| (own, labelling)));
        for (class, labelling) in statements {
            let (one, other) = (self.judge(deciding.0, deciding.1), self.judge(class, labelling));
            let names_it = matches!(labelling, Labelling::Label(_))
                && !matches!(deciding.1, Labelling::Label(_));
            if strictness(other) > strictness(one) || (other == one && names_it) {
                deciding = (class, labelling);
            }
        }
        let (class, labelling) = deciding;
        let (verdict, text) = self.screen(class, labelling, Some(file.content));
        let mismatch = file.named_as.map(|named| (named, file.kind));
        ReadFile { class, labelling, verdict, mismatch: mismatch.filter(|_| text.is_some()), text }
    }
}

/// What the bytes say about the label; nothing where the metadata alone can tell.
fn statement(known: &Known<'_>, file: &Unjudged) -> Option<Labelling> {
    let labelled = matches!(known.metadata, Labelling::Label(_)) && !known.old_version;
    match &file.label {
        LabelEvidence::CannotCarry => known.old_version.then_some(Labelling::Unlabelled),
        // Formats without a place for labels that we know have theirs in the metadata.
        LabelEvidence::Unlabelled if labelled && !tells_its_label(file.kind) => None,
        LabelEvidence::Unlabelled => Some(Labelling::Unlabelled),
        LabelEvidence::Labelled { labels } => Some(of_marks(labels, known.tenant)),
        LabelEvidence::Protected => Some(Labelling::Protected),
        LabelEvidence::Unclear => Some(Labelling::Unknown(Doubt::NotUnderstood)),
    }
}

/// The one label of ours among those in a file.
fn of_marks(marks: &[LabelMark], tenant: &str) -> Labelling {
    let ours = |mark: &&LabelMark| {
        mark.tenant.is_none_or(|own| own.to_string().eq_ignore_ascii_case(tenant))
    };
    let mut ids: Vec<LabelId> =
        marks.iter().filter(ours).map(|mark| LabelId::from(mark.id)).collect();
    ids.sort_unstable();
    ids.dedup();
    match ids.as_slice() {
        [] => Labelling::Unknown(Doubt::Foreign),
        [one] => Labelling::Label(*one),
        _ => Labelling::Unknown(Doubt::Several),
    }
}

/// Whether files of this kind have a place for their label that is always looked into.
fn tells_its_label(kind: Kind) -> bool {
    matches!(kind, Kind::Docx | Kind::Pptx | Kind::Xlsx | Kind::Xlsb | Kind::Pdf)
}

fn class_of_kind(kind: Kind) -> Class {
    if kind == Kind::Image {
        Class::Image
    } else if kind.can_carry_label() {
        Class::Document
    } else {
        Class::Text
    }
}

fn strictness(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Allowed => 0,
        Verdict::Unlabelled => 1,
        Verdict::Unknown => 2,
        Verdict::Redacted => 3,
    }
}

#[cfg(test)]
mod tests;
