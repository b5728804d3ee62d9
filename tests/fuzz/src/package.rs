//! Packages in which one part is whatever the fuzzer says.

use std::io::{Cursor, Write as _};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const MAIN: &str = "application/vnd.openxmlformats-officedocument";

/// A kind of package: file name, content types or media type, and its parts.
struct Template {
    name: &'static str,
    main: &'static str,
    main_type: &'static str,
    parts: &'static [(&'static str, &'static str)],
}

const TEMPLATES: [Template; 4] = [
    Template {
        name: "a.docx",
        main: "word/document.xml",
        main_type: "wordprocessingml.document.main+xml",
        parts: &[
            (
                "word/document.xml",
                r#"<w:document xmlns:w="w"><w:body><w:p><w:r><w:t>text</w:t></w:r></w:p></w:body></w:document>"#,
            ),
            ("word/styles.xml", ""),
            ("word/numbering.xml", ""),
            ("word/comments.xml", ""),
            ("word/footnotes.xml", ""),
            ("word/_rels/document.xml.rels", ""),
            ("docMetadata/LabelInfo.xml", ""),
            ("docProps/custom.xml", ""),
        ],
    },
    Template {
        name: "a.pptx",
        main: "ppt/presentation.xml",
        main_type: "presentationml.presentation.main+xml",
        parts: &[
            (
                "ppt/presentation.xml",
                r#"<p:presentation xmlns:p="p" xmlns:r="r"><p:sldIdLst><p:sldId id="256" r:id="rId1"/></p:sldIdLst></p:presentation>"#,
            ),
            (
                "ppt/_rels/presentation.xml.rels",
                r#"<Relationships><Relationship Id="rId1" Type="slide" Target="slides/slide1.xml"/></Relationships>"#,
            ),
            (
                "ppt/slides/slide1.xml",
                r#"<p:sld xmlns:p="p" xmlns:a="a"><p:cSld><p:spTree><p:sp><p:txBody><a:p><a:r><a:t>text</a:t></a:r></a:p></p:txBody></p:sp></p:spTree></p:cSld></p:sld>"#,
            ),
            ("ppt/slides/_rels/slide1.xml.rels", ""),
            ("ppt/notesSlides/notesSlide1.xml", ""),
            ("ppt/charts/chart1.xml", ""),
        ],
    },
    Template {
        name: "a.xlsx",
        main: "xl/workbook.xml",
        main_type: "spreadsheetml.sheet.main+xml",
        parts: &[
            (
                "xl/workbook.xml",
                r#"<workbook xmlns:r="r"><sheets><sheet name="One" sheetId="1" r:id="rId1"/></sheets></workbook>"#,
            ),
            (
                "xl/_rels/workbook.xml.rels",
                r#"<Relationships><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#,
            ),
            (
                "xl/worksheets/sheet1.xml",
                r#"<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData></worksheet>"#,
            ),
            ("xl/sharedStrings.xml", ""),
            ("xl/styles.xml", ""),
        ],
    },
    Template {
        name: "a.odt",
        main: "content.xml",
        main_type: "",
        parts: &[
            (
                "content.xml",
                r#"<office:document-content xmlns:office="o" xmlns:text="t"><office:body><office:text><text:p>text</text:p></office:text></office:body></office:document-content>"#,
            ),
            ("styles.xml", ""),
            ("meta.xml", ""),
        ],
    },
];

/// A package whose part number `choice` (over all templates) is these bytes; with its file name.
pub(crate) fn with_part(choice: u8, bytes: &[u8]) -> Option<(&'static str, Vec<u8>)> {
    let count: usize = TEMPLATES.iter().map(|template| template.parts.len()).sum();
    let mut at = usize::from(choice) % count.max(1);
    for template in &TEMPLATES {
        if at < template.parts.len() {
            return Some((template.name, package(template, at, bytes)?));
        }
        at -= template.parts.len();
    }
    None
}

fn package(template: &Template, changed: usize, bytes: &[u8]) -> Option<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let mut put = |name: &str, bytes: &[u8]| {
        zip.start_file(name, SimpleFileOptions::default()).ok()?;
        zip.write_all(bytes).ok()
    };
    if template.main_type.is_empty() {
        put("mimetype", b"application/vnd.oasis.opendocument.text")?;
    } else {
        let types = format!(
            r#"<Types><Override PartName="/{}" ContentType="{MAIN}.{}"/></Types>"#,
            template.main, template.main_type
        );
        put("[Content_Types].xml", types.as_bytes())?;
        let relations = format!(
            r#"<Relationships><Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="{}"/></Relationships>"#,
            template.main
        );
        put("_rels/.rels", relations.as_bytes())?;
    }
    for (at, (name, text)) in template.parts.iter().enumerate() {
        if at == changed {
            put(name, bytes)?;
        } else if !text.is_empty() {
            put(name, text.as_bytes())?;
        }
    }
    Some(zip.finish().ok()?.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_is_a_file_that_can_be_read() {
        for template in &TEMPLATES {
            let whole = package(template, usize::MAX, &[]).unwrap();
            let reading = reading::read(&whole, &reading::Request::new(template.name, 1000));
            assert!(reading.content.is_ok(), "{}: {:?}", template.name, reading.content);
            assert_eq!(reading.named_as, None, "{}", template.name);
        }
    }
}
