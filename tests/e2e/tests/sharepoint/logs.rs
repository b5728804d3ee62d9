//! What the log says, whatever it is asked to say.

use e2e::{Company, Connector, Flavour};
use serde_json::{Value, json};
use stand_ins::entra::{Answer, Fault, Grant};
use stand_ins::graph::{Fault as GraphFault, FaultKind};

#[tokio::test]
async fn the_most_talkative_log_holds_no_secret_and_no_content() {
    let company = Company::start().await;
    for level in ["debug", "trace"] {
        let connector = Connector::start(&company, Flavour::Function, |environment| {
            environment.with("LOG_LEVEL", level)
        })
        .await;
        for client in [connector.person("ann"), connector.person("ann").modern()] {
            let query = json!({"query": "lighthousekeeper OR \"4.2 million\" OR budget"});
            let found = client.call("sharepoint_search", query).await;
            let target = found.item("Forecast Q4.docx")["ref"].clone();
            client.call("sharepoint_metadata", json!({"target": target})).await.data();
            client.call("sharepoint_browse", json!({})).await.data();
            client.call("sharepoint_search", json!({"quarry": "a wrong argument"})).await.code();
            client.send("tools/list", &json!({})).await;
        }
        company.graph.fault(GraphFault::once(FaultKind::WrongJson));
        connector.person("carla").search("a query that fails").await.result();
        company.entra.fault(Fault::new(Answer::Html).grant(Grant::OnBehalfOf).times(1));
        assert_eq!(connector.person("bob").search("a query without a token").await.status(), 502);
        connector.finish().await;
    }
}

#[tokio::test]
async fn every_line_is_json_with_a_level_and_a_time() {
    let company = Company::start().await;
    let connector = Connector::function(&company).await;
    connector.person("ann").search("budget").await.items();
    connector.bearer("no-token-at-all".to_owned()).search("budget").await;
    connector.logged("auth_failed", 1).await;
    for line in connector.log() {
        let read: Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("{line}"));
        assert!(read["timestamp"].as_str().is_some(), "{line}");
        assert!(read["level"].as_str().is_some(), "{line}");
    }
    // Who, what and how long, by ids: enough to find a call without knowing what was in it.
    let line = connector.logged_text("\"sharepoint_search\"").await;
    let line: Value = serde_json::from_str(&line).unwrap();
    for name in ["oid", "status", "outcome", "total_ms", "event_id", "trace_id", "client_ip"] {
        assert!(!line[name].is_null(), "{name} in {line}");
    }
    connector.finish().await;
}
