use std::path::PathBuf;

use serde_json::Value;

use super::*;

/// A file of the shared folder beside the repository; says so when it is not there.
pub(crate) fn shared(path: &str) -> Option<String> {
    let found = shared_path(path).and_then(|path| std::fs::read_to_string(path).ok());
    if found.is_none() {
        println!("SKIPPED: ../shared/{path} is not there, so this test has checked nothing");
    }
    found
}

fn shared_path(path: &str) -> Option<PathBuf> {
    let house = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().ok()?;
    house.ancestors().skip(1).map(|above| above.join("shared").join(path)).find(|p| p.exists())
}

#[test]
fn a_field_of_another_shape_is_an_absent_field() {
    let item: DriveItem = serde_json::from_str(
        r#"{"id": 7, "name": null, "size": "12", "file": "x", "folder": {"childCount": "3"},
            "createdBy": {"user": null, "application": {"displayName": "Flow"}},
            "lastModifiedDateTime": "yesterday", "parentReference": [], "unheardOf": {}}"#,
    )
    .unwrap();

    assert_eq!(item.id.as_deref(), Some("7"));
    assert_eq!(item.size, Some(12));
    assert!(item.name.is_none() && item.file.is_none() && item.parent_reference.is_none());
    assert_eq!(item.folder.and_then(|folder| folder.child_count), Some(3));
    assert!(item.last_modified_date_time.is_none());
    let by = item.created_by.as_ref().and_then(IdentitySet::first);
    assert_eq!(by.and_then(|by| by.display_name.as_deref()), Some("Flow"));
}

