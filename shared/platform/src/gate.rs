//! The only MCP handler: every tool call and every read passes here, whoever wrote it.
//!
//! The gate gives the work its [`Call`], stops it when it panics or overruns, keeps the answer
//! within its size, and releases it only when its audit record was accepted.

mod exit;
mod guard;
mod surface;

use std::borrow::Cow;
use std::sync::Arc;

use rmcp::ErrorData;
use rmcp::RoleServer;
use rmcp::ServerHandler;
use rmcp::handler::server::tool::{ToolCallContext, ToolRouter};
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CompleteRequestParams, CompleteResult,
    DiscoverResult, ErrorCode,
    GetPromptRequestParams, GetPromptResponse, ListPromptsResult, ListResourceTemplatesResult,
    ListResourcesResult, ListToolsResult, PaginatedRequestParams, ProtocolVersion,
    ReadResourceRequestParams, ReadResourceResponse, ServerCapabilities, ServerConfig,
    SubscribeRequestParams, Tool, UnsubscribeRequestParams,
};
use rmcp::service::RequestContext;

use crate::admit::Admitted;
use crate::audit::Kind;
use crate::call::Call;
use crate::connector::Connector;

pub(crate) use exit::Exit;
use exit::serialized_len;
pub use surface::surface;

/// Stands between rmcp and one connector. Cheap to clone: rmcp takes one per request.
pub(crate) struct Gate<C> {
    connector: Arc<C>,
    tools: Arc<ToolRouter<C>>,
    listed: Arc<Vec<Tool>>,
    info: Arc<ServerConfig>,
    exit: Arc<Exit>,
}

impl<C> Clone for Gate<C> {
    fn clone(&self) -> Self {
        Self {
            connector: Arc::clone(&self.connector),
            tools: Arc::clone(&self.tools),
            listed: Arc::clone(&self.listed),
            info: Arc::clone(&self.info),
            exit: Arc::clone(&self.exit),
        }
    }
}

impl<C: Connector> Gate<C> {
    /// A gate in front of this connector.
    pub(crate) fn new(connector: C, exit: Exit) -> Self {
        let info = surface::server_info(&connector);
        Self {
            connector: Arc::new(connector),
            tools: Arc::new(C::tools()),
            listed: Arc::new(surface::<C>()),
            info: Arc::new(info),
            exit: Arc::new(exit),
        }
    }

    fn capabilities(&self) -> &ServerCapabilities {
        &self.info.capabilities
    }

    fn offers_subscriptions(&self) -> bool {
        self.capabilities().resources.as_ref().is_some_and(|r| r.subscribe == Some(true))
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

fn unsupported(method: &'static str) -> ErrorData {
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
        Ok(surface::list(self.listed.as_ref().clone(), &context))
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
        let (tools, connector) = (Arc::clone(&self.tools), Arc::clone(&self.connector));
        let work = async move {
            tools.call(ToolCallContext::new(connector.as_ref(), request, context)).await
        };
        let finished = guard::run(work, call.deadline()).await;
        self.exit.tool(&call, finished).await
    }

    async fn list_resources(
        &self,
        page: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        if self.capabilities().resources.is_none() {
            return Err(unsupported("resources/list"));
        }
        self.connector.list_resources(page, context).await
    }

    async fn list_resource_templates(
        &self,
        page: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        if self.capabilities().resources.is_none() {
            return Err(unsupported("resources/templates/list"));
        }
        self.connector.list_resource_templates(page, context).await
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        mut context: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        if self.capabilities().resources.is_none() {
            return Err(unsupported("resources/read"));
        }
        let scheme = request.uri.split_once("://").map_or("unknown", |(scheme, _)| scheme);
        let call = Self::begin(&mut context, Kind::Resource, scheme, None)?;
        let connector = Arc::clone(&self.connector);
        let work = async move { connector.read_resource(request, context).await };
        let finished = guard::run(work, call.deadline()).await;
        self.exit.other(&call, finished, resource_len).await
    }

    async fn list_prompts(
        &self,
        page: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        if self.capabilities().prompts.is_none() {
            return Err(unsupported("prompts/list"));
        }
        self.connector.list_prompts(page, context).await
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        mut context: RequestContext<RoleServer>,
    ) -> Result<GetPromptResponse, ErrorData> {
        if self.capabilities().prompts.is_none() {
            return Err(unsupported("prompts/get"));
        }
        let call = Self::begin(&mut context, Kind::Prompt, &request.name, None)?;
        let connector = Arc::clone(&self.connector);
        let work = async move { connector.get_prompt(request, context).await };
        let finished = guard::run(work, call.deadline()).await;
        self.exit.other(&call, finished, prompt_len).await
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
        let connector = Arc::clone(&self.connector);
        let work = async move { connector.complete(request, context).await };
        let finished = guard::run(work, call.deadline()).await;
        self.exit.other(&call, finished, serialized_len).await
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
