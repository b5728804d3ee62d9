//! From arguments to the part of a file that is asked for.

use graph::Id;
use platform::{Call, ToolError};
use reading::{Cells, Part, Position, Request, Span};
use serde::{Deserialize, Serialize};

use crate::model::{Read, ReadPart};

/// Where reading goes on, and what the file was like then.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Resume {
    pub(super) at: Position,
    /// When the thing was last modified.
    pub(super) state: Option<String>,
}

/// What is asked for, checked.
pub(super) struct Wanted {
    part: ReadPart,
    range: Option<Range>,
    pub(super) version: Option<Id>,
    pub(super) comments: bool,
    pub(super) changes: bool,
    pub(super) max_chars: usize,
    pub(super) from: Option<Resume>,
}

/// A range, before it is known what of.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Range {
    Numbers(Span),
    Sheet { name: Option<String>, cells: Option<Cells> },
}

impl Wanted {
    /// Checks the arguments.
    ///
    /// # Errors
    /// The argument that cannot be used, with what would be right.
    pub(super) fn new(call: &Call, args: &Read) -> Result<Self, ToolError> {
        let from = args.cursor.as_deref().map(|cursor| call.open_cursor(cursor)).transpose()?;
        let problem = "an id such as 2.0; sharepoint_metadata lists the versions";
        let version = match args.version.as_deref().map(str::trim).filter(|id| !id.is_empty()) {
            Some(id) => Some(Id::try_from(id).map_err(|_| ToolError::invalid("version", problem))?),
            None => None,
        };
        let text = args.range.as_deref().map(str::trim).filter(|range| !range.is_empty());
        let range = match text {
            Some(text) => Some(
                range(args.part, text).map_err(|problem| ToolError::invalid("range", problem))?,
            ),
            None => None,
        };
        Ok(Self {
            part: args.part,
            range,
            version,
            comments: args.comments,
            changes: args.changes,
            max_chars: args.max_chars.get(),
            from,
        })
    }

    /// The question to a file of this name.
    pub(super) fn request(&self, name: &str) -> Request {
        Request {
            part: self.part_of(name),
            from: self.from.as_ref().map(|from| from.at),
            comments: self.comments,
            changes: self.changes,
            ..Request::new(name, self.max_chars)
        }
    }

    fn part_of(&self, name: &str) -> Part {
        const EVERY: Span = Span { first: 1, last: u32::MAX };
        let slides =
            self.part == ReadPart::Slides || (self.part == ReadPart::Auto && has_slides(name));
        match (self.part, &self.range) {
            (ReadPart::Outline, _) => Part::Outline,
            (ReadPart::All, _) | (ReadPart::Characters, None) => Part::All,
            (_, Some(Range::Sheet { name, cells })) => {
                Part::Sheet { name: name.clone(), cells: *cells }
            }
            (ReadPart::Characters, Some(Range::Numbers(span))) => {
                Part::Characters { from: u64::from(span.first - 1), to: u64::from(span.last) }
            }
            (_, Some(Range::Numbers(span))) if slides => Part::Slides(*span),
            (_, Some(Range::Numbers(span))) => Part::Pages(*span),
            (ReadPart::Auto, None) => Part::Auto,
            (ReadPart::Pages, None) => Part::Pages(EVERY),
            (ReadPart::Slides, None) => Part::Slides(EVERY),
            (ReadPart::Sheet, None) => Part::Sheet { name: None, cells: None },
        }
    }
}

fn range(part: ReadPart, text: &str) -> Result<Range, &'static str> {
    const MAX_CHARS: usize = 200;
    if text.chars().count() > MAX_CHARS {
        return Err("at most 200 characters");
    }
    match part {
        ReadPart::Outline | ReadPart::All => Err("leave it out, or choose another `part`"),
        ReadPart::Pages | ReadPart::Slides | ReadPart::Characters => {
            text.parse().map(Range::Numbers)
        }
        ReadPart::Sheet => sheet(text),
        ReadPart::Auto => match text.parse() {
            Ok(span) => Ok(Range::Numbers(span)),
            Err(_) => sheet(text),
        },
    }
}

