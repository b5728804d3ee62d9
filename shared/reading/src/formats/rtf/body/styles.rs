//! Which styles are headings.

use std::collections::HashMap;

const MAX_STYLES: usize = 10_000;
const MAX_NAME: usize = 200;

/// The styles of a file. Each is described by control words and a name that ends with `;`.
#[derive(Default)]
pub(super) struct Styles {
    headings: HashMap<i32, u8>,
    number: Option<i32>,
    level: Option<u8>,
    name: String,
}

impl Styles {
    /// The level of the heading that a style makes, if it does.
    pub(super) fn heading(&self, style: i32) -> Option<u8> {
        self.headings.get(&style).copied()
    }

    pub(super) fn word(&mut self, word: &str, value: Option<i32>) {
        match word {
            "s" => self.number = value,
            // Styles of characters, sections and tables.
            "cs" | "ds" | "ts" => self.number = None,
            "outlinelevel" => {
                let level = value.and_then(|level| u8::try_from(level).ok());
                self.level = level.filter(|level| *level < 9).map(|level| level + 1);
            }
            _ => {}
        }
    }

    pub(super) fn name(&mut self, text: &str) {
        for character in text.chars() {
            if character == ';' {
                self.end();
            } else if self.name.len() < MAX_NAME {
                self.name.push(character);
            }
        }
    }

    /// A style ends.
    pub(super) fn end(&mut self) {
        let name = std::mem::take(&mut self.name).trim().to_ascii_lowercase();
        let level = self.level.take().or_else(|| match name.as_str() {
            "title" => Some(1),
            name => name.strip_prefix("heading ")?.parse().ok().filter(|level| *level < 10),
        });
        if let (Some(number), Some(level)) = (self.number.take(), level)
            && self.headings.len() < MAX_STYLES
        {
            self.headings.insert(number, level);
        }
    }
}
