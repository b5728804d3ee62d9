//! Files of the chart room, and how much of them is told.

use serde_json::{Value, json};
use stand_ins::graph::Addition;
use stand_ins::graph::labels::{CONFIDENTIAL, GENERAL};

use crate::World;
use crate::definition::{Definition, Words, steps};

/// The library of the chart room, where there is a file of every kind.
const ROOM: &str = "https://harbourlight.sharepoint.com/sites/ChartRoom/Shared%20Documents";
/// Long enough ago for the label column to be believed.
const LONG_AGO: &str = "2026-10-01T08:00:00Z";

pub(super) fn steps() -> Vec<Definition> {
    steps! {
        "{word} reads {string}" => reads,
        "{word} reads pages {string} of {string}" => reads_pages,
        "{string} says {string} under the label {word}" => says_under_a_label,
        "the answer shows {string}" => shows,
        "the answer does not show {string}" => does_not_show,
        "the answer has a link to {string}" => has_a_link,
        "the text is withheld because it {string}" => is_withheld,
        "the audit record says {string}" => the_record_says,
    }
}

async fn reads(world: &mut World<'_>, words: &Words) {
    read(world, words.text(1), json!({})).await;
}

async fn reads_pages(world: &mut World<'_>, words: &Words) {
    read(world, words.text(2), json!({"part": "pages", "range": words.text(1)})).await;
}

async fn read(world: &mut World<'_>, path: &str, mut arguments: Value) {
    arguments["target"] = format!("{ROOM}/{}", path.replace(' ', "%20")).into();
    world.call("sharepoint_read", arguments).await;
}

async fn says_under_a_label(world: &mut World<'_>, words: &Words) {
    let label = match words.text(2) {
        "General" => GENERAL,
        "Confidential" => CONFIDENTIAL,
        other => panic!("these stories have no label {other}"),
    };
    let text = words.text(1);
    let company = world.company();
    company.canaries.plant(text);
    let file = Addition::File {
        drive: "Chart room".to_owned(),
        path: words.text(0).to_owned(),
        text: text.to_owned(),
        label: Some(label.to_owned()),
        column_label: None,
        by: None,
        when: Some(LONG_AGO.to_owned()),
        people: None,
    };
    company.graph.add(file).unwrap();
}

async fn shows(world: &mut World<'_>, words: &Words) {
    let passages = world.answer().data()["passages"].to_string();
    let told = passages.replace('\\', "");
    assert!(told.contains(words.text(0)), "{told}");
}

async fn does_not_show(world: &mut World<'_>, words: &Words) {
    let told = world.answer().reply.text();
    assert!(!told.contains(words.text(0)), "{told}");
}

async fn has_a_link(world: &mut World<'_>, words: &Words) {
    let passages = world.answer().data()["passages"].as_array().expect("passages").clone();
    let url = |passage: &Value| passage["url"].as_str().unwrap_or_default().to_owned();
    let urls: Vec<_> = passages.iter().map(url).collect();
    assert!(urls.iter().any(|url| url.ends_with(words.text(0))), "{urls:?}");
}

async fn is_withheld(world: &mut World<'_>, words: &Words) {
    let told = world.answer().data();
    assert_eq!(told["passages"], json!([]), "{told}");
    assert!(told["item"]["title"].is_string() && told["item"]["url"].is_string(), "{told}");
    let notes = told["notes"].to_string();
    assert!(notes.contains(words.text(0)) && notes.contains("open the url"), "{notes}");
}

async fn the_record_says(world: &mut World<'_>, words: &Words) {
    let record = world.on_this_machine().connector().await.last_record();
    assert_eq!(record["resources"][0]["decision"], words.text(0), "{record}");
}
