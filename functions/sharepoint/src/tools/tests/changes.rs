//! Changes of libraries and folders, from one bookmark to the next.

use std::time::Duration;

use stand_ins::graph::{Addition, Fault, FaultKind, Id};

use super::*;

const LIBRARY: &str = "https://harbourlight.sharepoint.com/sites/Finance/Shared%20Documents";
const WHEN: &str = "2026-11-20T12:00:00Z";

fn file(path: &str) -> Addition {
    Addition::File {
        drive: "Finance".to_owned(),
        path: path.to_owned(),
        text: "words".to_owned(),
        label: None,
        column_label: None,
        by: None,
        when: Some(WHEN.to_owned()),
        people: None,
    }
}

fn told(answer: &Value) -> Vec<(&str, &str)> {
    items(answer)
        .iter()
        .map(|one| (one["change"].as_str().unwrap(), one["item"]["title"].as_str().unwrap()))
        .collect()
}

fn cursor(answer: &Value) -> &str {
    answer["structured"]["since_cursor"].as_str().unwrap()
}

#[tokio::test]
async fn the_first_question_starts_now() {
    let bench = bench().await;

    let first = bench.changes("ann", json!({"target": LIBRARY})).await.unwrap();

    assert!(items(&first).is_empty());
    assert!(notes(&first).contains("from now on"));
    assert_eq!(first["structured"]["truncated"], false);
    let query = json!({"target": LIBRARY, "since_cursor": cursor(&first)});
    let second = bench.changes("ann", query).await.unwrap();
    assert!(items(&second).is_empty() && first != second);
    let asked = bench.requests().iter().filter(|one| one.ends_with("/delta")).count();
    assert_eq!(asked, 2, "one question each");
}

#[tokio::test]
async fn what_was_added_changed_and_deleted_is_told_once() {
    let bench = bench().await;
    let made = bench.graph.add(file("Budget/Doomed.docx")).unwrap();
    let first = bench.changes("ann", json!({"target": LIBRARY})).await.unwrap();
    bench.graph.add(file("Budget/New plan.docx")).unwrap();
    bench.graph.add(file("Budget/Budget 2027.xlsx")).unwrap();
    let (drive, doomed) = (made["drive"].as_str().unwrap(), made["item"].as_str().unwrap());
    let gone = Addition::Delete { drive: drive.to_owned(), item: doomed.to_owned() };
    bench.graph.add(gone).unwrap();

    // A bookmark outlives a cursor.
    bench.clock.advance(Duration::from_hours(24 * 7));
    let query = json!({"target": LIBRARY, "since_cursor": cursor(&first), "limit": 20});
    let found = bench.changes("ann", query).await.unwrap();

    let told = told(&found);
    assert!(told.contains(&("added", "New plan.docx")), "{told:?}");
    assert!(told.contains(&("changed", "Budget 2027.xlsx")), "{told:?}");
    let deleted = items(&found).iter().find(|one| one["change"] == "deleted").unwrap();
    assert!(deleted["item"]["ref"].as_str().unwrap().ends_with(doomed), "{deleted}");
    let new = items(&found).iter().find(|one| one["item"]["title"] == "New plan.docx").unwrap();
    assert_eq!(new["item"]["label"]["decision"], "unknown", "labels do not come with changes");
    assert!(!found.to_string().contains("words") && !found.to_string().contains("downloadUrl"));
    let query = json!({"target": LIBRARY, "since_cursor": cursor(&found)});
    assert!(items(&bench.changes("ann", query).await.unwrap()).is_empty());
}

