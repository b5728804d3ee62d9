//! A filter cut into words: quoted ones stay whole, signs stand alone.

use super::Operator;

/// One word of a filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Word {
    Plain(String),
    Quoted(String),
    Sign(Operator),
}

impl Word {
    pub(super) fn is_and(&self) -> bool {
        matches!(self, Self::Plain(word) if word.eq_ignore_ascii_case("and"))
    }

    pub(super) fn is_sign(&self) -> bool {
        matches!(self, Self::Sign(_))
    }

    pub(super) fn operator(&self) -> Option<Operator> {
        match self {
            Self::Sign(operator) => Some(*operator),
            Self::Plain(word) if word.eq_ignore_ascii_case("startswith") => {
                Some(Operator::StartsWith)
            }
            Self::Plain(_) | Self::Quoted(_) => None,
        }
    }
}

/// The words, with single spaces between.
pub(super) fn joined(words: &[Word]) -> String {
    let texts = words.iter().filter_map(|word| match word {
        Word::Plain(text) | Word::Quoted(text) => Some(text.as_str()),
        Word::Sign(_) => None,
    });
    texts.collect::<Vec<_>>().join(" ")
}

/// Cuts at white space and signs. A quote opens where a word could start, and closes where a word
/// could end, so that `O'Hara` needs none.
pub(super) fn split(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut letters = text.chars().filter(|c| !c.is_control()).peekable();
    let mut plain = String::new();
    while let Some(letter) = letters.next() {
        if letter.is_whitespace() || "=<>!".contains(letter) {
            if !plain.is_empty() {
                words.push(Word::Plain(std::mem::take(&mut plain)));
            }
            let second = letters.peek().copied();
            if let Some((operator, both)) = sign(letter, second) {
                if both {
                    letters.next();
                }
                words.push(Word::Sign(operator));
            } else if letter == '!' {
                plain.push(letter);
            }
        } else if "'\"".contains(letter) && plain.is_empty() {
            let mut quoted = String::new();
            let mut closed = false;
            while let Some(next) = letters.next() {
                let ends = |after: &char| after.is_whitespace() || "=<>!".contains(*after);
                if next == letter && letters.peek().is_none_or(ends) {
                    closed = true;
                    break;
                }
                quoted.push(next);
            }
            if closed {
                words.push(Word::Quoted(quoted));
            } else {
                words.extend(quoted.split_whitespace().map(|word| Word::Plain(word.to_owned())));
            }
        } else {
            plain.push(letter);
        }
    }
    if !plain.is_empty() {
        words.push(Word::Plain(plain));
    }
    words
}

/// The operator that a letter starts, and whether the next letter belongs to it.
fn sign(first: char, second: Option<char>) -> Option<(Operator, bool)> {
    match (first, second) {
        ('!', Some('=')) | ('<', Some('>')) => Some((Operator::NotEqual, true)),
        ('<', Some('=')) => Some((Operator::LessOrEqual, true)),
        ('>', Some('=')) => Some((Operator::GreaterOrEqual, true)),
        ('=', Some('=')) => Some((Operator::Equal, true)),
        ('=', _) => Some((Operator::Equal, false)),
        ('<', _) => Some((Operator::Less, false)),
        ('>', _) => Some((Operator::Greater, false)),
        _ => None,
    }
}
