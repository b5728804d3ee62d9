//! One warm tool call over HTTP with keep-alive: token verification, limiter, cached upstream
//! token, upstream, policy, audit. Ours and the peer's take turns in one run, and both write their
//! audit lines without waiting for the disk; with waiting is a row of its own.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use reqwest::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, HOST};
use serde_json::{Value, json};
use stand_ins::entra::TokenSpec;

use super::peer::{Peer, PeerServer};
use super::process::{cpu, memory};
use super::stage::{self, Server, Stage};
use super::table::{Reached, Row, Table};
use super::{Bench, CONNECTOR};
use crate::client::send;
use crate::mcp::ToolCall;
use crate::test::FASTMCP;

/// How long one round of one side may take.
const ROUND_AT_MOST: Duration = Duration::from_secs(60);
/// Calls before anything is counted.
const WARM_UP: usize = 30;
/// Tokens that are each seen for the first time.
const FRESH_TOKENS: usize = 400;

/// CPU time of a process over some calls.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cost {
    /// How many.
    pub(super) calls: u32,
    /// For all of them.
    pub(super) cpu: Duration,
}

impl Cost {
    /// Microseconds of CPU time for one call.
    pub(super) fn micros(self) -> f64 {
        self.cpu.as_secs_f64() * 1e6 / f64::from(self.calls.max(1))
    }

    fn per_cpu_second(self) -> f64 {
        1e6 / self.micros().max(1.0)
    }

    /// Takes the calls of another round in.
    pub(super) fn add(&mut self, other: Self) {
        self.calls += other.calls;
        self.cpu += other.cpu;
    }
}

/// Measures calls, what remembering a token saves, and the size of answers.
pub(super) async fn measure(bench: &Bench, table: &mut Table) -> anyhow::Result<()> {
    let stage = Stage::set(bench, "call", Duration::ZERO).await?;
    let log = bench.log("call");
    let server = stage.serve(&bench.connector, &[], &log).await?;
    let call = stage.call(&server.url, stage::HOST);
    for _ in 0..WARM_UP {
        stage.call_once(&call).await?;
    }
    let peer = match &bench.peer {
        Some(peer) => Some(start_peer(bench, &stage, peer).await?),
        None => None,
    };
    let (to_disk, on_disk) = (stage.audit_on_disk(), bench.log("call-on-disk"));
    let on_disk = stage.serve(&bench.connector, &to_disk, &on_disk).await?;
    let mut costs = [Cost::default(); 3];
    let [ours, kept, theirs] = &mut costs;
    for _ in 0..bench.effort.rounds {
        ours.add(cost_of(&stage, &call, server.pid, bench.effort.calls).await?);
        let call = stage.call(&on_disk.url, stage::HOST);
        kept.add(cost_of(&stage, &call, on_disk.pid, bench.effort.calls).await?);
        if let Some(peer) = &peer {
            let call = stage.call(&format!("http://{}", peer.host), &peer.host);
            theirs.add(cost_of(&stage, &call, peer.pid, bench.effort.peer_calls).await?);
        }
    }
    let [ours, kept, theirs] = costs;
    add_rows(table, ours, peer.is_some().then_some(theirs));
    let micros = kept.micros();
    table.add(Row::plain("The same with its audit record on the disk", format!("{micros:.0} µs")));
    let upstream = stage.upstream.asked().len();
    table.add(Row::plain("Upstream requests in that call", upstream.to_string()));
    let megabytes = memory(server.pid)?.now_kb / 1024;
    let calls = ours.calls;
    let mut row =
        Row::plain(format!("Memory of the server after {calls} calls"), format!("{megabytes} MB"));
    if let Some(peer) = &peer {
        let theirs = memory(peer.pid)?.now_kb / 1024;
        row = row.with_ratio(format!("FastMCP {theirs} MB"));
    }
    table.add(row);
    remembering(&stage, &server, table).await?;
    compression(&stage, &server, table).await?;
    ensure!(records(&log)? >= ours.calls, "audit records are missing: not the promised work");
    on_disk.stop().await;
    if let Some(peer) = peer {
        peer.stop().await;
    }
    server.stop().await;
    Ok(())
}

async fn start_peer(bench: &Bench, stage: &Stage, peer: &Peer) -> anyhow::Result<PeerServer> {
    let variables = peer.variables(stage, &bench.folder.join("call")).await?;
    let log = bench.log("call-fastmcp");
    let peer = peer.serve(&variables, &log).await?;
    let call = stage.call(&format!("http://{}", peer.host), &peer.host);
    for _ in 0..WARM_UP {
        let once = stage.call_once(&call).await;
        once.with_context(|| format!("calling FastMCP; its log is {}", log.display()))?;
    }
    Ok(peer)
}

