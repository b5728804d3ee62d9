//! Texts of the OpenDocument format.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use bytes::Bytes;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::escape;

const MEDIA_TYPE: &str = "application/vnd.oasis.opendocument.text";
const OFFICE: &str = "urn:oasis:names:tc:opendocument:xmlns";

/// A text with a heading, paragraphs, a list of points and a small table.
pub fn text(title: &str, paragraphs: &[&str], points: &[&str], table: &[[&str; 2]]) -> Bytes {
    let mut body = format!("<text:h text:outline-level=\"1\">{}</text:h>", escape(title));
    for paragraph in paragraphs {
        let _ = write!(body, "<text:p>{}</text:p>", escape(paragraph));
    }
    body.push_str("<text:list>");
    for point in points {
        let _ = write!(body, "<text:list-item><text:p>{}</text:p></text:list-item>", escape(point));
    }
    body.push_str("</text:list><table:table table:name=\"Table1\">");
    for row in table {
        body.push_str("<table:table-row>");
        for cell in row {
            let _ = write!(
                body,
                "<table:table-cell office:value-type=\"string\"><text:p>{}</text:p></table:table-cell>",
                escape(cell)
            );
        }
        body.push_str("</table:table-row>");
    }
    body.push_str("</table:table>");
    let content = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><office:document-content xmlns:office=\"{OFFICE}:office:1.0\" xmlns:text=\"{OFFICE}:text:1.0\" xmlns:table=\"{OFFICE}:table:1.0\" office:version=\"1.3\"><office:body><office:text>{body}</office:text></office:body></office:document-content>"
    );
    zipped(&content).map(Bytes::from).unwrap_or_default()
}

fn zipped(content: &str) -> anyhow::Result<Vec<u8>> {
    let manifest = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><manifest:manifest xmlns:manifest=\"{OFFICE}:manifest:1.0\" manifest:version=\"1.3\"><manifest:file-entry manifest:full-path=\"/\" manifest:media-type=\"{MEDIA_TYPE}\"/><manifest:file-entry manifest:full-path=\"content.xml\" manifest:media-type=\"text/xml\"/></manifest:manifest>"
    );
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    // The type comes first and uncompressed, so that it can be read at a fixed place.
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    zip.start_file("mimetype", stored)?;
    zip.write_all(MEDIA_TYPE.as_bytes())?;
    for (path, xml) in [("content.xml", content), ("META-INF/manifest.xml", &manifest)] {
        zip.start_file(path, SimpleFileOptions::default())?;
        zip.write_all(xml.as_bytes())?;
    }
    Ok(zip.finish()?.into_inner())
}
