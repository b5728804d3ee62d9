use std::io::Write as _;

use proptest::prelude::*;

use super::*;
use crate::testing::{ole, package};

const WORD: &str =
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";

fn types(content: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="xlsx" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/x/main.xml" ContentType="{content}"/></Types>"#
    )
}

fn with_types(types: &[u8]) -> Vec<u8> {
    package(&[("x/main.xml", b"<x/>"), ("[Content_Types].xml", types)])
}

#[test]
fn the_content_type_of_the_main_part_decides_wherever_it_stands() {
    for (content, kind) in [
        (WORD, Kind::Docx),
        (
            "application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml",
            Kind::Docx,
        ),
        ("application/vnd.ms-word.document.macroEnabled.main+xml", Kind::Docx),
        ("application/vnd.ms-word.template.macroEnabledTemplate.main+xml", Kind::Docx),
        ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml", Kind::Xlsx),
        ("application/vnd.ms-excel.sheet.macroEnabled.main+xml", Kind::Xlsx),
        ("application/vnd.ms-excel.sheet.binary.macroEnabled.main", Kind::Xlsb),
        (
            "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml",
            Kind::Pptx,
        ),
        (
            "application/vnd.openxmlformats-officedocument.presentationml.slideshow.main+xml",
            Kind::Pptx,
        ),
        ("application/vnd.ms-powerpoint.slideshow.macroEnabled.main+xml", Kind::Pptx),
        ("application/vnd.ms-visio.drawing.main+xml", Kind::Archive),
    ] {
        let bytes = with_types(types(content).as_bytes());
        assert_eq!(detect(&bytes, "a.zip"), kind, "{content}");
    }
}

#[test]
fn content_types_may_be_in_utf_16() {
    let text = types(WORD).replace("UTF-8", "UTF-16");
    let units = std::iter::once(0xfeff).chain(text.encode_utf16());
    let bytes: Vec<u8> = units.flat_map(u16::to_le_bytes).collect();
    assert_eq!(detect(&with_types(&bytes), "a.docx"), Kind::Docx);
}

#[test]
fn a_package_with_main_parts_of_two_kinds_is_none_of_them() {
    let text = types(WORD).replace(
        "<Override",
        r#"<Override PartName="/y" ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/><Override"#,
    );
    assert_eq!(detect(&with_types(text.as_bytes()), "a.docx"), Kind::Archive);
}

#[test]
fn a_list_of_content_types_that_declares_entities_is_not_believed() {
    let text = types(WORD).replace("<Types", "<!DOCTYPE x [<!ENTITY a \"b\">]><Types");
    assert_eq!(detect(&with_types(text.as_bytes()), "a.docx"), Kind::Archive);
}

#[test]
fn detection_reads_no_more_than_the_start_of_the_content_types() {
    let long = vec![b' '; 12 * 1024 * 1024];
    let text = [types(WORD).as_bytes(), &long].concat();
    assert_eq!(detect(&with_types(&text), "a.docx"), Kind::Docx);
    let text = [&long, types(WORD).as_bytes()].concat();
    assert_eq!(detect(&with_types(&text), "a.docx"), Kind::Archive);
}

#[test]
fn open_documents_say_what_they_are() {
    for (mimetype, kind) in [
        ("application/vnd.oasis.opendocument.text", Kind::OpenDocumentText),
        ("application/vnd.oasis.opendocument.text-template", Kind::OpenDocumentText),
        ("application/vnd.oasis.opendocument.spreadsheet", Kind::OpenDocumentSheet),
        ("application/vnd.oasis.opendocument.presentation\n", Kind::OpenDocumentSlides),
        ("application/epub+zip", Kind::Archive),
    ] {
        assert_eq!(detect(&package(&[("mimetype", mimetype.as_bytes())]), ""), kind, "{mimetype}");
    }
    assert_eq!(detect(&package(&[("notes.txt", b"hello")]), "a.docx"), Kind::Archive);
    assert_eq!(detect(&package(&[]), "a.zip"), Kind::Archive);
}

#[test]
fn a_package_with_bytes_before_it_is_still_one() {
    let mut bytes = b"\x01\x02junk before it".to_vec();
    bytes.extend(with_types(types(WORD).as_bytes()));
    assert_eq!(detect(&bytes, "a.docx"), Kind::Docx);
}

#[test]
fn a_broken_package_is_what_its_name_says() {
    let bytes = with_types(types(WORD).as_bytes());
    let half = &bytes[..bytes.len() / 2];
    assert_eq!(detect(half, "a.docx"), Kind::Docx);
    assert_eq!(detect(half, "a.pdf"), Kind::Archive);
}

#[test]
fn an_ole_file_is_what_its_streams_say() {
    for (stream, kind) in [
        ("/EncryptedPackage", Kind::EncryptedOffice),
        ("/\u{9}DRMContent", Kind::EncryptedOffice),
        ("/__properties_version1.0", Kind::Msg),
        ("/WordDocument", Kind::LegacyWord),
        ("/Workbook", Kind::Xls),
        ("/Book", Kind::Xls),
        ("/PowerPoint Document", Kind::LegacyPowerPoint),
        ("/Contents", Kind::Unknown),
    ] {
        assert_eq!(detect(&ole(&[(stream, b"x")]), "a.docx"), kind, "{stream}");
    }
    let mut broken = OLE.to_vec();
    broken.write_all(&[7; 600]).unwrap();
    assert_eq!(detect(&broken, "a.msg"), Kind::Msg);
    assert_eq!(detect(&broken, "a.docx"), Kind::Unknown);
}

