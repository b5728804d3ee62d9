//! The table is what the published description of Graph says.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use crate::graph::operations::TABLE;
use crate::graph::types::{
    COLUMN, DRIVE, DRIVE_ITEM, EntityType, LABEL, LIST, LIST_ITEM, PERMISSION, SITE, SITE_PAGE,
    USER, VERSION,
};

fn read(name: &str) -> Option<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/graph").join(name);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/graph").join(name);
    let text = std::fs::read_to_string(path).or_else(|_| std::fs::read_to_string(beside));
    if text.is_err() {
        eprintln!("SKIPPED: ../shared/graph/{name} is not there, nothing was compared");
    }
    serde_json::from_str(&text.ok()?).ok()
}

fn set(value: &Value) -> BTreeSet<&str> {
    match value {
        Value::Array(list) => list.iter().filter_map(Value::as_str).collect(),
        Value::Object(map) => map.keys().map(String::as_str).collect(),
        _ => BTreeSet::new(),
    }
}

#[test]
fn the_table_agrees_with_the_contract() {
    let Some(contract) = read("contract.json") else {
        return;
    };
    let operations = contract["operations"].as_array().unwrap();
    for row in TABLE {
        let found = operations.iter().find(|it| it["id"] == row.name);
        let found = found.unwrap_or_else(|| panic!("{} is not in the contract", row.name));
        assert_eq!(found["method"], row.method.as_str(), "{}", row.name);
        assert_eq!(found["path"], row.path, "{}", row.name);
        assert_eq!(set(&found["query"]), row.query.iter().copied().collect(), "{}", row.name);
        assert_eq!(set(&found["headers"]), row.headers.iter().copied().collect(), "{}", row.name);
        let mut scopes = set(&found["delegated_read_permissions"]);
        scopes.extend(set(&found["documented_only_with_write_permissions"]));
        if row.name == "share_drive_item" {
            scopes.extend(["Files.Read.All", "Sites.Read.All"]);
        }
        assert_eq!(scopes, row.scopes.iter().copied().collect(), "{}", row.name);
    }
    let missing: Vec<&str> = operations
        .iter()
        .filter(|it| it["connector"] == "sharepoint")
        .filter_map(|it| it["id"].as_str())
        .filter(|id| TABLE.iter().all(|row| row.name != *id))
        .collect();
    assert_eq!(missing, ["share_site", "share_list_item", "copilot_retrieval"]);
}

#[test]
fn the_types_agree_with_the_schema() {
    let Some(schema) = read("types.json") else {
        return;
    };
    let types = &schema["types"];
    let all: [&EntityType; 11] = [
        &USER,
        &SITE,
        &DRIVE,
        &DRIVE_ITEM,
        &LIST_ITEM,
        &LIST,
        &COLUMN,
        &SITE_PAGE,
        &VERSION,
        &PERMISSION,
        &LABEL,
    ];
    for own in all {
        let mut names = BTreeSet::new();
        let mut navigation = BTreeSet::new();
        let mut at = own.name;
        while let Some(found) = types.get(at) {
            names.extend(set(&found["properties"]));
            navigation.extend(set(&found["navigation"]));
            at = found["base"].as_str().unwrap_or_default();
        }
        assert_eq!(own.properties.iter().copied().collect::<BTreeSet<_>>(), names, "{}", own.name);
        for (name, _) in own.navigation {
            assert!(navigation.contains(name), "{} has no {name}", own.name);
        }
    }
}

#[test]
fn every_operation_has_its_own_name() {
    let names: BTreeSet<&str> = TABLE.iter().map(|row| row.name).collect();
    assert_eq!(names.len(), TABLE.len());
    for row in TABLE {
        assert_eq!(serde_json::to_value(row.id).unwrap(), row.name);
    }
}

#[tokio::test]
async fn hits_have_every_property_of_the_documented_ones() {
    let bench = super::bench().await;
    for (example, kind, text) in [
        ("search_query.search-concept-files.0.json", "driveItem", "margin"),
        ("search_query.search-concept-files.1.json", "listItem", "\"Bergen Glass\""),
        ("search_query.search-concept-files.2.json", "site", "Finance"),
    ] {
        let Some(example) = read(&format!("examples/{example}")) else {
            return;
        };
        let request = serde_json::json!({"requests": [{"entityTypes": [kind], "query": {"queryString": text}}]});
        let got = bench.post("ann", "/search/query", &request).await;
        let hit = "/value/0/hitsContainers/0/hits/0";
        for place in [
            "/value/0",
            "/value/0/hitsContainers/0",
            hit,
            "/value/0/hitsContainers/0/hits/0/resource",
            "/value/0/hitsContainers/0/hits/0/resource/parentReference",
            "/value/0/hitsContainers/0/hits/0/resource/parentReference/sharepointIds",
            "/value/0/hitsContainers/0/hits/0/resource/sharepointIds",
        ] {
            let Some(documented) = example.pointer(place) else {
                continue;
            };
            let own = set(got.body.pointer(place).unwrap());
            assert!(set(documented).is_subset(&own), "{kind} {place}: {own:?}");
        }
    }
}
