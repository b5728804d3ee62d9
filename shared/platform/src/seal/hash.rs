//! SHA-256.

use aws_lc_rs::digest::{SHA256, digest};

/// SHA-256 of these bytes.
pub(crate) fn sha256(data: &[u8]) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, data).as_ref());
    hash
}
