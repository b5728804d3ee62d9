//! Text that must not leave, on every way to it: its facts stay visible, and no word of it is in an
//! answer, a log line or an audit record.

use e2e::{Company, Flavour};
use serde_json::{Value, json};
use stand_ins::graph::{Fault, FaultKind, Id};

use crate::bench::{
    assert_hides, assert_withheld, connector, decision, ids, read, read_room, resource, room, told,
    uri,
};

/// A file of the chart room, what is decided, how many downloads that takes, and a word of it.
const CLOSED: &[(&str, &str, usize, &str)] = &[
    ("Labels/Withheld.docx", "redacted", 0, "diver's report"),
    ("Labels/Withheld.pdf", "redacted", 0, "diver's report"),
    // The column is behind: the bytes tell.
    ("Labels/Behind.docx", "redacted", 1, "the cable to the mole was cut"),
    ("Labels/Behind.pdf", "redacted", 1, "the cable to the mole was cut"),
    ("Labels/Behind everywhere.docx", "redacted", 1, "cut by our own anchor"),
    ("Labels/Behind everywhere.pdf", "redacted", 1, "cut by our own anchor"),
    ("Labels/Unlabelled.docx", "unlabelled", 0, "labelled the tide gauge"),
    ("Labels/Unlabelled.pdf", "unlabelled", 0, "labelled the tide gauge"),
    ("Labels/Metadata missing.docx", "unlabelled", 0, "Only the bytes know"),
    ("Labels/Double key.docx", "redacted", 0, "EncryptedPackage"),
    ("Labels/Not supported.docx", "redacted", 0, "EncryptedPackage"),
    ("Labels/Deferred.docx", "redacted", 0, "EncryptedPackage"),
    ("Protected/Sealed plan.docx", "redacted", 1, "EncryptedPackage"),
    ("Protected/Sealed chart.pdf", "redacted", 1, "the old minefield"),
];

fn plant(company: &Company) {
    for (_, _, _, words) in CLOSED {
        company.canaries.plant(words);
    }
}

fn downloads(company: &Company) -> usize {
    company.graph.log().downloads.len()
}

#[tokio::test]
async fn whatever_a_file_may_not_show_stays_where_it_is() {
    let company = Company::start().await;
    plant(&company);
    let connector = connector(&company, Flavour::Server).await;
    let ann = connector.person("ann");
    for (path, expected, fetched, words) in CLOSED {
        let before = downloads(&company);
        let answer = read_room(&ann, path).await;
        assert_withheld(&answer, &[words]);
        assert_eq!(decision(&answer), *expected, "{path}");
        assert_eq!(downloads(&company) - before, *fetched, "{path}");
        let name = path.rsplit('/').next().unwrap();
        assert_eq!(answer.data()["item"]["title"], name);
        assert!(answer.data()["item"]["when"].is_string(), "{path}");
        assert!(connector.last_record()["redactions"].as_u64() > Some(0), "{path}");

        let markdown = resource(&ann, &uri(&answer)).await;
        assert_hides(&markdown, &[words, "untrusted text"]);
        assert!(markdown.contains(name) && markdown.contains("open"), "{path}: {markdown}");
    }
    connector.finish().await;
}

#[tokio::test]
async fn no_part_and_no_range_is_a_way_around_a_label() {
    let company = Company::start().await;
    plant(&company);
    let connector = connector(&company, Flavour::Function).await;
    let ann = connector.person("ann");
    for more in [
        json!({"part": "outline"}),
        json!({"part": "all"}),
        json!({"part": "pages", "range": "1"}),
        json!({"part": "slides", "range": "1-9"}),
        json!({"part": "sheet", "range": "Elsewhere"}),
        json!({"comments": true}),
        json!({"max_chars": 100}),
    ] {
        for (path, expected, _, words) in CLOSED {
            if path.contains("Withheld") || path.contains("Behind") {
                let answer = read(&ann, &room(path), &more).await;
                assert_withheld(&answer, &[words]);
                assert_eq!(decision(&answer), *expected, "{path} {more}");
            }
        }
    }
    connector.finish().await;
}

