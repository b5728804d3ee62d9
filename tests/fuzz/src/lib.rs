#![doc = include_str!("../README.md")]

mod package;

use reading::{Cells, Extract, Part, Request, Span};

/// Characters that an answer may hold here: small, so that cutting is tried too.
const MAX_CHARS: usize = 500;
/// Names whose endings decide between kinds of plain text.
const NAMES: [&str; 12] = [
    "a.txt", "a.md", "a.csv", "a.tsv", "a.html", "a.eml", "a.vtt", "a.srt", "a.ics", "a.rs",
    "a.json", "a",
];
/// Answers that are followed by their cursors.
const MAX_ANSWERS: usize = 20;

/// A file of any kind, as its bytes say.
///
/// # Panics
/// When a promise is broken: that is what the fuzzer looks for.
pub fn any_file(bytes: &[u8]) {
    read_through(bytes, "a.bin");
}

/// A file without a signature: the first byte chooses its name.
///
/// # Panics
/// When a promise is broken: that is what the fuzzer looks for.
pub fn named_text(bytes: &[u8]) {
    if let Some((first, rest)) = bytes.split_first() {
        let name = NAMES.get(usize::from(*first) % NAMES.len()).copied().unwrap_or("a");
        read_through(rest, name);
    }
}

/// The first byte chooses a part of an Office or OpenDocument package, the rest is that part.
///
/// # Panics
/// When a promise is broken: that is what the fuzzer looks for.
pub fn package_part(bytes: &[u8]) {
    if let Some((first, rest)) = bytes.split_first()
        && let Some((name, package)) = package::with_part(*first, rest)
    {
        read_through(&package, name);
    }
}

/// What people and models write: ranges, references, addresses.
///
/// # Panics
/// When a promise is broken: that is what the fuzzer looks for.
pub fn arguments(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Ok(span) = text.parse::<Span>() {
        assert!(span.first >= 1 && span.first <= span.last);
    }
    if let Ok(cells) = text.parse::<Cells>() {
        assert_eq!(cells.to_string().parse::<Cells>(), Ok(cells));
    }
    if let Ok(reference) = text.parse::<sharepoint::reference::Reference>() {
        assert_eq!(reference.to_string().parse(), Ok(reference));
    }
    let _ = sharepoint::address::Address::parse(&text);
}

/// Reads everything by its cursors, and its outline: every answer keeps to what was asked for.
fn read_through(bytes: &[u8], name: &str) {
    let mut request = Request::new(name, MAX_CHARS);
    for _ in 0..MAX_ANSWERS {
        let Ok(extract) = reading::read(bytes, &request).content else { return };
        check(&extract);
        match extract.next {
            Some(next) => {
                assert!(Some(next) > request.from, "the cursor stands still at {next:?}");
                request.from = Some(next);
            }
            None => break,
        }
    }
    let outline = Request { part: Part::Outline, ..Request::new(name, MAX_CHARS) };
    if let Ok(extract) = reading::read(bytes, &outline).content {
        assert!(extract.passages.is_empty(), "an outline has no text");
        check(&extract);
    }
}

fn check(extract: &Extract) {
    let chars: usize = extract.passages.iter().map(|one| one.text.chars().count()).sum();
    let separators = 2 * MAX_CHARS;
    assert!(chars <= MAX_CHARS + separators, "{chars} characters");
    assert!(extract.outline.len() <= 500 && extract.notes.len() <= 50);
    for passage in &extract.passages {
        let hidden = |c: char| matches!(c, '\u{200b}' | '\u{202e}' | '\u{e0041}' | '\0');
        assert!(!passage.text.contains(hidden), "invisible characters");
    }
}

#[cfg(test)]
mod tests;
