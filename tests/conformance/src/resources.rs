//! Resources: a text, an image, and a template.

use rmcp::ErrorData;
use rmcp::model::{
    ListResourceTemplatesResult, ListResourcesResult, ReadResourceResponse, ReadResourceResult,
    Resource, ResourceContents, ResourceTemplate,
};
use serde_json::json;

/// One red pixel.
pub(crate) const PIXEL: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==";
pub(crate) const MIME_JSON: &str = "application/json";
pub(crate) const MIME_PNG: &str = "image/png";
pub(crate) const MIME_TEXT: &str = "text/plain";

const TEXT: &str = "test://static-text";
const IMAGE: &str = "test://static-binary";

/// The fixed resources.
pub(crate) fn list() -> ListResourcesResult {
    ListResourcesResult::with_all_items(vec![
        Resource::new(TEXT, "Static text")
            .with_description("A text that never changes.")
            .with_mime_type(MIME_TEXT),
        Resource::new(IMAGE, "Static image")
            .with_description("An image that never changes.")
            .with_mime_type(MIME_PNG),
    ])
}

/// The template.
pub(crate) fn templates() -> ListResourceTemplatesResult {
    ListResourceTemplatesResult::with_all_items(vec![
        ResourceTemplate::new("test://template/{id}/data", "Data by id")
            .with_description("JSON that names its id.")
            .with_mime_type(MIME_JSON),
    ])
}

/// What is at this address.
pub(crate) fn read(uri: &str) -> Result<ReadResourceResponse, ErrorData> {
    let contents = match uri {
        TEXT => ResourceContents::text("This is the content of the static text resource.", uri)
            .with_mime_type(MIME_TEXT),
        IMAGE => ResourceContents::blob(PIXEL, uri).with_mime_type(MIME_PNG),
        _ => {
            let id = uri.strip_prefix("test://template/").and_then(|id| id.strip_suffix("/data"));
            let id = id.filter(|id| !id.is_empty() && !id.contains('/'));
            let id = id.ok_or_else(|| not_found(uri))?;
            let data =
                json!({ "id": id, "templateTest": true, "data": format!("Data for ID: {id}") });
            ResourceContents::text(data.to_string(), uri).with_mime_type(MIME_JSON)
        }
    };
    Ok(ReadResourceResult::new(vec![contents]).into())
}

fn not_found(uri: &str) -> ErrorData {
    ErrorData::resource_not_found("there is no such resource", Some(json!({ "uri": uri })))
}
