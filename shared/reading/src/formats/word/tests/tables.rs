//! Tables and their merged cells.

use super::*;

fn cell(properties: &str, text: &str) -> String {
    format!("<w:tc><w:tcPr>{properties}</w:tcPr>{}</w:tc>", p(text))
}

fn row(cells: &[String]) -> String {
    format!("<w:tr>{}</w:tr>", cells.concat())
}

fn table(rows: &[String]) -> String {
    format!("<w:tbl><w:tblPr><w:tblStyle w:val=\"x\"/></w:tblPr>{}</w:tbl>", rows.concat())
}

#[test]
fn the_first_row_is_the_header_and_bars_are_kept() {
    let body = table(&[
        row(&[cell("", "Name"), cell("", "Value")]),
        row(&[cell("", "a|b"), cell("", "1")]),
    ]);
    assert_eq!(text(&body), "| Name | Value |\n| --- | --- |\n| a\\|b | 1 |");
}

#[test]
fn merged_cells_keep_the_columns_of_the_others() {
    let body = table(&[
        row(&[cell(r#"<w:gridSpan w:val="2"/>"#, "Both"), cell("", "C")]),
        row(&[cell(r#"<w:vMerge w:val="restart"/>"#, "down"), cell("", "b1"), cell("", "c1")]),
        row(&[cell("<w:vMerge/>", ""), cell("", "b2"), cell("", "c2")]),
        "<w:tr><w:trPr><w:gridBefore w:val=\"2\"/></w:trPr>".to_owned()
            + &cell("", "c3")
            + "</w:tr>",
    ]);
    assert_eq!(
        text(&body),
        "| Both |  | C |\n| --- | --- | --- |\n| down | b1 | c1 |\n|  | b2 | c2 |\n|  |  | c3 |"
    );
}

#[test]
fn a_table_in_a_cell_becomes_lines() {
    let inner =
        table(&[row(&[cell("", "x"), cell("", "y")]), row(&[cell("", "1"), cell("", "2")])]);
    let body =
        table(&[row(&[format!("<w:tc>{}{inner}<w:p/></w:tc>", p("outer")), cell("", "beside")])]);
    assert_eq!(text(&body), "| outer<br>x; y<br>1; 2 | beside |\n| --- | --- |");
}

#[test]
fn a_table_of_one_cell_is_a_frame_around_text() {
    assert_eq!(text(&table(&[row(&[cell("", "framed")])])), "framed");
}

#[test]
fn a_deleted_row_is_gone() {
    let deleted = "<w:tr><w:trPr><w:del w:author=\"x\"/></w:trPr><w:tc><w:p><w:del><w:r><w:delText>b</w:delText></w:r></w:del></w:p></w:tc></w:tr>";
    let body = table(&[row(&[cell("", "a"), cell("", "c")]), deleted.to_owned()]);
    assert_eq!(text(&body), "| a | c |\n| --- | --- |");
}

#[test]
fn a_long_table_is_told_in_pieces_that_are_one_table() {
    let rows: Vec<String> =
        (0..4_500).map(|n| row(&[cell("", &format!("r{n}")), cell("", "x")])).collect();
    let told = text(&table(&rows));
    assert_eq!(told.lines().count(), 4_501);
    assert!(!told.contains("\n\n"));
    assert!(told.ends_with("| r4499 | x |"));
}

#[test]
fn a_table_over_two_pages_has_its_header_on_both() {
    let broken =
        "<w:tc><w:p><w:r><w:lastRenderedPageBreak/><w:t>2</w:t></w:r></w:p></w:tc>".to_owned();
    let body = table(&[
        row(&[cell("", "H"), cell("", "I")]),
        row(&[cell("", "1"), cell("", "one")]),
        row(&[broken, cell("", "two")]),
        row(&[cell("", "3"), cell("", "three")]),
    ]);
    let told = extract(&docx(&body));
    let texts: Vec<_> =
        told.passages.iter().map(|p| (p.place.page.unwrap(), p.text.as_str())).collect();
    assert_eq!(
        texts,
        [
            (1, "| H | I |\n| --- | --- |\n| 1 | one |\n| 2 | two |"),
            (2, "| H | I |\n| --- | --- |\n| 3 | three |")
        ]
    );
}
