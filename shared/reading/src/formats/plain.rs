//! Plain text: notes, logs, Markdown, source code.

use std::borrow::Cow;
use std::ops::ControlFlow;

use encoding_rs::Encoding;

use crate::encoding;
use crate::kind::Kind;
use crate::markdown;
use crate::reading::Note;
use crate::unreadable::Unreadable;
use crate::writer::Writer;

/// Reads plain text as what its name says it is.
pub(crate) fn read(bytes: &[u8], writer: &mut Writer<'_>) -> Result<(), Unreadable> {
    let text = decode(bytes, None, writer)?;
    let name = writer.request().name.to_ascii_lowercase();
    let _ = match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("md" | "markdown") => tell_markdown(&text, writer),
        Some(ending) => match language(ending) {
            Some(language) => tell_code(&text, language, writer),
            None => tell(&text, writer),
        },
        None => tell(&text, writer),
    };
    Ok(())
}

/// The characters of a text; that their encoding was guessed is said in a note.
///
/// # Errors
/// When they are no text at all.
pub(crate) fn decode<'b>(
    bytes: &'b [u8],
    declared: Option<&'static Encoding>,
    writer: &mut Writer<'_>,
) -> Result<Cow<'b, str>, Unreadable> {
    let (text, guessed) = encoding::decode(bytes, declared);
    if is_binary(&text) {
        return Err(Unreadable::Unsupported { kind: Kind::Unknown });
    }
    if guessed {
        writer.note(Note::EncodingGuessed);
    }
    Ok(text)
}

/// Tells text line by line; where empty lines are, one stays.
pub(crate) fn tell(text: &str, writer: &mut Writer<'_>) -> ControlFlow<()> {
    tell_lines(text, false, writer)
}

/// Tells text line by line, with an empty line before it.
pub(crate) fn tell_apart(text: &str, writer: &mut Writer<'_>) -> ControlFlow<()> {
    tell_lines(text, true, writer)
}

fn tell_lines(text: &str, apart: bool, writer: &mut Writer<'_>) -> ControlFlow<()> {
    let mut gap = apart;
    for line in text.lines() {
        if line.trim().is_empty() {
            gap = true;
            continue;
        }
        let told = if gap { writer.block(line) } else { writer.line(line) };
        gap = false;
        told?;
    }
    ControlFlow::Continue(())
}

fn tell_code(text: &str, language: &str, writer: &mut Writer<'_>) -> ControlFlow<()> {
    let fence = markdown::fence(text);
    writer.block(&format!("{fence}{language}"))?;
    tell(text, writer)?;
    writer.line(&fence)
}

/// Markdown stays as it is; its headings are the outline.
fn tell_markdown(text: &str, writer: &mut Writer<'_>) -> ControlFlow<()> {
    let mut gap = false;
    let mut fence: Option<&str> = None;
    for line in text.lines() {
        let trimmed = line.trim();
        if trimmed.is_empty() {
            gap = true;
            continue;
        }
        let marks = ["```", "~~~"].into_iter().find(|marks| trimmed.starts_with(marks));
        let heading = fence.is_none().then(|| atx_heading(line)).flatten();
        match (fence, marks) {
            (None, Some(marks)) => fence = Some(marks),
            (Some(open), Some(marks)) if open == marks => fence = None,
            _ => {}
        }
        let told = match heading {
            Some((level, words)) => writer.heading(level, words),
            None if gap => writer.block(line),
            None => writer.line(line),
        };
        gap = heading.is_some();
        told?;
    }
    ControlFlow::Continue(())
}

/// Level and words of a heading that begins with number signs.
fn atx_heading(line: &str) -> Option<(u8, &str)> {
    let rest = line.trim_start_matches('#');
    let level =
        u8::try_from(line.len() - rest.len()).ok().filter(|level| (1..=6).contains(level))?;
    let words = rest.strip_prefix([' ', '\t'])?.trim().trim_end_matches('#').trim_end();
    (!words.is_empty()).then_some((level, words))
}

/// Text has hardly any characters that do nothing but control a device.
fn is_binary(text: &str) -> bool {
    let (mut all, mut odd) = (0_usize, 0_usize);
    for character in text.chars().take(64 * 1024) {
        all += 1;
        let control =
            character.is_control() && !matches!(character, '\n' | '\r' | '\t' | '\u{c}' | '\u{1b}');
        odd += usize::from(control || character == '\u{fffd}');
    }
    odd > 4 && odd * 50 > all
}

/// The language of source code, by the ending of its name.
fn language(ending: &str) -> Option<&'static str> {
    Some(match ending {
        "json" => "json",
        "xml" | "svg" => "xml",
        "yaml" | "yml" => "yaml",
        "toml" => "toml",
        "ini" => "ini",
        "sql" => "sql",
        "py" => "python",
        "js" => "javascript",
        "ts" => "typescript",
        "rs" => "rust",
        "java" => "java",
        "c" | "h" => "c",
        "cpp" => "cpp",
        "cs" => "csharp",
        "go" => "go",
        "sh" => "sh",
        "ps1" => "powershell",
        "r" => "r",
        "css" => "css",
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
