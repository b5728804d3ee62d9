//! What a test can add to the company while it runs.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::edit::{NewSite, column};
use super::items::NewItem;
use super::{World, author};
use crate::company::{self, Group, SHAREPOINT_HOST, TENANT};
use crate::graph::errors::{Outcome, Refusal};
use crate::graph::model::{Access, Author, Kind, Labelling};

/// One thing to add, change or delete. Sites, drives and lists are named by id or by title.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Addition {
    /// A site with a library, for groups and people (by short name).
    Site {
        /// Title; the address is made from it.
        title: String,
        /// Groups that may open it: `everyone`, `finance`, `research`, `board`, `watch`.
        #[serde(default)]
        groups: Vec<String>,
        /// People that may open it.
        #[serde(default)]
        people: Vec<String>,
    },
    /// A folder with everything above it.
    Folder {
        /// Drive, by id, or by the site's title.
        drive: String,
        /// Path below the root.
        path: String,
    },
    /// A file, or a new version of it.
    File {
        /// Drive, by id, or by the site's title.
        drive: String,
        /// Path below the root.
        path: String,
        /// Text in it.
        #[serde(default)]
        text: String,
        /// Label of the file itself.
        #[serde(default)]
        label: Option<String>,
        /// Label in the column, when it differs; `""` for none.
        #[serde(default)]
        column_label: Option<String>,
        /// Who wrote it, by short name.
        #[serde(default)]
        by: Option<String>,
        /// When.
        #[serde(default)]
        when: Option<String>,
        /// Only these people may see it.
        #[serde(default)]
        people: Option<Vec<String>>,
    },
    /// A file of any bytes, or a new version of it.
    Bytes {
        /// Drive, by id, or by the site's title.
        drive: String,
        /// Path below the root.
        path: String,
        /// The bytes, in Base64.
        base64: String,
        /// Label that the service extracts.
        #[serde(default)]
        label: Option<String>,
        /// Label in the column, when it differs; `""` for none.
        #[serde(default)]
        column_label: Option<String>,
    },
    /// A list with text columns.
    List {
        /// Site, by id or title.
        site: String,
        /// Title.
        title: String,
        /// Internal names.
        columns: Vec<String>,
    },
    /// A row of a list.
    Row {
        /// Site, by id or title.
        site: String,
        /// List, by id or title.
        list: String,
        /// Values by internal name.
        fields: BTreeMap<String, Value>,
    },
    /// A page.
    Page {
        /// Site, by id or title.
        site: String,
        /// Title.
        title: String,
        /// HTML in it.
        html: String,
    },
    /// Another place or another name for an item.
    Move {
        /// Drive, by id, or by the site's title.
        drive: String,
        /// Item, by id.
        item: String,
        /// Folder to put it into, as a path below the root.
        #[serde(default)]
        folder: Option<String>,
        /// What it is called from now on.
        #[serde(default)]
        name: Option<String>,
    },
    /// The end of an item.
    Delete {
        /// Drive, by id, or by the site's title.
        drive: String,
        /// Item, by id.
        item: String,
    },
}

const WHEN: &str = "2026-11-20T12:00:00Z";

