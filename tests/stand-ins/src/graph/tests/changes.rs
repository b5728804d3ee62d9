//! What came, changed, moved and went in a drive.

use serde_json::{Value, json};

use super::bench;
use crate::graph::{Fault, FaultKind, Id};

#[tokio::test]
async fn delta_starts_now_and_tells_what_came_changed_and_went() {
    let bench = bench().await;
    let drive = bench.drive("ann", "Finance").await;
    let latest = bench.get("ann", &format!("/drives/{drive}/root/delta?token=latest")).await;
    assert_eq!(latest.body["value"], json!([]));
    let link = latest.body["@odata.deltaLink"].as_str().unwrap().to_owned();
    let add = json!({"kind": "file", "drive": drive, "path": "Budget/New.txt", "text": "fresh"});
    let made = bench.post("", "/stand-in/items", &add).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let got = bench.get("ann", &link).await;
    assert_eq!(got.names(), ["New.txt"]);
    let then = got.body["@odata.deltaLink"].as_str().unwrap().to_owned();
    let gone = json!({"kind": "delete", "drive": drive, "item": made.body["item"]});
    assert_eq!(bench.post("", "/stand-in/items", &gone).await.status, 201);
    let got = bench.get("ann", &then).await;
    assert_eq!(got.body["value"][0]["deleted"], json!({"state": "deleted"}));
    assert_eq!(
        bench.get("ann", &format!("/drives/{drive}/root/delta?token=zzz")).await.status,
        400
    );
}

#[tokio::test]
async fn delta_from_the_beginning_comes_in_pages() {
    let bench = bench().await;
    let drive = bench.drive("ann", "Finance").await;
    let mut next = format!("/drives/{drive}/root/delta?$select=id,name");
    let mut count = 0;
    loop {
        let got = bench.get("ann", &next).await;
        count += got.body["value"].as_array().unwrap().len();
        let Some(link) = got.body["@odata.nextLink"].as_str() else {
            assert!(got.body["@odata.deltaLink"].is_string());
            break;
        };
        next = link.to_owned();
    }
    assert!(count > 240, "{count}");
}

fn named<'a>(got: &'a super::Got, name: &str) -> &'a Value {
    let entries = got.body["value"].as_array().unwrap();
    entries.iter().find(|entry| entry["name"] == name).unwrap_or_else(|| panic!("{}", got.body))
}

#[tokio::test]
async fn delta_tells_what_was_edited_renamed_and_moved() {
    let bench = bench().await;
    let (drive, item) = bench.item("ann", "ChartRoom", "Labels/Agreed.docx").await;
    let (_, folder) = bench.item("ann", "ChartRoom", "Versions").await;
    let latest = bench.get("ann", &format!("/drives/{drive}/root/delta?token=latest")).await;
    let link = latest.body["@odata.deltaLink"].as_str().unwrap().to_owned();
    let before = bench.get("ann", &format!("/drives/{drive}/items/{item}")).await;
    for change in [
        json!({"kind": "move", "drive": drive, "item": item, "name": "Renamed.docx"}),
        json!({"kind": "move", "drive": drive, "item": item, "folder": "Versions"}),
        json!({"kind": "file", "drive": drive, "path": "Labels/Unlabelled.docx", "text": "edited"}),
    ] {
        let made = bench.post("", "/stand-in/items", &change).await;
        assert_eq!(made.status, 201, "{}", made.body);
    }
    let got = bench.get("ann", &link).await;
    assert_eq!(got.body["value"].as_array().unwrap().len(), 2);
    let renamed = named(&got, "Renamed.docx");
    assert_eq!((&renamed["id"], &renamed["parentReference"]["id"]), (&json!(item), &json!(folder)));
    assert_ne!(renamed["eTag"], before.body["eTag"]);
    assert_eq!(named(&got, "Unlabelled.docx")["publication"]["versionId"], "2.0");
    let next = got.body["@odata.deltaLink"].as_str().unwrap();
    assert_eq!(bench.get("ann", next).await.body["value"], json!([]));
    let wrong = json!({"kind": "move", "drive": drive, "item": "01NOTTHERE", "name": "x"});
    assert_eq!(bench.post("", "/stand-in/items", &wrong).await.status, 404);
}

