//! Reading: what is asked for, and what is shown.

use std::borrow::Cow;
use std::fmt::Write as _;

use platform::Summary;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Item;

/// Arguments of `sharepoint_read`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Read {
    /// File, page or list row: ref or URL.
    pub target: String,
    /// What to read.
    #[serde(default)]
    pub part: ReadPart,
    /// Pages, slides or characters (3-5), or cells (Sheet1!A1:F50).
    pub range: Option<String>,
    /// Id of an older version.
    pub version: Option<String>,
    /// Include comments.
    #[serde(default)]
    pub comments: bool,
    /// Include deleted text of tracked changes.
    #[serde(default)]
    pub changes: bool,
    /// Characters of text, at most.
    #[serde(default)]
    pub max_chars: MaxChars,
    /// `next_cursor` of the part before.
    pub cursor: Option<String>,
}

impl Read {
    /// As much of this thing as usually fits.
    pub fn all_of(target: String) -> Self {
        Self {
            target,
            part: ReadPart::Auto,
            range: None,
            version: None,
            comments: false,
            changes: false,
            max_chars: MaxChars::default(),
            cursor: None,
        }
    }
}

/// Which part of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it, and descriptions cost the model")]
pub enum ReadPart {
    #[default]
    Auto,
    Outline,
    Pages,
    Sheet,
    Slides,
    Characters,
    All,
}

/// How many characters to give back.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(try_from = "u64")]
pub struct MaxChars(u32);

impl MaxChars {
    const LEAST: u32 = 100;
    const MOST: u32 = 60_000;

    /// The number.
    pub fn get(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

impl Default for MaxChars {
    fn default() -> Self {
        Self(16_000)
    }
}

impl TryFrom<u64> for MaxChars {
    type Error = &'static str;

    fn try_from(number: u64) -> Result<Self, Self::Error> {
        let fits = u32::try_from(number).ok().filter(|n| (Self::LEAST..=Self::MOST).contains(n));
        fits.map(Self).ok_or("max_chars is 100 to 60000")
    }
}

impl JsonSchema for MaxChars {
    fn schema_name() -> Cow<'static, str> {
        "MaxChars".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "integer", "minimum": Self::LEAST, "maximum": Self::MOST})
    }
}

/// A thing and its text, as far as that may leave.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Document {
    /// The thing; the fields are those of other tools.
    #[schemars(with = "Map<String, Value>")]
    pub item: Item,
    /// The older version that was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Its text; none where it is withheld, and the notes say why.
    pub passages: Vec<Passage>,
    /// Untrusted headings, bookmarks, sheets or slides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outline: Option<String>,
    /// Pass it back as `cursor`, with the same arguments, for what follows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    /// Whether there is more than is shown here.
    pub truncated: bool,
    /// What the reader should know.
    pub notes: Vec<String>,
}

/// Text that stands at one place.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Passage {
    /// Page, slide, or sheet and cells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// The heading it stands under.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub heading: Option<String>,
    /// Opens the file there, or at its start where it has no such addresses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Untrusted Markdown.
    pub text: String,
}

impl Passage {
    /// All of these, each after a line that tells its place and heading where those are new.
    pub(crate) fn texts(passages: &[Self], item: &Item) -> String {
        let mut text = String::new();
        let mut last = (None, None);
        for passage in passages {
            if !text.is_empty() {
                text.push_str("\n\n");
            }
            let (place, heading) = (passage.place.as_ref(), passage.heading.as_ref());
            // A heading is text of others like what stands under it.
            let heading_mark = heading.map(|heading| format!("⟦untrusted text: {heading}⟧"));
            let mark = match (place, heading_mark) {
                (Some(place), Some(heading)) => Some(format!("{place}, {heading}")),
                (Some(place), None) => Some(place.clone()),
                (None, heading) => heading,
            };
            if let Some(mark) = mark.filter(|_| last != (place, heading)) {
                let link = passage.url.as_ref().filter(|url| item.url.as_ref() != Some(*url));
                let _ = match link {
                    Some(url) => writeln!(text, "--- {mark} <{url}>"),
                    None => writeln!(text, "--- {mark}"),
                };
            }
            last = (place, heading);
            text.push_str(&passage.text);
        }
        text
    }
}

impl Summary for Document {
    fn summary(&self) -> String {
        let mut text = self.item.summary();
        if let Some(url) = &self.item.url {
            let _ = write!(text, "\n{url}");
        }
        if let Some(version) = &self.version {
            let _ = write!(text, "\nVersion {version}, not the current one.");
        }
        for note in &self.notes {
            let _ = write!(text, "\nNote: {note}");
        }
        if let Some(outline) = &self.outline {
            let _ = write!(text, "\n\nOutline:\n{outline}");
        }
        if !self.passages.is_empty() {
            text.push_str("\n\n");
            text.push_str(&Passage::texts(&self.passages, &self.item));
        }
        if self.next_cursor.is_some() {
            text.push_str("\n\nThere is more: call again with `cursor` set to `next_cursor`.");
        } else if self.truncated {
            text.push_str("\n\nThere is more than can be shown here: ask for a part of it.");
        }
        text
    }
}
