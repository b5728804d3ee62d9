//! `cargo xtask call`: one tool call against the running platform.

use anyhow::bail;
use clap::Args;

use crate::addresses::loopback;
use crate::client::loopback_client;
use crate::mcp::{ToolCall, arguments_of};
use crate::repository::Repository;
use crate::stand_in_token::Who;

/// Options of `cargo xtask call`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The connector to ask.
    connector: String,
    /// The tool to call.
    tool: String,
    /// Its arguments, as key=value; a value is JSON where it parses, else text.
    arguments: Vec<String>,
    /// Print the whole result as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    who: Who,
}

/// Makes the call and prints what came back; a tool that failed fails the command.
pub(crate) async fn run(options: Options) -> anyhow::Result<()> {
    let (place, connector) = Repository::find()?.connector(&options.connector)?;
    let addresses = options.who.addresses()?;
    let arguments = arguments_of(&options.arguments)?;
    let token = options.who.token_for(&connector.name).await?;
    let call = ToolCall {
        url: format!("{}/mcp", loopback(addresses.connector(place)?)),
        host: format!("{}.localhost", connector.host),
        tool: &options.tool,
        arguments: &arguments,
    };
    let answer = call.send(&loopback_client()?, &token).await?;
    if options.json {
        println!("{}", serde_json::to_string_pretty(&answer.result)?);
    } else {
        println!("{}", answer.text());
        if let Some(structured) = answer.result.get("structuredContent") {
            println!("\n{}", serde_json::to_string_pretty(structured)?);
        }
    }
    if answer.is_error() {
        bail!("{} says that it failed", options.tool);
    }
    Ok(())
}
