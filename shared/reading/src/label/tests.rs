use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;
use crate::testing::{ole, package};

const ID: &str = "2096f6a2-d2f7-48be-b329-b73aaa526e5d";
const TENANT: &str = "72f988bf-86f1-41af-91ab-2d7cd011db47";

fn mark(tenant: bool) -> LabelEvidence {
    let tenant = tenant.then(|| TENANT.parse().unwrap());
    LabelEvidence::Labelled { labels: vec![LabelMark { id: ID.parse().unwrap(), tenant }] }
}

fn label_info(attributes: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="utf-8" standalone="yes"?><clbl:labelList xmlns:clbl="http://schemas.microsoft.com/office/2020/mipLabelMetadata"><clbl:label {attributes}/></clbl:labelList>"#
    )
}

fn custom(properties: &[(&str, &str)]) -> String {
    let mut xml = r#"<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" xmlns:vt="x">"#.to_owned();
    for (name, value) in properties {
        let _ = write!(
            xml,
            r#"<property fmtid="{{x}}" pid="2" name="{name}"><vt:lpwstr>{value}</vt:lpwstr></property>"#
        );
    }
    xml + "</Properties>"
}

fn enabled(value: &str) -> Vec<(String, String)> {
    vec![
        (format!("MSIP_Label_{ID}_Enabled"), value.to_owned()),
        (format!("MSIP_Label_{ID}_SiteId"), TENANT.to_owned()),
        (format!("MSIP_Label_{ID}_Name"), "Confidential".to_owned()),
    ]
}

