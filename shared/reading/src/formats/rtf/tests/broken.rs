//! Broken and hostile rich text.

use proptest::prelude::*;

use super::*;
use crate::{Note, Unreadable};

fn read_bytes(bytes: &[u8]) -> Result<Extract, Unreadable> {
    read(bytes, &request()).content
}

#[test]
fn a_file_that_ends_early_is_read_as_far_as_it_goes() {
    let extract = read_bytes(br"{\rtf1 a\par b{\i c").unwrap();
    assert_eq!(extract.markdown(), "a\n\nbc");
    assert_eq!(extract.notes, [Note::PartlyDamaged]);
}

#[test]
fn what_follows_the_end_is_not_read() {
    assert_eq!(read_bytes(br"{\rtf1 a}b{c").unwrap().markdown(), "a");
}

#[test]
fn endless_groups_are_unsafe() {
    let deep = format!("{{\\rtf1 {}", "{".repeat(1_000_000));
    assert_eq!(read_bytes(deep.as_bytes()), Err(Unreadable::Unsafe));
}

#[test]
fn numbers_that_are_too_large_mean_nothing() {
    assert_eq!(text(r"\uc99999999999999 a\bin99999999999 b\u99999999999 ?c"), "abc");
}

#[test]
fn a_row_without_end_is_cut() {
    let extract = of(&format!(r"\trowd\intbl {}\row\pard end", r"x\cell ".repeat(1_000)));
    let markdown = extract.markdown();
    assert_eq!(markdown.lines().next().unwrap().matches('|').count(), 201);
    assert!(markdown.ends_with("end"));
    assert_eq!(extract.notes, [Note::CutAtLimit]);
}

proptest! {
    #[test]
    fn no_bytes_break_the_reader(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let mut file = br"{\rtf1".to_vec();
        file.extend(bytes);
        let _ = read_bytes(&file);
    }

    #[test]
    fn no_words_break_the_reader(
        body in prop::collection::vec(
            prop::sample::select(vec![
                "{", "}", r"\par ", r"\cell ", r"\row ", r"\intbl ", r"\pard ", r"\trowd ", "日", "x",
                r"\'e4", r"\'9", r"\u-10179?", r"\u-8703?", r"\uc3 ", r"{\field{\*\fldinst HYPERLINK a:b}{\fldrslt ",
                r"{\footnote ", r"{\*\annotation ", r"{\listtext 1.}", r"\page ", r"\deleted ", r"\v ", r"\f1",
                r"{\fonttbl\f1\fcharset128 ;}", r"{\stylesheet\s1 heading 1;}", r"\s1 ", r"\nestcell ", r"\*",
            ]),
            0..60,
        )
    ) {
        let wanted = Request { changes: true, comments: true, ..request() };
        let _ = read(format!(r"{{\rtf1 {}", body.concat()).as_bytes(), &wanted);
    }
}
