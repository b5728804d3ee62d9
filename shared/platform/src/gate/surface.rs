//! What a client sees of a connector before it calls anything.

use rmcp::RoleServer;
use rmcp::model::{
    CacheScope, DiscoverResult, Implementation, ListToolsResult, ProtocolVersion, ServerConfig,
    Tool, ToolAnnotations,
};
use rmcp::service::RequestContext;

use crate::connector::Connector;

/// The revisions that are spoken, oldest first; the list in `edge` is compared by a test.
pub(super) const VERSIONS: &[ProtocolVersion] = &[
    ProtocolVersion::V_2025_03_26,
    ProtocolVersion::V_2025_06_18,
    ProtocolVersion::V_2025_11_25,
    ProtocolVersion::V_2026_07_28,
];

/// How long a client may keep the tool list: it changes with a release only.
const LIST_TTL_MS: u64 = 300_000;

/// The tools of a connector as they are listed: sorted by name, each with its hints.
///
/// Every tool of ours only reads, and reads from a service that changes by itself.
///
/// Optional tools are left out: this is what a connector shows without any setting.
pub fn surface<C: Connector>() -> Vec<Tool> {
    offered::<C>(|tool| !C::OPTIONAL_TOOLS.contains(&tool))
}

/// The same with the tools that are wanted.
pub(super) fn offered<C: Connector>(wanted: impl Fn(&str) -> bool) -> Vec<Tool> {
    let mut tools = C::tools().list_all();
    tools.retain(|tool| wanted(&tool.name));
    for tool in &mut tools {
        let title = tool.title.clone();
        let given = tool.annotations.take();
        tool.annotations = Some(given.unwrap_or_else(|| {
            ToolAnnotations::from_raw(title, Some(true), Some(false), Some(true), Some(true))
        }));
    }
    tools.sort_by(|a, b| a.name.cmp(&b.name));
    tools
}

/// Name, version, instructions and capabilities.
pub(super) fn server_info<C: Connector>(connector: &C) -> ServerConfig {
    let mut info = connector.get_info();
    info.capabilities.tools = Some(rmcp::model::ToolsCapability::default());
    info.server_info = Implementation::new(C::NAME, C::VERSION).with_title(C::TITLE);
    info.instructions = Some(C::INSTRUCTIONS.to_owned());
    info
}

/// What a modern client is told: subscriptions and list changes are delivered there on a stream
/// of their own, which we do not offer, so neither is advertised.
pub(super) fn discovery(info: &ServerConfig) -> DiscoverResult {
    let mut info = info.clone();
    if let Some(resources) = &mut info.capabilities.resources {
        resources.subscribe = None;
        resources.list_changed = None;
    }
    if let Some(prompts) = &mut info.capabilities.prompts {
        prompts.list_changed = None;
    }
    DiscoverResult::from_server_info(VERSIONS.to_vec(), info)
        .with_ttl_ms(LIST_TTL_MS)
        .with_cache_scope(CacheScope::Private)
}

/// The tool list; how long it may be kept is said to modern clients only.
pub(super) fn list(tools: Vec<Tool>, context: &RequestContext<RoleServer>) -> ListToolsResult {
    let all = ListToolsResult::with_all_items(tools);
    if is_modern(context) {
        all.with_ttl_ms(LIST_TTL_MS).with_cache_scope(CacheScope::Private)
    } else {
        all
    }
}

/// Whether the client speaks the revision without a handshake.
pub(super) fn is_modern(context: &RequestContext<RoleServer>) -> bool {
    context.protocol_version().is_some_and(|version| version >= ProtocolVersion::V_2026_07_28)
}
