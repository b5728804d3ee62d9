//! Rows of lists: the table, the filter, and what is withheld.

use stand_ins::graph::company_data;

use super::*;

pub(super) const SUPPLIERS: &str =
    "https://harbourlight.sharepoint.com/sites/Finance/Lists/Suppliers/AllItems.aspx";

async fn open_bench() -> Bench {
    bench_with(&POLICY.replace("row: redact", "row: allow")).await
}

fn first_cells(answer: &Value) -> Vec<&str> {
    items(answer).iter().map(|row| row["cells"][0].as_str().unwrap()).collect()
}

#[tokio::test]
async fn rows_come_as_a_table_with_the_names_that_people_see() {
    let bench = open_bench().await;

    let found = bench.rows("ann", json!({"list": SUPPLIERS})).await.unwrap();

    let told = &found["structured"];
    let names: Vec<&str> =
        told["columns"].as_array().unwrap().iter().map(|c| c["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Title", "Country", "Spend 2026", "Status", "Owner"]);
    let kinds: Vec<&Value> =
        told["columns"].as_array().unwrap().iter().map(|column| &column["type"]).collect();
    assert_eq!(kinds, ["text", "text", "number", "choice", "person"]);
    assert_eq!(told["columns"][2]["indexed"], false);
    assert_eq!(told["columns"][3]["choices"], json!(["Active", "Paused", "Closed"]));
    let bergen = items(&found).iter().find(|row| row["cells"][0] == "Bergen Glass AS").unwrap();
    assert_eq!(bergen["cells"], json!(["Bergen Glass AS", "NO", "120000", "Active", "#11"]));
    assert!(bergen["ref"].as_str().unwrap().starts_with("sp:row:"));
    assert!(notes(&found).contains("lookup ids") && notes(&found).contains("Owner"));
    let text = found["text"].as_str().unwrap();
    assert!(text.contains("| Bergen Glass AS | NO |") && text.contains("⟦untrusted"), "{text}");
}

#[tokio::test]
async fn named_columns_come_in_the_order_they_were_named() {
    let bench = open_bench().await;
    let query = json!({"list": SUPPLIERS, "columns": ["spend 2026", "Title", "Created"]});

    let found = bench.rows("ann", query).await.unwrap();

    let bergen = items(&found).iter().find(|row| row["cells"][1] == "Bergen Glass AS").unwrap();
    assert_eq!(bergen["cells"], json!(["120000", "Bergen Glass AS", "2026-04-01T08:00:00Z"]));
    let column = &found["structured"]["columns"][0];
    assert_eq!(column, &json!({"name": "Spend 2026"}), "the types are known already");
}

#[tokio::test]
async fn withheld_rows_show_everything_but_cells() {
    let bench = bench().await;

    let found = bench.rows("ann", json!({"list": SUPPLIERS})).await.unwrap();

    assert_eq!(items(&found).len(), 5);
    assert_eq!(found["structured"]["decision"], "unlabelled");
    assert_eq!(found["structured"]["columns"].as_array().unwrap().len(), 5);
    for row in items(&found) {
        assert!(row.get("cells").is_none() && row.get("when").is_some(), "{row}");
    }
    for secret in ["Bergen", "120000", "Hara", "Lumen", "灯台", "#11"] {
        assert!(!found.to_string().contains(secret), "{secret} in {found:#}");
    }
    assert!(notes(&found).contains("withheld"));
}

#[tokio::test]
async fn withheld_cells_cannot_be_guessed_by_filter_or_order() {
    let bench = bench().await;
    for query in [
        json!({"list": SUPPLIERS, "filter": "Title = Lumen GmbH"}),
        json!({"list": SUPPLIERS, "filter": "Created > 2026-01-01 and Spend 2026 > 100000"}),
        json!({"list": SUPPLIERS, "filter": "Status != Active"}),
        json!({"list": SUPPLIERS, "filter": "Owner = 11"}),
        json!({"list": SUPPLIERS, "order_by": "Spend_x0020_2026 desc"}),
        json!({"list": SUPPLIERS, "order_by": "Title"}),
    ] {
        let error = bench.rows("ann", query.clone()).await.unwrap_err();
        assert_eq!(error.code(), "invalid_argument", "{query}");
        assert!(error.to_string().contains("withheld"), "{query}: {error}");
    }
    assert!(!bench.requests().iter().any(|request| request.ends_with("/items")));

    let query =
        json!({"list": SUPPLIERS, "filter": "Created >= 2026-05-01", "order_by": "Created desc"});
    let found = bench.rows("ann", query).await.unwrap();
    let made: Vec<&str> = items(&found).iter().map(|r| r["created"].as_str().unwrap()).collect();
    assert_eq!(made, ["2026-10-02T08:00:00Z", "2026-09-15T08:00:00Z", "2026-05-01T08:00:00Z"]);
}

#[tokio::test]
async fn a_filter_finds_what_it_says() {
    let bench = open_bench().await;
    for (filter, expected) in [
        ("Title = O'Hara & Sons", vec!["O'Hara & Sons"]),
        ("title startswith 'old'", vec!["Old Wicks Ltd"]),
        ("Status = Active and Country != NO", vec!["O'Hara & Sons", "灯台工業株式会社"]),
        ("Spend 2026 >= 64000 and Status = Paused", vec!["Lumen GmbH"]),
        ("Spend 2026 < 18500", vec!["Old Wicks Ltd"]),
        ("Created = 2026-09-15", vec!["Lumen GmbH"]),
        ("Title = x' or fields/Title ne 'y", vec![]),
    ] {
        let query = json!({"list": SUPPLIERS, "filter": filter, "order_by": "Title"});
        let found = bench.rows("ann", query).await.unwrap();
        assert_eq!(first_cells(&found), expected, "{filter}");
        let slow = notes(&found).contains("No index on: Spend 2026");
        assert_eq!(slow, filter.contains("Spend"), "{filter}: {}", notes(&found));
    }
}

