//! Who answers, inside each result: without a handshake a modern client is told nowhere else.

use rmcp::RoleServer;
use rmcp::model::{
    CallToolResponse, GetPromptResponse, Implementation, MetaObject, ReadResourceResponse,
};
use rmcp::service::RequestContext;

use super::surface;

const SERVER_INFO: &str = "io.modelcontextprotocol/serverInfo";

/// Name and version for one client; nothing for those that had a handshake.
pub(super) struct Signature(Option<serde_json::Value>);

impl Signature {
    /// What this client is to read.
    pub(super) fn new(server: &Implementation, context: &RequestContext<RoleServer>) -> Self {
        let modern = surface::is_modern(context);
        Self(modern.then(|| serde_json::to_value(server).ok()).flatten())
    }

    /// Signs a result.
    pub(super) fn on(self, meta: &mut Option<MetaObject>) {
        if let Some(server) = self.0 {
            meta.get_or_insert_default().insert(SERVER_INFO.to_owned(), server);
        }
    }

    /// Signs a tool's answer.
    pub(super) fn on_tool(self, mut answer: CallToolResponse) -> CallToolResponse {
        match &mut answer {
            CallToolResponse::Complete(result) => self.on(&mut result.meta),
            CallToolResponse::InputRequired(request) => self.on(&mut request.meta),
            // Its metadata is the task's own.
            _ => {}
        }
        answer
    }

    /// Signs a resource.
    pub(super) fn on_resource(self, mut answer: ReadResourceResponse) -> ReadResourceResponse {
        match &mut answer {
            ReadResourceResponse::Complete(result) => self.on(&mut result.meta),
            ReadResourceResponse::InputRequired(request) => self.on(&mut request.meta),
            _ => {}
        }
        answer
    }

    /// Signs a prompt.
    pub(super) fn on_prompt(self, mut answer: GetPromptResponse) -> GetPromptResponse {
        match &mut answer {
            GetPromptResponse::Complete(result) => self.on(&mut result.meta),
            GetPromptResponse::InputRequired(request) => self.on(&mut request.meta),
            _ => {}
        }
        answer
    }
}