fn add_rows(table: &mut Table, ours: Cost, theirs: Option<Cost>) {
    let rate = Row::plain(
        "One warm tool call: calls per CPU second",
        format!("{:.0}", ours.per_cpu_second()),
    );
    let rate = match theirs {
        None => rate,
        Some(theirs) => {
            let ratio = ours.per_cpu_second() / theirs.per_cpu_second();
            let compared = format!("{ratio:.1}× {FASTMCP} ({:.0})", theirs.per_cpu_second());
            let reached = Reached::at_least(ratio, 10.0, 30.0);
            rate.with_ratio(compared).promised("≥ 10× FastMCP", "30×", reached)
        }
    };
    table.add(rate);
    let micros = ours.micros();
    let reached = Reached::at_most(micros, 400.0, 120.0);
    table.add(
        Row::plain("Own CPU per warm call, HTTP flavour", format!("{micros:.0} µs")).promised(
            "< 400 µs",
            "120 µs",
            reached,
        ),
    );
}

async fn cost_of(
    stage: &Stage,
    call: &ToolCall<'_>,
    pid: i32,
    calls: usize,
) -> anyhow::Result<Cost> {
    let (started, before) = (Instant::now(), cpu(pid)?);
    let mut made = 0;
    while made < calls && started.elapsed() < ROUND_AT_MOST {
        stage.call_once(call).await?;
        made += 1;
    }
    Ok(Cost { calls: u32::try_from(made)?, cpu: cpu(pid)?.saturating_sub(before) })
}

/// What a remembered token saves: a listing with one token, and with a new token each time.
async fn remembering(stage: &Stage, server: &Server, table: &mut Table) -> anyhow::Result<()> {
    let spec = |number| TokenSpec::new("ann", CONNECTOR).claim("bench", number);
    let fresh: anyhow::Result<Vec<_>> =
        (0..FRESH_TOKENS).map(|number| stage.entra.mint(&spec(number))).collect();
    let same = vec![stage.token.clone(); FRESH_TOKENS];
    let mut costs = Vec::new();
    for tokens in [same, fresh?] {
        let before = cpu(server.pid)?;
        for token in &tokens {
            let request = request(stage, server, &listing()).bearer_auth(token);
            ensure!(send(request).await?.status.is_success(), "a listing was refused");
        }
        let cpu = cpu(server.pid)?.saturating_sub(before);
        costs.push(Cost { calls: u32::try_from(tokens.len())?, cpu }.micros());
    }
    let [known, new] = costs.as_slice() else { return Ok(()) };
    table.add(
        Row::plain("A listing with a remembered token", format!("{known:.0} µs CPU"))
            .with_ratio(format!("{new:.0} µs with a token seen for the first time")),
    );
    Ok(())
}

/// How many bytes answers have on the wire, plain and packed.
async fn compression(stage: &Stage, server: &Server, table: &mut Table) -> anyhow::Result<()> {
    for (what, message) in [("tools/list", listing()), ("the tool call", stage.message())] {
        let mut sizes = Vec::new();
        for encoding in ["identity", "gzip"] {
            let request = request(stage, server, &message).bearer_auth(&stage.token);
            // A header of our own keeps the client from unpacking.
            let answer = request.header(ACCEPT_ENCODING, encoding).send().await?;
            let packed = answer.headers().contains_key(CONTENT_ENCODING);
            sizes.push((answer.bytes().await?.len(), packed));
        }
        let [(plain, _), (packed, is_packed)] = sizes.as_slice() else { return Ok(()) };
        let measured = if *is_packed {
            format!("{plain} bytes, {packed} with gzip")
        } else {
            format!("{plain} bytes, too small for gzip")
        };
        table.add(Row::plain(format!("Answer of {what}"), measured));
    }
    Ok(())
}

fn listing() -> Value {
    json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" })
}

fn request(stage: &Stage, server: &Server, message: &Value) -> reqwest::RequestBuilder {
    let request = stage.client.post(format!("{}/mcp", server.url)).header(HOST, stage::HOST);
    request
        .header(ACCEPT, "application/json, text/event-stream")
        .header("mcp-protocol-version", "2025-11-25")
        .json(message)
}

/// How many audit records a log holds.
fn records(log: &Path) -> anyhow::Result<u32> {
    let lines = std::fs::read_to_string(log)?;
    let records = lines.lines().filter(|line| line.contains(r#""type":"audit""#));
    Ok(u32::try_from(records.count())?)
}
