//! The text of an RTF body, or the HTML that Outlook wrapped in it (MS-OXRTFEX).

use encoding_rs::{Encoding, WINDOWS_1252};

/// Groups inside groups.
const MAX_GROUPS: usize = 1_000;

/// What was in it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Text {
    Html(String),
    Plain(String),
}

#[derive(Clone, Copy)]
struct Group {
    /// A destination that is no text of the body.
    skipped: bool,
    /// Markup of the page that was wrapped.
    markup: bool,
    /// Only for programs that do not know HTML.
    rtf_only: bool,
    /// Characters that stand in for one of Unicode.
    stand_ins: usize,
}

struct Parser<'b> {
    rest: &'b [u8],
    groups: Vec<Group>,
    now: Group,
    encoding: &'static Encoding,
    is_html: bool,
    /// Bytes that are not decoded yet.
    pending: Vec<u8>,
    to_skip: usize,
    /// The first half of a pair in UTF-16.
    high: Option<u32>,
    text: String,
}

/// The text of a body.
pub(super) fn text(rtf: &[u8]) -> Text {
    let now = Group { skipped: false, markup: false, rtf_only: false, stand_ins: 1 };
    let mut parser = Parser {
        rest: rtf,
        groups: Vec::new(),
        now,
        encoding: WINDOWS_1252,
        is_html: false,
        pending: Vec::new(),
        to_skip: 0,
        high: None,
        text: String::new(),
    };
    while parser.step() {}
    parser.flush();
    if parser.is_html { Text::Html(parser.text) } else { Text::Plain(parser.text) }
}