fn borrowed(pairs: &[(String, String)]) -> Vec<(&str, &str)> {
    pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

fn in_word(parts: &[(&str, &str)]) -> LabelEvidence {
    let mut all = vec![("word/document.xml", b"<w:document/>".as_slice())];
    all.extend(parts.iter().map(|(name, text)| (*name, text.as_bytes())));
    evidence(Kind::Docx, &package(&all))
}

#[test]
fn the_list_of_labels_is_read() {
    for (attributes, expected) in [
        (format!(r#"id="{{{ID}}}" enabled="1" siteId="{{{TENANT}}}" removed="0""#), mark(true)),
        (format!(r#"id="{}" enabled="true""#, ID.to_uppercase()), mark(false)),
        (format!(r#"id="{{{ID}}}" enabled="1" removed="1""#), LabelEvidence::Unlabelled),
        (format!(r#"id="{{{ID}}}" enabled="0" removed="0""#), LabelEvidence::Unlabelled),
        (format!(r#"id="{{{ID}}}" removed="0""#), LabelEvidence::Unclear),
        (r#"id="{secret}" enabled="1""#.to_owned(), LabelEvidence::Unclear),
        (r#"enabled="1""#.to_owned(), LabelEvidence::Unclear),
        (format!(r#"id="{{{ID}}}" enabled="1" siteId="here""#), LabelEvidence::Unclear),
    ] {
        let found = in_word(&[("docMetadata/LabelInfo.xml", &label_info(&attributes))]);
        assert_eq!(found, expected, "{attributes}");
    }
}

#[test]
fn custom_properties_are_read() {
    for (value, expected) in [
        ("true", mark(true)),
        ("True", mark(true)),
        ("false", LabelEvidence::Unlabelled),
        ("perhaps", LabelEvidence::Unclear),
    ] {
        let xml = custom(&borrowed(&enabled(value)));
        assert_eq!(in_word(&[("docProps/custom.xml", &xml)]), expected, "{value}");
    }
    let name = format!("MSIP_Label_{ID}_Name");
    for (name, expected) in [
        ("Author", LabelEvidence::Unlabelled),
        (name.as_str(), LabelEvidence::Unclear),
        ("MSIP_Label_12_Enabled", LabelEvidence::Unclear),
        ("msip_label_x", LabelEvidence::Unclear),
    ] {
        let xml = custom(&[(name, "true")]);
        assert_eq!(in_word(&[("docProps/custom.xml", &xml)]), expected, "{name}");
    }
}

#[test]
fn labels_of_both_sources_count() {
    let other = "00000000-0000-0000-0000-000000000001";
    let list = label_info(&format!(r#"id="{{{other}}}" enabled="1" siteId="{{{TENANT}}}""#));
    let xml = custom(&borrowed(&enabled("true")));
    let LabelEvidence::Labelled { labels } =
        in_word(&[("docMetadata/LabelInfo.xml", &list), ("docProps/custom.xml", &xml)])
    else {
        panic!("two labels");
    };
    let ids: Vec<String> = labels.iter().map(|label| label.id.to_string()).collect();
    assert_eq!(ids, [other, ID]);
}

#[test]
fn what_cannot_be_parsed_is_unclear_and_never_nothing() {
    for part in ["docMetadata/LabelInfo.xml", "docProps/custom.xml", "_rels/.rels"] {
        for text in ["<a><b></a>", "<!DOCTYPE a><a/>", "<a>", "<a>&x;</a>"] {
            assert_eq!(in_word(&[(part, text)]), LabelEvidence::Unclear, "{part} {text}");
        }
    }
    assert_eq!(in_word(&[("docMetadata/LabelInfo.xml", "<other/>")]), LabelEvidence::Unclear);
    let none = in_word(&[("docMetadata/LabelInfo.xml", "<clbl:labelList/>")]);
    assert_eq!(none, LabelEvidence::Unlabelled);
    assert_eq!(evidence(Kind::Docx, b"PK\x03\x04"), LabelEvidence::Unclear);
    assert_eq!(evidence(Kind::Archive, &package(&[])), LabelEvidence::Unclear);
    assert_eq!(evidence(Kind::Unknown, b"?"), LabelEvidence::Unclear);
    assert_eq!(evidence(Kind::EncryptedOffice, b"?"), LabelEvidence::Protected);
    assert_eq!(evidence(Kind::Csv, b"a,b"), LabelEvidence::CannotCarry);
    assert_eq!(in_word(&[]), LabelEvidence::Unlabelled);
}

#[test]
fn a_part_with_another_name_is_found_by_its_relation() {
    let list = label_info(&format!(r#"id="{{{ID}}}" enabled="1" siteId="{{{TENANT}}}""#));
    let relations = |target: &str| {
        format!(
            r#"<Relationships><Relationship Id="r" Type="http://schemas.microsoft.com/office/2020/02/relationships/classificationlabels" Target="{target}"/></Relationships>"#
        )
    };
    let found = in_word(&[("x/y.xml", &list), ("_rels/.rels", &relations("/x/y.xml"))]);
    assert_eq!(found, mark(true));
    assert_eq!(in_word(&[("_rels/.rels", &relations("gone.xml"))]), LabelEvidence::Unclear);
}

#[test]
fn an_open_document_has_properties_of_its_user() {
    let meta = |value: &str| {
        format!(
            r#"<office:document-meta xmlns:office="o" xmlns:meta="m"><meta:user-defined meta:name="MSIP_Label_{ID}_Enabled">{value}</meta:user-defined></office:document-meta>"#
        )
    };
    let found = |parts: &[(&str, &[u8])]| evidence(Kind::OpenDocumentText, &package(parts));
    assert_eq!(found(&[("meta.xml", meta("true").as_bytes())]), mark(false));
    assert_eq!(found(&[("meta.xml", meta("false").as_bytes())]), LabelEvidence::Unlabelled);
    let manifest = b"<manifest><file-entry><encryption-data/></file-entry></manifest>";
    let parts: [(&str, &[u8]); 2] = [("META-INF/manifest.xml", manifest), ("meta.xml", b"\x01")];
    assert_eq!(found(&parts), LabelEvidence::Protected);
}

fn header(value: &str) -> String {
    format!(
        "MSIP_Label_{ID}_Enabled={value}; MSIP_Label_{ID}_SiteId={TENANT}; MSIP_Label_{ID}_Name=a b"
    )
}

#[test]
fn a_mail_has_a_header() {
    let folded = header("True").replace("; ", ";\r\n\t");
    let encoded = format!(
        "=?us-ascii?Q?{}?=",
        header("true").replace('=', "=3D").replace('_', "=5F").replace(' ', "_")
    );
    for (value, expected) in [
        (header("true"), mark(true)),
        (folded, mark(true)),
        (encoded, mark(true)),
        (header("false"), LabelEvidence::Unlabelled),
        (String::new(), LabelEvidence::Unlabelled),
        ("something else".to_owned(), LabelEvidence::Unclear),
    ] {
        let mail = format!("From: a\r\nMSIP_Labels: {value}\r\nTo: b\r\n\r\nHi");
        assert_eq!(evidence(Kind::Eml, mail.as_bytes()), expected, "{value}");
    }
    assert_eq!(evidence(Kind::Eml, b"From: a\n\nHi"), LabelEvidence::Unlabelled);
}

#[test]
fn a_mail_inside_a_mail_brings_its_label() {
    let mail = format!(
        "From: a\nContent-Type: message/rfc822\n\nFrom: b\nmsip_labels: {}\n\nHi",
        header("true")
    );
    assert_eq!(evidence(Kind::Eml, mail.as_bytes()), mark(true));
}

#[test]
fn an_encrypted_mail_is_protected() {
    let mail = b"From: a\nContent-Class: rpmsg.message\n\nThis message is protected.";
    assert_eq!(evidence(Kind::Eml, mail), LabelEvidence::Protected);
    let name: Vec<u8> = "message.rpmsg".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let message = ole(&[("/__attach_version1.0_#00000000/__substg1.0_3707001F", &name)]);
    assert_eq!(evidence(Kind::Msg, &message), LabelEvidence::Protected);
}

#[test]
fn an_outlook_message_has_a_named_property_or_headers() {
    let wide: Vec<u8> = header("true").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let headers = format!("Received: x\r\nmsip_labels: {}\r\nTo: b\r\n", header("true"));
    for (stream, content) in [
        ("/__substg1.0_8003001F", wide.as_slice()),
        ("/__attach_version1.0_#00000000/__substg1.0_3701000D/__substg1.0_8003001F", &wide),
        ("/__substg1.0_8003001E", header("true").as_bytes()),
        ("/__substg1.0_007D001E", headers.as_bytes()),
    ] {
        assert_eq!(evidence(Kind::Msg, &ole(&[(stream, content)])), mark(true), "{stream}");
    }
    let none = ole(&[("/__substg1.0_1000001E", header("true").as_bytes())]);
    assert_eq!(evidence(Kind::Msg, &none), LabelEvidence::Unlabelled, "a body is no header");
    assert_eq!(evidence(Kind::Msg, b"no"), LabelEvidence::Unclear);
}

/// A document summary with user-defined properties, in Windows-1252.
fn summary(properties: &[(&str, &str)]) -> Vec<u8> {
    let mut dictionary = u32::try_from(properties.len()).unwrap().to_le_bytes().to_vec();
    for (id, (name, _)) in (2_u32..).zip(properties) {
        dictionary.extend(id.to_le_bytes());
        dictionary.extend(u32::try_from(name.len() + 1).unwrap().to_le_bytes());
        dictionary.extend(name.as_bytes());
        dictionary.push(0);
    }
    dictionary.resize(dictionary.len().next_multiple_of(4), 0);
    let mut values = vec![(0_u32, dictionary), (1, [2, 0, 0, 0, 0xe4, 4, 0, 0].to_vec())];
    for (id, (_, value)) in (2_u32..).zip(properties) {
        let mut bytes = 0x1e_u32.to_le_bytes().to_vec();
        bytes.extend(u32::try_from(value.len() + 1).unwrap().to_le_bytes());
        bytes.extend(value.as_bytes());
        bytes.push(0);
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        values.push((id, bytes));
    }
    let (mut table, mut content): (Vec<u8>, Vec<u8>) = (Vec::new(), Vec::new());
    for (id, bytes) in &values {
        let offset = u32::try_from(8 + values.len() * 8 + content.len()).unwrap();
        table.extend([id.to_le_bytes(), offset.to_le_bytes()].concat());
        content.extend(bytes);
    }
    let size = u32::try_from(8 + table.len() + content.len()).unwrap();
    let count = u32::try_from(values.len()).unwrap();
    let mut set = vec![0xfe, 0xff, 0, 0, 0, 0, 0, 0];
    set.extend([0; 16]);
    set.extend(1_u32.to_le_bytes());
    set.extend([5; 16]);
    set.extend(48_u32.to_le_bytes());
    set.extend([size.to_le_bytes(), count.to_le_bytes()].concat());
    set.extend(table);
    set.extend(content);
    set
}

#[test]
fn an_office_97_file_has_properties_in_its_summary() {
    let file =
        |set: &[u8]| ole(&[("/WordDocument", b"x"), ("/\u{5}DocumentSummaryInformation", set)]);
    let labelled = summary(&borrowed(&enabled("true")));
    assert_eq!(evidence(Kind::LegacyWord, &file(&labelled)), mark(true));
    let removed = summary(&borrowed(&enabled("false")));
    assert_eq!(evidence(Kind::Xls, &file(&removed)), LabelEvidence::Unlabelled);
    for cut in [1, 20, 60, 100, labelled.len() - 8] {
        let found = evidence(Kind::LegacyWord, &file(&labelled[..cut]));
        assert_eq!(found, LabelEvidence::Unclear, "cut after {cut}");
    }
    assert_eq!(
        evidence(Kind::LegacyWord, &ole(&[("/WordDocument", b"x")])),
        LabelEvidence::Unlabelled
    );
}

/// A PDF with this metadata and these entries of its information.
fn pdf(xmp: Option<&str>, information: &[(String, String)], packed: bool) -> Vec<u8> {
    use lopdf::{Dictionary, Document, Object, Stream, dictionary};
    let mut document = Document::with_version("1.5");
    let pages = document.add_object(dictionary! {
        "Type" => "Pages", "Kids" => Vec::<Object>::new(), "Count" => 0,
    });
    let mut catalog = dictionary! { "Type" => "Catalog", "Pages" => pages };
    if let Some(xmp) = xmp {
        let mut stream = Stream::new(
            dictionary! { "Type" => "Metadata", "Subtype" => "XML" },
            xmp.as_bytes().to_vec(),
        );
        if packed {
            stream.compress().unwrap();
        }
        let id = document.add_object(stream);
        catalog.set("Metadata", id);
    }
    let root = document.add_object(catalog);
    document.trailer.set("Root", root);
    let mut entries = Dictionary::new();
    for (name, value) in information {
        entries.set(name.as_bytes(), Object::string_literal(value.as_str()));
    }
    let id = document.add_object(entries);
    document.trailer.set("Info", id);
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    bytes
}

fn xmp(value: &str) -> String {
    let filler = "<!-- much -->".repeat(50);
    format!(
        r#"<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="r">{filler}<rdf:Description rdf:about="" xmlns:pdfx="http://ns.adobe.com/pdfx/1.3/" pdfx:MSIP_Label_{ID}_SiteId="{TENANT}"><pdfx:MSIP_Label_{ID}_Enabled>{value}</pdfx:MSIP_Label_{ID}_Enabled></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>"#
    )
}

#[test]
fn a_pdf_has_metadata_and_information() {
    let found = |bytes: &[u8]| evidence(Kind::Pdf, bytes);
    assert_eq!(found(&pdf(None, &[], false)), LabelEvidence::Unlabelled);
    assert_eq!(found(&pdf(Some(&xmp("true")), &[], false)), mark(true));
    assert_eq!(found(&pdf(Some(&xmp("true")), &[], true)), mark(true));
    assert_eq!(found(&pdf(Some(&xmp("false")), &[], true)), LabelEvidence::Unlabelled);
    assert_eq!(found(&pdf(None, &enabled("true"), false)), mark(true));
    let broken = xmp("true").replace("</rdf:RDF>", "");
    assert_eq!(found(&pdf(Some(&broken), &[], false)), LabelEvidence::Unclear);
    let harmless = "<x:xmpmeta><unclosed></x:xmpmeta>";
    assert_eq!(found(&pdf(Some(harmless), &[], false)), LabelEvidence::Unlabelled);
    assert_eq!(found(b"%PDF-1.7\nnothing"), LabelEvidence::Unclear);
}

#[test]
fn an_encrypted_pdf_is_protected_unless_its_metadata_says_more() {
    let closed = |metadata: &str| {
        format!("%PDF-1.7\n{metadata}\ntrailer <</Encrypt 5 0 R /Root 1 0 R>>\nstartxref\n0\n%%EOF")
    };
    assert_eq!(evidence(Kind::Pdf, closed("").as_bytes()), LabelEvidence::Protected);
    assert_eq!(evidence(Kind::Pdf, closed(&xmp("true")).as_bytes()), mark(true));
}

proptest! {
    #[test]
    fn no_bytes_break_the_search_for_labels(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let set = [&[0xfe, 0xff, 0, 0], bytes.as_slice()].concat();
        let _ = evidence(Kind::LegacyWord, &ole(&[("/\u{5}DocumentSummaryInformation", &set)]));
        let pdf = [b"%PDF-1.5\n", bytes.as_slice(), b"\nstartxref\n9\n%%EOF"].concat();
        let _ = evidence(Kind::Pdf, &pdf);
        let _ = evidence(Kind::Eml, &[b"msip_labels:", bytes.as_slice()].concat());
        let _ = evidence(Kind::Msg, &ole(&[("/__substg1.0_8000001F", &bytes)]));
        let _ = in_word(&[("docProps/custom.xml", &String::from_utf8_lossy(&bytes))]);
    }
}

#[test]
fn a_label_in_what_office_saved_as_a_web_page_or_rich_text_is_a_doubt() {
    let page =
        b"<html><!--[if gte mso 9]><o:MSIP_Label_1_Enabled>true<![endif]--><p>text</p></html>";
    assert_eq!(evidence(Kind::Html, page), LabelEvidence::Unclear);
    let rich = b"{\\rtf1{\\*\\userprops{\\propname MSIP_Label_1_Enabled}}text}";
    assert_eq!(evidence(Kind::Rtf, rich), LabelEvidence::Unclear);
    assert_eq!(evidence(Kind::Rtf, b"{\\rtf1 text}"), LabelEvidence::CannotCarry);
    let wide: Vec<u8> = "<p>mMSIP_LABEL_x".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(evidence(Kind::Html, &wide), LabelEvidence::Unclear);
    let flat = b"\xef\xbb\xbf<?xml?><pkg:package>MSIP_Label_1_Enabled</pkg:package>";
    assert_eq!(evidence(Kind::Text, flat), LabelEvidence::Unclear);
    assert_eq!(evidence(Kind::Text, b"notes on MSIP_Label_"), LabelEvidence::CannotCarry);
}

#[test]
fn the_label_of_an_encoded_mail_inside_a_mail_is_found() {
    use base64::Engine as _;

    let inner = format!("Subject: inner\r\nmsip_labels: MSIP_Label_{ID}_Enabled=true\r\n\r\ntext");
    let encoded = base64::engine::general_purpose::STANDARD.encode(inner);
    let outer = format!(
        "From: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n\
         --x\r\nContent-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n{encoded}\r\n--x--\r\n"
    );
    assert!(matches!(evidence(Kind::Eml, outer.as_bytes()), LabelEvidence::Labelled { .. }));
}
