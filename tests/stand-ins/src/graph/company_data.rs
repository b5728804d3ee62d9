//! What Harbourlight keeps: a shipping-light maker with a finance department, a laboratory, a board.

mod chart_room;
mod departments;
mod shared;

use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use serde_json::{Value, json};

use super::errors::Outcome;
use super::model::{Access, Author, Labelling, Link, Scope};
use super::world::{NewItem, NewSite, World, author};
use crate::company::{self, Group, PEOPLE, SHAREPOINT_HOST};

/// Host of everyone's `OneDrive`.
pub const ONEDRIVE_HOST: &str = "harbourlight-my.sharepoint.com";

/// The company on an ordinary day, made once for all who start a stand-in.
///
/// # Errors
/// Never, as long as the data below names only what it made before.
pub fn fresh() -> Outcome<Arc<World>> {
    static MADE: OnceLock<Outcome<Arc<World>>> = OnceLock::new();
    MADE.get_or_init(|| harbourlight().map(Arc::new)).clone()
}

/// The company on an ordinary day.
///
/// # Errors
/// Never, as long as the data below names only what it made before.
pub fn harbourlight() -> Outcome<World> {
    let mut world = World::default();
    shared::home(&mut world)?;
    departments::finance(&mut world)?;
    departments::research(&mut world)?;
    departments::board(&mut world)?;
    shared::onedrives(&mut world)?;
    chart_room::site(&mut world)?;
    Ok(world)
}

/// Writes files into one drive.
struct Desk<'a> {
    world: &'a mut World,
    drive: String,
}

impl Desk<'_> {
    /// A file written by a person of the company.
    fn file(
        &mut self,
        path: &str,
        (key, when): (&str, &str),
        labels: Labelling,
        text: &str,
    ) -> Outcome<String> {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let new = NewItem { drive: &self.drive, folder, name, when, by: by(key) };
        self.world.add_file(&new, text, labels)
    }

    /// A file of these bytes; the search index gets the text.
    fn bytes(
        &mut self,
        path: &str,
        (key, when): (&str, &str),
        labels: Labelling,
        (bytes, text): (Bytes, &str),
    ) -> Outcome<String> {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let new = NewItem { drive: &self.drive, folder, name, when, by: by(key) };
        self.world.add_bytes(&new, bytes, text, labels)
    }
}

/// A person by short name, or an account that is gone.
fn by(key: &str) -> Author {
    company::person(key).map_or_else(|| Author { name: key.to_owned(), oid: None }, author)
}

fn oid(key: &str) -> String {
    company::person(key).map(|person| person.oid.to_owned()).unwrap_or_default()
}

fn team_site(name: &str, title: &str, description: &str, access: Access) -> NewSite {
    NewSite {
        host: SHAREPOINT_HOST,
        path: if name.is_empty() { String::new() } else { format!("/sites/{name}") },
        title: title.to_owned(),
        description: description.to_owned(),
        followers: PEOPLE
            .iter()
            .filter(|person| access.allows(person))
            .map(|person| person.oid.to_owned())
            .collect(),
        access,
        parent: None,
        personal: None,
        created: "2026-01-12T08:00:00Z".to_owned(),
    }
}

fn row(fields: &[(&str, Value)]) -> std::collections::BTreeMap<String, Value> {
    fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
}

/// A link to look at something, without an end.
fn view(scope: Scope) -> Link {
    Link { scope, edit: false, expires: None }
}

fn everyone() -> Access {
    Access::group(Group::Everyone)
}

fn number(value: u32) -> Value {
    json!(value)
}

fn first_drive(world: &World, site: &str) -> String {
    world
        .drives
        .iter()
        .find(|drive| drive.site == site)
        .map(|drive| drive.id.clone())
        .unwrap_or_default()
}
