//! The joint between platform and connector: all that a connector's author has to provide.

use rmcp::ServerHandler;
use rmcp::handler::server::tool::ToolRouter;

use crate::clock::Clock;
use crate::config::{ConfigError, Environment, Vars};
use crate::http_client::HttpClient;

/// A connector: its name, its scopes, its tools.
///
/// Tools are given by [`tools`](Self::tools). What rmcp's `ServerHandler` offers beyond tools
/// (resources, prompts, completion) a connector implements there, and advertises in its
/// `get_info`; the gate forwards only what is advertised. Most write `impl ServerHandler for
/// MyConnector {}`.
pub trait Connector: ServerHandler {
    /// Name: the folder, the binary, the host, the prefix of its tools.
    const NAME: &'static str;
    /// Name for people.
    const TITLE: &'static str;
    /// Version of the connector's crate: `env!("CARGO_PKG_VERSION")`.
    const VERSION: &'static str;
    /// What the model should know before it picks a tool.
    const INSTRUCTIONS: &'static str;
    /// What it reads, as the consent page says it to the person: it goes on from "Only".
    const READS: &'static str;
    /// Delegated permissions asked for when `GRAPH_SCOPES` is not set; short names are Graph's.
    const DEFAULT_SCOPES: &'static [&'static str];

    /// Tools that are there only where a setting asks for them.
    const OPTIONAL_TOOLS: &'static [&'static str] = &[];

    /// What addresses of its resources begin with, before `://`.
    const RESOURCE_SCHEMES: &'static [&'static str] = &[];

    /// Makes the connector from its settings.
    ///
    /// # Errors
    /// A [`ConfigError`] stops the start with one line that names the variable.
    fn build(platform: &Platform, vars: &Vars) -> Result<Self, ConfigError>;

    /// The tools. Titles and hints: every tool of ours is read-only, so the gate says so for all.
    fn tools() -> ToolRouter<Self>;

    /// Whether a tool is offered under these settings. What is not offered is neither listed nor
    /// callable.
    fn offers(&self, tool: &str) -> bool {
        !Self::OPTIONAL_TOOLS.contains(&tool)
    }
}

/// What the platform lends a connector while it is built.
#[derive(Clone, Debug)]
pub struct Platform {
    /// Where we run.
    pub environment: Environment,
    /// The time.
    pub clock: Clock,
    /// For [`Upstream`](crate::upstream::Upstream): deadlines, roots and redirects are set.
    pub http_client: HttpClient,
}
