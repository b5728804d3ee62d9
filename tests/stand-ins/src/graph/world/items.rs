//! How files and folders come, change, move and go.

use bytes::Bytes;

use super::World;
use crate::graph::errors::{Outcome, Refusal};
use crate::graph::model::{Author, Item, Kind, Labelling, Link, Version};
use crate::graph::{files, ids};

/// What a new file or folder is like.
#[derive(Clone, Debug)]
pub struct NewItem<'a> {
    /// Drive.
    pub drive: &'a str,
    /// Folder, as a path below the root; made when it is not there.
    pub folder: &'a str,
    /// Name.
    pub name: &'a str,
    /// When.
    pub when: &'a str,
    /// By whom.
    pub by: Author,
}

impl World {
    /// Adds a file with this text, or a new version of it; answers its id.
    pub fn add_file(
        &mut self,
        new: &NewItem<'_>,
        text: &str,
        labels: Labelling,
    ) -> Outcome<String> {
        let bytes = files::render(new.name, text, &labels);
        self.add_bytes(new, bytes, text, labels)
    }

    /// Adds a file with these bytes, or a new version of it; the search index gets the text.
    pub fn add_bytes(
        &mut self,
        new: &NewItem<'_>,
        bytes: Bytes,
        text: &str,
        labels: Labelling,
    ) -> Outcome<String> {
        let version = Version {
            bytes,
            text: text.to_owned(),
            modified: new.when.to_owned(),
            by: new.by.clone(),
        };
        let id = self.add_item(new, Kind::File(Vec::new()))?;
        let change = self.changes;
        let item = self.item_mut(new.drive, &id).ok_or_else(Refusal::not_found)?;
        if let Kind::File(versions) = &mut item.kind {
            versions.push(version);
        }
        new.when.clone_into(&mut item.modified);
        item.modified_by = new.by.clone();
        item.labels = labels;
        item.change = change;
        Ok(id)
    }

    /// Adds a folder, notebook, shortcut or empty file unless one of that name is there; answers its id.
    pub fn add_item(&mut self, new: &NewItem<'_>, kind: Kind) -> Outcome<String> {
        self.changes += 1;
        let parent = self.ensure_folder(new)?;
        let there = self.items.iter().find(|item| {
            !item.deleted
                && item.drive == new.drive
                && item.parent.as_deref() == Some(parent.as_str())
                && item.name == new.name
        });
        if let Some(item) = there {
            return Ok(item.id.clone());
        }
        let unique = ids::guid(&format!("{}:{parent}:{}:{}", new.drive, new.name, self.changes));
        let item = self.blank(new.drive, Some(parent), new.name, new.when, &new.by, unique);
        let id = item.id.clone();
        self.items.push(Item { kind, ..item });
        Ok(id)
    }

    /// Deletes an item and everything in it.
    pub fn delete_item(&mut self, drive: &str, id: &str) -> Outcome<()> {
        self.changes += 1;
        let change = self.changes;
        let mut doomed = vec![id.to_owned()];
        let mut at = 0;
        while let Some(next) = doomed.get(at).cloned() {
            let inside = self.items.iter().filter(|item| {
                item.drive == drive && item.parent.as_deref() == Some(next.as_str())
            });
            doomed.extend(inside.map(|item| item.id.clone()).collect::<Vec<_>>());
            at += 1;
        }
        if self.item_mut(drive, id).is_none() {
            return Err(Refusal::not_found());
        }
        for id in doomed {
            if let Some(item) = self.item_mut(drive, &id) {
                item.deleted = true;
                item.change = change;
            }
        }
        Ok(())
    }

    /// Moves an item into a folder, gives it a name, or both.
    pub fn move_item(
        &mut self,
        drive: &str,
        id: &str,
        (folder, name): (Option<&str>, Option<&str>),
    ) -> Outcome<()> {
        self.changes += 1;
        let found = self.item_mut(drive, id).ok_or_else(Refusal::not_found)?;
        let (when, by) = (found.modified.clone(), found.modified_by.clone());
        let parent = match folder {
            Some(folder) => {
                Some(self.ensure_folder(&NewItem { drive, folder, name: "", when: &when, by })?)
            }
            None => None,
        };
        if parent.as_deref() == Some(id) {
            return Err(Refusal::bad_request("an item cannot lie in itself"));
        }
        let change = self.changes;
        let item = self.item_mut(drive, id).ok_or_else(Refusal::not_found)?;
        if parent.is_some() {
            item.parent = parent;
        }
        if let Some(name) = name {
            name.clone_into(&mut item.name);
        }
        item.change = change;
        Ok(())
    }

    /// Shares an item with a link.
    pub fn share(&mut self, drive: &str, id: &str, link: Link) {
        if let Some(item) = self.item_mut(drive, id) {
            item.links.push(link);
        }
    }

    /// An item to change, by its ids.
    pub fn item_mut(&mut self, drive: &str, id: &str) -> Option<&mut Item> {
        self.items.iter_mut().find(|item| item.drive == drive && item.id == id)
    }

    fn ensure_folder(&mut self, new: &NewItem<'_>) -> Outcome<String> {
        let mut at = self
            .items
            .iter()
            .find(|item| item.drive == new.drive && matches!(item.kind, Kind::Root))
            .map(|root| root.id.clone())
            .ok_or_else(Refusal::not_found)?;
        for name in new.folder.split('/').filter(|name| !name.is_empty()) {
            let found = self
                .items
                .iter()
                .find(|item| {
                    !item.deleted
                        && item.drive == new.drive
                        && item.parent.as_deref() == Some(at.as_str())
                        && item.name == name
                })
                .map(|item| item.id.clone());
            at = if let Some(id) = found {
                id
            } else {
                let unique = ids::guid(&format!("folder:{}:{at}:{name}", new.drive));
                let item = self.blank(new.drive, Some(at), name, new.when, &new.by, unique);
                let id = item.id.clone();
                self.items.push(item);
                id
            };
        }
        Ok(at)
    }

    pub(super) fn blank(
        &self,
        drive: &str,
        parent: Option<String>,
        name: &str,
        when: &str,
        by: &Author,
        unique: String,
    ) -> Item {
        Item {
            id: ids::item(drive, &unique),
            drive: drive.to_owned(),
            parent,
            name: name.to_owned(),
            kind: Kind::Folder,
            created: when.to_owned(),
            created_by: by.clone(),
            modified: when.to_owned(),
            modified_by: by.clone(),
            row: self.next_item_row(drive),
            unique,
            labels: Labelling::default(),
            malware: false,
            deleted: false,
            access: None,
            links: Vec::new(),
            change: self.changes,
        }
    }

    fn next_item_row(&self, drive: &str) -> u32 {
        let count = self.items.iter().filter(|item| item.drive == drive).count();
        u32::try_from(count).unwrap_or(u32::MAX)
    }
}
