//! `search` and `fetch`, where they are offered.

use platform::Connector as _;

use super::*;

fn told<T: serde::Serialize + platform::Summary>(answer: Answer<T>) -> Value {
    let text = answer.0.summary();
    let structured = serde_json::to_value(answer.0).unwrap();
    let said: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(said, structured, "the text is the same JSON");
    structured
}

async fn fetch(bench: &Bench, id: &str) -> Value {
    let args = Parameters(serde_json::from_value(json!({"id": id})).unwrap());
    told(bench.connector.fetch(call("ann"), args).await.unwrap())
}

#[tokio::test]
async fn they_are_off_unless_they_are_asked_for() {
    let bench = bench().await;
    assert!(!bench.connector.offers("search") && !bench.connector.offers("fetch"));
    assert!(bench.connector.offers("sharepoint_read"));
    let on = bench.connector.clone().with_search_and_fetch(true);
    assert!(on.offers("search") && on.offers("fetch") && on.offers("sharepoint_read"));
    let shown = platform::surface::<SharePoint>();
    assert!(shown.iter().all(|tool| tool.name.starts_with("sharepoint_")));
}

#[tokio::test]
async fn what_search_finds_fetch_reads_under_the_same_policy() {
    let bench = bench().await;
    let args = Parameters(serde_json::from_value(json!({"query": "beacon"})).unwrap());
    let found = told(bench.connector.search(call("ann"), args).await.unwrap());
    let hits = found["results"].as_array().unwrap();
    let hit = hits.iter().find(|hit| hit["title"] == "beacon.py").unwrap();
    assert!(hit["url"].as_str().unwrap().starts_with("https://"));

    let read = fetch(&bench, hit["id"].as_str().unwrap()).await;
    assert_eq!(read["title"], "beacon.py");
    assert!(read["text"].as_str().unwrap().contains("Counts the flashes"), "{read:#}");

    let withheld = fetch(&bench, &format!("{ROOM}/Labels/Withheld.docx")).await;
    assert_eq!(withheld["metadata"]["label"]["decision"], "redacted");
    assert!(withheld["text"].as_str().unwrap().contains("open the url"), "{withheld:#}");
    assert!(!withheld.to_string().contains("diver"));
}
