//! Workbooks of the older formats, made record by record.

use proptest::prelude::*;

use crate::part::Part;
use crate::reading::{Extract, Note, Request};
use crate::testing::{ole, package};
use crate::unreadable::Unreadable;

fn outcome(bytes: &[u8], part: Part) -> Result<Extract, Unreadable> {
    let mut request = Request::new("a", 100_000);
    request.part = part;
    crate::read(bytes, &request).content
}

/// A record of Excel 97.
fn record(kind: u16, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).unwrap();
    [&kind.to_le_bytes(), &length.to_le_bytes(), data].concat()
}

/// Row, column and style of a cell.
fn at(row: u16, column: u16) -> Vec<u8> {
    [row.to_le_bytes(), column.to_le_bytes(), [0; 2]].concat()
}

fn label(row: u16, column: u16, text: &str) -> Vec<u8> {
    let length = u16::try_from(text.len()).unwrap().to_le_bytes();
    record(0x0204, &[&at(row, column), &length[..], &[0], text.as_bytes()].concat())
}

fn number(row: u16, column: u16, value: f64) -> Vec<u8> {
    record(0x0203, &[at(row, column), value.to_le_bytes().to_vec()].concat())
}

/// A workbook of Excel 97 with these sheets: name, whether hidden, cells.
fn xls(sheets: &[(&str, u8, Vec<u8>)], first: &[u8]) -> Vec<u8> {
    let begin = |kind: u8| record(0x0809, &[0, 6, kind, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    let end = record(0x000A, &[]);
    let bound = |position: usize, name: &str, hidden: u8| {
        let position = u32::try_from(position).unwrap().to_le_bytes();
        let length = u8::try_from(name.len()).unwrap();
        record(0x0085, &[&position, &[hidden, 0, length, 0][..], name.as_bytes()].concat())
    };
    let names: usize = sheets.iter().map(|(name, ..)| bound(0, name, 0).len()).sum();
    let mut position = begin(5).len() + first.len() + names + end.len();
    let mut globals = [begin(5), first.to_vec()].concat();
    let mut bodies = Vec::new();
    for (name, hidden, cells) in sheets {
        globals.extend(bound(position, name, *hidden));
        let body = [&begin(0x10), &cells[..], &end].concat();
        position += body.len();
        bodies.extend(body);
    }
    ole(&[("/Workbook", &[globals, end, bodies].concat())])
}

fn two_sheets() -> Vec<u8> {
    let cells = [label(0, 0, "Name"), label(0, 1, "Sum"), label(1, 0, "Ann"), number(1, 1, 12.5)];
    xls(&[("Old", 0, cells.concat()), ("Gone", 1, number(2, 2, 7.0))], &[])
}

#[test]
fn an_excel_97_workbook_is_read_like_any_other() {
    let extract = outcome(&two_sheets(), Part::All).unwrap();
    assert_eq!(
        extract.markdown(),
        "<!-- sheet Old -->\n\n|  | A | B |\n| --- | --- | --- |\n| 1 | Name | Sum |\n\
         | 2 | Ann | 12.5 |\n\n<!-- sheet Gone -->\n\n(hidden sheet)\n\n|  | C |\n| --- | --- |\n| 3 | 7 |"
    );
    assert_eq!(extract.notes, [Note::HiddenSheets { count: 1 }]);
    let outline = outcome(&two_sheets(), Part::Outline).unwrap().outline;
    assert_eq!(outline[0].text, "Old, A1:B2, row 1: Name | Sum");
}

#[test]
fn an_encrypted_excel_97_workbook_is_protected() {
    let bytes = xls(&[("S", 0, number(0, 0, 1.0))], &record(0x002F, &[1, 0, 1, 0, 1, 0]));
    assert_eq!(outcome(&bytes, Part::All), Err(Unreadable::Protected));
}

#[test]
fn an_encrypted_workbook_in_an_ole_file_is_protected() {
    let bytes = ole(&[("/EncryptionInfo", &[4, 0, 4, 0]), ("/EncryptedPackage", &[0; 64])]);
    assert_eq!(outcome(&bytes, Part::All), Err(Unreadable::Protected));
}

/// A record of a binary workbook; all kinds used here are below 128 or take two bytes.
fn binary(kind: u16, data: &[u8]) -> Vec<u8> {
    let kind = u8::try_from(kind).unwrap();
    let mut bytes = if kind < 0x80 { vec![kind] } else { vec![kind, 1] };
    let length = u8::try_from(data.len()).unwrap();
    assert!(length < 0x80);
    bytes.push(length);
    bytes.extend(data);
    bytes
}

fn wide(text: &str) -> Vec<u8> {
    let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let length = u32::try_from(text.encode_utf16().count()).unwrap();
    [length.to_le_bytes().to_vec(), units].concat()
}

fn xlsb() -> Vec<u8> {
    let zeros = [0; 16];
    let sheet = [
        binary(0x81, &[]),
        binary(0x94, &zeros),
        binary(0x91, &[]),
        binary(0x00, &[0; 20]),
        binary(0x06, &[&[0; 8], &wide("Größe")[..]].concat()),
        binary(0x05, &[&[1, 0, 0, 0, 0, 0, 0, 0], &2.5_f64.to_le_bytes()[..]].concat()),
        binary(0x92, &[]),
        binary(0x82, &[]),
    ];
    let bundle = [&[0; 8], &wide("rId1")[..], &wide("Bin")].concat();
    let workbook = [
        binary(0x83, &[]),
        binary(0x99, &[0; 12]),
        binary(0x8F, &[]),
        binary(0x9C, &bundle),
        binary(0x90, &[]),
        binary(0x84, &[]),
    ];
    let types = r#"<Types><Override PartName="/xl/workbook.bin" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/></Types>"#;
    let relations = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.bin"/></Relationships>"#;
    package(&[
        ("[Content_Types].xml", types.as_bytes()),
        ("xl/workbook.bin", &workbook.concat()),
        ("xl/_rels/workbook.bin.rels", relations.as_bytes()),
        ("xl/worksheets/sheet1.bin", &sheet.concat()),
    ])
}

#[test]
fn a_binary_workbook_is_read_like_any_other() {
    let text = outcome(&xlsb(), Part::All).unwrap().markdown();
    assert!(text.ends_with("|  | A | B |\n| --- | --- | --- |\n| 1 | Größe | 2.5 |"), "{text}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_damage_breaks_the_older_formats(at in 0.0..1.0_f64, bytes in prop::collection::vec(any::<u8>(), 1..8)) {
        for mut file in [two_sheets(), xlsb()] {
            let at = at * f64::from(u32::try_from(file.len()).unwrap());
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within the file")]
            let at = at as usize;
            file.splice(at..(at + bytes.len()).min(file.len()), bytes.clone());
            let _ = outcome(&file, Part::All);
            file.truncate(at);
            let _ = outcome(&file, Part::All);
        }
    }

    #[test]
    fn no_records_break_excel_97(records in prop::collection::vec((any::<u8>(), prop::collection::vec(any::<u8>(), 0..40)), 0..12)) {
        let cells: Vec<u8> =
            records.iter().flat_map(|(kind, data)| record(0x0200 | u16::from(*kind), data)).collect();
        let _ = outcome(&xls(&[("S", 0, cells)], &[]), Part::All);
    }
}