#[tokio::test]
async fn a_backfill_lists_everything_page_by_page() {
    let bench = bench().await;
    let mut query = json!({"target": LIBRARY, "backfill": true, "limit": 100});
    let mut seen: Vec<String> = Vec::new();
    for _ in 0..10 {
        let found = bench.changes("ann", query.clone()).await.unwrap();
        assert!(items(&found).iter().all(|one| one["change"] == "existing"), "{found:#}");
        seen.extend(items(&found).iter().map(|one| one["item"]["ref"].to_string()));
        query["since_cursor"] = cursor(&found).into();
        if found["structured"]["truncated"] == false {
            break;
        }
    }
    let total = seen.len();
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), total);
    assert!(total > 235, "{total}");
    bench.graph.add(file("Budget/After all.docx")).unwrap();
    let found = bench.changes("ann", query).await.unwrap();
    assert!(told(&found).contains(&("added", "After all.docx")), "{found:#}");
}

#[tokio::test]
async fn a_folder_tells_its_own_changes_only() {
    let bench = bench().await;
    let folder = format!("{LIBRARY}/Budget");
    let first = bench.changes("ann", json!({"target": folder})).await.unwrap();
    bench.graph.add(file("Budget/Inside.docx")).unwrap();
    bench.graph.add(file("Budget/Deep/Deeper.txt")).unwrap();
    bench.graph.add(file("Partners/Outside.txt")).unwrap();

    let query = json!({"target": folder, "since_cursor": cursor(&first)});
    let found = bench.changes("ann", query).await.unwrap();

    let titles: Vec<&str> = told(&found).into_iter().map(|(_, title)| title).collect();
    assert!(titles.contains(&"Inside.docx") && titles.contains(&"Deeper.txt"), "{titles:?}");
    assert!(!titles.contains(&"Outside.txt"), "{titles:?}");
}

#[tokio::test]
async fn a_bookmark_is_for_one_person_and_one_library() {
    let bench = bench().await;
    let first = bench.changes("ann", json!({"target": LIBRARY})).await.unwrap();
    let archive = "https://harbourlight.sharepoint.com/sites/Finance/Archive";
    for (who, target, given) in [
        ("carla", LIBRARY, cursor(&first)),
        ("ann", archive, cursor(&first)),
        ("ann", LIBRARY, "x"),
        ("ann", LIBRARY, "{}"),
    ] {
        let answer = bench.changes(who, json!({"target": target, "since_cursor": given})).await;
        assert_eq!(code(answer), "invalid_cursor", "{who} {target}");
    }
    bench.clock.advance(Duration::from_hours(24 * 30));
    let query = json!({"target": LIBRARY, "since_cursor": cursor(&first)});
    assert_eq!(code(bench.changes("ann", query).await), "invalid_cursor", "a month is over");
}

#[tokio::test]
async fn changes_that_graph_forgot_are_owned_up_to() {
    let bench = bench().await;
    let first = bench.changes("ann", json!({"target": LIBRARY})).await.unwrap();
    bench.graph.add(file("Budget/Lost.docx")).unwrap();
    bench.graph.fault(Fault::once(FaultKind::TokenTooOld).on(Id::DriveDelta));

    let query = json!({"target": LIBRARY, "since_cursor": cursor(&first)});
    let found = bench.changes("ann", query).await.unwrap();

    assert!(items(&found).is_empty());
    assert!(notes(&found).contains("lost") && notes(&found).contains("sharepoint_browse"));
    bench.graph.add(file("Budget/Found.docx")).unwrap();
    let query = json!({"target": LIBRARY, "since_cursor": cursor(&found)});
    let later = bench.changes("ann", query).await.unwrap();
    assert!(told(&later).contains(&("added", "Found.docx")), "{later:#}");
}

#[tokio::test]
async fn only_libraries_and_folders_keep_track_of_changes() {
    let bench = bench().await;
    let reference = bench.reference("ann", "Forecast Q4.docx").await;
    for (target, word) in [
        (reference.as_str(), "versions"),
        ("https://harbourlight.sharepoint.com/sites/Finance", "a library or a folder"),
        (rows::SUPPLIERS, "a library or a folder"),
    ] {
        let error = bench.changes("ann", json!({"target": target})).await.unwrap_err();
        assert!(error.to_string().contains(word), "{target}: {error}");
    }
}

