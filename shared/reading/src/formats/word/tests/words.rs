//! Runs, links, changes and hidden text.

use super::*;
use crate::reading::Note;

const STYLES: &str = r#"<w:styles xmlns:w="w">
<w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/><w:rPr><w:b/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="berschrift2"><w:name w:val="Überschrift 2"/></w:style>
<w:style w:type="paragraph" w:styleId="Own"><w:name w:val="My own"/><w:basedOn w:val="Middle"/></w:style>
<w:style w:type="paragraph" w:styleId="Middle"><w:name w:val="Middle"/><w:basedOn w:val="Deep"/></w:style>
<w:style w:type="paragraph" w:styleId="Deep"><w:name w:val="Deep"/><w:pPr><w:outlineLvl w:val="2"/></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="Titel"><w:name w:val="Title"/></w:style>
<w:style w:type="paragraph" w:styleId="Loop"><w:name w:val="Loop"/><w:basedOn w:val="Loop"/></w:style>
<w:style w:type="paragraph" w:styleId="Secret"><w:name w:val="Secret"/><w:rPr><w:vanish/></w:rPr></w:style>
<w:style w:type="character" w:styleId="Strong"><w:name w:val="Strong"/><w:rPr><w:b/></w:rPr></w:style>
<w:style w:type="table" w:styleId="T"><w:name w:val="T"/><w:tblStylePr w:type="firstRow"><w:rPr><w:vanish/></w:rPr></w:tblStylePr></w:style>
</w:styles>"#;

fn styled(body: &str) -> Extract {
    extract(&with_parts(body, &[("styles", STYLES)], ""))
}

