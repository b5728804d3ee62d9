//! How sites, libraries, lists, rows and pages come into the world.

use std::collections::BTreeMap;

use super::World;
use crate::graph::ids;
use crate::graph::model::{
    Access, Author, Block, Column, Detail, Drive, Item, Kind, List, Page, Row, Section, Site,
};

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
