use proptest::prelude::*;

use crate::part::Part;
use crate::reading::{Extract, Note, Request};
use crate::unreadable::Unreadable;

fn read(mail: impl AsRef<[u8]>) -> Result<Extract, Unreadable> {
    crate::read(mail.as_ref(), &Request::new("a.eml", 1_000_000)).content
}

fn markdown(mail: impl AsRef<[u8]>) -> String {
    read(mail).unwrap().markdown()
}

const HEAD: &str = "From: =?utf-8?q?J=C3=BCrg?= <j@a.example>\r\nTo: Bob <b@a.example>, c@a.example\r\n\
Cc: Team: d@a.example;\r\nSubject: =?iso-8859-1?q?Gr=FC=DFe?=\r\nDate: Sat, 21 Nov 2026 09:05:00 +0100\r\nMIME-Version: 1.0\r\n";

const HEAD_TOLD: &str = "# Grüße\n\n- From: Jürg <j@a.example>\n- To: Bob <b@a.example>, c@a.example\n\
- Cc: d@a.example\n- Date: 2026-11-21 09:05 +01:00";

#[test]
fn a_plain_mail_is_read_with_its_envelope_and_quotes() {
    let mail = format!("{HEAD}\r\nHello\r\n\r\n> quoted\r\n> more\r\n-- \r\nJ\r\n");
    assert_eq!(markdown(mail), format!("{HEAD_TOLD}\n\nHello\n\n> quoted\n> more\n-- \nJ"));
}

#[test]
fn of_two_versions_the_one_with_tables_is_read() {
    let mail = |page: &str| {
        format!(
            "{HEAD}Content-Type: multipart/alternative; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\nplain\r\n\
             --x\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{page}\r\n--x--\r\n"
        )
    };
    assert!(markdown(mail("<p>rich <b>text</b></p>")).ends_with("\n\nrich **text**"));
    assert!(markdown(mail("<div style='display:none'>x</div>")).ends_with("\n\nplain"));
}

#[test]
fn attachments_are_listed_and_pictures_of_the_body_are_not() {
    let mail = format!(
        "{HEAD}Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\nSee.\r\n\
         --x\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\
         Content-Disposition: attachment; filename*=utf-8''%C3%BCber.pdf\r\n\r\nQUJDRA==\r\n\
         --x\r\nContent-Type: application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: base64\r\n\r\nQUJD\r\n\
         --x\r\nContent-Type: image/png; name=logo.png\r\nContent-ID: <1>\r\nContent-Disposition: inline\r\n\r\nx\r\n--x--\r\n"
    );
    let extract = read(mail).unwrap();
    assert_eq!(
        extract.markdown(),
        format!(
            "{HEAD_TOLD}\n\nSee.\n\n**Attachments:**\n\n- über.pdf (application/pdf, 4 bytes)\n- winmail.dat (application/ms-tnef, 3 bytes)"
        )
    );
    assert_eq!(extract.notes, [Note::Attachments { count: 2 }]);
}

fn forwarded(inner: &str, number: usize) -> String {
    format!(
        "From: a{number}@a.example\r\nSubject: Mail {number}\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b{number}\r\n\r\n\
         --b{number}\r\nContent-Type: text/plain\r\n\r\nBody {number}.\r\n--b{number}\r\nContent-Type: message/rfc822\r\n\r\n{inner}\r\n--b{number}--\r\n"
    )
}

#[test]
fn mails_in_a_mail_follow_it_down_to_a_depth() {
    let mut mail = "From: z@a.example\r\nSubject: Last\r\n\r\nBody of the last.\r\n".to_owned();
    for number in (0..5).rev() {
        mail = forwarded(&mail, number);
    }
    let text = markdown(&mail);
    assert!(text.contains("**Attachments:**\n\n- Mail 1 (message, from a1@a.example, "), "{text}");
    assert!(text.contains("# Mail 3") && text.contains("Body 3."), "{text}");
    assert!(text.contains("- Mail 4 (message") && !text.contains("Body 4."), "{text}");
    let mut request = Request::new("a.eml", 10_000);
    request.part = Part::Outline;
    let outline = crate::read(mail.as_bytes(), &request).content.unwrap().outline;
    let titles: Vec<_> = outline.iter().map(|entry| entry.text.as_str()).collect();
    assert_eq!(titles, ["Mail 0", "Mail 1", "Mail 2", "Mail 3"]);
}

#[test]
fn reading_goes_on_in_the_mail_where_it_ended() {
    let mail = forwarded(&forwarded("Subject: Last\r\n\r\nEnd.\r\n", 1), 0);
    let whole = markdown(&mail);
    let mut request = Request::new("a.eml", 40);
    let mut pieces = String::new();
    for _ in 0..100 {
        let extract = crate::read(mail.as_bytes(), &request).content.unwrap();
        pieces.push_str(&extract.markdown());
        match extract.next {
            Some(next) => request.from = Some(next),
            None => break,
        }
    }
    let words = |text: &str| text.split_whitespace().collect::<String>();
    assert_eq!(words(&pieces), words(&whole));
}

