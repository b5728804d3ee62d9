//! The system query options: read strictly, then applied to JSON.

mod expand;
mod filter;

pub use expand::{Expand, parse_expand};
pub use filter::Filter;

use std::cmp::Ordering;

use serde_json::{Map, Value};

use super::errors::{Outcome, Refusal};
use super::operations::Operation;
use super::types::EntityType;

/// The query options of a request.
#[derive(Clone, Debug, Default)]
pub struct Query {
    pairs: Vec<(String, String)>,
}

/// What a request asked for, checked against the type it asked for.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Properties to answer; all default ones when none.
    pub select: Option<Vec<String>>,
    /// Related things to include.
    pub expand: Vec<Expand>,
    /// Order: property path and whether it goes down.
    pub orderby: Vec<(String, Ordering)>,
    /// Size of a page.
    pub top: Option<usize>,
    /// Where the page starts.
    pub skip: usize,
    /// Which entries.
    pub filter: Option<Filter>,
}

impl Query {
    /// Decodes a query string.
    pub fn parse(raw: &str) -> Self {
        let pairs = url::form_urlencoded::parse(raw.as_bytes()).into_owned().collect();
        Self { pairs }
    }

    /// The value of an option.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The options without a `$` that an operation does not know; Graph passes over them.
    pub fn unknown<'a>(&'a self, operation: &'a Operation) -> impl Iterator<Item = &'a str> {
        self.pairs
            .iter()
            .map(|(key, _)| key.as_str())
            .filter(|key| !key.starts_with('$') && !operation.query.contains(key))
    }

    /// All options but one, for the link to the next page.
    pub fn without(&self, names: &[&str]) -> Vec<(String, String)> {
        self.pairs.iter().filter(|(key, _)| !names.contains(&key.as_str())).cloned().collect()
    }

    /// Checks every option against the operation and the type of its answer.
    ///
    /// # Errors
    /// What Graph refuses: options it does not know here, twice, or with values it cannot read.
    pub fn options(&self, operation: &Operation, of: &'static EntityType) -> Outcome<Options> {
        let mut options = Options::default();
        for (at, (key, value)) in self.pairs.iter().enumerate() {
            if !key.starts_with('$') {
                continue;
            }
            if !operation.query.contains(&key.as_str()) {
                return Err(Refusal::bad_request(format!(
                    "The query specified in the URI is not valid. Query option '{key}' is not allowed. To allow it, set the 'AllowedQueryOptions' property on EnableQueryAttribute or QueryValidationSettings."
                )));
            }
            if self.pairs.iter().skip(at + 1).any(|(other, _)| other == key) {
                return Err(Refusal::bad_request(format!(
                    "Query option '{key}' was specified more than once, but it must be specified at most once."
                )));
            }
            match key.as_str() {
                "$select" => options.select = Some(parse_select(value, of)?),
                "$expand" => options.expand = parse_expand(value, of, 0)?,
                "$orderby" => options.orderby = parse_orderby(value, of)?,
                "$top" => options.top = Some(parse_top(value)?),
                "$skiptoken" => options.skip = parse_skiptoken(value)?,
                "$filter" => options.filter = Some(Filter::parse(value, of)?),
                _ => {}
            }
        }
        Ok(options)
    }
}

/// Reads `$select` for a type.
pub fn parse_select(value: &str, of: &EntityType) -> Outcome<Vec<String>> {
    let mut names = Vec::new();
    for name in value.split(',').map(str::trim) {
        if name.is_empty() {
            return Err(Refusal::bad_request(
                "Parsing OData Select and Expand failed: Term '' is not valid in a $select or $expand expression.",
            ));
        }
        let first = name.split('/').next().unwrap_or(name);
        if name != "*" && !of.has(first) {
            return Err(unknown_property("Parsing OData Select and Expand failed: ", first, of));
        }
        names.push(name.to_owned());
    }
    Ok(names)
}

