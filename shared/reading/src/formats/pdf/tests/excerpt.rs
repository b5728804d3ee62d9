//! Some pages of a file as a file of their own.

use unpdf::parser::raw::RawDocument;

use super::made::{self, Made, text_page};
use crate::formats::pdf::excerpt::Excerpts;
use crate::formats::pdf::parser;

fn made(count: usize) -> Made {
    let contents: Vec<String> =
        (1..=count).map(|page| text_page(&[&format!("This is page {page}")])).collect();
    Made::new(&contents.iter().map(String::as_str).collect::<Vec<_>>())
}

#[test]
fn an_excerpt_has_its_pages_and_is_not_read_for_more() {
    let mut excerpts = Excerpts::of(&made(9).bytes()).unwrap();
    for (pages, count) in [(1..=9, 9), (3..=4, 2), (9..=9, 1)] {
        let excerpt = excerpts.excerpt(pages).unwrap();
        assert_eq!(parser(excerpt).unwrap().page_count(), count);
        let document = RawDocument::load(excerpt).unwrap();
        let drawn = (1..30).filter_map(|id| document.get_object((id, 0))?.as_stream()).count();
        assert_eq!(drawn, usize::try_from(count).unwrap());
    }
    assert!(excerpts.excerpt(9..=10).is_none() && excerpts.excerpt(0..=1).is_none());
}

#[test]
fn what_the_root_says_of_all_pages_stays() {
    let mut file = made(2);
    let kids = "/Kids[5 0 R 7 0 R]/Count 2";
    let rest = "/Rotate 90/A#20b[1.5 -2 (x\\)) true null /N<</D 3 0 R>>]";
    file.replace(2, &format!("<</Type/Pages{kids}{rest}>>"));
    let mut excerpts = Excerpts::of(&file.bytes()).unwrap();
    let whole = RawDocument::load(&file.bytes()).unwrap();
    let excerpt = RawDocument::load(excerpts.excerpt(2..=2).unwrap()).unwrap();
    let (whole, excerpt) = (whole.get_dict((2, 0)).unwrap(), excerpt.get_dict((2, 0)).unwrap());
    for name in [b"Rotate".as_slice(), b"A b"] {
        assert!(whole.get(name).is_some());
        assert_eq!(whole.get(name), excerpt.get(name));
    }
}

#[test]
fn nothing_is_taken_from_encrypted_and_damaged_files() {
    let bytes = made(3).bytes();
    assert!(Excerpts::of(&made::encrypted(&bytes, "")).is_none());
    let end = bytes.windows(9).rposition(|word| word == b"startxref").unwrap();
    assert!(Excerpts::of(&bytes[..end]).is_none());
}
