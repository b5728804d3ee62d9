//! Drives, and the files and folders in them.

use std::cmp::Ordering;

use serde_json::{Value, json};

use super::Ask;
use super::changes::changes;
use super::paging::{page, single};
use crate::graph::content;
use crate::graph::errors::{Outcome, Refusal};
use crate::graph::kql::words;
use crate::graph::model::{Drive, Item, Kind};
use crate::graph::odata::{Expand, Options, project};
use crate::graph::reply::Reply;
use crate::graph::shapes::{self, set};
use crate::graph::types::{DRIVE, DRIVE_ITEM, EntityType, FIELDS, LIST_ITEM};

const ITEMS: &str = "Collection(driveItem)";
const ITEM: &str = "drives('')/items/$entity";

pub(super) fn drive(ask: &Ask<'_>) -> Outcome<Reply> {
    let options = ask.query.options(ask.operation, &DRIVE)?;
    let drive = my(ask)?;
    Ok(single(ask, &shapes::drive(ask.world, drive), &options, &DRIVE, "drives/$entity"))
}

fn my<'a>(ask: &Ask<'a>) -> Outcome<&'a Drive> {
    ask.world.drive(ask.var(0), ask.person)
}

pub(super) fn item<'a>(ask: &Ask<'a>) -> Outcome<&'a Item> {
    ask.world.item(my(ask)?, ask.var(1), ask.person)
}

fn by_path<'a>(ask: &Ask<'a>) -> Outcome<&'a Item> {
    ask.world.item_by_path(my(ask)?, ask.var(1), ask.person)
}

pub(super) fn root(ask: &Ask<'_>) -> Outcome<Reply> {
    one(ask, ask.world.root(my(ask)?, ask.person)?)
}

pub(super) fn get(ask: &Ask<'_>) -> Outcome<Reply> {
    one(ask, item(ask)?)
}

pub(super) fn get_by_path(ask: &Ask<'_>) -> Outcome<Reply> {
    one(ask, by_path(ask)?)
}

pub(super) fn children(ask: &Ask<'_>) -> Outcome<Reply> {
    below(ask, item(ask)?)
}

pub(super) fn children_by_path(ask: &Ask<'_>) -> Outcome<Reply> {
    below(ask, by_path(ask)?)
}

pub(super) fn one(ask: &Ask<'_>, item: &Item) -> Outcome<Reply> {
    let options = ask.query.options(ask.operation, &DRIVE_ITEM)?;
    let value = full(ask, item, &options.expand);
    Ok(single(ask, &value, &options, &DRIVE_ITEM, ITEM))
}

fn below(ask: &Ask<'_>, folder: &Item) -> Outcome<Reply> {
    let mut options = ask.query.options(ask.operation, &DRIVE_ITEM)?;
    refuse_odd_order(&options)?;
    if options.orderby.is_empty() {
        options.orderby = vec![("name".to_owned(), Ordering::Less)];
    }
    let found = ask
        .world
        .children_of(folder)
        .filter(|item| ask.world.sees(ask.person, item))
        .map(|item| full(ask, item, &options.expand))
        .collect();
    Ok(page(ask, found, &options, &DRIVE_ITEM, ITEMS))
}

/// Folders can be ordered by few properties only.
fn refuse_odd_order(options: &Options) -> Outcome<()> {
    const SORTABLE: [&str; 4] = ["name", "size", "lastModifiedDateTime", "createdDateTime"];
    match options.orderby.iter().find(|(name, _)| !SORTABLE.contains(&name.as_str())) {
        Some(_) => Err(Refusal::invalid_request("Order by is not supported for this property.")),
        None => Ok(()),
    }
}

/// An item with what was asked to be expanded.
fn full(ask: &Ask<'_>, item: &Item, expand: &[Expand]) -> Value {
    let download = content::current(ask.shared, item);
    let mut value = shapes::drive_item(ask.world, item, download);
    for wanted in expand {
        let related = if wanted.name.as_str() == "listItem" {
            match row(ask, item) {
                Some(row) => trim(&row, wanted),
                None => Value::Null,
            }
        } else {
            let seen = ask.world.children_of(item);
            seen.filter(|child| ask.world.sees(ask.person, child))
                .map(|child| {
                    let child = full(ask, child, &wanted.expand);
                    project_with(&child, wanted, &DRIVE_ITEM)
                })
                .collect()
        };
        set(&mut value, &wanted.name, related);
    }
    value
}

