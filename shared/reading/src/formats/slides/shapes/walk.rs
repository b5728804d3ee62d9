//! One pass over the XML of a slide.

use std::io::BufRead;

use super::{Depth, Item, Mark, Paragraph, Shapes};
use crate::markdown;
use crate::relations::Relations;
use crate::unreadable::Unreadable;
use crate::xml::{Piece, Tag, Xml};

/// Bytes of text that one slide may hold.
const MAX_TEXT: usize = 1024 * 1024;
const MAX_ROWS: usize = 2_000;
const MAX_COLUMNS: usize = 200;
const MAX_ITEMS: usize = 20_000;

pub(super) fn walk<R: BufRead>(
    xml: &mut Xml<R>,
    relations: &Relations,
    depth: Depth,
) -> Result<Shapes, Unreadable> {
    let mut walker = Walker::new(relations);
    loop {
        let at = xml.depth();
        let Some(piece) = xml.next()? else {
            break;
        };
        match piece {
            Piece::Open(tag) => {
                if walker.open(&tag, at + 1) == Next::PassOver {
                    xml.skip()?;
                }
            }
            Piece::Close(name) => {
                walker.close(name, at);
                if depth == Depth::Title && walker.shapes.title.is_some() {
                    break;
                }
            }
            Piece::Text(text) => walker.text(&text),
        }
    }
    Ok(walker.shapes)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    Enter,
    PassOver,
}

/// A shape that is open.
#[derive(Default)]
struct Shape {
    depth: usize,
    is_picture: bool,
    is_group: bool,
    is_hidden: bool,
    placeholder: Option<String>,
    description: String,
    paragraphs: Vec<Paragraph>,
}

struct Walker<'w> {
    relations: &'w Relations,
    shapes: Shapes,
    open: Vec<Shape>,
    /// Rows of the table that is open.
    table: Option<Vec<Vec<String>>>,
    paragraph: Option<Paragraph>,
    /// Address of the run that is open, and where its text begins.
    link: Option<String>,
    run_start: usize,
    in_words: bool,
    /// For each `AlternateContent` that is open: whether one of its choices was taken.
    taken: Vec<bool>,
    room: usize,
}

impl<'w> Walker<'w> {
    fn new(relations: &'w Relations) -> Self {
        Self {
            relations,
            shapes: Shapes::default(),
            open: Vec::new(),
            table: None,
            paragraph: None,
            link: None,
            run_start: 0,
            in_words: false,
            taken: Vec::new(),
            room: MAX_TEXT,
        }
    }

    fn open(&mut self, tag: &Tag<'_>, depth: usize) -> Next {
        match tag.name() {
            "sld" => self.shapes.hidden = is_no(tag.attribute("show")),
            "AlternateContent" => self.taken.push(false),
            "Choice" | "Fallback" => {
                if let Some(taken) = self.taken.last_mut() {
                    if *taken {
                        return Next::PassOver;
                    }
                    *taken = true;
                }
            }
            name @ ("sp" | "cxnSp" | "pic" | "graphicFrame" | "grpSp") => self.open.push(Shape {
                depth,
                is_picture: name == "pic",
                is_group: name == "grpSp",
                ..Shape::default()
            }),
            "cNvPr" => self.describe(tag),
            "ph" => {
                if let Some(shape) = self.open.last_mut() {
                    let kind = tag.attribute("type").unwrap_or_else(|| "obj".to_owned());
                    shape.placeholder = Some(kind);
                }
            }
            "chart" => self.refer(tag.prefixed("id"), Item::Chart),
            "relIds" => self.refer(tag.prefixed("dm"), Item::Diagram),
            "tbl" => self.table = self.table.take().or_else(|| Some(Vec::new())),
            "tr" => {
                if let Some(table) = &mut self.table {
                    if table.len() == MAX_ROWS {
                        self.shapes.is_cut = true;
                        return Next::PassOver;
                    }
                    table.push(Vec::new());
                }
            }
            "tc" => {
                if let Some(row) = self.table.as_mut().and_then(|table| table.last_mut())
                    && row.len() < MAX_COLUMNS
                {
                    row.push(String::new());
                }
            }
            "extLst" | "timing" | "transition" => return Next::PassOver,
            _ => return self.open_text(tag),
        }
        Next::Enter
    }

    fn open_text(&mut self, tag: &Tag<'_>) -> Next {
        match tag.name() {
            "p" => self.paragraph = Some(Paragraph::default()),
            "fld" => {
                let kind = tag.attribute("type").unwrap_or_default();
                if kind == "slidenum" {
                    return Next::PassOver;
                }
                self.begin_run();
            }
            "r" => self.begin_run(),
            "t" => self.in_words = true,
            "br" => self.push("\n"),
            "pPr" => {
                if let Some(paragraph) = &mut self.paragraph {
                    let level = tag.attribute("lvl").and_then(|level| level.parse().ok());
                    paragraph.level = level.unwrap_or_default();
                }
            }
            "buNone" => self.mark(Mark::Plain),
            "buChar" | "buBlip" => self.mark(Mark::Bullet),
            "buAutoNum" => {
                let start = tag.attribute("startAt").and_then(|start| start.parse().ok());
                self.mark(Mark::Number(start.unwrap_or(1)));
            }
            "hlinkClick" => {
                let id = tag.prefixed("id").unwrap_or_default();
                self.link = self.relations.address(&id).map(str::to_owned);
            }
            _ => {}
        }
        Next::Enter
    }

