//! Arrays in arrays, counted before a library follows them down its stack.

use crate::limits::MAX_DEPTH;
use crate::unreadable::Unreadable;

/// Refuses objects that are nested deeper than any program writes them. What is packed in streams
/// is not looked at: breaking on that is what the child process is for.
pub(super) fn check(bytes: &[u8]) -> Result<(), Unreadable> {
    let mut depth = 0_usize;
    let mut rest = bytes;
    while let [first, after @ ..] = rest {
        rest = after;
        match first {
            b'[' | b'<' => {
                depth += 1;
                // A dictionary opens with two signs.
                if depth > 2 * MAX_DEPTH {
                    return Err(Unreadable::Unsafe);
                }
            }
            b']' | b'>' => depth = depth.saturating_sub(1),
            b'(' => rest = after_string(rest),
            b'e' if rest.starts_with(b"ndobj") => depth = 0,
            b's' if rest.starts_with(b"tream") => rest = after_stream(rest),
            _ => {}
        }
    }
    Ok(())
}

/// What follows a string that has just begun; nothing of it is skipped when it never ends.
fn after_string(bytes: &[u8]) -> &[u8] {
    const LONGEST: usize = 64 * 1024;
    let mut open = 1_usize;
    let mut rest = bytes.get(..LONGEST.min(bytes.len())).unwrap_or_default();
    while let [first, after @ ..] = rest {
        rest = after;
        match first {
            b'\\' => rest = rest.get(1..).unwrap_or_default(),
            b'(' => open += 1,
            b')' => open -= 1,
            _ => {}
        }
        if open == 0 {
            let from = LONGEST.min(bytes.len()) - rest.len();
            return bytes.get(from..).unwrap_or_default();
        }
    }
    bytes
}

/// What follows the data of a stream.
fn after_stream(bytes: &[u8]) -> &[u8] {
    const END: &[u8] = b"endstream";
    let end = memchr::memmem::find(bytes, END);
    end.and_then(|end| bytes.get(end + END.len()..)).unwrap_or(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn deep_arrays_and_dictionaries_are_refused() {
        for open in [b"[".as_slice(), b"<</A", b"[<</A"] {
            let bytes = [b"1 0 obj ".as_slice(), &open.repeat(5_000)].concat();
            assert_eq!(check(&bytes), Err(Unreadable::Unsafe));
        }
    }

    #[test]
    fn what_stands_in_strings_streams_and_other_objects_does_not_count() {
        let opened = "[".repeat(400);
        for text in [
            format!("1 0 obj ({}) endobj", "[".repeat(2_000)),
            format!("1 0 obj (\\) {}) endobj", "[".repeat(2_000)),
            format!("1 0 obj <<>> stream\n{}\nendstream endobj", "[".repeat(2_000)),
            format!("1 0 obj {opened} endobj 2 0 obj {opened} endobj"),
        ] {
            assert_eq!(check(text.as_bytes()), Ok(()), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_break_it(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let _ = check(&bytes);
        }
    }
}
