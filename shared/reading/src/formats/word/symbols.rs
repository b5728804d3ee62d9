//! Characters of symbol fonts, which have no meaning outside their font.

/// A character of a symbol font as one that everybody knows.
pub(super) fn symbol(code: u32, font: &str) -> Option<char> {
    const GREEK: &str = "αβχδεφγηιϕκλμνοπθρστυϖωξψζ";
    const CAPITALS: &str = "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ";
    // Symbol fonts repeat their characters in the private area.
    let low = if (0xf000..=0xf0ff).contains(&code) { code - 0xf000 } else { code };
    let font = font.to_ascii_lowercase();
    if font.starts_with("wingdings") {
        return Some(match low {
            0xa8 | 0x6f | 0x71 | 0x72 => '☐',
            0xfe | 0x52 => '☑',
            0x78 | 0xfd => '☒',
            0xfb => '✗',
            0xfc => '✓',
            0xe0 | 0xe8 | 0xf0 => '→',
            0xdf => '←',
            0x4a => '☺',
            0x4c => '☹',
            _ => '•',
        });
    }
    if font == "symbol" {
        let nth = |letters: &str, first: u32| {
            letters.chars().nth(usize::try_from(low.checked_sub(first)?).ok()?)
        };
        return match low {
            0x61..=0x7a => nth(GREEK, 0x61),
            0x41..=0x5a => nth(CAPITALS, 0x41),
            0xa3 => Some('≤'),
            0xb3 => Some('≥'),
            0xb1 => Some('±'),
            0xb4 => Some('×'),
            0xb9 => Some('≠'),
            0xbb => Some('≈'),
            0xb0 => Some('°'),
            0xa5 => Some('∞'),
            0xae => Some('→'),
            0xac => Some('←'),
            0xb7 => Some('•'),
            0xe5 => Some('∑'),
            0xd6 => Some('√'),
            0x20..=0x7e => char::from_u32(low),
            _ => None,
        };
    }
    char::from_u32(code).filter(|c| !('\u{e000}'..='\u{f8ff}').contains(c))
}