fn parse_orderby(value: &str, of: &EntityType) -> Outcome<Vec<(String, Ordering)>> {
    let mut order = Vec::new();
    for part in value.split(',').map(str::trim) {
        let mut words = part.split_whitespace();
        let name = words.next().unwrap_or_default();
        let first = name.split('/').next().unwrap_or(name);
        if !of.has(first) && !of.navigates(first) {
            return Err(unknown_property("", first, of));
        }
        let direction = match words.next() {
            None | Some("asc") => Ordering::Less,
            Some("desc") => Ordering::Greater,
            Some(_) => return Err(Refusal::bad_request(format!("Syntax error in '{value}'."))),
        };
        order.push((name.to_owned(), direction));
    }
    Ok(order)
}

fn parse_top(value: &str) -> Outcome<usize> {
    match value.parse::<i64>() {
        Ok(number) if number >= 1 => Ok(usize::try_from(number).unwrap_or(usize::MAX)),
        Ok(_) | Err(_) => Err(Refusal::bad_request(format!(
            "Invalid value '{value}' for $top query option found. The $top query option requires a positive integer value."
        ))),
    }
}

/// Reads a token that `skiptoken` made.
pub fn parse_skiptoken(value: &str) -> Outcome<usize> {
    value
        .strip_prefix("Paged_")
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| Refusal::bad_request("Invalid skip token."))
}

/// A token for the page that starts there.
pub fn skiptoken(skip: usize) -> String {
    format!("Paged_{skip}")
}

/// Graph's sentence about a property that a type does not have.
pub fn unknown_property(prefix: &str, name: &str, of: &EntityType) -> Refusal {
    Refusal::bad_request(format!(
        "{prefix}Could not find a property named '{name}' on type '{}'.",
        of.name
    ))
}

/// Keeps the selected properties, or drops the ones that are not answered by default.
pub fn project(entity: &Value, select: Option<&[String]>, of: &EntityType) -> Value {
    let Some(object) = entity.as_object() else {
        return entity.clone();
    };
    let mut kept = Map::new();
    for (key, value) in object {
        let keep = match select {
            None => !of.on_request.contains(&key.as_str()),
            Some(names) => {
                key == "@odata.etag"
                    || key == "@odata.type"
                    || names.iter().any(|name| {
                        name == key
                            || name.split('/').next() == Some(key)
                            || (name == "*" && !of.on_request.contains(&key.as_str()))
                            || (name == "content.downloadUrl" || name == "@content.downloadUrl")
                                && key == "@microsoft.graph.downloadUrl"
                    })
            }
        };
        if keep {
            kept.insert(key.clone(), value.clone());
        }
    }
    Value::Object(kept)
}

/// Orders two entities.
pub fn compare(order: &[(String, Ordering)], left: &Value, right: &Value) -> Ordering {
    for (path, direction) in order {
        let (left, right) = (at(left, path), at(right, path));
        let found = compare_values(left, right);
        if found != Ordering::Equal {
            return if *direction == Ordering::Greater { found.reverse() } else { found };
        }
    }
    Ordering::Equal
}

/// The value at a path such as `fields/Title`.
pub fn at<'a>(entity: &'a Value, path: &str) -> &'a Value {
    path.split('/').fold(entity, |value, name| value.get(name).unwrap_or(&Value::Null))
}

/// Orders two values: numbers by size, texts without regard to case.
pub fn compare_values(left: &Value, right: &Value) -> Ordering {
    // Lists compare yes and no with 1 and 0, and ids, which are texts, with numbers.
    let number = |value: &Value, other: &Value| match value {
        Value::Bool(yes) if other.is_number() => Some(f64::from(u8::from(*yes))),
        Value::String(text) if other.is_number() => text.parse().ok(),
        _ => value.as_f64(),
    };
    match (number(left, right), number(right, left)) {
        (Some(left), Some(right)) => left.partial_cmp(&right).unwrap_or(Ordering::Equal),
        _ => text(left).to_lowercase().cmp(&text(right).to_lowercase()),
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
    }
}
