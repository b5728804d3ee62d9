//! Every read leaves a record: which thing, its label, the decision, and nothing that was said.

use std::collections::BTreeSet;

use e2e::{Company, Connector, Flavour};
use serde_json::{Value, json};
use stand_ins::graph::labels::{CONFIDENTIAL, GENERAL};

use crate::bench::{connector, ids, read, read_room, resource, room, uri};

fn assert_recorded(connector: &Connector<'_>, ids: &str, label: &Value, decision: &str) -> Value {
    let record = connector.last_record();
    assert_eq!(record["outcome"], "ok", "{record}");
    let shown = record["resources"].as_array().unwrap();
    let file = shown.iter().find(|shown| shown["id"] == ids);
    let file = file.unwrap_or_else(|| panic!("no {ids} in {record}"));
    assert_eq!(file["kind"], "file", "{record}");
    assert_eq!(&file["label"], label, "{record}");
    assert_eq!(file["decision"], decision, "{record}");
    let withheld = u64::from(decision != "allowed");
    assert_eq!(record["redactions"], withheld, "{record}");
    record
}

#[tokio::test]
async fn a_read_is_on_record_by_ids_and_digests() {
    let company = Company::start().await;
    let connector = connector(&company, Flavour::Function).await;
    let ann = connector.person("ann");
    let more = json!({"part": "pages", "range": "1-2", "max_chars": 5000});

    let answer = read(&ann, &room("Manuals/Signal book.pdf"), &more).await;

    let record = assert_recorded(&connector, &ids(&answer), &json!(GENERAL), "allowed");
    assert_eq!(record["name"], "sharepoint_read");
    assert_eq!(record["kind"], "tool");
    let mut names = Vec::new();
    for argument in record["arguments"].as_array().unwrap() {
        let fields: BTreeSet<_> = argument.as_object().unwrap().keys().collect();
        assert_eq!(fields.len(), 2, "{argument}");
        assert_eq!(argument["digest"].as_str().unwrap().len(), 32, "{argument}");
        names.push(argument["name"].as_str().unwrap().to_owned());
    }
    names.sort();
    assert_eq!(names, ["max_chars", "part", "range", "target"]);
    for word in ["Signal", "pages\"", "sharepoint.com", "tempauth", "Flags"] {
        assert!(!record.to_string().contains(word), "{word} in {record}");
    }
    let bytes = record["usage"]["upstream_bytes_in"].as_u64().unwrap();
    assert!(bytes > 4_000, "the file counts: {}", record["usage"]);
    connector.finish().await;
}

#[tokio::test]
async fn what_was_withheld_is_on_record_as_that() {
    let company = Company::start().await;
    let connector = connector(&company, Flavour::Server).await;
    let ann = connector.person("ann");
    for (path, label, decision) in [
        ("Labels/Agreed.docx", json!(stand_ins::graph::labels::PUBLIC), "allowed"),
        ("Labels/Withheld.docx", json!(CONFIDENTIAL), "redacted"),
        // The record has the label that decided, not the one of the column.
        ("Labels/Behind everywhere.docx", json!(CONFIDENTIAL), "redacted"),
        ("Labels/Unlabelled.docx", Value::Null, "redacted"),
        ("Labels/Deferred.docx", Value::Null, "redacted"),
    ] {
        let answer = read_room(&ann, path).await;
        assert_recorded(&connector, &ids(&answer), &label, decision);

        resource(&ann, &uri(&answer)).await;
        let record = assert_recorded(&connector, &ids(&answer), &label, decision);
        assert_eq!(record["kind"], "resource", "{record}");
        assert_eq!(record["name"], "m365-file", "{record}");
    }
    assert_eq!(connector.audit().len(), 10, "one each");
    connector.finish().await;
}
