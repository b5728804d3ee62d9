//! What a search answers for each thing it found.

use serde_json::{Map, Value, json};

use crate::graph::files;
use crate::graph::kql::{Entry, words};
use crate::graph::model::{Author, Drive, Item, List, Page, Row, Site};
use crate::graph::shapes::{self, set};
use crate::graph::world::World;

/// Something found.
pub(super) struct Hit<'a> {
    /// What the index holds of it.
    pub(super) entry: Entry,
    /// The thing.
    pub(super) thing: Thing<'a>,
}

/// What was found.
pub(super) enum Thing<'a> {
    Item { item: &'a Item, as_list_item: bool },
    Row { site: &'a Site, list: &'a List, row: &'a Row },
    Page { site: &'a Site, page: &'a Page },
    Site(&'a Site),
    List { site: &'a Site, list: &'a List },
    Drive(&'a Drive),
}

/// Properties that a driveItem hit can carry; all others are dropped without a word.
const BASIC: [&str; 10] = [
    "title",
    "author",
    "filename",
    "fileExtension",
    "filetype",
    "path",
    "created",
    "lastModifiedTime",
    "size",
    "contentclass",
];

/// One hit, with its rank.
pub(super) fn shape(
    world: &World,
    hit: &Hit<'_>,
    rank: usize,
    words: &[String],
    fields: &[String],
) -> Value {
    let (id, resource) = match &hit.thing {
        Thing::Item { item, as_list_item: false } => {
            (item.id.clone(), drive_item(world, item, &hit.entry, fields))
        }
        Thing::Item { item, as_list_item: true } => {
            (item.unique.clone(), file_row(world, item, &hit.entry, fields))
        }
        Thing::Row { site, list, row } => {
            let mut value = row_basics(&hit.entry, &row.by);
            set(&mut value, "id", row.unique.clone().into());
            set(&mut value, "name", hit.entry.title.clone().into());
            set(&mut value, "webUrl", hit.entry.path.clone().into());
            set(
                &mut value,
                "sharepointIds",
                json!({"listId": list.id, "listItemId": row.number.to_string()}),
            );
            set(
                &mut value,
                "parentReference",
                json!({"siteId": site.id, "sharepointIds": {"listId": list.id}}),
            );
            let own: Map<String, Value> = row.fields.clone().into_iter().collect();
            add_fields(&mut value, &hit.entry, fields, &own);
            (row.unique.clone(), value)
        }
        Thing::Page { site, page } => {
            let mut value = row_basics(&hit.entry, &page.by);
            set(&mut value, "id", page.search_id.clone().into());
            set(&mut value, "name", page.name.clone().into());
            set(&mut value, "webUrl", hit.entry.path.clone().into());
            set(
                &mut value,
                "sharepointIds",
                json!({"listId": page.list, "listItemId": page.row.to_string()}),
            );
            set(
                &mut value,
                "parentReference",
                json!({"siteId": site.id, "sharepointIds": {"listId": page.list}}),
            );
            add_fields(&mut value, &hit.entry, fields, &Map::new());
            (page.search_id.clone(), value)
        }
        Thing::Site(site) => (
            site.id.clone(),
            json!({
                "@odata.type": "#microsoft.graph.site",
                "id": site.id,
                "name": site.title,
                "displayName": site.title,
                "description": site.description,
                "createdDateTime": site.created,
                "lastModifiedDateTime": site.modified,
                "webUrl": site.url(),
            }),
        ),
        Thing::List { site, list } => {
            let mut value = shapes::list(site, list);
            if let Some(object) = value.as_object_mut() {
                object.retain(|key, _| {
                    !["@odata.etag", "eTag", "list", "sharepointIds"].contains(&key.as_str())
                });
            }
            set(&mut value, "@odata.type", "#microsoft.graph.list".into());
            (list.id.clone(), value)
        }
        Thing::Drive(drive) => {
            let mut value = shapes::drive(world, drive);
            if let Some(object) = value.as_object_mut() {
                object.retain(|key, _| !["quota", "sharePointIds"].contains(&key.as_str()));
            }
            set(&mut value, "@odata.type", "#microsoft.graph.drive".into());
            (drive.id.clone(), value)
        }
    };
    json!({
        "hitId": id,
        "rank": rank,
        "summary": summary(&hit.entry, words),
        "resource": resource,
    })
}

fn name_only(author: &Author) -> Value {
    match author.oid.as_deref().and_then(crate::company::person_by_oid) {
        Some(person) => json!({"user": {"displayName": author.name, "email": person.upn}}),
        None => json!({"user": {"displayName": author.name}}),
    }
}

fn drive_item(world: &World, item: &Item, entry: &Entry, fields: &[String]) -> Value {
    let drive = world.drives.iter().find(|drive| drive.id == item.drive);
    let mut value = json!({
        "@odata.type": "#microsoft.graph.driveItem",
        "id": item.id,
        "name": item.name,
        "size": entry.size,
        "createdDateTime": item.created,
        "lastModifiedDateTime": item.modified,
        "createdBy": name_only(&item.created_by),
        "lastModifiedBy": name_only(&item.modified_by),
        "fileSystemInfo": {"createdDateTime": item.created, "lastModifiedDateTime": item.modified},
        "webUrl": shapes::encode_path(&entry.path).replacen("https%3A", "https:", 1),
        "parentReference": {
            "driveId": item.drive,
            "id": item.parent,
            "siteId": drive.map(|drive| &drive.site),
            "sharepointIds": {
                "listId": drive.map(|drive| &drive.list),
                "listItemId": item.row.to_string(),
                "listItemUniqueId": item.unique,
            },
        },
    });
    if !fields.is_empty() {
        let basic: Vec<String> = fields
            .iter()
            .filter(|name| BASIC.iter().any(|own| own.eq_ignore_ascii_case(name)))
            .cloned()
            .collect();
        let mut inner = json!({"@odata.type": "#microsoft.graph.listItem", "id": item.unique});
        add_fields(&mut inner, entry, &basic, &Map::new());
        set(&mut value, "listItem", inner);
    }
    value
}

fn file_row(world: &World, item: &Item, entry: &Entry, fields: &[String]) -> Value {
    let drive = world.drives.iter().find(|drive| drive.id == item.drive);
    let list = drive.map(|drive| &drive.list);
    let mut value = json!({
        "@odata.type": "#microsoft.graph.listItem",
        "id": item.unique,
        "name": item.name,
        "createdDateTime": item.created,
        "lastModifiedDateTime": item.modified,
        "createdBy": name_only(&item.created_by),
        "lastModifiedBy": name_only(&item.modified_by),
        "webUrl": shapes::encode_path(&entry.path).replacen("https%3A", "https:", 1),
        "sharepointIds": {"listId": list, "listItemId": item.row.to_string(), "listItemUniqueId": item.unique},
        "parentReference": {"siteId": drive.map(|drive| &drive.site), "driveId": item.drive, "sharepointIds": {"listId": list}},
    });
    add_fields(&mut value, entry, fields, &Map::new());
    value
}

fn row_basics(entry: &Entry, by: &Author) -> Value {
    json!({
        "@odata.type": "#microsoft.graph.listItem",
        "createdDateTime": entry.created,
        "lastModifiedDateTime": entry.modified,
        "createdBy": name_only(by),
        "lastModifiedBy": name_only(by),
    })
}

/// Adds the requested properties that there are; unknown names are passed over.
fn add_fields(value: &mut Value, entry: &Entry, names: &[String], own: &Map<String, Value>) {
    if names.is_empty() {
        return;
    }
    let mut fields = Map::new();
    for name in names {
        let found: Value = match name.to_lowercase().as_str() {
            "title" => entry.title.clone().into(),
            "author" => entry.author.clone().into(),
            "filename" => entry.filename.clone().into(),
            "fileextension" | "filetype" => files::ending(&entry.filename).into(),
            "path" => entry.path.clone().into(),
            "created" => entry.created.clone().into(),
            "lastmodifiedtime" => entry.modified.clone().into(),
            "size" => entry.size.into(),
            "contentclass" => entry.content_class.into(),
            "informationprotectionlabelid" if !entry.label.is_empty() => entry.label.clone().into(),
            _ => own.get(name).cloned().unwrap_or_default(),
        };
        if !found.is_null() {
            fields.insert(first_lower(name), found);
        }
    }
    set(value, "fields", Value::Object(fields));
}

/// Answers name properties with a small first letter.
fn first_lower(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

const AROUND: usize = 12;

/// A few words around the first one that was looked for, as HTML with marks.
fn summary(entry: &Entry, wanted: &[String]) -> String {
    let body: Vec<&str> = entry.body.split_whitespace().collect();
    let is_wanted =
        |word: &str| words(word).any(|own| wanted.iter().any(|w| own.starts_with(w.as_str())));
    let first = body.iter().position(|word| is_wanted(word)).unwrap_or_default();
    let start = first.saturating_sub(AROUND / 2);
    let shown: Vec<String> = body
        .iter()
        .skip(start)
        .take(AROUND * 2)
        .map(|word| {
            let escaped = files::escape(word);
            if is_wanted(word) { format!("<c0>{escaped}</c0>") } else { escaped }
        })
        .collect();
    if shown.is_empty() {
        return String::new();
    }
    let before = if start > 0 { "<ddd/>" } else { "" };
    format!("{before}{} <ddd/>", shown.join(" "))
}
