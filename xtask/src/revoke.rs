//! `cargo xtask revoke`: refuses what was issued to one person, in a running `up`.

use std::time::Duration;

use anyhow::{Context as _, bail};
use clap::Args;
use tokio::process::Command;
use tokio::time::timeout;

use crate::addresses::{Addresses, DEFAULT_PORT};
use crate::launch::Launch;
use crate::repository::Repository;

const PATIENCE: Duration = Duration::from_secs(30);

/// Options of `cargo xtask revoke`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The person's object id; `cargo xtask call` shows it in the audit record.
    #[arg(long)]
    oid: String,
    /// The person's tenant, if it is not the connector's own.
    #[arg(long)]
    tenant: Option<String>,
    /// The connector that turns the person away.
    #[arg(long, default_value = "sharepoint")]
    connector: String,
    /// The port that `cargo xtask up` runs on.
    #[arg(long, default_value_t = DEFAULT_PORT)]
    port: u16,
}

/// Runs the connector's own program with the environment of the run.
pub(crate) async fn run(options: Options) -> anyhow::Result<()> {
    let repository = Repository::find()?;
    repository.connector(&options.connector)?;
    let addresses = Addresses::starting_at(options.port)?;
    let folder = repository.target.join("up").join(addresses.alb().to_string());
    let launch = Launch::kept_in(&folder, &options.connector)?;
    let mut command = Command::new(&launch.program);
    command.env_clear().envs(&launch.variables).kill_on_drop(true);
    command.args(["--revoke", &options.oid]);
    if let Some(tenant) = &options.tenant {
        command.args(["--tenant", tenant]);
    }
    let status = timeout(PATIENCE, command.status())
        .await
        .context("the connector did not answer")?
        .with_context(|| format!("starting {}", launch.program.display()))?;
    if !status.success() {
        bail!("nothing was revoked");
    }
    Ok(())
}
