//! Slides, notes, tables and charts.

use super::*;
use crate::{Note, Part, Span};

#[test]
fn slides_come_in_the_order_they_are_shown() {
    let mut deck = Deck::of(&[&title("One"), &title("Two")]);
    deck.relations(
        "ppt/_rels/presentation.xml.rels",
        &[("rId1", "slide", "slides/slide2.xml"), ("rId2", "slide", "/ppt/slides/slide1.xml")],
    );
    let extract = deck.all();
    assert_eq!(extract.markdown(), "<!-- slide 1 -->\n\n# Two\n\n<!-- slide 2 -->\n\n# One");
    assert_eq!(extract.units, Some(2));
}

#[test]
fn the_title_comes_first_wherever_it_stands() {
    let slide = format!("{}{}", shape("", &words("Text")), title("Title"));
    assert_eq!(Deck::of(&[&slide]).all().markdown(), "<!-- slide 1 -->\n\n# Title\n\nText");
}

#[test]
fn the_body_is_a_list_by_level() {
    let body = format!(
        "{}<a:p><a:pPr lvl='1'/><a:r><a:t>b</a:t></a:r><a:br/><a:r><a:t>c</a:t></a:r></a:p><a:p><a:pPr><a:buNone/></a:pPr><a:r><a:t>d</a:t></a:r></a:p>",
        words("a")
    );
    let slide = shape("<p:ph idx='1'/>", &body);
    assert_eq!(Deck::of(&[&slide]).all().passages[0].text, "- a\n  - b\n    c\n\nd");
}

#[test]
fn numbers_are_counted() {
    let number = |text: &str| {
        format!(
            "<a:p><a:pPr><a:buAutoNum type='arabicPeriod' startAt='3'/></a:pPr><a:r><a:t>{text}</a:t></a:r></a:p>"
        )
    };
    let slide = shape("", &format!("{}{}", number("a"), number("b")));
    assert_eq!(Deck::of(&[&slide]).all().passages[0].text, "3. a\n4. b");
}

#[test]
fn a_table_keeps_its_cells() {
    let cell = |text: &str| format!("<a:tc><a:txBody>{}</a:txBody></a:tc>", words(text));
    let slide = format!(
        "<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id='1' descr='not shown'/></p:nvGraphicFramePr><a:graphic><a:graphicData><a:tbl><a:tr><a:tc gridSpan='2'><a:txBody>{}{}</a:txBody></a:tc><a:tc hMerge='1'><a:txBody><a:p/></a:txBody></a:tc></a:tr><a:tr>{}{}</a:tr></a:tbl></a:graphicData></a:graphic></p:graphicFrame>",
        words("a|b"),
        words("c"),
        cell("1"),
        cell("2")
    );
    assert_eq!(
        Deck::of(&[&slide]).all().passages[0].text,
        "| a\\|b<br>c |  |\n| --- | --- |\n| 1 | 2 |"
    );
}

#[test]
fn groups_are_read_and_what_is_hidden_in_them_is_not() {
    let slide = format!(
        "<p:grpSp><p:nvGrpSpPr><p:cNvPr id='1'/></p:nvGrpSpPr>{}<p:grpSp><p:nvGrpSpPr><p:cNvPr id='3' hidden='1'/></p:nvGrpSpPr>{}</p:grpSp></p:grpSp>",
        shape("", &words("seen")),
        shape("", &words("unseen"))
    );
    let extract = Deck::of(&[&slide]).all();
    assert_eq!(extract.passages[0].text, "seen");
    assert_eq!(extract.notes, [Note::HiddenText]);
}

#[test]
fn only_one_of_two_alternatives_is_read() {
    let slide = format!(
        "<mc:AlternateContent><mc:Choice Requires='x'>{}</mc:Choice><mc:Fallback>{}</mc:Fallback></mc:AlternateContent>",
        shape("", &words("new")),
        shape("", &words("old"))
    );
    assert_eq!(Deck::of(&[&slide]).all().passages[0].text, "new");
}

#[test]
fn numbers_dates_and_footers_of_slides_are_dropped() {
    let slide: String = ["dt", "ftr", "sldNum"]
        .map(|kind| shape(&format!("<p:ph type='{kind}'/>"), &words("noise")))
        .concat();
    let field = shape("", "<a:p><a:fld type='slidenum'><a:t>7</a:t></a:fld></a:p>");
    let slide = format!("{slide}{field}{}", shape("", &words("text")));
    assert_eq!(Deck::of(&[&slide]).all().passages[0].text, "text");
}

