//! Who may see an item, and by which links.

use serde_json::{Value, json};

use super::files::parent_reference;
use super::set;
use crate::company::{PEOPLE, Person, SHAREPOINT_HOST, person_by_oid};
use crate::graph::ids;
use crate::graph::model::{Item, Link, Scope};
use crate::graph::world::World;

/// Who may see an item; people who do not own it are told of groups, of themselves, and of links
/// that are meant for them without the addresses of these.
pub fn permissions(world: &World, item: &Item, asker: &Person) -> Vec<Value> {
    let owns = item.created_by.oid.as_deref() == Some(asker.oid);
    let inherited = inherited_from(world, item);
    let access = world.access_of(item);
    let mut found: Vec<Value> = access
        .map(|access| access.groups.as_slice())
        .unwrap_or_default()
        .iter()
        .map(|group| {
            let name = format!("{group:?} Members");
            json!({
                "id": format!("g-{group:?}").to_lowercase(),
                "roles": ["write"],
                "grantedToV2": {"siteGroup": {"id": "7", "displayName": name, "loginName": name}},
                "grantedTo": {"user": {"displayName": name}},
            })
        })
        .collect();
    for oid in access.map(|access| access.people.as_slice()).unwrap_or_default() {
        let Some(person) = PEOPLE.iter().find(|person| person.oid == oid) else {
            continue;
        };
        if owns || person.oid == asker.oid {
            let role =
                if item.created_by.oid.as_deref() == Some(person.oid) { "owner" } else { "read" };
            found.push(json!({
                "id": format!("u-{}", person.key),
                "roles": [role],
                "grantedTo": {"user": user(person)},
                "grantedToV2": identity(person),
            }));
        }
    }
    if let Some(inherited) = inherited {
        for entry in &mut found {
            set(entry, "inheritedFrom", inherited.clone());
        }
    }
    for (number, link) in (1..).zip(&item.links) {
        if owns || link.scope.includes(asker) {
            let mut entry = shape(item, number, link);
            if !owns {
                hide_address(&mut entry);
            }
            found.push(entry);
        }
    }
    found
}

/// The addresses of an item's sharing links: whoever has one needs no more.
pub fn link_urls(item: &Item) -> impl Iterator<Item = String> {
    (1..).zip(&item.links).map(|(number, _)| link_url(item, number))
}

fn link_url(item: &Item, number: u32) -> String {
    let key = item.unique.replace('-', "");
    let secret =
        if number == 1 { "Key4u".to_owned() } else { ids::guid(&format!("link:{key}:{number}")) };
    format!("https://{SHAREPOINT_HOST}/:w:/s/x/E{key}?e={secret}")
}

fn shape(item: &Item, number: u32, link: &Link) -> Value {
    let people: &[String] = match &link.scope {
        Scope::Users(people) => people,
        Scope::Anonymous | Scope::Organization => &[],
    };
    let people: Vec<&Person> = people.iter().filter_map(|oid| person_by_oid(oid)).collect();
    let granted: Vec<Value> = people.iter().map(|person| identity(person)).collect();
    let legacy: Vec<Value> = people.iter().map(|person| json!({"user": user(person)})).collect();
    let mut entry = json!({
        "id": format!("l-{number}"),
        "roles": [if link.edit { "write" } else { "read" }],
        "shareId": format!("u!{}{number}", item.unique),
        "hasPassword": false,
        "grantedToIdentitiesV2": granted,
        "grantedToIdentities": legacy,
        "link": {
            "type": if link.edit { "edit" } else { "view" },
            "scope": link.scope.as_str(),
            "preventsDownload": false,
            "webUrl": link_url(item, number),
        },
    });
    if let Some(expires) = &link.expires {
        set(&mut entry, "expirationDateTime", expires.clone().into());
    }
    entry
}

/// Who cannot make a link is not told what would be one.
fn hide_address(entry: &mut Value) {
    if let Some(entry) = entry.as_object_mut() {
        entry.remove("shareId");
    }
    if let Some(link) = entry.get_mut("link").and_then(Value::as_object_mut) {
        link.remove("webUrl");
    }
}

fn user(person: &Person) -> Value {
    json!({"id": person.oid, "displayName": person.name, "email": person.upn})
}

fn identity(person: &Person) -> Value {
    let login = format!("i:0#.f|membership|{}", person.upn);
    json!({
        "user": user(person),
        "siteUser": {"id": "11", "displayName": person.name, "loginName": login, "email": person.upn},
    })
}

/// The nearest thing above that has rules of its own, or else the folder it lies in.
fn inherited_from(world: &World, item: &Item) -> Option<Value> {
    if item.access.is_some() {
        return None;
    }
    let drive = world.drives.iter().find(|drive| drive.id == item.drive)?;
    let reference = parent_reference(world, item, drive);
    Some(json!({
        "driveId": item.drive,
        "id": reference.get("id"),
        "path": reference.get("path"),
    }))
}
