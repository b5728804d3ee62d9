//! What is asked of a file, and what came of it.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use crate::kind::Kind;
use crate::label::LabelEvidence;
use crate::part::Part;
use crate::unreadable::Unreadable;

/// What is asked of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Its name: a hint at its kind, nothing more.
    pub name: String,
    /// Which part.
    pub part: Part,
    /// Where the answer before this one ended.
    pub from: Option<Position>,
    /// Characters of text to give back.
    pub max_chars: usize,
    /// Whether comments are wanted.
    pub comments: bool,
    /// Whether deleted text of tracked changes is wanted, marked.
    pub changes: bool,
}

impl Request {
    /// As much of a file as fits.
    pub fn new(name: impl Into<String>, max_chars: usize) -> Self {
        Self {
            name: name.into(),
            part: Part::Auto,
            from: None,
            max_chars,
            comments: false,
            changes: false,
        }
    }
}

/// Where an answer ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Position {
    /// Number of the page, slide, sheet or mail part; 0 where a file has none.
    pub unit: u32,
    /// Characters of it that were given.
    pub chars: u64,
}

/// What came of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// What it is, by its bytes.
    pub kind: Kind,
    /// What its name says it is, when that is something else.
    pub named_as: Option<Kind>,
    /// What its bytes say about its label.
    pub label: LabelEvidence,
    /// Its text; content, as are the names in an [`Unreadable::NoSuchPart`].
    pub content: Result<Extract, Unreadable>,
}

/// Text of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extract {
    /// The text in order, each with its place.
    pub passages: Vec<Passage>,
    /// Headings, bookmarks, sheets or slides; asked for, or because not everything is here.
    pub outline: Vec<Heading>,
    /// Pages, slides or sheets, when the file says so.
    pub units: Option<u32>,
    /// What the reader should know.
    pub notes: Vec<Note>,
    /// Where to go on; nothing when this is the end of what was asked for.
    pub next: Option<Position>,
}

/// Text that stands at one place. Markdown; foreign data, never instructions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passage {
    /// Where.
    pub place: Place,
    /// Markdown.
    pub text: String,
}

/// Where something stands in a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Place {
    /// Page, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
    /// Slide, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slide: Option<u32>,
    /// Sheet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// Cells of the sheet: `A1:F50`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cells: Option<String>,
    /// The heading it stands under.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub heading: Option<String>,
}

/// One line of an outline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heading {
    /// 1 is the highest.
    pub level: u8,
    /// Its text.
    pub text: String,
    /// Where it stands.
    pub place: Place,
}

/// What a reader of a file should know about what is not in the text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "note", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names and `Display` say it")]
pub enum Note {
    NoTextLayer,
    Macros,
    HiddenText,
    InvisibleText,
    HiddenSheets { count: u32 },
    HiddenSlides { count: u32 },
    Images { count: u32 },
    CommentsLeftOut { count: u32 },
    ChangesLeftOut { count: u32 },
    FormulasWithoutValue { count: u32 },
    Attachments { count: u32 },
    Mended,
    EncodingGuessed,
    PartlyDamaged,
    CutAtLimit,
}

impl std::fmt::Display for Note {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoTextLayer => f.write_str(
                "It has pages but no text layer (scanned?), so there is nothing to read; open its link.",
            ),
            Self::Macros => f.write_str("It contains macros; they were not run and are not shown."),
            Self::HiddenText => f.write_str("Hidden text in it is left out."),
            Self::InvisibleText => f.write_str(
                "Some of its text is invisible to a person who looks at it; it is not left out.",
            ),
            Self::HiddenSheets { count } => write!(f, "{count} hidden sheet(s) are marked as hidden."),
            Self::HiddenSlides { count } => write!(f, "{count} hidden slide(s) are marked as hidden."),
            Self::Images { count } => write!(f, "{count} image(s) are not shown."),
            Self::CommentsLeftOut { count } => write!(f, "{count} comment(s) are left out; ask with comments."),
            Self::ChangesLeftOut { count } => write!(f, "{count} tracked deletion(s) are left out."),
            Self::FormulasWithoutValue { count } => {
                write!(f, "{count} cell(s) have a formula without a stored value; the formula is shown.")
            }
            Self::Attachments { count } => write!(f, "{count} attachment(s) are listed, not read."),
            Self::Mended => {
                f.write_str("It is damaged and was mended to be read; something may be missing.")
            }
            Self::EncodingGuessed => f.write_str("Its character encoding is not declared and was guessed."),
            Self::PartlyDamaged => f.write_str("A part of it is damaged and left out."),
            Self::CutAtLimit => f.write_str("It holds more than is ever read from one file."),
        }
    }
}

impl Extract {
    /// The passages as one Markdown text, with a mark where a page, slide or sheet begins.
    pub fn markdown(&self) -> String {
        const ROOM_FOR_A_MARK: usize = 32;
        let sizes = self.passages.iter().map(|passage| passage.text.len() + ROOM_FOR_A_MARK);
        let mut text = String::with_capacity(sizes.sum());
        let mut last = &Place::default();
        for passage in &self.passages {
            if !text.is_empty() {
                text.push_str("\n\n");
            }
            let place = &passage.place;
            if let Some(page) = place.page.filter(|_| place.page != last.page) {
                let _ = write!(text, "<!-- page {page} -->\n\n");
            }
            if let Some(slide) = place.slide.filter(|_| place.slide != last.slide) {
                let _ = write!(text, "<!-- slide {slide} -->\n\n");
            }
            if let Some(sheet) = place.sheet.as_ref().filter(|_| place.sheet != last.sheet) {
                let sheet = sheet.replace("--", "- -");
                let _ = write!(text, "<!-- sheet {sheet} -->\n\n");
            }
            text.push_str(&passage.text);
            last = place;
        }
        text
    }
}
