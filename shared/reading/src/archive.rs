//! Zip archives, opened as if their author meant harm.

use std::io::{BufRead, BufReader, Cursor, Read};

use zip::ZipArchive;

use crate::limits::{MAX_ENTRIES, MAX_PART_BYTES, MAX_RATIO, RATIO_COUNTS_ABOVE};
use crate::unreadable::Unreadable;

/// A zip archive in memory.
pub(crate) struct Archive<'b> {
    zip: ZipArchive<Cursor<&'b [u8]>>,
}

impl<'b> Archive<'b> {
    /// Opens the directory of an archive.
    pub(crate) fn open(bytes: &'b [u8]) -> Result<Self, Unreadable> {
        let zip = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Unreadable::Damaged)?;
        if zip.len() > MAX_ENTRIES {
            return Err(Unreadable::Unsafe);
        }
        Ok(Self { zip })
    }

    /// Names of the entries, in the archive's order; names that are not text are left out.
    pub(crate) fn names(&self) -> Vec<String> {
        self.zip.file_names().filter_map(|name| name.ok().map(|name| name.into_owned())).collect()
    }

    /// Whether an entry of this name is there.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.zip.index_for_name(name).is_some()
    }

    /// Whether any entry is encrypted.
    pub(crate) fn is_encrypted(&mut self) -> bool {
        (0..self.zip.len()).any(|at| self.zip.by_index_raw(at).is_ok_and(|entry| entry.encrypted()))
    }

    /// A reader over one entry that ends in an error where honest files never go. `None` when
    /// there is no such entry.
    pub(crate) fn part(&mut self, name: &str) -> Result<Option<impl BufRead>, Unreadable> {
        let Some(at) = self.zip.index_for_name(name) else {
            return Ok(None);
        };
        let entry = self.zip.by_index(at).map_err(|error| match error {
            zip::result::ZipError::UnsupportedArchive(_) => Unreadable::Protected,
            _ => Unreadable::Damaged,
        })?;
        let packed = entry.compressed_size();
        Ok(Some(BufReader::with_capacity(32 * 1024, Capped { inner: entry, packed, given: 0 })))
    }

    /// One small entry as text. `None` when there is no such entry.
    pub(crate) fn text(&mut self, name: &str) -> Result<Option<String>, Unreadable> {
        const MAX: u64 = 8 * 1024 * 1024;
        let Some(part) = self.part(name)? else {
            return Ok(None);
        };
        let mut bytes = Vec::new();
        part.take(MAX + 1).read_to_end(&mut bytes).map_err(|_| Unreadable::Unsafe)?;
        if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > MAX {
            return Err(Unreadable::Unsafe);
        }
        String::from_utf8(bytes).map(Some).map_err(|_| Unreadable::Damaged)
    }
}

/// Counts what comes out against what went in.
struct Capped<R> {
    inner: R,
    packed: u64,
    given: u64,
}

impl<R: Read> Read for Capped<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.given = self.given.saturating_add(u64::try_from(count).unwrap_or(u64::MAX));
        let bomb = self.given > RATIO_COUNTS_ABOVE && self.given / self.packed.max(1) > MAX_RATIO;
        if bomb || self.given > MAX_PART_BYTES {
            return Err(std::io::Error::other(Bomb));
        }
        Ok(count)
    }
}

/// What the reader of a part sees when it expands beyond the limits.
#[derive(Debug, thiserror::Error)]
#[error("a part expands beyond its limits")]
pub(crate) struct Bomb;
