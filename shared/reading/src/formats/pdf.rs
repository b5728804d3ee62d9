//! PDF: page by page, with headings and tables where the layout shows them.
//!
//! What the library cannot read is written anew by a second one, and read then.

mod attached;
mod blocks;
mod depth;
mod excerpt;
mod mended;

use std::ops::{ControlFlow, RangeInclusive};

use unpdf::model::OutlineItem;
use unpdf::render::BlockRenderer;
use unpdf::{
    ErrorKind, ErrorMode, FormField, Outline, Page, PageSelection, PageStreamOptions, ParseEvent,
    ParseOptions, PdfParser, RenderOptions,
};

use super::guarded;
use crate::limits::MAX_OUTLINE;
use crate::part::Part;
use crate::reading::{Note, Place};
use crate::unreadable::Unreadable;
use crate::writer::{Unit, Wanted, Writer};
use excerpt::Excerpts;
use mended::mended;

/// Fewer characters on an average page, and it is a picture of a page.
const LEAST_CHARS: usize = 10;
/// Pages whose headings make an outline when the file has no bookmarks.
const PAGES_OF_OUTLINE: u32 = 200;
/// Characters that a page may hold invisibly before it is said; spaces and marks need some.
const INVISIBLE_CHARS: u32 = 20;
/// So many shapes on a page may be letters that somebody turned into outlines.
const FILLS_OF_LETTERS: u32 = 50;
/// The share of a page that a scan covers, under the invisible text of its recognition.
const SCAN_COVERAGE: f32 = 0.5;

/// So many steps over the tree of pages are worth the making of excerpts.
const STEPS_SPARED: u32 = 30_000;

/// Reads a PDF.
pub(crate) fn read(bytes: &[u8], writer: &mut Writer<'_>) -> Result<(), Unreadable> {
    depth::check(bytes)?;
    let outcome = guarded(writer, |writer| tell(bytes, writer));
    match outcome {
        Err(Unreadable::Damaged) if writer.is_empty() => {
            let mended = mended(bytes)?;
            writer.note(Note::Mended);
            guarded(writer, |writer| tell(&mended, writer))
        }
        outcome => outcome,
    }
}

fn parser(bytes: &[u8]) -> Result<PdfParser, Unreadable> {
    let options = ParseOptions::new().lenient().sequential().with_resources(false);
    PdfParser::from_bytes_with_options(bytes, options).map_err(|error| match error.kind() {
        ErrorKind::Encrypted | ErrorKind::InvalidPassword => Unreadable::Protected,
        _ => Unreadable::Damaged,
    })
}

fn tell(bytes: &[u8], writer: &mut Writer<'_>) -> Result<(), Unreadable> {
    let parser = parser(bytes)?;
    let count = parser.page_count();
    if count == 0 {
        return Err(Unreadable::Damaged);
    }
    writer.units(count);
    let Some(pages) = pages(count, writer) else {
        // The writer says that there are no such pages.
        let _ = writer.unit(Unit::Page(count));
        return Ok(());
    };
    let mut file = File {
        bytes,
        renderer: BlockRenderer::new(RenderOptions::default()),
        has_bookmarks: false,
        pages: 0,
        chars: 0,
        pictured: false,
        fields: Vec::new(),
    };
    let steps = count.saturating_mul(pages.end() - pages.start() + 1);
    let excerpts = if steps > STEPS_SPARED { Excerpts::of(bytes) } else { None };
    let outcome = match excerpts {
        Some(excerpts) => file.tell_excerpts(&parser, excerpts, pages, writer),
        None => parser.for_each_page(options(pages), |event| file.event(event, writer)).map(drop),
    };
    file.end(writer);
    outcome.map_err(|_| Unreadable::Damaged)
}

/// The pages that have to be looked at.
fn pages(count: u32, writer: &mut Writer<'_>) -> Option<RangeInclusive<u32>> {
    let request = writer.request();
    let (mut first, mut last) = (1, count);
    match &request.part {
        Part::Pages(span) => (first, last) = (span.first.max(1), span.last.min(count)),
        Part::Outline if count > PAGES_OF_OUTLINE => last = PAGES_OF_OUTLINE,
        _ => {}
    }
    first = first.max(request.from.map_or(1, |from| from.unit));
    (first <= last).then_some(first..=last)
}

/// All of them are said: the defaults would start a pool of threads.
fn options(pages: RangeInclusive<u32>) -> PageStreamOptions {
    PageStreamOptions {
        error_mode: ErrorMode::Lenient,
        extract_text: true,
        extract_resources: false,
        min_image_dimension: 0,
        pages: PageSelection::Range(pages),
        password: None,
        parallel: false,
        suppress_low_confidence_ocr: true,
        window_size: 1,
        emit_progress_every: u32::MAX,
    }
}

/// What is known of a file while its pages go by.
struct File<'b> {
    bytes: &'b [u8],
    renderer: BlockRenderer,
    has_bookmarks: bool,
    /// Pages that were looked at.
    pages: usize,
    /// Characters on them.
    chars: usize,
    /// Whether any of them shows a picture, or letters drawn as shapes.
    pictured: bool,
    fields: Vec<FormField>,
}

