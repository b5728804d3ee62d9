//! What goes through the pipes: a length, the request as JSON, then the file until its end; back
//! comes the reading as JSON until the end.

use std::io::Read;

use serde::{Deserialize, Serialize};

use crate::limits::Limits;
use crate::reading::Request;

/// The most that a request may take; a file's name is the longest thing in it.
const MAX_HEADER: u32 = 64 * 1024;

/// What the child is told before the file.
#[derive(Serialize, Deserialize)]
pub(super) struct Header {
    pub(super) request: Request,
    pub(super) limits: Limits,
}

impl Header {
    /// Length and JSON.
    pub(super) fn to_bytes(&self) -> Option<Vec<u8>> {
        let json = serde_json::to_vec(self).ok()?;
        let length = u32::try_from(json.len()).ok().filter(|length| *length <= MAX_HEADER)?;
        let mut bytes = length.to_be_bytes().to_vec();
        bytes.extend(json);
        Some(bytes)
    }

    /// Reads what [`to_bytes`](Self::to_bytes) wrote.
    pub(super) fn from_reader(source: &mut impl Read) -> Option<Self> {
        let mut length = [0; 4];
        source.read_exact(&mut length).ok()?;
        let length = u32::from_be_bytes(length);
        if length > MAX_HEADER {
            return None;
        }
        let mut json = vec![0; usize::try_from(length).ok()?];
        source.read_exact(&mut json).ok()?;
        serde_json::from_slice(&json).ok()
    }
}
