//! Drives, and what is in them.

use serde_json::{Value, json};

use super::{encode_path, identity, set};
use crate::company::TENANT;
use crate::graph::files;
use crate::graph::model::{Drive, Item, Kind, Scope};
use crate::graph::world::World;

/// A library as `microsoft.graph.drive`.
pub fn drive(world: &World, drive: &Drive) -> Value {
    let site = world.site_of(&drive.site);
    let owner =
        site.and_then(|site| site.personal.as_deref()).and_then(crate::company::person_by_oid);
    let url = site.map(|site| format!("{}/{}", site.url(), encode_path(&drive.folder)));
    json!({
        "id": drive.id,
        "name": drive.name,
        "description": "",
        "driveType": if owner.is_some() { "business" } else { "documentLibrary" },
        "createdDateTime": drive.created,
        "lastModifiedDateTime": site.map(|site| &site.modified),
        "webUrl": url,
        "owner": match owner {
            Some(person) => json!({"user": {"id": person.oid, "displayName": person.name, "email": person.upn}}),
            None => json!({"group": {"displayName": site.map(|site| &site.title)}}),
        },
        "quota": {"deleted": 0, "remaining": 27_487_790_000_000_u64, "state": "normal", "total": 27_487_790_694_400_u64, "used": 694_400},
        "sharePointIds": {
            "listId": drive.list,
            "siteId": site.map(|site| site.id_part(1)),
            "siteUrl": site.map(crate::graph::model::Site::url),
            "webId": site.map(|site| site.id_part(2)),
            "tenantId": TENANT,
        },
    })
}

/// An item as `microsoft.graph.driveItem`; `download` is where its bytes can be had.
pub fn drive_item(world: &World, item: &Item, download: Option<String>) -> Value {
    let Some(drive) = world.drives.iter().find(|drive| drive.id == item.drive) else {
        return Value::Null;
    };
    let mut value = json!({});
    if let (Some(url), Some(_)) = (download, item.current()) {
        set(&mut value, "@microsoft.graph.downloadUrl", url.into());
    }
    if item.deleted {
        set(&mut value, "id", item.id.clone().into());
        set(&mut value, "deleted", json!({"state": "deleted"}));
        set(&mut value, "parentReference", json!({"driveId": drive.id, "id": item.parent}));
        return value;
    }
    for (name, part) in basics(world, item, drive) {
        set(&mut value, name, part);
    }
    match &item.kind {
        Kind::Root => {
            set(&mut value, "root", json!({}));
            set(&mut value, "folder", json!({"childCount": world.children_of(item).count()}));
        }
        Kind::Folder => {
            set(&mut value, "folder", json!({"childCount": world.children_of(item).count()}));
        }
        Kind::File(versions) => {
            let hash = item.current().map(|version| quick_hash(&version.bytes));
            let mime = files::media_type(&item.name);
            set(&mut value, "file", json!({"mimeType": mime, "hashes": {"quickXorHash": hash}}));
            let level = if versions.is_empty() { "checkout" } else { "published" };
            let version = format!("{}.0", versions.len());
            set(&mut value, "publication", json!({"level": level, "versionId": version}));
        }
        Kind::Package(kind) => set(&mut value, "package", json!({"type": kind})),
        Kind::Shortcut { drive, item } => set(&mut value, "remoteItem", remote(world, drive, item)),
    }
    if item.malware {
        set(&mut value, "malware", json!({"description": "Trojan:Win32/Harbour.A"}));
    }
    if item.links.iter().any(|link| link.scope == Scope::Anonymous) {
        set(&mut value, "shared", json!({"scope": "anonymous"}));
    } else if !item.links.is_empty() {
        set(&mut value, "shared", json!({"scope": "users"}));
    }
    value
}

fn basics(world: &World, item: &Item, drive: &Drive) -> Vec<(&'static str, Value)> {
    let site = world.site_of(&drive.site);
    let length = item.current().map_or(0, |version| version.bytes.len());
    let unique = item.unique.to_uppercase();
    let times = json!({"createdDateTime": item.created, "lastModifiedDateTime": item.modified});
    let version = item.change;
    vec![
        ("id", item.id.clone().into()),
        ("name", item.name.clone().into()),
        ("size", length.into()),
        ("createdDateTime", item.created.clone().into()),
        ("lastModifiedDateTime", item.modified.clone().into()),
        ("createdBy", identity(&item.created_by)),
        ("lastModifiedBy", identity(&item.modified_by)),
        ("eTag", format!("\"{{{unique}}},{version}\"").into()),
        ("cTag", format!("\"c:{{{unique}}},{version}\"").into()),
        ("fileSystemInfo", times),
        ("webUrl", web_url(world, item).into()),
        ("parentReference", parent_reference(world, item, drive)),
        (
            "sharepointIds",
            json!({
                "listId": drive.list,
                "listItemId": item.row.to_string(),
                "listItemUniqueId": item.unique,
                "siteId": site.map(|site| site.id_part(1)),
                "siteUrl": site.map(crate::graph::model::Site::url),
                "webId": site.map(|site| site.id_part(2)),
                "tenantId": TENANT,
            }),
        ),
    ]
}

