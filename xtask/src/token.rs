//! `cargo xtask token`: one bearer token from the stand-in Entra that `up` runs.

use clap::Args;

use crate::repository::Repository;
use crate::stand_in_token::Who;

/// Options of `cargo xtask token`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(flatten)]
    who: Who,
    /// The connector the token is for.
    #[arg(long, default_value = "sharepoint")]
    connector: String,
}

/// Prints the token and nothing else, so that a shell can take it.
pub(crate) async fn run(options: Options) -> anyhow::Result<()> {
    let (_, connector) = Repository::find()?.connector(&options.connector)?;
    println!("{}", options.who.token_for(&connector.name).await?);
    Ok(())
}
