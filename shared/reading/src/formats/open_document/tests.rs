mod broken;
mod presentation;
mod sheets;
mod text;

use crate::testing::package;
use crate::{Extract, Request, Unreadable, read};

/// A document of a kind, with what stands in its automatic styles and in its body.
pub(crate) fn document(kind: &str, styles: &str, body: &str) -> Vec<u8> {
    let content = format!(
        "<office:document-content><office:automatic-styles>{styles}</office:automatic-styles><office:body><office:{kind}>{body}</office:{kind}></office:body></office:document-content>"
    );
    let mimetype = format!("application/vnd.oasis.opendocument.{kind}");
    package(&[("mimetype", mimetype.as_bytes()), ("content.xml", content.as_bytes())])
}

fn request() -> Request {
    Request::new("a.odt", 100_000)
}

fn text_with(styles: &str, body: &str) -> Extract {
    read(&document("text", styles, body), &request()).content.unwrap()
}

fn text(body: &str) -> String {
    text_with("", body).markdown()
}
