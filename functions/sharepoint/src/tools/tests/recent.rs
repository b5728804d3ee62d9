//! Recent files: whose they are, in which order, and since when.

use super::*;

const FINANCE: &str = "https://harbourlight.sharepoint.com/sites/Finance";

fn whens(answer: &Value) -> Vec<&str> {
    items(answer).iter().map(|item| item["when"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn my_recent_files_are_those_i_wrote_newest_first() {
    let bench = bench().await;

    let found = bench.recent("ann", json!({})).await.unwrap();

    assert!(titles(&found).contains(&"Budget 2027.xlsx"), "{found:#}");
    assert!(titles(&found).contains(&"Forecast Q4.docx"), "the last version is hers");
    assert!(!titles(&found).contains(&"Salary bands.xlsx"), "that one is Carla's");
    assert!(whens(&found).is_sorted_by(|a, b| a >= b), "{:?}", whens(&found));
    assert_eq!(item(&found, "Forecast Q4.docx")["label"]["decision"], "allowed");
    assert!(items(&found).iter().all(|item| item.get("snippet").is_none()));
    assert!(notes(&found).contains("minutes behind"));
    let requests = bench.requests();
    assert_eq!(requests, ["GET /v1.0/me", "POST /v1.0/search/query", "POST /v1.0/$batch"]);
    bench.recent("ann", json!({"limit": 1})).await.unwrap();
    assert_eq!(bench.requests().len(), 5, "who asks is known for a while");
}

#[tokio::test]
async fn since_is_kept_to_the_moment() {
    let bench = bench().await;
    let query = json!({"since": "2026-11-18T13:45:00Z", "limit": 20});
    let found = bench.recent("ann", query).await.unwrap();
    assert!(titles(&found).contains(&"Budget 2027.xlsx"));

    let query = json!({"since": "2026-11-18T13:45:01Z", "limit": 20});
    let found = bench.recent("ann", query).await.unwrap();
    assert!(!titles(&found).contains(&"Budget 2027.xlsx"));
    assert!(titles(&found).contains(&"Stale label.docx"));
}

#[tokio::test]
async fn shared_files_are_those_that_others_gave_me() {
    let bench = bench().await;

    let found = bench.recent("ann", json!({"scope": "shared"})).await.unwrap();

    assert_eq!(titles(&found), ["Career plan.docx"], "Bob's, not her own");
    assert_eq!(item(&found, "Career plan.docx")["label"]["decision"], "redacted");
    assert!(notes(&found).contains("by name"));
}

#[tokio::test]
async fn the_files_of_a_site_are_everyones() {
    let bench = bench().await;
    let query = json!({"scope": "site", "site": FINANCE, "since": "2026-10-28", "limit": 20});

    let found = bench.recent("ann", query).await.unwrap();

    assert!(titles(&found).contains(&"100% O'Neill & Søn #7.docx"), "{:?}", titles(&found));
    assert!(items(&found).iter().all(|item| item["url"].as_str().unwrap().starts_with(FINANCE)));
    let error = bench.recent("ann", json!({"scope": "site"})).await.unwrap_err();
    assert!(error.to_string().contains("name the site"), "{error}");
    let others = bench.recent("bob", json!({"scope": "site", "site": FINANCE})).await.unwrap();
    assert!(items(&others).is_empty(), "he may not see it");
}

#[tokio::test]
async fn recent_files_are_paged_without_gaps() {
    let bench = bench().await;
    let mut query = json!({"scope": "mine", "site": FINANCE, "limit": 20});
    let mut seen: Vec<String> = Vec::new();
    loop {
        let found = bench.recent("ann", query.clone()).await.unwrap();
        seen.extend(items(&found).iter().map(|item| item["ref"].to_string()));
        match found["structured"]["next_cursor"].as_str() {
            Some(cursor) => query["cursor"] = cursor.into(),
            None => break,
        }
    }
    let total = seen.len();
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), total, "nothing comes twice");
    assert!(total > 230, "{total}");
}
