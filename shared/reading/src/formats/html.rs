//! Web pages and bodies of mail.

mod blocks;
mod elements;
mod inline;
mod renderer;
mod style;
mod table;

use std::cell::RefCell;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{BufferQueue, Tokenizer, TokenizerOpts};

use self::blocks::Blocks;
use self::renderer::{Renderer, Sink};
use super::plain;
use crate::unreadable::Unreadable;
use crate::writer::Writer;

/// Text given to the tokenizer at a time; between two pieces it is seen whether there is enough.
const PIECE: usize = 64 * 1024;

/// Reads a web page.
pub(crate) fn read(bytes: &[u8], writer: &mut Writer<'_>) -> Result<(), Unreadable> {
    let head = bytes.get(..4096.min(bytes.len())).unwrap_or_default();
    let declared = declared(&String::from_utf8_lossy(head));
    let text = plain::decode(bytes, declared, writer)?;
    let titled = !contains(&text, "<h1");
    render(&text, titled, writer);
    Ok(())
}

/// Reads HTML that stands inside something else, such as the body of a mail; whether there was
/// anything to see.
pub(crate) fn fragment(html: &str, writer: &mut Writer<'_>) -> bool {
    render(html, false, writer)
}

fn render(html: &str, titled: bool, writer: &mut Writer<'_>) -> bool {
    let sink = Sink(RefCell::new(Renderer::new(Blocks::new(writer), titled)));
    let tokenizer = Tokenizer::new(sink, TokenizerOpts::default());
    let queue = BufferQueue::default();
    let mut rest = html;
    while !rest.is_empty() && !tokenizer.sink.0.borrow().blocks.stopped {
        let end = (PIECE.min(rest.len())..=rest.len()).find(|at| rest.is_char_boundary(*at));
        let (piece, after) = rest.split_at_checked(end.unwrap_or(rest.len())).unwrap_or((rest, ""));
        queue.push_back(StrTendril::from(piece));
        // It only pauses for scripts, which are never run.
        let _ = tokenizer.feed(&queue);
        rest = after;
    }
    tokenizer.end();
    tokenizer.sink.0.into_inner().finish_page()
}

/// The encoding that a page names in its head.
fn declared(head: &str) -> Option<&'static encoding_rs::Encoding> {
    let at = head.to_ascii_lowercase().find("charset")?;
    let rest = head.get(at..)?.get("charset".len()..)?.trim_start().strip_prefix('=')?;
    let name = rest.trim_start().trim_start_matches(['"', '\'']);
    let end = name.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_' | ':'));
    let name = name.get(..end.unwrap_or(name.len()))?;
    encoding_rs::Encoding::for_label(name.as_bytes())
}

/// Whether a text is in another, upper and lower case alike.
fn contains(text: &str, wanted: &str) -> bool {
    let (text, wanted) = (text.as_bytes(), wanted.as_bytes());
    text.windows(wanted.len()).any(|window| window.eq_ignore_ascii_case(wanted))
}

#[cfg(test)]
mod tests;
