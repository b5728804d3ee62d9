//! The stand-ins together: a Graph that takes the tokens which the stand-in Entra signs.

use std::net::SocketAddr;
use std::sync::Arc;

use crate::entra::verify_graph_token;
use crate::graph::{Bearer, Graph, GraphOptions, Running};

/// Starts Graph for tokens of the stand-in Entra of this process.
///
/// # Errors
/// When it cannot listen there.
pub async fn graph(listen: SocketAddr) -> anyhow::Result<Running> {
    let verify = |token: &str| {
        let token = verify_graph_token(token)?;
        Some(Bearer {
            oid: token.oid,
            scopes: token.scopes,
            appid: token.appid,
            exp: token.exp,
            cp1: token.claims_cae,
        })
    };
    Graph::start(GraphOptions { listen, verify: Arc::new(verify), public_base: None }).await
}
