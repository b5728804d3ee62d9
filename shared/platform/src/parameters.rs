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

/// How much of a name or of a reason is told.
const MAX_NAME_CHARS: usize = 100;
const MAX_PROBLEM_CHARS: usize = 300;

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
    let path = shortened(&error.path().to_string(), MAX_NAME_CHARS);
    let problem = readable(&shortened(&error.inner().to_string(), MAX_PROBLEM_CHARS));
    if path == "." {
        return format!("{problem}; see the tool's input schema");
    }
    ToolError::invalid(path, problem).to_string()
}

/// serde names the types of Rust, which nobody who calls a tool has to know.
fn readable(text: &str) -> String {
    let words = [
        ("u8", "a whole number"),
        ("u16", "a whole number"),
        ("u32", "a whole number"),
        ("u64", "a whole number"),
        ("usize", "a whole number"),
        ("i32", "a whole number"),
        ("i64", "a whole number"),
        ("f64", "a number"),
        ("a sequence", "a list"),
        ("a map", "an object"),
    ];
    words.iter().fold(text.to_owned(), |text, (rust, plain)| {
        text.replace(&format!("expected {rust}"), &format!("expected {plain}"))
    })
}

/// A name or a text of serde may quote what was sent: short enough to be readable.
fn shortened(text: &str, max_chars: usize) -> String {
    if text.chars().count() <= max_chars {
        return text.to_owned();
    }
    text.chars().take(max_chars).chain("…".chars()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;
    use serde_json::json;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only what is refused is looked at")]
    struct Arguments {
        query: String,
        limit: Option<u8>,
        kinds: Option<Vec<Kind>>,
        #[serde(default)]
        range: Option<Range>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Kind {
        File,
        Page,
    }

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only what is refused is looked at")]
    struct Range {
        from: u64,
    }

    fn refused(arguments: serde_json::Value) -> String {
        invalid_text(&serde_path_to_error::deserialize::<_, Arguments>(arguments).unwrap_err())
    }

    #[test]
    fn the_text_names_the_argument_and_what_would_be_right() {
        for (arguments, words) in [
            (json!({}), &["missing", "`query`", "schema"][..]),
            (json!({"query": 7}), &["argument `query`", "expected a string"]),
            (json!({"query": "a", "limit": "ten"}), &["argument `limit`", "a whole number"]),
            (json!({"query": "a", "limit": -1}), &["argument `limit`", "a whole number"]),
            (json!({"query": "a", "limit": 300}), &["argument `limit`", "a whole number"]),
            (json!({"query": "a", "kinds": "file"}), &["argument `kinds`", "expected a list"]),
            (json!({"query": "a", "kinds": ["file", "film"]}), &["argument `kinds[1]`", "`page`"]),
            (json!({"query": "a", "range": {"from": "x"}}), &["argument `range.from`", "number"]),
            (json!({"query": "a", "colour": "red"}), &["`colour`", "expected one of"]),
        ] {
            let text = refused(arguments);
            for word in words {
                assert!(text.contains(word), "{word} in {text}");
            }
            for rust in ["u8", "u64", "struct", "Option", "line 1", "column"] {
                assert!(!text.contains(rust), "{rust} in {text}");
            }
        }
    }

    #[test]
    fn a_huge_name_or_value_does_not_make_a_huge_answer() {
        let huge = "x".repeat(500_000);
        for arguments in [
            json!({"query": "a", "kinds": [huge]}),
            json!({"query": "a", "limit": huge}),
            json!({"query": "a", huge.as_str(): 1}),
        ] {
            assert!(refused(arguments).chars().count() < 600);
        }
    }
}
