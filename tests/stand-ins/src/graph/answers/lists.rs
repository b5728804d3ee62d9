//! Lists, rows and pages.

use serde_json::Value;

use super::Ask;
use super::changes::changes;
use super::files::{expand_fields, trim};
use super::paging::{page as page_of, single};
use crate::graph::errors::{Outcome, Refusal};
use crate::graph::model::{Column, List, Site};
use crate::graph::odata::{Options, project};
use crate::graph::reply::Reply;
use crate::graph::shapes::{self, set};
use crate::graph::types::{COLUMN, LIST, LIST_ITEM, SITE_PAGE};

const ROWS: &str = "Collection(listItem)";

fn site<'a>(ask: &Ask<'a>) -> Outcome<&'a Site> {
    ask.world.site(ask.var(0), ask.person)
}

fn list<'a>(ask: &Ask<'a>) -> Outcome<(&'a Site, &'a List)> {
    let site = site(ask)?;
    Ok((site, ask.world.list(site, ask.var(1))?))
}

pub(super) fn all(ask: &Ask<'_>) -> Outcome<Reply> {
    let options = ask.query.options(ask.operation, &LIST)?;
    let site = site(ask)?;
    let own = ask.world.lists.iter().filter(|list| list.site == site.id);
    let found = own.map(|list| shapes::list(site, list)).collect();
    Ok(page_of(ask, found, &options, &LIST, "lists"))
}

pub(super) fn get(ask: &Ask<'_>) -> Outcome<Reply> {
    let options = ask.query.options(ask.operation, &LIST)?;
    let (site, list) = list(ask)?;
    let mut value = shapes::list(site, list);
    for expand in &options.expand {
        let related: Value = match expand.name.as_str() {
            "columns" => list
                .columns
                .iter()
                .map(|column| {
                    project(&shapes::column(list, column), expand.select.as_deref(), &COLUMN)
                })
                .collect(),
            "items" => {
                rows(ask, site, list, None).iter().map(|(_, row)| trim(row, expand)).collect()
            }
            _ => {
                let drive = ask.world.drive_of_list(&list.id);
                drive.map(|drive| shapes::drive(ask.world, drive)).unwrap_or_default()
            }
        };
        set(&mut value, &expand.name, related);
    }
    Ok(single(ask, &value, &options, &LIST, "lists/$entity"))
}

pub(super) fn columns(ask: &Ask<'_>) -> Outcome<Reply> {
    let options = ask.query.options(ask.operation, &COLUMN)?;
    let (_, list) = list(ask)?;
    let found = list.columns.iter().map(|column| shapes::column(list, column)).collect();
    Ok(page_of(ask, found, &options, &COLUMN, "columns"))
}

/// The rows of a list that changed after a count, as numbers and list items.
fn rows(ask: &Ask<'_>, site: &Site, list: &List, since: Option<u64>) -> Vec<(u32, Value)> {
    let world = ask.world;
    let after = |deleted: bool, change: u64| since.map_or(!deleted, |since| change > since);
    let mut found: Vec<(u32, Value)> = world
        .rows
        .iter()
        .filter(|row| row.list == list.id && after(row.deleted, row.change))
        .map(|row| (row.number, shapes::list_item_of_row(site, list, row)))
        .collect();
    if since.is_none() {
        let pages = world.pages.iter().filter(|page| page.list == list.id);
        found.extend(pages.map(|page| (page.row, shapes::list_item_of_page(site, list, page))));
    }
    if let Some(drive) = world.drive_of_list(&list.id) {
        let items = world.items.iter().filter(|item| {
            item.drive == drive.id
                && item.row > 0
                && after(false, item.change)
                && world.sees(ask.person, item)
        });
        found.extend(
            items.map(|item| (item.row, shapes::list_item_of_file(world, site, list, item))),
        );
    }
    found
}

