//! Word documents: one walk over the body, told as it goes.

mod fields;
mod inline;
mod numbering;
mod package;
mod paragraph;
mod stories;
mod styles;
mod symbols;
mod table;
mod walk;

use package::Package;
use walk::{Target, Walk};

use crate::reading::Note;
use crate::unreadable::Unreadable;
use crate::writer::Writer;

/// Reads a Word document.
pub(crate) fn read(bytes: &[u8], writer: &mut Writer<'_>) -> Result<(), Unreadable> {
    let mut package = Package::open(bytes)?;
    if package.has_macros() {
        writer.note(Note::Macros);
    }
    let context = package.context(writer.request())?;
    let has_pages = package.has_page_marks()?;
    let body = package.main()?;
    let mut walk = Walk::new(Target::Writer(writer), context, has_pages);
    walk.run(body)?;
    let ended = walk.is_at_end();
    let mut context = walk.finish();
    if ended {
        stories::tell_margins(&mut package, &mut context, writer)?;
    }
    context.notes(writer);
    Ok(())
}

#[cfg(test)]
pub(crate) mod tests;