/// `Sheet1!A1:F50`, `'My sheet'!B2`, `A1:F50`, or the name of a sheet.
fn sheet(text: &str) -> Result<Range, &'static str> {
    if let Some((name, cells)) = text.rsplit_once('!') {
        let cells = cells.parse()?;
        return Ok(Range::Sheet { name: Some(unquoted(name)), cells: Some(cells) });
    }
    // A single cell without its sheet could be a sheet called `Q4`: that is the likelier one.
    match text.parse::<Cells>() {
        Ok(cells) if text.contains(':') => Ok(Range::Sheet { name: None, cells: Some(cells) }),
        _ if text.contains(':') => Err("cells are written like A1:F50 or Sheet1!A1:F50"),
        _ => Ok(Range::Sheet { name: Some(unquoted(text)), cells: None }),
    }
}

fn unquoted(name: &str) -> String {
    let name = name.trim();
    let inner = name.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
    inner.unwrap_or(name).replace("''", "'")
}

fn has_slides(name: &str) -> bool {
    use reading::Kind;
    matches!(
        Kind::from_name(name),
        Some(Kind::Pptx | Kind::LegacyPowerPoint | Kind::OpenDocumentSlides)
    )
}

#[cfg(test)]
mod tests {
    use platform::identity::Caller;
    use serde_json::{Value, json};

    use super::*;

    fn part(name: &str, args: &Value) -> Result<Part, String> {
        let mut all = json!({"target": "x"});
        all.as_object_mut().unwrap().extend(args.as_object().unwrap().clone());
        let args: Read = serde_json::from_value(all).map_err(|error| error.to_string())?;
        let call = Call::for_tests(Caller::for_tests("ann"), "token");
        Ok(Wanted::new(&call, &args).map_err(|error| error.to_string())?.part_of(name))
    }

    fn cells(text: &str) -> Cells {
        text.parse().unwrap()
    }

    #[test]
    fn a_range_is_read_as_the_file_would_have_it() {
        let span = Span { first: 3, last: 5 };
        let named = |name: &str, cells| Part::Sheet { name: Some(name.to_owned()), cells };
        let cases = [
            ("a.pdf", json!({}), Part::Auto),
            ("a.pdf", json!({"part": "all"}), Part::All),
            ("a.pdf", json!({"range": "3-5"}), Part::Pages(span)),
            ("a.PPTX", json!({"range": "3-5"}), Part::Slides(span)),
            ("a.bin", json!({"part": "slides", "range": "3-5"}), Part::Slides(span)),
            ("a.xlsx", json!({"range": "Sheet1!A1:F50"}), named("Sheet1", Some(cells("A1:F50")))),
            ("a.xlsx", json!({"range": "'It''s ! it'!B2"}), named("It's ! it", Some(cells("B2")))),
            (
                "a.xlsx",
                json!({"range": "A1:F50"}),
                Part::Sheet { name: None, cells: Some(cells("A1:F50")) },
            ),
            (
                "a.docx",
                json!({"part": "characters", "range": "1001-2000"}),
                Part::Characters { from: 1000, to: 2000 },
            ),
            ("a.docx", json!({"part": "characters"}), Part::All),
            ("a.xlsx", json!({"range": "Q4"}), named("Q4", None)),
            ("a.xlsx", json!({"part": "sheet", "range": "2026"}), named("2026", None)),
            ("a.xlsx", json!({"part": "sheet"}), Part::Sheet { name: None, cells: None }),
            ("a.docx", json!({"part": "outline"}), Part::Outline),
            ("a.docx", json!({"range": " "}), Part::Auto),
        ];
        for (name, args, expected) in cases {
            assert_eq!(part(name, &args), Ok(expected), "{args}");
        }
    }

    #[test]
    fn what_cannot_be_used_names_its_argument() {
        for (args, word) in [
            (json!({"part": "pages", "range": "A1:B2"}), "`range`"),
            (json!({"part": "outline", "range": "3"}), "`range`"),
            (json!({"part": "characters", "range": "0-9"}), "`range`"),
            (json!({"part": "characters", "range": "A1:B2"}), "`range`"),
            (json!({"range": "Sheet1!A0"}), "`range`"),
            (json!({"range": "A1:"}), "`range`"),
            (json!({"version": "../1"}), "`version`"),
            (json!({"version": "current:x"}), "`version`"),
            (json!({"max_chars": 99}), "100 to 60000"),
            (json!({"max_chars": 60_001}), "100 to 60000"),
            (json!({"cursor": "made up"}), "cursor"),
            (json!({"part": "chapter"}), "chapter"),
        ] {
            let problem = part("a.docx", &args).unwrap_err();
            assert!(problem.contains(word), "{args}: {problem}");
        }
    }
}
