//! What each element means.

use super::{Container, Run, Walk};
use crate::formats::word::inline::Inline;
use crate::formats::word::paragraph::Paragraph;
use crate::formats::word::styles::is_on;
use crate::formats::word::symbols::symbol;
use crate::formats::word::table::Table;
use crate::xml::Tag;

/// Elements whose end means something, and those that others look for above them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Element {
    Paragraph,
    Run,
    RunProperties,
    RowProperties,
    Text,
    DeletedText,
    Instruction,
    Table,
    Row,
    Cell,
    Deletion,
    Link,
    Field,
    Alternatives,
    Formula,
    Story,
    Other,
}

impl Walk<'_, '_> {
    /// An element opens; nothing when its content is left out.
    pub(super) fn opened(&mut self, tag: &Tag<'_>) -> Option<Element> {
        let parent = self.path.last().copied();
        Some(match tag.name() {
            "t" => Element::Text,
            "r" => {
                self.begin_run();
                Element::Run
            }
            "rPr" if parent == Some(Element::Run) => Element::RunProperties,
            // Looks of paragraph marks, former looks, properties without a meaning here, and the
            // pronunciation beside a word.
            "rPr" | "rPrChange" | "pPrChange" | "sectPr" | "tblPr" | "tblPrEx" | "tblGrid"
            | "tcPrChange" | "trPrChange" | "sdtPr" | "sdtEndPr" | "rt" | "ctrlPr" => return None,
            "p" => {
                self.paragraph += 1;
                self.open.push(Container::Paragraph(Paragraph::default()));
                Element::Paragraph
            }
            "tbl" => {
                self.open.push(Container::Table(Table::default()));
                Element::Table
            }
            "tr" | "tc" => self.in_table(tag)?,
            "delText" => Element::DeletedText,
            "instrText" => Element::Instruction,
            "trPr" => Element::RowProperties,
            "del" | "moveFrom" => self.begin_deletion(parent == Some(Element::RowProperties)),
            "hyperlink" => self.begin_link(tag),
            "fldSimple" => {
                self.fields.begin(self.paragraph);
                self.fields.instruct(&tag.attribute("instr").unwrap_or_default());
                self.begin_result();
                Element::Field
            }
            "AlternateContent" => {
                self.chosen.push(false);
                Element::Alternatives
            }
            "Choice" | "Fallback" => {
                if self.chosen.last_mut().is_some_and(|taken| std::mem::replace(taken, true)) {
                    return None;
                }
                Element::Other
            }
            "oMath" => {
                self.formulas += 1;
                Element::Formula
            }
            "footnote" | "endnote" | "comment" => return self.begin_story(tag),
            _ => {
                match parent {
                    Some(Element::RunProperties) => self.look(tag),
                    Some(Element::Run) => self.in_run(tag),
                    _ => self.property(tag),
                }
                Element::Other
            }
        })
    }

    /// An element closes.
    pub(super) fn closed(&mut self, element: Element) {
        match element {
            Element::Paragraph => self.end_paragraph(),
            Element::Table => self.end_table(),
            Element::Row => self.end_row(),
            Element::Cell => {
                if let Some(table) = self.table() {
                    table.end_cell();
                }
            }
            Element::Run => self.run = Run::default(),
            Element::Deletion => self.deletions = self.deletions.saturating_sub(1),
            Element::Formula => self.formulas = self.formulas.saturating_sub(1),
            Element::Alternatives => {
                self.chosen.pop();
            }
            Element::Link => {
                if let Some((mark, paragraph, address)) = self.links.pop() {
                    self.link(mark, paragraph, &address);
                }
            }
            Element::Field => self.end_field(),
            Element::Story => self.target.end_story(),
            Element::RunProperties
            | Element::RowProperties
            | Element::Text
            | Element::DeletedText
            | Element::Instruction
            | Element::Other => {}
        }
    }

    fn in_table(&mut self, tag: &Tag<'_>) -> Option<Element> {
        let table = self.table()?;
        Some(if tag.name() == "tr" {
            table.begin_row();
            Element::Row
        } else {
            table.begin_cell();
            Element::Cell
        })
    }

