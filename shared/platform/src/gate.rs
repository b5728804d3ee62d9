//! The only MCP handler: every tool call and every read passes here, whoever wrote it.
//!
//! The gate gives the work its [`Call`], stops it when it panics or overruns, keeps the answer
//! within its size, and releases it only when its audit record was accepted.

mod exit;
mod guard;
mod signature;
mod surface;
mod workers;

use std::borrow::Cow;
use std::sync::Arc;

use rmcp::ErrorData;
use rmcp::RoleServer;
use rmcp::ServerHandler;
use rmcp::handler::server::tool::{ToolCallContext, ToolRouter};
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CompleteRequestParams, CompleteResult, CustomRequest,
    CustomResult, DiscoverResult, ErrorCode, GetPromptRequestParams, GetPromptResponse,
    ListPromptsResult, ListResourceTemplatesResult, ListResourcesResult, ListToolsResult,
    PaginatedRequestParams, ProtocolVersion, ReadResourceRequestParams, ReadResourceResponse,
    ServerCapabilities, ServerConfig, SubscribeRequestParams, Tool, UnsubscribeRequestParams,
};
use rmcp::service::RequestContext;

use crate::admit::Admitted;
use crate::audit::Kind;
use crate::call::Call;
use crate::connector::Connector;

pub(crate) use exit::Exit;
use exit::serialized_len;
use signature::Signature;
pub use surface::surface;
pub(crate) use workers::Workers;

/// Stands between rmcp and one connector. Cheap to clone: rmcp takes one per request.
pub(crate) struct Gate<C> {
    connector: Arc<C>,
    tools: Arc<ToolRouter<C>>,
    listed: Arc<Vec<Tool>>,
    info: Arc<ServerConfig>,
    exit: Arc<Exit>,
    workers: Workers,
}

impl<C> Clone for Gate<C> {
    fn clone(&self) -> Self {
        Self {
            connector: Arc::clone(&self.connector),
            tools: Arc::clone(&self.tools),
            listed: Arc::clone(&self.listed),
            info: Arc::clone(&self.info),
            exit: Arc::clone(&self.exit),
            workers: self.workers.clone(),
        }
    }
}

impl<C: Connector> Gate<C> {
    /// A gate in front of this connector, whose work these workers do.
    pub(crate) fn new(connector: C, exit: Exit, workers: Workers) -> Self {
        let info = surface::server_info(&connector);
        let listed = surface::offered::<C>(|tool| connector.offers(tool));
        Self {
            connector: Arc::new(connector),
            tools: Arc::new(C::tools()),
            listed: Arc::new(listed),
            info: Arc::new(info),
            exit: Arc::new(exit),
            workers,
        }
    }

    fn signature(&self, context: &RequestContext<RoleServer>) -> Signature {
        Signature::new(&self.info.server_info, context)
    }

    fn capabilities(&self) -> &ServerCapabilities {
        &self.info.capabilities
    }

    fn offers_subscriptions(&self) -> bool {
        self.capabilities().resources.as_ref().is_some_and(|r| r.subscribe == Some(true))
    }

    /// The method, if it returns data and is offered here.
    fn offers(&self, method: &str) -> Option<&'static str> {
        let capabilities = self.capabilities();
        match method {
            "tools/call" => Some("tools/call"),
            "resources/read" => capabilities.resources.as_ref().map(|_| "resources/read"),
            "prompts/get" => capabilities.prompts.as_ref().map(|_| "prompts/get"),
            "completion/complete" => {
                capabilities.completions.as_ref().map(|_| "completion/complete")
            }
            _ => None,
        }
    }

    /// Takes what `admit` left for this request; without it nothing may run.
    fn begin(
        context: &mut RequestContext<RoleServer>,
        kind: Kind,
        name: &str,
        arguments: Option<&rmcp::model::JsonObject>,
    ) -> Result<Call, ErrorData> {
        let admitted = context
            .extensions
            .get::<http::request::Parts>()
            .and_then(|parts| parts.extensions.get::<Admitted>())
            .cloned()
            .ok_or_else(|| ErrorData::internal_error("a call was not admitted", None))?;
        let call = Call::begin(admitted, kind, name, arguments);
        context.extensions.insert(call.clone());
        Ok(call)
    }
}

