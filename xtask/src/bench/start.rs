//! From starting the process to its first answered event, under a Lambda runtime API.
//!
//! No network: Entra's address leads to a closed port, so that its keys cannot be had at start.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use tokio::process::Command;

use super::peer::Peer;
use super::process::run_time;
use super::runtime_api::{RuntimeApi, event};
use super::stage::{self, Stage};
use super::table::{Reached, Row, Spread, Table, ms};
use super::{Bench, CONNECTOR, HELLO};
use crate::addresses::{free_port, loopback};
use crate::program::Program;

/// What repeated starts came to.
#[derive(Clone, Copy, Debug)]
struct Starts {
    wall: Spread,
    cpu: Spread,
}

/// Starts the connector, the bare function and the peer in turns.
pub(super) async fn measure(bench: &Bench, table: &mut Table) -> anyhow::Result<()> {
    let stage = Stage::set(bench, "start", Duration::ZERO).await?;
    let mut alone = stage.variables().clone();
    alone.insert("AZURE_AUTHORITY_HOST".to_owned(), loopback(free_port()?));
    let (mut ours, mut hellos, mut with_keys) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..bench.effort.starts {
        ours.push(first_answer(CONNECTOR, bench, command(&bench.connector, &alone)).await?);
        hellos.push(first_answer(HELLO, bench, Command::new(&bench.hello)).await?);
        let near = command(&bench.connector, stage.variables());
        with_keys.push(first_answer(CONNECTOR, bench, near).await?);
    }
    let (ours, hello) = (Starts::of(ours)?, Starts::of(hellos)?);
    let to_hello = ms(ours.wall.least) / ms(hello.wall.least);
    let reached = Reached::by(ms(ours.wall.least) < 30.0, to_hello <= 3.0);
    let count = bench.effort.starts;
    table.add(
        Row::plain(
            format!("Start to first answer, no network (least / median of {count})"),
            ours.wall.to_string(),
        )
        .with_ratio(format!("{to_hello:.1}× a bare function ({})", hello.wall))
        .promised("< 30 ms", "≤ 3× a bare function", reached),
    );
    let cpu_ratio = ms(ours.cpu.median) / ms(hello.cpu.median);
    table.add(
        Row::plain("CPU time of that start (least / median)", ours.cpu.to_string())
            .with_ratio(format!("{cpu_ratio:.1}× a bare function ({})", hello.cpu)),
    );
    let with_keys = Starts::of(with_keys)?;
    table.add(Row::plain("The same start with Entra's keys at hand", with_keys.wall.to_string()));
    if let Some(peer) = &bench.peer {
        let theirs = starts_of_peer(bench, &stage, peer).await?;
        let ratio = ms(theirs.wall.median) / ms(ours.wall.median);
        table.add(
            Row::plain(
                format!("FastMCP: import, start, first answer (of {})", bench.effort.peer_starts),
                theirs.wall.to_string(),
            )
            .with_ratio(format!("{ratio:.0}× ours")),
        );
    }
    Ok(())
}

async fn starts_of_peer(bench: &Bench, stage: &Stage, peer: &Peer) -> anyhow::Result<Starts> {
    let variables = peer.variables(stage, &bench.folder.join("start")).await?;
    // The first start writes Python's compiled files, which a deployed package has.
    first_answer("fastmcp", bench, peer.command("function", &variables)).await?;
    let mut theirs = Vec::new();
    for _ in 0..bench.effort.peer_starts {
        theirs.push(first_answer("fastmcp", bench, peer.command("function", &variables)).await?);
    }
    Starts::of(theirs)
}

fn command(program: &Path, variables: &std::collections::BTreeMap<String, String>) -> Command {
    let mut command = Command::new(program);
    command.env_clear().envs(variables);
    command
}

/// Starts the function and answers how long its first answer took, in wall and in CPU time.
async fn first_answer(
    name: &str,
    bench: &Bench,
    mut command: Command,
) -> anyhow::Result<(Duration, Duration)> {
    let mut api = RuntimeApi::start().await?;
    api.put(&event("GET", "/health", &[("host", stage::HOST)], "")).await?;
    command.envs(api.variables());
    let log = bench.log(&format!("start-{name}"));
    let started = Instant::now();
    let mut program = Program::start(name, command, &log)?;
    program.drain();
    let (at, _) = api
        .answer()
        .await?
        .into_ok()
        .with_context(|| format!("starting {name}; its log is {}", log.display()))?;
    // Dropped, it is killed: a frozen function is not asked to end either.
    Ok((at.duration_since(started), run_time(program.id())?))
}

impl Starts {
    fn of(starts: Vec<(Duration, Duration)>) -> anyhow::Result<Self> {
        let (wall, cpu) = starts.into_iter().unzip();
        let none = "nothing was started";
        Ok(Self { wall: Spread::of(wall).context(none)?, cpu: Spread::of(cpu).context(none)? })
    }
}