    /// Words are deleted, or the row whose properties these are.
    fn begin_deletion(&mut self, of_row: bool) -> Element {
        if of_row {
            if let Some(table) = self.table() {
                table.deleted();
            }
            return Element::Other;
        }
        self.deletions += 1;
        self.deletion_counted = false;
        Element::Deletion
    }

    fn begin_run(&mut self) {
        let style = match self.open.last() {
            Some(Container::Paragraph(paragraph)) => paragraph.style.as_deref(),
            _ => None,
        };
        let hidden = style.and_then(|id| self.context.styles.get(id)?.hidden);
        self.run = Run { hidden: hidden.unwrap_or_default(), ..Run::default() };
    }

    fn begin_link(&mut self, tag: &Tag<'_>) -> Element {
        let target = tag.attribute("id").and_then(|id| self.context.links.get(&id).cloned());
        let place = tag.attribute("anchor").filter(|place| !place.is_empty());
        let address = match (target, place) {
            (Some(target), Some(place)) => format!("{target}#{place}"),
            (Some(target), None) => target,
            // Places inside the document have no address here.
            (None, _) => String::new(),
        };
        let paragraph = self.paragraph;
        let mark = self.inline().map_or(0, Inline::mark);
        self.links.push((mark, paragraph, address));
        Element::Link
    }

    fn link(&mut self, mark: usize, paragraph: u64, address: &str) {
        let scheme = address.split(':').next().unwrap_or_default().trim().to_ascii_lowercase();
        let runs_code = ["javascript", "vbscript", "data"].contains(&scheme.as_str());
        if address.is_empty() || runs_code || paragraph != self.paragraph {
            return;
        }
        if let Some(inline) = self.inline() {
            inline.link_from(mark, address);
        }
    }

    fn begin_result(&mut self) {
        let paragraph = self.paragraph;
        match self.open.last_mut() {
            Some(Container::Paragraph(open)) => self.fields.separate(&mut open.inline, paragraph),
            _ => self.fields.separate(&mut Inline::default(), 0),
        }
    }

    fn end_field(&mut self) {
        if let Some((mark, address)) = self.fields.end(self.paragraph) {
            self.link(mark, self.paragraph, &address);
        }
    }

    fn begin_story(&mut self, tag: &Tag<'_>) -> Option<Element> {
        let kind = tag.attribute("type").unwrap_or_default();
        // The lines between text and footnotes are stored as footnotes.
        if kind.contains("eparator") || kind == "continuationNotice" {
            return None;
        }
        let id = tag.attribute("id").unwrap_or_default();
        self.target.begin_story(id, tag.attribute("author").unwrap_or_default());
        Some(Element::Story)
    }

    /// A property of a run.
    fn look(&mut self, tag: &Tag<'_>) {
        let run = &mut self.run;
        match tag.name() {
            "b" => run.look.bold = is_on(tag),
            "i" => run.look.italic = is_on(tag),
            "strike" | "dstrike" => run.look.struck = is_on(tag),
            "vanish" | "specVanish" => run.hidden = is_on(tag),
            "rStyle" => {
                let id = tag.attribute("val").unwrap_or_default();
                if let Some(style) = self.context.styles.get(&id) {
                    run.hidden = style.hidden.unwrap_or(run.hidden);
                    run.look.bold = style.bold.unwrap_or(run.look.bold);
                    run.look.italic = style.italic.unwrap_or(run.look.italic);
                }
            }
            _ => {}
        }
    }