    fn describe(&mut self, tag: &Tag<'_>) {
        let Some(shape) = self.open.last_mut() else {
            return;
        };
        if tag.attribute("hidden").is_some_and(|hidden| hidden == "1" || hidden == "true") {
            shape.is_hidden = true;
        }
        let words = tag.attribute("descr").filter(|words| !words.trim().is_empty());
        shape.description = words.or_else(|| tag.attribute("title")).unwrap_or_default();
    }

    fn refer(&mut self, id: Option<String>, item: fn(String) -> Item) {
        if let Some(id) = id
            && !self.is_hidden()
        {
            self.item(item(id));
        }
    }

    fn close(&mut self, name: &str, depth: usize) {
        match name {
            "AlternateContent" => {
                self.taken.pop();
            }
            "t" => self.in_words = false,
            "r" | "fld" => self.end_run(),
            "p" => self.end_paragraph(),
            "tbl" => {
                if let Some(rows) = self.table.take()
                    && !self.is_hidden()
                {
                    self.item(Item::Table(rows));
                }
            }
            _ if self.open.last().is_some_and(|shape| shape.depth == depth) => self.end_shape(),
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if self.in_words {
            self.push(text);
        }
    }

    fn push(&mut self, text: &str) {
        let Some(paragraph) = &mut self.paragraph else {
            return;
        };
        if self.room < text.len() {
            self.shapes.is_cut = true;
            return;
        }
        self.room -= text.len();
        paragraph.text.push_str(text);
    }

    fn mark(&mut self, mark: Mark) {
        if let Some(paragraph) = &mut self.paragraph {
            paragraph.mark = mark;
        }
    }

    fn begin_run(&mut self) {
        self.link = None;
        self.run_start = self.paragraph.as_ref().map_or(0, |paragraph| paragraph.text.len());
    }

    fn end_run(&mut self) {
        let Some(address) = self.link.take() else {
            return;
        };
        let Some(paragraph) = &mut self.paragraph else {
            return;
        };
        let words = paragraph.text.split_off(paragraph.text.floor_char_boundary(self.run_start));
        if words.trim().is_empty() {
            paragraph.text.push_str(&words);
        } else {
            self.room = self.room.saturating_sub(address.len());
            paragraph.text.push_str(&markdown::link(&words, &address));
        }
    }

    fn end_paragraph(&mut self) {
        let Some(paragraph) = self.paragraph.take() else {
            return;
        };
        if let Some(cell) = self.table.as_mut().and_then(|table| table.last_mut()?.last_mut()) {
            if !cell.is_empty() {
                cell.push('\n');
            }
            cell.push_str(&paragraph.text);
        } else if let Some(shape) = self.open.last_mut()
            && !paragraph.text.trim().is_empty()
        {
            shape.paragraphs.push(paragraph);
        }
    }

    fn end_shape(&mut self) {
        let is_hidden = self.is_hidden();
        let Some(mut shape) = self.open.pop() else {
            return;
        };
        if is_hidden {
            self.shapes.left_out_hidden |=
                shape.is_hidden && (shape.is_group || !shape.paragraphs.is_empty());
            return;
        }
        if shape.is_picture {
            self.shapes.images = self.shapes.images.saturating_add(1);
            if !shape.description.trim().is_empty() {
                self.item(Item::Image(shape.description));
            }
            return;
        }
        let placeholder = shape.placeholder.as_deref();
        if matches!(placeholder, Some("dt" | "ftr" | "sldNum" | "hdr" | "sldImg"))
            || shape.paragraphs.is_empty()
        {
            return;
        }
        if matches!(placeholder, Some("title" | "ctrTitle")) && self.shapes.title.is_none() {
            let words: Vec<&str> = shape.paragraphs.iter().map(|p| p.text.trim()).collect();
            self.shapes.title = Some(words.join(" ").replace('\n', " "));
            return;
        }
        // One line at the top level is a caption rather than a list.
        let is_list = matches!(placeholder, Some("body" | "obj"))
            && (shape.paragraphs.len() > 1 || shape.paragraphs.iter().any(|p| p.level > 0));
        let inherited = if is_list { Mark::Bullet } else { Mark::Plain };
        for paragraph in &mut shape.paragraphs {
            if paragraph.mark == Mark::Inherited {
                paragraph.mark = inherited;
            }
        }
        self.item(Item::Text(shape.paragraphs));
    }

    fn item(&mut self, item: Item) {
        if self.shapes.items.len() < MAX_ITEMS {
            self.shapes.items.push(item);
        } else {
            self.shapes.is_cut = true;
        }
    }

    fn is_hidden(&self) -> bool {
        self.open.iter().any(|shape| shape.is_hidden)
    }
}

fn is_no(value: Option<String>) -> bool {
    value.is_some_and(|value| value == "0" || value == "false")
}
