//! A person's whole sign-in through the server's own OAuth, and what the tokens cost to verify
//! from then on. Ours and the peer's take turns in one run, walked through by the same browser.

use std::time::{Duration, Instant};

use anyhow::Context as _;

use super::call::Cost;
use super::peer::{Peer, PeerServer};
use super::process::cpu;
use super::stage::{PERSON, Stage};
use super::table::{Row, Table};
use super::{Bench, verification};
use crate::addresses::free_port;
use crate::sign_in::Assistant;
use crate::test::FASTMCP;

/// How long one round of one side may take.
const ROUND_AT_MOST: Duration = Duration::from_secs(60);
/// Sign-ins before anything is counted.
const WARM_UP: usize = 3;

/// One side: a server that people sign in at, and an assistant that is registered there.
pub(super) struct Side {
    /// The server's process id.
    pub(super) pid: i32,
    /// The server's address, without a slash at the end.
    pub(super) url: String,
    assistant: Assistant,
}

/// Measures sign-ins, and then the verification of every kind of token.
pub(super) async fn measure(bench: &Bench, table: &mut Table) -> anyhow::Result<()> {
    let stage = Stage::set(bench, "sign-in", Duration::ZERO).await?;
    let server = stage.serve_openly(&bench.connector, &[], &bench.log("sign-in")).await?;
    let ours = Side::meet(&stage, server.pid, server.url.clone()).await?;
    let peer = match &bench.peer {
        Some(peer) => Some(start_peer(bench, &stage, peer, "proxy").await?),
        None => None,
    };
    let theirs = match &peer {
        Some(peer) => Some(Side::meet(&stage, peer.pid, format!("http://{}", peer.host)).await?),
        None => None,
    };
    let (mut our_cost, mut their_cost) = (Cost::default(), Cost::default());
    for _ in 0..bench.effort.rounds {
        our_cost.add(ours.cost_of(bench.effort.sign_ins).await?);
        if let Some(theirs) = &theirs {
            their_cost.add(theirs.cost_of(bench.effort.peer_sign_ins).await?);
        }
    }
    let what = format!("A whole sign-in: own CPU (of {})", our_cost.calls);
    let mut row = Row::plain(what, milliseconds(our_cost));
    if theirs.is_some() {
        let ratio = their_cost.micros() / our_cost.micros().max(1.0);
        let peer = milliseconds(their_cost);
        row =
            row.with_ratio(format!("{FASTMCP} {ratio:.1}× ours ({peer}, of {})", their_cost.calls));
    }
    table.add(row);
    verification::measure(bench, &stage, &ours, theirs.as_ref(), table).await?;
    if let Some(peer) = peer {
        peer.stop().await;
    }
    server.stop().await;
    Ok(())
}

/// Starts the peer, which proves callers in this way.
pub(super) async fn start_peer(
    bench: &Bench,
    stage: &Stage,
    peer: &Peer,
    way: &str,
) -> anyhow::Result<PeerServer> {
    let mut variables = peer.variables(stage, &bench.folder.join("sign-in")).await?;
    variables.insert("PEER_AUTH", way.to_owned());
    variables.insert("PEER_PORT", free_port()?.to_string());
    let log = bench.log(&format!("sign-in-fastmcp-{way}"));
    let served = peer.serve(&variables, &log).await;
    served.with_context(|| format!("starting FastMCP; its log is {}", log.display()))
}

impl Side {
    /// Registers an assistant at the server, and lets it warm up.
    async fn meet(stage: &Stage, pid: i32, url: String) -> anyhow::Result<Self> {
        let met = Assistant::register(&stage.client, &url).await;
        let assistant = met.with_context(|| format!("registering at {url}"))?;
        let side = Self { pid, url, assistant };
        for _ in 0..WARM_UP {
            side.sign_in().await?;
        }
        Ok(side)
    }

    /// Signs the person in and gives the access token.
    ///
    /// # Errors
    /// When a step is refused.
    pub(super) async fn sign_in(&self) -> anyhow::Result<String> {
        let token = self.assistant.sign_in(PERSON).await;
        token.with_context(|| format!("signing in at {}", self.url))
    }

    async fn cost_of(&self, sign_ins: usize) -> anyhow::Result<Cost> {
        let (started, before) = (Instant::now(), cpu(self.pid)?);
        let mut made = 0;
        while made < sign_ins && started.elapsed() < ROUND_AT_MOST {
            self.sign_in().await?;
            made += 1;
        }
        Ok(Cost { calls: u32::try_from(made)?, cpu: cpu(self.pid)?.saturating_sub(before) })
    }
}

fn milliseconds(cost: Cost) -> String {
    format!("{:.2} ms", cost.micros() / 1e3)
}
