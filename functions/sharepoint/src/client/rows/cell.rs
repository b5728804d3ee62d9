//! One cell as text.

use graph::model::ListItem;
use graph::text::{clean, snippet};
use serde_json::{Map, Value};

use super::columns::{Column, Kind};
use crate::address;
use crate::client::shape::unbracketed;

const MAX_CHARS: usize = 500;

/// What a row holds in a column, as plain text of one line; empty where it holds nothing.
pub(super) fn text(column: &Column, row: &ListItem, fields: Option<&Map<String, Value>>) -> String {
    match column.name.as_str() {
        "ID" => return row.id.as_deref().map(cleaned).unwrap_or_default(),
        "Created" => return row.created_date_time.map(|at| at.to_string()).unwrap_or_default(),
        "Modified" => {
            return row.last_modified_date_time.map(|at| at.to_string()).unwrap_or_default();
        }
        _ => {}
    }
    let value = |name: &str| fields.and_then(|fields| fields.get(name));
    let own =
        value(&column.field()).map(|own| shown(own, column.kind)).filter(|own| !own.is_empty());
    if let (None, true) = (&own, column.is_reference()) {
        let id = value(&column.id_field()).map(|id| shown(id, column.kind)).unwrap_or_default();
        return if id.is_empty() { id } else { format!("#{id}") };
    }
    own.unwrap_or_default()
}

fn shown(value: &Value, kind: Kind) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(yes) => (if *yes { "yes" } else { "no" }).to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) if kind == Kind::Link => address::shown_text(text).unwrap_or_default(),
        Value::String(text) if kind == Kind::Text && is_html(text) => cleaned(&without_tags(text)),
        Value::String(text) => cleaned(text),
        Value::Array(values) => {
            let texts = values.iter().map(|value| shown(value, kind));
            let texts: Vec<String> = texts.filter(|text| !text.is_empty()).collect();
            cleaned(&texts.join("; "))
        }
        Value::Object(parts) => {
            let text = |name: &str| parts.get(name).and_then(Value::as_str).map(cleaned);
            if let Some(url) = parts.get("Url").and_then(Value::as_str) {
                let name = text("Description").unwrap_or_default();
                let url =
                    address::shown_text(url).map(|url| format!("<{url}>")).unwrap_or_default();
                return format!("{name} {url}").trim().to_owned();
            }
            let id = || parts.get("LookupId").map(|id| format!("#{}", shown(id, kind)));
            let name = text("LookupValue").or_else(|| text("DisplayName"));
            name.filter(|name| !name.is_empty()).or_else(id).unwrap_or_default()
        }
    }
}

/// Whether a text is what SharePoint keeps of formatted notes.
fn is_html(text: &str) -> bool {
    let text = text.trim();
    text.starts_with('<') && text.ends_with('>') && text.contains("</")
}

/// The words of formatted notes.
fn without_tags(html: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for letter in html.chars() {
        match letter {
            '<' => {
                inside = true;
                text.push(' ');
            }
            '>' => inside = false,
            _ if !inside => text.push(letter),
            _ => {}
        }
    }
    snippet(&text, MAX_CHARS)
}

/// The brackets that we put around untrusted text cannot be closed from inside.
fn cleaned(text: &str) -> String {
    unbracketed(&clean(text, MAX_CHARS))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_kind_of_value_becomes_one_line() {
        let cases = [
            (json!("a\n b ⟧ c"), Kind::Text, "a b   c"),
            (json!("a〛b〚c"), Kind::Text, "a b c"),
            (json!(null), Kind::Text, ""),
            (
                json!("<div class=\"x\">Bring a <b>lamp</b> &amp; oil</div>"),
                Kind::Text,
                "Bring a lamp & oil",
            ),
            (json!("a < b > c"), Kind::Text, "a < b > c"),
            (json!(120_000), Kind::Number, "120000"),
            (json!(0.5), Kind::Number, "0.5"),
            (json!(true), Kind::YesNo, "yes"),
            (json!(["Red", "", "Blue"]), Kind::Choices, "Red; Blue"),
            (
                json!({"LookupId": 7, "LookupValue": "Ann Berg", "Email": "a@x"}),
                Kind::Person,
                "Ann Berg",
            ),
            (json!([{"LookupId": 7}, {"LookupId": 8, "LookupValue": "B"}]), Kind::People, "#7; B"),
            (
                json!({"Url": "https://x.example/a?sig=secret", "Description": "Home"}),
                Kind::Link,
                "Home <https://x.example/a>",
            ),
            (
                json!({"Url": "https://x.sharepoint.com/:w:/s/A/E1", "Description": "Key"}),
                Kind::Link,
                "Key",
            ),
            (json!({"odd": {}}), Kind::Other, ""),
        ];
        for (value, kind, expected) in cases {
            assert_eq!(shown(&value, kind), expected, "{value}");
        }
    }
}
