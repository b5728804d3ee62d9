//! What every mail has, whatever it is stored in: an envelope and attachments.

use std::ops::ControlFlow;

use crate::reading::Note;
use crate::writer::Writer;

/// People of one line of an envelope.
pub(crate) const MAX_PEOPLE: usize = 200;
/// Characters of one person, name or kind.
const MAX_CHARS: usize = 300;
/// Attachments that are named.
const MAX_LISTED: usize = 200;

/// Said in place of the body of a mail that is inside another one.
pub(crate) const PROTECTED: &str =
    "The text of this message is encrypted; it can be read in a mail program only.";

/// Who wrote to whom, when and about what.
#[derive(Default)]
pub(crate) struct Envelope {
    pub(crate) subject: String,
    pub(crate) from: Vec<String>,
    pub(crate) to: Vec<String>,
    pub(crate) cc: Vec<String>,
    pub(crate) bcc: Vec<String>,
    pub(crate) date: String,
}

impl Envelope {
    /// Tells it, the subject as a heading.
    pub(crate) fn tell(&self, writer: &mut Writer<'_>) -> ControlFlow<()> {
        let subject = self.subject.trim();
        writer.heading(1, if subject.is_empty() { "(no subject)" } else { subject })?;
        let lines: Vec<String> = [
            ("From", people(&self.from)),
            ("To", people(&self.to)),
            ("Cc", people(&self.cc)),
            ("Bcc", people(&self.bcc)),
            ("Date", self.date.clone()),
        ]
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("- {name}: {value}"))
        .collect();
        writer.block(&lines.join("\n"))
    }
}

fn people(people: &[String]) -> String {
    let shown: Vec<String> = people
        .iter()
        .filter(|person| !person.trim().is_empty())
        .take(MAX_PEOPLE)
        .map(|person| short(person))
        .collect();
    let more = if people.len() > MAX_PEOPLE { ", and more" } else { "" };
    format!("{}{more}", shown.join(", "))
}

fn short(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").chars().take(MAX_CHARS).collect()
}

/// Something attached to a mail.
#[derive(Default)]
pub(crate) struct Attachment {
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) bytes: usize,
    /// Subject and sender, when it is a mail.
    pub(crate) message: Option<(String, String)>,
}

impl Attachment {
    fn line(&self) -> String {
        let mut facts = Vec::new();
        let mut name = &self.name;
        if let Some((subject, from)) = &self.message {
            facts.push("message".to_owned());
            if !from.is_empty() {
                facts.push(format!("from {}", short(from)));
            }
            if !subject.trim().is_empty() {
                name = subject;
            }
        } else if !self.kind.is_empty() {
            facts.push(short(&self.kind));
        }
        if self.bytes > 0 {
            facts.push(size(self.bytes));
        }
        let name = if name.trim().is_empty() { "(no name)".to_owned() } else { short(name) };
        if facts.is_empty() {
            format!("- {name}")
        } else {
            format!("- {name} ({})", facts.join(", "))
        }
    }
}

/// Lists attachments, and notes how many there are.
pub(crate) fn tell_attachments(
    attachments: impl Iterator<Item = Attachment>,
    writer: &mut Writer<'_>,
) -> ControlFlow<()> {
    let mut lines = Vec::new();
    let mut count = 0_u32;
    for attachment in attachments {
        count = count.saturating_add(1);
        if lines.len() < MAX_LISTED {
            lines.push(attachment.line());
        }
    }
    if lines.is_empty() {
        return ControlFlow::Continue(());
    }
    let more = usize::try_from(count).unwrap_or_default().saturating_sub(lines.len());
    if more > 0 {
        lines.push(format!("- and {more} more"));
    }
    writer.note(Note::Attachments { count });
    writer.block(&format!("**Attachments:**\n\n{}", lines.join("\n")))
}

/// Whether an attachment is the encrypted body of a mail under rights management.
pub(crate) fn is_rights_managed(name: &str) -> bool {
    name.trim().eq_ignore_ascii_case("message.rpmsg")
}

fn size(bytes: usize) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} kB", bytes.div_ceil(1_000)),
        _ => format!("{} MB", bytes.div_ceil(1_000_000)),
    }
}
