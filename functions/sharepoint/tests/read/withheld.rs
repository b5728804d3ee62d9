//! Text that must not leave: every way to it is closed, and the facts stay visible.

use stand_ins::graph::{Fault, FaultKind, Id};

use super::*;

#[tokio::test]
async fn what_the_metadata_forbid_is_not_even_fetched() {
    let bench = bench().await;
    for (path, expected, secret) in [
        ("Labels/Withheld.docx", "redacted", "diver"),
        ("Labels/Withheld.pdf", "redacted", "diver"),
        ("Labels/Unlabelled.docx", "unlabelled", "tide gauge"),
        ("Labels/Unlabelled.pdf", "unlabelled", "tide gauge"),
        ("Labels/Metadata%20missing.docx", "unlabelled", "Only the bytes"),
        ("Labels/Double%20key.docx", "redacted", "key"),
        ("Labels/Not%20supported.docx", "redacted", "key"),
        ("Labels/Deferred.docx", "redacted", "key"),
    ] {
        let read = bench.file(path).await;
        assert_withheld(&read, if secret == "key" { &[] } else { std::slice::from_ref(&secret) });
        assert_eq!(decision(&read), expected, "{path}");
    }
    assert_eq!(bench.count("item_content"), 0);
}

#[tokio::test]
async fn a_label_in_the_bytes_wins_over_a_milder_one_in_the_metadata() {
    let bench = bench().await;
    for (name, secret) in [("Behind", "cut"), ("Behind%20everywhere", "anchor")] {
        for ending in ["docx", "pdf"] {
            let read = bench.file(&format!("Labels/{name}.{ending}")).await;
            assert_withheld(&read, &[secret]);
            assert_eq!(decision(&read), "redacted", "{name}.{ending}");
            assert_eq!(read["structured"]["item"]["label"]["name"], "Confidential");
        }
    }
    assert_eq!(bench.count("item_content"), 4, "only the bytes could tell");
}

#[tokio::test]
async fn a_file_that_changed_lately_is_asked_for_its_label_itself() {
    let bench = bench().await;

    let target = json!({"target": format!("{FINANCE}/Budget/Stale%20label.docx")});
    let read = bench.read(target).await.unwrap();

    assert_withheld(&read, &["still says General", "Merger"]);
    assert_eq!(decision(&read), "redacted");
    assert_eq!(bench.count("item_extract_labels"), 1);
    assert_eq!(bench.count("item_content"), 0);
}

#[tokio::test]
async fn an_old_version_is_judged_by_its_own_bytes_and_by_the_current_file() {
    let bench = bench().await;
    let version = async |name: &str, version: &str| {
        let target = format!("{ROOM}/Versions/{name}.docx");
        bench.read(json!({"target": target, "version": version})).await.unwrap()
    };

    let was_secret = version("Cleared%20chart", "1.0").await;
    assert_withheld(&was_secret, &["wreck lies"]);
    assert_eq!(was_secret["structured"]["version"], "1.0");
    assert_eq!(bench.count("item_version_content"), 1);

    let is_secret = version("Closed%20chart", "1.0").await;
    assert_withheld(&is_secret, &["free of ice"]);
    assert_eq!(bench.count("item_version_content"), 1, "the current label forbids it already");

    let open = version("Cleared%20chart", "2.0").await;
    assert_eq!(decision(&open), "allowed");
    assert!(text(&open).contains("near the fairway"), "{open:#}");
    assert!(text(&open).contains("not the current one"), "{open:#}");
}

#[tokio::test]
async fn a_file_with_a_password_is_withheld_whatever_its_metadata_promise() {
    let bench = bench().await;
    let read = bench.file("Protected/Sealed%20plan.docx").await;
    assert_withheld(&read, &[]);
    assert_eq!(decision(&read), "redacted");

    let read = bench.file("Protected/Sealed%20chart.pdf").await;
    assert_withheld(&read, &["minefield"]);
}