#[test]
fn links_go_outside_only() {
    let linked =
        |id: &str| format!("<a:r><a:rPr><a:hlinkClick r:id='{id}'/></a:rPr><a:t>{id}</a:t></a:r>");
    let slide = shape("", &format!("<a:p>{}{}</a:p>", linked("rId1"), linked("rId2")));
    let mut deck = Deck::of(&[&slide]);
    deck.relations(
        "ppt/slides/_rels/slide1.xml.rels",
        &[("rId1", "hyperlink", "https://x.test/?a=1&amp;b=2"), ("rId2", "slide", "slide1.xml")],
    );
    assert_eq!(deck.all().passages[0].text, "[rId1](https://x.test/?a=1&b=2)rId2");
}

#[test]
fn pictures_are_told_by_their_description() {
    let slide = "<p:pic><p:nvPicPr><p:cNvPr id='1' descr='A cat'/></p:nvPicPr></p:pic><p:pic><p:nvPicPr><p:cNvPr id='2'/></p:nvPicPr></p:pic>";
    let extract = Deck::of(&[slide]).all();
    assert_eq!(extract.passages[0].text, "[image: A cat]");
    assert_eq!(extract.notes, [Note::Images { count: 2 }]);
}

#[test]
fn a_chart_is_a_table() {
    let slide = "<p:graphicFrame><a:graphic><a:graphicData><c:chart r:id='rId1'/></a:graphicData></a:graphic></p:graphicFrame>";
    let points = |values: [&str; 2]| -> String {
        let [a, b] = values;
        format!("<c:pt idx='0'><c:v>{a}</c:v></c:pt><c:pt idx='1'><c:v>{b}</c:v></c:pt>")
    };
    let series = |name: &str, values: [&str; 2]| {
        format!(
            "<c:ser><c:tx><c:strRef><c:strCache><c:pt idx='0'><c:v>{name}</c:v></c:pt></c:strCache></c:strRef></c:tx><c:cat><c:strRef><c:strCache>{}</c:strCache></c:strRef></c:cat><c:val><c:numRef><c:numCache>{}</c:numCache></c:numRef></c:val></c:ser>",
            points(["Q1", "Q2"]),
            points(values)
        )
    };
    let mut deck = Deck::of(&[slide]);
    deck.relations("ppt/slides/_rels/slide1.xml.rels", &[("rId1", "chart", "../charts/c.xml")]);
    deck.part(
        "ppt/charts/c.xml",
        &format!(
            "<c:chartSpace><c:chart><c:title><c:tx><c:rich><a:p><a:r><a:t>Sales</a:t></a:r></a:p></c:rich></c:tx></c:title><c:plotArea><c:barChart>{}{}</c:barChart><c:valAx><c:title><c:tx><a:t>axis</a:t></c:tx></c:title></c:valAx></c:plotArea></c:chart></c:chartSpace>",
            series("East", ["4.2999999999999998", "2"]),
            series("West", ["1", "0.5"])
        ),
    );
    assert_eq!(
        deck.all().passages[0].text,
        "[chart: Sales]\n\n|  | East | West |\n| --- | --- | --- |\n| Q1 | 4.3 | 1 |\n| Q2 | 2 | 0.5 |"
    );
}

#[test]
fn a_diagram_is_a_list_of_its_texts() {
    let slide = "<p:graphicFrame><a:graphic><a:graphicData><dgm:relIds r:dm='rId1' r:lo='rId2'/></a:graphicData></a:graphic></p:graphicFrame>";
    let mut deck = Deck::of(&[slide]);
    deck.relations(
        "ppt/slides/_rels/slide1.xml.rels",
        &[("rId1", "diagramData", "../d/data1.xml")],
    );
    let point = |text: &str| format!("<dgm:pt><dgm:t>{}</dgm:t></dgm:pt>", words(text));
    deck.part(
        "ppt/d/data1.xml",
        &format!("<dgm:dataModel>{}<dgm:pt/>{}</dgm:dataModel>", point("Plan"), point("Do")),
    );
    assert_eq!(deck.all().passages[0].text, "- Plan\n- Do");
}

#[test]
fn speaker_notes_are_marked() {
    let mut deck = Deck::of(&[&title("One")]);
    deck.relations(
        "ppt/slides/_rels/slide1.xml.rels",
        &[("rId1", "notesSlide", "../notesSlides/n.xml")],
    );
    let body = shape("<p:ph type='body'/>", &format!("{}{}", words("Say a"), words("and b")));
    let number = shape("<p:ph type='sldNum'/>", &words("1"));
    let notes = format!("<p:notes><p:cSld><p:spTree>{number}{body}</p:spTree></p:cSld></p:notes>");
    deck.part("ppt/notesSlides/n.xml", &notes);
    assert_eq!(deck.all().passages[0].text, "# One\n\n> Notes: Say a\n> and b");
}

