//! What each element means.

use super::aside::{Aside, Kind};
use super::{Frame, Region, Walker, Words};
use crate::formats::open_document::inline::Inline;
use crate::formats::open_document::table::Table;
use crate::markdown;
use crate::reading::Note;
use crate::xml::Tag;

/// How the walk goes on after an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    Enter,
    PassOver,
    Stop,
}

impl Walker<'_, '_> {
    pub(super) fn open(&mut self, tag: &Tag<'_>) -> Next {
        match tag.name() {
            "automatic-styles" => self.region = Region::Styles,
            "body" => self.region = Region::Body,
            _ if self.region == Region::Styles => self.styles.open(tag),
            _ if self.region == Region::Before => {}
            "p" | "h" => return self.begin_paragraph(tag),
            "page" => return self.begin_slide(tag.attribute("style-name")),
            "soft-page-break" => return self.break_page(),
            "section" if tag.attribute("display").as_deref() == Some("none") => {
                return self.hidden();
            }
            "list" => self.lists.begin(tag),
            "list-item" => self.lists.item(tag),
            "table" | "table-row" | "table-cell" | "covered-table-cell" => {
                return self.open_table(tag);
            }
            "frame" | "custom-shape" | "rect" | "ellipse" | "polygon" | "path" | "line"
            | "connector" | "g" => return self.begin_frame(tag),
            "image" => {
                if let Some(frame) = self.frames.last_mut() {
                    frame.has_image = true;
                }
            }
            "desc" => {
                self.words = Words::Description;
                if let Some(frame) = self.frames.last_mut() {
                    frame.description.clear();
                }
            }
            // The short name of a picture counts only when nothing describes it.
            "title" if self.frames.last().is_some_and(|frame| frame.description.is_empty()) => {
                self.words = Words::Description;
            }
            "annotation" | "note" | "notes" | "changed-region" => self.begin_aside(tag),
            "note-citation" => self.words = Words::Citation,
            "deletion" => {
                self.counts.deletions = self.counts.deletions.saturating_add(1);
            }
            "change-info" | "table-of-content" | "forms" | "page-thumbnail" | "binary-data"
            | "event-listeners" | "page-number" | "ruby-text" | "thumbnail" | "title" => {
                return Next::PassOver;
            }
            "header" | "footer" | "date-time" if self.slide.is_some() => return Next::PassOver,
            "creator" if self.is_in_comment() => self.words = Words::Author,
            // When a comment was made; in a paragraph of it these are fields with text.
            "date" | "date-string" | "creator-initials" | "sender-initials"
                if self.is_in_comment() && self.paragraphs.len() <= self.asides.len() =>
            {
                return Next::PassOver;
            }
            _ => return self.open_inline(tag),
        }
        Next::Enter
    }

    /// Elements inside a paragraph.
    fn open_inline(&mut self, tag: &Tag<'_>) -> Next {
        let name = tag.name();
        if name == "span"
            && tag
                .attribute("style-name")
                .is_some_and(|style| self.styles.is_hidden("text", &style))
        {
            return self.hidden();
        }
        if name == "change" {
            self.show_deletion(tag.attribute("change-id"));
            return Next::Enter;
        }
        let Some(paragraph) = self.paragraphs.last_mut() else {
            return Next::Enter;
        };
        match name {
            "s" => paragraph.spaces(tag.attribute("c")),
            "tab" => paragraph.push_as_is("\t"),
            "line-break" => paragraph.push_as_is("\n"),
            "a" => paragraph.begin_link(tag.attribute("href").unwrap_or_default()),
            "hidden-text" if tag.attribute("is-hidden").as_deref() != Some("false") => {
                return self.hidden();
            }
            "hidden-paragraph" => {
                paragraph.is_hidden = tag.attribute("is-hidden").as_deref() == Some("true");
            }
            _ => {}
        }
        Next::Enter
    }

    fn begin_paragraph(&mut self, tag: &Tag<'_>) -> Next {
        let style = tag.attribute("style-name").unwrap_or_default();
        if self.styles.is_hidden("paragraph", &style) {
            return self.hidden();
        }
        let is_in_body = self.paragraphs.is_empty() && self.asides.is_empty();
        if is_in_body
            && self.page_has_text
            && self.table.is_none()
            && self.styles.breaks_page(&style)
            && self.break_page() == Next::Stop
        {
            return Next::Stop;
        }
        let heading = if tag.name() == "h" {
            let level = tag.attribute("outline-level").and_then(|level| level.parse().ok());
            Some(level.unwrap_or(1))
        } else {
            self.styles.is_title(&style).then_some(1)
        };
        self.paragraphs.push(Inline::new(heading));
        self.words = Words::Paragraph;
        Next::Enter
    }

    fn hidden(&mut self) -> Next {
        self.writer.note(Note::HiddenText);
        Next::PassOver
    }

    fn open_table(&mut self, tag: &Tag<'_>) -> Next {
        if !self.asides.is_empty() {
            return Next::Enter;
        }
        match tag.name() {
            "table" => self.table.get_or_insert_with(Table::default).begin(),
            name => {
                let Some(table) = &mut self.table else {
                    return Next::Enter;
                };
                match name {
                    "table-row" => table.begin_row(tag),
                    _ => table.begin_cell(tag),
                }
            }
        }
        // What a merged cell covers is not seen.
        if tag.name() == "covered-table-cell" {
            if let Some(table) = &mut self.table {
                table.end_cell();
            }
            return Next::PassOver;
        }
        Next::Enter
    }

