use std::fmt::Write as _;

use proptest::prelude::*;

use crate::reading::{Extract, Note, Request};

fn read(name: &str, bytes: &[u8]) -> Extract {
    crate::read(bytes, &Request::new(name, 100_000)).content.unwrap()
}

#[test]
fn the_delimiter_is_found() {
    for delimiter in [",", ";", "\t", "|"] {
        let text = "Name;Betrag\nMüller;1\nMeier;2\n".replace(';', delimiter);
        let shown = read("a.csv", text.as_bytes()).markdown();
        assert!(shown.contains("| 2 | Müller | 1 |"), "{delimiter:?}: {shown}");
    }
}

#[test]
fn decimal_commas_do_not_make_columns() {
    let shown = read("a.csv", b"a;b\n1,5;2,5\n3,5;4,5\n5,5;6\n").markdown();
    assert!(shown.contains("| 2 | 1,5 | 2,5 |"), "{shown}");
}

#[test]
fn a_declared_delimiter_is_followed_and_not_shown() {
    let shown = read("a.csv", b"sep=|\r\na|b,c\r\n").markdown();
    assert!(shown.ends_with("| 1 | a | b,c |"), "{shown}");
}

#[test]
fn quoted_line_breaks_stay_in_their_cell() {
    let shown = read("a.csv", b"a,b\n\"one\r\ntwo\",\"say \"\"hi\"\"\"\n").markdown();
    assert!(shown.contains("| 2 | one<br>two | say \"hi\" |"), "{shown}");
}

#[test]
fn ragged_records_keep_their_values() {
    let shown = read("a.csv", b"a,b\n1\n1,2,3\n").markdown();
    assert!(shown.contains("| 2 | 1 |\n| 3 | 1 | 2 | 3 |"), "{shown}");
}

#[test]
fn one_column_is_text() {
    assert_eq!(read("a.csv", b"one\ntwo\n").markdown(), "one\ntwo");
}

#[test]
fn utf_16_is_read_with_and_without_a_mark() {
    let units: Vec<u8> =
        "Stra\u{df}e,Ort\nA,B\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = "Stra\u{df}e,Ort\nA,B\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
    let marked = [b"\xff\xfe".as_slice(), &units].concat();
    for bytes in [units, big, marked] {
        let shown = read("a.csv", &bytes).markdown();
        assert!(shown.contains("| 1 | Straße | Ort |"), "{shown}");
    }
}

#[test]
fn a_guessed_encoding_is_said() {
    let extract = read("a.csv", b"Stra\xdfe,Ort\n1,2\n");
    assert!(extract.markdown().contains("Straße"));
    assert!(extract.notes.contains(&Note::EncodingGuessed));
}

#[test]
fn tabs_make_the_columns_of_tsv() {
    let shown = read("a.tsv", b"a,b\tc\n1,2\t3\n").markdown();
    assert!(shown.contains("| 2 | 1,2 | 3 |"), "{shown}");
}

#[test]
fn an_unclosed_quotation_mark_does_not_swallow_the_rest() {
    let mut text = String::from("a,b\n\"open,1\n");
    for row in 0..30_000 {
        let _ = writeln!(text, "{row},x");
    }
    let mut request = Request::new("a.csv", 1_000_000);
    request.part = crate::Part::All;
    let shown = crate::read(text.as_bytes(), &request).content.unwrap().markdown();
    assert!(shown.contains("| 30002 | 29999 | x |"));
}

#[test]
fn cells_can_be_asked_for() {
    let mut request = Request::new("a.csv", 1_000);
    request.part = crate::Part::Sheet { name: None, cells: Some("B2:B3".parse().unwrap()) };
    let extract = crate::read(b"a,b\n1,2\n3,4\n5,6\n", &request).content.unwrap();
    assert_eq!(extract.passages[0].text, "|  | B |\n| --- | --- |\n| 2 | 2 |\n| 3 | 4 |");
    assert_eq!(extract.passages[0].place.cells.as_deref(), Some("B2:B3"));
}

proptest! {
    #[test]
    fn no_bytes_break_it(bytes in prop::collection::vec(any::<u8>(), 0..600), name in "a.[ct]sv") {
        let _ = crate::read(&bytes, &Request::new(name, 300));
    }

    #[test]
    fn every_value_is_shown(rows in prop::collection::vec(prop::collection::vec("[a-z]{1,8}", 2..6), 1..40)) {
        let text = rows.iter().map(|row| row.join(";")).collect::<Vec<_>>().join("\n");
        let shown = read("a.csv", text.as_bytes()).markdown();
        for (number, row) in (1..).zip(&rows) {
            let line = format!("| {number} | {} |", row.join(" | "));
            prop_assert!(shown.contains(&line), "{line} in {shown}");
        }
    }
}
