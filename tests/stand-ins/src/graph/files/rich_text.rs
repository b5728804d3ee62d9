//! Rich text and web pages, each with something that a person does not see.

use std::fmt::Write as _;

use bytes::Bytes;

/// A rich text of paragraphs, with one more that is hidden.
pub fn rtf(paragraphs: &[&str], hidden: &str) -> Bytes {
    let mut out = String::from(
        "{\\rtf1\\ansi\\ansicpg1252\\deff0{\\fonttbl{\\f0\\fswiss Calibri;}}{\\*\\generator Harbourlight;}{\\info{\\title Fog horn}}\n",
    );
    for paragraph in paragraphs {
        let _ = writeln!(out, "\\pard\\f0\\fs22 {}\\par", rtf_text(paragraph));
    }
    let _ = writeln!(out, "{{\\v {}}}}}", rtf_text(hidden));
    Bytes::from(out)
}

fn rtf_text(text: &str) -> String {
    let mut out = String::new();
    for letter in text.chars() {
        match letter {
            '\\' | '{' | '}' => {
                out.push('\\');
                out.push(letter);
            }
            ' '..='~' => out.push(letter),
            _ => {
                let mut units = [0; 2];
                for unit in letter.encode_utf16(&mut units) {
                    let _ = write!(out, "\\u{}?", i16::from_ne_bytes(unit.to_ne_bytes()));
                }
            }
        }
    }
    out
}

/// A web page with this body, and with text hidden in each way that mails and pages use.
pub fn html(title: &str, body: &str, hidden: &str) -> Bytes {
    let title = super::escape(title);
    Bytes::from(format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title><style>.gone{{display:none}}</style><script>var secret = \"{hidden} (script)\";</script></head><body><h1>{title}</h1>{body}<div style=\"display:none\">{hidden} (style)</div><p hidden>{hidden} (attribute)</p><span style=\"font-size:0\">{hidden} (size)</span><p style=\"visibility: hidden\">{hidden} (visibility)</p><!-- {hidden} (comment) --><template>{hidden} (template)</template></body></html>"
    ))
}
