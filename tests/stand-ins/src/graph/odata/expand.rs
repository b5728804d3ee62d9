//! `$expand`, with options in parentheses.

use super::parse_select;
use crate::graph::errors::{Outcome, Refusal};
use crate::graph::types::EntityType;

/// One related thing to include.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expand {
    /// Navigation property.
    pub name: String,
    /// Properties of it.
    pub select: Option<Vec<String>>,
    /// Related things of it.
    pub expand: Vec<Expand>,
}

const DEEPEST: usize = 3;

/// Reads `$expand` for a type.
///
/// # Errors
/// What Graph refuses: names that do not navigate, and options it does not know there.
pub fn parse_expand(value: &str, of: &'static EntityType, depth: usize) -> Outcome<Vec<Expand>> {
    if depth > DEEPEST {
        return Err(Refusal::bad_request("The request includes a $expand path which is too deep."));
    }
    pieces(value, ',')?.into_iter().map(|piece| one(piece.trim(), of, depth)).collect()
}

fn one(piece: &str, of: &'static EntityType, depth: usize) -> Outcome<Expand> {
    let (name, inside) = match piece.split_once('(') {
        Some((name, rest)) => match rest.strip_suffix(')') {
            Some(inside) => (name, Some(inside)),
            None => return Err(syntax(piece)),
        },
        None => (piece, None),
    };
    let Some(target) = of.target(name) else {
        return Err(Refusal::bad_request(if of.has(name) {
            format!(
                "Parsing OData Select and Expand failed: Property '{name}' on type '{}' is not a navigation property or complex property. Only navigation properties can be expanded.",
                of.name
            )
        } else {
            format!(
                "Parsing OData Select and Expand failed: Could not find a property named '{name}' on type '{}'.",
                of.name
            )
        }));
    };
    let mut found = Expand { name: name.to_owned(), select: None, expand: Vec::new() };
    for option in inside.map(|inside| pieces(inside, ';')).transpose()?.unwrap_or_default() {
        match option.trim().split_once('=') {
            Some(("$select" | "select", value)) => {
                found.select = Some(parse_select(value, target)?);
            }
            Some(("$expand" | "expand", value)) => {
                found.expand = parse_expand(value, target, depth + 1)?;
            }
            _ => return Err(syntax(option)),
        }
    }
    Ok(found)
}

/// Splits at a separator that is not inside parentheses.
fn pieces(value: &str, separator: char) -> Outcome<Vec<&str>> {
    let mut found = Vec::new();
    let mut depth = 0_usize;
    let mut rest = value;
    'next: loop {
        for (at, letter) in rest.char_indices() {
            match letter {
                '(' => depth += 1,
                ')' => depth = depth.checked_sub(1).ok_or_else(|| syntax(value))?,
                _ if letter == separator && depth == 0 => {
                    let (piece, after) = rest.split_at(at);
                    found.push(piece);
                    rest = after.strip_prefix(separator).unwrap_or(after);
                    continue 'next;
                }
                _ => {}
            }
        }
        found.push(rest);
        break;
    }
    if depth != 0 || found.iter().any(|piece| piece.trim().is_empty()) {
        return Err(syntax(value));
    }
    Ok(found)
}

fn syntax(text: &str) -> Refusal {
    Refusal::bad_request(format!(
        "Parsing OData Select and Expand failed: Syntax error in '{text}'."
    ))
}
