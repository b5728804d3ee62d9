//! What styles say about the text that has them: heading, list, hidden, strong.

use std::collections::HashMap;
use std::io::BufRead;

use crate::unreadable::Unreadable;
use crate::xml::{Piece, Tag, Xml};

/// More styles than this no document has.
const MAX_STYLES: usize = 10_000;
/// How far a style may be based on others.
const MAX_CHAIN: usize = 20;

/// One style, with what it takes from those it is based on.
#[derive(Clone, Debug, Default)]
pub(super) struct Style {
    name: String,
    base: Option<String>,
    /// 0 is the highest; 9 is text.
    pub(super) outline: Option<u8>,
    /// Number of its list.
    pub(super) list: Option<u32>,
    /// Level in its list.
    pub(super) list_level: Option<usize>,
    pub(super) hidden: Option<bool>,
    pub(super) bold: Option<bool>,
    pub(super) italic: Option<bool>,
}

/// The styles of a document, by their ids.
#[derive(Debug, Default)]
pub(super) struct Styles(HashMap<String, Style>);

impl Styles {
    /// Reads `styles.xml`.
    pub(super) fn read(source: impl BufRead) -> Result<Self, Unreadable> {
        let mut styles = HashMap::new();
        let mut open: Option<(String, Style)> = None;
        let mut skipped = None;
        let mut xml = Xml::new(source);
        loop {
            let depth = xml.depth();
            let Some(piece) = xml.next()? else { break };
            match piece {
                Piece::Open(_) if skipped.is_some() => {}
                Piece::Open(tag) => match tag.name() {
                    "style" => {
                        let id = tag.attribute("styleId").unwrap_or_default();
                        open = Some((id, Style::default()));
                    }
                    // Looks of single rows and columns of a table.
                    "tblStylePr" => skipped = Some(depth),
                    _ => {
                        if let Some((_, style)) = &mut open {
                            style.tell(&tag);
                        }
                    }
                },
                Piece::Close(name) => {
                    if skipped.is_some_and(|start| start + 1 == depth) {
                        skipped = None;
                    }
                    if name == "style"
                        && let Some((id, style)) = open.take()
                        && styles.len() < MAX_STYLES
                    {
                        styles.insert(id, style);
                    }
                }
                Piece::Text(_) => {}
            }
        }
        Ok(Self(styles).resolved())
    }

    /// A style by its id; text without one has a style that says nothing.
    pub(super) fn get(&self, id: &str) -> Option<&Style> {
        self.0.get(id)
    }

    fn resolved(self) -> Self {
        let resolve = |id: &String, own: &Style| {
            let mut style = own.clone();
            style.outline = style.outline.or_else(|| level_by_name(&own.name, id));
            let mut base = own.base.as_ref();
            for _ in 0..MAX_CHAIN {
                let Some(id) = base else { break };
                let Some(next) = self.0.get(id) else { break };
                style.outline =
                    style.outline.or(next.outline).or_else(|| level_by_name(&next.name, id));
                style.list = style.list.or(next.list);
                style.list_level = style.list_level.or(next.list_level);
                style.hidden = style.hidden.or(next.hidden);
                style.bold = style.bold.or(next.bold);
                style.italic = style.italic.or(next.italic);
                base = next.base.as_ref();
            }
            (id.clone(), style)
        };
        Self(self.0.iter().map(|(id, style)| resolve(id, style)).collect())
    }
}

impl Style {
    fn tell(&mut self, tag: &Tag<'_>) {
        let value = || tag.attribute("val");
        match tag.name() {
            "name" => self.name = value().unwrap_or_default(),
            "basedOn" => self.base = value(),
            "outlineLvl" => self.outline = value().and_then(|level| level.parse().ok()),
            "numId" => self.list = value().and_then(|id| id.parse().ok()),
            "ilvl" => self.list_level = value().and_then(|level| level.parse().ok()),
            "vanish" => self.hidden = Some(is_on(tag)),
            "b" => self.bold = Some(is_on(tag)),
            "i" => self.italic = Some(is_on(tag)),
            _ => {}
        }
    }

    /// Kind and level of a list that has nothing but its name.
    pub(super) fn list_by_name(&self) -> Option<(bool, usize)> {
        let name = self.name.to_lowercase();
        let (bullet, rest) = match name.strip_prefix("list bullet") {
            Some(rest) => (true, rest),
            None => (false, name.strip_prefix("list number")?),
        };
        Some((bullet, rest.trim().parse::<usize>().unwrap_or(1).saturating_sub(1).min(8)))
    }
}

/// Whether a property is on: it is when it is there and does not say otherwise.
pub(super) fn is_on(tag: &Tag<'_>) -> bool {
    !matches!(tag.attribute("val").as_deref(), Some("0" | "false" | "off" | "none"))
}

/// The level of a heading style, by its name or id in the languages that programs write.
fn level_by_name(name: &str, id: &str) -> Option<u8> {
    const HEADING: &[&str] = &[
        "heading",
        "überschrift",
        "berschrift",
        "titre",
        "título",
        "titulo",
        "ttulo",
        "titolo",
        "kop",
        "rubrik",
        "overskrift",
        "otsikko",
        "nagłówek",
        "nagwek",
        "nadpis",
        "címsor",
        "cmsor",
        "başlık",
        "заголовок",
        "見出し",
        "标题",
        "標題",
        "제목",
    ];
    const TITLE: &[&str] = &["title", "titel", "titre", "título", "titolo"];
    [name, id].into_iter().find_map(|name| {
        let name = name.to_lowercase().replace([' ', '_', '-'], "");
        let words = name.trim_end_matches(|c: char| c.is_ascii_digit());
        let level = name.strip_prefix(words).and_then(|digits| digits.parse::<u8>().ok());
        match level {
            Some(level @ 1..=9) if HEADING.contains(&words) => Some(level - 1),
            None if TITLE.contains(&words) => Some(0),
            _ => None,
        }
    })
}