#[test]
fn comments_old_and_new_are_shown_when_asked_for() {
    let mut deck = Deck::of(&[&title("One")]);
    deck.relations(
        "ppt/slides/_rels/slide1.xml.rels",
        &[("rId1", "comments", "../comments/o.xml"), ("rId2", "comments", "../comments/n.xml")],
    );
    deck.relations(
        "ppt/_rels/presentation.xml.rels",
        &[
            ("rId1", "slide", "slides/slide1.xml"),
            ("rId2", "commentAuthors", "ca.xml"),
            ("rId3", "authors", "a.xml"),
        ],
    );
    deck.part("ppt/ca.xml", "<p:cmAuthorLst><p:cmAuthor id='0' name='Ada'/></p:cmAuthorLst>");
    deck.part("ppt/a.xml", "<p188:authorLst><p188:author id='{A}' name='Bo'/></p188:authorLst>");
    deck.part(
        "ppt/comments/o.xml",
        "<p:cmLst><p:cm authorId='0'><p:text>Old</p:text></p:cm></p:cmLst>",
    );
    deck.part(
        "ppt/comments/n.xml",
        &format!(
            "<p188:cmLst><p188:cm authorId='{{A}}'><p188:replyLst><p188:reply authorId='?'><p188:txBody>{}</p188:txBody></p188:reply></p188:replyLst><p188:txBody>{}</p188:txBody></p188:cm></p188:cmLst>",
            words("Answer it is"),
            words("New")
        ),
    );
    let wanted = Request { comments: true, ..request() };
    assert_eq!(
        deck.read(&wanted).unwrap().passages[0].text,
        "# One\n\n> Comment (Ada): Old\n\n> Comment (Bo): New\n\n> Answer: Answer it is"
    );
    let extract = deck.all();
    assert_eq!(extract.passages[0].text, "# One");
    assert_eq!(extract.notes, [Note::CommentsLeftOut { count: 3 }]);
}

#[test]
fn a_hidden_slide_is_marked() {
    let mut deck = Deck::of(&["", ""]);
    deck.part("ppt/slides/slide1.xml", &sld("show='0'", &title("Secret")));
    deck.part("ppt/slides/slide2.xml", &sld("show='0'", &shape("", &words("text"))));
    let extract = deck.all();
    assert_eq!(extract.passages[0].text, "# Secret (hidden)");
    assert_eq!(extract.passages[1].text, "# Slide 2 (hidden)\n\ntext");
    assert_eq!(extract.notes, [Note::HiddenSlides { count: 2 }]);
}

#[test]
fn macros_are_said() {
    let mut deck = Deck::of(&[&title("One")]);
    deck.part("ppt/vbaProject.bin", "x");
    assert_eq!(deck.all().notes, [Note::Macros]);
}

#[test]
fn an_outline_names_every_slide() {
    let deck = Deck::of(&[&title("One"), &shape("", &words("text")), &title("Three")]);
    let extract = deck.read(&Request { part: Part::Outline, ..request() }).unwrap();
    let names: Vec<_> =
        extract.outline.iter().map(|h| (h.text.as_str(), h.place.slide.unwrap())).collect();
    assert_eq!(names, [("One", 1), ("Slide 2", 2), ("Three", 3)]);
    assert!(extract.passages.is_empty());
}

#[test]
fn slides_that_are_not_wanted_are_not_even_opened() {
    let mut deck = Deck::of(&[&title("One"), &title("Two"), &title("Three")]);
    for number in [1, 3] {
        deck.part(&format!("ppt/slides/slide{number}.xml"), "<broken");
    }
    let part = Part::Slides(Span { first: 2, last: 2 });
    let extract = deck.read(&Request { part, ..request() }).unwrap();
    assert_eq!(extract.markdown(), "<!-- slide 2 -->\n\n# Two");
    assert!(extract.notes.is_empty());
    let part = Part::Slides(Span { first: 7, last: 7 });
    let error = deck.read(&Request { part, ..request() }).unwrap_err();
    assert!(error.to_string().contains("slides 1 to 3"), "{error}");
}

#[test]
fn an_outline_goes_on_where_the_text_was_cut() {
    let text = shape("", &words(&"word ".repeat(100)));
    let deck = Deck::of(&[&format!("{}{text}", title("One")), &title("Two"), &title("Three")]);
    let extract = deck.read(&Request::new("a.pptx", 50)).unwrap();
    assert!(extract.next.is_some());
    let names: Vec<_> = extract.outline.iter().map(|heading| heading.text.as_str()).collect();
    assert_eq!(names, ["One", "Two", "Three"]);
}