#[tokio::test]
async fn what_changes_between_two_pages_comes_the_next_time() {
    let bench = bench().await;
    let drive = bench.drive("ann", "ChartRoom").await;
    let first = bench.get("ann", &format!("/drives/{drive}/root/delta?$top=30")).await;
    let next = first.body["@odata.nextLink"].as_str().unwrap().to_owned();
    let add = json!({"kind": "file", "drive": drive, "path": "Labels/Agreed.docx", "text": "new"});
    assert_eq!(bench.post("", "/stand-in/items", &add).await.status, 201);
    let mut got = bench.get("ann", &next).await;
    while let Some(next) = got.body["@odata.nextLink"].as_str().map(str::to_owned) {
        got = bench.get("ann", &next).await;
    }
    let then = bench.get("ann", got.body["@odata.deltaLink"].as_str().unwrap()).await;
    assert_eq!(then.names(), ["Agreed.docx"]);
}

#[tokio::test]
async fn a_token_that_is_too_old_says_where_to_start_again() {
    let bench = bench().await;
    let drive = bench.drive("ann", "ChartRoom").await;
    let whole = format!("/drives/{drive}/root/delta");
    let latest = bench.get("ann", &format!("{whole}?token=latest&$select=id,name")).await;
    let link = latest.body["@odata.deltaLink"].as_str().unwrap().to_owned();
    bench.graph.fault(Fault::once(FaultKind::TokenTooOld).on(Id::DriveDelta));
    let got = bench.get("ann", &link).await;
    assert_eq!((got.status.as_u16(), got.code()), (410, "resyncRequired"));
    assert_eq!(got.body["error"]["innerError"]["code"], "resyncChangesApplyDifferences");
    let again = bench.get("ann", got.header("location")).await;
    assert!(again.body["value"].as_array().unwrap().len() > 40);
    bench.graph.fault(Fault::once(FaultKind::TokenTooOld).on(Id::DriveDelta));
    assert_eq!(bench.get("ann", &whole).await.status, 200, "without a token nothing is too old");
}

#[tokio::test]
async fn a_token_of_another_drive_or_of_nobody_is_refused() {
    let bench = bench().await;
    let drive = bench.drive("ann", "ChartRoom").await;
    let other = bench.drive("ann", "Finance").await;
    let latest = bench.get("ann", &format!("/drives/{other}/root/delta?token=latest")).await;
    let link = latest.body["@odata.deltaLink"].as_str().unwrap().to_owned();
    let foreign = link.replace(&other, &drive);
    assert_ne!(foreign, link);
    let got = bench.get("ann", &foreign).await;
    assert_eq!((got.status.as_u16(), got.code()), (410, "resyncRequired"));
    for token in ["zzz", "a-b-c-d", "-all-0", "since-1-0"] {
        let got = bench.get("ann", &format!("/drives/{drive}/root/delta?token={token}")).await;
        assert_eq!((got.status.as_u16(), got.code()), (400, "invalidRequest"), "{token}");
    }
}

#[tokio::test]
async fn an_entry_can_come_twice_and_the_last_one_is_right() {
    let bench = bench().await;
    let drive = bench.drive("ann", "ChartRoom").await;
    bench.graph.fault(Fault::once(FaultKind::Duplicates).on(Id::DriveDelta));
    let got = bench.get("ann", &format!("/drives/{drive}/root/delta?$top=5")).await;
    let entries = got.body["value"].as_array().unwrap();
    assert_eq!(entries.len(), 6);
    assert_eq!(
        (&entries[0]["id"], &entries[0]["name"]),
        (&entries[5]["id"], &json!("An older name"))
    );
}