#[tokio::test]
async fn a_link_to_its_own_page_ends_the_call() {
    let bench = bench().await;
    bench.graph.fault(Fault::once(FaultKind::RepeatedNextLink).on(Id::DriveDelta).times(50));
    let mut query = json!({"target": LIBRARY, "backfill": true, "limit": 10});
    for _ in 0..4 {
        match bench.changes("ann", query.clone()).await {
            Ok(found) => query["since_cursor"] = cursor(&found).into(),
            Err(error) => {
                assert_eq!(error.code(), "upstream_unavailable");
                return;
            }
        }
    }
    panic!("a link to its own page was followed without end");
}

#[tokio::test]
async fn a_link_that_leads_astray_is_not_followed() {
    let bench = bench().await;
    bench.graph.fault(
        Fault::once(FaultKind::ForeignNextLink("evil.example".to_owned())).on(Id::DriveDelta),
    );

    let query = json!({"target": LIBRARY, "backfill": true, "limit": 10});
    let answer = bench.changes("ann", query).await;

    assert_eq!(code(answer), "upstream_unavailable");
}

#[tokio::test]
async fn what_was_moved_or_renamed_is_told_from_what_was_written() {
    let bench = bench().await;
    let made = bench.graph.add(file("Partners/Wanderer.txt")).unwrap();
    bench.clock.advance(Duration::from_hours(24));
    let first = bench.changes("ann", json!({"target": LIBRARY})).await.unwrap();
    let (drive, item) = (made["drive"].as_str().unwrap(), made["item"].as_str().unwrap());
    let there = Addition::Move {
        drive: drive.to_owned(),
        item: item.to_owned(),
        folder: Some("Budget".to_owned()),
        name: Some("Settler.txt".to_owned()),
    };
    bench.graph.add(there).unwrap();

    let query = json!({"target": LIBRARY, "since_cursor": cursor(&first)});
    let found = bench.changes("ann", query).await.unwrap();

    assert!(told(&found).contains(&("moved", "Settler.txt")), "{found:#}");
}

#[tokio::test]
async fn what_comes_twice_is_told_once_as_it_is() {
    let bench = bench().await;
    let first = bench.changes("ann", json!({"target": LIBRARY})).await.unwrap();
    bench.graph.add(file("Budget/Twice.docx")).unwrap();
    bench.graph.fault(Fault::once(FaultKind::Duplicates).on(Id::DriveDelta));

    let query = json!({"target": LIBRARY, "since_cursor": cursor(&first)});
    let found = bench.changes("ann", query).await.unwrap();

    assert!(told(&found).contains(&("added", "Twice.docx")), "{found:#}");
    assert!(!found.to_string().contains("An older name"), "{found:#}");
}

#[tokio::test]
async fn what_is_made_while_pages_are_read_counts_as_made_the_next_time() {
    let bench = bench().await;
    let first = bench.changes("ann", json!({"target": LIBRARY})).await.unwrap();
    for number in 0..6 {
        bench.graph.add(file(&format!("Budget/Batch {number}.txt"))).unwrap();
    }
    let mut query = json!({"target": LIBRARY, "since_cursor": cursor(&first), "limit": 2});
    let page = bench.changes("ann", query.clone()).await.unwrap();
    assert_eq!(page["structured"]["truncated"], true);
    bench.graph.add(file("Budget/Late.txt")).unwrap();
    bench.clock.advance(Duration::from_hours(12));
    let mut seen: Vec<String> = Vec::new();
    query["since_cursor"] = cursor(&page).into();
    for _ in 0..10 {
        let found = bench.changes("ann", query.clone()).await.unwrap();
        seen.extend(told(&found).iter().map(|(change, title)| format!("{change} {title}")));
        query["since_cursor"] = cursor(&found).into();
    }

    let late: Vec<&String> = seen.iter().filter(|one| one.ends_with("Late.txt")).collect();
    assert!(!late.is_empty() && late.iter().all(|one| *one == "added Late.txt"), "{seen:?}");
}
