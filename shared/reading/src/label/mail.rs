//! Labels in mails: the header `msip_labels`.

use mail_parser::MessageParser;

use super::LabelEvidence;
use super::findings::{Findings, Properties};
use crate::formats::mail::{dismantle, inner};

const HEADER: &str = "msip_labels";
/// The longest header that is read.
const MAX_HEADER: usize = 64 * 1024;

/// The label in a mail, and in the mails inside it.
pub(super) fn evidence(bytes: &[u8]) -> LabelEvidence {
    let mut findings = Findings::default();
    headers(bytes, &mut findings);
    // A mail inside this one may be encoded; only its decoded form has lines.
    if let Some(root) = MessageParser::default().parse(bytes) {
        for message in inner(&root) {
            headers(&message.raw_message, &mut findings);
        }
        dismantle(root);
    }
    let protected = findings.is_empty()
        && values(bytes, "content-class").any(|value| {
            String::from_utf8_lossy(value).to_ascii_lowercase().contains("rpmsg.message")
        });
    if protected { LabelEvidence::Protected } else { findings.evidence() }
}

/// Every such header in a text: those of a mail inside this one stand further down.
pub(super) fn headers(bytes: &[u8], findings: &mut Findings) {
    for value in values(bytes, HEADER) {
        let mut properties = Properties::default();
        match (value.len() <= MAX_HEADER).then(|| decoded(value)).flatten() {
            Some(text) => properties.tell_header(&text),
            None => findings.unclear(),
        }
        properties.conclude(findings);
    }
}

/// The values of a header, with the lines that continue them.
fn values<'b>(bytes: &'b [u8], name: &'static str) -> impl Iterator<Item = &'b [u8]> {
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < bytes.len() {
            let line = bytes.get(at..).unwrap_or_default();
            at += line_end(line);
            let is_it =
                line.get(..name.len()).is_some_and(|n| n.eq_ignore_ascii_case(name.as_bytes()));
            let after = line.get(name.len()..).unwrap_or_default().trim_ascii_start();
            if !is_it || after.first() != Some(&b':') {
                continue;
            }
            while matches!(bytes.get(at), Some(b' ' | b'\t')) {
                at += line_end(bytes.get(at..).unwrap_or_default());
            }
            let skipped = bytes.len() - line.len() + (line.len() - after.len()) + 1;
            return bytes.get(skipped..at);
        }
        None
    })
}

fn line_end(line: &[u8]) -> usize {
    line.iter().position(|byte| *byte == b'\n').map_or(line.len(), |at| at + 1)
}

/// The text of a header value, whose words may be encoded as those of a subject may be.
fn decoded(value: &[u8]) -> Option<String> {
    let mail = [b"Subject: ", value.trim_ascii(), b"\r\n\r\n"].concat();
    let mail = MessageParser::default().parse_headers(&mail)?;
    Some(mail.subject().unwrap_or_default().to_owned())
}
