//! Output schemas in few words: they are sent to the model with every conversation.

use std::sync::Arc;

use platform::schema::portable;
use rmcp::model::JsonObject;
use schemars::JsonSchema;
use serde_json::Value;

/// Properties whose description the model needs.
const DESCRIBED: &[&str] = &["snippet", "cells"];

/// The portable schema of a result, without the descriptions that only readers of code need.
pub fn terse<T: JsonSchema>() -> Arc<JsonObject> {
    let mut schema = Value::Object(portable::<T>().as_ref().clone());
    shorten(&mut schema, "");
    match schema {
        Value::Object(schema) => Arc::new(schema),
        _ => Arc::default(),
    }
}

/// The same without what is in the things that a result lists: they are told where they are told
/// best, with the search.
pub fn outline<T: JsonSchema>() -> Arc<JsonObject> {
    let mut schema = Value::Object(terse::<T>().as_ref().clone());
    let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
    for (_, property) in properties.into_iter().flatten() {
        close(property);
        if let Some(items) = property.get_mut("items") {
            close(items);
        }
    }
    match schema {
        Value::Object(schema) => Arc::new(schema),
        _ => Arc::default(),
    }
}

/// Leaves of an object only that it is one.
fn close(schema: &mut Value) {
    if let Value::Object(object) = schema {
        object.remove("properties");
        object.remove("required");
    }
}

/// Shortens a schema that stands under this property name.
fn shorten(schema: &mut Value, name: &str) {
    let Value::Object(object) = schema else { return };
    if !DESCRIBED.contains(&name) {
        object.remove("description");
    }
    if let Some(Value::Array(choices)) = object.remove("oneOf") {
        let values =
            choices.into_iter().filter_map(|mut choice| Some(choice.get_mut("const")?.take()));
        object.insert("type".to_owned(), "string".into());
        object.insert("enum".to_owned(), Value::Array(values.collect()));
    }
    if let Some(Value::Object(properties)) = object.get_mut("properties") {
        for (name, property) in properties.iter_mut() {
            shorten(property, name);
        }
    }
    for below in ["items", "additionalProperties"] {
        if let Some(below) = object.get_mut(below) {
            shorten(below, "");
        }
    }
}
