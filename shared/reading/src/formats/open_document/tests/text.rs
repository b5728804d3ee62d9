//! OpenDocument texts.

use super::*;
use crate::{Note, Part, Span};

#[test]
fn headings_and_paragraphs_are_told_apart() {
    let body = "<text:p text:style-name='Title'>The title</text:p><text:h text:outline-level='2'>Part</text:h><text:p>one\n   two<text:s text:c='2'/>three<text:line-break/>four<text:tab/>five</text:p>";
    let extract = text_with("", body);
    assert_eq!(extract.markdown(), "# The title\n\n## Part\n\none two  three\nfour\tfive");
    let mut outline = request();
    outline.part = Part::Outline;
    let extract = read(&document("text", "", body), &outline).content.unwrap();
    let entries: Vec<_> = extract.outline.iter().map(|h| (h.level, h.text.as_str())).collect();
    assert_eq!(entries, [(1, "The title"), (2, "Part")]);
}

#[test]
fn lists_are_bullets_or_numbers_by_their_style() {
    let styles = "<text:list-style style:name='L1'><text:list-level-style-number text:level='1' style:num-format='1'/><text:list-level-style-bullet text:level='2'/></text:list-style>";
    let body = "<text:list text:style-name='L1'><text:list-item><text:p>a</text:p><text:list><text:list-item><text:p>b</text:p></text:list-item></text:list></text:list-item><text:list-item><text:p>c</text:p><text:p>more</text:p></text:list-item></text:list><text:p>between</text:p><text:list text:style-name='L1' text:continue-numbering='true'><text:list-item><text:p>d</text:p></text:list-item></text:list>";
    assert_eq!(text_with(styles, body).markdown(), "1. a\n  - b\n2. c\n  more\n\nbetween\n\n3. d");
}

#[test]
fn two_lists_in_a_row_stay_two() {
    let list = |style: &str| {
        format!(
            "<text:list text:style-name='{style}'><text:list-item><text:p>a</text:p></text:list-item></text:list>"
        )
    };
    assert_eq!(text(&format!("{}{}{}", list("A"), list("A"), list("B"))), "- a\n- a\n\n- a");
}

#[test]
fn a_table_keeps_repeated_and_covered_cells_in_their_columns() {
    let cell = |text: &str| format!("<table:table-cell><text:p>{text}</text:p></table:table-cell>");
    let body = format!(
        "<table:table><table:table-header-rows><table:table-row>{}<table:table-cell table:number-columns-repeated='2'><text:p>x</text:p></table:table-cell></table:table-row></table:table-header-rows><table:table-row><table:table-cell table:number-columns-spanned='2'><text:p>wide</text:p></table:table-cell><table:covered-table-cell><text:p>covered</text:p></table:covered-table-cell>{}</table:table-row><table:table-row table:number-rows-repeated='2'>{}</table:table-row></table:table><text:p>after</text:p>",
        cell("a|b"),
        cell("end"),
        cell("r")
    );
    assert_eq!(
        text(&body),
        "| a\\|b | x | x |\n| --- | --- | --- |\n| wide |  | end |\n| r |  |  |\n| r |  |  |\n\nafter"
    );
}

#[test]
fn a_table_in_a_cell_is_text_of_the_cell() {
    let body = "<table:table><table:table-row><table:table-cell><text:p>a</text:p><table:table><table:table-row><table:table-cell><text:p>b</text:p></table:table-cell></table:table-row></table:table></table:table-cell><table:table-cell><text:p>c</text:p></table:table-cell></table:table-row></table:table>";
    assert_eq!(text(body), "| a<br>b | c |\n| --- | --- |");
}

#[test]
fn links_keep_their_address_and_jumps_do_not() {
    let body = "<text:p><text:a xlink:href='https://x.test/?a=1&amp;b=2'>out</text:a> <text:a xlink:href='#Chapter|outline'>in</text:a></text:p>";
    assert_eq!(text(body), "[out](https://x.test/?a=1&b=2) in");
}

#[test]
fn a_footnote_follows_its_paragraph() {
    let body = "<text:p>Fact<text:note text:note-class='footnote'><text:note-citation>1</text:note-citation><text:note-body><text:p>Source</text:p></text:note-body></text:note>, said.</text:p><text:p>Next<text:note><text:note-citation>*</text:note-citation><text:note-body><text:p>Other</text:p></text:note-body></text:note></text:p>";
    assert_eq!(text(body), "Fact[^1], said.\n\n[^1]: Source\n\nNext[^2]\n\n[^2]: Other");
}

