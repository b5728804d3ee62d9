//! PowerPoint: slides in the order they are shown, with what is said and noted about them.

mod chart;
mod comments;
mod deck;
mod render;
mod shapes;

use crate::archive::Archive;
use crate::part::Part;
use crate::reading::{Note, Place};
use crate::unreadable::Unreadable;
use crate::writer::{Unit, Wanted, Writer};

use comments::Comments;
use deck::Deck;
use render::Slide;
use shapes::Shapes;

/// Reads a presentation, slide by slide.
pub(crate) fn read(bytes: &[u8], writer: &mut Writer<'_>) -> Result<(), Unreadable> {
    let mut archive = Archive::open(bytes)?;
    let deck = Deck::open(&mut archive)?;
    writer.units(u32::try_from(deck.slides.len()).unwrap_or(u32::MAX));
    if archive.names().iter().any(|name| name.ends_with("vbaProject.bin")) {
        writer.note(Note::Macros);
    }
    let mut comments = Comments::new(&mut archive, &deck, writer.request())?;
    let mut told = Told::default();
    for (number, part) in (1..).zip(&deck.slides) {
        let end = match writer.unit(Unit::Slide(number)) {
            Wanted::Stop => true,
            Wanted::Nothing => false,
            Wanted::Outline => {
                told.outline(&mut archive, part, number, writer)?;
                false
            }
            Wanted::Text => told.slide(&mut archive, part, number, &mut comments, writer)?,
        };
        if end {
            if matches!(writer.request().part, Part::Auto) {
                titles_after(&mut archive, &deck, number, writer)?;
            }
            break;
        }
    }
    told.notes(&comments, writer);
    Ok(())
}

/// What is counted while slides are told.
#[derive(Default)]
struct Told {
    hidden: u32,
    images: u32,
}

impl Told {
    /// Tells one slide; whether the writer has enough.
    fn slide(
        &mut self,
        archive: &mut Archive<'_>,
        part: &str,
        number: u32,
        comments: &mut Comments,
        writer: &mut Writer<'_>,
    ) -> Result<bool, Unreadable> {
        let Some(slide) = kept(Slide::read(archive, part, number, comments), writer)? else {
            writer.entry(1, &format!("Slide {number}"));
            return Ok(false);
        };
        self.hidden += u32::from(slide.hidden);
        self.images = self.images.saturating_add(slide.images);
        for note in &slide.notes {
            writer.note(note.clone());
        }
        Ok(slide.tell(writer).is_break())
    }

    fn outline(
        &mut self,
        archive: &mut Archive<'_>,
        part: &str,
        number: u32,
        writer: &mut Writer<'_>,
    ) -> Result<(), Unreadable> {
        let shapes = kept(render::title(archive, part), writer)?.unwrap_or_default();
        self.hidden += u32::from(shapes.hidden);
        writer.entry(1, &render::name(&shapes, number));
        Ok(())
    }

    fn notes(&self, comments: &Comments, writer: &mut Writer<'_>) {
        if self.hidden > 0 {
            writer.note(Note::HiddenSlides { count: self.hidden });
        }
        if self.images > 0 {
            writer.note(Note::Images { count: self.images });
        }
        if comments.left_out() > 0 {
            writer.note(Note::CommentsLeftOut { count: comments.left_out() });
        }
    }
}

/// When not everything fits, the outline names the slides that are still to come.
fn titles_after(
    archive: &mut Archive<'_>,
    deck: &Deck,
    last: u32,
    writer: &mut Writer<'_>,
) -> Result<(), Unreadable> {
    let later = (1..).zip(&deck.slides).filter(|(number, _)| *number > last);
    for (number, part) in later.take(crate::limits::MAX_OUTLINE) {
        let shapes: Shapes = kept(render::title(archive, part), writer)?.unwrap_or_default();
        let place = Place { slide: Some(number), ..Place::default() };
        writer.entry_at(1, &render::name(&shapes, number), place);
    }
    Ok(())
}

/// A damaged part is left out and said; what is unsafe ends the reading.
fn kept<T>(part: Result<T, Unreadable>, writer: &mut Writer<'_>) -> Result<Option<T>, Unreadable> {
    match part {
        Ok(part) => Ok(Some(part)),
        Err(Unreadable::Unsafe) => Err(Unreadable::Unsafe),
        Err(_) => {
            writer.note(Note::PartlyDamaged);
            Ok(None)
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
