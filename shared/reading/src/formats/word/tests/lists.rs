//! Lists by style and by numbering.

use super::*;

const NUMBERING: &str = r#"<w:numbering xmlns:w="w">
<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl><w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%2)"/></w:lvl><w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="bullet"/><w:lvlText w:val="o"/></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="x"/><w:pStyle w:val="ListBullet"/></w:lvl><w:lvl w:ilvl="1"><w:numFmt w:val="bullet"/><w:lvlText w:val="x"/><w:pStyle w:val="ListBullet2"/></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="2"><w:lvl w:ilvl="0"><w:start w:val="3"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1"/></w:lvl><w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1.%2"/></w:lvl></w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>
<w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>
<w:num w:numId="3"><w:abstractNumId w:val="2"/></w:num>
<w:num w:numId="4"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>
</w:numbering>"#;
const STYLES: &str = r#"<w:styles xmlns:w="w">
<w:style w:styleId="ListBullet"><w:name w:val="List Bullet"/><w:pPr><w:numPr><w:numId w:val="2"/></w:numPr></w:pPr></w:style>
<w:style w:styleId="ListBullet2"><w:name w:val="List Bullet 2"/><w:pPr><w:numPr><w:numId w:val="2"/></w:numPr></w:pPr></w:style>
<w:style w:styleId="ListNumber3"><w:name w:val="List Number 3"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>
<w:style w:styleId="Bare"><w:name w:val="List Bullet 2"/></w:style>
<w:style w:styleId="Heading2"><w:name w:val="heading 2"/><w:pPr><w:numPr><w:ilvl w:val="1"/><w:numId w:val="3"/></w:numPr></w:pPr></w:style>
</w:styles>"#;

fn listed(body: &str) -> String {
    extract(&with_parts(body, &[("numbering", NUMBERING), ("styles", STYLES)], "")).markdown()
}

fn item(list: u32, level: u32, text: &str) -> String {
    pp(&format!(r#"<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{list}"/></w:numPr>"#), text)
}

#[test]
fn numbers_letters_and_bullets_are_nested_and_begin_again() {
    let body = [
        item(1, 0, "one"),
        item(1, 1, "first"),
        item(1, 2, "deep"),
        item(1, 1, "second"),
        item(1, 0, "two"),
        item(1, 1, "again"),
    ]
    .concat();
    assert_eq!(
        listed(&body),
        "1. one\n   - a) first\n     - deep\n   - b) second\n2. two\n   - a) again"
    );
}

#[test]
fn a_list_goes_on_after_text_and_another_one_begins_again() {
    let body = [item(1, 0, "one"), p("between"), item(1, 0, "two"), item(4, 0, "anew")].concat();
    assert_eq!(listed(&body), "1. one\n\nbetween\n\n2. two\n1. anew");
}

#[test]
fn list_styles_make_lists_even_without_numbering() {
    let style = |id: &str| format!(r#"<w:pStyle w:val="{id}"/>"#);
    let body = [
        pp(&style("ListBullet"), "a"),
        pp(&style("ListBullet2"), "b"),
        pp(
            &format!(r#"{}<w:numPr><w:numId w:val="0"/></w:numPr>"#, style("ListBullet")),
            "no item",
        ),
    ]
    .concat();
    assert_eq!(listed(&body), "- a\n  - b\n\nno item");
    assert_eq!(listed(&pp(&style("Bare"), "c")), "- c");
    let nested = [pp(&style("ListBullet2"), "b"), pp(&style("ListNumber3"), "c")].concat();
    assert_eq!(listed(&nested), "- b\n  1. c");
}

#[test]
fn numbered_headings_keep_their_numbers() {
    let heading = |text: &str| pp(r#"<w:pStyle w:val="Heading2"/>"#, text);
    assert_eq!(
        listed(&[heading("Scope"), heading("Terms")].concat()),
        "## 3.1 Scope\n\n## 3.2 Terms"
    );
}

#[test]
fn lines_of_an_item_stay_in_it() {
    let body = r#"<w:p><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr><w:r><w:t>a</w:t><w:br/><w:t># b</w:t></w:r></w:p>"#;
    assert_eq!(listed(body), "1. a\n   \\# b");
}
