//! Files by their resource address, as somebody else's client reads them.

use e2e::{Company, Engine, Foreign, mcp_address, own_server};
use serde_json::json;

use crate::bench::{assert_hides, read_room, resource, uri};

#[tokio::test]
async fn the_python_sdk_lists_the_templates_and_reads_a_file() {
    let company = Company::start().await;
    company.canaries.plant("The light of the mole is white over red.");
    let connector =
        own_server(&company, |usual| usual.with("MCP_SERVER_AUTH_MODES", "direct,proxy")).await;
    let file = uri(&read_room(&connector.person("ann"), "Labels/Agreed.docx").await);
    let (address, token) = (mcp_address(&connector), company.token("ann"));
    let script = Foreign::start(Engine::Python, "resource_client.py", &[&address, &token, &file]);
    if let Some(mut script) = script {
        let listed = script.says().await;
        let offered = json!(["m365-file://{drive}/{item}", "m365-page://{site}/{page}"]);
        assert_eq!(listed["templates"], offered, "{listed}");
        let read = script.says().await;
        let contents = read["contents"].as_array().unwrap();
        assert_eq!(contents.len(), 1, "{read}");
        assert_eq!(contents[0][0], file.as_str());
        assert_eq!(contents[0][1], "text/markdown");
        let text = contents[0][2].as_str().unwrap();
        assert!(text.contains("Agreed.docx"), "{text}");
        assert!(text.contains("The light of the mole is white over red."), "{text}");
        let record = connector.last_record();
        assert_eq!((&record["kind"], &record["outcome"]), (&json!("resource"), &json!("ok")));
        assert_eq!(record["resources"][0]["decision"], "allowed", "{record}");
    }
    connector.finish().await;
}

#[tokio::test]
async fn an_address_is_read_like_the_tool_and_is_no_way_to_anything_else() {
    let company = Company::start().await;
    let connector = own_server(&company, |usual| {
        usual.with("MCP_SERVER_AUTH_MODES", "direct,proxy").with("MCP_SERVER_RATE_LIMIT_RPM", "0")
    })
    .await;
    let ann = connector.person("ann");
    let beacon = read_room(&ann, "Measurements/beacon.py").await;
    let markdown = resource(&ann, &uri(&beacon)).await;
    assert!(markdown.contains("Counts the flashes of a beacon."), "{markdown}");
    let asked = company.graph_requests();
    for address in [
        "m365-file://b/../../sites/root",
        "m365-file://a/b%2Fc",
        "m365-file://a",
        "https://harbourlight.sharepoint.com/sites/Finance",
        "file:///etc/passwd",
        "",
    ] {
        let reply = ann.send("resources/read", &json!({"uri": address})).await;
        let error = reply.json()["error"].clone();
        assert_eq!(error["code"], -32602, "{address}: {}", reply.text());
        assert_hides(&reply.text(), &["root:x", "untrusted text"]);
    }
    assert_eq!(company.graph_requests(), asked, "Graph was asked for something");
    connector.finish().await;
}
