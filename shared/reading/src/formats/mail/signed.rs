//! Mails that are wrapped in their signature (S/MIME `signed-data`, RFC 5652). The signature is
//! not checked: it says who wrote the mail, not whether it may be read.

/// `1.2.840.113549.1.7.2`, signed data.
const SIGNED_DATA: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02];

const OCTETS: u8 = 0x04;
const OCTETS_IN_PIECES: u8 = 0x24;
const OBJECT: u8 = 0x06;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const INTEGER: u8 = 0x02;
const EXPLICIT: u8 = 0xA0;

/// What is signed; nothing when this is no signed data.
pub(crate) fn content(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut data = Data(bytes);
    data.enter(SEQUENCE)?;
    if data.value(OBJECT)? != SIGNED_DATA {
        return None;
    }
    data.enter(EXPLICIT)?;
    data.enter(SEQUENCE)?;
    data.value(INTEGER)?;
    data.value(SET)?;
    data.enter(SEQUENCE)?;
    data.value(OBJECT)?;
    data.enter(EXPLICIT)?;
    match data.0.first() {
        Some(&OCTETS) => data.value(OCTETS).map(<[u8]>::to_vec),
        Some(&OCTETS_IN_PIECES) => {
            data.enter(OCTETS_IN_PIECES)?;
            let mut whole = Vec::new();
            while let Some(piece) = data.value(OCTETS) {
                whole.extend_from_slice(piece);
            }
            Some(whole)
        }
        _ => None,
    }
}

/// How long a value is.
enum Length {
    Bytes(usize),
    /// Until a mark that ends it.
    Marked,
}

/// Data in BER that is left to read.
struct Data<'b>(&'b [u8]);

impl<'b> Data<'b> {
    /// Reads a tag and a length.
    fn head(&mut self, tag: u8) -> Option<Length> {
        let [first, second, rest @ ..] = self.0 else { return None };
        if *first != tag {
            return None;
        }
        let (length, rest) = match second {
            0x80 => (Length::Marked, rest),
            0..0x80 => (Length::Bytes(usize::from(*second)), rest),
            _ => {
                let (digits, rest) = rest.split_at_checked(usize::from(second & 0x7F))?;
                let length = digits.iter().try_fold(0_usize, |sum, digit| {
                    sum.checked_mul(256)?.checked_add(usize::from(*digit))
                })?;
                (Length::Bytes(length), rest)
            }
        };
        self.0 = rest;
        Some(length)
    }

    /// Goes on inside a value.
    fn enter(&mut self, tag: u8) -> Option<()> {
        if let Length::Bytes(length) = self.head(tag)? {
            self.0 = self.0.get(..length.min(self.0.len()))?;
        }
        Some(())
    }

    /// A value as it is, and goes on after it.
    fn value(&mut self, tag: u8) -> Option<&'b [u8]> {
        let before = self.0;
        let found = match self.head(tag)? {
            Length::Bytes(length) => self.0.split_at_checked(length),
            Length::Marked => None,
        };
        let Some((value, rest)) = found else {
            self.0 = before;
            return None;
        };
        self.0 = rest;
        Some(value)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;

    fn wrapped(tag: u8, value: &[u8]) -> Vec<u8> {
        let length = u16::try_from(value.len()).unwrap().to_be_bytes();
        [&[tag, 0x82], length.as_slice(), value].concat()
    }

    /// Signed data around a mail, in one piece.
    pub(crate) fn signed(mail: &[u8]) -> Vec<u8> {
        around(&wrapped(OCTETS, mail))
    }

    fn around(octets: &[u8]) -> Vec<u8> {
        let inner =
            [&wrapped(OBJECT, &[0x2A]), &wrapped(EXPLICIT, octets)].map(Vec::as_slice).concat();
        let data = [wrapped(INTEGER, &[1]), wrapped(SET, &[]), wrapped(SEQUENCE, &inner)].concat();
        let outer = [wrapped(OBJECT, SIGNED_DATA), wrapped(EXPLICIT, &wrapped(SEQUENCE, &data))];
        wrapped(SEQUENCE, &outer.concat())
    }

    #[test]
    fn what_is_signed_is_found_in_one_piece_or_many() {
        assert_eq!(content(&signed(b"mail")).unwrap(), b"mail");
        let pieces = [wrapped(OCTETS, b"ma"), wrapped(OCTETS, b"il")].concat();
        assert_eq!(content(&around(&wrapped(OCTETS_IN_PIECES, &pieces))).unwrap(), b"mail");
        let open = [&[OCTETS_IN_PIECES, 0x80], pieces.as_slice(), &[0, 0]].concat();
        assert_eq!(content(&around(&open)).unwrap(), b"mail");
        let enveloped = signed(b"mail").into_iter().map(|b| if b == 0x07 { 0x08 } else { b });
        assert_eq!(content(&enveloped.collect::<Vec<_>>()), None);
    }

    proptest! {
        #[test]
        fn no_bytes_break_it(at in 0..40_usize, byte in any::<u8>(), tail in prop::collection::vec(any::<u8>(), 0..40)) {
            let mut bytes = signed(b"mail");
            bytes.truncate(at);
            bytes.push(byte);
            bytes.extend(tail);
            let _ = content(&bytes);
        }
    }
}
