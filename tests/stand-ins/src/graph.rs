//! Microsoft Graph v1.0, as far as the `SharePoint` connector uses it.
//!
//! It plays one small company ([`company_data`]) for everyone in [`crate::company`]: each person
//! sees what their groups may see, in every operation. What it accepts is one table
//! ([`operations::TABLE`]); it refuses all else in Graph's words. Besides Graph it serves
//! downloads without a bearer, and `/stand-in/…` for tests:
//!
//! | Request | What it does |
//! |---|---|
//! | `GET`, `DELETE /stand-in/requests` | what callers did: requests, downloads, violations, counts |
//! | `GET`, `POST`, `DELETE /stand-in/faults` | what goes wrong next ([`faults::Fault`]) |
//! | `POST`, `DELETE /stand-in/items` | changes the company ([`Addition`]), or restores it |
//! | `POST /stand-in/clock` | puts the clock forward: `{"advance_seconds": 3600}` |
//!
//! Left out on purpose: conversion to PDF (406 always), facets and collapsing in search,
//! organisation-wide links as access.

pub mod answers;
pub mod batch;
pub mod clock;
pub mod company_data;
pub mod content;
pub mod control;
pub mod errors;
pub mod faults;
pub mod files;
pub mod ids;
pub mod kql;
pub mod labels;
pub mod model;
pub mod odata;

pub mod operations;
pub mod reply;
pub mod search;
pub mod serve;
pub mod shapes;
pub mod state;
pub mod types;
mod wire;
pub mod world;

#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub use faults::{Fault, Kind as FaultKind};
pub use operations::Id;
pub use state::{Log, Recorded, Verify, Violation};
pub use world::Addition;

use errors::Refusal;
use state::Shared;

/// What a good bearer says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bearer {
    /// Object id of the person.
    pub oid: String,
    /// Delegated scopes.
    pub scopes: Vec<String>,
    /// The app that asked for it.
    pub appid: String,
    /// When it runs out, in seconds since 1970; compared with this stand-in's clock, which is the
    /// system's until `/stand-in/clock` puts it forward.
    pub exp: i64,
    /// Whether the app declared that it understands claims challenges.
    pub cp1: bool,
}

/// How to start.
pub struct GraphOptions {
    /// Where to listen; port 0 for any.
    pub listen: SocketAddr,
    /// Checks bearers.
    pub verify: Verify,
    /// Start of links to further pages, with `/v1.0`; made from the address when not given.
    pub public_base: Option<String>,
}

/// The stand-in.
#[derive(Debug)]
pub struct Graph;

/// A running stand-in; it stops when this is dropped.
pub struct Running {
    shared: Arc<Shared>,
    address: SocketAddr,
    task: JoinHandle<std::io::Result<()>>,
}

impl Graph {
    /// Starts with a fresh company.
    ///
    /// # Errors
    /// When the address cannot be listened on.
    pub async fn start(options: GraphOptions) -> anyhow::Result<Running> {
        let listener = TcpListener::bind(options.listen).await?;
        let address = listener.local_addr()?;
        let own = format!("http://{address}/v1.0");
        let base = options.public_base.unwrap_or(own).trim_end_matches('/').to_owned();
        let origin = base.strip_suffix("/v1.0").unwrap_or(&base).to_owned();
        let world = company_data::fresh()
            .map_err(|refusal| anyhow::anyhow!("the company's data: {}", refusal.message))?;
        let shared = Arc::new(Shared::new(options.verify, base, origin, world));
        let router = Router::new().fallback(wire::handle).with_state(Arc::clone(&shared));
        let task = tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Running { shared, address, task })
    }
}

impl Running {
    /// What `GRAPH_BASE_URL` should say: `http://127.0.0.1:8091/v1.0`.
    pub fn base_url(&self) -> String {
        self.shared.base.clone()
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Makes something go wrong.
    pub fn fault(&self, fault: Fault) {
        self.shared.faults().push(fault);
    }

    /// What callers did since the start or the last `forget`.
    pub fn log(&self) -> Log {
        self.shared.log().clone()
    }

    /// Forgets requests, violations and faults, and restores the company.
    pub fn forget(&self) {
        *self.shared.log() = Log::default();
        self.shared.faults().clear();
        self.shared.restore();
    }

    /// Adds something to the company; answers the ids that came of it.
    ///
    /// # Errors
    /// When it names something that is not there.
    pub fn add(&self, addition: Addition) -> anyhow::Result<serde_json::Value> {
        let made = self.shared.change(|world| world.add(addition));
        made.map_err(|Refusal { message, .. }| anyhow::anyhow!(message))
    }

    /// Puts the clock forward.
    pub fn advance(&self, seconds: u32) {
        self.shared.clock.advance(i64::from(seconds));
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
}
