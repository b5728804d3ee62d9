//! `$filter`: comparisons, `startswith`, `and`, `or`, `not` and parentheses.

use std::cmp::Ordering;

use serde_json::{Number, Value};

use super::{at, compare_values, unknown_property};
use crate::graph::errors::{Outcome, Refusal};
use crate::graph::types::EntityType;

/// A condition on an entity.
#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    /// Both.
    And(Box<Filter>, Box<Filter>),
    /// Either.
    Or(Box<Filter>, Box<Filter>),
    /// Not.
    Not(Box<Filter>),
    /// A property compared with a value.
    Compare(String, &'static str, Value),
    /// A text that starts so.
    StartsWith(String, String),
}

impl Filter {
    /// Reads a filter for a type.
    ///
    /// # Errors
    /// What Graph refuses.
    pub fn parse(text: &str, of: &EntityType) -> Outcome<Self> {
        let tokens = tokens(text)?;
        let mut parser = Parser { tokens: &tokens, of, depth: 0, whole: text };
        let filter = parser.or()?;
        if parser.tokens.is_empty() { Ok(filter) } else { Err(syntax(text)) }
    }

    /// Whether an entity meets it.
    pub fn holds(&self, entity: &Value) -> bool {
        match self {
            Self::And(left, right) => left.holds(entity) && right.holds(entity),
            Self::Or(left, right) => left.holds(entity) || right.holds(entity),
            Self::Not(inner) => !inner.holds(entity),
            Self::Compare(path, operator, value) => {
                let found = compare_values(at(entity, path), value);
                match *operator {
                    "eq" => found == Ordering::Equal,
                    "ne" => found != Ordering::Equal,
                    "gt" => found == Ordering::Greater,
                    "ge" => found != Ordering::Less,
                    "lt" => found == Ordering::Less,
                    _ => found != Ordering::Greater,
                }
            }
            Self::StartsWith(path, start) => at(entity, path)
                .as_str()
                .is_some_and(|text| text.to_lowercase().starts_with(&start.to_lowercase())),
        }
    }

    /// The property paths it looks at.
    pub fn paths(&self) -> Vec<&str> {
        match self {
            Self::And(left, right) | Self::Or(left, right) => {
                let mut paths = left.paths();
                paths.extend(right.paths());
                paths
            }
            Self::Not(inner) => inner.paths(),
            Self::Compare(path, _, _) | Self::StartsWith(path, _) => vec![path],
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    Text(String),
    Sign(char),
}

fn tokens(text: &str) -> Outcome<Vec<Token>> {
    let mut found = Vec::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            ' ' => {}
            '(' | ')' | ',' => found.push(Token::Sign(letter)),
            '\'' => {
                let mut value = String::new();
                loop {
                    match letters.next() {
                        Some('\'') if letters.peek() == Some(&'\'') => {
                            letters.next();
                            value.push('\'');
                        }
                        Some('\'') => break,
                        Some(letter) => value.push(letter),
                        None => return Err(syntax(text)),
                    }
                }
                found.push(Token::Text(value));
            }
            _ => {
                let mut word = String::from(letter);
                while let Some(next) = letters.next_if(|next| !" (),'".contains(*next)) {
                    word.push(next);
                }
                found.push(Token::Word(word));
            }
        }
    }
    Ok(found)
}

struct Parser<'a> {
    tokens: &'a [Token],
    of: &'a EntityType,
    depth: usize,
    whole: &'a str,
}

impl Parser<'_> {
    fn or(&mut self) -> Outcome<Filter> {
        let mut left = self.and()?;
        while self.takes("or") {
            left = Filter::Or(Box::new(left), Box::new(self.and()?));
        }
        Ok(left)
    }

    fn and(&mut self) -> Outcome<Filter> {
        let mut left = self.one()?;
        while self.takes("and") {
            left = Filter::And(Box::new(left), Box::new(self.one()?));
        }
        Ok(left)
    }

    fn one(&mut self) -> Outcome<Filter> {
        self.depth += 1;
        if self.depth > 50 {
            return Err(Refusal::bad_request("The node count limit of '100' has been exceeded."));
        }
        if self.takes("not") {
            return Ok(Filter::Not(Box::new(self.one()?)));
        }
        if self.sign('(') {
            let inner = self.or()?;
            return if self.sign(')') { Ok(inner) } else { Err(syntax(self.whole)) };
        }
        let name = self.word()?;
        if name == "startswith" && self.sign('(') {
            let path = self.path()?;
            let comma = self.sign(',');
            return match (comma, self.value()?, self.sign(')')) {
                (true, Value::String(start), true) => Ok(Filter::StartsWith(path, start)),
                _ => Err(syntax(self.whole)),
            };
        }
        self.check(&name)?;
        let operator = match self.word()?.as_str() {
            "eq" => "eq",
            "ne" => "ne",
            "gt" => "gt",
            "ge" => "ge",
            "lt" => "lt",
            "le" => "le",
            _ => return Err(syntax(self.whole)),
        };
        Ok(Filter::Compare(name, operator, self.value()?))
    }

    fn path(&mut self) -> Outcome<String> {
        let name = self.word()?;
        self.check(&name)?;
        Ok(name)
    }

    fn check(&self, path: &str) -> Outcome<()> {
        let first = path.split('/').next().unwrap_or(path);
        if self.of.has(first) || self.of.navigates(first) {
            Ok(())
        } else {
            Err(unknown_property("Invalid filter clause: ", first, self.of))
        }
    }

    fn word(&mut self) -> Outcome<String> {
        match self.next() {
            Some(Token::Word(word)) => Ok(word),
            _ => Err(syntax(self.whole)),
        }
    }

    fn value(&mut self) -> Outcome<Value> {
        match self.next() {
            Some(Token::Text(text)) => Ok(Value::String(text)),
            Some(Token::Word(word)) => Ok(match word.as_str() {
                "true" => Value::Bool(true),
                "false" => Value::Bool(false),
                "null" => Value::Null,
                _ => match word.parse::<f64>().ok().and_then(Number::from_f64) {
                    Some(number) => Value::Number(number),
                    // A date, which is written without quotes.
                    None if word.starts_with(|letter: char| letter.is_ascii_digit()) => {
                        Value::String(word)
                    }
                    None => return Err(syntax(self.whole)),
                },
            }),
            _ => Err(syntax(self.whole)),
        }
    }

    fn takes(&mut self, word: &str) -> bool {
        let found = matches!(self.tokens.first(), Some(Token::Word(next)) if next == word);
        if found {
            self.next();
        }
        found
    }

    fn sign(&mut self, sign: char) -> bool {
        let found = self.tokens.first() == Some(&Token::Sign(sign));
        if found {
            self.next();
        }
        found
    }

    fn next(&mut self) -> Option<Token> {
        let (first, rest) = self.tokens.split_first()?;
        self.tokens = rest;
        Some(first.clone())
    }
}

fn syntax(text: &str) -> Refusal {
    Refusal::bad_request(format!("Invalid filter clause: Syntax error in '{text}'."))
}