/// The item's row in its library; the root has none.
fn row(ask: &Ask<'_>, item: &Item) -> Option<Value> {
    if matches!(item.kind, Kind::Root) || item.deleted {
        return None;
    }
    let drive = ask.world.drives.iter().find(|drive| drive.id == item.drive)?;
    let site = ask.world.site_of(&drive.site)?;
    let list = content::list_of(ask.world, drive)?;
    Some(shapes::list_item_of_file(ask.world, site, list, item))
}

/// A list item as an expansion wants it.
pub(super) fn trim(row: &Value, wanted: &Expand) -> Value {
    project_with(row, wanted, &LIST_ITEM)
}

fn project_with(entity: &Value, wanted: &Expand, of: &EntityType) -> Value {
    let mut value = project(entity, wanted.select.as_deref(), of);
    for (name, target) in of.navigation {
        match wanted.expand.iter().find(|expand| expand.name == *name) {
            Some(inner) => {
                let related = entity.get(*name).cloned().unwrap_or_default();
                set(&mut value, name, project_with(&related, inner, target));
            }
            None => {
                if let Some(object) = value.as_object_mut() {
                    object.remove(*name);
                }
            }
        }
    }
    value
}

pub(super) fn list_item(ask: &Ask<'_>) -> Outcome<Reply> {
    let options = ask.query.options(ask.operation, &LIST_ITEM)?;
    let mut value = row(ask, item(ask)?).ok_or_else(Refusal::not_found)?;
    expand_fields(&mut value, &options);
    Ok(single(ask, &value, &options, &LIST_ITEM, "listItems/$entity"))
}

/// Keeps only the selected columns; of people and lookups there is only the id when none is selected.
pub(super) fn expand_fields(row: &mut Value, options: &Options) {
    let wanted = options.expand.iter().find(|expand| expand.name == "fields");
    let (Some(wanted), Some(fields)) = (wanted, row.get("fields").cloned()) else {
        return;
    };
    let mut kept = project(&fields, wanted.select.as_deref(), &FIELDS);
    if let (None, Some(kept)) = (&wanted.select, kept.as_object_mut()) {
        kept.retain(|name, _| fields.get(format!("{name}LookupId")).is_none());
    }
    set(row, "fields", kept);
}

pub(super) fn search(ask: &Ask<'_>) -> Outcome<Reply> {
    let options = ask.query.options(ask.operation, &DRIVE_ITEM)?;
    let drive = my(ask)?;
    let text = unquote(ask.var(1))?;
    let wanted: Vec<String> = words(&text).collect();
    let found = ask
        .world
        .items
        .iter()
        .filter(|item| item.drive == drive.id && !matches!(item.kind, Kind::Root))
        .filter(|item| ask.world.sees(ask.person, item))
        .filter(|item| {
            let body = item.current().map(|version| version.text.as_str()).unwrap_or_default();
            let own: Vec<String> = words(&format!("{} {body}", item.name)).collect();
            wanted.iter().all(|word| own.iter().any(|own| own.starts_with(word.as_str())))
        })
        .map(|item| {
            let mut value = full(ask, item, &options.expand);
            set(&mut value, "searchResult", json!({}));
            // The service leaves the path out of what it finds this way.
            if let Some(parent) = value.get_mut("parentReference").and_then(Value::as_object_mut) {
                parent.remove("path");
            }
            value
        })
        .collect();
    Ok(page(ask, found, &options, &DRIVE_ITEM, ITEMS))
}

/// The text between the quotes; a quote inside must be doubled.
fn unquote(text: &str) -> Outcome<String> {
    let plain = text.replace("''", "\u{0}");
    if plain.contains('\'') {
        return Err(Refusal::bad_request(
            "Syntax error: there is an unterminated string literal in the function parameters.",
        ));
    }
    Ok(plain.replace('\u{0}', "'"))
}

pub(super) fn delta(ask: &Ask<'_>) -> Outcome<Reply> {
    let options = ask.query.options(ask.operation, &DRIVE_ITEM)?;
    let drive = my(ask)?;
    ask.world.root(drive, ask.person)?;
    let changed = |since: Option<u64>| {
        ask.world
            .items
            .iter()
            .filter(|item| item.drive == drive.id)
            .filter(|item| match since {
                None => ask.world.sees(ask.person, item),
                Some(since) => {
                    item.change > since && (item.deleted || ask.world.sees(ask.person, item))
                }
            })
            .map(|item| full(ask, item, &[]))
            .collect()
    };
    changes(ask, changed, &options, &DRIVE_ITEM, ITEMS)
}
