//! Pages of changes, and the tokens that continue them.

use aws_lc_rs::digest::{SHA256, digest};
use http::StatusCode;
use serde_json::{Value, json};

use super::Ask;
use super::paging::{finish, link, size};
use crate::graph::errors::{Outcome, Refusal};
use crate::graph::odata::Options;
use crate::graph::reply::Reply;
use crate::graph::shapes::set;
use crate::graph::types::EntityType;

const OPTIONS: [&str; 2] = ["token", "$deltatoken"];

/// Where an enumeration stands.
struct Token {
    /// Count of changes after which something is new; none for everything.
    since: Option<u64>,
    /// Count of changes when the enumeration began: what changes meanwhile comes the next time.
    until: u64,
    /// How many entries came before.
    offset: usize,
}

/// A page of changes: those after a count, or everything.
pub(super) fn changes(
    ask: &Ask<'_>,
    changed: impl Fn(Option<u64>) -> Vec<Value>,
    options: &Options,
    of: &EntityType,
    context: &str,
) -> Outcome<Reply> {
    let now = ask.world.changes;
    let token = match ask.query.get("token").or(ask.query.get("$deltatoken")) {
        None | Some("") => Token { since: None, until: now, offset: 0 },
        Some("latest") => Token { since: Some(now), until: now, offset: 0 },
        Some(token) => read(ask, token)?,
    };
    let entities = changed(token.since);
    let end = token.offset.saturating_add(size(options));
    let shown: Vec<Value> = entities
        .iter()
        .skip(token.offset)
        .take(size(options))
        .map(|entity| finish(entity, options, of))
        .collect();
    let mut body = json!({"@odata.context": ask.context(context), "value": shown});
    if end < entities.len() {
        let next = write(ask, &Token { offset: end, ..token });
        set(&mut body, "@odata.nextLink", link(ask, &OPTIONS, "token", &next).into());
    } else {
        let delta = Token { since: Some(token.until), until: 0, offset: 0 };
        let delta = write(ask, &delta);
        set(&mut body, "@odata.deltaLink", link(ask, &OPTIONS, "token", &delta).into());
    }
    Ok(Reply::json(body))
}

/// A token that starts from the beginning.
pub(super) fn beginning(ask: &Ask<'_>) -> String {
    write(ask, &Token { since: None, until: ask.world.changes, offset: 0 })
}

/// The refusal of a token that is too old, with an address to start again from.
pub(super) fn start_again(ask: &Ask<'_>) -> Refusal {
    let message = "Resync required. Replace any local items with the server's version (including deletes) if you're sure that the service was up to date with your local changes when you last sync'd.";
    Refusal::new(StatusCode::GONE, "resyncRequired", message)
        .with_inner("resyncChangesApplyDifferences")
        .with_header("location", link(ask, &OPTIONS, "token", &beginning(ask)))
}

fn write(ask: &Ask<'_>, token: &Token) -> String {
    let since = token.since.map_or_else(|| "all".to_owned(), |since| since.to_string());
    format!("{}-{since}-{}-{}", whose(ask), token.until, token.offset)
}

fn read(ask: &Ask<'_>, text: &str) -> Outcome<Token> {
    let wrong = || Refusal::invalid_request("The provided delta token is not valid.");
    let parts: Vec<&str> = text.split('-').collect();
    let [whose_it_is, since, until, offset] = parts.as_slice() else {
        return Err(wrong());
    };
    let since = match *since {
        "all" => None,
        count => Some(count.parse().map_err(|_| wrong())?),
    };
    let offset = offset.parse().map_err(|_| wrong())?;
    let until: u64 = until.parse().map_err(|_| wrong())?;
    if *whose_it_is != whose(ask) {
        return Err(start_again(ask));
    }
    // A token for the next time ends wherever the world then stands.
    let until = if until == 0 { ask.world.changes } else { until };
    Ok(Token { since, until, offset })
}

/// A short name for the drive or list that is asked about.
fn whose(ask: &Ask<'_>) -> String {
    let sum = digest(&SHA256, ask.vars.join("/").as_bytes());
    sum.as_ref().iter().take(4).map(|byte| char::from(b'a' + byte % 26)).collect()
}
