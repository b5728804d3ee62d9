//! Text of others, before a person or a model reads it.

/// A text without what cannot be seen: control characters, zero-width and bidirectional marks,
/// tag characters, variation selectors used to smuggle data. White space becomes single spaces.
pub fn clean(text: &str, max_chars: usize) -> String {
    // Nearly every text is clean already.
    if text.len() <= max_chars && is_plain(text) {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut chars = 0;
    let mut gap = false;
    for c in text.chars() {
        if c.is_whitespace() || (c.is_control() && !is_hidden(c)) {
            gap = true;
            continue;
        }
        if is_hidden(c) {
            continue;
        }
        if gap && !out.is_empty() {
            out.push(' ');
            chars += 1;
        }
        gap = false;
        if chars >= max_chars {
            out.push('…');
            break;
        }
        out.push(c);
        chars += 1;
    }
    out
}

/// The excerpt of a search hit as plain text: highlight tags gone, gaps as `…`, entities decoded.
pub fn snippet(summary: &str, max_chars: usize) -> String {
    let plain = summary.replace("<ddd/>", "…").replace("<c0>", "").replace("</c0>", "");
    clean(&html_escape::decode_html_entities(&plain), max_chars)
}

/// Whether all of it is printable ASCII, with single spaces between words.
fn is_plain(text: &str) -> bool {
    let mut before = b' ';
    for byte in text.bytes() {
        if !matches!(byte, b' '..=b'~') || (byte == b' ' && before == b' ') {
            return false;
        }
        before = byte;
    }
    before != b' '
}

fn is_hidden(c: char) -> bool {
    matches!(
        u32::from(c),
        0x00AD
            | 0x034F
            | 0x061C
            | 0x115F..=0x1160
            | 0x17B4..=0x17B5
            | 0x180B..=0x180F
            | 0x200B..=0x200F
            | 0x202A..=0x202E
            | 0x2060..=0x206F
            | 0x3164
            | 0xFE00..=0xFE0E
            | 0xFEFF
            | 0xFFA0
            | 0xFFF0..=0xFFFB
            | 0x1_D173..=0x1_D17A
            | 0xE_0000..=0xE_0FFF
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_becomes_plain_text() {
        let summary = "Revenue <c0>4.2</c0> million &amp; margin &lt;31&nbsp;%&gt;<ddd/>";

        assert_eq!(snippet(summary, 100), "Revenue 4.2 million & margin <31 %>…");
    }

    #[test]
    fn what_cannot_be_seen_is_gone() {
        let hidden = "pay\u{200B}ment\u{202E} now\u{E0041}\u{E0042}\u{7}\n\n  ok 📄\u{FE0F}";

        assert_eq!(clean(hidden, 100), "payment now ok 📄\u{FE0F}");
        assert_eq!(snippet("a&#x202E;b&#8203;c", 100), "abc");
        assert_eq!(clean("abcdef", 3), "abc…");
        assert_eq!(clean("読みやすい", 100), "読みやすい");
    }
}
