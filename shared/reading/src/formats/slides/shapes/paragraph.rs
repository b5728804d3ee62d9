//! Paragraphs of shapes.

use crate::markdown;

/// A paragraph of a shape.
#[derive(Debug, Default)]
pub(crate) struct Paragraph {
    /// How deep it is indented, from 0.
    pub(crate) level: usize,
    /// What stands before it.
    pub(crate) mark: Mark,
    /// Its text, as Markdown.
    pub(crate) text: String,
}

/// What stands before a paragraph.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Mark {
    /// What the layout says: a bullet in the body of a slide, nothing elsewhere.
    #[default]
    Inherited,
    /// Nothing.
    Plain,
    /// A bullet.
    Bullet,
    /// A number, counted from this one.
    Number(u32),
}

/// The paragraphs of one shape as Markdown, each with whether an empty line stands before it.
pub(crate) fn blocks(paragraphs: &[Paragraph]) -> Vec<(bool, String)> {
    const LEVELS: usize = 10;
    let mut counts = [None::<u32>; LEVELS];
    let mut blocks = Vec::new();
    let mut in_list = false;
    for paragraph in paragraphs.iter().filter(|paragraph| !paragraph.text.trim().is_empty()) {
        let level = paragraph.level.min(LEVELS - 1);
        let text = match paragraph.mark {
            Mark::Plain | Mark::Inherited => None,
            Mark::Bullet => {
                counts.iter_mut().skip(level).for_each(|count| *count = None);
                Some(markdown::item(level, "-", &paragraph.text))
            }
            Mark::Number(start) => {
                counts.iter_mut().skip(level + 1).for_each(|count| *count = None);
                let number = match counts.get(level).copied().flatten() {
                    Some(before) => before.saturating_add(1),
                    None => start,
                };
                if let Some(count) = counts.get_mut(level) {
                    *count = Some(number);
                }
                Some(markdown::item(level, &format!("{number}."), &paragraph.text))
            }
        };
        if let Some(item) = text {
            blocks.push((!in_list, item));
            in_list = true;
        } else {
            blocks.push((true, paragraph.text.trim().to_owned()));
            counts = [None; LEVELS];
            in_list = false;
        }
    }
    blocks
}
