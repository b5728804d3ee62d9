//! People, sites, drives of sites, and the catalogue of labels.

use http::StatusCode;
use serde_json::Value;

use super::Ask;
use super::paging::{page, single};
use crate::graph::errors::{Outcome, Refusal};
use crate::graph::labels::CATALOGUE;
use crate::graph::model::Site;
use crate::graph::odata::{Options, project};
use crate::graph::reply::Reply;
use crate::graph::shapes::{self, set};
use crate::graph::types::{DRIVE, LABEL, LIST, SITE, USER};

pub(super) fn me(ask: &Ask<'_>) -> Outcome<Reply> {
    let options = ask.query.options(ask.operation, &USER)?;
    Ok(single(ask, &shapes::user(ask.person), &options, &USER, "users/$entity"))
}

pub(super) fn my_drive(ask: &Ask<'_>) -> Outcome<Reply> {
    let options = ask.query.options(ask.operation, &DRIVE)?;
    let own = ask.world.sites.iter().find(|site| site.personal.as_deref() == Some(ask.person.oid));
    let drive = own.and_then(|site| ask.world.drives_of(site).next());
    let drive = drive.ok_or_else(|| Refusal {
        message: "User's mysite not found.".to_owned(),
        ..Refusal::not_found()
    })?;
    Ok(single(ask, &shapes::drive(ask.world, drive), &options, &DRIVE, "drives/$entity"))
}

fn site<'a>(ask: &Ask<'a>) -> Outcome<&'a Site> {
    ask.world.site(ask.var(0), ask.person)
}

pub(super) fn search(ask: &Ask<'_>) -> Outcome<Reply> {
    let options = ask.query.options(ask.operation, &SITE)?;
    let Some(text) = ask.query.get("search") else {
        return Err(Refusal::invalid_request("The 'search' query option is required."));
    };
    let words: Vec<String> = text.to_lowercase().split_whitespace().map(str::to_owned).collect();
    let found = ask
        .world
        .sites
        .iter()
        .filter(|site| site.access.allows(ask.person) && site.personal.is_none())
        .filter(|site| {
            let own = format!("{} {} {}", site.title, site.name, site.description).to_lowercase();
            words.iter().all(|word| word == "*" || own.contains(word.trim_end_matches('*')))
        })
        .map(shapes::site)
        .collect();
    Ok(page(ask, found, &options, &SITE, "sites"))
}

pub(super) fn get(ask: &Ask<'_>) -> Outcome<Reply> {
    one(ask, site(ask)?)
}

pub(super) fn get_by_path(ask: &Ask<'_>) -> Outcome<Reply> {
    one(ask, ask.world.site_by_path(ask.var(0), ask.var(1), ask.person)?)
}

fn one(ask: &Ask<'_>, site: &Site) -> Outcome<Reply> {
    let options = ask.query.options(ask.operation, &SITE)?;
    let mut value = shapes::site(site);
    for expand in &options.expand {
        let related: Vec<Value> = match expand.name.as_str() {
            "drive" | "drives" => {
                let drives = ask.world.drives_of(site);
                drives
                    .map(|drive| {
                        project(&shapes::drive(ask.world, drive), expand.select.as_deref(), &DRIVE)
                    })
                    .collect()
            }
            "lists" => {
                let lists = ask.world.lists.iter().filter(|list| list.site == site.id);
                lists
                    .map(|list| project(&shapes::list(site, list), expand.select.as_deref(), &LIST))
                    .collect()
            }
            _ => {
                let below = ask.world.sites.iter().filter(|other| {
                    other.parent.as_deref() == Some(site.id.as_str())
                        && other.access.allows(ask.person)
                });
                below
                    .map(|site| project(&shapes::site(site), expand.select.as_deref(), &SITE))
                    .collect()
            }
        };
        let related = if expand.name == "drive" {
            related.into_iter().next().unwrap_or_default()
        } else {
            related.into()
        };
        set(&mut value, &expand.name, related);
    }
    Ok(single(ask, &value, &options, &SITE, "sites/$entity"))
}

pub(super) fn followed(ask: &Ask<'_>) -> Outcome<Reply> {
    let options = ask.query.options(ask.operation, &SITE)?;
    let found = ask
        .world
        .sites
        .iter()
        .filter(|site| site.access.allows(ask.person))
        .filter(|site| site.followers.iter().any(|oid| oid == ask.person.oid))
        .map(shapes::site)
        .collect();
    Ok(page(ask, found, &options, &SITE, "sites"))
}

pub(super) fn subsites(ask: &Ask<'_>) -> Outcome<Reply> {
    let options = ask.query.options(ask.operation, &SITE)?;
    let parent = site(ask)?;
    let found = ask
        .world
        .sites
        .iter()
        .filter(|site| site.parent.as_deref() == Some(parent.id.as_str()))
        .filter(|site| site.access.allows(ask.person))
        .map(shapes::site)
        .collect();
    Ok(page(ask, found, &options, &SITE, "sites"))
}

pub(super) fn drives(ask: &Ask<'_>) -> Outcome<Reply> {
    let options = ask.query.options(ask.operation, &DRIVE)?;
    let found =
        ask.world.drives_of(site(ask)?).map(|drive| shapes::drive(ask.world, drive)).collect();
    Ok(page(ask, found, &options, &DRIVE, "drives"))
}

pub(super) fn default_drive(ask: &Ask<'_>) -> Outcome<Reply> {
    let options = ask.query.options(ask.operation, &DRIVE)?;
    let drive = ask.world.drives_of(site(ask)?).next().ok_or_else(Refusal::not_found)?;
    Ok(single(ask, &shapes::drive(ask.world, drive), &options, &DRIVE, "drives/$entity"))
}

pub(super) fn labels(ask: &Ask<'_>) -> Outcome<Reply> {
    let options: Options = ask.query.options(ask.operation, &LABEL)?;
    if ask.person.groups.is_empty() {
        let message = "Guests have no sensitivity labels here.";
        return Err(Refusal::new(StatusCode::FORBIDDEN, "Forbidden", message));
    }
    let found =
        CATALOGUE.iter().filter(|label| label.parent.is_none()).map(shapes::label).collect();
    Ok(page(ask, found, &options, &LABEL, "security/dataSecurityAndGovernance/sensitivityLabels"))
}
