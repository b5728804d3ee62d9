//! Files of every kind are what their names promise, with a label where their format has a place.

use std::io::{Cursor, Read as _};

use bytes::Bytes;
use http::Method;
use serde_json::json;

use super::{Bench, answer, bench};
use crate::graph::files::{archive, protected};
use crate::graph::labels;

/// The bytes of a file of the chart room, by a path that is percent-encoded.
async fn bytes(bench: &Bench, path: &str) -> Bytes {
    let (drive, item) = bench.item("ann", "ChartRoom", path).await;
    let got = bench.get("ann", &format!("/drives/{drive}/items/{item}/content")).await;
    assert_eq!(got.status, 302, "{path}");
    let url = got.header("location").to_owned();
    answer(bench.request(Method::GET, "", &url)).await.unwrap().bytes().await.unwrap()
}

async fn part(bench: &Bench, path: &str, part: &str) -> String {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes(bench, path).await)).unwrap();
    std::io::read_to_string(zip.by_name(part).unwrap()).unwrap()
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[tokio::test]
async fn office_files_hold_what_readers_stumble_over() {
    let bench = bench().await;
    for (path, name, expected) in [
        (
            "Manuals/Buoy%20maintenance%20manual.docx",
            "word/document.xml",
            ["w:vMerge", "Length | metres", "<w:vanish/>", "w:delText", "w:footnoteReference"],
        ),
        (
            "Manuals/Buoy%20maintenance%20manual.docx",
            "word/_rels/document.xml.rels",
            [
                "sea=north&amp;year=2026",
                "TargetMode=\"External\"",
                "comments",
                "footnotes",
                "styles",
            ],
        ),
        (
            "Manuals/Keeper%20training.pptx",
            "ppt/slides/slide3.xml",
            ["p:grpSp>", "starboard &amp; keep", "a:tbl>", "Which side", "Red to port"],
        ),
        (
            "Manuals/Keeper%20training.pptx",
            "ppt/charts/chart2.xml",
            ["Days of fog a month", "November", "17", "c:barChart", "Sheet1!$B$1"],
        ),
        (
            "Manuals/Tide%20tables%202027.xlsx",
            "xl/workbook.xml",
            ["High water", "Sums &amp; means", "state=\"hidden\"", "Workings", "rId3"],
        ),
        (
            "Manuals/Tide%20tables%202027.xlsx",
            "xl/worksheets/sheet2.xml",
            ["<f>B2*2</f></c>", "<v>2.9945</v>", "#DIV/0!", "s=\"2\"", "mergeCell "],
        ),
        (
            "Manuals/Pilot%20notes.odt",
            "content.xml",
            ["two miles off", "heaving weight", "text:h ", "table:table-cell", "over 5 m"],
        ),
        (
            "Odd/Macro%20log.docm",
            "[Content_Types].xml",
            [
                "macroEnabled.main",
                "vbaProject.bin",
                "custom-properties",
                "classificationlabels",
                "rels",
            ],
        ),
    ] {
        let xml = part(&bench, path, name).await;
        for text in expected {
            assert!(xml.contains(text), "{path} {name}: no {text}");
        }
    }
    let tides = part(&bench, "Manuals/Tide%20tables%202027.xlsx", "xl/worksheets/sheet1.xml").await;
    assert_eq!(tides.matches("<row ").count(), 321);
    assert!(tides.contains("<c r=\"AC321\">"), "29 columns wide");
}

#[tokio::test]
async fn a_label_is_where_its_format_has_a_place_for_it() {
    let bench = bench().await;
    let enabled = |label: &str| format!("MSIP_Label_{label}_Enabled");
    for (name, label) in [
        ("Agreed", Some(labels::PUBLIC)),
        ("Behind", Some(labels::CONFIDENTIAL)),
        ("Behind%20everywhere", Some(labels::CONFIDENTIAL)),
        ("Metadata%20missing", Some(labels::GENERAL)),
        ("Unlabelled", None),
    ] {
        let pdf = bytes(&bench, &format!("Labels/{name}.pdf")).await;
        let word = bytes(&bench, &format!("Labels/{name}.docx")).await;
        let mut zip = zip::ZipArchive::new(Cursor::new(word)).unwrap();
        let Some(label) = label else {
            assert!(!holds(&pdf, "MSIP_Label") && zip.by_name("docProps/custom.xml").is_err());
            continue;
        };
        assert!(holds(&pdf, &format!("/{} (true)", enabled(label))), "{name}");
        assert!(holds(&pdf, &format!("<pdfx:{}>true<", enabled(label))), "{name}");
        for (part, text) in [
            ("docProps/custom.xml", enabled(label)),
            ("docMetadata/LabelInfo.xml", label.to_owned()),
        ] {
            let xml = std::io::read_to_string(zip.by_name(part).unwrap()).unwrap();
            assert!(xml.contains(&text), "{name} {part}");
        }
    }
}

