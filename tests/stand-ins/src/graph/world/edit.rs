//! How content comes into the world, changes and leaves.

use std::collections::BTreeMap;

use bytes::Bytes;

use super::World;
use crate::graph::errors::{Outcome, Refusal};
use crate::graph::model::{
    Access, Author, Block, Column, Detail, Drive, Item, Kind, Labelling, Link, List, Page, Row,
    Section, Site, Version,
};
use crate::graph::{files, ids};

/// What a new site is like.
#[derive(Clone, Debug)]
pub struct NewSite {
    /// Host of its address.
    pub host: &'static str,
    /// Server-relative address.
    pub path: String,
    /// Title.
    pub title: String,
    /// What it is for.
    pub description: String,
    /// Who may open it.
    pub access: Access,
    /// The site it lies below.
    pub parent: Option<String>,
    /// The person whose `OneDrive` it is.
    pub personal: Option<String>,
    /// Who follows it.
    pub followers: Vec<String>,
    /// When it was made.
    pub created: String,
}

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
    /// Adds a site with its library of documents and its list of pages; answers its id.
    pub fn add_site(&mut self, new: NewSite) -> String {
        let url = format!("https://{}{}", new.host, new.path);
        let collection = ids::guid(&format!("collection:{url}"));
        let web = ids::guid(&format!("web:{url}"));
        let id = format!("{},{collection},{web}", new.host);
        self.sites.push(Site {
            id: id.clone(),
            name: new.path.rsplit('/').next().unwrap_or_default().to_owned(),
            title: new.title,
            description: new.description,
            host: new.host.to_owned(),
            path: new.path,
            modified: new.created.clone(),
            created: new.created,
            access: new.access,
            parent: new.parent,
            personal: new.personal.clone(),
            followers: new.followers,
        });
        let folder = if new.personal.is_some() { "Documents" } else { "Shared Documents" };
        let name = if new.personal.is_some() { "OneDrive" } else { "Documents" };
        self.add_library(&id, name, folder);
        if new.personal.is_none() {
            self.add_list(&id, "SitePages", "Site Pages", "webPageLibrary", Vec::new());
        }
        id
    }

    /// Adds a library to a site; answers the drive's id.
    pub fn add_library(&mut self, site: &str, name: &str, folder: &str) -> String {
        let columns = vec![
            column("FileLeafRef", "Name", "text", true),
            column("_IpLabelId", "Sensitivity label id", "text", false),
            column("_DisplayName", "Sensitivity", "text", false),
        ];
        let list = self.add_list(site, folder, name, "documentLibrary", columns);
        let (created, id) = self.site_of(site).map_or_else(Default::default, |found| {
            (found.created.clone(), ids::drive(found.id_part(1), found.id_part(2), &list))
        });
        self.drives.push(Drive {
            id: id.clone(),
            site: site.to_owned(),
            list,
            name: name.to_owned(),
            folder: folder.to_owned(),
            created: created.clone(),
        });
        let unique = ids::guid(&format!("root:{id}"));
        let by = Author { name: "System Account".to_owned(), oid: None };
        let item = self.blank(&id, None, "root", &created, &by, unique);
        self.items.push(Item { kind: Kind::Root, row: 0, ..item });
        id
    }

    /// Adds a list to a site; answers its id.
    pub fn add_list(
        &mut self,
        site: &str,
        name: &str,
        title: &str,
        template: &'static str,
        columns: Vec<Column>,
    ) -> String {
        let id = ids::guid(&format!("list:{site}:{name}"));
        let created = self.site_of(site).map(|site| site.created.clone()).unwrap_or_default();
        let mut all = vec![column("Title", "Title", "text", true)];
        all.extend(columns);
        self.lists.push(List {
            id: id.clone(),
            site: site.to_owned(),
            name: name.to_owned(),
            title: title.to_owned(),
            template,
            columns: all,
            modified: created.clone(),
            created,
        });
        id
    }

    /// Adds a row to a list; answers its number.
    pub fn add_row(
        &mut self,
        list: &str,
        fields: BTreeMap<String, serde_json::Value>,
        when: &str,
        by: Author,
    ) -> u32 {
        self.changes += 1;
        let number = self.next_row(list);
        self.rows.push(Row {
            list: list.to_owned(),
            number,
            unique: ids::guid(&format!("row:{list}:{number}")),
            fields,
            created: when.to_owned(),
            modified: when.to_owned(),
            by,
            deleted: false,
            change: self.changes,
        });
        number
    }

    /// Adds a page to a site; answers its id.
    pub fn add_page(
        &mut self,
        site: &str,
        (name, title, description): (&str, &str, &str),
        texts: &[&str],
        when: &str,
        by: Author,
    ) -> String {
        let list = self
            .lists
            .iter()
            .find(|list| list.site == site && list.template == "webPageLibrary")
            .map(|list| list.id.clone())
            .unwrap_or_default();
        let id = ids::guid(&format!("page:{site}:{name}"));
        let row = self.next_row(&list);
        self.pages.push(Page {
            id: id.clone(),
            search_id: ids::guid(&format!("page-hit:{site}:{name}")),
            site: site.to_owned(),
            list,
            row,
            name: name.to_owned(),
            title: title.to_owned(),
            description: description.to_owned(),
            texts: texts.iter().map(|text| (*text).to_owned()).collect(),
            sections: Vec::new(),
            beside: Vec::new(),
            created: when.to_owned(),
            modified: when.to_owned(),
            by,
        });
        id
    }

    /// Lays a page out; its texts become those of its parts.
    pub fn lay_out(&mut self, page: &str, sections: Vec<Section>, beside: Vec<Block>) {
        let blocks = sections.iter().flat_map(|section| section.columns.iter().flatten());
        let texts = blocks.chain(&beside).map(Block::text).collect();
        if let Some(page) = self.pages.iter_mut().find(|other| other.id == page) {
            page.texts = texts;
            page.sections = sections;
            page.beside = beside;
        }
    }

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

    fn blank(
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

    fn next_row(&self, list: &str) -> u32 {
        let rows = self.rows.iter().filter(|row| row.list == list).count();
        let pages = self.pages.iter().filter(|page| page.list == list).count();
        u32::try_from(rows + pages + 1).unwrap_or(u32::MAX)
    }
}

/// A column of a list.
pub fn column(name: &str, title: &str, kind: &'static str, indexed: bool) -> Column {
    Column {
        name: name.to_owned(),
        title: title.to_owned(),
        kind,
        indexed,
        detail: Detail::None,
        read_only: false,
        hidden: false,
    }
}
