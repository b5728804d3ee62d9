//! What styles say about the text in them: hidden, on a new page, in a numbered list.

use std::collections::{HashMap, HashSet};

use crate::xml::Tag;

const MAX_STYLES: usize = 50_000;
/// Styles that a style may be made from, one from the other.
const MAX_PARENTS: usize = 16;

/// The styles of a document.
#[derive(Default)]
pub(super) struct Styles {
    known: HashMap<String, Style>,
    /// Levels of list styles that are counted.
    numbered: HashSet<(String, usize)>,
    open: Option<String>,
    open_list: Option<String>,
}

#[derive(Default)]
struct Style {
    parent: Option<String>,
    is_hidden: bool,
    is_shown: bool,
    breaks_page: bool,
}

impl Styles {
    /// Takes the start of an element inside the styles.
    pub(super) fn open(&mut self, tag: &Tag<'_>) {
        match tag.name() {
            "style" if self.known.len() < MAX_STYLES => {
                let family = tag.attribute("family").unwrap_or_default();
                let name = tag.attribute("name").unwrap_or_default();
                let parent = tag.attribute("parent-style-name");
                let master = tag.attribute("master-page-name");
                let style = Style {
                    parent: parent.map(|parent| key(&family, &parent)),
                    breaks_page: family == "paragraph"
                        && master.is_some_and(|master| !master.is_empty()),
                    ..Style::default()
                };
                let key = key(&family, &name);
                self.known.insert(key.clone(), style);
                self.open = Some(key);
            }
            "text-properties" => self.set(|style| match tag.attribute("display").as_deref() {
                Some("none") => style.is_hidden = true,
                Some(_) => style.is_shown = true,
                None => {}
            }),
            "paragraph-properties" => self.set(|style| {
                style.breaks_page |= tag.attribute("break-before").as_deref() == Some("page");
            }),
            "drawing-page-properties" => self.set(|style| {
                style.is_hidden |= tag.attribute("visibility").as_deref() == Some("hidden");
            }),
            "table-properties" => self.set(|style| {
                style.is_hidden |= tag.attribute("display").as_deref() == Some("false");
            }),
            "list-style" => self.open_list = tag.attribute("name"),
            "list-level-style-number" => {
                let level = tag.attribute("level").and_then(|level| level.parse().ok());
                let counts = tag.attribute("num-format").is_some_and(|format| !format.is_empty());
                if let (Some(list), Some(level), true) = (&self.open_list, level, counts)
                    && self.numbered.len() < MAX_STYLES
                {
                    self.numbered.insert((list.clone(), level));
                }
            }
            _ => {}
        }
    }

    /// Takes the end of an element inside the styles.
    pub(super) fn close(&mut self, name: &str) {
        match name {
            "style" => self.open = None,
            "list-style" => self.open_list = None,
            _ => {}
        }
    }

    fn set(&mut self, change: impl FnOnce(&mut Style)) {
        if let Some(style) = self.open.as_ref().and_then(|key| self.known.get_mut(key)) {
            change(style);
        }
    }

    /// Whether nobody sees what has this style.
    pub(super) fn is_hidden(&self, family: &str, name: &str) -> bool {
        let said = |style: &&Style| style.is_hidden || style.is_shown;
        self.line(family, name).find(said).is_some_and(|style| style.is_hidden)
    }

    /// Whether a paragraph begins a page.
    pub(super) fn breaks_page(&self, name: &str) -> bool {
        self.line("paragraph", name).any(|style| style.breaks_page)
    }

    /// Whether a paragraph is the title of the document.
    pub(super) fn is_title(&self, name: &str) -> bool {
        let title = key("paragraph", "Title");
        key("paragraph", name) == title
            || self.line("paragraph", name).any(|style| style.parent.as_ref() == Some(&title))
    }

    /// Whether a level of a list, counted from 1, is numbered.
    pub(super) fn is_numbered(&self, list: &str, level: usize) -> bool {
        self.numbered.contains(&(list.to_owned(), level))
    }

    /// A style and those it is made from.
    fn line(&self, family: &str, name: &str) -> impl Iterator<Item = &Style> {
        let first = self.known.get(&key(family, name));
        std::iter::successors(first, |style| self.known.get(style.parent.as_ref()?))
            .take(MAX_PARENTS)
    }
}

fn key(family: &str, name: &str) -> String {
    format!("{family}/{name}")
}
