//! A damaged PDF as the other library writes it anew: it finds objects that the first one does not.

use lopdf::Document;

use crate::unreadable::Unreadable;

/// The same pages in a file without damage.
pub(super) fn mended(bytes: &[u8]) -> Result<Vec<u8>, Unreadable> {
    let mut document = Document::load_mem(bytes).map_err(|_| Unreadable::Damaged)?;
    let has_pages = !document.get_pages().is_empty();
    // What it could not decrypt has no pages, and no error either.
    if document.is_encrypted() && !has_pages {
        return Err(Unreadable::Protected);
    }
    if !has_pages {
        return Err(Unreadable::Damaged);
    }
    // It holds everything in the clear now.
    document.trailer.remove(b"Encrypt");
    let mut mended = Vec::with_capacity(bytes.len());
    document.save_to(&mut mended).map_err(|_| Unreadable::Damaged)?;
    Ok(mended)
}
