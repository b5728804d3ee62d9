//! Which part of a file is asked for.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Which part of a file is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// From the start, as much as fits; the outline too when that is not everything.
    #[default]
    Auto,
    /// Headings, bookmarks, sheets or slides only.
    Outline,
    /// From the start, as much as fits.
    All,
    /// Pages, counted from 1.
    Pages(Span),
    /// Slides, counted from 1.
    Slides(Span),
    /// One sheet, or cells of it.
    Sheet {
        /// Its name, upper and lower case alike; the first visible sheet when not said.
        name: Option<String>,
        /// Cells; all when not said.
        cells: Option<Cells>,
    },
    /// Characters of the whole text, counted from 0, the last one not included. What separates
    /// its blocks counts too.
    Characters {
        /// The first.
        from: u64,
        /// The one after the last.
        to: u64,
    },
}

/// Numbers from 1, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// The first.
    pub first: u32,
    /// The last.
    pub last: u32,
}

impl Span {
    /// Whether a number is in it.
    pub fn contains(self, number: u32) -> bool {
        (self.first..=self.last).contains(&number)
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.first, self.last)
    }
}

impl FromStr for Span {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const PROBLEM: &str = "a range is a number like 7, or 3-5, or 3- for the rest";
        let number = |text: &str| text.trim().parse::<u32>().ok().filter(|n| *n > 0).ok_or(PROBLEM);
        let span = match text.split_once(['-', '\u{2013}']) {
            None => {
                let only = number(text)?;
                Self { first: only, last: only }
            }
            Some((first, last)) if last.trim().is_empty() => {
                Self { first: number(first)?, last: u32::MAX }
            }
            Some((first, last)) => Self { first: number(first)?, last: number(last)? },
        };
        if span.first > span.last { Err(PROBLEM) } else { Ok(span) }
    }
}

/// A rectangle of cells, counted from 0, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cells {
    /// First row.
    pub top: u32,
    /// First column.
    pub left: u32,
    /// Last row.
    pub bottom: u32,
    /// Last column.
    pub right: u32,
}

impl Cells {
    /// The smallest rectangle around both.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self {
            top: self.top.min(other.top),
            left: self.left.min(other.left),
            bottom: self.bottom.max(other.bottom),
            right: self.right.max(other.right),
        }
    }

    /// Whether a cell is in it.
    pub fn contains(self, row: u32, column: u32) -> bool {
        (self.top..=self.bottom).contains(&row) && (self.left..=self.right).contains(&column)
    }
}

impl fmt::Display for Cells {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (top, bottom) = (u64::from(self.top) + 1, u64::from(self.bottom) + 1);
        write!(f, "{}{top}:{}{bottom}", column_name(self.left), column_name(self.right))
    }
}

impl FromStr for Cells {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const PROBLEM: &str = "cells are written like A1:F50, or B7 for one";
        let (first, last) = text.split_once(':').unwrap_or((text, text));
        let (top, left) = cell(first).ok_or(PROBLEM)?;
        let (bottom, right) = cell(last).ok_or(PROBLEM)?;
        if top > bottom || left > right {
            return Err(PROBLEM);
        }
        Ok(Self { top, left, bottom, right })
    }
}

/// Row and column of `B7`, from 0.
fn cell(text: &str) -> Option<(u32, u32)> {
    const MAX_ROWS: u32 = 1_048_576;
    const MAX_COLUMNS: u32 = 16_384;
    let text: String = text.trim().chars().filter(|c| *c != '$').collect();
    let at = text.find(|c: char| c.is_ascii_digit())?;
    let (letters, digits) = text.split_at_checked(at)?;
    if letters.is_empty() || letters.len() > 3 {
        return None;
    }
    let mut column = 0_u32;
    for letter in letters.chars() {
        let value = letter.to_ascii_uppercase();
        if !value.is_ascii_uppercase() {
            return None;
        }
        column = column * 26 + (u32::from(value) - u32::from('A') + 1);
    }
    let row = digits.parse::<u32>().ok().filter(|row| (1..=MAX_ROWS).contains(row))?;
    (column <= MAX_COLUMNS).then_some((row - 1, column - 1))
}

/// The letters of a column, counted from 0.
pub(crate) fn column_name(column: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = u64::from(column) + 1;
    while rest > 0 {
        let letter = u8::try_from((rest - 1) % 26).unwrap_or_default();
        letters.push(char::from(b'A' + letter));
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_range_of_pages_is_written_as_people_write_it() {
        for (text, first, last) in
            [("7", 7, 7), ("3-5", 3, 5), (" 3 – 5 ", 3, 5), ("3-", 3, u32::MAX)]
        {
            assert_eq!(text.parse(), Ok(Span { first, last }), "{text}");
        }
        for bad in ["", "0", "5-3", "a", "-3", "1-2-3", "99999999999"] {
            assert!(bad.parse::<Span>().is_err(), "{bad}");
        }
    }

    #[test]
    fn cells_are_written_as_a_sheet_writes_them() {
        let cells: Cells = "$A$1:F50".parse().unwrap();
        assert_eq!(cells, Cells { top: 0, left: 0, bottom: 49, right: 5 });
        assert_eq!("xfd1048576".parse::<Cells>().unwrap().to_string(), "XFD1048576:XFD1048576");
        for bad in ["", "A", "1", "A0", "XFE1", "A1048577", "B2:A1", "A1:", "AAAA1", "A1B"] {
            assert!(bad.parse::<Cells>().is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn cells_come_back_as_they_went(top in 0..1000_u32, left in 0..16_000_u32, h in 0..50_u32, w in 0..300_u32) {
            let cells = Cells { top, left, bottom: top + h, right: left + w };
            prop_assert_eq!(cells.to_string().parse::<Cells>(), Ok(cells));
        }

        #[test]
        fn no_text_breaks_the_readers(text in "\\PC{0,20}") {
            let _ = text.parse::<Cells>();
            let _ = text.parse::<Span>();
        }
    }
}
