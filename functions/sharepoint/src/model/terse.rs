//! Output schemas in few words: they are sent to the model with every conversation.

use std::sync::Arc;

use platform::schema::portable;
use rmcp::model::JsonObject;
use schemars::JsonSchema;
use serde_json::Value;

/// The portable schema of a result: what it has at its top, and of which type. Descriptions are
/// for readers of code, and what a listed thing is made of shows itself in every answer.
pub fn terse<T: JsonSchema>() -> Arc<JsonObject> {
    let mut schema = portable::<T>().as_ref().clone();
    let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
    for (_, property) in properties.into_iter().flatten() {
        shorten(property);
        for below in ["items", "additionalProperties"] {
            if let Some(below) = property.get_mut(below) {
                shorten(below);
            }
        }
    }
    Arc::new(schema)
}

/// Leaves the type, and the choices where there are some.
fn shorten(schema: &mut Value) {
    let Value::Object(object) = schema else { return };
    for told_elsewhere in ["description", "properties", "required"] {
        object.remove(told_elsewhere);
    }
    if let Some(Value::Array(choices)) = object.remove("oneOf") {
        let values =
            choices.into_iter().filter_map(|mut choice| Some(choice.get_mut("const")?.take()));
        object.insert("type".to_owned(), "string".into());
        object.insert("enum".to_owned(), Value::Array(values.collect()));
    }
}
