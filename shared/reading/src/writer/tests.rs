use proptest::prelude::*;

use super::*;
use crate::part::Span;

fn told(request: &Request, pages: &[Vec<String>]) -> Result<Extract, Unreadable> {
    let mut writer = Writer::new(request);
    for (number, page) in (1..).zip(pages) {
        match writer.unit(Unit::Page(number)) {
            Wanted::Stop => break,
            Wanted::Nothing => continue,
            Wanted::Text | Wanted::Outline => {}
        }
        for block in page {
            if writer.block(block).is_break() {
                break;
            }
        }
    }
    writer.units(u32::try_from(pages.len()).unwrap());
    writer.finish()
}

fn pages(count: usize) -> Vec<Vec<String>> {
    (1..=count).map(|n| vec![format!("Page {n} begins."), format!("Page {n} ends.")]).collect()
}

#[test]
fn only_the_pages_asked_for_are_kept() {
    let mut request = Request::new("a.pdf", 1000);
    request.part = Part::Pages(Span { first: 3, last: 4 });
    let extract = told(&request, &pages(9)).unwrap();
    let numbers: Vec<_> = extract.passages.iter().map(|p| p.place.page.unwrap()).collect();
    assert_eq!(numbers, [3, 4]);
    assert!(extract.next.is_none() && extract.outline.is_empty());
}

#[test]
fn a_page_that_is_not_there_is_an_answer_with_what_there_is() {
    let mut request = Request::new("a.pdf", 1000);
    request.part = Part::Pages(Span { first: 30, last: 40 });
    let error = told(&request, &pages(9)).unwrap_err();
    assert!(error.to_string().contains("pages 1 to 9"), "{error}");
}

#[test]
fn headings_make_the_outline_and_the_place() {
    let mut request = Request::new("a.docx", 1000);
    request.part = Part::Outline;
    let mut writer = Writer::new(&request);
    let _ = writer.heading(1, "One");
    let _ = writer.block("text");
    let _ = writer.heading(2, "Two");
    let extract = writer.finish().unwrap();
    assert!(extract.passages.is_empty());
    let entries: Vec<_> = extract.outline.iter().map(|h| (h.level, h.text.as_str())).collect();
    assert_eq!(entries, [(1, "One"), (2, "Two")]);
}

#[test]
fn characters_are_counted_over_all_pages() {
    let mut request = Request::new("a.pdf", 1000);
    request.part = Part::Characters { from: 5, to: 11 };
    let extract = told(&request, &[vec!["abcd".into()], vec!["efgh".into(), "ijkl".into()]]);
    // "abcd" and its separator are 6 characters.
    assert_eq!(extract.unwrap().markdown(), "<!-- page 2 -->\n\nefgh");
}

#[test]
fn characters_go_on_over_pages_where_the_answer_before_ended() {
    let text = [vec!["abcd".into()], vec!["efgh".into(), "ijkl".into()], vec!["mnop".into()]];
    let mut request = Request::new("a.pdf", 3);
    request.part = Part::Characters { from: 1, to: 21 };
    let mut parts = Vec::new();
    loop {
        let extract = told(&request, &text).unwrap();
        parts.extend(extract.passages.into_iter().map(|passage| passage.text));
        request.from = extract.next;
        if extract.next.is_none() {
            break;
        }
    }
    assert_eq!(parts, ["bcd", "efg", "h\n\nij", "kl", "m", "no"]);
}

/// A sheet with a header and as many rows of ten characters, read from a cursor on.
fn table(request: &Request, rows: u32) -> Extract {
    let mut writer = Writer::new(request);
    assert_eq!(writer.unit(Unit::Sheet(1, "S".into())), Wanted::Text);
    let mut flow = writer.table_head("| h |\n| - |");
    for row in 0..rows {
        if flow.is_break() {
            break;
        }
        let cells = Cells { top: row, left: 0, bottom: row, right: 0 };
        flow = writer.row(&format!("| {row:06} |"), Some(cells));
    }
    writer.finish().unwrap()
}

#[test]
fn a_table_goes_on_with_its_header_and_whole_rows() {
    let mut request = Request::new("a.xlsx", 45);
    let first = table(&request, 9);
    assert_eq!(first.passages[0].text, "| h |\n| - |\n| 000000 |\n| 000001 |\n| 000002 |");
    assert_eq!(first.passages[0].place.cells.as_deref(), Some("A1:A3"));
    request.from = first.next;
    let second = table(&request, 9);
    assert_eq!(second.passages[0].text, "| h |\n| - |\n| 000003 |\n| 000004 |\n| 000005 |");
    assert_eq!(second.passages[0].place.cells.as_deref(), Some("A4:A6"));
}

#[test]
fn a_row_larger_than_an_answer_is_cut_and_goes_on() {
    let mut request = Request::new("a.xlsx", 7);
    let mut text = String::new();
    for _ in 0..50 {
        let extract = table(&request, 3);
        extract.passages.iter().for_each(|passage| text.push_str(&passage.text));
        request.from = extract.next;
        if request.from.is_none() {
            break;
        }
    }
    let text: String = text.split_whitespace().collect();
    assert_eq!(text, "|h||-||000000||000001||000002|");
}

proptest! {
    #[test]
    fn following_the_cursor_gives_the_whole_text_once(
        pages in prop::collection::vec(prop::collection::vec("[a-zäß日 ]{1,40}", 0..6), 1..6),
        max_chars in 5..60_usize,
    ) {
        let words = |extract: &Extract| -> String {
            let texts: Vec<_> = extract.passages.iter().map(|p| p.text.as_str()).collect();
            texts.concat().split_whitespace().collect()
        };
        let whole = words(&told(&Request::new("a", 100_000), &pages).unwrap());
        let mut request = Request::new("a", max_chars);
        let mut read = String::new();
        for _ in 0..2_000 {
            let extract = told(&request, &pages).unwrap();
            prop_assert!(extract.passages.iter().map(|p| p.text.chars().count()).sum::<usize>()
                <= max_chars + 2 * extract.passages.len() * 8);
            read.push_str(&words(&extract));
            match extract.next {
                Some(next) => {
                    prop_assert!(Some(next) > request.from, "it goes on");
                    request.from = Some(next);
                }
                None => break,
            }
        }
        prop_assert_eq!(read, whole);
    }
}
