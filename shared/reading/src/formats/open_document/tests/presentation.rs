//! OpenDocument presentations.

use super::*;
use crate::{Note, Part, Span};

const STYLES: &str = "<style:style style:name='dp1' style:family='drawing-page'><style:drawing-page-properties presentation:visibility='hidden'/></style:style>";

fn frame(class: &str, text: &str) -> String {
    format!(
        "<draw:frame presentation:class='{class}'><draw:text-box><text:p>{text}</text:p></draw:text-box></draw:frame>"
    )
}

fn slides() -> Vec<u8> {
    let list = "<draw:frame presentation:class='outline'><draw:text-box><text:list><text:list-item><text:p>a</text:p><text:list><text:list-item><text:p>b</text:p></text:list-item></text:list></text:list-item></text:list></draw:text-box></draw:frame>";
    let body = format!(
        "<draw:page>{}{list}{}<presentation:notes><draw:page-thumbnail/>{}</presentation:notes></draw:page><draw:page draw:style-name='dp1'>{}</draw:page><draw:page>{}</draw:page>",
        frame("footer", "noise"),
        frame("title", "One"),
        frame("notes", "say this"),
        frame("title", "Two"),
        frame("subtitle", "no title"),
    );
    document("presentation", STYLES, &body)
}

#[test]
fn slides_are_told_with_title_list_and_notes() {
    let extract = read(&slides(), &request()).content.unwrap();
    assert_eq!(
        extract.markdown(),
        "<!-- slide 1 -->\n\n# One\n\n- a\n  - b\n\n> Notes: say this\n\n<!-- slide 2 -->\n\n# Two (hidden)\n\n<!-- slide 3 -->\n\nno title"
    );
    assert_eq!(extract.units, Some(3));
    assert_eq!(extract.notes, [Note::HiddenSlides { count: 1 }]);
}

#[test]
fn only_the_slides_asked_for_are_told() {
    let mut second = request();
    second.part = Part::Slides(Span { first: 2, last: 2 });
    let extract = read(&slides(), &second).content.unwrap();
    assert_eq!(extract.markdown(), "<!-- slide 2 -->\n\n# Two (hidden)");
    second.part = Part::Slides(Span { first: 4, last: 5 });
    let error = read(&slides(), &second).content.unwrap_err();
    assert!(error.to_string().contains("slides 1 to 3"), "{error}");
}

#[test]
fn an_outline_names_every_slide_also_after_the_cut() {
    let names = |request: &Request| {
        let extract = read(&slides(), request).content.unwrap();
        extract.outline.iter().map(|heading| heading.text.clone()).collect::<Vec<_>>()
    };
    let all = ["One", "Two (hidden)", "Slide 3"];
    assert_eq!(names(&Request { part: Part::Outline, ..request() }), all);
    assert_eq!(names(&Request { max_chars: 8, ..request() }), all);
}
