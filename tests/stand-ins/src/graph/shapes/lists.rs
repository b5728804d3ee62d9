//! Lists, rows and pages.

use serde_json::{Map, Value, json};

use super::files::web_url;
use super::pages::page_url;
use super::{encode_path, identity, set};
use crate::company::TENANT;
use crate::graph::labels;
use crate::graph::model::{Column, Detail, Item, List, Page, Row, Site};
use crate::graph::world::World;

/// A list as `microsoft.graph.list`.
pub fn list(site: &Site, list: &List) -> Value {
    let folder = match list.template {
        "genericList" => format!("Lists/{}", list.name),
        _ => list.name.clone(),
    };
    json!({
        "@odata.etag": format!("\"{},1\"", list.id),
        "id": list.id,
        "eTag": format!("\"{},1\"", list.id),
        "name": list.name,
        "displayName": list.title,
        "description": "",
        "createdDateTime": list.created,
        "lastModifiedDateTime": list.modified,
        "webUrl": format!("{}/{}", site.url(), encode_path(&folder)),
        "parentReference": {"siteId": site.id},
        "list": {"contentTypesEnabled": false, "hidden": false, "template": list.template},
        "sharepointIds": ids(site, list, None),
    })
}

fn ids(site: &Site, list: &List, item: Option<(u32, &str)>) -> Value {
    let mut value = json!({
        "listId": list.id,
        "siteId": site.id_part(1),
        "siteUrl": site.url(),
        "webId": site.id_part(2),
        "tenantId": TENANT,
    });
    if let Some((row, unique)) = item {
        set(&mut value, "listItemId", row.to_string().into());
        set(&mut value, "listItemUniqueId", unique.into());
    }
    value
}

/// A column as `microsoft.graph.columnDefinition`.
pub fn column(list: &List, column: &Column) -> Value {
    let mut value = json!({
        "id": crate::graph::ids::guid(&format!("column:{}:{}", list.id, column.name)),
        "name": column.plain_name(),
        "displayName": column.title,
        "description": "",
        "columnGroup": "Custom Columns",
        "hidden": column.hidden,
        "indexed": column.indexed,
        "readOnly": column.read_only,
        "required": column.name == "Title",
        "enforceUniqueValues": false,
    });
    set(&mut value, column.kind, facet(column));
    value
}

fn facet(column: &Column) -> Value {
    match (column.kind, &column.detail) {
        ("text", detail) => {
            let lines = matches!(detail, Detail::Lines);
            json!({"allowMultipleLines": lines, "maxLength": 255, "linesForEditing": if lines { 6 } else { 0 }, "appendChangesToExistingText": false})
        }
        ("choice", Detail::ManyChoices(choices)) => {
            json!({"allowTextEntry": false, "choices": choices, "displayAs": "checkBoxes"})
        }
        ("choice", Detail::Choices(choices)) => {
            json!({"allowTextEntry": false, "choices": choices, "displayAs": "dropDownMenu"})
        }
        ("choice", _) => {
            json!({"allowTextEntry": false, "choices": ["Active", "Paused", "Closed"], "displayAs": "dropDownMenu"})
        }
        ("number", _) => json!({"decimalPlaces": "automatic", "displayAs": "number"}),
        ("dateTime", detail) => {
            let format = if matches!(detail, Detail::Time) { "dateTime" } else { "dateOnly" };
            json!({"displayAs": "default", "format": format})
        }
        ("boolean", _) => json!({}),
        ("hyperlinkOrPicture", _) => json!({"isPicture": false}),
        ("lookup", Detail::Lookup(list, of)) => {
            json!({"allowMultipleValues": false, "allowUnlimitedLength": false, "columnName": of, "listId": list})
        }
        ("calculated", Detail::Formula(formula, output)) => {
            json!({"format": "dateOnly", "formula": formula, "outputType": output})
        }
        _ => json!({"allowMultipleSelection": false, "chooseFromType": "peopleAndGroups"}),
    }
}