#[test]
fn signatures_decide_whatever_the_name_says() {
    for (bytes, kind) in [
        (b"%PDF-1.7\n".as_slice(), Kind::Pdf),
        (b"\r\n%PDF-1.7\n", Kind::Pdf),
        (b"HTTP/1.1 200\n\n%PDF-1.7\n ... %%EOF", Kind::Pdf),
        (b"{\\rtf1 x}", Kind::Rtf),
        (b"\x89PNG\r\n\x1a\n", Kind::Image),
        (b"\xff\xd8\xff\xe0", Kind::Image),
        (b"GIF89a\x01\0\x01\0", Kind::Image),
        (b"BM\x10\0\0\0\0\0\0\0\x36", Kind::Image),
        (b"\x1f\x8b\x08", Kind::Archive),
        (b"7z\xbc\xaf\x27\x1c", Kind::Archive),
        (b"\x00\x01\x02\x03garbage", Kind::Unknown),
        (b"\x01\x02\x03\x04\x05garbage", Kind::Unknown),
    ] {
        assert_eq!(detect(bytes, "a.docx"), kind, "{bytes:?}");
    }
}

#[test]
fn texts_are_told_apart_by_their_look_and_their_name() {
    for (text, name, kind) in [
        ("plain words", "a.docx", Kind::Text),
        ("A text that says %PDF-1.7 early.", "a.txt", Kind::Text),
        ("BMW makes cars.", "a.txt", Kind::Text),
        ("{\"a\": 1}", "a.json", Kind::Text),
        ("<?xml version=\"1.0\"?><a/>", "a.xml", Kind::Text),
        ("<svg xmlns=\"x\"/>", "a.svg", Kind::Text),
        ("a,b\n1,2", "a.csv", Kind::Csv),
        ("a\tb", "a.tsv", Kind::Tsv),
        ("BEGIN:VCALENDAR\r\n", "a.txt", Kind::Calendar),
        ("\u{feff}WEBVTT\n\n", "a", Kind::Captions),
        ("1\r\n00:00:01,000 --> 00:00:02,000\r\nHi", "a.txt", Kind::Captions),
        ("<!-- saved --><!DOCTYPE HTML><p>", "a.txt", Kind::Html),
        ("<?xml version=\"1.0\"?>\n<html xmlns=\"x\">", "a", Kind::Html),
        ("<body>x", "report.xls", Kind::Html),
        ("<table><tr>", "report.xls", Kind::Html),
        ("<div align=\"center\">\n\n# Title", "README.md", Kind::Text),
        ("<pre-amble> not a tag", "a", Kind::Text),
        ("", "a.txt", Kind::Text),
    ] {
        assert_eq!(detect(text.as_bytes(), name), kind, "{text}");
    }
}

#[test]
fn a_mail_is_known_by_its_headers() {
    for (text, name, kind) in [
        ("Received: from a\r\n by b\r\nSubject: x\r\n\r\nHi", "a.bin", Kind::Eml),
        ("MIME-Version: 1.0\nFrom: a\nTo: b\n\nHi", "a.txt", Kind::Eml),
        ("From: a\nTo: b\nSubject: c\n\nA memo.", "a.txt", Kind::Text),
        ("From: a\nTo: b\n\nHi", "a.eml", Kind::Eml),
        ("From a@b Tue Nov 21 10:00:00 2026\nReceived: x\nSubject: y\n\n", "a", Kind::Text),
        ("Note: Received: nothing\n", "a", Kind::Text),
    ] {
        assert_eq!(detect(text.as_bytes(), name), kind, "{text}");
    }
}

#[test]
fn utf_16_is_text_with_and_without_a_mark() {
    let bytes = |text: &str, little: bool| -> Vec<u8> {
        let order = |unit: u16| if little { unit.to_le_bytes() } else { unit.to_be_bytes() };
        text.encode_utf16().flat_map(order).collect()
    };
    for little in [true, false] {
        assert_eq!(detect(&bytes("\u{feff}<html>", little), "a"), Kind::Html);
        assert_eq!(detect(&bytes("Grüezi mitenand", little), "a"), Kind::Text);
        assert_eq!(detect(&bytes("a,b\n1,2\n", little), "a.csv"), Kind::Csv);
    }
}

#[test]
fn a_name_that_says_about_the_same_is_no_mismatch() {
    for (kind, name, fits) in [
        (Kind::Text, "a.csv", true),
        (Kind::Html, "a.txt", true),
        (Kind::Text, "a.md", true),
        (Kind::Eml, "a.txt", true),
        (Kind::EncryptedOffice, "a.docx", true),
        (Kind::EncryptedOffice, "a.pdf", false),
        (Kind::Html, "a.xls", false),
        (Kind::Docx, "a.pdf", false),
        (Kind::Text, "a.docx", false),
        (Kind::Image, "a.txt", false),
    ] {
        assert_eq!(kind.goes_with(Kind::from_name(name).unwrap()), fits, "{kind:?} {name}");
    }
}

proptest! {
    #[test]
    fn no_bytes_break_the_detection(
        start in prop::sample::select(vec![b"PK\x03\x04".as_slice(), OLE, b"", b"<", b"From: "]),
        bytes in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        let _ = detect(&[start, &bytes].concat(), "a.docx");
    }
}
