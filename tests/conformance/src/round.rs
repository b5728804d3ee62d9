//! One round of questions to the client, and the reading of what it answers.

use platform::Call;
use rmcp::model::{
    CallToolResponse, ClientCapabilities, InputRequest, InputRequests, InputRequiredResult,
    InputResponses,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer};
use serde_json::{Map, Value, json};

/// The questions of one round, and what has to be remembered until they are answered.
#[derive(Default)]
pub(crate) struct Round {
    questions: InputRequests,
    state: Option<String>,
}

impl Round {
    /// Asks the person for one text.
    pub(crate) fn elicit(self, key: &str, message: &str, field: &str) -> Result<Self, ErrorData> {
        let params = json!({
            "mode": "form",
            "message": message,
            "requestedSchema": {
                "type": "object",
                "properties": { field: { "type": "string" } },
                "required": [field],
            },
        });
        self.with(key, json!({ "method": "elicitation/create", "params": params }))
    }

    /// Asks the client's model.
    pub(crate) fn sample(self, key: &str, prompt: &str) -> Result<Self, ErrorData> {
        let content = json!({ "type": "text", "text": prompt });
        let params = json!({
            "messages": [{ "role": "user", "content": content }],
            "maxTokens": 100,
        });
        self.with(key, json!({ "method": "sampling/createMessage", "params": params }))
    }

    /// Asks for the client's roots.
    pub(crate) fn roots(self, key: &str) -> Result<Self, ErrorData> {
        self.with(key, json!({ "method": "roots/list", "params": {} }))
    }

    fn with(mut self, key: &str, question: Value) -> Result<Self, ErrorData> {
        let question: InputRequest = serde_json::from_value(question)
            .map_err(|_| ErrorData::internal_error("a question has the wrong shape", None))?;
        self.questions.insert(key.to_owned(), question);
        Ok(self)
    }

    /// Remembers which round this is, sealed.
    pub(crate) fn remember(mut self, call: &Call, round: u8) -> Result<Self, ErrorData> {
        let sealed = call.seal_cursor(&round);
        let sealed = sealed.ok_or_else(|| ErrorData::internal_error("nothing was sealed", None))?;
        self.state = Some(sealed);
        Ok(self)
    }

    /// Whether nothing is asked.
    pub(crate) fn is_empty(&self) -> bool {
        self.questions.is_empty()
    }

    /// The result that asks.
    pub(crate) fn into_result(self) -> InputRequiredResult {
        InputRequiredResult::new(Some(self.questions), self.state)
    }

    /// The result that asks, as a tool gives it.
    pub(crate) fn asked(self) -> CallToolResponse {
        self.into_result().into()
    }
}

/// Which round was remembered; `None` in the first.
pub(crate) fn remembered(call: &Call, state: Option<&str>) -> Result<Option<u8>, ErrorData> {
    let Some(state) = state else { return Ok(None) };
    match call.open_cursor(state) {
        Ok(round) => Ok(Some(round)),
        Err(_) => Err(ErrorData::invalid_params("`requestState` is not one of ours", None)),
    }
}

/// Refuses a client that does not declare all of these capabilities.
pub(crate) fn need(
    context: &RequestContext<RoleServer>,
    capabilities: &[&str],
) -> Result<(), ErrorData> {
    let declared = declared(context);
    let missing: Map<String, Value> = capabilities
        .iter()
        .filter(|name| declared.get(**name).is_none())
        .map(|name| ((*name).to_owned(), json!({})))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let missing: ClientCapabilities = serde_json::from_value(Value::Object(missing))
        .map_err(|_| ErrorData::internal_error("no such capability", None))?;
    Err(ErrorData::missing_required_client_capability(missing))
}

/// What the client says it can be asked, by the names of the wire.
pub(crate) fn declared(context: &RequestContext<RoleServer>) -> Value {
    serde_json::to_value(context.client_capabilities()).unwrap_or_default()
}

/// The answer to one question; what is not an object is no answer.
pub(crate) fn answer<'a>(
    answers: Option<&'a InputResponses>,
    key: &str,
) -> Option<&'a Map<String, Value>> {
    answers?.get(key)?.as_object()
}

/// A text that the person typed.
pub(crate) fn field<'a>(answer: &'a Map<String, Value>, name: &str) -> &'a str {
    let typed = answer.get("content").and_then(|content| content.get(name)?.as_str());
    typed.unwrap_or("nothing")
}