#[tokio::test]
async fn an_old_version_is_judged_by_itself_and_by_the_file_it_belongs_to() {
    let company = Company::start().await;
    let secrets = ["lies at the third buoy", "the sound is free of ice", "ice forms in the sound"];
    for words in secrets {
        company.canaries.plant(words);
    }
    let connector = connector(&company, Flavour::Server).await;
    let ann = connector.person("ann");
    let version = |id: &str| json!({"version": id});
    let (cleared, closed) =
        (room("Versions/Cleared chart.docx"), room("Versions/Closed chart.docx"));

    let current = read(&ann, &cleared, &json!({})).await;
    assert!(told(&current).contains("the fairway is open again"), "{}", current.data());
    let second = read(&ann, &cleared, &version("2.0")).await;
    assert!(told(&second).contains("reported near the fairway"), "{}", second.data());
    assert_eq!(second.data()["version"], "2.0");
    let record = connector.last_record();
    let kinds: Vec<&Value> =
        record["resources"].as_array().unwrap().iter().map(|shown| &shown["kind"]).collect();
    assert!(kinds.contains(&&json!("version")), "{record}");

    let was_secret = read(&ann, &cleared, &version("1.0")).await;
    assert_withheld(&was_secret, &secrets);
    assert_eq!(decision(&was_secret), "redacted");
    let version_id = format!("{}/1.0", ids(&was_secret));
    let record = connector.last_record();
    let shown = record["resources"].as_array().unwrap();
    assert!(shown.iter().all(|shown| shown["decision"] == "redacted"), "{record}");
    assert!(shown.iter().any(|shown| shown["id"] == *version_id), "{record}");

    for id in ["1.0", "2.0"] {
        let is_secret = read(&ann, &closed, &version(id)).await;
        assert_withheld(&is_secret, &secrets);
        assert_eq!(decision(&is_secret), "redacted", "{id}");
    }
    connector.finish().await;
}

#[tokio::test]
async fn a_label_that_graph_will_not_read_keeps_the_text_back() {
    let company = Company::start().await;
    company.canaries.plant("the cable is mended");
    let connector = connector(&company, Flavour::Server).await;
    let ann = connector.person("ann");
    // Its column is empty, so that the file is asked.
    let path = "Labels/Column missing.docx";
    assert!(told(&read_room(&ann, path).await).contains("the cable is mended"));
    let before = downloads(&company);
    for (kind, expected) in [
        (FaultKind::LabelLocked("fileDoubleKeyEncrypted".to_owned()), "redacted"),
        (FaultKind::LabelLocked("fileDecryptionNotSupported".to_owned()), "redacted"),
        (FaultKind::LabelLocked("fileDecryptionDeferred".to_owned()), "redacted"),
        (FaultKind::LabelLocked("aCodeOfTomorrow".to_owned()), "redacted"),
        (FaultKind::ForeignTenantLabel, "unknown"),
        (FaultKind::WrongShape, "unknown"),
        // Only a kind of file that has no label leaves the empty column its word.
        (FaultKind::Forbidden, "unknown"),
    ] {
        company.graph.fault(Fault::once(kind.clone()).on(Id::ItemExtractLabels));
        let answer = read_room(&ann, path).await;
        assert_withheld(&answer, &["the cable is mended"]);
        assert_eq!(decision(&answer), expected, "{kind:?}");
    }
    assert_eq!(downloads(&company), before, "what may not be shown is not fetched");
    connector.finish().await;
}

#[tokio::test]
async fn a_label_of_another_company_permits_nothing() {
    let company = Company::start().await;
    company.canaries.plant("belongs to another company");
    let connector = connector(&company, Flavour::Server).await;
    let ann = connector.person("ann");
    let found = ann.search("partner offer").await.item("Partner offer.docx");

    let answer = read(&ann, found["ref"].as_str().unwrap(), &json!({})).await;

    assert_withheld(&answer, &["another company"]);
    assert_eq!(decision(&answer), "unknown");
    connector.finish().await;
}

#[tokio::test]
async fn who_may_not_see_a_file_learns_nothing_of_it() {
    let company = Company::start().await;
    let connector = connector(&company, Flavour::Server).await;
    let book = read_room(&connector.person("ann"), "Labels/Agreed.docx").await;
    let reference = book.data()["item"]["ref"].as_str().unwrap().to_owned();
    let carla = connector.person("carla");
    for target in [room("Labels/Agreed.docx"), reference] {
        let answer = read(&carla, &target, &json!({})).await;
        assert!(["not_found", "forbidden"].contains(&answer.code().as_str()), "{}", answer.code());
        assert_hides(&answer.reply.text(), &["Agreed", "white over red"]);
    }
    let reply = carla.send("resources/read", &json!({"uri": uri(&book)})).await;
    assert!(reply.json()["error"]["message"].is_string(), "{}", reply.text());
    assert_hides(&reply.text(), &["Agreed", "white over red"]);
    connector.finish().await;
}
