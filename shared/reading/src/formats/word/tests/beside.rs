//! What stands beside the text: notes, comments, headers.

use super::*;
use crate::reading::Note;

const COMMENTS: &str = r#"<w:comments xmlns:w="w"><w:comment w:id="7" w:author="Ann"><w:p><w:r><w:t>Really?</w:t></w:r></w:p><w:p><w:r><w:t>Check.</w:t></w:r></w:p></w:comment></w:comments>"#;
const FOOTNOTES: &str = r#"<w:footnotes xmlns:w="w"><w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote><w:footnote w:id="2"><w:p><w:r><w:footnoteRef/></w:r><w:r><w:t xml:space="preserve"> A source.</w:t></w:r></w:p></w:footnote></w:footnotes>"#;
const ENDNOTES: &str = r#"<w:endnotes xmlns:w="w"><w:endnote w:id="2"><w:p><w:r><w:t>The end.</w:t></w:r></w:p></w:endnote></w:endnotes>"#;

fn margin(text: &str) -> String {
    format!("<w:hdr xmlns:w=\"w\">{text}</w:hdr>")
}

#[test]
fn comments_are_told_after_their_paragraph_when_they_are_wanted() {
    let body =
        format!("<w:p>{}<w:r><w:commentReference w:id=\"7\"/></w:r></w:p>{}", r("", "a"), p("b"));
    let bytes = with_parts(&body, &[("comments", COMMENTS)], "");
    let silent = extract(&bytes);
    assert_eq!(silent.markdown(), "a\n\nb");
    assert_eq!(silent.notes, [Note::CommentsLeftOut { count: 1 }]);
    let mut asked = request();
    asked.comments = true;
    let told = told(&bytes, &asked).unwrap();
    assert_eq!(told.markdown(), "a\n\n> Comment (Ann): Really?\n> Check.\n\nb");
    assert!(told.notes.is_empty());
}

#[test]
fn footnotes_and_endnotes_come_after_their_paragraph() {
    let body = format!(
        "<w:p>{}<w:r><w:footnoteReference w:id=\"2\"/></w:r>{}<w:r><w:endnoteReference w:id=\"2\"/></w:r></w:p>{}",
        r("", "a"),
        r("", "b"),
        p("c")
    );
    let bytes = with_parts(&body, &[("footnotes", FOOTNOTES), ("endnotes", ENDNOTES)], "");
    assert_eq!(extract(&bytes).markdown(), "a[^1]b[^2]\n\n[^1]: A source.\n\n[^2]: The end.\n\nc");
}

#[test]
fn a_footnote_in_a_table_comes_after_the_table() {
    let reference = "<w:r><w:footnoteReference w:id=\"2\"/></w:r>";
    let body = format!(
        "<w:tbl><w:tr><w:tc><w:p>{}{reference}</w:p></w:tc><w:tc>{}</w:tc></w:tr></w:tbl>",
        r("", "a"),
        p("b")
    );
    let bytes = with_parts(&body, &[("footnotes", FOOTNOTES)], "");
    assert_eq!(extract(&bytes).markdown(), "| a[^1] | b |\n| --- | --- |\n\n[^1]: A source.");
}

#[test]
fn headers_and_footers_are_told_once_at_the_end() {
    let parts =
        [("header", margin(&p("Strictly internal"))), ("footer", margin(&p("Strictly internal")))];
    let parts: Vec<(&str, &str)> = parts.iter().map(|(kind, xml)| (*kind, xml.as_str())).collect();
    let told = extract(&with_parts(&p("text"), &parts, "")).markdown();
    assert_eq!(told, "text\n\n**Header/footer**\nStrictly internal");
}

#[test]
fn a_footer_with_nothing_but_page_numbers_is_not_told() {
    let number = format!(
        "<w:p>{}<w:fldSimple w:instr=\" PAGE \">{}</w:fldSimple></w:p>",
        r("", "- "),
        r("", "seventeen")
    );
    let bytes = with_parts(&p("text"), &[("footer", &margin(&number))], "");
    assert_eq!(extract(&bytes).markdown(), "text");
}

#[test]
fn damaged_relations_leave_the_body() {
    let bytes = package(&[
        ("[Content_Types].xml", TYPES.as_bytes()),
        ("word/document.xml", document(&p("text")).as_bytes()),
        ("word/_rels/document.xml.rels", b"<a><b></a>"),
    ]);
    let extract = extract(&bytes);
    assert_eq!(extract.markdown(), "text");
    assert_eq!(extract.notes, [Note::PartlyDamaged]);
}

#[test]
fn a_damaged_part_beside_the_body_leaves_the_body() {
    for kind in ["styles", "numbering", "footnotes", "footer"] {
        let extract = extract(&with_parts(&p("text"), &[(kind, "<a><b></a>")], ""));
        assert_eq!(extract.markdown(), "text", "{kind}");
        assert_eq!(extract.notes, [Note::PartlyDamaged], "{kind}");
    }
}
