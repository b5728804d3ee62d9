//! KQL, the language of Microsoft Search.

/// Longest question that is passed on, in characters.
const MAX_CHARS: usize = 1000;

/// A phrase in quotes; what could end it is taken out.
pub fn phrase(text: &str) -> String {
    let inner: String =
        text.chars().map(|c| if "\"{}".contains(c) || c.is_control() { ' ' } else { c }).collect();
    format!("\"{}\"", inner.trim())
}

/// What a person typed, so that it stays inside the parentheses that a query template puts
/// around it: quotes and parentheses in pairs, or none; no template variables.
///
/// Property restrictions are left in: next to our own they can only narrow.
pub fn fenced(text: &str) -> String {
    let spaced = |c: char| match c {
        // Word processors and phones type other quotes.
        '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{201f}' => '"',
        '{' | '}' => ' ',
        _ if c.is_control() => ' ',
        _ => c,
    };
    let mut text: String = text.chars().take(MAX_CHARS).map(spaced).collect();
    if text.matches('"').count() % 2 == 1 {
        text = text.replace('"', " ");
    }
    if !is_balanced(&text) {
        text = text.replace(['(', ')'], " ");
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether no parenthesis closes what it did not open, inside quotes or out.
fn is_balanced(text: &str) -> bool {
    let depth = |outside_only: bool| {
        let mut depth = 0_i32;
        let mut quoted = false;
        for c in text.chars() {
            match c {
                '"' => quoted = !quoted,
                '(' if !(quoted && outside_only) => depth += 1,
                ')' if !(quoted && outside_only) => depth -= 1,
                _ => {}
            }
            if depth < 0 {
                return false;
            }
        }
        depth == 0
    };
    depth(true) && depth(false)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn typed_text_keeps_its_meaning_where_it_can() {
        let cases = [
            ("budget 2027", "budget 2027"),
            ("\"exact phrase\" OR other", "\"exact phrase\" OR other"),
            ("(a OR b) AND c", "(a OR b) AND c"),
            ("a) OR (b", "a OR b"),
            ("an \"open quote", "an open quote"),
            ("{User.Name} x", "User.Name x"),
            ("“smart quotes”", "\"smart quotes\""),
            (" \u{0} ", ""),
        ];
        for (typed, expected) in cases {
            assert_eq!(fenced(typed), expected, "{typed}");
        }
    }

    proptest! {
        #[test]
        fn typed_text_cannot_leave_its_parentheses(
            text in r#"[ a-z"(){}:“”\n\\AND]{0,60}"#
        ) {
            let fenced = fenced(&text);

            let mut depth = 0;
            let mut quoted = false;
            for c in fenced.chars() {
                match c {
                    '"' => quoted = !quoted,
                    '(' if !quoted => depth += 1,
                    ')' if !quoted => depth -= 1,
                    _ => {}
                }
                prop_assert!(depth >= 0);
            }
            let special = fenced.contains(['{', '}', '\n']);
            prop_assert!(depth == 0 && !quoted && !special);
        }

        #[test]
        fn a_phrase_stays_one_phrase(text in r#"[ a-z"():\n]{0,40}"#) {
            prop_assert_eq!(phrase(&text).matches('"').count(), 2);
        }
    }
}
