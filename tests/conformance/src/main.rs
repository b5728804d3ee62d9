//! Serves the fixture on loopback: `conformance-fixture --listen 127.0.0.1:0`.

use std::net::SocketAddr;

use anyhow::{Context as _, ensure};
use clap::Parser;
use conformance::{Fixture, settings};
use serde_json::json;
use tokio::net::TcpListener;

/// The server that the MCP conformance suite is run against.
#[derive(Debug, Parser)]
struct Options {
    /// Loopback address; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    ensure!(options.listen.ip().is_loopback(), "--listen: anyone may call this, so loopback only");
    let audit = tempfile::tempdir().context("a directory for audit records")?;
    let listener = TcpListener::bind(options.listen).await.context("--listen")?;
    let port = listener.local_addr()?.port();
    let (router, _) = platform::application::<Fixture>(&settings(port, audit.path())).await?;
    announce(port);
    platform::serve_on(router, listener).await
}

#[expect(clippy::print_stdout, reason = "the first line says where the server is")]
fn announce(port: u16) {
    println!("{}", json!({ "url": format!("http://127.0.0.1:{port}/mcp") }));
}
