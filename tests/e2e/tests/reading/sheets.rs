//! Workbooks: cells, hidden sheets, and sheets that are not there.

use e2e::{Company, Flavour};
use serde_json::json;
use stand_ins::graph::files::sheet;
use stand_ins::graph::labels::{self, CONFIDENTIAL};

use crate::bench::{
    assert_hides, assert_withheld, connector, notes, passages, put_bytes, read, room, told,
};

#[tokio::test]
async fn exactly_the_asked_cells_come_with_an_address_that_opens_them() {
    let company = Company::start().await;
    let connector = connector(&company, Flavour::Server).await;
    let ann = connector.person("ann");
    let tides = room("Manuals/Tide tables 2027.xlsx");

    let cells = read(&ann, &tides, &json!({"range": "High water!B2:D4"})).await;

    let [passage] = passages(&cells).try_into().unwrap_or_else(|all| panic!("{all:?}"));
    assert_eq!(passage["place"], "sheet 'High water'!B2:D4");
    let url = passage["url"].as_str().unwrap();
    assert!(url.contains("activeCell=%27High+water%27%21B2"), "{url}");
    let told = told(&cells);
    for inside in ["2.28", "2.39", "2.50", "2.65", "3.24"] {
        let trimmed = inside.trim_end_matches('0');
        assert!(told.contains(trimmed), "{inside} in {told}");
    }
    // Right of them, below them, another sheet.
    for outside in ["2.61", "3.39", "Means of the high waters"] {
        assert!(!told.contains(outside), "{outside} in {told}");
    }
    connector.finish().await;
}

#[tokio::test]
async fn a_hidden_sheet_is_shown_as_hidden() {
    let company = Company::start().await;
    let connector = connector(&company, Flavour::Server).await;
    let ann = connector.person("ann");
    let tides = room("Manuals/Tide tables 2027.xlsx");

    let outline = read(&ann, &tides, &json!({"part": "outline"})).await.data();
    let sheets = outline["outline"].as_str().unwrap();
    for name in ["High water", "Sums & means", "Workings"] {
        assert!(sheets.contains(name), "{sheets}");
    }
    assert!(outline.to_string().contains("hidden"), "{outline:#}");
    let workings = read(&ann, &tides, &json!({"part": "sheet", "range": "Workings"})).await;
    assert!(told(&workings).contains("Raw gauge readings nobody should quote"));
    assert!(workings.reply.text().contains("hidden"), "{}", workings.data());
    connector.finish().await;
}

#[tokio::test]
async fn a_sheet_that_is_not_there_is_answered_with_those_that_are_if_these_may_leave() {
    let company = Company::start().await;
    // All metadata say General; only the bytes know better.
    put_bytes(&company, "Closed/Soundings.xlsx", &sheet::tides(&labels::both(CONFIDENTIAL)));
    let names = ["High water", "Sums & means", "Workings"];
    let connector = connector(&company, Flavour::Server).await;
    let ann = connector.person("ann");
    let missing = json!({"part": "sheet", "range": "Low tide"});

    let open = read(&ann, &room("Manuals/Tide tables 2027.xlsx"), &missing).await;
    assert!(names.iter().all(|name| notes(&open).contains(name)), "{}", notes(&open));

    for more in [
        missing,
        json!({"range": "Nowhere!A1:B2"}),
        json!({"part": "outline"}),
        json!({"part": "sheet"}),
        json!({"range": "Workings!A1:B2"}),
    ] {
        let answer = read(&ann, &room("Closed/Soundings.xlsx"), &more).await;
        assert_withheld(&answer, &names);
        assert_hides(&answer.reply.text(), &["Station 01", "Raw gauge"]);
    }
    connector.finish().await;
}
