//! Messages that Outlook saved (MS-OXMSG): an OLE file of properties.

mod compressed;
mod item;
mod rtf;

use std::io::Cursor;
use std::ops::ControlFlow;

use cfb::CompoundFile;

use self::item::{File, Item, Place};
use super::mail::parts::{self, Attachment, Envelope, MAX_PEOPLE};
use super::{html, mail, plain};
use crate::encoding;
use crate::limits::{MAX_MAIL_DEPTH, MAX_MAILS};
use crate::markdown;
use crate::unreadable::Unreadable;
use crate::writer::{Unit, Wanted, Writer};

/// Attachments that are looked at.
const MAX_ATTACHMENTS: usize = 2_000;

const SUBJECT: u16 = 0x0037;
const SUBMITTED: u16 = 0x0039;
const CLASS: u16 = 0x001A;
const DELIVERED: u16 = 0x0E06;
const BODY: u16 = 0x1000;
const COMPRESSED_RTF: u16 = 0x1009;
const HTML: u16 = 0x1013;
const RECIPIENT_TYPE: u16 = 0x0C15;
const NAME: u16 = 0x3001;
const ADDRESS: u16 = 0x3003;
const SMTP_ADDRESS: u16 = 0x39FE;
const DATA: u16 = 0x3701;
const SHORT_FILE_NAME: u16 = 0x3704;
const FILE_NAME: u16 = 0x3707;
const MIME_TYPE: u16 = 0x370E;
const CONTENT_ID: u16 = 0x3712;
const HIDDEN: u16 = 0x7FFE;

/// Reads a message, and the messages in it after it.
pub(crate) fn read(bytes: &[u8], writer: &mut Writer<'_>) -> Result<(), Unreadable> {
    let mut file = CompoundFile::open(Cursor::new(bytes)).map_err(|_| Unreadable::Damaged)?;
    let root = Place::root();
    if is_protected(&mut file, &root) {
        return Err(Unreadable::Protected);
    }
    let _ = tell_all(&mut file, &root, writer);
    Ok(())
}

fn tell_all(file: &mut File<'_>, root: &Place, writer: &mut Writer<'_>) -> ControlFlow<()> {
    tell(file, root, writer)?;
    for (number, place) in (1..).zip(inner(file, root)) {
        match writer.unit(Unit::Piece(number)) {
            Wanted::Stop => return ControlFlow::Break(()),
            Wanted::Nothing => {}
            Wanted::Text | Wanted::Outline => {
                if is_protected(file, &place) {
                    envelope(file, &place).tell(writer)?;
                    writer.block(parts::PROTECTED)?;
                } else {
                    tell(file, &place, writer)?;
                }
            }
        }
    }
    ControlFlow::Continue(())
}

/// The messages inside a message, down to a depth.
fn inner(file: &File<'_>, root: &Place) -> Vec<Place> {
    let mut found: Vec<Place> = Vec::new();
    let mut level = vec![root.clone()];
    for _ in 0..MAX_MAIL_DEPTH {
        let next: Vec<Place> = level
            .iter()
            .flat_map(|place| place.attachments(file, MAX_ATTACHMENTS))
            .map(|attachment| attachment.message())
            .filter(|message| message.exists(file))
            .take(MAX_MAILS.saturating_sub(found.len()))
            .collect();
        found.extend(next.iter().cloned());
        level = next;
    }
    found
}

fn tell(file: &mut File<'_>, place: &Place, writer: &mut Writer<'_>) -> ControlFlow<()> {
    envelope(file, place).tell(writer)?;
    body(file, place, writer)?;
    let mut listed = Vec::new();
    for attachment in place.attachments(file, MAX_ATTACHMENTS) {
        listed.extend(described(file, &attachment));
    }
    parts::tell_attachments(listed.into_iter(), writer)
}

fn envelope(file: &mut File<'_>, place: &Place) -> Envelope {
    let mut item = Item::open(file, place);
    let mut envelope = Envelope {
        subject: item.text(SUBJECT).unwrap_or_default(),
        date: item.time(SUBMITTED).or_else(|| item.time(DELIVERED)).unwrap_or_default(),
        ..Envelope::default()
    };
    // Who it is sent for, then who sent it: name, SMTP address, address.
    for (name, smtp, address) in [(0x0042, 0x5D02, 0x0065), (0x0C1A, 0x5D01, 0x0C1F)] {
        if envelope.from.is_empty() {
            envelope.from.extend(person(&mut item, name, [smtp, address]));
        }
    }
    for place in place.recipients(file, MAX_PEOPLE + 1) {
        let mut item = Item::open(file, &place);
        let Some(person) = person(&mut item, NAME, [SMTP_ADDRESS, ADDRESS]) else { continue };
        match item.number(RECIPIENT_TYPE) {
            Some(2) => envelope.cc.push(person),
            Some(3) => envelope.bcc.push(person),
            _ => envelope.to.push(person),
        }
    }
    envelope
}

