//! E-mail (RFC 5322 with MIME).

mod flowed;
pub(crate) mod parts;
pub(crate) mod signed;

use std::ops::ControlFlow;

use mail_parser::{
    Address, ContentType, DateTime, Message, MessageParser, MessagePart, MimeHeaders, PartType,
};

use self::parts::{Attachment, Envelope};
use super::{calendar, html, plain};
use crate::limits::{MAX_MAIL_DEPTH, MAX_MAILS};
use crate::markdown;
use crate::reading::Note;
use crate::unreadable::Unreadable;
use crate::writer::{Unit, Wanted, Writer};

/// Reads a mail, and the mails in it after it.
pub(crate) fn read(bytes: &[u8], writer: &mut Writer<'_>) -> Result<(), Unreadable> {
    let parsed = MessageParser::default().parse(bytes);
    let Some(message) = parsed.filter(|message| !message.headers().is_empty()) else {
        return plain::read(bytes, writer);
    };
    let outcome = if is_protected(&message) {
        Err(Unreadable::Protected)
    } else {
        let _ = tell_all(&message, writer);
        Ok(())
    };
    dismantle(message);
    outcome
}

fn tell_all(root: &Message<'_>, writer: &mut Writer<'_>) -> ControlFlow<()> {
    tell(root, writer)?;
    for (number, message) in (1..).zip(inner(root)) {
        match writer.unit(Unit::Piece(number)) {
            Wanted::Stop => return ControlFlow::Break(()),
            Wanted::Nothing => {}
            Wanted::Text | Wanted::Outline => {
                if is_protected(message) {
                    envelope(message).tell(writer)?;
                    writer.block(parts::PROTECTED)?;
                } else {
                    tell(message, writer)?;
                }
            }
        }
    }
    ControlFlow::Continue(())
}

/// The mails inside a mail, down to a depth: first those of the mail itself, then those in them.
pub(crate) fn inner<'m>(root: &'m Message<'m>) -> Vec<&'m Message<'m>> {
    let mut found: Vec<&Message<'_>> = Vec::new();
    let mut level = vec![root];
    for _ in 0..MAX_MAIL_DEPTH {
        let next: Vec<&Message<'_>> = level
            .iter()
            .flat_map(|message| message.parts.iter())
            .filter_map(|part| part.message())
            .take(MAX_MAILS.saturating_sub(found.len()))
            .collect();
        found.extend(&next);
        level = next;
    }
    found
}

fn tell(message: &Message<'_>, writer: &mut Writer<'_>) -> ControlFlow<()> {
    envelope(message).tell(writer)?;
    if let Some(content) = signed_content(message) {
        return tell_body(&content, writer).map_continue(|_| ());
    }
    body(message, writer)?;
    let invitation = message.parts.iter().find(|part| part.is_content_type("text", "calendar"));
    if let Some(text) = invitation.and_then(|part| part.text_contents()) {
        calendar::tell(text, writer)?;
    }
    let attachments = message.attachments().filter(|part| is_listed(part)).map(attachment);
    parts::tell_attachments(attachments, writer)
}

/// The body; of two versions the one with tables and links, when there is anything in it.
fn body(message: &Message<'_>, writer: &mut Writer<'_>) -> ControlFlow<()> {
    let mut seen = false;
    for part in message.html_bodies() {
        seen |= match &part.body {
            PartType::Html(page) => html::fragment(page, writer),
            _ => text(part, writer)?,
        };
    }
    if !seen {
        for part in message.text_bodies().filter(|part| !matches!(part.body, PartType::Html(_))) {
            let _ = text(part, writer)?;
        }
    }
    ControlFlow::Continue(())
}

/// Plain text of a part; whether there is any.
fn text(part: &MessagePart<'_>, writer: &mut Writer<'_>) -> ControlFlow<(), bool> {
    let PartType::Text(text) = &part.body else {
        return ControlFlow::Continue(false);
    };
    if part.is_encoding_problem {
        writer.note(Note::PartlyDamaged);
    }
    let kind = part.content_type();
    let is = |name, value: &str| {
        kind.and_then(|kind| kind.attribute(name))
            .is_some_and(|own| own.eq_ignore_ascii_case(value))
    };
    if is("format", "flowed") {
        plain::tell_apart(&flowed::joined(text, is("delsp", "yes")), writer)?;
    } else {
        plain::tell_apart(text, writer)?;
    }
    ControlFlow::Continue(!text.trim().is_empty())
}

