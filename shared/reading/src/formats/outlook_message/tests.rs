use std::io::{Cursor, Write as _};

use cfb::CompoundFile;
use proptest::prelude::*;

use crate::reading::{Extract, Note, Request};
use crate::unreadable::Unreadable;

/// Writes messages as Outlook stores them.
pub(crate) struct Saved(CompoundFile<Cursor<Vec<u8>>>);

impl Saved {
    fn new() -> Self {
        Self(CompoundFile::create(Cursor::new(Vec::new())).unwrap())
    }

    fn storage(&mut self, path: &str) -> &mut Self {
        self.0.create_storage_all(path).unwrap();
        self
    }

    fn stream(&mut self, path: &str, bytes: &[u8]) -> &mut Self {
        self.0.create_stream(path).unwrap().write_all(bytes).unwrap();
        self
    }

    pub(crate) fn text(&mut self, at: &str, id: &str, text: &str) -> &mut Self {
        let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        self.stream(&format!("{at}/__substg1.0_{id}001F"), &bytes)
    }

    fn table(&mut self, at: &str, head: usize, short: &[(u16, u64)]) -> &mut Self {
        let mut bytes = vec![0; head];
        for (id, value) in short {
            bytes.extend_from_slice(&[3, 0]);
            bytes.extend_from_slice(&id.to_le_bytes());
            bytes.extend_from_slice(&[6, 0, 0, 0]);
            bytes.extend_from_slice(&value.to_le_bytes());
        }
        self.stream(&format!("{at}/__properties_version1.0"), &bytes)
    }

    fn person(&mut self, at: &str, number: u32, name: &str, kind: u64) -> &mut Self {
        let at = format!("{at}/__recip_version1.0_#{number:08X}");
        self.storage(&at).text(&at, "3001", name).text(&at, "39FE", &format!("{name}@a.example"));
        self.table(&at, 8, &[(0x0C15, kind)])
    }

    pub(crate) fn bytes(&mut self) -> Vec<u8> {
        self.0.flush().unwrap();
        std::mem::replace(self, Self::new()).0.into_inner().into_inner()
    }
}

/// 2026-11-21 09:05 UTC.
const TIME: u64 = ((134_774 + 20_778) * 1_440 + 545) * 60 * 10_000_000;

/// A message with an envelope, for a body.
pub(crate) fn message() -> Saved {
    let mut saved = Saved::new();
    saved.table("", 32, &[(0x0039, TIME), (0x3FFD, 1252), (0x3FDE, 1252)]);
    saved.text("", "0037", "Grüße").text("", "0C1A", "Ann").text("", "0C1F", "/O=EX/CN=ANN");
    saved.text("", "5D01", "ann@a.example");
    saved.person("", 0, "bob", 1).person("", 1, "cia", 2);
    saved
}

const ENVELOPE: &str = "# Grüße\n\n- From: Ann <ann@a.example>\n- To: bob <bob@a.example>\n\
- Cc: cia <cia@a.example>\n- Date: 2026-11-21 09:05 UTC";

fn read(bytes: &[u8]) -> Result<Extract, Unreadable> {
    crate::read(bytes, &Request::new("a.msg", 1_000_000)).content
}

#[test]
fn a_plain_message_is_read_with_its_envelope() {
    let bytes = message().text("", "1000", "Hello\r\n\r\n> quoted\r\n").bytes();
    assert_eq!(read(&bytes).unwrap().markdown(), format!("{ENVELOPE}\n\nHello\n\n> quoted"));
}

#[test]
fn text_that_is_not_unicode_is_read_in_its_code_page() {
    let bytes = message().stream("/__substg1.0_1000001E", b"Z\xfcrich \x80").bytes();
    assert!(read(&bytes).unwrap().markdown().ends_with("\n\nZürich €"));
}

#[test]
fn the_page_is_better_than_the_text() {
    let bytes = message()
        .text("", "1000", "plain")
        .stream("/__substg1.0_10130102", b"<p>Z\xfcrich <b>rich</b>")
        .bytes();
    assert!(read(&bytes).unwrap().markdown().ends_with("\n\nZürich **rich**"));
}

#[test]
fn a_page_wrapped_in_rtf_is_read() {
    let rtf = br"{\rtf1\ansi\fromhtml1{\*\htmltag64 <ul><li>}One{\*\htmltag64 <li>}Two}";
    let packed = [b"\0\0\0\0\0\0\0\0MELA\0\0\0\0".as_slice(), rtf].concat();
    let bytes = message().stream("/__substg1.0_10090102", &packed).bytes();
    assert!(read(&bytes).unwrap().markdown().ends_with("\n\n- One\n- Two"));
}

