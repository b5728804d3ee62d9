//! Reads a query.

use super::{Kql, malformed};
use crate::graph::errors::Outcome;

const DEEPEST: usize = 32;
const LONGEST: usize = 4096;
const DATES: [&str; 3] = ["lastmodifiedtime", "write", "created"];

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Open,
    Close,
    And,
    Or,
    Not,
    Leaf(Kql),
}

pub(super) fn parse(text: &str) -> Outcome<Kql> {
    if text.len() > LONGEST {
        return Err(malformed());
    }
    let tokens = tokens(text)?;
    if tokens.is_empty() {
        return Ok(Kql::All);
    }
    let mut parser = Parser { tokens: &tokens, depth: 0 };
    let found = parser.or()?;
    if parser.tokens.is_empty() { Ok(found) } else { Err(malformed()) }
}

struct Parser<'a> {
    tokens: &'a [Token],
    depth: usize,
}

impl Parser<'_> {
    fn or(&mut self) -> Outcome<Kql> {
        let mut left = self.and()?;
        while self.takes(&Token::Or) {
            left = Kql::Or(Box::new(left), Box::new(self.and()?));
        }
        Ok(left)
    }

    /// Words that stand side by side are all meant; the same property twice means either.
    fn and(&mut self) -> Outcome<Kql> {
        let mut terms: Vec<Kql> = vec![self.one()?];
        loop {
            let explicit = self.takes(&Token::And);
            let goes_on = !matches!(self.tokens.first(), None | Some(Token::Close | Token::Or));
            if !goes_on {
                if explicit {
                    return Err(malformed());
                }
                break;
            }
            let next = self.one()?;
            match (terms.pop(), explicit) {
                (Some(last), false)
                    if property(&last).is_some() && property(&last) == property(&next) =>
                {
                    terms.push(Kql::Or(Box::new(last), Box::new(next)));
                }
                (Some(last), _) => terms.extend([last, next]),
                (None, _) => terms.push(next),
            }
        }
        terms
            .into_iter()
            .reduce(|left, right| Kql::And(Box::new(left), Box::new(right)))
            .ok_or_else(malformed)
    }

    fn one(&mut self) -> Outcome<Kql> {
        self.depth += 1;
        if self.depth > DEEPEST * 8 {
            return Err(malformed());
        }
        match self.next() {
            Some(Token::Not) => Ok(Kql::Not(Box::new(self.one()?))),
            Some(Token::Open) => {
                let inner = self.or()?;
                if self.takes(&Token::Close) { Ok(inner) } else { Err(malformed()) }
            }
            Some(Token::Leaf(leaf)) => Ok(leaf),
            Some(Token::And | Token::Or | Token::Close) | None => Err(malformed()),
        }
    }

    fn takes(&mut self, token: &Token) -> bool {
        let found = self.tokens.first() == Some(token);
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

/// The name of a property restriction that joins with others of its name.
fn property(kql: &Kql) -> Option<&str> {
    match kql {
        Kql::Property { name, operator: ":" | "=", .. } => Some(name),
        Kql::Or(left, _) => property(left),
        Kql::All
        | Kql::And(..)
        | Kql::Not(_)
        | Kql::Word { .. }
        | Kql::Phrase(_)
        | Kql::Property { .. } => None,
    }
}

fn tokens(text: &str) -> Outcome<Vec<Token>> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let after = rest.strip_prefix(first).unwrap_or_default();
        match first {
            '(' => {
                found.push(Token::Open);
                rest = after;
            }
            ')' => {
                found.push(Token::Close);
                rest = after;
            }
            '"' => {
                let (phrase, next) = after.split_once('"').ok_or_else(malformed)?;
                found.push(Token::Leaf(Kql::Phrase(phrase.to_owned())));
                rest = next;
            }
            '+' => rest = after,
            '-' => {
                found.push(Token::Not);
                rest = after;
            }
            _ => {
                let (token, next) = word(rest)?;
                found.extend(token);
                rest = next;
            }
        }
        rest = rest.trim_start();
    }
    Ok(found)
}

fn word(text: &str) -> Outcome<(Option<Token>, &str)> {
    let end = text
        .find(|letter: char| letter.is_whitespace() || "()\":=<>".contains(letter))
        .unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    for operator in [">=", "<=", "<>", ":", "=", ">", "<"] {
        if let Some(after) = rest.strip_prefix(operator) {
            if name.is_empty() {
                return Err(malformed());
            }
            return restriction(name, operator, after);
        }
    }
    let token = match name {
        "AND" => Some(Token::And),
        "OR" => Some(Token::Or),
        "NOT" => Some(Token::Not),
        "*" => Some(Token::Leaf(Kql::All)),
        _ => {
            let prefix = name.ends_with('*');
            let mut parts = super::words(name);
            match (parts.next(), parts.next()) {
                (None, _) => None,
                (Some(word), None) => Some(Token::Leaf(Kql::Word { word, prefix })),
                (Some(_), Some(_)) => Some(Token::Leaf(Kql::Phrase(name.to_owned()))),
            }
        }
    };
    Ok((token, rest))
}

fn restriction<'a>(
    name: &str,
    operator: &'static str,
    after: &'a str,
) -> Outcome<(Option<Token>, &'a str)> {
    let (value, rest) = if let Some(quoted) = after.strip_prefix('"') {
        let (value, rest) = quoted.split_once('"').ok_or_else(malformed)?;
        match rest.strip_prefix('*') {
            Some(rest) => (format!("{value}*"), rest),
            None => (value.to_owned(), rest),
        }
    } else {
        let end = after
            .find(|letter: char| letter.is_whitespace() || "()\"".contains(letter))
            .unwrap_or(after.len());
        let (value, rest) = after.split_at(end);
        (value.to_owned(), rest)
    };
    let name = name.to_lowercase();
    if value.is_empty() || DATES.contains(&name.as_str()) && !is_date(&value) {
        return Err(malformed());
    }
    Ok((Some(Token::Leaf(Kql::Property { name, operator, value })), rest))
}

/// `2026-11-01`, with a time if need be, or two of them with `..` between.
fn is_date(value: &str) -> bool {
    value.split("..").all(|part| {
        let day = part.get(..10).unwrap_or_default();
        day.parse::<jiff::civil::Date>().is_ok()
            && part.bytes().skip(10).all(|byte| b"T:.Z+-0123456789".contains(&byte))
    })
}
