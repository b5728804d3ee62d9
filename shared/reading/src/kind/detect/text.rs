//! Bytes without a signature: text of some sort, or nothing we know.

use std::borrow::Cow;

use super::head;
use crate::encoding;
use crate::kind::Kind;

/// What plain text is, by its look and then by its name.
pub(super) fn detect(bytes: &[u8], name: &str) -> Kind {
    let Some(text) = decoded(head(bytes, 4096)) else {
        return Kind::Unknown;
    };
    let text = text.to_ascii_lowercase();
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let named = Kind::from_name(name);
    if text.starts_with("begin:vcalendar") {
        return Kind::Calendar;
    }
    if text.starts_with("webvtt") || starts_with_a_cue(text) {
        return Kind::Captions;
    }
    match (html(text), named) {
        (Html::Page, _) => return Kind::Html,
        // A Markdown file or a source file may begin with an element too.
        (Html::Fragment, named) if named != Some(Kind::Text) => return Kind::Html,
        (Html::Fragment | Html::No, _) => {}
    }
    match named {
        Some(kind @ (Kind::Csv | Kind::Tsv | Kind::Html | Kind::Captions | Kind::Eml)) => kind,
        _ if is_mail(text) => Kind::Eml,
        _ => Kind::Text,
    }
}

/// The text of the first bytes; nothing when they are no text.
fn decoded(head: &[u8]) -> Option<Cow<'_, str>> {
    if let Some((encoding, length)) = encoding_rs::Encoding::for_bom(head) {
        return Some(encoding.decode_without_bom_handling(head.get(length..)?).0);
    }
    if let Some(encoding) = encoding::two_bytes(head) {
        return Some(encoding.decode_without_bom_handling(head).0);
    }
    let controls = head.iter().filter(|byte| encoding::is_odd_control(**byte)).count();
    if head.contains(&0) || controls * 20 > head.len() {
        return None;
    }
    Some(String::from_utf8_lossy(head))
}

/// A number, and times with an arrow below it: SubRip.
fn starts_with_a_cue(text: &str) -> bool {
    let mut lines = text.lines();
    let number = lines.next().unwrap_or_default().trim();
    let times = lines.next().unwrap_or_default();
    !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) && times.contains(" --> ")
}

/// How sure it is that a text is a web page.
enum Html {
    Page,
    Fragment,
    No,
}

fn html(text: &str) -> Html {
    const PAGE: &[&str] = &["html", "head", "body", "title", "meta", "base", "link"];
    const FRAGMENT: &[&str] = &[
        "div", "p", "table", "span", "h1", "h2", "h3", "ul", "ol", "br", "font", "center", "style",
        "script", "article", "section", "main", "b", "a", "img",
    ];
    let mut rest = text;
    for _ in 0..10 {
        let skipped = if rest.starts_with("<?xml") {
            rest.split_once("?>")
        } else if rest.starts_with("<!--") {
            rest.split_once("-->")
        } else {
            None
        };
        let Some((_, after)) = skipped else { break };
        rest = after.trim_start();
    }
    if rest.starts_with("<!doctype html") {
        return Html::Page;
    }
    let Some(tag) = rest.strip_prefix('<') else {
        return Html::No;
    };
    let end = tag.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(tag.len());
    match tag.split_at_checked(end) {
        Some((name, after)) if after.starts_with(['>', ' ', '\n', '\r', '\t', '/']) => {
            if PAGE.contains(&name) {
                Html::Page
            } else if FRAGMENT.contains(&name) {
                Html::Fragment
            } else {
                Html::No
            }
        }
        _ => Html::No,
    }
}

/// A block of header lines, two that mails have, and one that only mails on their way have.
fn is_mail(text: &str) -> bool {
    const USUAL: &[&str] = &["from", "to", "cc", "subject", "date", "content-type", "sender"];
    const OF_TRANSPORT: &[&str] =
        &["message-id", "received", "mime-version", "return-path", "delivered-to", "x-sender"];
    let (mut usual, mut transport) = (0, 0);
    for (at, line) in text.lines().take_while(|line| !line.trim().is_empty()).enumerate() {
        if at > 0 && line.starts_with([' ', '\t']) {
            continue;
        }
        let Some((name, _)) = line.split_once(':') else {
            // The head of the file may end within a line.
            if at > 20 {
                break;
            }
            return false;
        };
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_graphic()) {
            return false;
        }
        usual += usize::from(USUAL.contains(&name));
        transport += usize::from(OF_TRANSPORT.contains(&name));
    }
    transport >= 1 && usual + transport >= 2
}