#[test]
fn attachments_are_listed_and_pictures_of_the_body_are_not() {
    let mut saved = message();
    for (number, name, kind) in [(0, "über.pdf", "application/pdf"), (1, "logo.png", "image/png")]
    {
        let at = format!("/__attach_version1.0_#{number:08X}");
        saved.storage(&at).text(&at, "3707", name).text(&at, "370E", kind).table(&at, 8, &[]);
        saved.stream(&format!("{at}/__substg1.0_37010102"), &[0; 2_500]);
    }
    saved.text("/__attach_version1.0_#00000001", "3712", "logo@1");
    let extract = read(&saved.bytes()).unwrap();
    assert_eq!(
        extract.markdown(),
        format!("{ENVELOPE}\n\n**Attachments:**\n\n- über.pdf (application/pdf, 3 kB)")
    );
    assert_eq!(extract.notes, [Note::Attachments { count: 1 }]);
}

#[test]
fn messages_in_a_message_follow_it_down_to_a_depth() {
    let mut saved = message();
    let mut at = String::new();
    for number in 1..=5 {
        at.push_str("/__attach_version1.0_#00000000/__substg1.0_3701000D");
        saved.storage(&at).text(&at, "0037", &format!("Mail {number}")).table(&at, 24, &[]);
        saved.text(&at, "1000", &format!("Body {number}."));
    }
    let text = read(&saved.bytes()).unwrap().markdown();
    assert!(
        text.contains("**Attachments:**\n\n- Mail 1 (message)\n\n# Mail 1\n\nBody 1."),
        "{text}"
    );
    assert!(text.contains("Body 3.") && text.contains("- Mail 4 (message)"), "{text}");
    assert!(!text.contains("Body 4."), "{text}");
}

#[test]
fn a_message_under_rights_management_is_said_to_be_protected() {
    let mut saved = message();
    let at = "/__attach_version1.0_#00000000";
    saved.storage(at).text(at, "3707", "message.rpmsg").table(at, 8, &[]);
    assert_eq!(read(&saved.bytes()), Err(Unreadable::Protected));
    let bytes = message().text("", "001A", "IPM.Note.SMIME").bytes();
    assert_eq!(read(&bytes), Err(Unreadable::Protected));
}

#[test]
fn a_signed_message_is_read() {
    let mut saved = message();
    let at = "/__attach_version1.0_#00000000";
    saved.text("", "001A", "IPM.Note.SMIME.MultipartSigned");
    saved.storage(at).text(at, "3707", "smime.p7m").text(at, "370E", "multipart/signed");
    let mail = b"Content-Type: multipart/signed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\nSigned.\r\n--x--\r\n";
    saved.stream(&format!("{at}/__substg1.0_37010102"), mail);
    let text = read(&saved.bytes()).unwrap().markdown();
    assert!(text.starts_with(&format!("{ENVELOPE}\n\nSigned.")), "{text}");
}

#[test]
fn a_message_wrapped_in_its_signature_is_read() {
    let mut saved = message();
    let at = "/__attach_version1.0_#00000000";
    saved.text("", "001A", "IPM.Note.SMIME").storage(at).text(at, "3707", "smime.p7m");
    let mail =
        crate::formats::mail::signed::tests::signed(b"Content-Type: text/plain\r\n\r\nWrapped.");
    saved.stream(&format!("{at}/__substg1.0_37010102"), &mail);
    let text = read(&saved.bytes()).unwrap().markdown();
    assert!(text.starts_with(&format!("{ENVELOPE}\n\nWrapped.")), "{text}");
}

#[test]
fn a_file_that_is_cut_off_is_damaged_or_read_in_part() {
    let bytes = message().text("", "1000", &"Hello ".repeat(5_000)).bytes();
    for end in (0..bytes.len()).step_by(512) {
        let _ = read(&bytes[..end]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_change_of_a_message_breaks_the_reader(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..30),
    ) {
        let mut bytes = message().text("", "1000", "Hello").bytes();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let _ = super::read(&bytes, &mut crate::writer::Writer::new(&Request::new("a.msg", 1_000)));
        let _ = read(&bytes);
    }
}