#[tokio::test]
async fn a_label_that_was_taken_off_stays_visible_as_such() {
    let bench = bench().await;
    let path = "Labels/Label%20taken%20off";
    let off = labels::CONFIDENTIAL;
    let info = part(&bench, &format!("{path}.docx"), "docMetadata/LabelInfo.xml").await;
    assert!(info.contains(&format!("{{{off}}}\" enabled=\"0\"")) && info.contains("removed=\"1\""));
    assert!(info.contains(&format!("{{{}}}\" enabled=\"1\"", labels::GENERAL)));
    let pdf = bytes(&bench, &format!("{path}.pdf")).await;
    assert!(holds(&pdf, &format!("/MSIP_Label_{off}_Enabled (false)")));
}

#[tokio::test]
async fn metadata_agrees_lags_or_is_missing() {
    let bench = bench().await;
    let label = |id: &str| json!([id]);
    for (name, column, extracted) in [
        ("Agreed", Some(labels::PUBLIC), label(labels::PUBLIC)),
        ("Behind", Some(labels::GENERAL), label(labels::CONFIDENTIAL)),
        ("Behind%20everywhere", Some(labels::GENERAL), label(labels::GENERAL)),
        ("Column%20missing", None, label(labels::GENERAL)),
        ("Metadata%20missing", None, json!([])),
        ("Withheld", Some(labels::CONFIDENTIAL), label(labels::CONFIDENTIAL)),
        ("Unlabelled", None, json!([])),
    ] {
        let (drive, item) = bench.item("ann", "ChartRoom", &format!("Labels/{name}.docx")).await;
        let path = format!("/drives/{drive}/items/{item}");
        let row = bench.get("ann", &format!("{path}/listItem?$expand=fields")).await;
        assert_eq!(row.body["fields"]["_IpLabelId"].as_str(), column, "{name}");
        let got = bench.post("ann", &format!("{path}/extractSensitivityLabels"), &json!({})).await;
        let ids: Vec<_> = got.body["labels"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| &it["sensitivityLabelId"])
            .collect();
        assert_eq!(json!(ids), extracted, "{name}");
    }
    for (name, code) in [
        ("Double%20key", "fileDoubleKeyEncrypted"),
        ("Not%20supported", "fileDecryptionNotSupported"),
        ("Deferred", "fileDecryptionDeferred"),
    ] {
        let (drive, item) = bench.item("ann", "ChartRoom", &format!("Labels/{name}.docx")).await;
        let path = format!("/drives/{drive}/items/{item}/extractSensitivityLabels");
        let got = bench.post("ann", &path, &json!({})).await;
        assert_eq!((got.status.as_u16(), got.code()), (423, code));
    }
}

#[tokio::test]
async fn versions_carry_the_labels_of_their_time() {
    let bench = bench().await;
    for (name, oldest, current) in [
        ("Cleared%20chart.docx", labels::CONFIDENTIAL, labels::GENERAL),
        ("Closed%20chart.docx", labels::GENERAL, labels::CONFIDENTIAL),
    ] {
        let path = format!("Versions/{name}");
        let now = part(&bench, &path, "docMetadata/LabelInfo.xml").await;
        assert!(now.contains(current), "{name}");
        let (drive, item) = bench.item("ann", "ChartRoom", &path).await;
        let versions = format!("/drives/{drive}/items/{item}/versions");
        let got = bench.get("ann", &versions).await;
        assert_eq!(got.body["value"].as_array().unwrap().len(), 3);
        let got = bench.get("ann", &format!("{versions}/1.0/content")).await;
        let url = got.header("location").to_owned();
        let old =
            answer(bench.request(Method::GET, "", &url)).await.unwrap().bytes().await.unwrap();
        let mut zip = zip::ZipArchive::new(Cursor::new(old)).unwrap();
        let xml =
            std::io::read_to_string(zip.by_name("docMetadata/LabelInfo.xml").unwrap()).unwrap();
        assert!(xml.contains(oldest), "{name}");
    }
}

