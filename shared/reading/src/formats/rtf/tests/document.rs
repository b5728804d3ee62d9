//! Paragraphs, tables and lists of rich text.

use super::*;
use crate::{Note, Part, Span};

#[test]
fn tables_of_the_file_are_no_text() {
    let body = r"{\fonttbl{\f0 Arial;}}{\colortbl;\red0;}{\stylesheet{\s0 Normal;}}{\info{\title T}}{\*\generator W}{\*\unknown x{\b y}}{\header h}{\footer f}a\par b";
    assert_eq!(text(body), "a\n\nb");
}

#[test]
fn headings_are_known_by_style_and_by_level() {
    let styles =
        r"{\stylesheet{\s0 Normal;}{\s1\outlinelevel0 Kop 1;}{\s2 heading 2;}{\s3 Title;}}";
    let body = r"\pard\s3 A\par\pard\s1 B\par\pard\s2 C\par\pard\outlinelevel2 D\par\pard\s0 E\par";
    assert_eq!(text(&format!("{styles}{body}")), "# A\n\n# B\n\n## C\n\n### D\n\nE");
}

#[test]
fn a_table_keeps_its_rows() {
    let body = r"a\par\trowd\cellx1\cellx2\pard\intbl h|1\cell h2\cell\row\trowd\pard\intbl x\par y\cell\cell\row\pard after\par";
    assert_eq!(text(body), "a\n\n| h\\|1 | h2 |\n| --- | --- |\n| x<br>y |  |\n\nafter");
}

#[test]
fn a_table_at_the_end_is_read_too() {
    assert_eq!(text(r"\trowd\intbl a\cell b\cell\row"), "| a | b |\n| --- | --- |");
    assert_eq!(text(r"\trowd\intbl a\cell b"), "| a | b |\n| --- | --- |");
}

#[test]
fn a_table_in_a_cell_is_text_of_the_cell() {
    let body = r"\trowd\pard\intbl out\par\pard\intbl\itap2 in\nestcell{\*\nesttableprops\trowd\nestrow}{\nonesttables\par}\pard\intbl\cell b\cell\row";
    assert_eq!(text(body), "| out<br>in | b |\n| --- | --- |");
}

#[test]
fn lists_keep_their_marks() {
    let body = r"{\listtext\f3\'b7\tab}\ilvl0 a\par\pard{\listtext 1.\tab}\ilvl1 b\par\pard{\pntext c)\tab}c\par\pard d\par";
    assert_eq!(text(body), "- a\n  1. b\n- c) c\n\nd");
}

#[test]
fn a_mark_may_stand_before_the_properties_of_its_item() {
    let item = r"{\listtext\pard\plain\f3\'b7\tab}\pard\ilvl0";
    assert_eq!(text(&format!(r"a\par{item} b\par{item} c\par\pard d")), "a\n\n- b\n- c\n\nd");
}

#[test]
fn links_are_links_and_other_fields_are_their_result() {
    let link =
        r#"{\field{\*\fldinst{HYPERLINK "https://x.test/?a=1&b=2" \\o "tip"}}{\fldrslt{\ul out}}}"#;
    let jump = r#"{\field{\*\fldinst HYPERLINK \\l "mark"}{\fldrslt in}}"#;
    let date = r"{\field{\*\fldinst DATE}{\fldrslt today}}";
    assert_eq!(text(&format!("{link} {jump} {date}")), "[out](https://x.test/?a=1&b=2) in today");
}

#[test]
fn hidden_text_is_left_out_and_said() {
    let extract = of(r"a{\v x}b\v y\v0 c\v z\plain d");
    assert_eq!(extract.markdown(), "abcd");
    assert_eq!(extract.notes, [Note::HiddenText]);
}

#[test]
fn deleted_text_is_left_out_or_struck() {
    let body = r"a {\deleted gone} {\revised new}";
    let extract = of(body);
    assert_eq!(extract.markdown(), "a  new");
    assert_eq!(extract.notes, [Note::ChangesLeftOut { count: 1 }]);
    let wanted = Request { changes: true, ..request() };
    let extract = read(format!(r"{{\rtf1 {body}}}").as_bytes(), &wanted).content.unwrap();
    assert_eq!(extract.markdown(), "a ~~gone~~ new");
}

#[test]
fn a_footnote_follows_its_paragraph() {
    let body =
        r"Fact{\super\chftn}{\footnote\pard\plain{\super\chftn} Source\par more}, said.\par Next";
    assert_eq!(text(body), "Fact[^1], said.\n\n[^1]: Source\n    more\n\nNext");
}

#[test]
fn comments_are_shown_only_when_asked_for() {
    let body = r"a{\*\atnid A}{\*\atnauthor Ada}\chatn{\*\annotation{\*\atndate 1}\pard why?}b";
    let extract = of(body);
    assert_eq!(extract.markdown(), "ab");
    assert_eq!(extract.notes, [Note::CommentsLeftOut { count: 1 }]);
    let wanted = Request { comments: true, ..request() };
    let extract = read(format!(r"{{\rtf1 {body}}}").as_bytes(), &wanted).content.unwrap();
    assert_eq!(extract.markdown(), "ab\n\n> Comment (Ada): why?");
}

#[test]
fn page_breaks_make_pages() {
    let extract = of(r"a\par b\page c");
    assert_eq!(extract.markdown(), "<!-- page 1 -->\n\na\n\nb\n\n<!-- page 2 -->\n\nc");
    let mut second = request();
    second.part = Part::Pages(Span { first: 2, last: 2 });
    let extract = read(br"{\rtf1 a\par b\page c}", &second).content.unwrap();
    assert_eq!(extract.markdown(), "<!-- page 2 -->\n\nc");
    assert!(of(r"a\pagebb").passages[0].place.page.is_none());
}

#[test]
fn pictures_are_counted_and_their_bytes_are_no_text() {
    let extract =
        of("a{\\*\\shppict{\\pict\\pngblip 89504e}}{\\nonshppict{\\pict 00}}{\\pict\\bin4 {{{{}b");
    assert_eq!(extract.markdown(), "ab");
    assert_eq!(extract.notes, [Note::Images { count: 1 }]);
}

#[test]
fn text_of_shapes_and_objects_is_read_once() {
    let body = r"a{\shp{\*\shpinst{\sp{\sn name}{\sv value}}{\shptxt boxed}}{\shprslt old}}{\object{\*\objdata 00}{\result shown}}";
    assert_eq!(text(body), "aboxedshown");
}