impl World {
    /// Makes one change; answers the ids that came of it.
    pub fn add(&mut self, addition: Addition) -> Outcome<Value> {
        match addition {
            Addition::Site { title, groups, people } => self.site_added(title, &groups, &people),
            Addition::Folder { drive, path } => {
                let drive = self.drive_named(&drive)?;
                let (folder, name) = path.rsplit_once('/').unwrap_or(("", &path));
                let by = writer(None)?;
                let new = NewItem { drive: &drive, folder, name, when: WHEN, by };
                let item = self.add_item(&new, Kind::Folder)?;
                Ok(json!({"drive": drive, "item": item}))
            }
            Addition::File { drive, path, text, label, column_label, by, when, people } => {
                let drive = self.drive_named(&drive)?;
                let (folder, name) = path.rsplit_once('/').unwrap_or(("", &path));
                let when = when.unwrap_or_else(|| WHEN.to_owned());
                let labels = labelling(label, column_label);
                let by = writer(by.as_deref())?;
                let new = NewItem { drive: &drive, folder, name, when: &when, by };
                let item = self.add_file(&new, &text, labels)?;
                if let Some(people) = people {
                    let access = Access { groups: Vec::new(), people: oids(&people)? };
                    if let Some(item) = self.item_mut(&drive, &item) {
                        item.access = Some(access);
                    }
                }
                Ok(json!({"drive": drive, "item": item}))
            }
            Addition::Bytes { drive, path, base64, label, column_label } => {
                let drive = self.drive_named(&drive)?;
                let (folder, name) = path.rsplit_once('/').unwrap_or(("", &path));
                let bytes = STANDARD
                    .decode(base64)
                    .map_err(|_| Refusal::bad_request("base64 is not understood"))?;
                let new = NewItem { drive: &drive, folder, name, when: WHEN, by: writer(None)? };
                let labels = labelling(label, column_label);
                let item = self.add_bytes(&new, bytes.into(), "", labels)?;
                Ok(json!({"drive": drive, "item": item}))
            }
            Addition::List { site, title, columns } => {
                let site = self.site_named(&site)?;
                let columns = columns.iter().map(|name| column(name, name, "text", false));
                let id = self.add_list(&site, &title, &title, "genericList", columns.collect());
                Ok(json!({"site": site, "list": id}))
            }
            Addition::Row { site, list, fields } => {
                let site = self.site_named(&site)?;
                let found = self.site_of(&site).ok_or_else(Refusal::not_found)?;
                let list = self.list(found, &list)?.id.clone();
                let row = self.add_row(&list, fields, WHEN, writer(None)?);
                Ok(json!({"site": site, "list": list, "row": row}))
            }
            Addition::Page { site, title, html } => {
                let site = self.site_named(&site)?;
                let name = format!("{}.aspx", title.replace(' ', "-"));
                let by = writer(None)?;
                let page = self.add_page(&site, (&name, &title, ""), &[&html], WHEN, by);
                Ok(json!({"site": site, "page": page}))
            }
            Addition::Move { drive, item, folder, name } => {
                let drive = self.drive_named(&drive)?;
                self.move_item(&drive, &item, (folder.as_deref(), name.as_deref()))?;
                Ok(json!({"drive": drive, "item": item}))
            }
            Addition::Delete { drive, item } => {
                let drive = self.drive_named(&drive)?;
                self.delete_item(&drive, &item)?;
                Ok(json!({"drive": drive, "item": item}))
            }
        }
    }

    fn site_added(
        &mut self,
        title: String,
        groups: &[String],
        people: &[String],
    ) -> Outcome<Value> {
        let name: String = title.chars().filter(|c| c.is_alphanumeric()).collect();
        let access = Access {
            groups: groups.iter().map(|name| group(name)).collect::<Outcome<_>>()?,
            people: oids(people)?,
        };
        let id = self.add_site(NewSite {
            host: SHAREPOINT_HOST,
            path: format!("/sites/{name}"),
            title,
            description: String::new(),
            access,
            parent: None,
            personal: None,
            followers: Vec::new(),
            created: WHEN.to_owned(),
        });
        let drive = self.drive_named(&id)?;
        Ok(json!({"site": id, "drive": drive}))
    }

    fn site_named(&self, name: &str) -> Outcome<String> {
        let site = self.sites.iter().find(|site| site.id == name || site.title == name);
        site.map(|site| site.id.clone()).ok_or_else(Refusal::not_found)
    }

    fn drive_named(&self, name: &str) -> Outcome<String> {
        if let Some(drive) = self.drives.iter().find(|drive| drive.id == name) {
            return Ok(drive.id.clone());
        }
        let site = self.site_named(name)?;
        let drive = self.drives.iter().find(|drive| drive.site == site);
        drive.map(|drive| drive.id.clone()).ok_or_else(Refusal::not_found)
    }
}

fn labelling(label: Option<String>, column_label: Option<String>) -> Labelling {
    Labelling {
        column: column_label.or_else(|| label.clone()).filter(|id| !id.is_empty()),
        file: label.into_iter().map(|id| (id, TENANT.to_owned())).collect(),
        ..Labelling::default()
    }
}

fn writer(key: Option<&str>) -> Outcome<Author> {
    match key {
        None => Ok(Author { name: "Ann Berg".to_owned(), oid: Some(oid("ann")?) }),
        Some(key) => company::person(key)
            .map(author)
            .ok_or_else(|| Refusal::bad_request(format!("no person '{key}'"))),
    }
}

fn oid(key: &str) -> Outcome<String> {
    company::person(key)
        .map(|person| person.oid.to_owned())
        .ok_or_else(|| Refusal::bad_request(format!("no person '{key}'")))
}

fn oids(keys: &[String]) -> Outcome<Vec<String>> {
    keys.iter().map(|key| oid(key)).collect()
}

fn group(name: &str) -> Outcome<Group> {
    match name {
        "everyone" => Ok(Group::Everyone),
        "finance" => Ok(Group::Finance),
        "research" => Ok(Group::Research),
        "board" => Ok(Group::Board),
        "watch" => Ok(Group::Watch),
        _ => Err(Refusal::bad_request(format!("no group '{name}'"))),
    }
}
