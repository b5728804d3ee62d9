//! Pages of entities, with links from each to the next.

use serde_json::{Value, json};
use url::form_urlencoded;

use super::Ask;
use crate::graph::errors::{Outcome, Refusal};
use crate::graph::odata::{Options, compare, project, skiptoken};
use crate::graph::reply::Reply;
use crate::graph::shapes::set;
use crate::graph::types::EntityType;

const PAGE: usize = 200;
const LARGEST_PAGE: usize = 999;

/// Size of the page that is asked for.
fn size(options: &Options) -> usize {
    options.top.unwrap_or(PAGE).min(LARGEST_PAGE)
}

/// The link to this very request with another value of one option.
pub(super) fn link(ask: &Ask<'_>, drop: &[&str], name: &str, value: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(ask.query.without(drop));
    query.append_pair(name, value);
    // OData names keep their dollar sign in the links that Graph gives.
    let query = query.finish().replace("%24", "$");
    format!("{}{}?{query}", ask.shared.base, ask.call.below())
}

/// Filters, orders, cuts and projects.
pub(super) fn page(
    ask: &Ask<'_>,
    mut entities: Vec<Value>,
    options: &Options,
    of: &EntityType,
    context: &str,
) -> Reply {
    if let Some(filter) = &options.filter {
        entities.retain(|entity| filter.holds(entity));
    }
    entities.sort_by(|left, right| compare(&options.orderby, left, right));
    let pages = ask.operation.query.contains(&"$skiptoken");
    let size = if pages { size(options) } else { options.top.unwrap_or(usize::MAX) };
    let next = options.skip.saturating_add(size);
    let more = pages && next < entities.len();
    let shown: Vec<Value> = entities
        .iter()
        .skip(options.skip)
        .take(size)
        .map(|entity| finish(entity, options, of))
        .collect();
    let mut body = json!({"@odata.context": ask.context(context), "value": shown});
    if more {
        let link = link(ask, &["$skiptoken"], "$skiptoken", &skiptoken(next));
        set(&mut body, "@odata.nextLink", link.into());
    }
    Reply::json(body)
}

/// One entity with its context.
pub(super) fn single(
    ask: &Ask<'_>,
    entity: &Value,
    options: &Options,
    of: &EntityType,
    context: &str,
) -> Reply {
    let mut body = finish(entity, options, of);
    set(&mut body, "@odata.context", ask.context(context));
    Reply::json(body)
}

/// The selected properties, and what was expanded.
fn finish(entity: &Value, options: &Options, of: &EntityType) -> Value {
    let mut shown = project(entity, options.select.as_deref(), of);
    for (name, _) in of.navigation {
        let value = entity.get(*name);
        match options.expand.iter().find(|expand| expand.name == *name) {
            Some(_) => set(&mut shown, name, value.cloned().unwrap_or_default()),
            None => {
                if let Some(object) = shown.as_object_mut() {
                    object.remove(*name);
                }
            }
        }
    }
    shown
}

/// A page of changes: those after a count, or everything.
pub(super) fn changes(
    ask: &Ask<'_>,
    changed: impl Fn(Option<u64>) -> Vec<Value>,
    options: &Options,
    of: &EntityType,
    context: &str,
) -> Outcome<Reply> {
    let token = ask.query.get("token").or(ask.query.get("$deltatoken"));
    let now = ask.world.changes;
    let (since, offset) = match token {
        None => (None, 0),
        Some("latest") => (Some(now), 0),
        Some(token) => read_token(token)?,
    };
    let entities = changed(since);
    let end = offset.saturating_add(size(options));
    let shown: Vec<Value> = entities
        .iter()
        .skip(offset)
        .take(size(options))
        .map(|entity| finish(entity, options, of))
        .collect();
    let mut body = json!({"@odata.context": ask.context(context), "value": shown});
    let dropped = ["token", "$deltatoken"];
    if end < entities.len() {
        let since = since.map_or_else(|| "all".to_owned(), |since| since.to_string());
        let next = link(ask, &dropped, "token", &format!("next-{since}-{end}"));
        set(&mut body, "@odata.nextLink", next.into());
    } else {
        let delta = link(ask, &dropped, "token", &format!("since-{now}-0"));
        set(&mut body, "@odata.deltaLink", delta.into());
    }
    Ok(Reply::json(body))
}

fn read_token(token: &str) -> Outcome<(Option<u64>, usize)> {
    let wrong = || Refusal::invalid_request("The provided delta token is not valid.");
    let mut parts = token.split('-').skip(1);
    let (since, offset) = (parts.next().ok_or_else(wrong)?, parts.next().ok_or_else(wrong)?);
    let since = match since {
        "all" => None,
        count => Some(count.parse().map_err(|_| wrong())?),
    };
    Ok((since, offset.parse().map_err(|_| wrong())?))
}
