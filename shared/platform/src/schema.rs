//! JSON Schemas that every client accepts: no `$ref`, no null types, no exotic formats.

use std::sync::Arc;

use rmcp::model::JsonObject;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::Value;

/// The schema of `T` in the form that clients of all eras take (checked by a test over every
/// tool): subschemas inlined, nulls and unsigned formats dropped, titles dropped.
pub fn portable<T: JsonSchema>() -> Arc<JsonObject> {
    let mut settings = SchemaSettings::draft2020_12();
    settings.inline_subschemas = true;
    settings.meta_schema = None;
    let schema = settings.into_generator().into_root_schema_for::<T>();
    let mut value = schema.to_value();
    tidy(&mut value, true);
    match value {
        Value::Object(object) => Arc::new(object),
        _ => Arc::new(JsonObject::new()),
    }
}

fn tidy(value: &mut Value, root: bool) {
    match value {
        Value::Object(object) => {
            drop_nulls(object);
            object.remove("$schema");
            if object.get("title").is_some_and(Value::is_string) {
                object.remove("title");
            }
            if root {
                object.remove("description");
            }
            if object.get("format").and_then(Value::as_str).is_some_and(|f| f.starts_with("uint")) {
                object.remove("format");
            }
            for (_, child) in object.iter_mut() {
                tidy(child, false);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| tidy(item, false)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// `"type": ["string", "null"]` → `"string"`; `anyOf: [X, null]` → `X`; nulls out of enums.
fn drop_nulls(object: &mut JsonObject) {
    if object.get("default").is_some_and(Value::is_null) {
        object.remove("default");
    }
    if let Some(Value::Array(types)) = object.get_mut("type") {
        types.retain(|t| t != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            object.insert("type".into(), only);
        }
    }
    if let Some(Value::Array(values)) = object.get_mut("enum") {
        values.retain(|value| !value.is_null());
    }
    if let Some(Value::Array(choices)) = object.get_mut("anyOf") {
        choices.retain(|choice| choice.get("type").is_none_or(|t| t != "null"));
        if let [Value::Object(only)] = choices.as_slice() {
            let only = only.clone();
            object.remove("anyOf");
            for (key, value) in only {
                object.entry(key).or_insert(value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Deserialize, JsonSchema)]
    #[expect(dead_code, reason = "only its schema is looked at")]
    struct Arguments {
        /// A property that happens to be called title.
        title: String,
        limit: Option<u32>,
        kind: Option<Kind>,
    }

    #[derive(Deserialize, JsonSchema)]
    #[serde(rename_all = "lowercase")]
    enum Kind {
        File,
        Page,
    }

    #[test]
    fn optional_and_nested_types_need_no_reference_and_no_null() {
        let schema = Value::Object(portable::<Arguments>().as_ref().clone());
        let text = schema.to_string();

        for word in ["$ref", "$defs", "null", "anyOf", "uint", "$schema"] {
            assert!(!text.contains(word), "{word} in {text}");
        }
        assert_eq!(schema["properties"]["title"]["type"], "string");
        assert_eq!(schema["properties"]["kind"]["enum"], serde_json::json!(["file", "page"]));
    }
}
