//! Broken and hostile presentations.

use proptest::prelude::*;

use super::*;
use crate::Note;

#[test]
fn a_damaged_slide_is_left_out_and_said() {
    let mut deck = Deck::of(&[&title("One"), &title("Two"), &title("Three")]);
    deck.part("ppt/slides/slide2.xml", "<p:sld><p:cSld>");
    let extract = deck.all();
    assert_eq!(extract.markdown(), "<!-- slide 1 -->\n\n# One\n\n<!-- slide 3 -->\n\n# Three");
    assert_eq!(extract.notes, [Note::PartlyDamaged]);
}

#[test]
fn a_slide_without_its_part_keeps_its_number() {
    let mut deck = Deck::of(&[&title("One"), &title("Two")]);
    deck.relations(
        "ppt/_rels/presentation.xml.rels",
        &[("rId2", "slide", "slides/slide2.xml"), ("rId9", "slide", "slides/none.xml")],
    );
    let extract = deck.all();
    assert_eq!(extract.markdown(), "<!-- slide 2 -->\n\n# Two");
    assert_eq!(extract.notes, [Note::PartlyDamaged]);
}

#[test]
fn damaged_notes_leave_the_slide_as_it_is() {
    let mut deck = Deck::of(&[&title("One")]);
    deck.relations("ppt/slides/_rels/slide1.xml.rels", &[("rId1", "notesSlide", "../n.xml")]);
    deck.part("ppt/n.xml", "<p:notes>");
    let extract = deck.all();
    assert_eq!(extract.passages[0].text, "# One");
    assert_eq!(extract.notes, [Note::PartlyDamaged]);
}

#[test]
fn a_slide_that_is_its_own_notes_ends() {
    let mut deck = Deck::of(&[&title("One")]);
    deck.relations("ppt/slides/_rels/slide1.xml.rels", &[("rId1", "notesSlide", "slide1.xml")]);
    assert_eq!(deck.all().passages[0].text, "# One");
}

#[test]
fn a_presentation_without_its_main_part_is_damaged() {
    let mut deck = Deck::of(&[&title("One")]);
    deck.0.remove("ppt/presentation.xml");
    assert_eq!(deck.read(&request()), Err(Unreadable::Damaged));
}

#[test]
fn a_document_type_endless_depth_and_a_bomb_are_unsafe() {
    let deep = format!("{}{}", "<a:p>".repeat(50_000), "</a:p>".repeat(50_000));
    let bomb = format!("<p:sld>{}</p:sld>", " ".repeat(30 * 1024 * 1024));
    for slide in [deep, bomb, "<!DOCTYPE a [<!ENTITY b 'c'>]><p:sld>&b;</p:sld>".to_owned()] {
        let mut deck = Deck::of(&[&title("One"), ""]);
        deck.part("ppt/slides/slide2.xml", &slide);
        assert_eq!(deck.read(&request()), Err(Unreadable::Unsafe));
    }
}

#[test]
fn many_slides_are_read() {
    let slide = title("T");
    let deck = Deck::of(&vec![slide.as_str(); 2_000]);
    assert_eq!(deck.all().passages.len(), 2_000);
}

#[test]
fn a_table_without_end_is_cut() {
    let row = format!("<a:tr>{}</a:tr>", "<a:tc/>".repeat(300));
    let slide = format!(
        "<p:graphicFrame><a:tbl>{}</a:tbl></p:graphicFrame>{}",
        row.repeat(2_100),
        shape("", &words("end"))
    );
    let extract = Deck::of(&[&slide]).read(&Request::new("a.pptx", 10_000_000)).unwrap();
    let text = &extract.passages[0].text;
    assert!(text.ends_with("end"));
    assert_eq!(text.lines().filter(|line| line.starts_with('|')).count(), 2_001);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_change_of_a_byte_breaks_the_reader(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = Deck::of(&[&title("One"), &shape("<p:ph/>", &words("x"))]).bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let _ = super::super::read(&bytes, &mut crate::writer::Writer::new(&request()));
    }

    #[test]
    fn no_slide_breaks_the_reader(
        slide in prop::collection::vec(
            prop::sample::select(vec![
                "<p:sp>", "</p:sp>", "<a:p>", "</a:p>", "<a:r>", "</a:r>", "<a:t>", "</a:t>", "x",
                "<a:tbl>", "</a:tbl>", "<a:tr>", "</a:tr>", "<a:tc>", "</a:tc>", "<p:grpSp>",
                "</p:grpSp>", "<mc:AlternateContent>", "</mc:AlternateContent>", "<mc:Choice>",
                "</mc:Choice>", "<p:cNvPr hidden='1'/>", "<p:ph type='title'/>", "<a:pPr lvl='99999'/>",
                "<a:buAutoNum startAt='4294967295'/>", "<c:chart r:id='rId1'/>", "&#x202e;", "&",
            ]),
            0..60,
        )
    ) {
        let _ = Deck::of(&[&slide.concat()]).read(&request());
    }
}
