use graph::model::ListWithColumns;
use proptest::prelude::*;
use serde_json::json;

use super::*;

fn table() -> Table {
    let found: ListWithColumns = serde_json::from_value(json!({
        "displayName": "Tasks",
        "columns": [
            {"name": "Title", "displayName": "Title", "indexed": true, "text": {}},
            {"name": "Due_x0020_Date", "displayName": "Due date", "dateTime": {}},
            {"name": "Terms", "displayName": "Terms and conditions", "text": {}},
            {"name": "Hours", "displayName": "Hours", "number": {}},
            {"name": "Done", "displayName": "Done", "boolean": {}},
            {"name": "Owner", "displayName": "Owner", "personOrGroup": {}},
            {"name": "Tags", "displayName": "Tags", "choice": {"displayAs": "checkBoxes"}},
            {"name": "_x0023_Tries", "displayName": "#Tries", "number": {}},
            {"name": "bad name", "displayName": "Bad", "text": {}},
        ],
    }))
    .unwrap();
    Table::for_tests(&found)
}

fn odata(text: &str) -> Result<String, String> {
    let table = table();
    let clauses = parse(text, &table).map_err(|error| error.to_string())?;
    Ok(clauses.iter().map(Clause::odata).collect::<Vec<_>>().join(" and "))
}

#[test]
fn a_filter_is_written_as_graph_wants_it() {
    for (text, expected) in [
        ("Title = O'Hara & Sons", "fields/Title eq 'O''Hara & Sons'"),
        ("title startswith \"O'\"", "startswith(fields/Title,'O''')"),
        ("Due_x0020_Date<2026-12-01", "fields/Due_x0020_Date lt '2026-12-01T00:00:00Z'"),
        (
            "Due date = 2026-12-01 and Hours >= -2.5",
            "fields/Due_x0020_Date ge '2026-12-01T00:00:00Z' and \
             fields/Due_x0020_Date lt '2026-12-02T00:00:00Z' and fields/Hours ge -2.5",
        ),
        ("due DATE > 2026-12-01", "fields/Due_x0020_Date ge '2026-12-02T00:00:00Z'"),
        (
            "due date >= 2026-12-01T10:00:00+01:00",
            "fields/Due_x0020_Date ge '2026-12-01T09:00:00Z'",
        ),
        ("\"Terms and conditions\" != \"a and b\"", "fields/Terms ne 'a and b'"),
        ("Done = yes AND Owner = #12", "fields/Done eq 1 and fields/OwnerLookupId eq 12"),
        ("ID > 5", "fields/id gt 5"),
        ("#Tries > 5", "fields/OData__x0023_Tries gt 5"),
        ("Title = ' eq '' or '", "fields/Title eq ' eq '' or'"),
    ] {
        assert_eq!(odata(text).as_deref(), Ok(expected), "{text}");
    }
}

#[test]
fn what_cannot_be_asked_is_refused_with_what_can() {
    for (text, word) in [
        ("Title", "column op value"),
        ("= x", "column op value"),
        ("Title =", "column op value"),
        ("Title = a = b", "column op value"),
        ("Terms and conditions = x", "quote names"),
        ("Nothing = x", "Due date"),
        ("Bad = x", "Due date"),
        ("Hours = many", "numbers are written"),
        ("Hours = 1 or 1", "numbers are written"),
        ("Hours = nan", "numbers are written"),
        ("Due date = soon", "a date is"),
        ("Title > a", "startswith"),
        ("Tags = Red", "this kind of column"),
        ("Owner = Ann", "#12"),
    ] {
        let problem = odata(text).unwrap_err();
        assert!(problem.contains(word), "{text}: {problem}");
    }
    assert!(odata(&"x".repeat(501)).is_err());
    assert!(odata(&["Hours > 1"; 11].join(" and ")).is_err());
}

#[test]
fn a_row_that_graph_should_not_have_sent_is_seen() {
    let table = table();
    let row: ListItem = serde_json::from_value(json!({
        "id": "4", "createdDateTime": "2026-04-01T08:00:00Z",
        "fields": {"Title": "Lumen", "Due_x0020_Date": "2026-12-01T12:00:00Z", "Hours": 3,
                   "Done": true, "OwnerLookupId": "12"},
    }))
    .unwrap();
    for (text, expected) in [
        ("Title = lumen", true),
        ("Title != lumen", false),
        ("Title startswith LU", true),
        ("Hours >= 3 and Hours < 4", true),
        ("Hours != 3", false),
        ("Due date = 2026-12-01", true),
        ("Due date > 2026-12-01", false),
        ("Due date <= 2026-12-01", true),
        ("Done = no", false),
        ("Owner = 12", true),
        ("Owner != 12", false),
        ("Terms = x", false),
        ("Terms != x", true),
        ("ID = 4 and Created < 2026-05-01", true),
    ] {
        let holds = parse(text, &table).unwrap().iter().all(|clause| clause.holds(&row));
        assert_eq!(holds, expected, "{text}");
    }
}

proptest! {
    #[test]
    fn a_value_stays_one_literal(value in r#"[ a-z'"()/,=<>%&#]{0,30}"#) {
        if let Ok(odata) = odata(&format!("Title = {value}")) {
            let inner = odata.strip_prefix("fields/Title eq '").unwrap().strip_suffix('\'').unwrap();
            prop_assert!(!inner.replace("''", "").contains('\''), "{}", odata);
        }
    }

    #[test]
    fn no_text_breaks_the_reader(text in "\\PC{0,60}") {
        let _ = odata(&text);
    }
}
