//! The one way out for lines: each is one write, and each is really one line.

use std::fmt::{self, Write as _};
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;

/// Where lines go; clones share it. A line is written whole or reported as not written.
#[derive(Clone)]
pub struct Lines(Arc<Mutex<Box<dyn Write + Send>>>);

impl Lines {
    /// The standard output of this process.
    pub fn stdout() -> Self {
        Self::to(io::stdout())
    }

    /// Any other place, such as a buffer.
    pub fn to(destination: impl Write + Send + 'static) -> Self {
        Self(Arc::new(Mutex::new(Box::new(destination))))
    }

    /// Writes the value as one JSON line.
    ///
    /// # Errors
    /// When the destination does not take it.
    pub fn write(&self, value: &impl Serialize) -> io::Result<()> {
        self.write_json(&serde_json::to_string(value)?)
    }

    /// Writes JSON text as one line.
    pub(super) fn write_json(&self, json: &str) -> io::Result<()> {
        let mut line = escape_invisible(json.trim_end_matches(['\r', '\n']).to_owned());
        line.push('\n');
        let mut destination = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        destination.write_all(line.as_bytes())?;
        destination.flush()
    }
}

impl fmt::Debug for Lines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Lines")
    }
}

/// The value as JSON on one line, ended by one line feed.
pub(crate) fn ndjson(value: &impl Serialize) -> serde_json::Result<String> {
    let mut line = escape_invisible(serde_json::to_string(value)?);
    line.push('\n');
    Ok(line)
}

/// JSON escapes the control characters below a space; terminals and line splitters also act on
/// these. Outside strings JSON has none of them, so that escaping the whole text is safe.
fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{0}'..='\u{1f}'
        | '\u{7f}'..='\u{9f}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}'
        | '\u{feff}')
}

fn escape_invisible(json: String) -> String {
    // Nearly every line is plain ASCII.
    if json.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
        return json;
    }
    let mut escaped = String::with_capacity(json.len() + 1);
    for character in json.chars() {
        if is_invisible(character) {
            // Writing to a `String` does not fail.
            let _ = write!(escaped, "\\u{:04x}", u32::from(character));
        } else {
            escaped.push(character);
        }
    }
    escaped
}

/// Whether a byte is a character of its own that takes one byte in a line.
pub(super) fn is_written_as_it_is(byte: u8) -> bool {
    matches!(byte, 0x20..0x7f) && !matches!(byte, b'"' | b'\\')
}

/// How many bytes a character takes in a line.
pub(super) fn written_bytes(character: char) -> usize {
    match character {
        '"' | '\\' | '\n' | '\r' | '\t' | '\u{8}' | '\u{c}' => 2,
        invisible if is_invisible(invisible) => 6,
        other => other.len_utf8(),
    }
}
