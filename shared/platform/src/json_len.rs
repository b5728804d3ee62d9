//! How long a value is as JSON, without writing it anywhere.

use std::io;

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::{CharEscape, CompactFormatter, Formatter};

/// Bytes of the value as JSON; `None` when it cannot be written as such.
pub(crate) fn json_len(value: &impl Serialize) -> Option<usize> {
    len_with(CompactFormatter, value)
}

/// Bytes of the value as JSON inside a JSON string, where the load balancer has it.
pub(crate) fn escaped_json_len(value: &impl Serialize) -> Option<usize> {
    len_with(Escaped, value)
}

fn len_with(formatter: impl Formatter, value: &impl Serialize) -> Option<usize> {
    let mut count = Count(0);
    value.serialize(&mut Serializer::with_formatter(&mut count, formatter)).ok()?;
    Some(count.0)
}

/// Counts what is written, and keeps none of it.
struct Count(usize);

impl io::Write for Count {
    fn write(&mut self, part: &[u8]) -> io::Result<usize> {
        self.0 += part.len();
        Ok(part.len())
    }

    fn write_all(&mut self, part: &[u8]) -> io::Result<()> {
        self.0 += part.len();
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Compact JSON, escaped once more. Only quotes and escapes change: everything else that JSON is
/// made of stands in a string as it is.
struct Escaped;

impl Formatter for Escaped {
    fn begin_string<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(br#"\""#)
    }

    fn end_string<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(br#"\""#)
    }

    fn write_char_escape<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        escape: CharEscape,
    ) -> io::Result<()> {
        let text: &[u8] = match escape {
            CharEscape::Quote => br#"\\\""#,
            CharEscape::ReverseSolidus => br"\\\\",
            CharEscape::Solidus => br"\\/",
            CharEscape::Backspace => br"\\b",
            CharEscape::FormFeed => br"\\f",
            CharEscape::LineFeed => br"\\n",
            CharEscape::CarriageReturn => br"\\r",
            CharEscape::Tab => br"\\t",
            CharEscape::AsciiControl(byte) => return write!(writer, "\\\\u{byte:04x}"),
        };
        writer.write_all(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    proptest! {
        #[test]
        fn a_length_is_that_of_the_written_text(
            texts in prop::collection::vec(any::<String>(), 0..4),
            odd in r#"["\\/\x00-\x20\x7fa]{0,12}"#,
            number in any::<i64>(),
            fraction in any::<f32>(),
        ) {
            let value = json!({ "texts": texts, &odd: [odd, number, fraction, null, true], "": {} });
            let text = serde_json::to_string(&value).unwrap();

            prop_assert_eq!(json_len(&value), Some(text.len()));
            let inside = serde_json::to_string(&text).unwrap().len() - 2;
            prop_assert_eq!(escaped_json_len(&value), Some(inside));
        }
    }

    #[test]
    fn what_is_no_json_has_no_length() {
        let value = std::collections::BTreeMap::from([((1, 2), 3)]);
        assert_eq!((json_len(&value), escaped_json_len(&value)), (None, None));
    }
}
