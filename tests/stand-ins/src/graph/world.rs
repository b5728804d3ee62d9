//! The company's content, and who sees what of it.

mod change;
mod edit;
mod items;

pub use change::Addition;
pub use edit::{NewSite, column};
pub use items::NewItem;

use super::errors::{Outcome, Refusal};
use super::ids;
use super::model::{Access, Author, Drive, Item, Kind, List, Page, Row, Site};
use crate::company::Person;

/// Everything there is.
#[derive(Clone, Debug, Default)]
pub struct World {
    /// Sites and `OneDrives`.
    pub sites: Vec<Site>,
    /// Libraries.
    pub drives: Vec<Drive>,
    /// Files and folders.
    pub items: Vec<Item>,
    /// Lists, with the lists of libraries.
    pub lists: Vec<List>,
    /// Rows of the lists that are not libraries.
    pub rows: Vec<Row>,
    /// Site pages.
    pub pages: Vec<Page>,
    /// How often anything changed.
    pub changes: u64,
}

impl World {
    /// A site that this person may open.
    pub fn site(&self, id: &str, person: &Person) -> Outcome<&Site> {
        let site = self.find_site(id)?;
        if site.access.allows(person) { Ok(site) } else { Err(Refusal::access_denied()) }
    }

    fn find_site(&self, id: &str) -> Outcome<&Site> {
        let root = self.sites.iter().find(|site| site.path.is_empty());
        if id == "root" {
            return root.ok_or_else(Refusal::not_found);
        }
        let parts: Vec<&str> = id.split(',').collect();
        let host = parts.first().copied().unwrap_or_default();
        if !self.sites.iter().any(|site| site.host.eq_ignore_ascii_case(host)) {
            return Err(Refusal::invalid_request("Invalid hostname for this tenancy"));
        }
        if parts.len() == 1 {
            return root.ok_or_else(Refusal::not_found);
        }
        if parts.len() > 3 || parts.iter().skip(1).any(|part| uuid::Uuid::parse_str(part).is_err())
        {
            return Err(Refusal::invalid_request("Provided site id is malformed"));
        }
        self.sites
            .iter()
            .find(|site| {
                parts
                    .iter()
                    .enumerate()
                    .all(|(at, part)| site.id_part(at).eq_ignore_ascii_case(part))
            })
            .ok_or_else(|| Refusal {
                message: "Requested site could not be found".into(),
                ..Refusal::not_found()
            })
    }

    /// A site by host and path.
    pub fn site_by_path(&self, host: &str, path: &str, person: &Person) -> Outcome<&Site> {
        if !self.sites.iter().any(|site| site.host.eq_ignore_ascii_case(host)) {
            return Err(Refusal::invalid_request("Invalid hostname for this tenancy"));
        }
        let path = format!("/{}", path.trim_matches('/'));
        let site = self
            .sites
            .iter()
            .find(|site| {
                site.host.eq_ignore_ascii_case(host) && site.path.eq_ignore_ascii_case(&path)
            })
            .ok_or_else(|| Refusal {
                message: "Requested site could not be found".into(),
                ..Refusal::not_found()
            })?;
        self.site(&site.id, person)
    }

    /// The site of a thing that names it, whoever asks.
    pub fn site_of(&self, id: &str) -> Option<&Site> {
        self.sites.iter().find(|site| site.id == id)
    }

    /// A drive that this person may open, or in which something was shared with them.
    pub fn drive(&self, id: &str, person: &Person) -> Outcome<&Drive> {
        if !ids::is_drive(id) {
            return Err(Refusal::invalid_request(
                "The provided drive id appears to be malformed, or does not represent a valid drive.",
            ));
        }
        let drive =
            self.drives.iter().find(|drive| drive.id == id).ok_or_else(Refusal::not_found)?;
        let site = self.site_of(&drive.site).ok_or_else(Refusal::not_found)?;
        if site.access.allows(person) {
            return Ok(drive);
        }
        let shared =
            self.items.iter().any(|item| item.drive == drive.id && self.sees(person, item));
        match (shared, site.personal.is_some()) {
            (true, _) => Ok(drive),
            (false, true) => Err(Refusal::not_found()),
            (false, false) => Err(Refusal::access_denied()),
        }
    }

