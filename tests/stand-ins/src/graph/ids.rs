//! Ids in the forms that Graph uses, made from names so that they never change.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// A GUID for a name.
pub fn guid(seed: &str) -> String {
    let mut bytes = [0_u8; 16];
    for (to, from) in bytes.iter_mut().zip(digest(&SHA256, seed.as_bytes()).as_ref()) {
        *to = *from;
    }
    uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
}

/// A drive id: site, web and list in one.
pub fn drive(site: &str, web: &str, list: &str) -> String {
    let mut bytes = Vec::with_capacity(48);
    for part in [site, web, list] {
        bytes.extend_from_slice(uuid::Uuid::parse_str(part).unwrap_or_default().as_bytes());
    }
    format!("b!{}", URL_SAFE_NO_PAD.encode(bytes))
}

/// Whether this could be a drive id at all.
pub fn is_drive(id: &str) -> bool {
    id.strip_prefix("b!")
        .and_then(|rest| URL_SAFE_NO_PAD.decode(rest).ok())
        .is_some_and(|bytes| bytes.len() == 48)
}

/// An item id: which drive, and which item.
pub fn item(drive: &str, unique: &str) -> String {
    let mut bytes = Vec::with_capacity(20);
    bytes.extend(digest(&SHA256, drive.as_bytes()).as_ref().iter().take(4));
    bytes.extend_from_slice(uuid::Uuid::parse_str(unique).unwrap_or_default().as_bytes());
    format!("01{}", base32(&bytes))
}

/// Whether this could be an item id at all.
pub fn is_item(id: &str) -> bool {
    id.len() == 34 && id.starts_with("01") && id.bytes().skip(2).all(|byte| BASE32.contains(&byte))
}

const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

fn base32(bytes: &[u8]) -> String {
    let mut text = String::new();
    let (mut bits, mut held) = (0_u32, 0_u32);
    for byte in bytes {
        bits = (bits << 8) | u32::from(*byte);
        held += 8;
        while held >= 5 {
            held -= 5;
            let index = usize::try_from((bits >> held) & 31).unwrap_or_default();
            text.push(BASE32.get(index).copied().map_or('A', char::from));
        }
        bits &= (1 << held) - 1;
    }
    text
}
