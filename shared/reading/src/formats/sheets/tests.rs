mod binary;

use std::fmt::Write as _;

use proptest::prelude::*;

use crate::part::Part;
use crate::reading::{Extract, Note, Request};
use crate::testing::package;
use crate::unreadable::Unreadable;

const NS: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// A workbook made by hand: sheets by name and what stands in their `sheetData`.
pub(crate) struct Book {
    pub(crate) sheets: Vec<(&'static str, String)>,
    shared: String,
    properties: &'static str,
    more: Vec<(&'static str, Vec<u8>)>,
}

impl Book {
    pub(crate) fn new(data: impl Into<String>) -> Self {
        let (shared, properties) = (String::new(), "");
        Self { sheets: vec![("Data", data.into())], shared, properties, more: Vec::new() }
    }

    fn bytes(&self) -> Vec<u8> {
        let mut list = String::new();
        let mut relations = String::new();
        let mut parts: Vec<(String, Vec<u8>)> = Vec::new();
        for (number, (name, data)) in (1..).zip(&self.sheets) {
            let (name, state) = match name.strip_prefix('!') {
                Some(name) => (name, " state=\"hidden\""),
                None => (*name, ""),
            };
            let _ = write!(
                list,
                r#"<sheet name="{name}" sheetId="{number}"{state} r:id="rId{number}"/>"#
            );
            let _ = write!(
                relations,
                r#"<Relationship Id="rId{number}" Type="{RELS}/worksheet" Target="worksheets/sheet{number}.xml"/>"#
            );
            let xml = format!(
                r#"<worksheet xmlns="{NS}"><dimension ref="A1:C3"/><sheetData>{data}</sheetData></worksheet>"#
            );
            parts.push((format!("xl/worksheets/sheet{number}.xml"), xml.into_bytes()));
        }
        for (id, kind) in [("s1", "sharedStrings"), ("s2", "styles")] {
            let _ = write!(
                relations,
                r#"<Relationship Id="{id}" Type="{RELS}/{kind}" Target="{kind}.xml"/>"#
            );
        }
        let package_ns = "http://schemas.openxmlformats.org/package/2006";
        let own = [
            (
                "[Content_Types].xml",
                format!(
                    r#"<Types xmlns="{package_ns}/content-types"><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>"#
                ),
            ),
            (
                "_rels/.rels",
                format!(
                    r#"<Relationships xmlns="{package_ns}/relationships"><Relationship Id="r" Type="{RELS}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
                ),
            ),
            (
                "xl/workbook.xml",
                format!(
                    r#"<workbook xmlns="{NS}" xmlns:r="{RELS}"><workbookPr {}/><sheets>{list}</sheets></workbook>"#,
                    self.properties
                ),
            ),
            (
                "xl/_rels/workbook.xml.rels",
                format!(
                    r#"<Relationships xmlns="{package_ns}/relationships">{relations}</Relationships>"#
                ),
            ),
            ("xl/sharedStrings.xml", format!(r#"<sst xmlns="{NS}">{}</sst>"#, self.shared)),
            (
                "xl/styles.xml",
                format!(
                    r#"<styleSheet xmlns="{NS}"><numFmts count="1"><numFmt numFmtId="164" formatCode="0.00\ &quot;kg&quot;"/></numFmts><cellXfs count="4"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="10"/><xf numFmtId="164"/></cellXfs></styleSheet>"#
                ),
            ),
        ];
        let own = own.into_iter().map(|(name, xml)| (name.to_owned(), xml.into_bytes()));
        let more = self.more.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.clone()));
        let all: Vec<_> = own.chain(parts).chain(more).collect();
        let all: Vec<_> = all.iter().map(|(name, bytes)| (name.as_str(), &bytes[..])).collect();
        package(&all)
    }
}

fn request(part: Part) -> Request {
    let mut request = Request::new("a.xlsx", 1_000_000);
    request.part = part;
    request
}

pub(crate) fn read(book: &Book) -> Extract {
    crate::read(&book.bytes(), &request(Part::All)).content.unwrap()
}

/// A row of cells with texts.
pub(crate) fn row(number: u32, texts: &[&str]) -> String {
    let mut cells = String::new();
    for (letter, text) in ('A'..).zip(texts) {
        let _ =
            write!(cells, r#"<c r="{letter}{number}" t="inlineStr"><is><t>{text}</t></is></c>"#);
    }
    format!(r#"<row r="{number}">{cells}</row>"#)
}

fn sheet(name: Option<&str>, cells: Option<&str>) -> Part {
    Part::Sheet { name: name.map(Into::into), cells: cells.map(|cells| cells.parse().unwrap()) }
}

#[test]
fn cells_are_shown_as_people_see_them() {
    let mut book = Book::new(
        r#"<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1"><v>12.500000</v></c><c r="C1" t="b"><v>1</v></c></row>
           <row r="2"><c r="A2" s="1"><v>45943</v></c><c r="B2" s="2"><v>0.256</v></c><c r="C2" t="e"><v>#N/A</v></c></row>
           <row r="3"><c r="A3" s="3"><v>7</v></c></row>"#,
    );
    book.shared = "<si><t>Größe &amp; Art</t></si>".to_owned();
    let text = read(&book).markdown();
    assert!(text.starts_with("<!-- sheet Data -->\n\n|  | A | B | C |\n"), "{text}");
    assert!(text.contains("| 1 | Größe & Art | 12.5 | TRUE |"), "{text}");
    assert!(text.contains("| 2 | 2025-10-13 | 25.60% | #N/A |"), "{text}");
    assert!(text.ends_with("| 3 | 7.00 kg |"), "{text}");
}

#[test]
fn dates_follow_the_date_system_of_the_workbook() {
    let mut book = Book::new(r#"<row r="1"><c r="A1" s="1"><v>44481</v></c></row>"#);
    book.properties = r#"date1904="1""#;
    assert!(read(&book).markdown().contains("| 2025-10-13 |"));
}

#[test]
fn a_formula_without_a_value_is_shown_and_counted() {
    let book = Book::new(
        r#"<row r="1"><c r="A1"><f>B1+C1</f></c><c r="B1"><f>1+1</f><v>2</v></c><c r="C1"/></row>"#,
    );
    let extract = read(&book);
    assert!(extract.markdown().contains("| 1 | =B1+C1 | 2 |"), "{}", extract.markdown());
    assert!(extract.notes.contains(&Note::FormulasWithoutValue { count: 1 }));
}

#[test]
fn a_hidden_sheet_is_marked() {
    let mut book = Book::new(row(1, &["seen"]));
    book.sheets.insert(0, ("!Secret", row(1, &["unseen"])));
    let extract = read(&book);
    assert!(extract.markdown().contains("<!-- sheet Secret -->\n\n(hidden sheet)"));
    assert!(extract.notes.contains(&Note::HiddenSheets { count: 1 }));
    assert_eq!(extract.units, Some(2));
    let first = crate::read(&book.bytes(), &request(sheet(None, None))).content.unwrap();
    assert!(first.markdown().contains("| seen |") && !first.markdown().contains("unseen"));
}

#[test]
fn an_outline_says_what_is_where() {
    let mut book = Book::new(row(2, &["Name", "Sum"]));
    book.sheets.push(("!Old", String::new()));
    let extract = crate::read(&book.bytes(), &request(Part::Outline)).content.unwrap();
    let texts: Vec<_> = extract.outline.iter().map(|entry| entry.text.as_str()).collect();
    assert_eq!(texts, ["Data, A1:C3, row 2: Name | Sum", "Old (hidden), A1:C3"]);
    assert!(extract.passages.is_empty());
}

#[test]
fn only_the_cells_asked_for_are_read() {
    let rows: String = (1..2_000).map(|n| row(n, &["a", &n.to_string(), "c"])).collect();
    let bytes = Book::new(rows).bytes();
    let extract = crate::read(&bytes, &request(sheet(Some("data"), Some("B7:C8")))).content;
    let extract = extract.unwrap();
    assert_eq!(
        extract.passages[0].text,
        "|  | B | C |\n| --- | --- | --- |\n| 7 | 7 | c |\n| 8 | 8 | c |"
    );
    assert_eq!(extract.passages[0].place.cells.as_deref(), Some("B7:C8"));
}

#[test]
fn a_sheet_that_is_not_there_is_an_answer_with_what_there_is() {
    let bytes = Book::new(row(1, &["x"])).bytes();
    let error = crate::read(&bytes, &request(sheet(Some("Nope"), None))).content.unwrap_err();
    assert!(error.to_string().ends_with("its sheets are Data"), "{error}");
}

#[test]
fn following_the_cursor_repeats_the_names_of_the_columns() {
    let mut rows = row(1, &["Name", "City"]);
    rows.extend((2..1_200).map(|n| row(n, &[&format!("n{n}"), "Bern"])));
    let bytes = Book::new(rows).bytes();
    let mut request = request(Part::All);
    request.max_chars = 4_000;
    let mut shown = Vec::new();
    for _ in 0..50 {
        let extract = crate::read(&bytes, &request).content.unwrap();
        let text = &extract.passages[0].text;
        assert!(text.starts_with("|  | A | B |\n| --- | --- | --- |\n| 1 | Name | City |\n"));
        shown.extend(text.lines().skip(3).map(str::to_owned));
        request.from = extract.next;
        if request.from.is_none() {
            break;
        }
    }
    let all: Vec<_> = (2..1_200).map(|n| format!("| {n} | n{n} | Bern |")).collect();
    assert_eq!(shown, all);
}

#[test]
fn a_sparse_sheet_costs_bytes() {
    let data = r#"<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>"#;
    let text = read(&Book::new(data)).markdown();
    assert!(text.len() < 200 && text.contains("| rows 2 to 1048575 are empty |"), "{text}");
}

#[test]
fn a_row_of_all_columns_is_read() {
    let mut cells = String::new();
    for n in 0..16_384 {
        let _ = write!(cells, r#"<c r="{}1"><v>{n}</v></c>"#, crate::part::column_name(n));
    }
    let text = read(&Book::new(format!(r#"<row r="1">{cells}</row>"#))).markdown();
    assert!(text.ends_with("| 16382 | 16383 |"));
}

fn with_comments() -> Book {
    let mut book = Book::new(row(1, &["x", "y"]));
    let relations = format!(
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" Type="{RELS}/comments" Target="../comments1.xml"/></Relationships>"#
    );
    let comments = format!(
        r#"<comments xmlns="{NS}"><authors><author>Ann</author></authors><commentList><comment ref="B1" authorId="0"><text><r><t>check </t></r><r><t>this</t></r></text></comment></commentList></comments>"#
    );
    book.more.push(("xl/worksheets/_rels/sheet1.xml.rels", relations.into_bytes()));
    book.more.push(("xl/comments1.xml", comments.into_bytes()));
    book
}

#[test]
fn comments_are_counted_and_shown_when_wanted() {
    let bytes = with_comments().bytes();
    let mut request = request(Part::All);
    let extract = crate::read(&bytes, &request).content.unwrap();
    assert!(extract.notes.contains(&Note::CommentsLeftOut { count: 1 }));
    request.comments = true;
    let extract = crate::read(&bytes, &request).content.unwrap();
    assert!(extract.markdown().ends_with("Comments:\n- B1 (Ann): check this"));
    assert!(extract.notes.is_empty());
}

#[test]
fn macros_are_said() {
    let mut book = Book::new(row(1, &["x"]));
    book.more.push(("xl/vbaProject.bin", vec![1, 2, 3]));
    assert!(read(&book).notes.contains(&Note::Macros));
}

#[test]
fn a_broken_cell_keeps_what_stands_before_it() {
    let data = format!(r#"{}<row r="2"><c r="A2" t="s"><v>9</v></c></row>"#, row(1, &["kept"]));
    let extract = read(&Book::new(data));
    assert!(extract.markdown().contains("kept"));
    assert!(extract.notes.contains(&Note::PartlyDamaged));
}

#[test]
fn a_document_type_is_refused() {
    let mut book = Book::new(row(1, &["x"]));
    let laughs =
        r#"<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><sst><si><t>&b;</t></si></sst>"#;
    book.more.push(("xl/sharedStrings.xml.bak", laughs.into()));
    let outcome = crate::read(&book.bytes(), &request(Part::All)).content;
    assert_eq!(outcome, Err(Unreadable::Unsafe));
}

#[test]
fn a_bomb_among_the_strings_or_sheets_is_refused() {
    for name in ["xl/sharedStrings2.xml", "xl/worksheets/sheet9.xml"] {
        let mut book = Book::new(row(1, &["x"]));
        book.more.push((name, vec![b' '; 64 * 1024 * 1024]));
        let outcome = crate::read(&book.bytes(), &request(Part::All)).content;
        assert_eq!(outcome, Err(Unreadable::Unsafe), "{name}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_damage_breaks_it(at in 0.0..1.0_f64, bytes in prop::collection::vec(any::<u8>(), 0..20)) {
        let mut file = with_comments().bytes();
        let at = at * f64::from(u32::try_from(file.len()).unwrap());
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within the file")]
        let at = at as usize;
        file.splice(at..(at + bytes.len()).min(file.len()), bytes);
        let _ = crate::read(&file, &request(Part::All));
        file.truncate(at);
        let _ = crate::read(&file, &request(Part::All));
    }

    #[test]
    fn no_sheet_breaks_it(data in "(<(row|c|v|f|is|t)( r=\"[A-Z]{0,4}[0-9]{0,8}\")?( t=\"(s|b|e|str|n|d)\")?( s=\"[0-9]{1,3}\")?/?>|</(row|c|v|f)>|[0-9e.#-]{1,6}){0,20}") {
        let _ = crate::read(&Book::new(data).bytes(), &request(Part::All));
    }
}