    /// The library of a list.
    pub fn drive_of_list(&self, list: &str) -> Option<&Drive> {
        self.drives.iter().find(|drive| drive.list == list)
    }

    /// The drives of a site; the first is the default one.
    pub fn drives_of<'a>(&'a self, site: &'a Site) -> impl Iterator<Item = &'a Drive> {
        self.drives.iter().filter(|drive| drive.site == site.id)
    }

    /// An item that this person may see.
    pub fn item(&self, drive: &Drive, id: &str, person: &Person) -> Outcome<&Item> {
        if id == "root" {
            return self.root(drive, person);
        }
        if !ids::is_item(id) {
            return Err(Refusal::invalid_request("Invalid request"));
        }
        self.items
            .iter()
            .find(|item| item.drive == drive.id && item.id == id && self.sees(person, item))
            .ok_or_else(Refusal::not_found)
    }

    /// The root of a drive, for a person who may open the whole drive.
    pub fn root(&self, drive: &Drive, person: &Person) -> Outcome<&Item> {
        let root = self.top(drive).ok_or_else(Refusal::not_found)?;
        if self.sees(person, root) { Ok(root) } else { Err(Refusal::access_denied()) }
    }

    fn top(&self, drive: &Drive) -> Option<&Item> {
        self.items.iter().find(|item| item.drive == drive.id && matches!(item.kind, Kind::Root))
    }

    /// An item by its path below the root.
    pub fn item_by_path(&self, drive: &Drive, path: &str, person: &Person) -> Outcome<&Item> {
        let mut at = self.top(drive).ok_or_else(Refusal::not_found)?;
        for name in path.split('/').filter(|name| !name.is_empty()) {
            at = self
                .children_of(at)
                .find(|item| item.name.to_lowercase() == name.to_lowercase())
                .ok_or_else(Refusal::not_found)?;
        }
        if self.sees(person, at) { Ok(at) } else { Err(Refusal::not_found()) }
    }

    /// What lies in a folder and is not deleted, whoever asks.
    pub fn children_of<'a>(&'a self, folder: &'a Item) -> impl Iterator<Item = &'a Item> {
        self.items.iter().filter(|item| {
            !item.deleted
                && item.drive == folder.drive
                && item.parent.as_deref() == Some(folder.id.as_str())
        })
    }

    /// The folder an item lies in.
    pub fn parent_of(&self, item: &Item) -> Option<&Item> {
        let parent = item.parent.as_deref()?;
        self.items.iter().find(|other| other.drive == item.drive && other.id == parent)
    }

    /// Whether a person may see an item.
    pub fn sees(&self, person: &Person, item: &Item) -> bool {
        !item.deleted && self.access_of(item).is_some_and(|access| access.allows(person))
    }

    /// Who may see an item: its own rule, or that of the nearest thing it lies in.
    pub fn access_of<'a>(&'a self, item: &'a Item) -> Option<&'a Access> {
        let mut at = item;
        for _ in 0..64 {
            if let Some(access) = &at.access {
                return Some(access);
            }
            match self.parent_of(at) {
                Some(parent) => at = parent,
                None => break,
            }
        }
        let drive = self.drives.iter().find(|drive| drive.id == item.drive)?;
        self.site_of(&drive.site).map(|site| &site.access)
    }

    /// The names from the root down to an item.
    pub fn names_to(&self, item: &Item) -> Vec<String> {
        let mut names = Vec::new();
        let mut at = Some(item);
        while let Some(item) = at.filter(|item| !matches!(item.kind, Kind::Root)) {
            names.push(item.name.clone());
            at = self.parent_of(item).filter(|_| names.len() < 64);
        }
        names.reverse();
        names
    }

    /// A list that this person may open, by id or by name.
    pub fn list(&self, site: &Site, id: &str) -> Outcome<&List> {
        self.lists
            .iter()
            .find(|list| {
                list.site == site.id
                    && (list.id.eq_ignore_ascii_case(id) || list.name == id || list.title == id)
            })
            .ok_or_else(|| Refusal {
                message: "The specified list was not found".into(),
                ..Refusal::not_found()
            })
    }
}

/// A person of the company as an author.
pub fn author(person: &Person) -> Author {
    Author { name: person.name.to_owned(), oid: Some(person.oid.to_owned()) }
}
