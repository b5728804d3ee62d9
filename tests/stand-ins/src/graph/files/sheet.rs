//! Excel workbooks.

use std::fmt::Write as _;

use bytes::Bytes;

use super::escape;
use super::package::{OFFICE, Package};
use crate::graph::model::Labelling;

const MAIN: &str = "xl/workbook.xml";
const NAMESPACE: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const KIND: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml";

/// A workbook with one sheet of comma-separated lines.
pub fn from_text(text: &str, labels: &Labelling) -> Bytes {
    let mut rows = String::new();
    for (row, line) in text.lines().enumerate() {
        let cells: Vec<String> = line
            .split(',')
            .enumerate()
            .map(|(column, cell)| match cell.parse::<f64>() {
                Ok(_) => number(&place(column, row), cell),
                Err(_) => words(&place(column, row), cell),
            })
            .collect();
        push_row(&mut rows, row, &cells);
    }
    workbook(&[("Sheet1", "visible", worksheet(&rows, ""))], labels)
}

/// A workbook of two visible sheets and a hidden one, with dates, formulas and a wide long table.
pub fn tides(labels: &Labelling) -> Bytes {
    workbook(
        &[
            ("High water", "visible", high_water()),
            ("Sums & means", "visible", sums()),
            ("Workings", "hidden", workings()),
        ],
        labels,
    )
}

const DAYS: usize = 320;
const STATIONS: usize = 28;
/// The first of January 2027 as Excel counts days.
const FIRST_DAY: usize = 46_388;

fn high_water() -> String {
    let mut rows = String::new();
    let mut head = vec![words("A1", "Day")];
    head.extend((1..=STATIONS).map(|at| words(&place(at, 0), &format!("Station {at:02}"))));
    push_row(&mut rows, 0, &head);
    for day in 1..=DAYS {
        let mut cells =
            vec![format!("<c r=\"{}\" s=\"1\"><v>{}</v></c>", place(0, day), FIRST_DAY + day - 1)];
        cells.extend((1..=STATIONS).map(|at| {
            let centimetres = 180 + (day * 37 + at * 11) % 240;
            number(&place(at, day), &format!("{}.{:02}", centimetres / 100, centimetres % 100))
        }));
        push_row(&mut rows, day, &cells);
    }
    worksheet(&rows, "")
}

/// A formula with the value Excel left, one without, an error, a boolean, merged cells.
fn sums() -> String {
    let mut rows = String::new();
    push_row(&mut rows, 0, &[words("A1", "Means of the high waters")]);
    push_row(
        &mut rows,
        1,
        &[
            words("A2", "Mean of station 01"),
            "<c r=\"B2\"><f>AVERAGE('High water'!B2:B321)</f><v>2.9945</v></c>".to_owned(),
        ],
    );
    push_row(
        &mut rows,
        2,
        &[words("A3", "Not yet computed"), "<c r=\"B3\"><f>B2*2</f></c>".to_owned()],
    );
    push_row(
        &mut rows,
        3,
        &[
            words("A4", "Broken on purpose"),
            "<c r=\"B4\" t=\"e\"><f>1/0</f><v>#DIV/0!</v></c>".to_owned(),
        ],
    );
    push_row(
        &mut rows,
        4,
        &[words("A5", "Checked"), "<c r=\"B5\" t=\"b\"><v>1</v></c>".to_owned()],
    );
    push_row(
        &mut rows,
        5,
        &[words("A6", "Checked at"), format!("<c r=\"B6\" s=\"2\"><v>{FIRST_DAY}.75</v></c>")],
    );
    worksheet(&rows, "<mergeCells count=\"1\"><mergeCell ref=\"A1:B1\"/></mergeCells>")
}

fn workings() -> String {
    let mut rows = String::new();
    push_row(&mut rows, 0, &[words("A1", "Raw gauge readings nobody should quote")]);
    worksheet(&rows, "")
}

fn words(at: &str, text: &str) -> String {
    format!("<c r=\"{at}\" t=\"inlineStr\"><is><t>{}</t></is></c>", escape(text))
}

fn number(at: &str, value: &str) -> String {
    format!("<c r=\"{at}\"><v>{value}</v></c>")
}

fn push_row(rows: &mut String, row: usize, cells: &[String]) {
    let _ = write!(rows, "<row r=\"{}\">{}</row>", row + 1, cells.concat());
}

/// `A1` for a column and a row that are counted from 0.
fn place(column: usize, row: usize) -> String {
    let letter = |at: usize| char::from(b'A' + u8::try_from(at % 26).unwrap_or_default());
    match column.checked_sub(26) {
        None => format!("{}{}", letter(column), row + 1),
        Some(beyond) => format!("{}{}{}", letter(beyond / 26), letter(column), row + 1),
    }
}

fn worksheet(rows: &str, after: &str) -> String {
    format!("<worksheet xmlns=\"{NAMESPACE}\"><sheetData>{rows}</sheetData>{after}</worksheet>")
}

fn workbook(sheets: &[(&str, &str, String)], labels: &Labelling) -> Bytes {
    let mut names = String::new();
    for (at, (name, state, _)) in sheets.iter().enumerate() {
        let number = at + 1;
        let _ = write!(
            names,
            "<sheet name=\"{}\" sheetId=\"{number}\" state=\"{state}\" r:id=\"rId{number}\"/>",
            escape(name)
        );
    }
    let xml = format!(
        "<workbook xmlns=\"{NAMESPACE}\" xmlns:r=\"{OFFICE}\"><sheets>{names}</sheets></workbook>"
    );
    let mut package = Package::new(MAIN, &format!("{KIND}.sheet.main+xml"), &xml);
    for (at, (_, _, xml)) in sheets.iter().enumerate() {
        let file = format!("worksheets/sheet{}.xml", at + 1);
        package.part(&format!("xl/{file}"), &format!("{KIND}.worksheet+xml"), xml);
        package.relate(MAIN, &format!("rId{}", at + 1), "worksheet", &file);
    }
    package.part("xl/styles.xml", &format!("{KIND}.styles+xml"), &styles());
    package.relate(MAIN, "rIdStyles", "styles", "styles.xml");
    package.seal(labels)
}

/// Style 0 is plain, style 1 a date, style 2 a date with its time.
fn styles() -> String {
    format!(
        "<styleSheet xmlns=\"{NAMESPACE}\"><fonts count=\"1\"><font><sz val=\"11\"/><name val=\"Calibri\"/></font></fonts><fills count=\"1\"><fill><patternFill patternType=\"none\"/></fill></fills><borders count=\"1\"><border/></borders><cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/></cellStyleXfs><cellXfs count=\"3\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\"/><xf numFmtId=\"14\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\"/><xf numFmtId=\"22\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\"/></cellXfs></styleSheet>"
    )
}
