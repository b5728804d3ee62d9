//! One slide with everything that belongs to it, and how it is told.

use std::ops::ControlFlow;

use super::chart::Chart;
use super::comments::Comments;
use super::deck::relations;
use super::shapes::{Depth, Item, Shapes, blocks};
use crate::archive::Archive;
use crate::markdown;
use crate::reading::Note;
use crate::relations::Relations;
use crate::unreadable::Unreadable;
use crate::writer::Writer;
use crate::xml::{Piece, Xml};

/// One slide, ready to be told.
pub(super) struct Slide {
    pub(super) hidden: bool,
    pub(super) images: u32,
    pub(super) notes: Vec<Note>,
    /// The line of the outline.
    name: String,
    /// Whether the name is to be seen on the slide.
    has_title: bool,
    /// Pieces of Markdown, each with whether an empty line stands before it.
    blocks: Vec<(bool, String)>,
}

impl Slide {
    /// Reads a slide with its notes, charts, diagrams and comments.
    pub(super) fn read(
        archive: &mut Archive<'_>,
        part: &str,
        number: u32,
        comments: &mut Comments,
    ) -> Result<Self, Unreadable> {
        let relations = relations(archive, part)?;
        let Some(source) = archive.part(part)? else {
            return Err(Unreadable::Damaged);
        };
        let shapes = Shapes::read(&mut Xml::new(source), &relations, Depth::All)?;
        let mut slide = Self {
            hidden: shapes.hidden,
            images: shapes.images,
            notes: Vec::new(),
            name: name(&shapes, number),
            has_title: shapes.title.is_some() || shapes.hidden,
            blocks: Vec::new(),
        };
        if shapes.left_out_hidden {
            slide.notes.push(Note::HiddenText);
        }
        if shapes.is_cut {
            slide.notes.push(Note::CutAtLimit);
        }
        for item in &shapes.items {
            slide.add(archive, item, &relations)?;
        }
        for part in relations.of_kind("notesSlide") {
            let spoken = spoken(archive, &part);
            if let Some(text) = slide.kept(spoken)? {
                slide.blocks.push((true, markdown::quote("Notes", &text)));
            }
        }
        for part in relations.of_kind("comments") {
            let said = comments.of(archive, &part);
            let said = slide.kept(said)?.unwrap_or_default();
            slide.blocks.extend(said.into_iter().map(|comment| (true, comment)));
        }
        Ok(slide)
    }

    fn add(
        &mut self,
        archive: &mut Archive<'_>,
        item: &Item,
        relations: &Relations,
    ) -> Result<(), Unreadable> {
        match item {
            Item::Text(paragraphs) => self.blocks.extend(blocks(paragraphs)),
            Item::Table(rows) => self.blocks.push((true, markdown::table(rows))),
            Item::Image(description) => self.blocks.push((true, markdown::image(description))),
            Item::Chart(id) => {
                let Some(part) = relations.part(id) else {
                    return Ok(());
                };
                let chart = match archive.part(part)? {
                    Some(source) => Chart::read(&mut Xml::new(source)),
                    None => Err(Unreadable::Damaged),
                };
                if let Some(chart) = self.kept(chart)? {
                    let words: Vec<&str> = chart.title.split_whitespace().collect();
                    let colon = if words.is_empty() { "" } else { ": " };
                    self.blocks.push((true, format!("[chart{colon}{}]", words.join(" "))));
                    self.blocks.push((true, markdown::table(&chart.rows)));
                }
            }
            Item::Diagram(id) => {
                let Some(part) = relations.part(id) else {
                    return Ok(());
                };
                let texts = diagram(archive, part);
                for (at, text) in self.kept(texts)?.unwrap_or_default().iter().enumerate() {
                    self.blocks.push((at == 0, markdown::item(0, "-", text)));
                }
            }
        }
        Ok(())
    }

    /// A damaged part of a slide is left out and said.
    fn kept<T>(&mut self, part: Result<T, Unreadable>) -> Result<Option<T>, Unreadable> {
        match part {
            Ok(part) => Ok(Some(part)),
            Err(Unreadable::Unsafe) => Err(Unreadable::Unsafe),
            Err(_) => {
                self.notes.push(Note::PartlyDamaged);
                Ok(None)
            }
        }
    }

    /// Tells the slide.
    pub(super) fn tell(&self, writer: &mut Writer<'_>) -> ControlFlow<()> {
        if self.has_title {
            writer.heading(1, &self.name)?;
        } else {
            writer.entry(1, &self.name);
        }
        for (is_apart, text) in self.blocks.iter().filter(|(_, text)| !text.is_empty()) {
            if *is_apart {
                writer.block(text)?;
            } else {
                writer.line(text)?;
            }
        }
        ControlFlow::Continue(())
    }
}

/// The line of the outline for a slide.
pub(super) fn name(shapes: &Shapes, number: u32) -> String {
    let title = match shapes.title.as_deref().map(str::trim) {
        Some(title) if !title.is_empty() => title.to_owned(),
        _ => format!("Slide {number}"),
    };
    if shapes.hidden { format!("{title} (hidden)") } else { title }
}

/// A slide's title and whether it is hidden, and nothing else of it.
pub(super) fn title(archive: &mut Archive<'_>, part: &str) -> Result<Shapes, Unreadable> {
    let Some(source) = archive.part(part)? else {
        return Err(Unreadable::Damaged);
    };
    Shapes::read(&mut Xml::new(source), &Relations::default(), Depth::Title)
}

/// What the speaker noted.
fn spoken(archive: &mut Archive<'_>, part: &str) -> Result<String, Unreadable> {
    let relations = relations(archive, part)?;
    let Some(source) = archive.part(part)? else {
        return Err(Unreadable::Damaged);
    };
    let shapes = Shapes::read(&mut Xml::new(source), &relations, Depth::All)?;
    let mut lines = Vec::new();
    for item in &shapes.items {
        if let Item::Text(paragraphs) = item {
            lines.extend(paragraphs.iter().map(|paragraph| paragraph.text.as_str()));
        }
    }
    Ok(lines.join("\n"))
}

/// The texts of a diagram (SmartArt), in the order of its data.
fn diagram(archive: &mut Archive<'_>, part: &str) -> Result<Vec<String>, Unreadable> {
    const MAX_TEXTS: usize = 2_000;
    const MAX_TEXT: usize = 256 * 1024;
    let Some(source) = archive.part(part)? else {
        return Err(Unreadable::Damaged);
    };
    let mut xml = Xml::new(source);
    let mut texts = Vec::new();
    let (mut text, mut room, mut in_words) = (String::new(), MAX_TEXT, false);
    while let Some(piece) = xml.next()? {
        match piece {
            Piece::Open(tag) => in_words = tag.name() == "t",
            Piece::Close(name) => match name {
                "p" => text.push('\n'),
                "t" => in_words = false,
                "pt" => {
                    let whole = std::mem::take(&mut text);
                    if !whole.trim().is_empty() && texts.len() < MAX_TEXTS {
                        texts.push(whole.trim().to_owned());
                    }
                }
                _ => {}
            },
            Piece::Text(words) if in_words && words.len() <= room => {
                room -= words.len();
                text.push_str(&words);
            }
            Piece::Text(_) => {}
        }
    }
    Ok(texts)
}
