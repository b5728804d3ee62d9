//! `cargo xtask event`: a load balancer event with a fresh token, for `cargo lambda invoke`.

use anyhow::{Context as _, bail};
use clap::Args;
use serde_json::{Value, json};

use crate::repository::Repository;
use crate::stand_in_token::Who;

/// Options of `cargo xtask event`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The connector the event is for.
    connector: String,
    /// The name of a file in `events/<connector>/`, without its ending.
    event: String,
    #[command(flatten)]
    who: Who,
}

/// Prints the event.
pub(crate) async fn run(options: Options) -> anyhow::Result<()> {
    let repository = Repository::find()?;
    let (_, connector) = repository.connector(&options.connector)?;
    let folder = repository.root.join("events").join(&connector.name);
    let known = event_names(&folder)?;
    if !known.contains(&options.event) {
        let known = known.join(", ");
        bail!("events/{} has no {}; there is {known}", connector.name, options.event);
    }
    let text = std::fs::read_to_string(folder.join(format!("{}.json", options.event)))?;
    let mut event: Value = serde_json::from_str(&text).context("reading the event")?;
    put_token(&mut event, &options.who.token_for(&connector.name).await?)?;
    println!("{}", serde_json::to_string_pretty(&event)?);
    Ok(())
}

fn event_names(folder: &std::path::Path) -> anyhow::Result<Vec<String>> {
    let entries = std::fs::read_dir(folder)
        .with_context(|| format!("there are no events in {}", folder.display()))?;
    let mut names = Vec::new();
    for entry in entries {
        let name = entry?.file_name().to_string_lossy().into_owned();
        names.extend(name.strip_suffix(".json").map(str::to_owned));
    }
    names.sort();
    Ok(names)
}

/// Puts the token where this event keeps its headers.
fn put_token(event: &mut Value, token: &str) -> anyhow::Result<()> {
    let bearer = format!("Bearer {token}");
    if let Some(Value::Object(headers)) = event.get_mut("multiValueHeaders") {
        headers.insert("authorization".to_owned(), json!([bearer]));
    } else if let Some(Value::Object(headers)) = event.get_mut("headers") {
        headers.insert("authorization".to_owned(), json!(bearer));
    } else {
        bail!("the event has neither headers nor multiValueHeaders");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_replaces_the_one_in_the_file_whichever_way_headers_are_sent() {
        let mut many =
            json!({ "multiValueHeaders": { "authorization": ["Bearer old"], "a": ["b"] } });
        put_token(&mut many, "new").unwrap();
        let headers = json!({ "authorization": ["Bearer new"], "a": ["b"] });
        assert_eq!(many, json!({ "multiValueHeaders": headers }));

        let mut single = json!({ "headers": { "a": "b" } });
        put_token(&mut single, "new").unwrap();
        assert_eq!(single["headers"]["authorization"], "Bearer new");

        assert!(put_token(&mut json!({ "path": "/mcp" }), "new").is_err());
    }
}
