//! Site pages and rows of lists: what carries no label is for its class to decide.

use super::*;

fn page() -> Value {
    json!({"target": format!("{INTRANET}/SitePages/Office-move.aspx")})
}

fn row() -> Value {
    let list = "https://harbourlight.sharepoint.com/sites/Finance/Lists/Suppliers";
    json!({"target": format!("{list}/DispForm.aspx?ID=1")})
}

#[tokio::test]
async fn a_page_and_a_row_are_withheld_by_default_and_not_asked_for_their_text() {
    let bench = bench().await;
    let read = bench.read(page()).await.unwrap();
    assert_withheld(&read, &["12 December", "Boxes"]);
    let read = bench.read(row()).await.unwrap();
    assert_withheld(&read, &["Bergen", "120000"]);
}

#[tokio::test]
async fn a_row_is_shown_as_a_table_where_rows_may_leave() {
    let bench = bench_with(&open_policy()).await;

    let read = bench.read(row()).await.unwrap();

    assert_eq!(decision(&read), "allowed");
    let shown = passages(&read)[0]["text"].as_str().unwrap();
    for line in ["| Title | Bergen Glass AS |", "| Spend 2026 | 120000 |", "| Country | NO |"] {
        assert!(shown.contains(line), "{line} is not in {shown}");
    }
    assert!(!shown.contains("odata"), "{shown}");
}

/// Rows of a library are its files: their columns are judged with them, not as rows.
#[tokio::test]
async fn a_file_is_not_read_by_its_row() {
    let bench = bench_with(&open_policy()).await;
    let world = stand_ins::graph::company_data::harbourlight().unwrap();
    let file = world.items.iter().find(|item| item.name == "Withheld.docx").unwrap();
    let drive = world.drives.iter().find(|drive| drive.id == file.drive).unwrap();
    let target = format!("sp:row:{}/{}/{}", drive.site, drive.list, file.row);

    let error = bench.read(json!({"target": target})).await.unwrap_err();
    assert_eq!(error.code(), "invalid_argument");
    assert!(error.to_string().contains("sharepoint_read"), "{error}");

    let args = Parameters(serde_json::from_value(json!({"target": target})).unwrap());
    let Answer(facts) = bench.connector.sharepoint_metadata(call("ann"), args).await.unwrap();
    let facts = serde_json::to_value(facts).unwrap();
    assert_eq!(facts["item"]["label"]["decision"], "unknown", "{facts:#}");
    assert_eq!(facts["item"]["title"], format!("Item {}", file.row), "{facts:#}");
    assert!(facts["notes"].to_string().contains("could not be read"), "{facts:#}");
}

#[tokio::test]
async fn a_page_is_shown_where_pages_may_leave() {
    let bench = bench_with(&open_policy()).await;

    let read = bench.read(page()).await.unwrap();

    assert_eq!(decision(&read), "allowed");
    assert!(text(&read).contains("12 December 2026"), "{read:#}");
    assert!(text(&read).contains("Boxes arrive a week before"), "{read:#}");
    assert!(!text(&read).contains("<p>"), "{read:#}");
}

#[tokio::test]
async fn texts_in_every_section_and_web_part_of_a_page_are_read_and_hidden_ones_are_not() {
    let bench = bench_with(&open_policy()).await;
    let target = "https://harbourlight.sharepoint.com/sites/ChartRoom/SitePages/Watch-rota.aspx";

    let read = bench.read(json!({"target": target})).await.unwrap();

    for said in [
        "North pier: Bob",
        "Oilskins",
        "Tide gauge online",
        "The mole in ice",
        "Keepers on call",
        "ring twice",
    ] {
        assert!(text(&read).contains(said), "{said} is not in {read:#}");
    }
    assert!(!text(&read).contains("HIDDEN"), "{read:#}");
}

#[tokio::test]
async fn a_page_that_search_names_by_its_row_is_the_same_page() {
    let bench = bench_with(&open_policy()).await;
    let query = json!({"query": "office", "kinds": ["page"]});
    let args = Parameters(serde_json::from_value(query).unwrap());
    let Answer(found) = bench.connector.sharepoint_search(call("ann"), args).await.unwrap();
    let found = serde_json::to_value(found).unwrap();
    let hits = found["items"].as_array().unwrap();
    let hit = hits.iter().find(|hit| hit["title"] == "Office-move.aspx").unwrap();
    assert!(hit["ref"].as_str().unwrap().starts_with("sp:row:"));

    let read = bench.read(json!({"target": hit["ref"]})).await.unwrap();

    let item = &read["structured"]["item"];
    assert_eq!(item["title"], "Office move in December");
    assert!(item["ref"].as_str().unwrap().starts_with("sp:page:"));
}
