//! The targets on a stable compiler: so that they build, hold, and are tried in every test run.

use proptest::prelude::*;

use super::*;

/// Pieces of the formats' languages: what a random text would never hit.
const PIECES: &[&str] = &[
    "<w:p>",
    "</w:p>",
    "<w:r>",
    "<w:t>",
    "</w:t>",
    "<w:tbl>",
    "<w:tr>",
    "<w:tc>",
    "</w:tbl>",
    "<w:br w:type=\"page\"/>",
    "<a:t>",
    "<p:sp>",
    "<row r=\"1048576\">",
    "<c r=\"XFD1\" t=\"s\">",
    "<v>99999999</v>",
    "<text:p>",
    "<table:table-cell table:number-columns-repeated=\"16384\">",
    "<!DOCTYPE x [<!ENTITY a \"b\">]>",
    "&a;",
    "&#x41;",
    "&amp;",
    "<![CDATA[",
    "]]>",
    "<!--",
    "-->",
    "{\\rtf1",
    "\\u-123?",
    "\\'e9",
    "{\\*\\",
    "}",
    "\\bin99999 ",
    "\\par",
    "\\cell",
    "\\row",
    "<div hidden>",
    "<table>",
    "<td colspan=99999>",
    "</td>",
    "<li>",
    "<pre>",
    "<a href=\"javascript:x\">",
    "<style>",
    "BEGIN:VCALENDAR\r\n",
    "BEGIN:VEVENT\r\n",
    "DTSTART:99999999T999999Z\r\n",
    "RRULE:FREQ=DAILY;COUNT=0\r\n",
    "END:VEVENT\r\n",
    "WEBVTT\n\n",
    "00:00:01.000 --> 99:99:99.999\n",
    "<v Ann>",
    "From: a@b\r\n",
    "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n",
    "Content-Transfer-Encoding: base64\r\n",
    "%PDF-1.7\n",
    "1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj ",
    "xref\n0 1\n",
    "trailer<</Root 1 0 R>>",
    "\"",
    ",",
    ";",
    "\t",
    "\n",
    "\r\n\r\n",
    "| --- |",
    "```",
    "\u{200b}",
    "\u{202e}",
    "\u{e0041}",
    "日本",
    "\u{0}",
];

fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => prop::sample::select(PIECES).prop_map(|text| text.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..20),
        1 => "[ -~]{0,30}".prop_map(String::into_bytes),
    ];
    (any::<u8>(), prop::collection::vec(piece, 0..40)).prop_map(|(first, pieces)| {
        let mut bytes = vec![first];
        bytes.extend(pieces.concat());
        bytes
    })
}

proptest! {
    #[test]
    fn no_file_without_a_signature_breaks_its_reader(bytes in pieces()) {
        named_text(&bytes);
    }

    #[test]
    fn no_part_of_a_package_breaks_its_reader(bytes in pieces()) {
        package_part(&bytes);
    }

    #[test]
    fn no_bytes_break_a_reader(bytes in pieces()) {
        any_file(bytes.get(1..).unwrap_or_default());
    }

    #[test]
    fn no_argument_breaks_what_reads_it(text in "\\PC{0,80}") {
        arguments(text.as_bytes());
    }
}
