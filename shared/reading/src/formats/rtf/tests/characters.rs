//! Characters and code pages of rich text.

use super::*;
use crate::Note;

#[test]
fn bytes_are_read_by_the_code_page_of_the_file() {
    assert_eq!(text(r"\'e4\'80\{a\}\\"), "ä€{a}\\");
    assert_eq!(text(r"\ansicpg1251 \'cf\'f0"), "Пр");
    assert_eq!(text(r"\ansicpg65001 \'c3\'a4"), "ä");
}

#[test]
fn bytes_are_read_by_the_character_set_of_their_font() {
    let fonts = r"{\fonttbl{\f0\fcharset0 A;}{\f1\fcharset204 B;}{\f2\fcharset128 C;}{\f3\fcharset134 D;}{\f4\fcharset2 Symbol;}}";
    assert_eq!(
        text(&format!("{fonts}{}", r"\f1\'cf{\f2\'93\'fa\'96\'7b}\f3\'d6\'d0\f0\'e4\f4\'b7")),
        "П日本中ä•"
    );
    assert_eq!(text(&format!("{fonts}{}", r"\f2\'83A")), "ア");
}

#[test]
fn characters_by_number_replace_what_stands_for_them() {
    assert_eq!(text(r"\u228?b"), "äb");
    assert_eq!(text(r"\uc2\u26085\'93\'fab"), "日b");
    assert_eq!(text(r"\uc0\u228 b"), "äb");
    assert_eq!(text(r"{\uc0\u228 b}\u228?c"), "äbäc");
    assert_eq!(text(r"\u-10179?\u-8703?"), "😁");
    assert_eq!(text(r"\u-3913?"), "•");
    assert_eq!(text(r"{\upr{old}{\*\ud{\u228?}}}b"), "äb");
}

#[test]
fn words_for_characters_are_characters() {
    assert_eq!(
        text(r"a\~b\_c\-d\emdash e\line f\tab g\ldblquote h\rdblquote"),
        "a b-cd—e\nf\tg“h”"
    );
}

#[test]
fn a_code_page_that_nothing_knows_is_said() {
    assert_eq!(of(r"\pc \'e4").notes, [Note::EncodingGuessed]);
    assert!(of(r"\pc a").notes.is_empty());
}