const CHANGED: &str = "<text:tracked-changes><text:changed-region xml:id='c1' text:id='c1'><text:deletion><office:change-info><dc:creator>Ada</dc:creator><dc:date>2026</dc:date></office:change-info><text:p>gone</text:p></text:deletion></text:changed-region><text:changed-region text:id='c2'><text:insertion><office:change-info><dc:creator>Ada</dc:creator></office:change-info></text:insertion></text:changed-region></text:tracked-changes><text:p>a <text:change text:change-id='c1'/> <text:change-start text:change-id='c2'/>new<text:change-end text:change-id='c2'/></text:p>";

#[test]
fn deleted_text_is_left_out_and_inserted_text_stays() {
    let extract = text_with("", CHANGED);
    assert_eq!(extract.markdown(), "a new");
    assert_eq!(extract.notes, [Note::ChangesLeftOut { count: 1 }]);
}

#[test]
fn deleted_text_is_struck_when_asked_for() {
    let wanted = Request { changes: true, ..request() };
    let extract = read(&document("text", "", CHANGED), &wanted).content.unwrap();
    assert_eq!(extract.markdown(), "a ~~gone~~ new");
    assert!(extract.notes.is_empty());
}

#[test]
fn comments_are_shown_only_when_asked_for() {
    let body = "<text:p>a<office:annotation><dc:creator>Ada</dc:creator><dc:date>2026-01-01</dc:date><meta:creator-initials>A</meta:creator-initials><text:p>why?</text:p></office:annotation>b</text:p>";
    let extract = text_with("", body);
    assert_eq!(extract.markdown(), "ab");
    assert_eq!(extract.notes, [Note::CommentsLeftOut { count: 1 }]);
    let wanted = Request { comments: true, ..request() };
    let extract = read(&document("text", "", body), &wanted).content.unwrap();
    assert_eq!(extract.markdown(), "ab\n\n> Comment (Ada): why?");
}

#[test]
fn what_is_hidden_is_left_out_and_said() {
    let styles = "<style:style style:name='P0' style:family='paragraph'><style:text-properties text:display='none'/></style:style><style:style style:name='P1' style:family='paragraph' style:parent-style-name='P0'/><style:style style:name='T1' style:family='text'><style:text-properties text:display='none'/></style:style>";
    for body in [
        "<text:p>a</text:p><text:p text:style-name='P1'>x</text:p>",
        "<text:p>a<text:span text:style-name='T1'>x</text:span></text:p>",
        "<text:p>a</text:p><text:section text:display='none'><text:p>x</text:p></text:section>",
        "<text:p>a<text:hidden-text text:is-hidden='true'>x</text:hidden-text></text:p>",
        "<text:p>a</text:p><text:p>x<text:hidden-paragraph text:is-hidden='true'/></text:p>",
    ] {
        let extract = text_with(styles, body);
        assert_eq!(extract.markdown(), "a", "{body}");
        assert_eq!(extract.notes, [Note::HiddenText]);
    }
}

#[test]
fn pages_are_counted_when_the_file_tells_where_they_end() {
    let styles = "<style:style style:name='P1' style:family='paragraph'><style:paragraph-properties fo:break-before='page'/></style:style>";
    let body = "<text:p text:style-name='P1'>one <text:soft-page-break/>two</text:p><table:table><table:table-row><table:table-cell><text:p>three</text:p></table:table-cell></table:table-row><text:soft-page-break/></table:table><text:p text:style-name='P1'>four</text:p>";
    let extract = text_with(styles, body);
    let pages: Vec<_> =
        extract.passages.iter().map(|p| (p.place.page.unwrap(), p.text.as_str())).collect();
    assert_eq!(pages, [(1, "one"), (2, "two\n\n| three |\n| --- |"), (3, "four")]);
    assert_eq!(extract.units, Some(3));
    let mut second = request();
    second.part = Part::Pages(Span { first: 3, last: 3 });
    let extract = read(&document("text", styles, body), &second).content.unwrap();
    assert_eq!(extract.markdown(), "<!-- page 3 -->\n\nfour");
    assert!(text_with(styles, "<text:p>a</text:p>").passages[0].place.page.is_none());
}

#[test]
fn pictures_are_told_by_their_description_and_text_boxes_follow() {
    let body = "<text:p>a <draw:frame><draw:image/><svg:title>short</svg:title><svg:desc>A cat</svg:desc></draw:frame><draw:frame><draw:text-box><text:p>boxed</text:p></draw:text-box></draw:frame> b</text:p>";
    let extract = text_with("", body);
    assert_eq!(extract.markdown(), "a [image: A cat] b\n\nboxed");
    assert_eq!(extract.notes, [Note::Images { count: 1 }]);
}

#[test]
fn a_table_of_contents_is_not_said_twice() {
    let body = "<text:table-of-content><text:index-body><text:p>Part 1</text:p></text:index-body></text:table-of-content><text:h>Part</text:h>";
    assert_eq!(text(body), "# Part");
}
