//! From bytes to a reading, in this process. [`Reader`](crate::Reader) does it in a child.

use crate::formats;
use crate::kind::{self, Kind};
use crate::reading::{Extract, Reading, Request};
use crate::unreadable::Unreadable;
use crate::writer::Writer;

/// Reads a file that is in memory, in this process: for the child, and for trusted bytes only.
pub fn read(bytes: &[u8], request: &Request) -> Reading {
    let kind = kind::detect(bytes, &request.name);
    let label = crate::label::evidence(kind, bytes);
    let named_as = Kind::from_name(&request.name).filter(|named| !kind.goes_with(*named));
    Reading { kind, named_as, label, content: content(kind, bytes, request) }
}

fn content(kind: Kind, bytes: &[u8], request: &Request) -> Result<Extract, Unreadable> {
    if bytes.is_empty() {
        return Err(Unreadable::Empty);
    }
    let mut writer = Writer::new(request);
    formats::read(kind, bytes, &mut writer)?;
    writer.finish()
}
