//! Compressed RTF (MS-OXRTFCP).

/// Bytes that are unpacked of one body.
const MAX_BYTES: usize = 16 * 1024 * 1024;
const WINDOW: usize = 4_096;
/// What the window holds before the first byte.
const START: &[u8] = b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \
\\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\
\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";

/// The RTF; as much of it as there is when it is cut off.
pub(super) fn unpacked(bytes: &[u8]) -> Option<Vec<u8>> {
    let (head, packed) = bytes.split_at_checked(16)?;
    match head.get(8..12)? {
        b"MELA" => Some(packed.to_vec()),
        b"LZFu" => Some(unpack(packed)),
        _ => None,
    }
}

fn unpack(packed: &[u8]) -> Vec<u8> {
    let mut window = [b' '; WINDOW];
    for (slot, byte) in window.iter_mut().zip(START) {
        *slot = *byte;
    }
    let mut end = START.len();
    let mut text = Vec::new();
    let mut bytes = packed.iter().copied();
    let mut put = |byte: u8, window: &mut [u8; WINDOW], end: &mut usize| {
        text.push(byte);
        if let Some(slot) = window.get_mut(*end) {
            *slot = byte;
        }
        *end = (*end + 1) % WINDOW;
        text.len() < MAX_BYTES
    };
    'all: while let Some(control) = bytes.next() {
        for bit in 0..8 {
            let Some(first) = bytes.next() else { break 'all };
            if control & (1 << bit) == 0 {
                if !put(first, &mut window, &mut end) {
                    break 'all;
                }
                continue;
            }
            let Some(second) = bytes.next() else { break 'all };
            let reference = u16::from_be_bytes([first, second]);
            let mut offset = usize::from(reference >> 4);
            if offset == end {
                break 'all;
            }
            for _ in 0..usize::from(reference & 0xF) + 2 {
                let byte = window.get(offset).copied().unwrap_or_default();
                offset = (offset + 1) % WINDOW;
                if !put(byte, &mut window, &mut end) {
                    break 'all;
                }
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_examples_of_the_specification_are_unpacked() {
        assert_eq!(START.len(), 207);
        let simple = "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0";
        assert_eq!(
            unpacked(&bytes(simple)).unwrap(),
            b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
        );
        let crossing = "1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0";
        assert_eq!(unpacked(&bytes(crossing)).unwrap(), b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}");
    }

    fn bytes(hex: &str) -> Vec<u8> {
        let (pairs, _) = hex.as_bytes().as_chunks::<2>();
        pairs
            .iter()
            .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
            .collect()
    }

    proptest! {
        #[test]
        fn no_bytes_break_it(bytes in prop::collection::vec(any::<u8>(), 0..500)) {
            let packed = [b"\0\0\0\0\0\0\0\0LZFu\0\0\0\0".as_slice(), &bytes].concat();
            prop_assert!(unpacked(&packed).unwrap().len() <= bytes.len() * 9);
        }
    }
}