    fn begin_frame(&mut self, tag: &Tag<'_>) -> Next {
        let class = tag.attribute("class").unwrap_or_default();
        if matches!(class.as_str(), "header" | "footer" | "date-time" | "page-number") {
            return Next::PassOver;
        }
        self.frames.push(Frame { class, ..Frame::default() });
        Next::Enter
    }

    fn begin_aside(&mut self, tag: &Tag<'_>) {
        let kind = match tag.name() {
            "annotation" => {
                self.counts.comments = self.counts.comments.saturating_add(1);
                Kind::Comment(String::new())
            }
            "note" => {
                self.counts.notes = self.counts.notes.saturating_add(1);
                Kind::Footnote(String::new())
            }
            "notes" => Kind::Spoken,
            _ => Kind::Deletion(tag.attribute("id").unwrap_or_default()),
        };
        self.asides.push(Aside::new(kind));
    }

    fn is_in_comment(&self) -> bool {
        matches!(self.asides.last(), Some(Aside { kind: Kind::Comment(_), .. }))
    }

    fn show_deletion(&mut self, id: Option<String>) {
        let text = id.and_then(|id| self.deleted.get(&id)).cloned().unwrap_or_default();
        if text.trim().is_empty() || !self.writer.request().changes {
            return;
        }
        let text = format!("~~{}~~", text.trim().replace('\n', " "));
        match self.paragraphs.last_mut() {
            Some(paragraph) => paragraph.push_as_is(&text),
            None => self.push_after(text),
        }
    }

    pub(super) fn close(&mut self, name: &str) -> Next {
        match name {
            "automatic-styles" => self.region = Region::Before,
            _ if self.region == Region::Styles => self.styles.close(name),
            "p" | "h" => return self.end_paragraph(),
            "page" => self.end_slide(),
            "list" => self.lists.end(),
            "table" if self.asides.is_empty() => return self.end_table(),
            "table-row" | "table-cell" if self.asides.is_empty() => {
                if let Some(table) = &mut self.table {
                    if name == "table-row" { table.end_row() } else { table.end_cell() }
                }
            }
            "frame" | "custom-shape" | "rect" | "ellipse" | "polygon" | "path" | "line"
            | "connector" | "g" => return self.end_frame(),
            "desc" | "title" | "creator" => self.words = Words::Paragraph,
            "note-citation" => self.end_citation(),
            "annotation" | "note" | "notes" | "changed-region" => return self.end_aside(),
            "a" => {
                if let Some(paragraph) = self.paragraphs.last_mut() {
                    paragraph.end_link();
                }
            }
            _ => {}
        }
        Next::Enter
    }

    fn end_frame(&mut self) -> Next {
        let Some(frame) = self.frames.pop() else {
            return Next::Enter;
        };
        if !frame.has_image {
            return Next::Enter;
        }
        self.counts.images = self.counts.images.saturating_add(1);
        let text = markdown::image(&frame.description);
        if text.is_empty() {
            return Next::Enter;
        }
        if let Some(paragraph) = self.paragraphs.last_mut() {
            paragraph.push_as_is(&text);
        } else if self.tell(true, text).is_break() {
            return Next::Stop;
        }
        Next::Enter
    }

    fn end_citation(&mut self) {
        self.words = Words::Paragraph;
        let count = self.counts.notes;
        let Some(Aside { kind: Kind::Footnote(mark), .. }) = self.asides.last_mut() else {
            return;
        };
        if mark.is_empty() || !mark.chars().all(char::is_alphanumeric) {
            *mark = count.to_string();
        }
        let mark = format!("[^{mark}]");
        if let Some(paragraph) = self.paragraphs.last_mut() {
            paragraph.push_as_is(&mark);
        }
    }

    fn end_aside(&mut self) -> Next {
        const MAX_DELETIONS: usize = 10_000;
        let Some(aside) = self.asides.pop() else {
            return Next::Enter;
        };
        let text = aside.text;
        match aside.kind {
            Kind::Footnote(mark) => {
                self.push_after(format!("[^{mark}]: {}", text.replace('\n', "\n    ")));
            }
            Kind::Comment(author) if self.writer.request().comments => {
                let label = match author.trim() {
                    "" => "Comment".to_owned(),
                    author => format!("Comment ({author})"),
                };
                self.push_after(markdown::quote(&label, &text));
            }
            Kind::Comment(_) => {}
            Kind::Spoken => self.push_after(markdown::quote("Notes", &text)),
            Kind::Deletion(id) => {
                if self.deleted.len() < MAX_DELETIONS {
                    self.deleted.insert(id, text);
                }
            }
        }
        let is_outside = self.paragraphs.is_empty() && self.table.is_none();
        if is_outside && self.slide.is_none() && self.flush_after().is_break() {
            return Next::Stop;
        }
        Next::Enter
    }

    pub(super) fn text(&mut self, text: &str) {
        const MAX_WORDS: usize = 2_000;
        let target = match self.words {
            Words::Paragraph => {
                if let Some(paragraph) = self.paragraphs.last_mut() {
                    paragraph.push(text);
                }
                return;
            }
            Words::Description => self.frames.last_mut().map(|frame| &mut frame.description),
            Words::Author => self.asides.last_mut().and_then(|aside| match &mut aside.kind {
                Kind::Comment(author) => Some(author),
                Kind::Footnote(_) | Kind::Spoken | Kind::Deletion(_) => None,
            }),
            Words::Citation => self.asides.last_mut().and_then(|aside| match &mut aside.kind {
                Kind::Footnote(mark) => Some(mark),
                Kind::Comment(_) | Kind::Spoken | Kind::Deletion(_) => None,
            }),
        };
        if let Some(target) = target.filter(|target| target.len() < MAX_WORDS) {
            target.push_str(text);
        }
    }
}
