//! What other converters of files lose or break, one test for each: the comparison that led to
//! readers of our own (docs/decisions/0021).

use crate::formats::open_document::tests::document as open_document;
use crate::formats::outlook_message::tests::message;
use crate::formats::sheets::tests::{Book, read as workbook, row};
use crate::formats::slides::tests::{Deck, shape, title, words};
use crate::formats::word::tests::{docx, extract, p, pp, relation, with_parts};
use crate::{Note, Request, read};

const STYLES: &str = r#"<w:styles xmlns:w="w">
<w:style w:type="paragraph" w:styleId="Title"><w:name w:val="Title"/></w:style>
<w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/></w:style>
<w:style w:type="paragraph" w:styleId="ListBullet"><w:name w:val="List Bullet"/></w:style>
<w:style w:type="paragraph" w:styleId="ListNumber"><w:name w:val="List Number"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>
</w:styles>"#;
const NUMBERING: &str = r#"<w:numbering xmlns:w="w"><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>"#;

fn styled(style: &str, text: &str) -> String {
    pp(&format!(r#"<w:pStyle w:val="{style}"/>"#), text)
}

fn word(body: &[String]) -> String {
    extract(&with_parts(&body.concat(), &[("styles", STYLES), ("numbering", NUMBERING)], ""))
        .markdown()
}

fn text_of(name: &str, bytes: &[u8]) -> String {
    read(bytes, &Request::new(name, 100_000)).content.unwrap().markdown()
}

#[test]
fn the_title_of_a_document_is_a_heading_like_the_others() {
    let told = word(&[styled("Title", "Report"), styled("Heading1", "Summary"), p("Text")]);
    assert_eq!(told, "# Report\n\n# Summary\n\nText");
}

#[test]
fn bullets_and_numbers_that_come_from_a_list_style_alone_are_kept() {
    let told = word(&[
        styled("ListBullet", "one"),
        styled("ListBullet", "two"),
        styled("ListNumber", "first"),
        styled("ListNumber", "second"),
    ]);
    assert_eq!(told, "- one\n- two\n1. first\n2. second");
}

fn table(rows: &[[&str; 2]]) -> String {
    let cell = |text: &&str| format!("<w:tc>{}</w:tc>", p(text));
    let row = |cells: &[&str; 2]| {
        format!("<w:tr>{}</w:tr>", cells.iter().map(cell).collect::<Vec<_>>().concat())
    };
    format!("<w:tbl>{}</w:tbl>", rows.iter().map(row).collect::<Vec<_>>().concat())
}

#[test]
fn the_first_row_of_a_table_is_its_header_and_no_empty_one_is_added() {
    let told = word(&[table(&[["Name", "Sum"], ["a", "1"]])]);
    assert_eq!(told, "| Name | Sum |\n| --- | --- |\n| a | 1 |");
}

#[test]
fn a_bar_inside_a_cell_is_escaped_and_makes_no_column() {
    let told = word(&[table(&[["Name", "Sum"], ["a|b", "1"]])]);
    assert!(told.ends_with("| a\\|b | 1 |"), "{told}");
}

#[test]
fn an_ampersand_in_the_address_of_a_link_stays_one() {
    let relations = relation("r9", "hyperlink", "https://x.example/?a=1&amp;b=2");
    let body = r#"<w:p><w:hyperlink r:id="r9"><w:r><w:t>A &amp; B</w:t></w:r></w:hyperlink></w:p>"#;
    let told = extract(&with_parts(body, &[], &relations)).markdown();
    assert_eq!(told, "[A & B](https://x.example/?a=1&b=2)");
}

#[test]
fn the_pages_of_a_document_are_marked() {
    let next = r#"<w:p><w:r><w:br w:type="page"/></w:r></w:p>"#.to_owned();
    let told = word(&[p("one"), next, p("two")]);
    assert_eq!(told, "<!-- page 1 -->\n\none\n\n<!-- page 2 -->\n\ntwo");
}

#[test]
fn hidden_text_of_a_document_is_dropped() {
    let hidden = "<w:p><w:r><w:t>seen</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr>\
                  <w:t>unseen</w:t></w:r></w:p>";
    let told = extract(&docx(hidden));
    assert_eq!(told.markdown(), "seen");
    assert_eq!(told.notes, [Note::HiddenText]);
}

#[test]
fn deleted_text_of_tracked_changes_is_dropped() {
    let body = "<w:p><w:ins><w:r><w:t>new</w:t></w:r></w:ins>\
                <w:del><w:r><w:delText>old</w:delText></w:r></w:del></w:p>";
    assert_eq!(extract(&docx(body)).markdown(), "new");
}

#[test]
fn numbers_and_dates_look_as_in_the_workbook_and_empty_cells_are_empty() {
    let book = Book::new(
        r#"<row r="3"><c r="B3"><v>7</v></c></row>
           <row r="4"><c r="A4"><v>12.5</v></c><c r="B4"/><c r="C4" s="1"><v>45943</v></c></row>"#,
    );
    let told = workbook(&book).markdown();
    assert!(told.ends_with("| 4 | 12.5 |  | 2025-10-13 |"), "{told}");
    assert!(!told.contains("NaN") && !told.contains("NaT") && !told.contains("12.500000"));
}

#[test]
fn a_hidden_sheet_is_shown_as_hidden() {
    let mut book = Book::new(row(1, &["seen"]));
    book.sheets.push(("!Secret", row(1, &["kept apart"])));
    let told = workbook(&book);
    assert!(told.markdown().contains("<!-- sheet Secret -->\n\n(hidden sheet)"));
    assert_eq!(told.notes, [Note::HiddenSheets { count: 1 }]);
}

#[test]
fn a_formula_that_was_never_computed_is_shown_instead_of_its_value() {
    let book = Book::new(r#"<row r="1"><c r="A1"><f>SUM(B1:B9)</f></c></row>"#);
    let told = workbook(&book).markdown();
    assert!(told.contains("=SUM(B1:B9)") && !told.contains("NaN"), "{told}");
}

#[test]
fn a_presentation_keeps_its_slides_notes_charts_and_groups() {
    let group = format!(
        "<p:grpSp><p:nvGrpSpPr><p:cNvPr id='1'/></p:nvGrpSpPr>{}</p:grpSp>",
        shape("", &words("in a group"))
    );
    let chart = "<p:graphicFrame><a:graphic><a:graphicData><c:chart r:id='rId1'/>\
                 </a:graphicData></a:graphic></p:graphicFrame>";
    let first = [&title("Sales"), &group, chart].concat();
    let mut deck = Deck::of(&[&first, &title("Outlook")]);
    deck.relations(
        "ppt/slides/_rels/slide1.xml.rels",
        &[("rId1", "chart", "../charts/c.xml"), ("rId2", "notesSlide", "../notesSlides/n.xml")],
    );
    let value =
        |text: &str| format!("<c:strCache><c:pt idx='0'><c:v>{text}</c:v></c:pt></c:strCache>");
    let series = format!(
        "<c:ser><c:tx><c:strRef>{}</c:strRef></c:tx><c:cat><c:strRef>{}</c:strRef></c:cat>\
         <c:val><c:numRef><c:numCache><c:pt idx='0'><c:v>7</c:v></c:pt></c:numCache></c:numRef></c:val></c:ser>",
        value("East"),
        value("Q1")
    );
    deck.part(
        "ppt/charts/c.xml",
        &format!("<c:chartSpace><c:chart><c:plotArea><c:barChart>{series}</c:barChart></c:plotArea></c:chart></c:chartSpace>"),
    );
    let said = shape("<p:ph type='body'/>", &words("Say this"));
    deck.part(
        "ppt/notesSlides/n.xml",
        &format!("<p:notes><p:cSld><p:spTree>{said}</p:spTree></p:cSld></p:notes>"),
    );

    let told = deck.all().markdown();

    for part in [
        "<!-- slide 1 -->\n\n# Sales",
        "in a group",
        "|  | East |\n| --- | --- |\n| Q1 | 7 |",
        "> Notes: Say this",
        "<!-- slide 2 -->\n\n# Outlook",
    ] {
        assert!(told.contains(part), "{part} in {told}");
    }
}

#[test]
fn rich_text_is_read_and_not_its_source() {
    let told = text_of("a.rtf", br"{\rtf1\ansi{\fonttbl{\f0 Arial;}}\f0 Plain {\b bold}\par Next}");
    assert_eq!(told, "Plain bold\n\nNext");
}

#[test]
fn an_open_document_is_read_and_not_listed() {
    let body = r#"<text:h text:outline-level="1">Plan</text:h><text:p>Words</text:p>"#;
    assert_eq!(text_of("a.odt", &open_document("text", "", body)), "# Plan\n\nWords");
}

#[test]
fn a_mail_is_its_envelope_and_its_text_and_not_its_source() {
    let mail = "From: Ann <ann@a.example>\r\nTo: bob@a.example\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n\
                Date: Sat, 21 Nov 2026 09:05:00 +0000\r\nMIME-Version: 1.0\r\n\
                Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
                Sch=C3=B6n\r\n";
    let told = text_of("a.eml", mail.as_bytes());
    assert!(told.starts_with("# Grüße\n\n- From: Ann <ann@a.example>"), "{told}");
    assert!(told.ends_with("\n\nSchön") && !told.contains("MIME-Version"), "{told}");
}

#[test]
fn an_outlook_message_is_its_envelope_and_its_text() {
    let told = text_of("a.msg", &message().text("", "1000", "Hello").bytes());
    assert!(told.starts_with("# Grüße\n\n- From: Ann <ann@a.example>"), "{told}");
    assert!(told.ends_with("\n\nHello"), "{told}");
}

#[test]
fn what_a_web_page_does_not_display_is_dropped() {
    let page = b"<html><body><p>seen</p><div style='display:none'>unseen</div></body></html>";
    assert_eq!(text_of("a.html", page), "seen");
}