fn resource_len(answer: &ReadResourceResponse) -> usize {
    match answer {
        ReadResourceResponse::Complete(result) => serialized_len(result),
        ReadResourceResponse::InputRequired(request) => serialized_len(request),
        _ => usize::MAX,
    }
}

fn prompt_len(answer: &GetPromptResponse) -> usize {
    match answer {
        GetPromptResponse::Complete(result) => serialized_len(result),
        GetPromptResponse::InputRequired(request) => serialized_len(request),
        _ => usize::MAX,
    }
}

/// The scheme of an address, if it is one of the connector's: words of a client are no name.
fn scheme_of(address: &str, known: &[&'static str]) -> &'static str {
    let own = address.split_once("://").map_or("", |(scheme, _)| scheme);
    known.iter().find(|known| known.eq_ignore_ascii_case(own)).copied().unwrap_or("unknown")
}

fn unsupported(method: impl Into<Cow<'static, str>>) -> ErrorData {
    ErrorData::new(ErrorCode::METHOD_NOT_FOUND, method, None)
}

impl<C: Connector> ServerHandler for Gate<C> {
    fn get_info(&self) -> ServerConfig {
        self.info.as_ref().clone()
    }

    fn supported_protocol_versions(&self) -> Cow<'static, [ProtocolVersion]> {
        Cow::Borrowed(surface::VERSIONS)
    }

    async fn discover(
        &self,
        _context: RequestContext<RoleServer>,
    ) -> Result<DiscoverResult, ErrorData> {
        Ok(surface::discovery(&self.info))
    }

    async fn list_tools(
        &self,
        _page: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let mut tools = surface::list(self.listed.as_ref().clone(), &context);
        self.signature(&context).on(&mut tools.meta);
        Ok(tools)
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        self.listed.iter().find(|tool| tool.name == name).cloned()
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        mut context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let name = self.listed.iter().find(|tool| tool.name == request.name);
        let known = name.map_or("unknown", |tool| tool.name.as_ref());
        let call = Self::begin(&mut context, Kind::Tool, known, request.arguments.as_ref())?;
        if name.is_none() {
            let error = ErrorData::invalid_params("unknown tool; ask for tools/list", None);
            return self.exit.tool(&call, guard::Finished::Answered(Err(error))).await;
        }
        let signature = self.signature(&context);
        let (tools, connector) = (Arc::clone(&self.tools), Arc::clone(&self.connector));
        let work = async move {
            tools.call(ToolCallContext::new(connector.as_ref(), request, context)).await
        };
        let finished = guard::run(&self.workers, work, call.deadline()).await;
        self.exit.tool(&call, finished).await.map(|answer| signature.on_tool(answer))
    }

    async fn list_resources(
        &self,
        page: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        if self.capabilities().resources.is_none() {
            return Err(unsupported("resources/list"));
        }
        let signature = self.signature(&context);
        let mut resources = self.connector.list_resources(page, context).await?;
        signature.on(&mut resources.meta);
        Ok(resources)
    }

    async fn list_resource_templates(
        &self,
        page: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        if self.capabilities().resources.is_none() {
            return Err(unsupported("resources/templates/list"));
        }
        let signature = self.signature(&context);
        let mut templates = self.connector.list_resource_templates(page, context).await?;
        signature.on(&mut templates.meta);
        Ok(templates)
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        mut context: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        if self.capabilities().resources.is_none() {
            return Err(unsupported("resources/read"));
        }
        let scheme = scheme_of(&request.uri, C::RESOURCE_SCHEMES);
        let call = Self::begin(&mut context, Kind::Resource, scheme, None)?;
        let signature = self.signature(&context);
        let connector = Arc::clone(&self.connector);
        let work = async move { connector.read_resource(request, context).await };
        let finished = guard::run(&self.workers, work, call.deadline()).await;
        let answer = self.exit.other(&call, finished, resource_len).await?;
        Ok(signature.on_resource(answer))
    }

    async fn list_prompts(
        &self,
        page: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        if self.capabilities().prompts.is_none() {
            return Err(unsupported("prompts/list"));
        }
        let signature = self.signature(&context);
        let mut prompts = self.connector.list_prompts(page, context).await?;
        signature.on(&mut prompts.meta);
        Ok(prompts)
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        mut context: RequestContext<RoleServer>,
    ) -> Result<GetPromptResponse, ErrorData> {
        if self.capabilities().prompts.is_none() {
            return Err(unsupported("prompts/get"));
        }
        let call = Self::begin(&mut context, Kind::Prompt, "prompt", None)?;
        let signature = self.signature(&context);
        let connector = Arc::clone(&self.connector);
        let work = async move { connector.get_prompt(request, context).await };
        let finished = guard::run(&self.workers, work, call.deadline()).await;
        let answer = self.exit.other(&call, finished, prompt_len).await?;
        Ok(signature.on_prompt(answer))
    }

    async fn complete(
        &self,
        request: CompleteRequestParams,
        mut context: RequestContext<RoleServer>,
    ) -> Result<CompleteResult, ErrorData> {
        if self.capabilities().completions.is_none() {
            return Err(unsupported("completion/complete"));
        }
        let call = Self::begin(&mut context, Kind::Prompt, "completion", None)?;
        let signature = self.signature(&context);
        let connector = Arc::clone(&self.connector);
        let work = async move { connector.complete(request, context).await };
        let finished = guard::run(&self.workers, work, call.deadline()).await;
        let mut answer = self.exit.other(&call, finished, serialized_len).await?;
        signature.on(&mut answer.meta);
        Ok(answer)
    }

    async fn on_custom_request(
        &self,
        request: CustomRequest,
        mut context: RequestContext<RoleServer>,
    ) -> Result<CustomResult, ErrorData> {
        // rmcp takes a method it knows for a custom one when the parameters do not fit.
        let Some(method) = self.offers(&request.method) else {
            return Err(unsupported(request.method));
        };
        let call = Self::begin(&mut context, Kind::Refusal, method, None)?;
        let refused = guard::Finished::Answered(Err(exit::misshapen(method)));
        self.exit.other(&call, refused, serialized_len).await
    }

    #[expect(deprecated, reason = "clients of older revisions still send it")]
    async fn set_level(
        &self,
        request: rmcp::model::SetLevelRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        if self.capabilities().logging.is_none() {
            return Err(unsupported("logging/setLevel"));
        }
        self.connector.set_level(request, context).await
    }

    #[expect(deprecated, reason = "clients of older revisions still send it")]
    async fn subscribe(
        &self,
        request: SubscribeRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        if !self.offers_subscriptions() {
            return Err(unsupported("resources/subscribe"));
        }
        self.connector.subscribe(request, context).await
    }

    #[expect(deprecated, reason = "clients of older revisions still send it")]
    async fn unsubscribe(
        &self,
        request: UnsubscribeRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        if !self.offers_subscriptions() {
            return Err(unsupported("resources/unsubscribe"));
        }
        self.connector.unsubscribe(request, context).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_client_are_no_name_in_a_record() {
        let known = ["m365-file"];
        assert_eq!(scheme_of("M365-File://a/b", &known), "m365-file");
        for address in
            ["canary://a", "m365-file", "", "://", "m365-file2://a", "m365-file canary://a"]
        {
            assert_eq!(scheme_of(address, &known), "unknown", "{address}");
        }
    }
}
