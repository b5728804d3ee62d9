//! `cargo xtask up`: the whole platform on one machine, shown at work and then served.

mod audit_records;
mod connect;
mod demo;
mod plan;
mod platform;

use std::time::Duration;

use anyhow::{Context as _, bail};
use clap::{Args, ValueEnum};
use tokio::signal::unix::{SignalKind, signal};

use crate::addresses::{Addresses, DEFAULT_PORT, loopback};
use crate::repository::Repository;
use platform::{Platform, Site};

/// How long the platform may take until every connector answers.
const HEALTHY_WITHIN: Duration = Duration::from_secs(60);

/// Options of `cargo xtask up`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// End after the demo calls; the exit code is 0 only if all of them succeeded.
    #[arg(long)]
    once: bool,
    /// How connectors run: as Lambda functions, or as HTTP servers like on ECS.
    #[arg(long, value_enum, default_value_t = Flavour::Lambda)]
    flavour: Flavour,
    /// The load balancer's port; everything else moves along.
    #[arg(long, default_value_t = DEFAULT_PORT)]
    port: u16,
}

/// How connectors run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Flavour {
    /// As functions, one event at a time, stopped in between.
    Lambda,
    /// As HTTP servers.
    Ecs,
}

/// What the person who started us wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    /// The demo is over and nothing else was asked for.
    Done,
    /// A signal came.
    Interrupted,
}

/// Runs the platform until it is done or interrupted, and leaves nothing running behind.
pub(crate) async fn run(options: Options) -> anyhow::Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hangup = signal(SignalKind::hangup())?;
    let mut running = None;
    let mut shown = false;
    let ended = tokio::select! {
        ended = show_and_serve(&options, &mut running, &mut shown) => ended,
        _ = interrupt.recv() => Ok(Ending::Interrupted),
        _ = terminate.recv() => Ok(Ending::Interrupted),
        _ = hangup.recv() => Ok(Ending::Interrupted),
    };
    if let Some(platform) = running {
        platform.stop().await;
    }
    match ended? {
        Ending::Done => Ok(()),
        Ending::Interrupted if shown => {
            println!("\nStopped; nothing is left running.");
            Ok(())
        }
        Ending::Interrupted => bail!("interrupted before the demo calls were over"),
    }
}

async fn show_and_serve(
    options: &Options,
    running: &mut Option<Platform>,
    shown: &mut bool,
) -> anyhow::Result<Ending> {
    let repository = Repository::find()?;
    let site = Site::new(&repository, Addresses::starting_at(options.port)?)?;
    site.ensure_ports_are_free()?;

    println!("Building the connectors and the stand-ins …");
    let programs = platform::build(&repository, site.connectors()).await?;
    let platform = running.insert(Platform::start(&site, &programs, options.flavour).await?);
    println!(
        "Started: Entra {}, Graph {} (both stand-ins), load balancer {}.",
        loopback(site.addresses.entra()),
        loopback(site.addresses.graph()),
        loopback(site.addresses.alb()),
    );
    tokio::select! {
        healthy = site.wait_until_healthy(HEALTHY_WITHIN) => healthy?,
        problem = platform.ended() => return Err(problem),
    }
    let failed = tokio::select! {
        failed = demo::show(&site, options.flavour) => failed?,
        problem = platform.ended() => return Err(problem),
    };
    if !failed.is_empty() {
        let log = site.folder.join("<connector>.log");
        bail!("the demo call failed for {}; see {}", failed.join(", "), log.display());
    }
    *shown = true;
    if options.once {
        println!("\nAll demo calls succeeded.");
        return Ok(Ending::Done);
    }
    connect::explain(&site).context("telling how to connect")?;
    Err(platform.ended().await)
}
