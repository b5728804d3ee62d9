//! Plain text: notes, logs, source code.

use std::borrow::Cow;
use std::ops::ControlFlow;

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::reading::Note;
use crate::unreadable::Unreadable;
use crate::writer::Writer;

/// Reads plain text, line by line.
#[expect(clippy::unnecessary_wraps, reason = "all readers have one shape")]
pub(crate) fn read(bytes: &[u8], writer: &mut Writer<'_>) -> Result<(), Unreadable> {
    let text = decode(bytes, writer);
    // It ends early only because the writer has enough.
    let _ = tell(&text, writer);
    Ok(())
}

/// Tells text line by line.
pub(crate) fn tell(text: &str, writer: &mut Writer<'_>) -> ControlFlow<()> {
    text.lines().try_for_each(|line| writer.line(line))
}

/// Text by its byte order mark, else UTF-8, else what looks like UTF-16, else Windows-1252 (the
/// last two are said in a note).
pub(crate) fn decode<'b>(bytes: &'b [u8], writer: &mut Writer<'_>) -> Cow<'b, str> {
    if let Some((encoding, length)) = encoding_rs::Encoding::for_bom(bytes) {
        let body = bytes.get(length..).unwrap_or_default();
        return encoding.decode_without_bom_handling(body).0;
    }
    let wide = wide(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) if wide.is_none() => Cow::Borrowed(text),
        _ => {
            writer.note(Note::EncodingGuessed);
            wide.unwrap_or(WINDOWS_1252).decode_without_bom_handling(bytes).0
        }
    }
}

/// UTF-16 without a mark: nearly every second byte is zero, and none of the others.
pub(crate) fn wide(bytes: &[u8]) -> Option<&'static Encoding> {
    let (pairs, _) = bytes.get(..4096.min(bytes.len()))?.as_chunks::<2>();
    let zeros = |at: usize| pairs.iter().filter(|pair| pair.get(at) == Some(&0)).count();
    let many = |count: usize| count > 0 && count * 10 >= pairs.len() * 7;
    match (zeros(0), zeros(1)) {
        (0, second) if many(second) => Some(UTF_16LE),
        (first, 0) if many(first) => Some(UTF_16BE),
        _ => None,
    }
}
