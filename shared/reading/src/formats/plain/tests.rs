use proptest::prelude::*;

use crate::kind::Kind;
use crate::part::Part;
use crate::reading::{Extract, Note, Request};
use crate::unreadable::Unreadable;

fn read(name: &str, bytes: &[u8]) -> Result<Extract, Unreadable> {
    crate::read(bytes, &Request::new(name, 100_000)).content
}

#[test]
fn empty_lines_stay_one() {
    let text = read("a.txt", b"one\ntwo\n\n\n\n  three\r\nfour\n").unwrap().markdown();
    assert_eq!(text, "one\ntwo\n\n  three\nfour");
}

#[test]
fn source_code_stands_in_a_fence_that_it_cannot_end() {
    let text = read("a.RS", b"fn a() {}\n\n```\n    b\n").unwrap().markdown();
    assert_eq!(text, "````rust\nfn a() {}\n\n```\n    b\n````");
}

#[test]
fn headings_of_markdown_are_the_outline() {
    let mut request = Request::new("a.md", 10_000);
    let bytes = b"# One\ntext\n```sh\n# no heading\n```\n## Two ##\n#tag\n####### seven\n";
    let whole = crate::read(bytes, &request).content.unwrap();
    assert_eq!(
        whole.markdown(),
        "# One\n\ntext\n```sh\n# no heading\n```\n\n## Two\n\n#tag\n####### seven"
    );
    request.part = Part::Outline;
    let outline = crate::read(bytes, &request).content.unwrap().outline;
    let entries: Vec<_> = outline.iter().map(|h| (h.level, h.text.as_str())).collect();
    assert_eq!(entries, [(1, "One"), (2, "Two")]);
}

#[test]
fn text_in_two_byte_characters_is_read_without_its_mark_too() {
    let bytes: Vec<u8> = "Grüezi mitenand".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let extract = read("a.txt", &bytes).unwrap();
    assert_eq!(
        (extract.markdown().as_str(), extract.notes),
        ("Grüezi mitenand", vec![Note::EncodingGuessed])
    );
    let marked = [&[0xFF, 0xFE], bytes.as_slice()].concat();
    assert_eq!(read("a.txt", &marked).unwrap().notes, []);
}

#[test]
fn text_that_is_not_utf_8_is_read_and_said() {
    let extract = read("a.txt", b"Z\xfcrich \x80").unwrap();
    assert_eq!(
        (extract.markdown().as_str(), extract.notes),
        ("Zürich €", vec![Note::EncodingGuessed])
    );
}

#[test]
fn bytes_that_are_no_text_are_not_told() {
    let bytes: Vec<u8> =
        (0..4_000_u32).map(|n| u8::try_from(n * 7919 % 255 + 1).unwrap()).collect();
    assert_eq!(read("a.bin", &bytes), Err(Unreadable::Unsupported { kind: Kind::Unknown }));
}

#[test]
fn a_line_of_a_megabyte_is_cut_and_goes_on() {
    let bytes = vec![b'x'; 1_000_000];
    let mut request = Request::new("a.log", 300_000);
    let mut count = 0;
    loop {
        let extract = crate::read(&bytes, &request).content.unwrap();
        count += extract.markdown().len();
        match extract.next {
            Some(next) => request.from = Some(next),
            None => break,
        }
    }
    assert_eq!(count, 1_000_000);
}

proptest! {
    #[test]
    fn no_bytes_break_the_reader(
        bytes in prop::collection::vec(any::<u8>(), 1..300),
        name in prop::sample::select(vec!["a.txt", "a.md", "a.json"]),
    ) {
        let _ = read(name, &bytes);
    }

    #[test]
    fn every_word_of_a_note_is_read(words in prop::collection::vec("[a-z]{1,8}[ \n]{1,3}", 1..50)) {
        let text = words.concat();
        let told = read("a.txt", text.as_bytes()).unwrap().markdown();
        let both = (text.split_whitespace(), told.split_whitespace());
        prop_assert!(both.0.eq(both.1));
    }
}
