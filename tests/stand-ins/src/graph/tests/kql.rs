//! The query language by itself.

use crate::graph::kql::{Entry, Kql};

fn entry() -> Entry {
    Entry {
        filename: "Budget 2027.xlsx".to_owned(),
        title: "Budget 2027".to_owned(),
        body: "Department laboratory amount".to_owned(),
        path: "https://h.example/sites/Finance/Shared Documents/Budget/Budget 2027.xlsx".to_owned(),
        author: "Ann Berg".to_owned(),
        modified: "2026-11-18T13:45:00Z".to_owned(),
        document: true,
        label: "22222222-bbbb-4bbb-8bbb-000000000002".to_owned(),
        ..Entry::default()
    }
}

#[test]
fn each_part_of_the_language_restricts_as_it_should() {
    for (query, expected) in [
        ("budget", true),
        ("BUDGET laboratory", true),
        ("budget missing", false),
        ("budget OR missing", true),
        ("budget NOT laboratory", false),
        ("budget -missing", true),
        ("NOT (missing OR absent)", true),
        ("\"laboratory amount\"", true),
        ("\"amount laboratory\"", false),
        ("labor*", true),
        ("labor", false),
        ("*", true),
        ("", true),
        ("filetype:xlsx", true),
        ("filetype:docx filetype:xlsx", true),
        ("filetype:docx AND filetype:xlsx", false),
        ("author:\"Ann Berg\"", true),
        ("author:Bob", false),
        ("title:budget filename:2027", true),
        ("isDocument:1", true),
        ("isDocument:0", false),
        ("LastModifiedTime>=2026-11-18", true),
        ("LastModifiedTime<=2026-11-17", false),
        ("LastModifiedTime>=2026-11-18T14:00:00Z", false),
        ("LastModifiedTime:2026-11-01..2026-11-30", true),
        ("path:\"https://h.example/sites/Finance\"", true),
        ("path:\"https://h.example/sites/Fin\"", false),
        ("path:\"https://h.example/sites/Finance/Shared%20Documents/\"", true),
        ("InformationProtectionLabelId:22222222-BBBB-4bbb-8bbb-000000000002", true),
        ("NOT InformationProtectionLabelId:22222222-bbbb-4bbb-8bbb-000000000002", false),
        ("nonsense:1", false),
        ("(budget OR missing) AND filetype:xlsx", true),
    ] {
        assert_eq!(Kql::parse(query).unwrap().matches(&entry()), expected, "{query}");
    }
}

#[test]
fn queries_that_do_not_add_up_are_malformed() {
    let deep = "(".repeat(500);
    for query in [
        "\"open",
        "(a",
        "a)",
        "a AND",
        "OR a",
        "NOT",
        "author:",
        ":x",
        "LastModifiedTime>=soon",
        &deep,
    ] {
        assert!(Kql::parse(query).is_err(), "{query}");
    }
}
