//! Turns a few lines of text into the bytes of the file that a name promises.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use bytes::Bytes;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::model::Labelling;

/// The bytes of a file with this name and this text; Office files carry their label inside.
pub fn render(name: &str, text: &str, labels: &Labelling) -> Bytes {
    let ending = ending(name);
    let parts = match ending.as_str() {
        "docx" => word(text),
        "xlsx" => sheet(text),
        "pptx" => slides(text),
        "pdf" => return Bytes::from(pdf(text)),
        _ => return Bytes::copy_from_slice(text.as_bytes()),
    };
    package(parts, labels).map_or_else(|_| Bytes::copy_from_slice(text.as_bytes()), Bytes::from)
}

/// The lower-case ending of a file name, without its dot.
pub fn ending(name: &str) -> String {
    name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).unwrap_or_default()
}

/// The media type of a file name.
pub fn media_type(name: &str) -> &'static str {
    match ending(name).as_str() {
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "pptx" => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "pdf" => "application/pdf",
        "txt" | "md" => "text/plain",
        "csv" => "text/csv",
        "json" => "application/json",
        "html" | "aspx" => "text/html",
        "png" => "image/png",
        _ => "application/octet-stream",
    }
}

/// Escapes text for XML and HTML.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

struct Part {
    path: String,
    kind: &'static str,
    xml: String,
}

struct Document {
    main: &'static str,
    parts: Vec<Part>,
    /// Relations of the main part: id, type, target.
    relations: Vec<(String, &'static str, String)>,
}

const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";

fn word(text: &str) -> Document {
    let mut body = String::new();
    for line in text.lines() {
        let (style, line) = match line.strip_prefix("# ") {
            Some(title) => ("<w:pPr><w:pStyle w:val=\"Heading1\"/></w:pPr>", title),
            None => ("", line),
        };
        let _ = write!(
            body,
            "<w:p>{style}<w:r><w:t xml:space=\"preserve\">{}</w:t></w:r></w:p>",
            escape(line)
        );
    }
    let xml = format!(
        "<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body>{body}<w:sectPr/></w:body></w:document>"
    );
    let kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";
    Document {
        main: "word/document.xml",
        parts: vec![Part { path: "word/document.xml".into(), kind, xml }],
        relations: Vec::new(),
    }
}

fn sheet(text: &str) -> Document {
    let mut rows = String::new();
    for (row, line) in text.lines().enumerate() {
        let _ = write!(rows, "<row r=\"{}\">", row + 1);
        for (column, cell) in line.split(',').enumerate() {
            let letter = char::from(b'A' + u8::try_from(column.min(25)).unwrap_or_default());
            let at = format!("{letter}{}", row + 1);
            if cell.parse::<f64>().is_ok() {
                let _ = write!(rows, "<c r=\"{at}\"><v>{cell}</v></c>");
            } else {
                let cell = escape(cell);
                let _ = write!(rows, "<c r=\"{at}\" t=\"inlineStr\"><is><t>{cell}</t></is></c>");
            }
        }
        rows.push_str("</row>");
    }
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    Document {
        main: "xl/workbook.xml",
        parts: vec![
            Part {
                path: "xl/workbook.xml".into(),
                kind: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
                xml: format!(
                    "<workbook xmlns=\"{main}\" xmlns:r=\"{OFFICE}\"><sheets><sheet name=\"Sheet1\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"
                ),
            },
            Part {
                path: "xl/worksheets/sheet1.xml".into(),
                kind: "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml",
                xml: format!(
                    "<worksheet xmlns=\"{main}\"><sheetData>{rows}</sheetData></worksheet>"
                ),
            },
        ],
        relations: vec![("rId1".into(), "worksheet", "worksheets/sheet1.xml".into())],
    }
}

fn slides(text: &str) -> Document {
    let mut ids = String::new();
    let mut parts = Vec::new();
    let mut relations = Vec::new();
    let names = format!(
        "xmlns:p=\"http://schemas.openxmlformats.org/presentationml/2006/main\" xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" xmlns:r=\"{OFFICE}\""
    );
    for (at, line) in text.lines().enumerate() {
        let number = at + 1;
        let _ = write!(ids, "<p:sldId id=\"{}\" r:id=\"rId{number}\"/>", 255 + number);
        relations.push((format!("rId{number}"), "slide", format!("slides/slide{number}.xml")));
        parts.push(Part {
            path: format!("ppt/slides/slide{number}.xml"),
            kind: "application/vnd.openxmlformats-officedocument.presentationml.slide+xml",
            xml: format!(
                "<p:sld {names}><p:cSld><p:spTree><p:nvGrpSpPr><p:cNvPr id=\"1\" name=\"\"/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/><p:sp><p:nvSpPr><p:cNvPr id=\"2\" name=\"Text\"/><p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/><a:p><a:r><a:t>{}</a:t></a:r></a:p></p:txBody></p:sp></p:spTree></p:cSld></p:sld>",
                escape(line)
            ),
        });
    }
    parts.push(Part {
        path: "ppt/presentation.xml".into(),
        kind: "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml",
        xml: format!("<p:presentation {names}><p:sldIdLst>{ids}</p:sldIdLst></p:presentation>"),
    });
    Document { main: "ppt/presentation.xml", parts, relations }
}

fn package(document: Document, labels: &Labelling) -> anyhow::Result<Vec<u8>> {
    let mut types = String::new();
    for part in &document.parts {
        let _ =
            write!(types, "<Override PartName=\"/{}\" ContentType=\"{}\"/>", part.path, part.kind);
    }
    let label_type =
        "http://schemas.microsoft.com/office/2020/02/relationships/classificationlabels".to_owned();
    let mut files = vec![
        (
            "[Content_Types].xml".to_owned(),
            format!(
                "<Types xmlns=\"{PACKAGE}/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/>{types}</Types>"
            ),
        ),
        (
            "_rels/.rels".to_owned(),
            relations(
                &[
                    ("rId1".into(), format!("{OFFICE}/officeDocument"), document.main.to_owned()),
                    ("rId2".into(), label_type, "docMetadata/LabelInfo.xml".to_owned()),
                ]
                .into_iter()
                .take(if labels.file.is_empty() { 1 } else { 2 })
                .collect::<Vec<_>>(),
            ),
        ),
    ];
    if !document.relations.is_empty() {
        let (folder, file) = document.main.rsplit_once('/').unwrap_or_default();
        let own: Vec<_> = document
            .relations
            .into_iter()
            .map(|(id, kind, target)| (id, format!("{OFFICE}/{kind}"), target))
            .collect();
        files.push((format!("{folder}/_rels/{file}.rels"), relations(&own)));
    }
    if !labels.file.is_empty() {
        files.push(("docMetadata/LabelInfo.xml".to_owned(), label_info(labels)));
    }
    files.extend(document.parts.into_iter().map(|part| (part.path, part.xml)));
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, xml) in files {
        zip.start_file(path, SimpleFileOptions::default())?;
        zip.write_all(b"<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n")?;
        zip.write_all(xml.as_bytes())?;
    }
    Ok(zip.finish()?.into_inner())
}

