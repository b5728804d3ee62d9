//! Pages of entities, with links from each to the next.

use serde_json::{Value, json};
use url::form_urlencoded;

use super::Ask;
use crate::graph::odata::{Options, compare, project, skiptoken};
use crate::graph::reply::Reply;
use crate::graph::shapes::set;
use crate::graph::types::EntityType;

const PAGE: usize = 200;
const LARGEST_PAGE: usize = 999;

/// Size of the page that is asked for.
pub(super) fn size(options: &Options) -> usize {
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
pub(super) fn finish(entity: &Value, options: &Options, of: &EntityType) -> Value {
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