impl Parser<'_> {
    fn next(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    /// Reads one thing; whether there may be more.
    fn step(&mut self) -> bool {
        match self.next() {
            None => return false,
            Some(b'{') => {
                if self.groups.len() >= MAX_GROUPS {
                    return false;
                }
                self.to_skip = 0;
                self.groups.push(self.now);
            }
            Some(b'}') => {
                self.to_skip = 0;
                match self.groups.pop() {
                    Some(group) => self.now = group,
                    None => return false,
                }
            }
            Some(b'\\') => self.control(),
            Some(b'\r' | b'\n') => {}
            Some(byte) => self.byte(byte),
        }
        true
    }

    fn is_shown(&self) -> bool {
        let skipped = self.now.skipped || (self.is_html && self.now.rtf_only);
        !skipped
    }

    fn byte(&mut self, byte: u8) {
        if self.to_skip > 0 {
            self.to_skip -= 1;
        } else if self.is_shown() {
            self.pending.push(byte);
        }
    }

    fn push(&mut self, text: &str) {
        if self.is_shown() {
            self.flush();
            self.text.push_str(text);
        }
    }

    fn flush(&mut self) {
        if !self.pending.is_empty() {
            self.text.push_str(&self.encoding.decode_without_bom_handling(&self.pending).0);
            self.pending.clear();
        }
    }

    fn control(&mut self) {
        match self.rest.first() {
            Some(byte) if byte.is_ascii_alphabetic() => self.word(),
            Some(b'\'') => {
                let _ = self.next();
                let digit = |byte: Option<u8>| char::from(byte.unwrap_or(b'?')).to_digit(16);
                let (high, low) = (digit(self.next()), digit(self.next()));
                if let (Some(high), Some(low)) = (high, low) {
                    self.byte(u8::try_from(high * 16 + low).unwrap_or(b'?'));
                }
            }
            Some(b'*') => {
                let _ = self.next();
                // Until its name is known it is not shown.
                let tag = b"\\htmltag";
                let name = self.rest.trim_ascii_start();
                if name.starts_with(tag) {
                    self.now.markup = true;
                } else {
                    self.now.skipped = true;
                }
            }
            Some(b'~') => self.symbol("\u{a0}"),
            Some(b'_') => self.symbol("-"),
            Some(b'-') => self.symbol(""),
            Some(b'\r' | b'\n') => self.symbol("\n"),
            Some(other) => {
                let byte = *other;
                let _ = self.next();
                self.byte(byte);
            }
            None => {}
        }
    }

    fn symbol(&mut self, text: &str) {
        let _ = self.next();
        self.push(text);
    }

    fn word(&mut self) {
        let letters = self.rest.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        let (word, rest) = self.rest.split_at_checked(letters).unwrap_or_default();
        let sign = usize::from(rest.first() == Some(&b'-'));
        let digits = rest.iter().skip(sign).take_while(|byte| byte.is_ascii_digit()).count();
        let (number, rest) = if digits == 0 {
            (None, rest)
        } else {
            let (number, rest) = rest.split_at_checked(sign + digits).unwrap_or_default();
            (std::str::from_utf8(number).ok().and_then(|text| text.parse::<i32>().ok()), rest)
        };
        self.rest = rest.strip_prefix(b" ").unwrap_or(rest);
        self.act(word, number);
    }

    fn act(&mut self, word: &[u8], number: Option<i32>) {
        match word {
            b"fromhtml" => self.is_html = number != Some(0),
            b"htmlrtf" => {
                self.flush();
                self.now.rtf_only = number != Some(0);
            }
            b"ansicpg" => {
                let page = number.and_then(|number| u16::try_from(number).ok());
                self.encoding = page.and_then(codepage::to_encoding).unwrap_or(WINDOWS_1252);
            }
            b"uc" => {
                self.now.stand_ins =
                    number.and_then(|n| usize::try_from(n).ok()).unwrap_or(1).min(8);
            }
            b"u" => {
                let unit = number.unwrap_or_default().rem_euclid(0x1_0000);
                self.unicode(u32::try_from(unit).unwrap_or_default());
                self.to_skip = self.now.stand_ins;
            }
            b"bin" => {
                let count = number.and_then(|n| usize::try_from(n).ok()).unwrap_or_default();
                self.rest = self.rest.get(count..).unwrap_or_default();
            }
            b"fonttbl" | b"colortbl" | b"stylesheet" | b"info" | b"pict" | b"header"
            | b"footer" | b"headerl" | b"headerr" | b"footerl" | b"footerr" | b"object" => {
                self.now.skipped = true;
            }
            // In markup these are part of what is marked up, and their words are not.
            _ if self.now.markup && word != b"par" && word != b"tab" => {}
            b"par" | b"line" | b"sect" | b"row" => self.push("\n"),
            b"tab" | b"cell" => self.push("\t"),
            b"lquote" | b"rquote" => self.push("'"),
            b"ldblquote" | b"rdblquote" => self.push("\""),
            b"bullet" => self.push("\u{2022}"),
            b"endash" => self.push("\u{2013}"),
            b"emdash" => self.push("\u{2014}"),
            _ => {}
        }
    }

    /// One unit of UTF-16; the second of a pair is put together with the first.
    fn unicode(&mut self, unit: u32) {
        let high = self.high.take();
        let code = match (high, unit) {
            (_, 0xD800..=0xDBFF) => {
                self.high = Some(unit);
                return;
            }
            (Some(high), 0xDC00..=0xDFFF) => 0x1_0000 + ((high - 0xD800) << 10) + (unit - 0xDC00),
            (_, unit) => unit,
        };
        if let Some(character) = char::from_u32(code) {
            self.push(character.encode_utf8(&mut [0; 4]));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_wrapped_page_comes_out_as_it_was() {
        let rtf = br"{\rtf1\ansi\ansicpg1252\fromhtml1 \deff0{\fonttbl{\f0\fswiss Arial;}}
{\*\generator Microsoft Exchange Server;}{\*\formatConverter converted from html;}
{\*\htmltag64 <p class=\'22x\'22>}\htmlrtf {\htmlrtf0 Gr\'fc\u223\'dfe {\*\htmltag84 <b>}\htmlrtf {\b \htmlrtf0 you{\*\htmltag92 </b>}\htmlrtf }\htmlrtf0
{\*\htmltag84 &nbsp;}\htmlrtf \'a0\htmlrtf0 {\*\mhtmltag84 <img>}\{x\}{\*\htmltag72 </p>}\htmlrtf \par}\htmlrtf0}";
        let expected = "<p class=\"x\">Gr\u{fc}\u{df}e <b>you</b>&nbsp;{x}</p>";
        assert_eq!(text(rtf), Text::Html(expected.to_owned()));
    }

    #[test]
    fn plain_rich_text_is_text() {
        let rtf = br"{\rtf1\ansi{\fonttbl{\f0 Arial;}}{\colortbl;\red0;}\uc1 One\par {\b two}\tab\u-10179?\u-8704?{\pict ff00}\bin3 }}}!}";
        assert_eq!(text(rtf), Text::Plain("One\ntwo\t\u{1f600}!".to_owned()));
    }

    #[test]
    fn groups_without_end_end_the_text() {
        assert_eq!(text(&b"{".repeat(100_000)), Text::Plain(String::new()));
    }

    proptest! {
        #[test]
        fn no_bytes_break_it(rtf in "[{}\\\\a-z0-9'* -]{0,200}") {
            let _ = text(rtf.as_bytes());
        }
    }
}
