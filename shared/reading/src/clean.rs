//! Text of others: without what a person would not see and a model would.

use std::borrow::Cow;

/// Drops zero-width, bidirectional and tag characters and controls other than line end and tab;
/// makes every line end `\n` and every exotic space a space. A joiner stays between two letters of
/// a script that is spelled with it; emoji that were joined stand beside each other.
pub(crate) fn clean(text: &str) -> Cow<'_, str> {
    match first_to_change(text).and_then(|at| text.split_at_checked(at)) {
        None => Cow::Borrowed(text),
        Some((good, rest)) => Cow::Owned(cleaned(good, rest)),
    }
}

/// Where the first character stands that may not stay as it is.
fn first_to_change(text: &str) -> Option<usize> {
    const STRIDE: usize = 64;
    let stays = |byte: &u8| matches!(byte, b' '..=b'~' | b'\n' | b'\t');
    let mut at = 0;
    // Most text is ASCII: that is seen without looking at each character.
    for stride in text.as_bytes().chunks(STRIDE) {
        if stride.iter().fold(true, |all, byte| all & stays(byte)) {
            at += stride.len();
        } else {
            break;
        }
    }
    let (_, rest) = text.split_at_checked(at)?;
    let found = rest.char_indices().find(|(_, character)| match character {
        ' '..='~' | '\n' | '\t' => false,
        other => changes(*other),
    });
    found.map(|(inside, _)| at + inside)
}

/// Whether a character is dropped or replaced, at least in some places.
fn changes(character: char) -> bool {
    is_space(character) || is_line_end(character) || is_invisible(character)
}

/// A clean beginning, and what follows it.
fn cleaned(good: &str, rest: &str) -> String {
    let mut cleaned = String::with_capacity(good.len() + rest.len());
    cleaned.push_str(good);
    let mut characters = rest.chars().peekable();
    let mut last = good.chars().next_back().unwrap_or(' ');
    while let Some(character) = characters.next() {
        match character {
            '\r' => {
                if characters.peek() != Some(&'\n') {
                    cleaned.push('\n');
                }
            }
            _ if is_space(character) => cleaned.push(' '),
            _ if is_line_end(character) => cleaned.push('\n'),
            '\u{200c}' | '\u{200d}' if joins(last, characters.peek().copied()) => {
                cleaned.push(character);
            }
            _ if is_invisible(character) => {}
            _ => cleaned.push(character),
        }
        last = cleaned.chars().next_back().unwrap_or(' ');
    }
    cleaned
}

fn is_space(character: char) -> bool {
    matches!(
        character,
        '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{2800}' | '\u{3000}'
    )
}

fn is_line_end(character: char) -> bool {
    matches!(character, '\u{2028}' | '\u{2029}' | '\u{85}' | '\u{b}' | '\u{c}')
}

/// Whether a joiner between these two is spelling: Persian, the scripts of India and their like.
fn joins(before: char, after: Option<char>) -> bool {
    let spelled = |c: char| {
        matches!(c,
            '\u{620}'..='\u{6d3}' | '\u{750}'..='\u{77f}' | '\u{8a0}'..='\u{8b4}'
            | '\u{900}'..='\u{df4}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17b3}')
    };
    spelled(before) && after.is_some_and(spelled)
}

/// Characters that take no room on a screen.
pub(crate) fn is_invisible(character: char) -> bool {
    match character {
        '\n' | '\t' => false,
        '\u{ad}'
        | '\u{34f}'
        | '\u{61c}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{17b4}'
        | '\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}'
        | '\u{13430}'..='\u{1345f}'
        | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d159}'
        | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}' => true,
        _ => character.is_control(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// One of each family that hides text.
    const HIDING: &str = "\u{200b}\u{200c}\u{200d}\u{2060}\u{feff}\u{202a}\u{202e}\u{2066}\
        \u{2069}\u{e0001}\u{e0041}\u{e007f}\u{fe0f}\u{e0100}\u{180e}\u{115f}\u{3164}\u{ad}\0\u{1b}\u{fff9}";

    #[test]
    fn scripts_that_are_spelled_with_joiners_keep_them() {
        for word in ["می\u{200c}خواهم", "क्\u{200d}ष", "ක්\u{200d}ෂ"] {
            assert_eq!(clean(word), word);
        }
        assert_eq!(clean("a\u{200d}b می\u{200c} می\u{200c}\u{200c}خ"), "ab می می\u{200c}خ");
        assert_eq!(clean("👩\u{200d}👧 ❤\u{fe0f}"), "👩👧 ❤");
    }

    #[test]
    fn what_nobody_sees_is_not_read() {
        assert_eq!(clean("a\u{200b}b\u{202e}c\u{e0041}d\u{ad}e"), "abcde");
        assert_eq!(clean("one\r\ntwo\rthree\u{2028}four\u{a0}five"), "one\ntwo\nthree\nfour five");
        assert_eq!(clean("日本語 Zürich é"), "日本語 Zürich é");
    }

    proptest! {
        #[test]
        fn clean_text_stays_as_it_is(text in any::<String>()) {
            let once = clean(&text);
            prop_assert_eq!(clean(&once), Cow::Borrowed(&*once));
            let joiner = |c: char| matches!(c, '\u{200c}' | '\u{200d}');
            prop_assert!(!once.chars().any(|c| is_invisible(c) && !joiner(c)));
        }

        #[test]
        fn nothing_can_be_hidden_between_visible_letters(
            letters in prop::collection::vec((
                prop::sample::select(vec!['a', 'ü', '日', 'م', 'क', '👩', '\n']),
                prop::sample::select(HIDING.chars().collect::<Vec<_>>()),
                0..5_usize,
            ), 0..30)
        ) {
            let seen: String = letters.iter().map(|(letter, _, _)| *letter).collect();
            let told: String = letters.iter().flat_map(|(letter, hidden, count)| {
                std::iter::once(*letter).chain(std::iter::repeat_n(*hidden, *count))
            }).collect();
            let cleaned = clean(&told);
            prop_assert!(cleaned.chars().count() <= 2 * seen.chars().count());
            let without: String =
                cleaned.chars().filter(|c| !matches!(c, '\u{200c}' | '\u{200d}')).collect();
            prop_assert_eq!(without, seen);
        }
    }
}
