//! OpenDocument spreadsheets.

use super::*;
use crate::{Note, Part};

fn cell(text: &str) -> String {
    format!(
        "<table:table-cell office:value-type='string'><text:p>{text}</text:p></table:table-cell>"
    )
}

fn row(cells: &[&str]) -> String {
    let cells: Vec<_> = cells.iter().map(|text| cell(text)).collect();
    format!("<table:table-row>{}</table:table-row>", cells.concat())
}

fn sheet(name: &str, rows: &str) -> String {
    format!("<table:table table:name='{name}'>{rows}</table:table>")
}

fn of(styles: &str, body: &str, request: &Request) -> Result<Extract, Unreadable> {
    read(&document("spreadsheet", styles, body), request).content
}

fn all(body: &str) -> Extract {
    of("", body, &request()).unwrap()
}

#[test]
fn sheets_are_tables_with_letters_and_numbers() {
    let body = format!(
        "{}{}",
        sheet("One", &(row(&["a|b", "c"]) + &row(&["1", "2"]))),
        sheet("Two", &row(&["x"]))
    );
    let extract = all(&body);
    assert_eq!(
        extract.markdown(),
        "<!-- sheet One -->\n\n|  | A | B |\n| --- | --- | --- |\n| 1 | a\\|b | c |\n| 2 | 1 | 2 |\n\n<!-- sheet Two -->\n\n|  | A |\n| --- | --- |\n| 1 | x |"
    );
    assert_eq!(extract.units, Some(2));
}

#[test]
fn a_value_without_text_and_a_formula_without_value_are_shown() {
    let body = sheet(
        "S",
        "<table:table-row><table:table-cell office:value-type='float' office:value='2.5'/><table:table-cell table:formula='of:=[.A1]+1'/><table:table-cell table:formula='of:=1' office:value='1'><text:p>1 €</text:p></table:table-cell></table:table-row>",
    );
    let extract = all(&body);
    assert!(extract.markdown().ends_with("| 1 | 2.5 | =[.A1]+1 | 1 € |"));
    assert_eq!(extract.notes, [Note::FormulasWithoutValue { count: 1 }]);
}

#[test]
fn a_sheet_full_of_nothing_costs_nothing() {
    let empty = "<table:table-row table:number-rows-repeated='1048573'><table:table-cell table:number-columns-repeated='16384'/></table:table-row>";
    let far = format!(
        "<table:table-row><table:table-cell table:number-columns-repeated='16383'/>{}</table:table-row>",
        cell("far")
    );
    let extract = all(&sheet("S", &(row(&["near"]) + empty + &far)));
    let markdown = extract.markdown();
    assert!(
        markdown.contains("near") && markdown.contains("XFD") && markdown.len() < 500,
        "{markdown}"
    );
}

#[test]
fn a_sheet_that_repeats_one_cell_is_cut() {
    let body = sheet(
        "S",
        "<table:table-row table:number-rows-repeated='1048576'><table:table-cell table:number-columns-repeated='16384'><text:p>x</text:p></table:table-cell></table:table-row>",
    );
    assert!(all(&body).notes.contains(&Note::CutAtLimit) || all(&body).next.is_some());
    let wanted = Request::new("a.ods", 100_000_000);
    assert!(of("", &body, &wanted).unwrap().notes.contains(&Note::CutAtLimit));
}

#[test]
fn covered_cells_keep_the_columns() {
    let body = sheet(
        "S",
        &format!(
            "<table:table-row>{}<table:covered-table-cell/>{}</table:table-row>",
            cell("wide"),
            cell("end")
        ),
    );
    assert!(all(&body).markdown().contains("|  | A | C |"));
}

#[test]
fn only_the_cells_asked_for_are_told() {
    let body = sheet("Data", &(row(&["a", "b"]) + &row(&["c", "d"]) + &row(&["e", "f"])));
    let mut wanted = request();
    wanted.part =
        Part::Sheet { name: Some("DATA".to_owned()), cells: Some("B2:B2".parse().unwrap()) };
    let extract = of("", &body, &wanted).unwrap();
    assert!(extract.markdown().ends_with("|  | B |\n| --- | --- |\n| 2 | d |"));
    assert_eq!(extract.passages[0].place.cells.as_deref(), Some("B2:B2"));
    wanted.part = Part::Sheet { name: Some("None".to_owned()), cells: None };
    let error = of("", &body, &wanted).unwrap_err();
    assert!(error.to_string().contains("its sheets are Data"), "{error}");
}

#[test]
fn a_hidden_sheet_is_marked_and_is_not_the_first() {
    let styles = "<style:style style:name='ta1' style:family='table'><style:table-properties table:display='false'/></style:style>";
    let body = format!(
        "<table:table table:name='H' table:style-name='ta1'>{}</table:table>{}",
        row(&["secret"]),
        sheet("S", &row(&["open"]))
    );
    let extract = of(styles, &body, &request()).unwrap();
    assert!(extract.passages[0].text.starts_with("(hidden sheet)"));
    assert_eq!(extract.notes, [Note::HiddenSheets { count: 1 }]);
    let mut wanted = request();
    wanted.part = Part::Sheet { name: None, cells: None };
    let extract = of(styles, &body, &wanted).unwrap();
    assert!(extract.markdown().contains("open") && !extract.markdown().contains("secret"));
}

#[test]
fn an_outline_says_what_each_sheet_holds() {
    let body = format!("{}{}", sheet("One", &row(&["Name", "Sum"])), sheet("Two", ""));
    let extract = of("", &body, &Request { part: Part::Outline, ..request() }).unwrap();
    let entries: Vec<_> = extract.outline.iter().map(|entry| entry.text.as_str()).collect();
    assert_eq!(entries, ["One, A1:B1, row 1: Name | Sum", "Two"]);
}

#[test]
fn comments_of_cells_are_shown_only_when_asked_for() {
    let body = sheet(
        "S",
        "<table:table-row><table:table-cell><office:annotation><dc:creator>Ada</dc:creator><dc:date>2026</dc:date><text:p>why?</text:p></office:annotation><text:p>1</text:p></table:table-cell></table:table-row>",
    );
    let extract = all(&body);
    assert!(extract.markdown().ends_with("| 1 | 1 |"));
    assert_eq!(extract.notes, [Note::CommentsLeftOut { count: 1 }]);
    let extract = of("", &body, &Request { comments: true, ..request() }).unwrap();
    assert!(extract.markdown().ends_with("Comments:\n- A1 (Ada): why?"));
}
