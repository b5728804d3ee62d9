//! The name that a client gives itself, made fit to be shown: it is a stranger's text.

/// The longest name, in characters.
const MAX_CHARS: usize = 200;

/// The name for people, and whether something was taken out of it: markup, control characters,
/// invisible marks, marks that turn the direction of the text, or what was too long.
pub(in crate::oauth) fn clean_name(unverified: &str) -> (String, bool) {
    let mut name = String::new();
    let mut kept = 0;
    let mut cleaned = false;
    for c in unverified.trim().chars() {
        if kept == MAX_CHARS || is_deceiving(c) {
            cleaned = true;
        } else {
            name.push(if c.is_whitespace() { ' ' } else { c });
            kept += 1;
        }
        if kept == MAX_CHARS && cleaned {
            break;
        }
    }
    (name.trim().to_owned(), cleaned)
}

fn is_deceiving(c: char) -> bool {
    c.is_control()
        || "<>\u{ad}\u{34f}\u{61c}\u{115f}\u{1160}\u{3164}\u{ffa0}".contains(c)
        || matches!(c,
            '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{fff0}'..='\u{ffff}' | '\u{e000}'..='\u{f8ff}' | '\u{e0000}'..='\u{10ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn row_76_a_name_is_shown_without_what_could_deceive() {
        for (given, shown) in
            [("Claude Code", "Claude Code"), ("  Büro & Söhne\u{a0}日本 ", "Büro & Söhne 日本")]
        {
            assert_eq!(clean_name(given), (shown.to_owned(), false), "{given:?}");
        }
        for (given, shown) in [
            ("<script>alert(1)</script>", "scriptalert(1)/script"),
            ("\u{202e}edualC", "edualC"),
            ("Cla\u{200b}ude\u{7}\r\n\u{1b}[31m", "Claude[31m"),
            ("\u{2066}\u{e0041}\u{feff}", ""),
        ] {
            assert_eq!(clean_name(given), (shown.to_owned(), true), "{given:?}");
        }
    }

    #[test]
    fn row_76_a_long_name_is_cut_at_a_character() {
        let (name, cleaned) = clean_name(&"ä".repeat(5 * 1024));
        assert_eq!((name.chars().count(), cleaned), (200, true));
        assert!(!clean_name(&"ä".repeat(200)).1);
    }
}
