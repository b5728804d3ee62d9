//! Numbers and bullets of lists.

use std::collections::{HashMap, HashSet};
use std::io::BufRead;

use super::styles::Styles;
use crate::unreadable::Unreadable;
use crate::xml::{Piece, Tag, Xml};

/// Levels of a list.
const LEVELS: usize = 9;
/// More lists than this no document has.
const MAX_LISTS: usize = 20_000;

/// The lists of a document, and how far they are counted.
#[derive(Debug, Default)]
pub(super) struct Numbering {
    patterns: HashMap<u32, Pattern>,
    lists: HashMap<u32, List>,
    counts: HashMap<u32, [Option<u32>; LEVELS]>,
    begun: HashSet<u32>,
}

#[derive(Debug, Default)]
struct Pattern {
    levels: [Level; LEVELS],
    style_link: Option<String>,
}

#[derive(Clone, Debug, Default)]
struct Level {
    start: Option<u32>,
    format: String,
    text: String,
    style: Option<String>,
}

#[derive(Debug, Default)]
struct List {
    pattern: u32,
    starts: [Option<u32>; LEVELS],
}

/// What stands before an item.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Marker {
    /// A bullet.
    Bullet,
    /// A number that Markdown knows.
    Number(u32),
    /// Anything else: `a)`, `1.2`, `IV.`.
    Label(String),
}

impl Numbering {
    /// Reads `numbering.xml`.
    pub(super) fn read(source: impl BufRead) -> Result<Self, Unreadable> {
        let mut numbering = Self::default();
        let (mut pattern, mut list, mut level) = (None, None, 0);
        let mut xml = Xml::new(source);
        while let Some(piece) = xml.next()? {
            match piece {
                Piece::Open(tag) => match tag.name() {
                    "abstractNum" => pattern = number(&tag, "abstractNumId"),
                    "num" => list = number(&tag, "numId"),
                    "lvl" | "lvlOverride" => {
                        level = number(&tag, "ilvl").and_then(|l| l.try_into().ok()).unwrap_or(0);
                    }
                    _ => numbering.tell(&tag, pattern, list, level),
                },
                Piece::Close(name) => match name {
                    "abstractNum" => pattern = None,
                    "num" => list = None,
                    _ => {}
                },
                Piece::Text(_) => {}
            }
        }
        Ok(numbering)
    }

    fn tell(&mut self, tag: &Tag<'_>, pattern: Option<u32>, list: Option<u32>, level: usize) {
        let known = self.patterns.len() + self.lists.len() < MAX_LISTS;
        if let Some(id) = list.filter(|_| known) {
            let list = self.lists.entry(id).or_default();
            match tag.name() {
                "abstractNumId" => list.pattern = number(tag, "val").unwrap_or_default(),
                "startOverride" => {
                    if let Some(start) = list.starts.get_mut(level) {
                        *start = number(tag, "val");
                    }
                }
                _ => {}
            }
        } else if let Some(id) = pattern.filter(|_| known) {
            let pattern = self.patterns.entry(id).or_default();
            if tag.name() == "numStyleLink" {
                pattern.style_link = tag.attribute("val");
            }
            let Some(level) = pattern.levels.get_mut(level) else { return };
            match tag.name() {
                "start" => level.start = number(tag, "val"),
                "numFmt" => level.format = tag.attribute("val").unwrap_or_default(),
                "lvlText" => level.text = tag.attribute("val").unwrap_or_default(),
                "pStyle" => level.style = tag.attribute("val"),
                _ => {}
            }
        }
    }

    /// The level that a list keeps for a style.
    pub(super) fn level_of_style(&self, list: u32, style: &str) -> Option<usize> {
        let pattern = self.patterns.get(&self.lists.get(&list)?.pattern)?;
        pattern.levels.iter().position(|level| level.style.as_deref() == Some(style))
    }

    /// Counts an item and says what stands before it; nothing when it is no list that is known,
    /// or one without marks.
    pub(super) fn next(&mut self, id: u32, level: usize, styles: &Styles) -> Option<Marker> {
        let level = level.min(LEVELS - 1);
        let list = self.lists.get(&id)?;
        let mut key = list.pattern;
        let link = self.patterns.get(&key).and_then(|pattern| pattern.style_link.as_deref());
        // A pattern may stand for that of a list style.
        if let Some(linked) = link.and_then(|style| styles.get(style)?.list) {
            key = self.lists.get(&linked)?.pattern;
        }
        let pattern = self.patterns.get(&key)?;
        let begins = self.begun.insert(id);
        let counts = self.counts.entry(key).or_default();
        for (at, count) in counts.iter_mut().enumerate() {
            let restart = list.starts.get(at).copied().flatten().filter(|_| begins);
            if restart.is_some() || at > level {
                *count = None;
            }
            let from =
                restart.or(pattern.levels.get(at).and_then(|level| level.start)).unwrap_or(1);
            if at == level {
                *count = Some(count.map_or(from, |count| count.saturating_add(1)));
            } else if at < level && count.is_none() {
                *count = Some(from);
            }
        }
        let own = pattern.levels.get(level)?;
        match own.format.as_str() {
            "none" => None,
            "bullet" | "" => Some(Marker::Bullet),
            "decimal" | "decimalZero" if is_plain(&own.text) => {
                Some(Marker::Number(counts.get(level).copied().flatten()?))
            }
            _ => Some(Marker::Label(pattern.label(level, counts))),
        }
    }
}

impl Pattern {
    /// The text of a level with the counts in it: `%1.%2` becomes `3.1`.
    fn label(&self, level: usize, counts: &[Option<u32>; LEVELS]) -> String {
        let mut label = self.levels.get(level).map(|own| own.text.clone()).unwrap_or_default();
        for (at, (count, level)) in counts.iter().zip(&self.levels).enumerate() {
            let shown = written(count.unwrap_or(1), &level.format);
            label = label.replace(&format!("%{}", at + 1), &shown);
        }
        label
    }
}

/// Whether a level shows nothing but its own number, as `%2.` does.
fn is_plain(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_digit() || matches!(c, '%' | '.' | ')' | ' '))
        && text.chars().filter(|c| *c == '%').count() == 1
}

/// A number as a format writes it.
fn written(number: u32, format: &str) -> String {
    match format {
        "lowerLetter" => letters(number, b'a'),
        "upperLetter" => letters(number, b'A'),
        "lowerRoman" => roman(number).to_lowercase(),
        "upperRoman" => roman(number),
        _ => number.to_string(),
    }
}

/// a, b, … z, aa, bb, …
fn letters(number: u32, first: u8) -> String {
    let at = number.saturating_sub(1);
    let letter = first + u8::try_from(at % 26).unwrap_or_default();
    let times = usize::try_from(at / 26).unwrap_or_default().min(10) + 1;
    char::from(letter).to_string().repeat(times)
}

fn roman(number: u32) -> String {
    const SIGNS: &[(u32, &str)] = &[
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ];
    if number > 4999 {
        return number.to_string();
    }
    let mut rest = number;
    let mut text = String::new();
    for (value, sign) in SIGNS {
        while rest >= *value {
            text.push_str(sign);
            rest -= value;
        }
    }
    text
}

fn number(tag: &Tag<'_>, name: &str) -> Option<u32> {
    tag.attribute(name)?.parse().ok()
}
