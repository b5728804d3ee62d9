//! Labels that the library's column tells, as far as the column can be trusted.

use std::time::Duration;

use stand_ins::graph::Addition;

use super::*;

const GENERAL: &str = "22222222-bbbb-4bbb-8bbb-000000000002";
const SECRET: &str = "the file says Confidential";

#[tokio::test]
async fn an_excerpt_waits_until_the_column_has_had_a_day() {
    let bench = bench().await;
    let query = json!({"query": "merger", "kinds": ["file"]});

    let found = bench.search("ann", query.clone()).await.unwrap();

    let stale = item(&found, "Stale label.docx");
    assert_eq!(stale["label"]["decision"], "unknown");
    assert_eq!(stale["label"]["name"], "General", "what the column says is still told");
    assert!(stale.get("snippet").is_none());
    assert!(!found.to_string().contains(SECRET), "{found:#}");
    assert!(notes(&found).contains("25 hours"), "{}", notes(&found));
    assert_eq!(bench.requests().len(), 2, "nothing more is asked for it");
}

#[tokio::test]
async fn the_same_file_is_trusted_when_the_column_had_its_day() {
    let bench = bench().await;
    let text = "windowsill and nothing else";
    let file = |path: &str, when: &str| Addition::File {
        drive: "Finance".to_owned(),
        path: path.to_owned(),
        text: text.to_owned(),
        label: Some(GENERAL.to_owned()),
        column_label: None,
        by: None,
        when: Some(when.to_owned()),
        people: None,
    };
    bench.graph.add(file("Sills/Fresh.docx", "2026-11-19T08:30:00Z")).unwrap();
    bench.graph.add(file("Sills/Settled.docx", "2026-11-19T07:30:00Z")).unwrap();
    bench.graph.add(file("Sills/From tomorrow.docx", "2026-11-21T07:30:00Z")).unwrap();
    let query = json!({"query": "windowsill", "kinds": ["file"]});

    let found = bench.search("ann", query.clone()).await.unwrap();
    let snippet = |found: &Value, title: &str| item(found, title).get("snippet").is_some();
    assert!(snippet(&found, "Settled.docx"), "{found:#}");
    assert!(!snippet(&found, "Fresh.docx") && !snippet(&found, "From tomorrow.docx"), "{found:#}");

    bench.clock.advance(Duration::from_hours(1));
    let later = bench.search("ann", query).await.unwrap();
    assert!(snippet(&later, "Fresh.docx"), "{later:#}");
}

#[tokio::test]
async fn an_empty_column_is_no_leave_even_where_unlabelled_files_may_be_shown() {
    let bench = bench_with(&POLICY.replace("unlabelled: redact", "unlabelled: allow")).await;

    let found = bench.search("ann", json!({"query": "offer", "kinds": ["file"]})).await.unwrap();
    let budget = bench.search("ann", json!({"query": "budget", "kinds": ["file"]})).await.unwrap();
    assert!(!budget.to_string().contains("Somebody forgot"), "it may have a label all the same");
    let folder = "https://harbourlight.sharepoint.com/sites/Finance/Shared%20Documents/Budget";
    let listed = bench.browse("ann", json!({"target": folder})).await.unwrap();

    let offer = item(&found, "Partner offer.docx");
    assert_eq!(offer["label"]["decision"], "unknown");
    assert!(offer.get("snippet").is_none());
    let encrypted = item(&listed, "Acquisition (encrypted).docx");
    assert_eq!(encrypted["label"]["decision"], "unknown");
    assert_eq!(item(&listed, "Stale label.docx")["label"]["decision"], "unknown");
    assert_eq!(item(&listed, "Forecast Q4.docx")["label"]["decision"], "allowed");
}

#[tokio::test]
async fn facts_look_into_a_file_that_changed_lately() {
    let bench = bench().await;
    let reference = bench.reference("ann", "Stale label.docx").await;

    let facts = bench.facts("ann", json!({"target": reference})).await.unwrap();

    let label = &facts["structured"]["item"]["label"];
    assert_eq!(label["decision"], "redacted");
    assert_eq!(label["name"], "Confidential");
}
