//! Following a library: nothing at first, then what became of its files, and a fresh start when
//! Graph has forgotten.

use e2e::{Client, Company, Flavour};
use serde_json::{Value, json};
use stand_ins::graph::{Addition, Fault, FaultKind, Id};

use crate::bench::{LATER, ROOM, Written, connector};

async fn since(ann: &Client<'_>, cursor: &Value) -> Value {
    let mut arguments = json!({"target": ROOM, "limit": 100});
    if !cursor.is_null() {
        arguments["since_cursor"] = cursor.clone();
    }
    ann.call("sharepoint_changes", arguments).await.data()
}

fn kinds(answer: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let items = answer["items"].as_array().unwrap().iter();
    items.map(|one| (text(&one["change"]), text(&one["item"]["title"]))).collect()
}

fn has(found: &[(String, String)], change: &str, title: &str) -> bool {
    found.iter().any(|(known, name)| known == change && name == title)
}

#[tokio::test]
async fn what_became_of_each_file_is_told_once() {
    let company = Company::start().await;
    company.canaries.plant("eleven whales");
    let (drive, doomed) = Written::new("Drafts/Doomed.docx", "Gone soon.").put(&company);
    let (_, drifting) = Written::new("Drafts/Drifting.docx", "On the move.").put(&company);
    let connector = connector(&company, Flavour::Server).await;
    let ann = connector.person("ann");
    let start = since(&ann, &Value::Null).await;
    assert_eq!(start["items"], json!([]), "{start:#}");
    assert!(start["notes"].to_string().contains("from now on"), "{start:#}");

    Written { when: LATER, ..Written::new("Drafts/Fresh.docx", "We saw eleven whales.") }
        .put(&company);
    Written { when: LATER, ..Written::new("Labels/Agreed.docx", "Eleven lights.") }.put(&company);
    let (folder, name) = (Some("Labels".to_owned()), None);
    company
        .graph
        .add(Addition::Move { drive: drive.clone(), item: drifting, folder, name })
        .unwrap();
    company.graph.add(Addition::Delete { drive, item: doomed.clone() }).unwrap();

    let next = since(&ann, &start["since_cursor"]).await;
    let found = kinds(&next);
    for (change, title) in
        [("added", "Fresh.docx"), ("changed", "Agreed.docx"), ("moved", "Drifting.docx")]
    {
        assert!(has(&found, change, title), "{change} {title}: {found:?}");
    }
    let gone = next["items"].as_array().unwrap().iter().find(|one| one["change"] == "deleted");
    assert!(gone.unwrap()["item"]["ref"].as_str().unwrap().ends_with(&doomed), "{next:#}");
    assert!(!next.to_string().contains("whales"), "a change is no content");
    let after = since(&ann, &next["since_cursor"]).await;
    assert_eq!(after["items"], json!([]), "nothing comes twice: {after:#}");
    connector.finish().await;
}

#[tokio::test]
async fn what_graph_has_forgotten_is_said_and_followed_from_now_on() {
    let company = Company::start().await;
    let connector = connector(&company, Flavour::Server).await;
    let ann = connector.person("ann");
    let start = since(&ann, &Value::Null).await;
    Written { when: LATER, ..Written::new("Drafts/Lost.docx", "x") }.put(&company);

    company.graph.fault(Fault::once(FaultKind::TokenTooOld).on(Id::DriveDelta));
    let lost = since(&ann, &start["since_cursor"]).await;

    assert_eq!(lost["items"], json!([]), "{lost:#}");
    assert!(lost["notes"].to_string().contains("is lost"), "{lost:#}");
    assert_ne!(lost["since_cursor"], start["since_cursor"]);
    Written { when: LATER, ..Written::new("Drafts/Found.docx", "x") }.put(&company);
    let found = kinds(&since(&ann, &lost["since_cursor"]).await);
    assert!(has(&found, "added", "Found.docx"), "{found:?}");
    assert!(!found.iter().any(|(_, title)| title == "Lost.docx"), "{found:?}");
    connector.finish().await;
}
