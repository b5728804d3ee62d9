//! Pictures.

use bytes::Bytes;
use flate2::Crc;

use super::pdf;

/// A PNG of 16 by 16 points in grey.
pub fn png() -> Bytes {
    let mut rows = Vec::new();
    for y in 0..16_u8 {
        // Each row begins with the number of its filter.
        rows.push(0);
        rows.extend((0..16_u8).map(|x| (x * 16) ^ (y * 16)));
    }
    let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
    chunk(&mut out, b"IHDR", &[0, 0, 0, 16, 0, 0, 0, 16, 8, 0, 0, 0, 0]);
    chunk(&mut out, b"IDAT", &pdf::deflated(&rows));
    chunk(&mut out, b"IEND", &[]);
    Bytes::from(out)
}

fn chunk(out: &mut Vec<u8>, kind: &[u8], bytes: &[u8]) {
    let length = u32::try_from(bytes.len()).unwrap_or_default();
    let mut sum = Crc::new();
    sum.update(kind);
    sum.update(bytes);
    out.extend(length.to_be_bytes());
    out.extend(kind);
    out.extend(bytes);
    out.extend(sum.sum().to_be_bytes());
}
