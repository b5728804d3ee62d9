//! What the model is told about the tools.

use super::*;

#[test]
fn the_tools_are_what_the_model_was_promised() {
    insta::with_settings!({snapshot_path => "../../snapshots", prepend_module_to_snapshot => false}, {
        insta::assert_json_snapshot!("tools", platform::surface::<SharePoint>());
    });
}

#[test]
fn the_definitions_fit_into_ten_kilobytes() {
    let bytes = serde_json::to_string(&platform::surface::<SharePoint>()).unwrap().len();

    assert!(bytes <= 10_240, "{bytes} bytes");
}

#[test]
fn every_schema_is_one_that_all_clients_take() {
    for tool in platform::surface::<SharePoint>() {
        let input = Value::Object(tool.input_schema.as_ref().clone());
        let output = Value::Object(tool.output_schema.as_ref().unwrap().as_ref().clone());
        for schema in [&input, &output] {
            assert_eq!(schema["type"], "object", "{}", tool.name);
            let text = schema.to_string();
            for word in ["$ref", "$defs", "\"null\"", "anyOf", "uint"] {
                assert!(!text.contains(word), "{word} in {}: {text}", tool.name);
            }
        }
        assert_eq!(input["additionalProperties"], false, "{}", tool.name);
        assert!(tool.title.is_some() && tool.description.is_some(), "{}", tool.name);
        assert!(tool.name.starts_with("sharepoint_"));
        let hints = tool.annotations.as_ref().unwrap();
        assert_eq!(hints.read_only_hint, Some(true), "{}", tool.name);
    }
}

#[tokio::test]
async fn every_answer_keeps_its_schema() {
    let bench = bench().await;
    let budget = "https://harbourlight.sharepoint.com/sites/Finance/Shared%20Documents/Budget";
    let include = json!(["label", "dates", "versions", "access"]);
    let all_facts = json!({"target": format!("{budget}/Forecast%20Q4.docx"), "include": include});
    let backfill = json!({"target": budget, "backfill": true});
    let answers = [
        ("sharepoint_search", bench.search("ann", json!({"query": "budget"})).await),
        ("sharepoint_search", bench.search("ann", json!({"query": "zzzz"})).await),
        ("sharepoint_browse", bench.browse("ann", json!({})).await),
        ("sharepoint_find_sites", bench.sites("ann", json!({"query": "*"})).await),
        ("sharepoint_metadata", bench.facts("ann", json!({"target": "root"})).await),
        ("sharepoint_metadata", bench.facts("ann", all_facts).await),
        ("sharepoint_list_rows", bench.rows("ann", json!({"list": rows::SUPPLIERS})).await),
        ("sharepoint_recent", bench.recent("ann", json!({})).await),
        ("sharepoint_changes", bench.changes("ann", backfill).await),
        ("sharepoint_labels", bench.labels("ann").await),
    ];
    let tools = platform::surface::<SharePoint>();
    for (name, answer) in answers {
        let tool = tools.iter().find(|tool| tool.name == name).unwrap();
        let schema = Value::Object(tool.output_schema.as_ref().unwrap().as_ref().clone());
        keeps(&answer.unwrap()["structured"], &schema, name);
    }
}

/// The part of JSON Schema that our schemas use.
fn keeps(value: &Value, schema: &Value, place: &str) {
    let fits = match schema["type"].as_str().unwrap_or_default() {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_u64(),
        "boolean" => value.is_boolean(),
        other => panic!("{place}: {other:?}"),
    };
    assert!(fits, "{place}: {value}");
    if let Some(allowed) = schema["enum"].as_array() {
        assert!(allowed.contains(value), "{place}: {value}");
    }
    for name in schema["required"].as_array().unwrap_or(&Vec::new()) {
        assert!(value.get(name.as_str().unwrap()).is_some(), "{place} lacks {name}");
    }
    // Of what lies deeper the schema says only that it is an object.
    let is_open = schema.get("properties").or(schema.get("additionalProperties")).is_none();
    for (name, inner) in value.as_object().into_iter().flatten().filter(|_| !is_open) {
        let known = schema["properties"].get(name).unwrap_or(&schema["additionalProperties"]);
        assert!(known.is_object(), "{place} has {name}, which the schema does not know");
        keeps(inner, known, &format!("{place}.{name}"));
    }
    for inner in value.as_array().into_iter().flatten() {
        keeps(inner, &schema["items"], &format!("{place}[]"));
    }
}
