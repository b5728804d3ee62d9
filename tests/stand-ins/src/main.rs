//! `stand-ins --plan plan.json` serves what the plan names, until Ctrl-C or `SIGTERM`.
//!
//! The plan is one JSON object with a member per stand-in; `{"alb": {…}}` is an
//! [`stand_ins::alb::AlbPlan`]. Once everything listens, one line of JSON with the bound addresses
//! is written to standard output.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::Parser;
use serde::Deserialize;
use serde_json::{Map, json};
use stand_ins::alb::{Alb, AlbPlan};
use stand_ins::entra::{Entra, EntraOptions};
use tokio::signal::unix::{SignalKind, signal};

/// Runs stand-ins for the services that the connectors talk to, on loopback.
#[derive(Debug, Parser)]
struct Arguments {
    /// JSON file that says what is served where.
    #[arg(long)]
    plan: PathBuf,
}

/// What is served; a stand-in that is not named is not started.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Plan {
    entra: Option<Listen>,
    graph: Option<Listen>,
    alb: Option<AlbPlan>,
}

/// A stand-in that needs to know only where it listens.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Listen {
    listen: SocketAddr,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let text = tokio::fs::read(&arguments.plan)
        .await
        .with_context(|| format!("{} cannot be read", arguments.plan.display()))?;
    let plan: Plan = serde_json::from_slice(&text).context("the plan cannot be read")?;
    // Signals are watched before anything is started, so that nothing is left behind.
    let mut terminate = signal(SignalKind::terminate())?;

    let mut addresses = Map::new();
    let entra = match plan.entra {
        Some(Listen { listen }) => Some(start_entra(listen).await?),
        None => None,
    };
    if let Some(entra) = &entra {
        addresses.insert("entra".to_owned(), json!(entra.addr()));
    }
    let graph = match plan.graph {
        Some(Listen { listen }) => Some(
            stand_ins::together::graph(listen)
                .await
                .with_context(|| format!("Graph cannot start on {listen}"))?,
        ),
        None => None,
    };
    if let Some(graph) = &graph {
        addresses.insert("graph".to_owned(), json!(graph.address()));
    }
    let alb = match plan.alb {
        Some(plan) => Some(Alb::start(plan).await.context("the balancer cannot start")?),
        None => None,
    };
    if let Some(alb) = &alb {
        let targets: Map<_, _> = alb
            .state()
            .targets
            .into_iter()
            .map(|target| (target.name, json!(target.addresses)))
            .collect();
        addresses.insert("alb".to_owned(), json!({"address": alb.address(), "targets": targets}));
    }
    writeln!(std::io::stdout(), "{}", json!(addresses))?;

    tokio::select! {
        ended = tokio::signal::ctrl_c() => ended?,
        _ = terminate.recv() => {}
    }
    if let Some(alb) = alb {
        alb.shutdown().await;
    }
    Ok(())
}

async fn start_entra(listen: SocketAddr) -> anyhow::Result<stand_ins::entra::Running> {
    let options = EntraOptions { listen, ..EntraOptions::default() };
    Entra::start(options).await.with_context(|| format!("Entra cannot start on {listen}"))
}
