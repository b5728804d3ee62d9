//! What ECS takes: the keys of `RegisterTaskDefinition`, what stands under each, and what of it
//! must be there.

use std::collections::BTreeSet;

use anyhow::{Context as _, bail, ensure};
use serde_json::{Map, Value};

/// The keys and types, as botocore has them: a key that ends with `!` is required, `[…]` is a
/// list, `{"*": …}` a map of any keys, words with `|` between them are the words to choose from.
pub const SHAPE: &str = include_str!("shape.json");

/// What ECS lets be missing, and would be of no use.
const ALSO_REQUIRED: [(&str, &[&str]); 3] = [
    ("containerDefinitions", &["name", "image"]),
    ("environment", &["name", "value"]),
    ("secrets", &["name"]),
];

/// Whether something may be missing still.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Extent {
    Part,
    Whole,
}

/// Checks one of the files that are merged.
pub(super) fn check_part(value: &Value) -> anyhow::Result<()> {
    check(value, &root()?, "", Extent::Part)
}

/// Checks what has been merged.
pub(super) fn check_whole(value: &Value) -> anyhow::Result<()> {
    check(value, &root()?, "", Extent::Whole)
}

fn root() -> anyhow::Result<Value> {
    serde_json::from_str(SHAPE).context("reading shape.json")
}

/// The place of a key below another place.
pub(super) fn below(place: &str, key: &str) -> String {
    if place.is_empty() { key.to_owned() } else { format!("{place}.{key}") }
}

/// How a list's item is called in a place.
pub(super) fn name_of(item: &Value) -> String {
    item.get("name").and_then(Value::as_str).unwrap_or("*").to_owned()
}

fn check(value: &Value, shape: &Value, place: &str, extent: Extent) -> anyhow::Result<()> {
    match (shape, value) {
        (_, Value::Null) => bail!("{place}: has no value"),
        (Value::Object(keys), Value::Object(fields)) => object(fields, keys, place, extent),
        (Value::Array(of), Value::Array(items)) => {
            for item in items {
                let of = of.first().context("shape.json has an empty list")?;
                check(item, of, &below(place, &name_of(item)), extent)?;
            }
            names_are_different(items, place)
        }
        (Value::String(kind), value) => scalar(value, kind, place),
        (Value::Object(_), _) => bail!("{place}: expected a map"),
        _ => bail!("{place}: expected a list"),
    }
}

fn object(
    fields: &Map<String, Value>,
    keys: &Map<String, Value>,
    place: &str,
    extent: Extent,
) -> anyhow::Result<()> {
    for (key, value) in fields {
        let known = keys.get(key).or_else(|| keys.get(&format!("{key}!")));
        let place = below(place, key);
        match known.or_else(|| keys.get("*")) {
            Some(shape) => check(value, shape, &place, extent)?,
            None => bail!("{place}: ECS knows no such key"),
        }
    }
    if extent == Extent::Whole {
        let list = place.rsplit('.').nth(1).unwrap_or_default();
        let ours = ALSO_REQUIRED.iter().filter(|(of, _)| *of == list);
        let ours = ours.flat_map(|(_, names)| names.iter().copied());
        let theirs = keys.keys().filter_map(|key| key.strip_suffix('!'));
        for key in theirs.chain(ours) {
            ensure!(fields.contains_key(key), "{}: is missing", below(place, key));
        }
        one_value_each(fields, place)?;
    }
    Ok(())
}

fn scalar(value: &Value, kind: &str, place: &str) -> anyhow::Result<()> {
    let right = match (kind, value) {
        (_, Value::String(text)) if text.trim().is_empty() => bail!("{place}: has no value"),
        ("string", Value::String(_)) | ("boolean", Value::Bool(_)) => true,
        ("string", _) => bail!("{place}: expected text; put it in quotes"),
        ("integer", Value::Number(number)) => number.is_i64(),
        (words, Value::String(text)) => words.split('|').any(|word| word == text),
        _ => false,
    };
    ensure!(right, "{place}: expected {}", kind.replace('|', ", "));
    Ok(())
}

fn names_are_different(items: &[Value], place: &str) -> anyhow::Result<()> {
    let mut seen = BTreeSet::new();
    for name in items.iter().filter_map(|item| item.get("name")?.as_str()) {
        ensure!(seen.insert(name), "{place}: {name} is there twice");
    }
    Ok(())
}

/// ECS refuses a variable that is plain and secret at once, and only when a task starts.
fn one_value_each(fields: &Map<String, Value>, place: &str) -> anyhow::Result<()> {
    let names = |list: &str| -> BTreeSet<&str> {
        let items = fields.get(list).and_then(Value::as_array).into_iter().flatten();
        items.filter_map(|item| item.get("name")?.as_str()).collect()
    };
    match names("environment").intersection(&names("secrets")).next() {
        Some(name) => bail!("{place}: {name} is in environment and in secrets"),
        None => Ok(()),
    }
}