impl File<'_> {
    /// Tells pages a few at a time, each few from a file of their own.
    fn tell_excerpts(
        &mut self,
        whole: &PdfParser,
        mut excerpts: Excerpts,
        pages: RangeInclusive<u32>,
        writer: &mut Writer<'_>,
    ) -> unpdf::Result<()> {
        let mut flow = ControlFlow::Continue(());
        // The first event is about the whole file, and nothing more is asked of it.
        whole.for_each_page(options(pages.clone()), |event| {
            flow = self.event(event, writer);
            ControlFlow::Break(())
        })?;
        let (mut first, last) = pages.into_inner();
        while first <= last && flow.is_continue() {
            let end = last.min(first.saturating_add(excerpt::PAGES - 1));
            let count = end - first + 1;
            let excerpt = excerpts.excerpt(first..=end).and_then(|bytes| parser(bytes).ok());
            let excerpt = excerpt.filter(|excerpt| excerpt.page_count() == count);
            let (parser, shown, before) = match &excerpt {
                Some(excerpt) => (excerpt, 1..=count, first - 1),
                None => (whole, first..=end, 0),
            };
            parser.for_each_page(options(shown), |event| {
                flow = match event {
                    ParseEvent::DocumentStart { .. } => ControlFlow::Continue(()),
                    ParseEvent::PageParsed(mut page) => {
                        page.number += before;
                        self.event(ParseEvent::PageParsed(page), writer)
                    }
                    ParseEvent::PageFailed { page, error } => {
                        self.event(ParseEvent::PageFailed { page: page + before, error }, writer)
                    }
                    other => self.event(other, writer),
                };
                flow
            })?;
            first = end + 1;
        }
        Ok(())
    }

    fn event(&mut self, event: ParseEvent, writer: &mut Writer<'_>) -> ControlFlow<()> {
        match event {
            ParseEvent::DocumentStart { outline, form_fields, page_count, .. } => {
                self.has_bookmarks = bookmarks(outline.as_ref(), writer);
                self.fields = form_fields;
                if writer.request().part == Part::Outline {
                    if self.has_bookmarks {
                        return ControlFlow::Break(());
                    }
                    if page_count > PAGES_OF_OUTLINE {
                        writer.note(Note::CutAtLimit);
                    }
                }
                ControlFlow::Continue(())
            }
            ParseEvent::PageParsed(page) => match writer.unit(Unit::Page(page.number)) {
                Wanted::Text | Wanted::Outline => self.page(&page, writer),
                Wanted::Nothing => ControlFlow::Continue(()),
                Wanted::Stop => ControlFlow::Break(()),
            },
            ParseEvent::PageFailed { page, .. } => match writer.unit(Unit::Page(page)) {
                Wanted::Text => {
                    writer.note(Note::PartlyDamaged);
                    ControlFlow::Continue(())
                }
                Wanted::Outline | Wanted::Nothing => ControlFlow::Continue(()),
                Wanted::Stop => ControlFlow::Break(()),
            },
            ParseEvent::DocumentEnd { quality } => {
                if quality.pages_incomplete {
                    writer.note(Note::PartlyDamaged);
                }
                ControlFlow::Continue(())
            }
            ParseEvent::Progress { .. } => ControlFlow::Continue(()),
        }
    }

    fn page(&mut self, page: &Page, writer: &mut Writer<'_>) -> ControlFlow<()> {
        self.pages += 1;
        // Text in a font that maps to no characters is lost like that of a broken stream.
        if page.undecodable_content_streams > 0 || page.suppressed_text_runs > 0 {
            writer.note(Note::PartlyDamaged);
        }
        if page.invisible_text_chars > INVISIBLE_CHARS && page.image_coverage < SCAN_COVERAGE {
            writer.note(Note::InvisibleText);
        }
        self.pictured |= page.image_op_count > 0 || page.fill_op_count > FILLS_OF_LETTERS;
        self.chars += blocks::chars(page);
        blocks::tell(page, &self.renderer, self.has_bookmarks, writer)
    }

    /// What can be said when the last page has gone by.
    fn end(&self, writer: &mut Writer<'_>) {
        let whole = !matches!(writer.request().part, Part::Pages(_) | Part::Outline);
        if whole {
            // It ends early only because the writer has enough.
            let _ = fields(&self.fields, writer);
        }
        if self.pages > 0 && self.pictured && self.chars / self.pages < LEAST_CHARS {
            writer.note(Note::NoTextLayer);
        }
        let attachments = attached::count(self.bytes);
        if attachments > 0 {
            writer.note(Note::Attachments { count: attachments });
        }
    }
}

/// Tells the bookmarks; says whether there are any.
fn bookmarks(outline: Option<&Outline>, writer: &mut Writer<'_>) -> bool {
    let mut waiting: Vec<&OutlineItem> =
        outline.into_iter().flat_map(|outline| outline.items.iter().rev()).collect();
    let mut told = 0;
    while let Some(item) = waiting.pop().filter(|_| told < MAX_OUTLINE) {
        let place = Place { page: item.page, ..Place::default() };
        if !item.title.trim().is_empty() {
            writer.entry_at(item.level.saturating_add(1), &item.title, place);
            told += 1;
        }
        waiting.extend(item.children.iter().rev());
    }
    told > 0
}

/// What was filled into a form.
fn fields(fields: &[FormField], writer: &mut Writer<'_>) -> ControlFlow<()> {
    let mut filled = fields.iter().filter(|field| !field.display_value().trim().is_empty());
    let Some(first) = filled.next() else {
        return ControlFlow::Continue(());
    };
    writer.block("Form fields:")?;
    for field in std::iter::once(first).chain(filled) {
        let line = format!("- {}: {}", field.name, field.display_value());
        writer.line(&line.replace(['\r', '\n'], " "))?;
    }
    ControlFlow::Continue(())
}

#[cfg(test)]
mod tests;
