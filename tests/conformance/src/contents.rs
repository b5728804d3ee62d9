//! Tools that answer at once, one for each kind of content and schema.

#![expect(clippy::needless_pass_by_value, reason = "tools get what they ask for by value")]

use std::sync::Arc;

use platform::Parameters;
use rmcp::model::{CallToolResult, ContentBlock, JsonObject, ResourceContents};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer, tool, tool_router};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::fixture::Fixture;
use crate::resources::{MIME_JSON, MIME_PNG, MIME_TEXT, PIXEL};
use crate::round;

/// A WAV file without a sample.
const SILENCE: &str = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0YQAAAAA=";

/// Arguments of `test_custom_header`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Echo {
    /// What is given back.
    value: String,
}

/// Arguments of `json_schema_2020_12_tool`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Contact {
    name: Option<String>,
    #[serde(rename = "address")]
    _address: Option<Value>,
    #[serde(rename = "contactMethod")]
    _method: Option<String>,
    #[serde(rename = "phone")]
    _phone: Option<String>,
    #[serde(rename = "email")]
    _email: Option<String>,
}

#[tool_router(router = contents, vis = "pub(crate)")]
impl Fixture {
    /// Answer with a text.
    #[tool(title = "Text")]
    fn test_simple_text() -> CallToolResult {
        text("This is a simple text response for testing.")
    }

    /// Answer with an image.
    #[tool(title = "Image")]
    fn test_image_content() -> CallToolResult {
        CallToolResult::success(vec![ContentBlock::image(PIXEL, MIME_PNG)])
    }

    /// Answer with a sound.
    #[tool(title = "Sound")]
    fn test_audio_content() -> CallToolResult {
        CallToolResult::success(vec![ContentBlock::audio(SILENCE, "audio/wav")])
    }

    /// Answer with a resource inside the result.
    #[tool(title = "Embedded resource")]
    fn test_embedded_resource() -> CallToolResult {
        let uri = "test://embedded-resource";
        let inside = embedded(uri, MIME_TEXT, "This is an embedded resource content.");
        CallToolResult::success(vec![inside])
    }

    /// Answer with contents of three kinds.
    #[tool(title = "Several contents")]
    fn test_multiple_content_types() -> CallToolResult {
        let data = json!({ "test": "data", "value": 123 }).to_string();
        CallToolResult::success(vec![
            ContentBlock::text("Multiple content types test:"),
            ContentBlock::image(PIXEL, MIME_PNG),
            embedded("test://mixed-content-resource", MIME_JSON, &data),
        ])
    }

    /// Fail, always.
    #[tool(title = "Failure")]
    fn test_error_handling() -> CallToolResult {
        let text = "This tool intentionally returns an error for testing";
        CallToolResult::error(vec![ContentBlock::text(text)])
    }

    /// Give back the value, which clients also send as a header.
    #[tool(title = "Header", input_schema = mirrored_in_a_header())]
    fn test_custom_header(Parameters(echo): Parameters<Echo>) -> CallToolResult {
        text(&echo.value)
    }

    /// Greet; the input schema has a word of every family.
    #[tool(title = "JSON Schema 2020-12", input_schema = of_every_family())]
    fn json_schema_2020_12_tool(Parameters(contact): Parameters<Contact>) -> CallToolResult {
        text(&format!("Hello, {}!", contact.name.as_deref().unwrap_or("you")))
    }

    /// Answer only to a client that can sample.
    #[tool(title = "Capability")]
    fn test_missing_capability(
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResult, ErrorData> {
        round::need(&context, &["sampling"])?;
        Ok(text("The client can sample."))
    }
}

pub(crate) fn text(text: &str) -> CallToolResult {
    CallToolResult::success(vec![ContentBlock::text(text)])
}

fn embedded(uri: &str, mime: &str, text: &str) -> ContentBlock {
    ContentBlock::resource(ResourceContents::text(text, uri).with_mime_type(mime))
}

fn mirrored_in_a_header() -> Arc<JsonObject> {
    object(json!({
        "type": "object",
        "properties": { "value": { "type": "string", "x-mcp-header": "Value" } },
        "required": ["value"],
        "additionalProperties": false,
    }))
}

/// The suite compares it word for word.
fn of_every_family() -> Arc<JsonObject> {
    object(json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "$defs": {
            "address": {
                "$anchor": "addressDef",
                "type": "object",
                "properties": { "street": { "type": "string" }, "city": { "type": "string" } },
            },
        },
        "properties": {
            "name": { "type": "string" },
            "address": { "$ref": "#/$defs/address" },
            "contactMethod": { "type": "string", "enum": ["phone", "email"] },
            "phone": { "type": "string" },
            "email": { "type": "string" },
        },
        "allOf": [{ "anyOf": [{ "required": ["phone"] }, { "required": ["email"] }] }],
        "if": {
            "properties": { "contactMethod": { "const": "phone" } },
            "required": ["contactMethod"],
        },
        "then": { "required": ["phone"] },
        "else": { "required": ["email"] },
        "additionalProperties": false,
    }))
}

fn object(value: Value) -> Arc<JsonObject> {
    match value {
        Value::Object(object) => Arc::new(object),
        _ => Arc::default(),
    }
}
