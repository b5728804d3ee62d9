//! Which characters the bytes of a text stand for.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Text, and whether its encoding is a guess: by its byte order mark, else as it was declared,
/// else UTF-8 or UTF-16 by its look, else Windows-1252.
pub(crate) fn decode<'b>(
    bytes: &'b [u8],
    declared: Option<&'static Encoding>,
) -> (Cow<'b, str>, bool) {
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        let body = bytes.get(length..).unwrap_or_default();
        return (encoding.decode_without_bom_handling(body).0, false);
    }
    // What could be read as far as the declaration is not in two-byte characters.
    if let Some(encoding) = declared.filter(|e| ![UTF_8, UTF_16LE, UTF_16BE].contains(e)) {
        return (encoding.decode_without_bom_handling(bytes).0, false);
    }
    if let Some(encoding) = two_bytes(bytes) {
        return (encoding.decode_without_bom_handling(bytes).0, true);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => (Cow::Borrowed(text), false),
        Err(_) if declared.is_some() => (String::from_utf8_lossy(bytes), false),
        Err(_) => (WINDOWS_1252.decode_without_bom_handling(bytes).0, true),
    }
}

/// The byte order of UTF-16 without a mark: the upper half of most characters is zero.
pub(crate) fn two_bytes(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.get(..4096.min(bytes.len())).unwrap_or_default();
    let (pairs, _) = head.as_chunks::<2>();
    if pairs.len() < 4 {
        return None;
    }
    let zeros = |at: usize| pairs.iter().filter(|pair| pair.get(at) == Some(&0)).count();
    let (first, second) = (zeros(0), zeros(1));
    let most = |zeros: usize| zeros * 10 >= pairs.len() * 7;
    // A control would be written with a zero too.
    let readable = |at: usize| {
        pairs
            .iter()
            .filter_map(|pair| pair.get(at))
            .all(|byte| *byte != 0 && !is_odd_control(*byte))
    };
    if most(second) && first == 0 && readable(0) {
        Some(UTF_16LE)
    } else if most(first) && second == 0 && readable(1) {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// A control character that no text has.
pub(crate) fn is_odd_control(byte: u8) -> bool {
    byte == 0x7f || (byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c | 0x1b | 0x08))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, order: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(order).collect()
    }

    #[test]
    fn text_is_read_in_the_encoding_it_has() {
        let text = "Zürich, 10 €";
        let little = utf16(text, u16::to_le_bytes);
        let big = utf16(text, u16::to_be_bytes);
        let marked: Vec<u8> = [&[0xFF, 0xFE], little.as_slice()].concat();
        for (bytes, guessed) in
            [(text.as_bytes(), false), (&marked, false), (&little, true), (&big, true)]
        {
            assert_eq!(decode(bytes, None), (Cow::Borrowed(text), guessed));
        }
        assert_eq!(decode(b"Z\xfcrich, 10 \x80", None), (Cow::Borrowed(text), true));
    }

    #[test]
    fn a_declared_encoding_is_believed() {
        let (shift_jis, _, _) = encoding_rs::SHIFT_JIS.encode("日本語");
        let read = decode(&shift_jis, Some(encoding_rs::SHIFT_JIS));
        assert_eq!(read, (Cow::Borrowed("日本語"), false));
    }
}