#[tokio::test]
async fn rows_are_paged_and_columns_are_asked_for_once() {
    let bench = open_bench().await;
    let site = bench.rows("ann", json!({"list": SUPPLIERS})).await.unwrap();
    let row: crate::reference::Reference =
        items(&site)[0]["ref"].as_str().unwrap().parse().unwrap();
    let list = row.to_string().replace("sp:row:", "sp:list:");
    let list = list.rsplit_once('/').unwrap().0.to_owned();
    bench.graph.forget();
    let mut query = json!({"list": list, "limit": 2, "order_by": "Spend 2026 desc"});
    let mut seen: Vec<String> = Vec::new();
    loop {
        let found = bench.rows("ann", query.clone()).await.unwrap();
        seen.extend(first_cells(&found).into_iter().map(str::to_owned));
        match found["structured"]["next_cursor"].as_str() {
            Some(cursor) => query["cursor"] = cursor.into(),
            None => break,
        }
    }

    assert_eq!(seen.first().map(String::as_str), Some("灯台工業株式会社"));
    assert_eq!(seen.len(), 5, "{seen:?}");
    let requests = bench.requests();
    assert_eq!(requests.len(), 3, "pages only: {requests:?}");
}

/// In a library rows are files and pages, whose labels and texts are judged elsewhere.
#[tokio::test]
async fn a_library_is_not_read_as_a_list() {
    let bench = open_bench().await;
    let world = company_data::harbourlight().unwrap();
    let libraries = world.lists.iter().filter(|list| list.template != "genericList");
    let mut tried = 0;
    for list in libraries {
        let target = format!("sp:list:{}/{}", list.site, list.id);
        for who in ["ann", "bob", "carla"] {
            let Err(error) = bench.rows(who, json!({"list": target})).await else {
                panic!("{} was read", list.title);
            };
            tried += usize::from(error.to_string().contains("a library"));
        }
    }
    assert!(tried > 5, "{tried}");
    let folder = "https://harbourlight.sharepoint.com/sites/Finance/Shared%20Documents";
    let error = bench.rows("ann", json!({"list": folder})).await.unwrap_err();
    assert!(error.to_string().contains("not a list"), "{error}");
}

#[tokio::test]
async fn a_list_that_a_person_may_not_see_stays_closed() {
    let bench = open_bench().await;
    let known = bench.rows("ann", json!({"list": SUPPLIERS})).await.unwrap();
    let row = items(&known)[0]["ref"].clone();

    let refused = bench.rows("bob", json!({"list": row})).await;

    assert!(["forbidden", "not_found"].contains(&code(refused)), "columns are not shared either");
}

#[tokio::test]
async fn every_kind_of_column_is_shown_and_asked_about() {
    let bench = open_bench().await;
    let list = "https://harbourlight.sharepoint.com/sites/ChartRoom/Lists/Light%20checks";
    let columns = [
        "State",
        "Due Date",
        "Hours spent",
        "#Flashes",
        "Night?",
        "Keeper",
        "Station",
        "Report",
        "Overdue by",
        "Gear",
        "Remarks",
    ];

    let query = json!({"list": list, "filter": "Title = 'Light check 07'", "columns": columns});
    let found = bench.rows("ann", query).await.unwrap();
    let usual = bench.rows("ann", json!({"list": list, "limit": 1})).await.unwrap();

    let cells = items(&found)[0]["cells"].as_array().unwrap();
    let expected = [
        "Done",
        "2026-11-08T00:00:00Z",
        "0.0",
        "21",
        "no",
        "Bob Castro",
        "Fairway",
        "Report 7 <https://reports.example/7>",
        "2",
        "Paint; Grease",
        "The lens was | cracked & bound with tape. A new one is ordered.",
    ];
    for ((name, cell), expected) in columns.iter().zip(cells).zip(expected) {
        let same = match (cell.as_str().unwrap().parse::<f64>(), expected.parse::<f64>()) {
            (Ok(cell), Ok(expected)) => (cell - expected).abs() < 1e-9,
            _ => cell == expected,
        };
        assert!(same, "{name}: {cell} is not {expected}");
    }
    assert!(!notes(&found).contains("lookup ids"), "the names were there");
    assert!(found["text"].as_str().unwrap().contains("was \\| cracked"));
    let told = usual["structured"]["columns"].as_array().unwrap();
    let names: Vec<&str> = told.iter().map(|column| column["name"].as_str().unwrap()).collect();
    for name in columns {
        assert!(names.contains(&name), "{name} is not among {names:?}");
    }
    assert!(!names.contains(&"Version"), "hidden columns stay hidden");

    for (filter, count) in [
        ("Night? = yes", 20),
        ("Night? != yes", 40),
        ("Keeper = #11", 24),
        ("Station = 2", 15),
        ("Hours spent > 2.5", 8),
        ("#Flashes <= 6 and State = Open", 2),
        ("Due Date >= 2026-12-01 and Due Date <= 2026-12-03", 3),
    ] {
        let query = json!({"list": list, "filter": filter, "limit": 100, "columns": ["Title"]});
        let found = bench.rows("ann", query).await.unwrap();
        assert_eq!(items(&found).len(), count, "{filter}: {:?}", first_cells(&found));
        assert!(!notes(&found).contains("do not fit"), "{filter}: {}", notes(&found));
    }
}