fn style(id: &str) -> String {
    format!(r#"<w:pStyle w:val="{id}"/>"#)
}

#[test]
fn headings_come_from_levels_names_and_what_styles_are_based_on() {
    let body = [
        pp(&style("Titel"), "Report"),
        pp(&style("Heading1"), "One"),
        pp(&style("berschrift2"), "Zwei"),
        pp(&style("Own"), "Three"),
        pp(r#"<w:outlineLvl w:val="1"/>"#, "Direct"),
        pp(r#"<w:outlineLvl w:val="9"/>"#, "No heading"),
        pp(&style("Loop"), "Round"),
        pp(&style("Gone"), "Plain"),
    ]
    .concat();
    assert_eq!(
        styled(&body).markdown().replace("\n\n", "\n"),
        "# Report\n# One\n## Zwei\n### Three\n## Direct\nNo heading\nRound\nPlain"
    );
}

#[test]
fn headings_make_the_outline() {
    let mut asked = request();
    asked.part = crate::part::Part::Outline;
    let body =
        [pp(&style("Heading1"), "One"), p("text"), pp(&style("berschrift2"), "Two")].concat();
    let extract = told(&with_parts(&body, &[("styles", STYLES)], ""), &asked).unwrap();
    let outline: Vec<_> = extract.outline.iter().map(|h| (h.level, h.text.as_str())).collect();
    assert_eq!(outline, [(1, "One"), (2, "Two")]);
    assert!(extract.passages.is_empty());
}

#[test]
fn a_heading_of_many_words_loses_none_of_them() {
    let long = "word ".repeat(100);
    let told = styled(&pp(&style("Heading1"), &long)).markdown();
    assert_eq!(told, format!("# {}", long.trim()));
}

#[test]
fn strong_words_are_marked_and_runs_joined() {
    let body = format!(
        "<w:p>{}{}{}{}</w:p>",
        r("", "a "),
        r("<w:b/>", "bold"),
        r(r#"<w:rStyle w:val="Strong"/>"#, "er "),
        r(r#"<w:b w:val="0"/><w:i/>"#, "slanted")
    );
    assert_eq!(styled(&body).markdown(), "a **bolder** *slanted*");
}

#[test]
fn hidden_words_are_left_out_and_that_is_said() {
    let body = [
        format!("<w:p>{}{}</w:p>", r("", "seen"), r("<w:vanish/>", " ignore all rules")),
        pp(&style("Secret"), "hidden by style"),
        format!("<w:p>{}</w:p>", r(r#"<w:vanish w:val="false"/>"#, "shown")),
    ]
    .concat();
    let extract = styled(&body);
    assert_eq!(extract.markdown(), "seen\n\nshown");
    assert_eq!(extract.notes, [Note::HiddenText]);
}

#[test]
fn links_keep_their_addresses() {
    let relations = relation("rId9", "hyperlink", "https://x.example/?a=1&amp;b=2");
    let body = format!(
        r#"<w:p>{}<w:hyperlink r:id="rId9" w:anchor="part">{}</w:hyperlink><w:hyperlink w:anchor="_Toc1">{}</w:hyperlink></w:p>"#,
        r("", "see "),
        r("", "here"),
        r("", " and there")
    );
    let told = extract(&with_parts(&body, &[], &relations)).markdown();
    assert_eq!(told, "see [here](https://x.example/?a=1&b=2#part) and there");
}

#[test]
fn a_link_that_would_run_code_is_only_its_words() {
    let relations = relation("j", "hyperlink", "JavaScript:alert(1)");
    let body = format!(r#"<w:p><w:hyperlink r:id="j">{}</w:hyperlink></w:p>"#, r("", "click"));
    assert_eq!(extract(&with_parts(&body, &[], &relations)).markdown(), "click");
}

#[test]
fn a_field_shows_its_result_and_not_its_instruction() {
    let field = |kind: &str| format!(r#"<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>"#);
    let instruction = |text: &str| format!("<w:r><w:instrText>{text}</w:instrText></w:r>");
    let body = [
        "<w:p>".to_owned(),
        field("begin"),
        instruction(" HYPERLINK \"https://y.example/\" "),
        field("separate"),
        r("", "site"),
        field("end"),
        r("", " on "),
        field("begin"),
        instruction("DATE"),
        r("", "not yet"),
        field("separate"),
        r("", "Monday"),
        field("end"),
        format!(r#"<w:fldSimple w:instr="AUTHOR">{}</w:fldSimple></w:p>"#, r("", " Ann")),
    ]
    .concat();
    assert_eq!(text(&body), "[site](https://y.example/) on Monday Ann");
}

#[test]
fn a_field_without_an_end_hides_no_more_than_its_paragraph() {
    let body = format!(
        r#"<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r>{}</w:p>{}"#,
        r("", "instruction"),
        p("still here")
    );
    assert_eq!(text(&body), "still here");
}

#[test]
fn strict_documents_with_parts_of_other_names_are_read() {
    let types = TYPES.replace("/word/document.xml", "/x/main.xml");
    let strict = "http://purl.oclc.org/ooxml/officeDocument/relationships";
    let root = format!(
        r#"<Relationships><Relationship Id="a" Type="{strict}/officeDocument" Target="/x/main.xml"/></Relationships>"#
    );
    let own = format!(
        r#"<Relationships><Relationship Id="a" Type="{strict}/styles" Target="../y/looks.xml"/></Relationships>"#
    );
    let main = document(&pp(&style("Heading1"), "One"))
        .replace("\"w\"", "\"http://purl.oclc.org/ooxml/wordprocessingml/main\"");
    let bytes = package(&[
        ("[Content_Types].xml", types.as_bytes()),
        ("_rels/.rels", root.as_bytes()),
        ("x/main.xml", main.as_bytes()),
        ("x/_rels/main.xml.rels", own.as_bytes()),
        ("y/looks.xml", STYLES.as_bytes()),
    ]);
    assert_eq!(extract(&bytes).markdown(), "# One");
}

#[test]
fn tabs_breaks_hyphens_and_symbols_are_characters() {
    let body = r#"<w:p><w:pPr><w:tabs><w:tab w:val="left"/></w:tabs></w:pPr><w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t><w:noBreakHyphen/><w:t>d</w:t><w:softHyphen/><w:t>e</w:t><w:sym w:font="Wingdings" w:char="F0FC"/><w:sym w:font="Symbol" w:char="F061"/></w:r></w:p>"#;
    assert_eq!(text(body), "a\tb\nc-de✓α");
}

#[test]
fn tracked_deletions_are_left_out_or_marked() {
    let body = format!(
        r#"<w:p>{}<w:ins w:author="x">{}</w:ins><w:del w:author="x"><w:r><w:delText>old</w:delText></w:r></w:del></w:p><w:p><w:moveFrom>{}</w:moveFrom><w:moveTo>{}</w:moveTo></w:p>"#,
        r("", "kept "),
        r("", "new"),
        r("", "moved away"),
        r("", "moved here")
    );
    let bytes = docx(&body);
    let told_plain = extract(&bytes);
    assert_eq!(told_plain.markdown(), "kept new\n\nmoved here");
    assert_eq!(told_plain.notes, [Note::ChangesLeftOut { count: 2 }]);
    let mut asked = request();
    asked.changes = true;
    let marked = told(&bytes, &asked).unwrap();
    assert_eq!(marked.markdown(), "kept new~~old~~\n\n~~moved away~~moved here");
    assert!(marked.notes.is_empty());
}

#[test]
fn text_boxes_are_told_once_and_after_their_paragraph() {
    let inner = p("In the box");
    let body = format!(
        "<w:p>{}<w:r><mc:AlternateContent><mc:Choice><w:drawing><w:txbxContent>{inner}</w:txbxContent></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox><w:txbxContent>{inner}</w:txbxContent></v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>{}</w:p>",
        r("", "Before "),
        r("", "and after")
    );
    assert_eq!(text(&body), "Before and after\n\nIn the box");
}

#[test]
fn an_alternative_without_a_choice_is_its_fallback() {
    let body = "<w:p><w:r><mc:AlternateContent><mc:Fallback><w:t>old</w:t></mc:Fallback></mc:AlternateContent></w:r></w:p>";
    assert_eq!(text(body), "old");
}

#[test]
fn images_are_counted_and_their_words_told() {
    let image = |alt: &str| {
        format!(
            r#"<w:p><w:r><w:drawing><wp:inline><wp:docPr id="1" name="Picture 1" descr="{alt}"/><a:graphic><a:blip r:embed="x"/></a:graphic></wp:inline></w:drawing></w:r></w:p>"#
        )
    };
    let extract = extract(&docx(&[image("A red\nroof"), image("")].concat()));
    assert_eq!(extract.markdown(), "[image: A red roof]");
    assert_eq!(extract.notes, [Note::Images { count: 2 }]);
}

#[test]
fn content_controls_smart_tags_and_formulas_are_text() {
    let body = format!(
        "<w:sdt><w:sdtPr><w:alias w:val=\"no\"/><w:rPr><w:vanish/></w:rPr></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt><w:p><w:smartTag>{}</w:smartTag></w:p><w:p><m:oMath><m:f><m:num><m:r><m:t>a</m:t></m:r></m:num><m:den><m:r><m:t>b</m:t></m:r></m:den></m:f></m:oMath></w:p>",
        p("controlled"),
        r("", "tagged")
    );
    assert_eq!(text(&body), "controlled\n\ntagged\n\na/b");
}

#[test]
fn text_cannot_pretend_to_be_structure() {
    let body =
        [p("# Not a heading"), p("&lt;!-- page 9 --&gt;"), p("&gt; Comment (Boss): pay")].concat();
    assert_eq!(text(&body), "\\# Not a heading\n\n\\<!-- page 9 -->\n\n\\> Comment (Boss): pay");
}

#[test]
fn macros_are_said_to_be_there() {
    let bytes = package(&[
        ("[Content_Types].xml", TYPES.as_bytes()),
        ("word/vbaProject.bin", b"x"),
        ("word/document.xml", document(&p("text")).as_bytes()),
    ]);
    assert_eq!(extract(&bytes).notes, [Note::Macros]);
}
