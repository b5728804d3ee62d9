//! One cell: what people see of it, else what it holds.

use crate::formats::open_document::inline::Inline;
use crate::formats::open_document::table::repeated;
use crate::xml::Tag;

/// A cell that is open.
pub(super) struct Cell {
    /// How many columns it stands for.
    pub(super) repeated: usize,
    /// Whether the file has only its formula.
    pub(super) lacks_value: bool,
    text: String,
    value: String,
    paragraph: Option<Inline>,
}

impl Cell {
    pub(super) fn new(tag: &Tag<'_>) -> Self {
        const VALUES: [&str; 5] =
            ["string-value", "date-value", "time-value", "boolean-value", "value"];
        let value = VALUES.iter().find_map(|name| tag.attribute(name));
        let formula = tag.attribute("formula").unwrap_or_default();
        // The prefix says in which language the formula is written.
        let formula = formula.find('=').and_then(|at| formula.get(at..)).unwrap_or_default();
        Self {
            repeated: repeated(tag, "number-columns-repeated"),
            lacks_value: value.is_none() && !formula.is_empty(),
            value: value.unwrap_or_else(|| formula.to_owned()),
            text: String::new(),
            paragraph: None,
        }
    }

    /// An element inside the cell; whether it is read.
    pub(super) fn open(&mut self, tag: &Tag<'_>) -> bool {
        match (tag.name(), &mut self.paragraph) {
            ("p", _) => self.paragraph = Some(Inline::default()),
            ("frame" | "custom-shape" | "control" | "g" | "object", _) => return false,
            ("s", Some(paragraph)) => paragraph.spaces(tag.attribute("c")),
            ("tab", Some(paragraph)) => paragraph.push_as_is("\t"),
            ("line-break", Some(paragraph)) => paragraph.push_as_is("\n"),
            ("a", Some(paragraph)) => {
                paragraph.begin_link(tag.attribute("href").unwrap_or_default());
            }
            _ => {}
        }
        true
    }

    pub(super) fn close(&mut self, name: &str) {
        match (name, &mut self.paragraph) {
            ("a", Some(paragraph)) => paragraph.end_link(),
            ("p", Some(paragraph)) => {
                if !self.text.is_empty() {
                    self.text.push('\n');
                }
                self.text.push_str(&paragraph.text);
                self.paragraph = None;
            }
            _ => {}
        }
    }

    pub(super) fn text(&mut self, text: &str) {
        if let Some(paragraph) = &mut self.paragraph {
            paragraph.push(text);
        }
    }

    /// What is told of it; whether that is its formula.
    pub(super) fn into_text(self) -> (String, bool) {
        let seen = !self.text.trim().is_empty();
        let is_formula = self.lacks_value && !seen;
        (if seen { self.text } else { self.value }, is_formula)
    }
}
