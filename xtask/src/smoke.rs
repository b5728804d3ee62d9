//! `cargo xtask smoke`: the features tagged `@smoke`, against a deployed connector.

use anyhow::ensure;
use clap::Args;

use crate::repository::Repository;

/// Where the program that runs them takes a token from.
const TOKEN: &str = "SMOKE_TOKEN";

/// Options of `cargo xtask smoke`.
#[derive(Args)]
pub(crate) struct Options {
    /// The connector's address, as in its MCP_BASE_URL.
    #[arg(long)]
    base_url: String,
    /// The connector that answers there.
    #[arg(long, default_value = "sharepoint")]
    connector: String,
    /// Somebody's token for it; the variable SMOKE_TOKEN keeps it out of the list of processes.
    #[arg(long)]
    token: Option<String>,
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}

/// Runs them; one that failed fails the command.
pub(crate) async fn run(options: Options) -> anyhow::Result<()> {
    let repository = Repository::find()?;
    repository.connector(&options.connector)?;
    let mut cargo = repository.cargo();
    cargo.args(["run", "--quiet", "--locked", "-p", "features", "--bin", "smoke", "--"]);
    cargo.args(["--base-url", &options.base_url, "--connector", &options.connector]);
    if let Some(token) = &options.token {
        cargo.env(TOKEN, token);
    }
    let status = cargo.status().await?;
    ensure!(status.success(), "the connector is not as it should be; the lines above say how");
    Ok(())
}
