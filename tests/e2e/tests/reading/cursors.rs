//! What happens to a file between two parts of it.

use std::fmt::Write as _;

use e2e::{Company, Flavour};
use serde_json::{Value, json};
use stand_ins::graph::labels::{CONFIDENTIAL, GENERAL};

use crate::bench::{
    LATER, Written, assert_withheld, connector, decision, notes, read, resource, room, told, uri,
};

const PATH: &str = "Log/Long log.docx";

/// A text of many lines that all hold this word.
fn long(word: &str) -> String {
    let mut text = String::from("# Long log\n");
    for line in 1..=80 {
        let _ = writeln!(text, "Entry {line} of the {word} is signed by two keepers.");
    }
    text
}

#[tokio::test]
async fn a_file_that_becomes_confidential_ends_in_the_middle() {
    let company = Company::start().await;
    let (open, closed) = (long("harmless watch"), long("sunken submarine"));
    company.canaries.plant("harmless watch");
    company.canaries.plant("sunken submarine");
    let before = Written::new(PATH, &open);
    before.put(&company);
    let connector = connector(&company, Flavour::Server).await;
    let ann = connector.person("ann");
    let first = read(&ann, &room(PATH), &json!({"max_chars": 600})).await;
    assert!(told(&first).contains("Entry 1 of the harmless watch"), "{}", first.data());
    let cursor = first.data()["next_cursor"].clone();

    for column in [CONFIDENTIAL, GENERAL] {
        // Whether its column knows already, or only the file itself.
        Written {
            label: CONFIDENTIAL,
            column: Some(column),
            when: LATER,
            ..Written::new(PATH, &closed)
        }
        .put(&company);
        for more in [
            json!({"max_chars": 600, "cursor": cursor}),
            json!({"part": "outline"}),
            json!({"part": "pages", "range": "1"}),
            json!({"part": "characters", "range": "1-200"}),
            json!({}),
        ] {
            let answer = read(&ann, &room(PATH), &more).await;
            assert_withheld(&answer, &["harmless watch", "sunken submarine", "Long log\\n"]);
            assert_eq!(decision(&answer), "redacted", "{more}");
            assert_eq!(connector.last_record()["resources"][0]["decision"], "redacted");
        }
        let markdown = resource(&ann, &uri(&first)).await;
        assert!(!markdown.contains("submarine") && !markdown.contains("harmless"), "{markdown}");
    }
    connector.finish().await;
}

#[tokio::test]
async fn a_file_that_was_written_meanwhile_goes_on_with_a_word_about_it() {
    let company = Company::start().await;
    let (one, two) = (long("morning"), long("evening"));
    Written::new(PATH, &one).put(&company);
    let connector = connector(&company, Flavour::Server).await;
    let ann = connector.person("ann");
    let first = read(&ann, &room(PATH), &json!({"max_chars": 600})).await;
    let more = json!({"max_chars": 600, "cursor": first.data()["next_cursor"]});
    let second = read(&ann, &room(PATH), &more).await;
    assert!(told(&second).contains("of the morning"), "{}", second.data());
    assert!(!notes(&second).contains("changed"), "{}", notes(&second));

    Written { when: LATER, ..Written::new(PATH, &two) }.put(&company);

    let second = read(&ann, &room(PATH), &more).await;
    assert!(told(&second).contains("of the evening"), "{}", second.data());
    assert!(notes(&second).contains("It was changed since"), "{}", notes(&second));
    connector.finish().await;
}

#[tokio::test]
async fn characters_of_the_whole_text_are_read_and_go_on_with_the_cursor() {
    let company = Company::start().await;
    let text = long("watch");
    Written::new(PATH, &text).put(&company);
    let connector = connector(&company, Flavour::Server).await;
    let ann = connector.person("ann");
    let whole = told(&read(&ann, &room(PATH), &json!({"part": "all"})).await);
    let untold: String = whole.chars().take(500).collect();

    let mut arguments = json!({"part": "characters", "range": "501-900", "max_chars": 150});
    let mut parts = Vec::new();
    loop {
        let answer = read(&ann, &room(PATH), &arguments).await;
        parts.push(told(&answer));
        let cursor = answer.data()["next_cursor"].clone();
        if cursor.is_null() {
            break;
        }
        arguments["cursor"] = cursor;
    }

    let told: String = parts.concat();
    assert!(parts.len() > 1 && told.chars().count() <= 400, "{parts:?}");
    let line = "Entry 12 of the watch is signed by two keepers.";
    assert!(told.contains(line) && !untold.contains(line), "{told}");
    assert!(!told.contains("Entry 2 of") && !told.contains("Entry 40 of"), "{told}");
    connector.finish().await;
}

#[tokio::test]
async fn a_cursor_is_for_its_person_and_its_question() {
    let company = Company::start().await;
    Written::new(PATH, &long("watch")).put(&company);
    let connector = connector(&company, Flavour::Server).await;
    let (ann, bob) = (connector.person("ann"), connector.person("bob"));
    let first = read(&ann, &room(PATH), &json!({"max_chars": 600})).await;
    let cursor = first.data()["next_cursor"].as_str().unwrap().to_owned();
    let question = |cursor: &str| json!({"max_chars": 600, "cursor": cursor});

    assert_eq!(read(&bob, &room(PATH), &question(&cursor)).await.code(), "invalid_cursor");
    let elsewhere = read(&ann, &room("Labels/Agreed.docx"), &question(&cursor)).await;
    assert_eq!(elsewhere.code(), "invalid_cursor");
    let mut touched: Vec<char> = cursor.chars().collect();
    let middle = touched.len() / 2;
    touched[middle] = if touched[middle] == 'A' { 'B' } else { 'A' };
    let touched: String = touched.into_iter().collect();
    assert_eq!(read(&ann, &room(PATH), &question(&touched)).await.code(), "invalid_cursor");
    assert_ne!(read(&ann, &room(PATH), &question(&cursor)).await.data()["passages"], Value::Null);
    connector.finish().await;
}
