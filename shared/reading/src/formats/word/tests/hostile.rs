//! Broken and hostile Word files.

use proptest::prelude::*;

use super::*;
use crate::kind::Kind;
use crate::reading::Note;
use crate::testing::package_with_bomb;

fn refused(bytes: &[u8]) -> Unreadable {
    told(bytes, &request()).unwrap_err()
}

fn with_main(main: &[u8]) -> Vec<u8> {
    package(&[("[Content_Types].xml", TYPES.as_bytes()), ("word/document.xml", main)])
}

#[test]
fn a_part_that_expands_without_end_is_unsafe() {
    let bytes =
        package_with_bomb(&[("[Content_Types].xml", TYPES.as_bytes())], "word/document.xml");
    assert_eq!(refused(&bytes), Unreadable::Unsafe);
}

#[test]
fn a_bomb_beside_the_body_is_unsafe_too() {
    let main = document(&p("x"));
    for kind in ["styles", "numbering", "footnotes", "footer"] {
        let relations =
            format!("<Relationships>{}</Relationships>", relation("b", kind, "bomb.xml"));
        let parts: [(&str, &[u8]); 3] = [
            ("[Content_Types].xml", TYPES.as_bytes()),
            ("word/document.xml", main.as_bytes()),
            ("word/_rels/document.xml.rels", relations.as_bytes()),
        ];
        let bytes = package_with_bomb(&parts, "word/bomb.xml");
        assert_eq!(refused(&bytes), Unreadable::Unsafe, "{kind}");
    }
}

#[test]
fn elements_fifty_thousand_deep_are_unsafe() {
    for element in ["w:p", "w:tbl", "w:sdt", "w:ins"] {
        let deep = format!("<w:document><w:body>{}", format!("<{element}>").repeat(50_000));
        assert_eq!(refused(&with_main(deep.as_bytes())), Unreadable::Unsafe, "{element}");
    }
}

#[test]
fn entities_and_outside_documents_are_unsafe() {
    for declared in [
        r#"[<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]"#,
        r#"[<!ENTITY x SYSTEM "file:///etc/passwd">]"#,
        r#"SYSTEM "https://evil.example/x.dtd""#,
    ] {
        let main = format!("<!DOCTYPE d {declared}>{}", document(&p("&b;&x;")));
        assert_eq!(refused(&with_main(main.as_bytes())), Unreadable::Unsafe, "{declared}");
    }
}

#[test]
fn too_many_entries_are_unsafe() {
    let names: Vec<String> = (0..5_001).map(|n| format!("x{n}")).collect();
    let parts: Vec<(&str, &[u8])> =
        names.iter().map(|name| (name.as_str(), [].as_slice())).collect();
    assert_eq!(refused(&package(&parts)), Unreadable::Unsafe);
}

#[test]
fn a_truncated_document_is_damaged() {
    let bytes = docx(&p("text"));
    assert_eq!(refused(&bytes[..bytes.len() / 2]), Unreadable::Damaged);
}

#[test]
fn no_bytes_are_empty_and_garbage_is_no_document() {
    assert_eq!(refused(b""), Unreadable::Empty);
    assert_eq!(refused(&[1, 2, 0, 4, 250, 3]), Unreadable::Unsupported { kind: Kind::Unknown });
}

#[test]
fn a_package_without_a_body_is_damaged() {
    assert_eq!(
        refused(&package(&[("[Content_Types].xml", TYPES.as_bytes())])),
        Unreadable::Damaged
    );
    assert_eq!(refused(&with_main(b"no xml <")), Unreadable::Damaged);
}

#[test]
fn what_stands_before_the_damage_is_kept() {
    let main = document(&[p("kept"), p("also")].concat()).replace("</w:body>", "<w:p></w:body>");
    let extract = extract(&with_main(main.as_bytes()));
    assert_eq!(extract.markdown(), "kept\n\nalso");
    assert_eq!(extract.notes, [Note::PartlyDamaged]);
}

#[test]
fn names_do_not_lead_out_of_the_package_and_case_does_not_matter() {
    let root = ROOT.replace("word/document.xml", "../../word/./x/../document.xml");
    let bytes = package(&[
        ("[Content_Types].xml", TYPES.as_bytes()),
        ("_rels/.rels", root.as_bytes()),
        ("../../etc/passwd", b"root"),
        ("WORD/DOCUMENT.XML", document(&p("found")).as_bytes()),
    ]);
    assert_eq!(extract(&bytes).markdown(), "found");
}

#[test]
fn two_bodies_of_one_name_are_unsafe() {
    let one = document(&p("one"));
    let two = document(&p("two"));
    let bytes = package(&[
        ("[Content_Types].xml", TYPES.as_bytes()),
        ("word/document.xml", one.as_bytes()),
        ("word/documenT.xml", two.as_bytes()),
    ]);
    assert_eq!(refused(&bytes), Unreadable::Unsafe);
}

#[test]
fn a_cell_or_a_paragraph_without_end_has_one() {
    let long = "word ".repeat(500_000);
    let told = extract(&docx(&p(&long)));
    assert_eq!(told.passages.len(), 1);
    assert!(told.next.is_some(), "it goes on");
    let cell =
        format!("<w:tbl><w:tr><w:tc>{}</w:tc></w:tr></w:tbl>", p("0123456789").repeat(200_000));
    assert!(extract(&docx(&cell)).notes.contains(&Note::CutAtLimit));
}

const RICH: &str = r#"<w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr><w:r><w:t>H</w:t></w:r></w:p><w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr><w:p><w:r><w:t>c</w:t></w:r></w:p></w:tc></w:tr></w:tbl><w:p><w:hyperlink w:anchor="x"><w:r><w:fldChar w:fldCharType="begin"/><w:instrText>PAGE</w:instrText><w:fldChar w:fldCharType="separate"/><w:t>1</w:t><w:lastRenderedPageBreak/><w:fldChar w:fldCharType="end"/></w:r></w:hyperlink></w:p>"#;

proptest! {
    #[test]
    fn no_bytes_break_the_reader(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = told(&with_main(&bytes), &request());
        let _ = told(&[b"PK\x03\x04", bytes.as_slice()].concat(), &request());
    }

    #[test]
    fn no_change_of_a_document_breaks_the_reader(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        in_xml in any::<bool>(),
    ) {
        let mut bytes = if in_xml { document(RICH).into_bytes() } else { docx(RICH) };
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let bytes = if in_xml { with_main(&bytes) } else { bytes };
        let _ = told(&bytes, &request());
    }

    #[test]
    fn elements_in_any_order_are_walked_over(
        names in prop::collection::vec(
            prop::sample::select(vec![
                "w:p", "w:r", "w:t", "w:tbl", "w:tr", "w:tc", "w:del", "w:hyperlink",
                "w:fldSimple", "mc:AlternateContent", "mc:Choice", "mc:Fallback", "w:rPr", "w:pPr",
                "w:lastRenderedPageBreak", "w:footnote", "m:oMath", "w:txbxContent",
            ]),
            0..40,
        ),
        closed in any::<bool>(),
    ) {
        let opened = names.iter().map(|name| format!("<{name}>x")).collect::<Vec<_>>().concat();
        let ends = names.iter().rev().map(|name| format!("</{name}>")).collect::<Vec<_>>().concat();
        let body = opened + if closed { ends.as_str() } else { "" };
        let _ = told(&docx(&body), &request());
    }
}
