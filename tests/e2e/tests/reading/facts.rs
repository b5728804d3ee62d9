//! Rows, recent files, versions and access: what is told beside the text of files.

use e2e::{Answer, Company, Flavour};
use serde_json::{Value, json};

use crate::bench::{OpenPolicy, assert_hides, connector, room};

const CHECKS: &str =
    "https://harbourlight.sharepoint.com/sites/ChartRoom/Lists/Light%20checks/AllItems.aspx";

/// What stands in rows.
const CELLS: [&str; 4] = ["Light check 07", "bound with tape", "reports.example", "Check 1 went"];

#[tokio::test]
async fn rows_are_withheld_unless_the_policy_allows_rows() {
    let company = Company::start().await;
    for words in CELLS {
        company.canaries.plant(words);
    }
    let strict = connector(&company, Flavour::Server).await;
    let ann = strict.person("ann");
    let answer = ann.call("sharepoint_list_rows", json!({"list": CHECKS, "limit": 60})).await;
    let data = answer.data();
    assert_eq!(data["decision"], "unlabelled", "{data:#}");
    let rows = data["items"].as_array().unwrap();
    assert!(rows.len() > 20 && rows.iter().all(|row| row.get("cells").is_none()), "{data:#}");
    assert!(data["columns"].to_string().contains("Hours spent"), "{data:#}");
    assert_hides(&answer.reply.text(), &CELLS);
    assert!(strict.last_record()["redactions"].as_u64() > Some(0));
    // Whoever may ask which rows hold a value has read it.
    let guess = json!({"list": CHECKS, "filter": "Hours spent > 2"});
    assert_eq!(ann.call("sharepoint_list_rows", guess).await.code(), "invalid_argument");
    strict.finish().await;

    let open = OpenPolicy::of_classes().connector(&company).await;
    let ann = open.person("ann");
    let one = json!({
        "list": CHECKS, "filter": "Title = Light check 07", "columns": ["Title", "Remarks", "Station"]
    });
    let answer = ann.call("sharepoint_list_rows", one).await;
    let [row] = answer.items().try_into().unwrap_or_else(|rows| panic!("{rows:?}"));
    assert_eq!(row["cells"][0], "Light check 07", "{row}");
    assert!(row["cells"][1].as_str().unwrap().contains("bound with tape"), "{row}");
    assert!(answer.text().contains("⟦untrusted text:"), "{}", answer.text());
    open.finish().await;
}

#[tokio::test]
async fn recent_files_of_a_site_come_newest_first_and_without_a_word_of_their_text() {
    let company = Company::start().await;
    let connector = connector(&company, Flavour::Server).await;
    let ann = connector.person("ann");
    let site = "https://harbourlight.sharepoint.com/sites/ChartRoom";

    let answer =
        ann.call("sharepoint_recent", json!({"scope": "site", "site": site, "limit": 20})).await;

    let items = answer.items();
    assert!(items.len() > 10, "{:?}", answer.titles());
    let whens: Vec<&str> = items.iter().map(|item| item["when"].as_str().unwrap()).collect();
    assert!(whens.is_sorted_by(|one, next| one >= next), "{whens:?}");
    assert!(items.iter().all(|item| item.get("snippet").is_none()), "{:?}", answer.data());
    assert_hides(&answer.reply.text(), &["tempauth", "downloadUrl", "download.aspx"]);
    assert_eq!(connector.last_record()["resources_total"], items.len());
    connector.finish().await;
}

#[tokio::test]
async fn versions_and_access_are_told_without_any_link() {
    let company = Company::start().await;
    let connector = connector(&company, Flavour::Server).await;
    let ann = connector.person("ann");
    let include = json!(["versions", "access", "label"]);
    // The words of `include` are names of operations too, which a log line may hold.
    let ask = async |path: &str| {
        let arguments = json!({"target": room(path), "include": include});
        let params = json!({"name": "sharepoint_metadata", "arguments": arguments});
        Answer { reply: ann.send("tools/call", &params).await }
    };

    let shared = ask("Shared/Open chart.docx").await;
    let access = shared.data()["access"].as_array().unwrap().clone();
    let links: Vec<&Value> = access.iter().filter(|one| one["kind"] == "link").collect();
    let names: Vec<&str> = links.iter().map(|link| link["name"].as_str().unwrap()).collect();
    assert!(names.contains(&"anyone who has it"), "{names:?}");
    assert!(names.iter().any(|name| name.contains("organization")), "{names:?}");
    let closed = ask("Versions/Closed chart.docx").await;
    let versions = closed.data()["versions"].as_array().unwrap().clone();
    let ids: Vec<&str> = versions.iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["3.0", "2.0", "1.0"]);
    assert_eq!(closed.data()["item"]["label"]["decision"], "redacted");
    for answer in [&shared, &closed] {
        let keys = ["/:w:/", "?e=", "shareId", "u!", "tempauth", "downloadUrl", "free of ice"];
        assert_hides(&answer.reply.text(), &keys);
    }
    connector.finish().await;
}
