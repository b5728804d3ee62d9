//! `cargo xtask bench`: what a start, a call, a sign-in, a function's memory and its zip cost,
//! beside peers.
//!
//! Everything listens on loopback, every loop is bounded in count and in time, and what is started
//! is stopped. Numbers are printed, never asserted: machines differ, ratios of one run less so.

mod call;
mod documents;
mod door;
mod machine;
mod memory;
mod peer;
mod process;
mod runtime_api;
mod sign_in;
mod size;
mod stage;
mod start;
mod table;
mod trips;
mod verification;

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, ValueEnum};

use crate::build::{programs_of, release_programs_of};
use crate::repository::Repository;
use peer::Peer;
use table::Table;

/// The connector that is measured.
const CONNECTOR: &str = "sharepoint";
/// The smallest function there is, built like the connector.
const HELLO: &str = "bench-peer";

/// Options of `cargo xtask bench`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Fewer repetitions: a first impression within two minutes.
    #[arg(long)]
    quick: bool,
    /// Measure this alone.
    #[arg(long, value_enum)]
    only: Option<Part>,
    /// Leave FastMCP out; nothing is installed for it then.
    #[arg(long)]
    no_peer: bool,
    /// Measure this program of the connector instead of building one: to compare two versions.
    #[arg(long)]
    program: Option<PathBuf>,
    /// Measure the development build, to try the benchmark itself.
    #[arg(long, hide = true, conflicts_with = "program")]
    dev: bool,
}

/// One thing that is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    /// From starting the process to its first answer.
    Start,
    /// One tool call: calls per CPU second, and CPU per call.
    Call,
    /// A whole sign-in, and what each kind of token costs to verify.
    SignIn,
    /// A function's memory after many calls.
    Memory,
    /// The zip.
    Size,
    /// Round trips to AWS that one call makes, one after the other.
    Trips,
    /// Reading a Word, an Excel and a PDF file of about five megabytes.
    Documents,
}

/// How much is repeated.
#[derive(Clone, Copy, Debug)]
struct Effort {
    /// Starts of a compiled program.
    starts: usize,
    /// Starts of the Python peer.
    peer_starts: usize,
    /// Rounds in which both sides take turns.
    rounds: usize,
    /// Calls of the connector in a round.
    calls: usize,
    /// Calls of the peer in a round.
    peer_calls: usize,
    /// Sign-ins at the connector in a round.
    sign_ins: usize,
    /// Sign-ins at the peer in a round.
    peer_sign_ins: usize,
    /// Rounds in which all kinds of tokens take turns: short ones, so that the machine is the same
    /// for all.
    token_rounds: usize,
    /// Pings of the connector with one kind of token in a round.
    pings: usize,
    /// Pings of the peer with one kind of token in a round.
    peer_pings: usize,
    /// Calls before a function's memory is read.
    memory_calls: usize,
}

impl Effort {
    const FULL: Self = Self {
        starts: 15,
        peer_starts: 5,
        rounds: 5,
        calls: 600,
        peer_calls: 200,
        sign_ins: 60,
        peer_sign_ins: 15,
        token_rounds: 200,
        pings: 20,
        peer_pings: 5,
        memory_calls: 1000,
    };
    const QUICK: Self = Self {
        starts: 5,
        peer_starts: 1,
        rounds: 2,
        calls: 300,
        peer_calls: 50,
        sign_ins: 25,
        peer_sign_ins: 6,
        token_rounds: 60,
        pings: 15,
        peer_pings: 5,
        memory_calls: 1000,
    };
}

/// What every part works with.
#[derive(Debug)]
struct Bench {
    repository: Repository,
    /// The connector's program.
    connector: PathBuf,
    /// The function that only says hello.
    hello: PathBuf,
    /// FastMCP, unless it is left out or cannot be had.
    peer: Option<Peer>,
    effort: Effort,
    /// Where this run keeps its files.
    folder: PathBuf,
}

/// Measures, prints the table and leaves it in `target/bench/report.md`.
pub(crate) async fn run(options: Options) -> anyhow::Result<()> {
    let mut table = Table::default();
    let bench = Bench::prepare(&options, &mut table).await?;
    let before = machine::Facts::read();
    let parts = options.only.map_or_else(|| Part::value_variants().to_vec(), |part| vec![part]);
    for part in parts {
        eprintln!("measuring: {}", part.to_possible_value().context("a part")?.get_name());
        match part {
            Part::Start => start::measure(&bench, &mut table).await,
            Part::Call => call::measure(&bench, &mut table).await,
            Part::SignIn => sign_in::measure(&bench, &mut table).await,
            Part::Memory => memory::measure(&bench, &mut table).await,
            Part::Size => size::measure(&bench, &mut table),
            Part::Trips => trips::measure(&bench, &mut table).await,
            Part::Documents => documents::measure(&bench, &mut table).await,
        }
        .with_context(|| format!("measuring {part:?}"))?;
    }
    let report = format!("{}\n{table}", machine::described(&before, &machine::Facts::read()));
    let file = bench.folder.join("report.md");
    std::fs::write(&file, &report).with_context(|| format!("writing {}", file.display()))?;
    println!("{report}");
    eprintln!("the same is in {}", file.display());
    Ok(())
}

impl Bench {
    async fn prepare(options: &Options, table: &mut Table) -> anyhow::Result<Self> {
        let repository = Repository::find()?;
        let folder = repository.target.join("bench");
        std::fs::create_dir_all(&folder)?;
        let (connector, hello) = programs(&repository, options).await?;
        if options.dev {
            table.remark("This is the DEVELOPMENT build: the numbers mean nothing.".to_owned());
        }
        let peer = if options.no_peer {
            table.remark("FastMCP was left out (--no-peer).".to_owned());
            None
        } else {
            match Peer::install(&repository).await {
                Ok(peer) => Some(peer),
                Err(problem) => {
                    table.remark(format!("SKIPPED: FastMCP cannot be installed: {problem:#}"));
                    None
                }
            }
        };
        let effort = if options.quick { Effort::QUICK } else { Effort::FULL };
        Ok(Self { repository, connector, hello, peer, effort, folder })
    }

    /// A log file of this run.
    fn log(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.log"))
    }

    /// An empty folder for the files of one part.
    fn empty_folder(&self, name: &str) -> anyhow::Result<PathBuf> {
        let folder = self.folder.join(name);
        remove(&folder)?;
        std::fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
        Ok(folder)
    }
}

/// The connector's program and the bare function's.
async fn programs(
    repository: &Repository,
    options: &Options,
) -> anyhow::Result<(PathBuf, PathBuf)> {
    if let Some(program) = &options.program {
        let hello = repository.target.join("release").join(HELLO);
        anyhow::ensure!(hello.is_file(), "build once without --program: {HELLO} is not there");
        return Ok((std::path::absolute(program)?, hello));
    }
    eprintln!("building {CONNECTOR} and {HELLO}; the first time takes minutes");
    let packages = [CONNECTOR, HELLO];
    let programs = if options.dev {
        programs_of(repository, &packages).await?
    } else {
        release_programs_of(repository, &packages).await?
    };
    let program = |name: &str| {
        programs.get(name).cloned().with_context(|| format!("there is no program {name}"))
    };
    Ok((program(CONNECTOR)?, program(HELLO)?))
}

fn remove(folder: &Path) -> anyhow::Result<()> {
    if folder.exists() {
        std::fs::remove_dir_all(folder)
            .with_context(|| format!("removing {}", folder.display()))?;
    }
    Ok(())
}