#[tokio::test]
async fn a_label_that_cannot_be_read_withholds_the_text() {
    for fault in [FaultKind::Forbidden, FaultKind::WrongShape, FaultKind::ForeignTenantLabel] {
        let bench = bench_with(&open_policy()).await;
        bench.graph.fault(Fault::once(fault.clone()).on(Id::ItemExtractLabels));
        let target = json!({"target": format!("{FINANCE}/Partners/Partner%20offer.docx")});
        let read = bench.read(target).await.unwrap();
        assert_withheld(&read, &["belongs to another company"]);
    }
}

#[tokio::test]
async fn a_file_without_a_label_is_withheld_while_nobody_can_say_that_it_has_none() {
    for fault in [FaultKind::Forbidden, FaultKind::NotFound] {
        let bench = bench_with(&open_policy()).await;
        bench.graph.fault(Fault::once(fault.clone()).on(Id::ItemExtractLabels));

        let read = bench.file("Labels/Unlabelled.docx").await;

        assert_withheld(&read, &["tide gauge"]);
        assert_eq!(decision(&read), "unknown", "{fault:?}");
        assert_eq!(bench.count("item_content"), 0);
    }
    let bench = bench_with(&open_policy()).await;
    let read = bench.file("Labels/Unlabelled.docx").await;
    assert!(text(&read).contains("tide gauge"), "the words are there to be withheld: {read:#}");
}

#[tokio::test]
async fn a_document_under_the_name_of_a_text_is_told_and_recorded_as_withheld() {
    let bench = bench_with(&POLICY.replace("text: redact", "text: allow")).await;
    bench.add_text("Plain.docx", "The cormorant nests here.");
    let folder = format!("{FINANCE}/Budget");
    let found = bench.read(json!({"target": format!("{folder}/Plain.docx")})).await.unwrap();
    let reference = found["structured"]["item"]["ref"].as_str().unwrap();
    let (_, item) = reference.rsplit_once('/').unwrap();
    let rename = json!({"kind": "move", "drive": "Finance", "item": item, "name": "Plain.txt"});
    bench.graph.add(serde_json::from_value(rename).unwrap()).unwrap();

    let call = call("ann");
    let args = Parameters(serde_json::from_value(json!({"target": reference})).unwrap());
    let Answer(read) = bench.connector.sharepoint_read(call, args).await.unwrap();

    let text = read.summary();
    let read = json!({"structured": serde_json::to_value(read).unwrap(), "text": text});
    assert_withheld(&read, &["cormorant"]);
    assert_eq!(read["structured"]["item"]["title"], "Plain.txt");
    assert_eq!(decision(&read), "unlabelled");
}

#[tokio::test]
async fn what_is_encrypted_is_said_to_be() {
    let bench = bench().await;
    for path in ["Labels/Double%20key.docx", "Labels/Deferred.docx", "Protected/Sealed%20plan.docx"]
    {
        let read = bench.file(path).await;
        assert!(notes(&read).contains("It is encrypted"), "{path}: {read:#}");
        assert!(notes(&read).contains("in its own program"), "{path}: {read:#}");
    }
}

#[tokio::test]
async fn a_class_without_labels_is_withheld_as_the_policy_says() {
    let target = json!({"target": format!("{INTRANET}/Shared%20Documents/Handbook%20notes.md")});
    let strict = bench().await;
    let read = strict.read(target.clone()).await.unwrap();
    assert_withheld(&read, &["lighthousekeeper"]);
    assert_eq!(decision(&read), "unlabelled");
    assert_eq!(strict.count("item_content"), 0);

    let open = bench_with(&POLICY.replace("text: redact", "text: allow")).await;
    let read = open.read(target).await.unwrap();
    assert_eq!(decision(&read), "allowed");
    assert!(text(&read).contains("lighthousekeeper"), "{read:#}");
}

#[tokio::test]
async fn an_outline_and_a_part_are_content_like_the_whole() {
    let bench = bench().await;
    for args in [
        json!({"part": "outline"}),
        json!({"part": "pages", "range": "1"}),
        json!({"part": "sheet", "range": "Nothing"}),
        json!({"comments": true}),
    ] {
        let mut all = json!({"target": format!("{ROOM}/Labels/Behind%20everywhere.docx")});
        all.as_object_mut().unwrap().extend(args.as_object().unwrap().clone());
        let read = bench.read(all).await.unwrap();
        assert_withheld(&read, &["anchor", "cable"]);
    }
}