pub(super) fn parent_reference(world: &World, item: &Item, drive: &Drive) -> Value {
    let kind = match world.site_of(&drive.site).and_then(|site| site.personal.as_ref()) {
        Some(_) => "business",
        None => "documentLibrary",
    };
    let mut reference = json!({"driveType": kind, "driveId": drive.id, "siteId": drive.site});
    if let Some(parent) = world.parent_of(item) {
        let path = encode_path(&world.names_to(parent).join("/"));
        let slash = if path.is_empty() { "" } else { "/" };
        let path = format!("/drives/{}/root:{slash}{path}", drive.id);
        set(&mut reference, "id", parent.id.clone().into());
        set(&mut reference, "name", parent.name.clone().into());
        set(&mut reference, "path", path.into());
    }
    reference
}

/// The address at which a person opens an item.
pub fn web_url(world: &World, item: &Item) -> String {
    let drive = world.drives.iter().find(|drive| drive.id == item.drive);
    let site = drive.and_then(|drive| world.site_of(&drive.site));
    let (Some(drive), Some(site)) = (drive, site) else {
        return String::new();
    };
    let mut parts = vec![drive.folder.clone()];
    parts.extend(world.names_to(item));
    let url = site.url();
    match files::ending(&item.name).as_str() {
        // Office files open in the browser, at an address that does not tell the folder.
        "docx" | "xlsx" | "pptx" => format!(
            "{url}/_layouts/15/Doc.aspx?sourcedoc=%7B{}%7D&file={}&action=default&mobileredirect=true",
            item.unique.to_uppercase(),
            encode_path(&item.name),
        ),
        _ => format!("{url}/{}", encode_path(&parts.join("/"))),
    }
}

/// The address of an item as the search index has it.
pub fn path_url(world: &World, item: &Item) -> String {
    let drive = world.drives.iter().find(|drive| drive.id == item.drive);
    let site = drive.and_then(|drive| world.site_of(&drive.site));
    let (Some(drive), Some(site)) = (drive, site) else {
        return String::new();
    };
    let mut parts = vec![drive.folder.clone()];
    parts.extend(world.names_to(item));
    format!("{}/{}", site.url(), parts.join("/"))
}

fn remote(world: &World, drive: &str, item: &str) -> Value {
    let target = world.items.iter().find(|other| other.drive == drive && other.id == item);
    let home = world.drives.iter().find(|other| other.id == drive);
    let (Some(target), Some(home)) = (target, home) else {
        return json!({"id": item, "parentReference": {"driveId": drive}});
    };
    let mut value = json!({
        "id": target.id,
        "name": target.name,
        "size": target.current().map_or(0, |version| version.bytes.len()),
        "webUrl": web_url(world, target),
        "createdDateTime": target.created,
        "lastModifiedDateTime": target.modified,
        "parentReference": parent_reference(world, target, home),
    });
    match &target.kind {
        Kind::File(_) => {
            set(&mut value, "file", json!({"mimeType": files::media_type(&target.name)}));
        }
        Kind::Package(kind) => set(&mut value, "package", json!({"type": kind})),
        Kind::Root | Kind::Folder | Kind::Shortcut { .. } => {
            let count = world.children_of(target).count();
            set(&mut value, "folder", json!({"childCount": count}));
        }
    }
    value
}

fn quick_hash(bytes: &[u8]) -> String {
    use base64::Engine as _;
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes);
    let start: Vec<u8> = digest.as_ref().iter().take(20).copied().collect();
    base64::engine::general_purpose::STANDARD.encode(start)
}

/// The versions of a file, the newest first.
pub fn versions(item: &Item) -> Vec<Value> {
    let Kind::File(versions) = &item.kind else {
        return Vec::new();
    };
    let numbered = versions.iter().enumerate().rev();
    numbered
        .map(|(at, version)| {
            json!({
                "id": format!("{}.0", at + 1),
                "lastModifiedBy": identity(&version.by),
                "lastModifiedDateTime": version.modified,
                "size": version.bytes.len(),
                "publication": {"level": "published", "versionId": format!("{}.0", at + 1)},
            })
        })
        .collect()
}
