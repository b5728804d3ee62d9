//! Limits on everything a foreign file could make us do.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Entries of one archive.
pub(crate) const MAX_ENTRIES: usize = 5_000;
/// Bytes that one part of an archive may expand to.
pub(crate) const MAX_PART_BYTES: u64 = 200 * 1024 * 1024;
/// Above this size a part may not be more than [`MAX_RATIO`] times its packed size.
pub(crate) const RATIO_COUNTS_ABOVE: u64 = 20 * 1024 * 1024;
/// Expanded bytes for each packed one.
pub(crate) const MAX_RATIO: u64 = 200;
/// Elements inside elements of XML or HTML.
pub(crate) const MAX_DEPTH: usize = 256;
/// Mails inside mails.
pub(crate) const MAX_MAIL_DEPTH: usize = 3;
/// Mails of one mail that are read with it.
pub(crate) const MAX_MAILS: usize = 100;
/// Characters in one outline entry.
pub(crate) const MAX_HEADING_CHARS: usize = 200;
/// Entries of an outline.
pub(crate) const MAX_OUTLINE: usize = 500;
/// Notes about one file.
pub(crate) const MAX_NOTES: usize = 50;

/// What one reading may cost. The child sets them on itself before it sees the first byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Bytes of a file.
    pub max_file_bytes: u64,
    /// Address space of the child, in bytes.
    pub memory_bytes: u64,
    /// CPU time of the child, in whole seconds.
    pub cpu_seconds: u64,
    /// Time on the clock until the child is ended.
    pub wall: Duration,
    /// Characters of text that one answer may hold.
    pub max_chars: usize,
    /// Children at the same time.
    pub places: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_file_bytes: 25 * 1024 * 1024,
            memory_bytes: 512 * 1024 * 1024,
            cpu_seconds: 10,
            wall: Duration::from_secs(15),
            max_chars: 4 * 1024 * 1024,
            places: 4,
        }
    }
}

impl Limits {
    /// What the parent keeps for itself, of the memory that a function has.
    const KEPT_BY_PARENT: u64 = 96 * 1024 * 1024;
    /// Less than this is not enough to read anything.
    const LEAST: u64 = 96 * 1024 * 1024;

    /// The defaults, with the child's memory inside what the function was given.
    ///
    /// The address space is what is limited, and it is never smaller than the memory in use.
    #[must_use]
    pub fn within_function_memory(mut self, memory_mb: u64) -> Self {
        let given = memory_mb.saturating_mul(1024 * 1024).saturating_sub(Self::KEPT_BY_PARENT);
        self.memory_bytes = self.memory_bytes.min(given.max(Self::LEAST));
        self
    }
}