#[test]
fn one_unreadable_entry_does_not_lose_the_page() {
    let page: Collection<Site> =
        serde_json::from_str(r#"{"value": [{"id": "a"}, 7, null, {"id": "b"}]}"#).unwrap();
    assert_eq!(page.value.len(), 2);

    let odd =
        r#"{"value": [["x"], "y", 1.5, -1, true, {"id": [{}], "name": {"a": []}}, {"id": 1.5}]}"#;
    let page: Collection<Site> = serde_json::from_str(odd).unwrap();
    let ids: Vec<_> = page.value.iter().map(|site| site.id.as_deref()).collect();
    assert_eq!(ids, [None, Some("1.5")]);
    for none in ["null", "7", "-7", "0.5", "true", r#""x""#] {
        let text = format!(r#"{{"value": {none}}}"#);
        assert!(serde_json::from_str::<Collection<Site>>(&text).unwrap().value.is_empty());
    }

    let one: Collection<Site> = serde_json::from_str(r#"{"value": {"id": "a"}}"#).unwrap();
    assert_eq!(one.value.len(), 1);
}

#[test]
fn a_hit_is_what_its_type_says() {
    let found = |resource: &str| {
        let hit: Hit = serde_json::from_str(&format!(r#"{{"resource": {resource}}}"#)).unwrap();
        hit.resource()
    };
    let file = r##"{"id": "a", "@odata.type": "#microsoft.graph.driveItem", "name": "x"}"##;
    assert!(matches!(found(file), Resource::Item(item) if item.name.as_deref() == Some("x")));
    let row = r##"{"@odata.type": "#microsoft.graph.listItem"}"##;
    assert!(matches!(found(row), Resource::Row(_)));
    for other in [r#"{"id": "a"}"#, "null", "7", r##"["#microsoft.graph.site"]"##] {
        assert!(matches!(found(other), Resource::Other), "{other}");
    }
    assert!(matches!(Hit::default().resource(), Resource::Other));
}

/// Every example of Graph's documentation that belongs to an operation of ours.
#[test]
fn every_example_of_the_documentation_can_be_read() {
    let Some(folder) = shared_path("graph/examples") else {
        println!(
            "SKIPPED: ../shared/graph/examples is not there, so this test has checked nothing"
        );
        return;
    };
    let mut read = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let body = std::fs::read(&path).unwrap();
        let operation = name.split('.').next().unwrap();
        read += usize::from(reads(operation, &body).unwrap_or_else(|why| panic!("{name}: {why}")));
    }
    assert!(read >= 30, "only {read} examples belong to our operations");
}

/// Whether the operation is ours; an error when its example is not understood.
fn reads(operation: &str, body: &[u8]) -> Result<bool, String> {
    fn list<T: DeserializeOwned>(body: &[u8], ids: fn(&T) -> bool) -> Result<bool, String> {
        let page: Collection<T> = serde_json::from_slice(body).map_err(|e| e.to_string())?;
        if page.value.is_empty() || !page.value.iter().any(ids) {
            return Err("nothing was understood".to_owned());
        }
        Ok(true)
    }
    fn one<T: DeserializeOwned>(body: &[u8], ids: fn(&T) -> bool) -> Result<bool, String> {
        let one: T = serde_json::from_slice(body).map_err(|e| e.to_string())?;
        if ids(&one) { Ok(true) } else { Err("nothing was understood".to_owned()) }
    }
    match operation {
        "sites_search" | "sites_followed" | "sites_subsites" => {
            list::<Site>(body, |site| site.id.is_some())
        }
        "sites_get" | "sites_get_by_path" => one::<Site>(body, |site| site.id.is_some()),
        "site_drives" => list::<Drive>(body, |drive| drive.id.is_some()),
        "drive_get" | "me_drive" => one::<Drive>(body, |drive| drive.id.is_some()),
        "item_children" | "drive_search" => {
            list::<DriveItem>(body, |item| item.name.is_some() || item.id.is_some())
        }
        "item_get" => one::<DriveItem>(body, |item| item.id.is_some()),
        "site_lists" => list::<List>(body, |list| list.id.is_some() || list.name.is_some()),
        "list_get" => one::<List>(body, |list| list.id.is_some() || list.display_name.is_some()),
        "list_items" => list::<ListItem>(body, |row| row.id.is_some() || row.fields.is_some()),
        "list_item_get" => one::<ListItem>(body, |row| row.id.is_some()),
        "list_columns" => list::<Column>(body, |column| column.name.is_some()),
        "drive_delta" => {
            let page: Collection<DriveItem> =
                serde_json::from_slice(body).map_err(|e| e.to_string())?;
            match (page.next_link, page.delta_link) {
                (None, None) => Err("nothing follows".to_owned()),
                _ => Ok(true),
            }
        }
        "item_versions" => list::<Version>(body, |version| version.id.is_some()),
        "item_permissions" => list::<Permission>(body, |one| {
            !one.roles.is_empty() && (one.link.is_some() || one.granted_to_v2.is_some())
        }),
        "share_drive_item" => one::<DriveItem>(body, |item| item.id.is_some()),
        "site_pages" => list::<SitePage>(body, |page| page.id.is_some()),
        "site_page_get" => one::<SitePage>(body, |page| page.id.is_some()),
        "sensitivity_labels" | "my_sensitivity_labels" => {
            list::<SensitivityLabel>(body, |label| label.id.is_some())
        }
        "item_extract_labels" => {
            let labelling = crate::labels::from_extraction(body, "no-tenant");
            match labelling {
                crate::labels::Labelling::Unknown(_) => Ok(true),
                other => Err(format!("{other:?}")),
            }
        }
        "search_query" => one::<SearchAnswer>(body, |answer| {
            let mut containers = answer.value.iter().flat_map(|one| &one.hits_containers);
            containers.any(|container| !container.hits.is_empty())
        }),
        "errors" => {
            let body: Value = serde_json::from_slice(body).map_err(|e| e.to_string())?;
            let named = crate::failure::code(body.to_string().as_bytes());
            let has_code = body.to_string().contains("\"code\":\"");
            if named.is_empty() == has_code {
                Err("the code was missed".to_owned())
            } else {
                Ok(true)
            }
        }
        _ => Ok(false),
    }
}