/// Addresses inside an organisation begin with a slash and say nothing to a reader.
fn person(item: &mut Item<'_, '_>, name: u16, addresses: [u16; 2]) -> Option<String> {
    let address = addresses
        .into_iter()
        .filter_map(|id| item.text(id))
        .find(|address| !address.is_empty() && !address.starts_with('/'));
    let name = item.text(name).unwrap_or_default();
    let person = markdown::person(name.trim_matches('\''), &address.unwrap_or_default());
    (!person.is_empty()).then_some(person)
}

/// The body, in the richest form that has anything in it.
fn body(file: &mut File<'_>, place: &Place, writer: &mut Writer<'_>) -> ControlFlow<()> {
    let mut item = Item::open(file, place);
    let page = match item.bytes(HTML) {
        Some(bytes) => Some(encoding::decode(&bytes, item.page_encoding()).0.into_owned()),
        None => item.long_text(HTML),
    };
    if page.is_some_and(|page| html::fragment(&page, writer)) {
        return ControlFlow::Continue(());
    }
    let packed = item.bytes(COMPRESSED_RTF);
    let rich = packed.and_then(|packed| compressed::unpacked(&packed)).map(|rtf| rtf::text(&rtf));
    if let Some(rtf::Text::Html(page)) = &rich
        && html::fragment(page, writer)
    {
        return ControlFlow::Continue(());
    }
    let text = item.long_text(BODY).filter(|text| !text.trim().is_empty());
    match (text, rich) {
        (Some(text), _) | (None, Some(rtf::Text::Plain(text))) => plain::tell_apart(&text, writer),
        (None, _) => signed_body(file, place, writer),
    }
}

fn signed_body(file: &mut File<'_>, place: &Place, writer: &mut Writer<'_>) -> ControlFlow<()> {
    if let Some(bytes) = signed_content(file, place) {
        let _ = mail::tell_body(&bytes, writer)?;
    }
    ControlFlow::Continue(())
}

/// The body of a signed message is a mail in its only attachment, beside its signature or in it.
fn signed_content(file: &mut File<'_>, place: &Place) -> Option<Vec<u8>> {
    let class = Item::open(file, place).text(CLASS).unwrap_or_default().to_ascii_lowercase();
    if !class.starts_with("ipm.note.smime") {
        return None;
    }
    let attachments = place.attachments(file, 2);
    let [only] = attachments.as_slice() else { return None };
    let mut item = Item::open(file, only);
    let bytes = item.bytes(DATA)?;
    if item.text(MIME_TYPE).is_some_and(|kind| kind.starts_with("multipart/signed")) {
        return Some(bytes);
    }
    mail::signed::content(&bytes)
}

/// What a list says of an attachment; nothing of the pictures of the body.
fn described(file: &mut File<'_>, place: &Place) -> Option<Attachment> {
    let message = place.message();
    let message = message.exists(file).then(|| {
        let envelope = envelope(file, &message);
        (envelope.subject, envelope.from.join(", "))
    });
    let mut item = Item::open(file, place);
    let kind = item.text(MIME_TYPE).unwrap_or_default();
    let picture = kind.starts_with("image/") && item.text(CONTENT_ID).is_some();
    if picture || item.number(HIDDEN).is_some_and(|hidden| hidden & 1 == 1) {
        return None;
    }
    let bytes = item.length(DATA);
    let name = file_name(&mut item);
    Some(Attachment { name, kind, bytes, message })
}

fn file_name(item: &mut Item<'_, '_>) -> String {
    let names = [FILE_NAME, SHORT_FILE_NAME, NAME];
    names.into_iter().find_map(|id| item.text(id)).unwrap_or_default()
}

/// Whether the body is encrypted, by S/MIME or rights management.
fn is_protected(file: &mut File<'_>, place: &Place) -> bool {
    let class = Item::open(file, place).text(CLASS).unwrap_or_default().to_ascii_lowercase();
    if class.contains("rpmsg")
        || (class == "ipm.note.smime" && signed_content(file, place).is_none())
    {
        return true;
    }
    // The encrypted body is the first and only attachment.
    place
        .attachments(file, 4)
        .iter()
        .any(|attachment| parts::is_rights_managed(&file_name(&mut Item::open(file, attachment))))
}

#[cfg(test)]
pub(crate) mod tests;
