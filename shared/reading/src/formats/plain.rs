//! Plain text: notes, logs, source code.

use std::borrow::Cow;

use crate::reading::Note;
use crate::unreadable::Unreadable;
use crate::writer::Writer;

/// Reads plain text, line by line.
pub(crate) fn read(bytes: &[u8], writer: &mut Writer<'_>) -> Result<(), Unreadable> {
    let text = decode(bytes, writer);
    for line in text.lines() {
        if writer.line(line).is_break() {
            break;
        }
    }
    Ok(())
}

/// Text by its byte order mark, else UTF-8, else Windows-1252 (said in a note).
pub(crate) fn decode<'b>(bytes: &'b [u8], writer: &mut Writer<'_>) -> Cow<'b, str> {
    if let Some((encoding, length)) = encoding_rs::Encoding::for_bom(bytes) {
        let body = bytes.get(length..).unwrap_or_default();
        return encoding.decode_without_bom_handling(body).0;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => {
            writer.note(Note::EncodingGuessed);
            encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0
        }
    }
}
