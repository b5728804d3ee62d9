//! What the search index holds, for one person.

use super::hits::{Hit, Thing};
use crate::company::{PEOPLE, Person};
use crate::graph::files;
use crate::graph::kql::Entry;
use crate::graph::model::{Item, Kind, List, Row, Site};
use crate::graph::shapes;
use crate::graph::world::World;

/// Every entry of these types that the person may see.
pub(super) fn entries<'a>(world: &'a World, person: &Person, types: &[String]) -> Vec<Hit<'a>> {
    let wants = |name: &str| types.iter().any(|own| own == name);
    let mut found = Vec::new();
    if wants("driveItem") || wants("listItem") {
        let as_list_item = !wants("driveItem");
        let seen = world.items.iter().filter(|item| world.sees(person, item));
        for item in seen.filter(|item| !matches!(item.kind, Kind::Root)) {
            if let Some(entry) = item_entry(world, item) {
                found.push(Hit { entry, thing: Thing::Item { item, as_list_item } });
            }
        }
    }
    let sites: Vec<&Site> = world
        .sites
        .iter()
        .filter(|site| site.access.allows(person) && site.personal.is_none())
        .collect();
    for site in sites {
        if wants("listItem") {
            rows(world, site, &mut found);
        }
        if wants("site") {
            found.push(Hit { entry: site_entry(site), thing: Thing::Site(site) });
        }
        let lists = world.lists.iter().filter(|list| list.site == site.id);
        for list in lists.filter(|_| wants("list")) {
            found.push(Hit { entry: list_entry(site, list), thing: Thing::List { site, list } });
        }
        for drive in world.drives_of(site).filter(|_| wants("drive")) {
            let entry = Entry {
                title: drive.name.clone(),
                path: format!("{}/{}", site.url(), drive.folder),
                created: drive.created.clone(),
                modified: drive.created.clone(),
                content_class: "STS_List_DocumentLibrary",
                ..site_entry(site)
            };
            found.push(Hit { entry, thing: Thing::Drive(drive) });
        }
    }
    found
}

fn rows<'a>(world: &'a World, site: &'a Site, found: &mut Vec<Hit<'a>>) {
    for list in world.lists.iter().filter(|list| list.site == site.id) {
        for row in world.rows.iter().filter(|row| row.list == list.id && !row.deleted) {
            let entry = row_entry(site, list, row);
            found.push(Hit { entry, thing: Thing::Row { site, list, row } });
        }
    }
    for page in world.pages.iter().filter(|page| page.site == site.id) {
        let entry = Entry {
            filename: page.name.clone(),
            title: page.title.clone(),
            body: page.texts.iter().map(|html| plain(html)).collect::<Vec<_>>().join(" "),
            path: format!("{}/SitePages/{}", site.url(), page.name),
            author: page.by.name.clone(),
            editor: page.by.name.clone(),
            created: page.created.clone(),
            modified: page.modified.clone(),
            content_class: "STS_ListItem_WebPageLibrary",
            ..site_entry(site)
        };
        found.push(Hit { entry, thing: Thing::Page { site, page } });
    }
}

fn item_entry(world: &World, item: &Item) -> Option<Entry> {
    let drive = world.drives.iter().find(|drive| drive.id == item.drive)?;
    let site = world.site_of(&drive.site)?;
    let current = item.current();
    // Markdown is listed, yet its text is not in the index.
    let indexed = files::ending(&item.name) != "md";
    let shared = world.access_of(item).map(|access| {
        let owner = item.created_by.oid.as_deref();
        let people = PEOPLE
            .iter()
            .filter(|person| owner != Some(person.oid))
            .filter(|person| access.people.iter().any(|oid| oid == person.oid));
        people.map(|person| format!("{} {}", person.upn, person.name)).collect::<Vec<_>>().join(" ")
    });
    let title = item.name.rsplit_once('.').map_or(item.name.as_str(), |(stem, _)| stem);
    Some(Entry {
        filename: item.name.clone(),
        title: title.to_owned(),
        body: current.filter(|_| indexed).map(|version| version.text.clone()).unwrap_or_default(),
        path: shapes::path_url(world, item),
        site: site.url(),
        author: item.created_by.name.clone(),
        editor: item.modified_by.name.clone(),
        created: item.created.clone(),
        modified: item.modified.clone(),
        document: matches!(item.kind, Kind::File(_)),
        label: item.labels.column.clone().unwrap_or_default(),
        content_class: "STS_ListItem_DocumentLibrary",
        shared_with: shared.unwrap_or_default(),
        size: current.map_or(0, |version| version.bytes.len()),
    })
}

fn site_entry(site: &Site) -> Entry {
    Entry {
        title: site.title.clone(),
        body: site.description.clone(),
        path: site.url(),
        site: site.url(),
        created: site.created.clone(),
        modified: site.modified.clone(),
        content_class: "STS_Site",
        ..Entry::default()
    }
}

fn list_entry(site: &Site, list: &List) -> Entry {
    let folder = match list.template {
        "genericList" => format!("Lists/{}", list.name),
        _ => list.name.clone(),
    };
    Entry {
        title: list.title.clone(),
        body: String::new(),
        path: format!("{}/{folder}", site.url()),
        created: list.created.clone(),
        modified: list.modified.clone(),
        content_class: "STS_List_GenericList",
        ..site_entry(site)
    }
}

fn row_entry(site: &Site, list: &List, row: &Row) -> Entry {
    let texts: Vec<String> = row
        .fields
        .values()
        .map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
        .collect();
    let title = row.fields.get("Title").and_then(|title| title.as_str()).unwrap_or_default();
    Entry {
        title: title.to_owned(),
        body: texts.join(" "),
        path: format!("{}/Lists/{}/DispForm.aspx?ID={}", site.url(), list.name, row.number),
        author: row.by.name.clone(),
        editor: row.by.name.clone(),
        created: row.created.clone(),
        modified: row.modified.clone(),
        content_class: "STS_ListItem_GenericList",
        ..site_entry(site)
    }
}

/// The text of a piece of HTML, near enough for an index.
fn plain(html: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for letter in html.chars() {
        match letter {
            '<' => {
                inside = true;
                text.push(' ');
            }
            '>' => inside = false,
            _ if !inside => text.push(letter),
            _ => {}
        }
    }
    text.replace("&amp;", "&")
}