    /// Something in a run that is no text.
    fn in_run(&mut self, tag: &Tag<'_>) {
        match tag.name() {
            "tab" | "ptab" => self.words("\t"),
            "cr" => self.words("\n"),
            "noBreakHyphen" => self.words("-"),
            "br" => match tag.attribute("type").as_deref() {
                Some("page") => self.end_page(true),
                _ => self.words("\n"),
            },
            "lastRenderedPageBreak" => self.end_page(false),
            "sym" => {
                let code = tag.attribute("char").unwrap_or_default();
                let font = tag.attribute("font").unwrap_or_default();
                let code = u32::from_str_radix(&code, 16).ok();
                if let Some(character) = code.and_then(|code| symbol(code, &font)) {
                    self.words(character.encode_utf8(&mut [0; 4]));
                }
            }
            "fldChar" => match tag.attribute("fldCharType").as_deref() {
                Some("begin") => self.fields.begin(self.paragraph),
                Some("separate") => self.begin_result(),
                Some("end") => self.end_field(),
                _ => {}
            },
            "footnoteReference" => self.footnote("footnotes", tag),
            "endnoteReference" => self.footnote("endnotes", tag),
            "commentReference" => self.comment(tag),
            "drawing" | "pict" | "object" => self.alt.clear(),
            _ => {}
        }
    }

    fn footnote(&mut self, kind: &'static str, tag: &Tag<'_>) {
        let id = tag.attribute("id").unwrap_or_default();
        let Some(text) = self.context.footnotes.get(&(kind, id)) else { return };
        if text.trim().is_empty() || self.is_unseen() {
            return;
        }
        let text = text.trim().replace('\n', "\n    ");
        self.context.footnotes_told = self.context.footnotes_told.saturating_add(1);
        let number = self.context.footnotes_told;
        self.pending.push(format!("[^{number}]: {text}"));
        self.whole(format!("[^{number}]"));
    }

    fn comment(&mut self, tag: &Tag<'_>) {
        if !self.context.comments_wanted {
            self.context.comments_left_out = self.context.comments_left_out.saturating_add(1);
            return;
        }
        let id = tag.attribute("id").unwrap_or_default();
        if let Some(comment) = self.context.comments.get(&id) {
            let text = comment.text.trim().replace('\n', "\n> ");
            let author = comment.author.replace('\n', " ");
            self.pending.push(format!("> Comment ({author}): {text}"));
        }
    }

    /// A property of a paragraph, a cell or a picture.
    fn property(&mut self, tag: &Tag<'_>) {
        let value = || tag.attribute("val");
        let number = || value().and_then(|number| number.parse::<usize>().ok());
        match tag.name() {
            "pStyle" | "numId" | "ilvl" | "outlineLvl" => {
                let Some(Container::Paragraph(paragraph)) = self.open.last_mut() else { return };
                match tag.name() {
                    "pStyle" => paragraph.style = value(),
                    "numId" => paragraph.list = value().and_then(|id| id.parse().ok()),
                    "ilvl" => paragraph.list_level = number(),
                    _ => paragraph.outline = value().and_then(|level| level.parse().ok()),
                }
            }
            "gridSpan" | "vMerge" | "hMerge" | "gridBefore" => {
                let Some(table) = self.table() else { return };
                match tag.name() {
                    "gridSpan" => table.span(number().unwrap_or(1)),
                    "gridBefore" => table.leave(number().unwrap_or_default()),
                    _ if value().is_none_or(|value| value == "continue") => table.continues(),
                    _ => {}
                }
            }
            "docPr" | "shape" => {
                let words = ["descr", "alt", "title"];
                let alt = words
                    .iter()
                    .find_map(|name| tag.attribute(name).filter(|words| !words.trim().is_empty()));
                self.alt = alt.unwrap_or_default();
            }
            "blip" | "imagedata" | "chart" | "relIds" if !self.is_unseen() => {
                self.context.images = self.context.images.saturating_add(1);
                let alt = std::mem::take(&mut self.alt);
                let alt = alt.split_whitespace().collect::<Vec<_>>().join(" ");
                if !alt.is_empty() {
                    self.whole(format!("[image: {alt}]"));
                }
            }
            // The signs between the parts of a formula.
            "den" if self.formulas > 0 => self.words("/"),
            "sup" if self.formulas > 0 => self.words("^"),
            "sub" if self.formulas > 0 => self.words("_"),
            _ => {}
        }
    }
}