pub(super) fn items(ask: &Ask<'_>) -> Outcome<Reply> {
    let options = ask.query.options(ask.operation, &LIST_ITEM)?;
    let (site, list) = list(ask)?;
    refuse_unindexed(ask, list, &options)?;
    let mut found: Vec<(u32, Value)> = rows(ask, site, list, None);
    if let Some(filter) = &options.filter {
        found.retain(|(_, row)| filter.holds(row));
    }
    found.sort_by(|left, right| {
        crate::graph::odata::compare(&options.orderby, &left.1, &right.1).then(left.0.cmp(&right.0))
    });
    let found = found
        .into_iter()
        .map(|(_, mut row)| {
            expand_fields(&mut row, &options);
            row
        })
        .collect();
    // Both are done: the columns they look at may not have been selected.
    let options = Options { filter: None, orderby: Vec::new(), ..options };
    Ok(page_of(ask, found, &options, &LIST_ITEM, ROWS))
}

/// Filters and orders by columns without an index need a word of consent.
fn refuse_unindexed(ask: &Ask<'_>, list: &List, options: &Options) -> Outcome<()> {
    let consents = ask
        .call
        .header("prefer")
        .is_some_and(|value| value.contains("HonorNonIndexedQueriesWarningMayFailRandomly"));
    let filtered = options.filter.iter().flat_map(|filter| filter.paths());
    let ordered = options.orderby.iter().map(|(path, _)| path.as_str());
    for path in filtered.chain(ordered) {
        let Some(name) = path.strip_prefix("fields/") else {
            continue;
        };
        let own = ["id", "Created", "Modified", "ContentType"].contains(&name);
        let known = |column: &&Column| column.name == name || column.plain_name() == name;
        match list.columns.iter().find(known) {
            None if !own => {
                return Err(Refusal::invalid_request(format!("Field '{name}' is not recognized")));
            }
            Some(column) if !column.indexed && !consents => {
                return Err(Refusal::invalid_request(format!(
                    "Field '{name}' cannot be referenced in filter or orderby as it is not indexed. Provide the 'Prefer: HonorNonIndexedQueriesWarningMayFailRandomly' header to allow this, but be warned that such queries may fail on large lists."
                )));
            }
            None | Some(_) => {}
        }
    }
    Ok(())
}

pub(super) fn item(ask: &Ask<'_>) -> Outcome<Reply> {
    let options = ask.query.options(ask.operation, &LIST_ITEM)?;
    let (site, list) = list(ask)?;
    let wanted = ask.var(2);
    let found = rows(ask, site, list, None).into_iter().find(|(number, row)| {
        number.to_string() == wanted
            || row
                .pointer("/sharepointIds/listItemUniqueId")
                .and_then(Value::as_str)
                .is_some_and(|unique| unique.eq_ignore_ascii_case(wanted))
    });
    let (_, mut row) = found.ok_or_else(Refusal::not_found)?;
    expand_fields(&mut row, &options);
    Ok(single(ask, &row, &options, &LIST_ITEM, "listItems/$entity"))
}

pub(super) fn delta(ask: &Ask<'_>) -> Outcome<Reply> {
    let options = ask.query.options(ask.operation, &LIST_ITEM)?;
    let (site, list) = list(ask)?;
    let changed = |since| {
        let found = rows(ask, site, list, since).into_iter();
        found
            .map(|(_, mut row)| {
                expand_fields(&mut row, &options);
                row
            })
            .collect()
    };
    changes(ask, changed, &options, &LIST_ITEM, ROWS)
}

pub(super) fn pages(ask: &Ask<'_>) -> Outcome<Reply> {
    let options = ask.query.options(ask.operation, &SITE_PAGE)?;
    let site = site(ask)?;
    let own = ask.world.pages.iter().filter(|page| page.site == site.id);
    let found = own.map(|page| shapes::page(site, page)).collect();
    Ok(page_of(ask, found, &options, &SITE_PAGE, "Collection(sitePage)"))
}

pub(super) fn page(ask: &Ask<'_>) -> Outcome<Reply> {
    let options = ask.query.options(ask.operation, &SITE_PAGE)?;
    let site = site(ask)?;
    let wanted = ask.var(1);
    let page = ask
        .world
        .pages
        .iter()
        .find(|page| page.site == site.id && page.id.eq_ignore_ascii_case(wanted))
        .ok_or_else(Refusal::not_found)?;
    let mut value = shapes::page(site, page);
    if options.expand.iter().any(|expand| expand.name == "canvasLayout") {
        set(&mut value, "canvasLayout", shapes::canvas(page));
    }
    Ok(single(ask, &value, &options, &SITE_PAGE, "sitePages/$entity"))
}
