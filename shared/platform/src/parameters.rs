//! JSON arguments → typed arguments, with a text that names the argument that is wrong.

use rmcp::ErrorData;
use rmcp::handler::server::common::FromContextPart;
use rmcp::handler::server::tool::ToolCallContext;
use serde::de::DeserializeOwned;

use crate::tool_error::ToolError;

/// The arguments of a tool.
pub struct Parameters<T>(pub T);

/// Marks an `ErrorData` that stands for bad arguments; the gate turns it into a tool error.
pub(crate) const INVALID_ARGUMENTS: &str = "invalid_arguments";

impl<S, T: DeserializeOwned> FromContextPart<ToolCallContext<'_, S>> for Parameters<T> {
    fn from_context_part(context: &mut ToolCallContext<'_, S>) -> Result<Self, ErrorData> {
        let arguments = context.arguments.take().unwrap_or_default();
        let arguments = serde_json::Value::Object(arguments);
        match serde_path_to_error::deserialize(arguments) {
            Ok(value) => Ok(Self(value)),
            Err(error) => Err(ErrorData::invalid_params(
                invalid_text(&error),
                Some(serde_json::json!(INVALID_ARGUMENTS)),
            )),
        }
    }
}

fn invalid_text(error: &serde_path_to_error::Error<serde_json::Error>) -> String {
    let path = error.path().to_string();
    let problem = readable(&bounded(&error.inner().to_string()));
    if path == "." {
        return format!("{problem}; see the tool's input schema");
    }
    ToolError::invalid(path, problem).to_string()
}

/// serde names the types of Rust, which nobody who calls a tool has to know.
fn readable(text: &str) -> String {
    let numbers = ["u8", "u16", "u32", "u64", "usize", "i32", "i64"];
    numbers.iter().fold(text.to_owned(), |text, number| {
        text.replace(&format!("expected {number}"), "expected a whole number")
    })
}

/// The text of a serde error may quote what was sent: short enough to be readable.
fn bounded(text: &str) -> String {
    const MAX_CHARS: usize = 300;
    if text.chars().count() <= MAX_CHARS {
        return text.to_owned();
    }
    text.chars().take(MAX_CHARS).chain("…".chars()).collect()
}