fn relations(list: &[(String, String, String)]) -> String {
    let rows: Vec<String> = list
        .iter()
        .map(|(id, kind, target)| {
            format!("<Relationship Id=\"{id}\" Type=\"{kind}\" Target=\"{target}\"/>")
        })
        .collect();
    format!("<Relationships xmlns=\"{PACKAGE}/relationships\">{}</Relationships>", rows.concat())
}

fn label_info(labels: &Labelling) -> String {
    let rows: Vec<String> = labels
        .file
        .iter()
        .map(|(label, tenant)| {
            format!(
                "<clbl:label id=\"{{{label}}}\" enabled=\"1\" method=\"Standard\" siteId=\"{{{tenant}}}\" contentBits=\"0\" removed=\"0\"/>"
            )
        })
        .collect();
    format!(
        "<clbl:labelList xmlns:clbl=\"http://schemas.microsoft.com/office/2020/mipLabelMetadata\">{}</clbl:labelList>",
        rows.concat(),
    )
}

/// One page of Latin text.
fn pdf(text: &str) -> Vec<u8> {
    let mut stream = String::from("BT /F1 11 Tf 56 780 Td 14 TL\n");
    for line in text.lines() {
        let line = line.replace('\\', "\\\\").replace('(', "\\(").replace(')', "\\)");
        let _ = writeln!(stream, "({line}) Tj T*");
    }
    stream.push_str("ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>".to_owned(),
        format!("<< /Length {} >>\nstream\n{stream}\nendstream", stream.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let mut out = String::from("%PDF-1.4\n");
    let mut table = String::from("0000000000 65535 f \n");
    for (index, object) in objects.iter().enumerate() {
        let _ = writeln!(table, "{:010} 00000 n ", out.len());
        let _ = write!(out, "{} 0 obj\n{object}\nendobj\n", index + 1);
    }
    let start = out.len();
    let count = objects.len() + 1;
    let _ = write!(
        out,
        "xref\n0 {count}\n{table}trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    );
    out.into_bytes()
}
