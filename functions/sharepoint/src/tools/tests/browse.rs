//! Browsing: views, paging, shortcuts, and links that lead astray.

use stand_ins::graph::{Fault, FaultKind, Id};

use super::*;

const FINANCE: &str = "https://harbourlight.sharepoint.com/sites/Finance";

#[tokio::test]
async fn without_a_target_there_is_where_to_start() {
    let bench = bench().await;

    let found = bench.browse("ann", json!({})).await.unwrap();

    let kinds: Vec<&str> = items(&found).iter().map(|i| i["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds.first(), Some(&"library"));
    assert!(titles(&found).contains(&"Finance"), "{found:#}");
    assert!(!titles(&found).contains(&"Research"), "ann may not see it");
    assert_eq!(bench.requests(), ["POST /v1.0/$batch"]);
}

#[tokio::test]
async fn who_has_no_onedrive_still_sees_the_rest() {
    let bench = bench().await;
    bench.graph.fault(Fault::once(FaultKind::Forbidden).on(Id::MeDrive));

    let found = bench.browse("ann", json!({})).await.unwrap();

    assert!(notes(&found).contains("Your OneDrive could not be listed"));
    assert!(titles(&found).contains(&"Finance"));
}

#[tokio::test]
async fn a_site_has_libraries_lists_and_pages() {
    let bench = bench().await;

    let found = bench.browse("ann", json!({"target": FINANCE})).await.unwrap();

    for (title, kind) in
        [("Archive", "library"), ("Suppliers", "list"), ("Closing calendar", "page")]
    {
        assert_eq!(item(&found, title)["kind"], kind, "{found:#}");
    }
    assert!(found["structured"]["next_cursor"].is_null());
}

#[tokio::test]
async fn a_site_that_is_paged_finely_is_complete() {
    let bench = bench().await;
    let whole = bench.browse("ann", json!({"target": FINANCE})).await.unwrap();
    let mut seen: Vec<String> = Vec::new();
    let mut query = json!({"target": FINANCE, "limit": 1});
    loop {
        let found = bench.browse("ann", query.clone()).await.unwrap();
        seen.extend(titles(&found).into_iter().map(str::to_owned));
        match found["structured"]["next_cursor"].as_str() {
            Some(cursor) => query["cursor"] = cursor.into(),
            None => break,
        }
    }

    assert_eq!(seen, titles(&whole));
}

#[tokio::test]
async fn a_folder_is_paged_to_its_end() {
    let bench = bench().await;
    let folder = format!("{FINANCE}/Shared%20Documents/Invoices%202026");
    let mut query = json!({"target": folder});
    let mut seen: Vec<String> = Vec::new();
    let mut pages = 0;
    loop {
        let found = bench.browse("ann", query.clone()).await.unwrap();
        seen.extend(titles(&found).into_iter().map(str::to_owned));
        pages += 1;
        match found["structured"]["next_cursor"].as_str() {
            Some(cursor) => query["cursor"] = cursor.into(),
            None => break,
        }
    }
    assert_eq!(seen.len(), 230);
    assert!(pages >= 5);
    assert!(seen.is_sorted());
}

#[tokio::test]
async fn labels_come_with_the_folder() {
    let bench = bench().await;
    let folder = format!("{FINANCE}/Shared%20Documents/Budget");

    let found = bench.browse("ann", json!({"target": folder})).await.unwrap();

    let label = |title: &str| item(&found, title)["label"].clone();
    assert_eq!(label("Forecast Q4.docx")["name"], "General");
    assert_eq!(label("Forecast Q4.docx")["decision"], "allowed");
    assert_eq!(label("Salary bands.xlsx")["name"], "Confidential");
    assert_eq!(label("Salary bands.xlsx")["decision"], "redacted");
    assert_eq!(label("Unlabelled budget.docx")["decision"], "unlabelled");
    let odd = item(&found, "100% O'Neill & Søn #7.docx");
    assert_eq!(odd["path"], "Budget");
    let last = bench.requests().pop().unwrap();
    assert!(last.ends_with("/children"), "{last}");
    assert!(!found.to_string().contains("downloadUrl") && !found.to_string().contains("tempauth"));
}

#[tokio::test]
async fn what_was_shown_can_be_opened_again() {
    let bench = bench().await;
    let site = bench.browse("ann", json!({"target": FINANCE})).await.unwrap();
    let library = items(&site).iter().find(|i| i["kind"] == "library").unwrap();
    let opened = bench.browse("ann", json!({"target": library["ref"]})).await.unwrap();
    let folder = item(&opened, "Budget");
    let inside = bench.browse("ann", json!({"target": folder["ref"]})).await.unwrap();

    assert!(titles(&inside).contains(&"Forecast Q4.docx"));
    let by_url = bench.browse("ann", json!({"target": folder["url"]})).await.unwrap();
    assert_eq!(titles(&by_url), titles(&inside));
}

#[tokio::test]
async fn a_shortcut_leads_to_its_target() {
    let bench = bench().await;
    let root = bench.browse("bob", json!({})).await.unwrap();
    let drive = items(&root).first().unwrap()["ref"].clone();

    let own = bench.browse("bob", json!({"target": drive})).await.unwrap();
    let shortcut = item(&own, "Lab protocols");
    let inside = bench.browse("bob", json!({"target": shortcut["ref"]})).await.unwrap();

    assert!(shortcut["note"].as_str().unwrap().contains("shortcut"));
    assert!(titles(&inside).contains(&"LED endurance test.docx"), "{inside:#}");
}

#[tokio::test]
async fn what_others_keep_to_themselves_stays_theirs() {
    let bench = bench().await;
    let board = "https://harbourlight.sharepoint.com/sites/Board";

    let refused = bench.browse("ann", json!({"target": board})).await;

    assert!(["forbidden", "not_found"].contains(&code(refused)));
    assert!(bench.browse("carla", json!({"target": board})).await.is_ok());
}

#[tokio::test]
async fn links_to_next_pages_are_followed_only_to_the_same_list() {
    let folder = format!("{FINANCE}/Shared%20Documents/Invoices%202026");
    let bench = bench().await;
    bench.graph.fault(
        Fault::once(FaultKind::ForeignNextLink("evil.example".to_owned())).on(Id::ItemChildren),
    );
    let answer = bench.browse("ann", json!({"target": folder})).await;
    assert_eq!(code(answer), "upstream_unavailable");

    bench.graph.forget();
    bench.graph.fault(Fault::once(FaultKind::RepeatedNextLink).on(Id::ItemChildren).times(50));
    let mut query = json!({"target": folder});
    for _ in 0..4 {
        let found = bench.browse("ann", query.clone()).await.unwrap();
        let Some(cursor) = found["structured"]["next_cursor"].as_str() else { return };
        query["cursor"] = cursor.into();
    }
    panic!("a link to its own page was followed without end");
}

#[tokio::test]
async fn an_empty_page_is_not_the_end() {
    let bench = bench().await;
    let folder = format!("{FINANCE}/Shared%20Documents/Invoices%202026");
    bench.graph.fault(Fault::once(FaultKind::EmptyPage).on(Id::ItemChildren));

    let found = bench.browse("ann", json!({"target": folder})).await.unwrap();

    assert!(items(&found).len() > 20, "as many as fit into an answer");
}

#[tokio::test]
async fn a_cursor_of_something_else_is_refused() {
    let bench = bench().await;
    for cursor in ["", "x", "{}", r#"{"stage":9,"link":null,"skip":0}"#] {
        let answer = bench.browse("ann", json!({"target": FINANCE, "cursor": cursor})).await;
        assert_eq!(code(answer), "invalid_cursor", "{cursor}");
    }
}

#[tokio::test]
async fn sites_are_found_by_name_or_because_they_are_followed() {
    let bench = bench().await;

    let followed = bench.sites("ann", json!({})).await.unwrap();
    let named = bench.sites("ann", json!({"query": "news"})).await.unwrap();
    let none = bench.sites("dev", json!({})).await.unwrap();

    assert!(titles(&followed).contains(&"Finance"));
    assert_eq!(titles(&named), ["Company news"]);
    assert!(items(&named)[0]["ref"].as_str().unwrap().starts_with("sp:site:"));
    assert!(notes(&none).contains("follow no sites"));
}

#[tokio::test]
async fn sites_are_paged() {
    let bench = bench().await;
    let mut seen = Vec::new();
    let mut query = json!({"query": "*", "limit": 1});
    loop {
        let found = bench.sites("carla", query.clone()).await.unwrap();
        seen.extend(titles(&found).into_iter().map(str::to_owned));
        match found["structured"]["next_cursor"].as_str() {
            Some(cursor) => query["cursor"] = cursor.into(),
            None => break,
        }
    }
    assert_eq!(seen.len(), 5, "{seen:?}");
}
