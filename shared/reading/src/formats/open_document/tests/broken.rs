//! Broken and hostile OpenDocument files.

use proptest::prelude::*;

use super::*;
use crate::Note;

fn of_content(content: &str) -> Result<Extract, Unreadable> {
    let mimetype = b"application/vnd.oasis.opendocument.text";
    let bytes = package(&[("mimetype", mimetype), ("content.xml", content.as_bytes())]);
    read(&bytes, &request()).content
}

#[test]
fn an_encrypted_document_is_protected() {
    let mimetype = b"application/vnd.oasis.opendocument.text";
    let manifest = b"<!DOCTYPE manifest:manifest><manifest:manifest><manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>";
    let bytes = package(&[
        ("mimetype", mimetype),
        ("META-INF/manifest.xml", manifest),
        ("content.xml", b"\x01\x02"),
    ]);
    assert_eq!(read(&bytes, &request()).content, Err(Unreadable::Protected));
}

#[test]
fn macros_are_said() {
    let mimetype = b"application/vnd.oasis.opendocument.text";
    let content = b"<office:body><text:p>a</text:p></office:body>";
    let parts: [(&str, &[u8]); 3] =
        [("mimetype", mimetype), ("content.xml", content), ("Basic/Standard/Module1.xml", b"")];
    let extract = read(&package(&parts), &request()).content.unwrap();
    assert_eq!(extract.notes, [Note::Macros]);
}

#[test]
fn what_was_read_before_the_damage_is_kept() {
    let extract = of_content("<office:body><text:p>a</text:p><text:p>b").unwrap();
    assert_eq!(extract.markdown(), "a");
    assert_eq!(extract.notes, [Note::PartlyDamaged]);
    assert_eq!(of_content("<office:body><text"), Err(Unreadable::Damaged));
    assert_eq!(of_content(""), Err(Unreadable::Damaged));
}

#[test]
fn a_document_without_content_is_damaged() {
    let bytes = package(&[("mimetype", b"application/vnd.oasis.opendocument.text")]);
    assert_eq!(read(&bytes, &request()).content, Err(Unreadable::Damaged));
}

#[test]
fn a_document_type_endless_depth_and_a_bomb_are_unsafe() {
    let spans = "<text:span>".repeat(50_000);
    let bomb = " ".repeat(25 * 1024 * 1024);
    for content in [
        format!("<office:body>{spans}"),
        format!("<office:body><text:p>a</text:p>{bomb}</office:body>"),
        "<!DOCTYPE a [<!ENTITY b 'c'>]><office:body>&b;</office:body>".to_owned(),
    ] {
        assert_eq!(of_content(&content), Err(Unreadable::Unsafe));
    }
}

#[test]
fn repetition_costs_nothing() {
    let cell = "<table:table-cell table:number-columns-repeated='16384'><text:p>x</text:p></table:table-cell>";
    let body = format!(
        "<table:table><table:table-row table:number-rows-repeated='1048576'>{cell}</table:table-row></table:table><text:p>a<text:s text:c='4000000000'/>b</text:p>"
    );
    let extract = text_with("", &body);
    assert!(extract.notes.contains(&Note::CutAtLimit));
    let bytes = document("text", "", &body);
    let all = read(&bytes, &Request::new("a.odt", 100_000_000)).content.unwrap();
    assert!(all.passages[0].text.len() < 8 * 1024 * 1024);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_content_breaks_the_reader(
        body in prop::collection::vec(
            prop::sample::select(vec![
                "<text:p>", "</text:p>", "<text:h>", "</text:h>", "<text:a xlink:href='x:y'>", "</text:a>",
                "日本", "word ", "<text:soft-page-break/>", "<text:list>", "</text:list>",
                "<text:list-item>", "</text:list-item>", "<table:table>", "</table:table>",
                "<table:table-row>", "</table:table-row>", "<table:table-cell>", "</table:table-cell>",
                "<text:note>", "</text:note>", "<text:note-citation>", "</text:note-citation>",
                "<office:annotation>", "</office:annotation>", "<draw:frame>", "</draw:frame>",
                "<draw:page>", "</draw:page>", "<presentation:notes>", "</presentation:notes>",
                "<svg:desc>", "</svg:desc>", "<draw:image/>", "<text:change text:change-id='a'/>",
            ]),
            0..80,
        )
    ) {
        let _ = read(&document("text", "", &body.concat()), &request());
        let _ = read(&document("spreadsheet", "", &body.concat()), &request());
        let wanted = Request { comments: true, changes: true, ..Request::new("a", 20) };
        let _ = read(&document("presentation", "", &body.concat()), &wanted);
    }

    #[test]
    fn no_change_of_a_byte_breaks_the_reader(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = document("text", "", "<text:h>a</text:h><text:p>b</text:p>");
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let _ = super::super::read(&bytes, &mut crate::writer::Writer::new(&request()));
    }
}