#[tokio::test]
async fn a_pdf_finds_its_objects_where_its_table_says() {
    let bench = bench().await;
    for name in
        ["Manuals/Signal%20book.pdf", "Scans/Scanned%20chart.pdf", "Protected/Sealed%20chart.pdf"]
    {
        let pdf = bytes(&bench, name).await;
        let text = String::from_utf8_lossy(&pdf[pdf.len() - 60..]).into_owned();
        let start: usize =
            text.split("startxref\n").nth(1).unwrap().lines().next().unwrap().parse().unwrap();
        let table = String::from_utf8_lossy(&pdf[start..]).into_owned();
        assert!(table.starts_with("xref\n0 "), "{name}");
        for (at, line) in table.lines().skip(3).take_while(|line| line.ends_with(" n ")).enumerate()
        {
            let offset: usize = line.split(' ').next().unwrap().parse().unwrap();
            assert!(pdf[offset..].starts_with(format!("{} 0 obj", at + 1).as_bytes()), "{name}");
        }
    }
    let book = bytes(&bench, "Manuals/Signal%20book.pdf").await;
    assert!(holds(&book, "/Type /Outlines /Count 17") && holds(&book, "/Count 14"));
    assert!(holds(&bytes(&bench, "Protected/Sealed%20chart.pdf").await, "/Encrypt "));
}

#[tokio::test]
async fn locked_and_lying_files_are_told_by_their_first_bytes() {
    let bench = bench().await;
    let compound: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
    for (path, start) in [
        ("Protected/Sealed%20plan.docx", compound),
        ("Correspondence/Dredging%20offer.msg", compound),
        ("Odd/Really%20a%20PDF.docx", b"%PDF-1.7"),
        ("Measurements/Mooring%20sketch.png", b"\x89PNG\r\n\x1a\n"),
        ("Measurements/Depths%20(UTF-16).csv", b"\xff\xfeS\x00"),
        ("Manuals/Fog%20horn.rtf", b"{\\rtf1"),
        ("Correspondence/Keeper%20call.vtt", b"WEBVTT"),
        ("Correspondence/Inspection.ics", b"BEGIN:VCALENDAR"),
    ] {
        assert!(bytes(&bench, path).await.starts_with(start), "{path}");
    }
    let wind = bytes(&bench, "Measurements/Wind%20(windows-1252).csv").await;
    assert!(wind.contains(&0x80) && wind.contains(&0xf8), "the euro and the o with a stroke");
    assert!(bytes(&bench, "Odd/Nothing.docx").await.is_empty());
    let (drive, item) = bench.item("ann", "ChartRoom", "Odd/Infected.docx").await;
    let got = bench.get("ann", &format!("/drives/{drive}/items/{item}/content")).await;
    assert_eq!(got.status, 403);
    assert_eq!(got.body["error"]["innerError"]["code"], "malwareDetected");
}

#[test]
fn compound_files_hold_the_streams_of_their_kind() {
    let mut word = cfb::CompoundFile::open(Cursor::new(protected::word())).unwrap();
    assert!(word.exists("/EncryptedPackage"));
    let mut info = Vec::new();
    word.open_stream("/EncryptionInfo").unwrap().read_to_end(&mut info).unwrap();
    assert!(holds(&info, "keyData"));
    let mut msg = cfb::CompoundFile::open(Cursor::new(crate::graph::files::mail::msg())).unwrap();
    let mut subject = Vec::new();
    msg.open_stream("/__substg1.0_0037001F").unwrap().read_to_end(&mut subject).unwrap();
    assert!(subject.starts_with(b"D\0r\0e\0d\0g\0"));
}

#[test]
fn a_swollen_document_unpacks_to_far_more_than_it_weighs() {
    let bytes = archive::swollen();
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes.clone())).unwrap();
    let mut part = zip.by_name("word/document.xml").unwrap();
    assert!(part.size() > 400 << 20);
    assert!(part.size() / u64::try_from(bytes.len()).unwrap() > 200, "{} bytes", bytes.len());
    let mut start = vec![0; 4 << 20];
    part.read_exact(&mut start).unwrap();
    assert!(start.starts_with(b"<w:document ") && holds(&start, "The same tide again."));
}
