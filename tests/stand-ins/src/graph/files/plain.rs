//! Tables of text in the encodings that other programs write.

use bytes::Bytes;

/// UTF-16 with the lower byte first and a mark at the start, as Excel writes "Unicode text".
pub fn utf16(text: &str) -> Bytes {
    let units = std::iter::once(0xfeff).chain(text.encode_utf16());
    Bytes::from(units.flat_map(u16::to_le_bytes).collect::<Vec<u8>>())
}

/// The encoding of Windows for Western Europe; letters it does not have become `?`.
pub fn windows_1252(text: &str) -> Bytes {
    let byte = |letter: char| match letter {
        '€' => 0x80,
        '–' => 0x96,
        '’' => 0x92,
        '\u{80}'..='\u{9f}' => b'?',
        _ => u8::try_from(u32::from(letter)).unwrap_or(b'?'),
    };
    Bytes::from(text.chars().map(byte).collect::<Vec<u8>>())
}
