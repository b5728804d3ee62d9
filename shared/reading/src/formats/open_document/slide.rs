//! A slide of a presentation while it is read.

use std::ops::ControlFlow;

use crate::reading::Place;
use crate::writer::Writer;

/// Bytes of text on one slide.
const MAX_TEXT: usize = 1024 * 1024;

/// A slide that is open.
pub(super) struct Slide {
    pub(super) number: u32,
    pub(super) hidden: bool,
    /// Whether only its title is wanted, because the answer is full.
    pub(super) title_only: bool,
    title: String,
    blocks: Vec<(bool, String)>,
    size: usize,
}

impl Slide {
    pub(super) fn new(number: u32) -> Self {
        Self {
            number,
            hidden: false,
            title_only: false,
            title: String::new(),
            blocks: Vec::new(),
            size: 0,
        }
    }

    /// A paragraph of its title.
    pub(super) fn title(&mut self, text: &str) {
        if self.title.len() < MAX_TEXT {
            self.title.push(' ');
            self.title.push_str(text);
        }
    }

    /// Something else; whether it was kept.
    pub(super) fn block(&mut self, is_apart: bool, text: String) -> bool {
        let fits = self.size.saturating_add(text.len()) <= MAX_TEXT;
        if fits && !self.title_only {
            self.size += text.len();
            self.blocks.push((is_apart, text));
        }
        fits
    }

    /// Tells it.
    pub(super) fn tell(&self, writer: &mut Writer<'_>) -> ControlFlow<()> {
        let title = self.title.trim().replace('\n', " ");
        let mut name = title.clone();
        if name.is_empty() {
            name = format!("Slide {}", self.number);
        }
        if self.hidden {
            name.push_str(" (hidden)");
        }
        if self.title_only {
            let place = Place { slide: Some(self.number), ..Place::default() };
            writer.entry_at(1, &name, place);
            return ControlFlow::Continue(());
        }
        if title.is_empty() && !self.hidden {
            writer.entry(1, &name);
        } else {
            writer.heading(1, &name)?;
        }
        for (is_apart, text) in &self.blocks {
            if *is_apart {
                writer.block(text)?;
            } else {
                writer.line(text)?;
            }
        }
        ControlFlow::Continue(())
    }
}
