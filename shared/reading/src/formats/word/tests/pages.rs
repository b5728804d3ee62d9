//! Page marks.

use super::*;
use crate::part::{Part, Span};

const RENDERED: &str = "<w:r><w:lastRenderedPageBreak/></w:r>";
const BY_AUTHOR: &str = r#"<w:r><w:br w:type="page"/></w:r>"#;

fn pages(body: &str) -> Vec<(u32, String)> {
    let told = extract(&docx(body));
    told.passages.into_iter().map(|p| (p.place.page.unwrap_or_default(), p.text)).collect()
}

fn page(number: u32, text: &str) -> (u32, String) {
    (number, text.to_owned())
}

#[test]
fn a_document_without_marks_has_no_pages() {
    assert_eq!(pages(&p("text")), [page(0, "text")]);
}

#[test]
fn a_page_that_begins_within_a_paragraph_parts_it() {
    let body = format!("<w:p>{}{RENDERED}{}</w:p>", r("", "before"), r("", "after"));
    assert_eq!(pages(&body), [page(1, "before"), page(2, "after")]);
}

#[test]
fn a_break_and_its_printout_are_one_page() {
    let body = [
        p("one"),
        format!("<w:p>{BY_AUTHOR}</w:p><w:p>{RENDERED}{}</w:p>", r("", "two")),
        format!("<w:p>{RENDERED}{}</w:p>", r("", "three")),
        format!(
            "<w:p>{BY_AUTHOR}{BY_AUTHOR}</w:p><w:p>{RENDERED}{RENDERED}{}</w:p>",
            r("", "five")
        ),
    ]
    .concat();
    let expected = [page(1, "one"), page(2, "two"), page(3, "three"), page(5, "five")];
    assert_eq!(pages(&body), expected);
    assert_eq!(extract(&docx(&body)).units, Some(5));
}

#[test]
fn only_the_pages_that_are_asked_for_are_told() {
    let page = |n: u32| format!("<w:p>{}{BY_AUTHOR}</w:p>", r("", &format!("page {n}")));
    let body = (1..=9).map(page).collect::<Vec<_>>().concat();
    let mut asked = request();
    asked.part = Part::Pages(Span { first: 3, last: 4 });
    let told_pages = told(&docx(&body), &asked).unwrap();
    assert_eq!(told_pages.markdown(), "<!-- page 3 -->\n\npage 3\n\n<!-- page 4 -->\n\npage 4");
    asked.part = Part::Pages(Span { first: 30, last: 40 });
    let problem = told(&docx(&body), &asked).unwrap_err();
    assert!(problem.to_string().contains("pages 1 to 10"), "{problem}");
}

#[test]
fn an_answer_goes_on_where_the_one_before_it_ended() {
    let page = |n: u32| format!("<w:p>{}{BY_AUTHOR}</w:p>", r("", &format!("Number {n} of them.")));
    let body = (1..=40).map(page).collect::<Vec<_>>().concat();
    let bytes = docx(&body);
    let whole = extract(&bytes).passages.iter().map(|p| p.text.clone()).collect::<String>();
    let mut asked = request();
    asked.max_chars = 50;
    let mut read = String::new();
    for _ in 0..100 {
        let part = told(&bytes, &asked).unwrap();
        read.extend(part.passages.iter().map(|p| p.text.as_str()));
        asked.from = part.next;
        if part.next.is_none() {
            break;
        }
    }
    let plain = |text: &str| text.split_whitespace().collect::<String>();
    assert_eq!(plain(&read), plain(&whole));
}
