//! The pieces of a Rich Text file.

/// One piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'b> {
    /// `{`
    Open,
    /// `}`
    Close,
    /// A control word and its number.
    Word(&'b str, Option<i32>),
    /// A control symbol other than those of characters.
    Symbol(u8),
    /// A byte, written as `\'hh`.
    Hex(u8),
    /// Bytes that stand for themselves.
    Bytes(&'b [u8]),
}

/// The pieces in order.
pub(super) struct Tokens<'b> {
    rest: &'b [u8],
}

impl<'b> Tokens<'b> {
    pub(super) fn new(bytes: &'b [u8]) -> Self {
        Self { rest: bytes }
    }

    fn advance(&mut self, count: usize) -> &'b [u8] {
        let (taken, rest) =
            self.rest.split_at_checked(count).unwrap_or((self.rest, Default::default()));
        self.rest = rest;
        taken
    }

    fn run_length(&self, from: usize, is: impl Fn(&u8) -> bool) -> usize {
        self.rest.iter().skip(from).take_while(|byte| is(byte)).count()
    }

    fn control(&mut self) -> Option<Token<'b>> {
        const MAX_NAME: usize = 40;
        const MAX_DIGITS: usize = 12;
        let first = *self.rest.get(1)?;
        if first == b'\'' {
            let hex = self.rest.get(2..4).and_then(|hex| std::str::from_utf8(hex).ok());
            let byte = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok());
            self.advance(if byte.is_some() { 4 } else { 2 });
            return Some(byte.map_or(Token::Symbol(b'\''), Token::Hex));
        }
        if !first.is_ascii_alphabetic() {
            let symbol = self.advance(2);
            return Some(match first {
                b'\\' | b'{' | b'}' => Token::Bytes(symbol.get(1..).unwrap_or_default()),
                other => Token::Symbol(other),
            });
        }
        let letters = self.run_length(1, u8::is_ascii_alphabetic).min(MAX_NAME);
        let name = self.advance(1 + letters).get(1..).unwrap_or_default();
        let minus = usize::from(self.rest.first() == Some(&b'-'));
        let digits = self.run_length(minus, u8::is_ascii_digit);
        let mut value = None;
        if digits > 0 {
            let number = self.advance(minus + digits);
            let number = std::str::from_utf8(number).ok().filter(|n| n.len() <= MAX_DIGITS);
            value = number.and_then(|number| number.parse::<i32>().ok());
        }
        if self.rest.first() == Some(&b' ') {
            self.advance(1);
        }
        let name = std::str::from_utf8(name).unwrap_or_default();
        if name == "bin" {
            self.advance(value.and_then(|count| usize::try_from(count).ok()).unwrap_or_default());
        }
        Some(Token::Word(name, value))
    }
}

impl<'b> Iterator for Tokens<'b> {
    type Item = Token<'b>;

    fn next(&mut self) -> Option<Token<'b>> {
        let ends = self.run_length(0, |byte| matches!(byte, b'\r' | b'\n' | 0));
        self.advance(ends);
        match self.rest.first()? {
            b'{' => {
                self.advance(1);
                Some(Token::Open)
            }
            b'}' => {
                self.advance(1);
                Some(Token::Close)
            }
            b'\\' => self.control(),
            _ => {
                let is_plain = |byte: &u8| !matches!(byte, b'{' | b'}' | b'\\' | b'\r' | b'\n' | 0);
                let count = self.run_length(0, is_plain);
                Some(Token::Bytes(self.advance(count)))
            }
        }
    }
}

/// Whether a page break is written somewhere.
pub(super) fn has_page_break(bytes: &[u8]) -> bool {
    const WORD: &[u8] = b"\\page";
    bytes.windows(WORD.len() + 1).any(|window| {
        window.strip_prefix(WORD).is_some_and(|end| !end.iter().any(u8::is_ascii_alphabetic))
    }) || bytes.ends_with(WORD)
}
