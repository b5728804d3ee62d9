//! Text of bounded size: whatever a client sends, a line stays small and stays one line.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

use super::lines::{is_written_as_it_is, written_bytes};

/// Marks where a text was cut.
const ELLIPSIS: char = '…';

/// A text that takes at most `MAX` bytes when it is written into a line; longer ones are cut and
/// end with an ellipsis.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Brief<const MAX: usize>(String);

impl<const MAX: usize> Brief<MAX> {
    /// The text, cut if it is longer.
    pub fn new(text: &str) -> Self {
        // Nearly every text is short, and written as it is.
        if text.len() <= MAX && text.bytes().all(is_written_as_it_is) {
            return Self(text.to_owned());
        }
        let mut size = 0;
        let mut fits_with_ellipsis = 0;
        for (start, character) in text.char_indices() {
            if size + ELLIPSIS.len_utf8() <= MAX {
                fits_with_ellipsis = start;
            }
            size += written_bytes(character);
            if size > MAX {
                let mut cut: String = text.get(..fits_with_ellipsis).unwrap_or_default().to_owned();
                if MAX >= ELLIPSIS.len_utf8() {
                    cut.push(ELLIPSIS);
                }
                return Self(cut);
            }
        }
        Self(text.to_owned())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> From<&str> for Brief<MAX> {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl<'de, const MAX: usize> Deserialize<'de> for Brief<MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::new(&String::deserialize(deserializer)?))
    }
}

impl<const MAX: usize> fmt::Display for Brief<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Only the length: briefs hold names and labels, which have no place in a log.
impl<const MAX: usize> fmt::Debug for Brief<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Brief({} bytes)", self.0.len())
    }
}
