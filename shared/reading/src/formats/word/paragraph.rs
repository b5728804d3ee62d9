//! A paragraph while it is read, and what becomes of it.

use super::inline::Inline;
use super::numbering::Marker;
use super::styles::Style;
use super::walk::Context;
use crate::markdown;

/// A paragraph while it is read.
#[derive(Debug, Default)]
pub(super) struct Paragraph {
    pub(super) inline: Inline,
    pub(super) style: Option<String>,
    pub(super) list: Option<u32>,
    pub(super) list_level: Option<usize>,
    pub(super) outline: Option<u8>,
    /// Boxes that hang on it: told after it.
    pub(super) after: Vec<Block>,
    /// A first part of it was told already.
    pub(super) begun: bool,
}

/// A piece of text that stands alone.
#[derive(Debug)]
pub(super) enum Block {
    Heading(u8, String),
    Item { level: usize, marker: Marker, text: String },
    Text(String),
    Table(Vec<Vec<String>>),
}

impl Paragraph {
    /// What its words are; nothing when there are none.
    pub(super) fn block(&mut self, context: &mut Context) -> Option<Block> {
        let marker = if self.begun { None } else { self.marker(context) };
        let inline = std::mem::take(&mut self.inline);
        if inline.is_blank() {
            return None;
        }
        let first = !std::mem::replace(&mut self.begun, true);
        if let Some(level) = self.heading(context).filter(|_| first) {
            let mut text = inline.plain().trim().to_owned();
            match marker {
                Some((_, Marker::Number(number))) => text = format!("{number}. {text}"),
                Some((_, Marker::Label(label))) => text = format!("{} {text}", label.trim()),
                Some((_, Marker::Bullet)) | None => {}
            }
            return Some(Block::Heading(level + 1, text));
        }
        let text = inline.markdown();
        Some(match marker {
            Some((level, marker)) => Block::Item { level, marker, text },
            None => Block::Text(text),
        })
    }

    fn heading(&self, context: &Context) -> Option<u8> {
        let style = self.style.as_deref().and_then(|id| context.styles.get(id));
        self.outline.or_else(|| style?.outline).filter(|level| *level < 9)
    }

    /// Counts it in its list.
    fn marker(&self, context: &mut Context) -> Option<(usize, Marker)> {
        let styles = std::rc::Rc::clone(&context.styles);
        let style = self.style.as_deref().and_then(|id| styles.get(id));
        let Some(list) = self.list.or_else(|| style?.list) else {
            let (bullet, level) = style?.list_by_name()?;
            let marker = if bullet { Marker::Bullet } else { Marker::Label(String::new()) };
            return Some((level, marker));
        };
        // List 0 takes a paragraph out of the list of its style.
        if list == 0 {
            return None;
        }
        let by_style = || context.numbering.level_of_style(list, self.style.as_deref()?);
        let level = self
            .list_level
            .or_else(|| style?.list_level)
            .or_else(by_style)
            .unwrap_or_default()
            .min(8);
        let marker = context.numbering.next(list, level, &styles)?;
        // Styles such as `List Bullet 2` may have a list of one level each.
        let named = style.filter(|_| self.list_level.is_none()).and_then(Style::list_by_name);
        Some((named.map_or(level, |(_, named)| level.max(named)), marker))
    }
}

/// What stands before an item in Markdown.
pub(super) fn mark(marker: &Marker) -> String {
    match marker {
        Marker::Number(number) => format!("{number}. "),
        Marker::Label(label) if !label.trim().is_empty() => format!("- {} ", label.trim()),
        Marker::Bullet | Marker::Label(_) => "- ".to_owned(),
    }
}

/// The columns by which the items of each level are moved in: below the words of the level above.
#[derive(Debug, Default)]
pub(super) struct Indents([usize; 10]);

impl Indents {
    /// An item as lines of Markdown.
    pub(super) fn item(&mut self, level: usize, marker: &Marker, text: &str) -> String {
        let mark = mark(marker);
        let own = self.0.get(level).copied().unwrap_or_default();
        // A label is a word of the item, not a part of the mark.
        let width = match marker {
            Marker::Number(_) => mark.len(),
            Marker::Bullet | Marker::Label(_) => 2,
        };
        for (above, below) in self.0.iter_mut().skip(level + 1).zip(1..) {
            *above = own + width + 2 * (below - 1);
        }
        let inner = " ".repeat(own + width);
        let text = markdown::paragraph(text).replace('\n', &format!("\n{inner}"));
        format!("{}{mark}{text}", " ".repeat(own))
    }

    /// No item is open any more.
    pub(super) fn end(&mut self) {
        *self = Self::default();
    }
}