fn envelope(message: &Message<'_>) -> Envelope {
    Envelope {
        subject: message.subject().unwrap_or_default().to_owned(),
        from: people(message.from().or_else(|| message.sender())),
        to: people(message.to()),
        cc: people(message.cc()),
        bcc: people(message.bcc()),
        date: message.date().map(date).unwrap_or_default(),
    }
}

fn people(address: Option<&Address<'_>>) -> Vec<String> {
    let Some(address) = address else { return Vec::new() };
    address
        .iter()
        .take(parts::MAX_PEOPLE + 1)
        .map(|one| {
            markdown::person(one.name().unwrap_or_default(), one.address().unwrap_or_default())
        })
        .collect()
}

fn date(date: &DateTime) -> String {
    let sign = if date.tz_before_gmt { '-' } else { '+' };
    format!(
        "{:04}-{:02}-{:02} {:02}:{:02} {sign}{:02}:{:02}",
        date.year, date.month, date.day, date.hour, date.minute, date.tz_hour, date.tz_minute
    )
}

/// Whether an attachment is worth a line: not the pictures of the body, its invitation, or the
/// signature under it.
fn is_listed(part: &MessagePart<'_>) -> bool {
    let picture = matches!(part.body, PartType::InlineBinary(_)) && part.content_id().is_some();
    let subtype = part.content_type().and_then(|kind| kind.subtype()).unwrap_or_default();
    !picture
        && !["calendar", "pkcs7-signature", "x-pkcs7-signature", "pgp-signature"].contains(&subtype)
}

fn attachment(part: &MessagePart<'_>) -> Attachment {
    let kind = part
        .content_type()
        .map(|kind| format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or("*")));
    let message = part.message();
    Attachment {
        name: part.attachment_name().unwrap_or_default().to_owned(),
        kind: kind.unwrap_or_default(),
        bytes: message.map_or(part.len(), |_| {
            usize::try_from(part.offset_end.saturating_sub(part.offset_body)).unwrap_or_default()
        }),
        message: message.map(|message| {
            let envelope = envelope(message);
            (envelope.subject, envelope.from.join(", "))
        }),
    }
}

/// Whether the body is encrypted, by S/MIME, PGP or rights management.
fn is_protected(message: &Message<'_>) -> bool {
    let class = message.header_raw("Content-Class").unwrap_or_default();
    let root = message.parts.first().and_then(|part| part.content_type());
    class.to_ascii_lowercase().contains("rpmsg.message")
        || (root.is_some_and(is_encrypted) && signed_content(message).is_none())
        || message.parts.iter().any(|part| {
            parts::is_rights_managed(part.attachment_name().unwrap_or_default())
                || part.is_content_type("application", "x-microsoft-rpmsg-message")
        })
}

fn is_encrypted(kind: &ContentType<'_>) -> bool {
    let signed = kind.attribute("smime-type").is_some_and(|value| {
        ["signed-data", "certs-only"].iter().any(|own| value.eq_ignore_ascii_case(own))
    });
    match kind.subtype().unwrap_or_default() {
        "pkcs7-mime" | "x-pkcs7-mime" => !signed,
        "encrypted" => kind.ctype() == "multipart",
        _ => false,
    }
}

/// What is signed, of a root part that is a mail wrapped in its signature.
fn signed_content(message: &Message<'_>) -> Option<Vec<u8>> {
    let root = message.parts.first().filter(|part| {
        part.is_content_type("application", "pkcs7-mime")
            || part.is_content_type("application", "x-pkcs7-mime")
    });
    signed::content(root?.contents())
}

/// Tells the body of a mail whose envelope stands elsewhere; whether it is a mail.
pub(crate) fn tell_body(bytes: &[u8], writer: &mut Writer<'_>) -> ControlFlow<(), bool> {
    let Some(message) = MessageParser::default().parse(bytes) else {
        return ControlFlow::Continue(false);
    };
    let told = body(&message, writer).is_continue().then(|| {
        let listed = message.attachments().filter(|part| is_listed(part)).map(attachment);
        parts::tell_attachments(listed, writer)
    });
    dismantle(message);
    told.unwrap_or(ControlFlow::Break(())).map_continue(|()| true)
}

/// Drops a mail without recursion, however many mails lie in each other.
pub(crate) fn dismantle(message: Message<'_>) {
    let mut waiting = vec![message];
    while let Some(message) = waiting.pop() {
        for part in message.parts {
            if let PartType::Message(inner) = part.body {
                waiting.push(inner);
            }
        }
    }
}

#[cfg(test)]
mod tests;
