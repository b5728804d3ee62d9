use super::*;

#[test]
fn the_tools_are_what_the_model_was_promised() {
    insta::with_settings!({snapshot_path => "../../snapshots", prepend_module_to_snapshot => false}, {
        insta::assert_json_snapshot!("tools", SharePoint::all_tools().list_all());
    });
}

#[test]
fn the_definitions_fit_into_ten_kilobytes() {
    const HINTS: usize = 130;
    let tools = SharePoint::all_tools().list_all();

    let bytes = serde_json::to_string(&tools).unwrap().len() + tools.len() * HINTS;

    assert!(bytes <= 10_240, "{bytes} bytes");
}

#[test]
fn every_schema_is_one_that_all_clients_take() {
    for tool in SharePoint::all_tools().list_all() {
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
    }
}