/// A row as `microsoft.graph.listItem`, with its fields.
pub fn list_item_of_row(site: &Site, list: &List, row: &Row) -> Value {
    if row.deleted {
        return json!({"id": row.number.to_string(), "deleted": {"state": "deleted"}, "parentReference": {"siteId": site.id}, "contentType": {"id": "0x0100", "name": "Item"}});
    }
    let mut fields: Map<String, Value> = row.fields.clone().into_iter().collect();
    common_fields(&mut fields, row.number, (&row.created, &row.modified), "Item");
    let tag = format!("\"{},{}\"", row.unique, row.change);
    json!({
        "@odata.etag": tag,
        "id": row.number.to_string(),
        "eTag": tag,
        "createdDateTime": row.created,
        "lastModifiedDateTime": row.modified,
        "createdBy": identity(&row.by),
        "lastModifiedBy": identity(&row.by),
        "webUrl": format!("{}/Lists/{}/{}_.000", site.url(), encode_path(&list.name), row.number),
        "parentReference": {"id": list.id, "siteId": site.id},
        "contentType": {"id": "0x0100A1", "name": "Item"},
        "sharepointIds": ids(site, list, Some((row.number, &row.unique))),
        "fields": fields,
    })
}

/// A file's or folder's place in its library, as `microsoft.graph.listItem`.
pub fn list_item_of_file(world: &World, site: &Site, list: &List, item: &Item) -> Value {
    let mut fields = Map::new();
    let kind = if item.is_folder() { "Folder" } else { "Document" };
    common_fields(&mut fields, item.row, (&item.created, &item.modified), kind);
    fields.insert("FileLeafRef".into(), item.name.clone().into());
    fields.insert("LinkFilename".into(), item.name.clone().into());
    fields.insert(
        "FileSizeDisplay".into(),
        item.current().map_or(0, |v| v.bytes.len()).to_string().into(),
    );
    if let Some(label) = &item.labels.column {
        fields.insert("_IpLabelId".into(), label.clone().into());
        let name = labels::find(label).map(|label| label.name);
        fields.insert("_DisplayName".into(), name.into());
        fields.insert("_IpLabelAssignmentMethod".into(), "standard".into());
    }
    json!({
        "@odata.etag": format!("\"{},{}\"", item.unique, item.change),
        "id": item.row.to_string(),
        "eTag": format!("\"{},{}\"", item.unique, item.change),
        "createdDateTime": item.created,
        "lastModifiedDateTime": item.modified,
        "createdBy": identity(&item.created_by),
        "lastModifiedBy": identity(&item.modified_by),
        "webUrl": web_url(world, item),
        "parentReference": {"id": list.id, "siteId": site.id},
        "contentType": {"id": "0x010100B2", "name": kind},
        "sharepointIds": ids(site, list, Some((item.row, &item.unique))),
        "fields": fields,
    })
}

/// A page's place in its list, as `microsoft.graph.listItem`.
pub fn list_item_of_page(site: &Site, list: &List, page: &Page) -> Value {
    let mut fields = Map::new();
    common_fields(&mut fields, page.row, (&page.created, &page.modified), "Site Page");
    fields.insert("Title".into(), page.title.clone().into());
    fields.insert("FileLeafRef".into(), page.name.clone().into());
    let tag = format!("\"{},1\"", page.id);
    json!({
        "@odata.etag": tag,
        "id": page.row.to_string(),
        "eTag": tag,
        "createdDateTime": page.created,
        "lastModifiedDateTime": page.modified,
        "createdBy": identity(&page.by),
        "lastModifiedBy": identity(&page.by),
        "webUrl": page_url(site, page),
        "parentReference": {"id": list.id, "siteId": site.id},
        "contentType": {"id": "0x0101009D1CB255DA76424F860D91F20E6C4118", "name": "Site Page"},
        "sharepointIds": ids(site, list, Some((page.row, &page.id))),
        "fields": fields,
    })
}

fn common_fields(
    fields: &mut Map<String, Value>,
    row: u32,
    (created, modified): (&str, &str),
    kind: &str,
) {
    fields.insert("id".into(), row.to_string().into());
    fields.insert("ContentType".into(), kind.into());
    fields.insert("Created".into(), created.into());
    fields.insert("Modified".into(), modified.into());
    fields.insert("AuthorLookupId".into(), "11".into());
    fields.insert("EditorLookupId".into(), "11".into());
}