#[test]
fn an_encrypted_mail_is_said_to_be_protected() {
    for kind in [
        "Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m",
        "Content-Type: application/x-pkcs7-mime; name=smime.p7m",
        "Content-Type: multipart/encrypted; boundary=x",
        "Content-Type: text/plain\r\nContent-Class: rpmsg.message",
        "Content-Type: application/x-microsoft-rpmsg-message; name=message.rpmsg",
        "Content-Type: application/octet-stream; name=message.rpmsg",
    ] {
        assert_eq!(
            read(format!("{HEAD}{kind}\r\n\r\n--x\r\n\r\nabcd\r\n--x--")),
            Err(Unreadable::Protected),
            "{kind}"
        );
    }
}

#[test]
fn a_signed_mail_is_read() {
    let mail = format!(
        "{HEAD}Content-Type: multipart/signed; boundary=x; protocol=\"application/pkcs7-signature\"\r\n\r\n\
         --x\r\nContent-Type: text/plain\r\n\r\nSigned text.\r\n--x\r\nContent-Type: application/pkcs7-signature; name=smime.p7s\r\n\
         Content-Transfer-Encoding: base64\r\n\r\nQUJD\r\n--x--\r\n"
    );
    assert_eq!(markdown(mail), format!("{HEAD_TOLD}\n\nSigned text."));
}

#[test]
fn a_mail_wrapped_in_its_signature_is_read() {
    let inner = super::signed::tests::signed(b"Content-Type: text/plain\r\n\r\nWrapped text.\r\n");
    for kind in ["smime-type=signed-data; name=smime.p7m", "name=smime.p7m"] {
        let bytes: Vec<String> = inner.iter().map(|byte| format!("={byte:02X}")).collect();
        let mail = format!(
            "{HEAD}Content-Type: application/pkcs7-mime; {kind}\r\n\
             Content-Transfer-Encoding: quoted-printable\r\n\r\n{}",
            bytes.concat()
        );
        assert_eq!(markdown(mail), format!("{HEAD_TOLD}\n\nWrapped text."));
    }
}

#[test]
fn an_invitation_is_told_in_words() {
    let mail = format!(
        "{HEAD}Content-Type: multipart/alternative; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\nCome.\r\n\
         --x\r\nContent-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Lunch\r\n\
         DTSTART:20261123T110000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n--x--\r\n"
    );
    let extract = read(mail).unwrap();
    assert!(extract.markdown().ends_with("Come.\n\n## Lunch\n\n- When: 2026-11-23 11:00 UTC"));
    assert_eq!(extract.notes, []);
}

#[test]
fn broken_lines_of_a_paragraph_are_joined_and_charsets_are_known() {
    let flowed = format!("{HEAD}Content-Type: text/plain; format=flowed\r\n\r\nOne \r\ntwo.\r\n");
    assert!(markdown(flowed).ends_with("\n\nOne two."));
    for (label, encoding) in
        [("iso-2022-jp", encoding_rs::ISO_2022_JP), ("gb18030", encoding_rs::GB18030)]
    {
        let mut mail =
            format!("{HEAD}Content-Type: text/plain; charset={label}\r\n\r\n").into_bytes();
        mail.extend_from_slice(&encoding.encode("日本").0);
        assert!(markdown(mail).ends_with("\n\n日本"), "{label}");
    }
}

#[test]
fn what_only_its_name_calls_a_mail_is_read_as_text() {
    assert_eq!(markdown("\nno header at all\n"), "no header at all");
}

#[test]
fn mails_nested_without_end_cost_no_stack() {
    let mail =
        format!("Subject: a\r\n{}\r\nend", "Content-Type: message/rfc822\r\n\r\n".repeat(20_000));
    assert!(markdown(mail).starts_with("# a"));
}

#[test]
fn ten_thousand_parts_are_counted_and_two_hundred_named() {
    let part = "--x\r\nContent-Type: application/pdf; name=a.pdf\r\n\r\nx\r\n";
    let mail = format!(
        "{HEAD}Content-Type: multipart/mixed; boundary=x\r\n\r\n{}--x--\r\n",
        part.repeat(10_000)
    );
    let extract = read(mail).unwrap();
    assert_eq!(extract.notes, [Note::Attachments { count: 10_000 }]);
    assert!(extract.markdown().ends_with("- and 9800 more"));
}

#[test]
fn headers_of_a_megabyte_are_cut() {
    let long = "x".repeat(1_000_000);
    let many = "a@a.example, ".repeat(80_000);
    let text = markdown(format!(
        "Subject: {long}\r\nFrom: {long} <a@a.example>\r\nTo: {many}\r\nX-Y: {long}\r\n\r\nbody"
    ));
    assert!(
        text.ends_with("a@a.example, and more\n\nbody") && text.len() < 10_000,
        "{}",
        text.len()
    );
}

proptest! {
    #[test]
    fn no_bytes_break_the_reader(bytes in prop::collection::vec(any::<u8>(), 1..400)) {
        let _ = read(&bytes);
    }

    #[test]
    fn no_change_of_a_mail_breaks_the_reader(
        changes in prop::collection::vec((0..10_000_usize, any::<u8>()), 1..20),
        end in 0..10_000_usize,
    ) {
        let mut mail = forwarded(&forwarded("Subject: Last\r\n\r\nEnd.\r\n", 1), 0).into_bytes();
        for (at, byte) in changes {
            let at = at % mail.len();
            mail[at] = byte;
        }
        mail.truncate(end % mail.len() + 1);
        let _ = read(&mail);
    }
}
