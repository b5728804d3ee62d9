//! Zip archives, opened as if their author meant harm.

use std::borrow::Cow;
use std::collections::HashSet;
use std::io::{BufRead, BufReader, Cursor, Read};

use zip::ZipArchive;
use zip::result::ZipError;

use crate::limits::{MAX_ENTRIES, MAX_PART_BYTES, MAX_RATIO, RATIO_COUNTS_ABOVE};
use crate::unreadable::Unreadable;

/// A zip archive in memory.
pub(crate) struct Archive<'b> {
    zip: ZipArchive<Cursor<&'b [u8]>>,
    size: u64,
}

impl<'b> Archive<'b> {
    /// Opens the directory of an archive.
    pub(crate) fn open(bytes: &'b [u8]) -> Result<Self, Unreadable> {
        let zip = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Unreadable::Damaged)?;
        if zip.len() > MAX_ENTRIES {
            return Err(Unreadable::Unsafe);
        }
        let archive = Self { zip, size: u64::try_from(bytes.len()).unwrap_or(u64::MAX) };
        // Two parts of one name: another program could read the other one.
        if archive.zip.has_duplicate_names() || archive.has_names_alike() {
            return Err(Unreadable::Unsafe);
        }
        Ok(archive)
    }

    fn has_names_alike(&self) -> bool {
        let mut seen = HashSet::new();
        self.names().iter().any(|name| !seen.insert(plain(name)))
    }

    /// Where an entry is. Parts of packages have names in which case does not matter.
    fn find(&self, name: &str) -> Option<usize> {
        let asked = plain(name);
        self.zip.index_for_name(name).or_else(|| {
            let named = |at: usize| self.zip.name_for_index(at).and_then(Result::ok);
            (0..self.zip.len()).find(|at| named(*at).is_some_and(|name| plain(&name) == asked))
        })
    }

    /// Names of the entries, in the archive's order; names that are not text are left out.
    pub(crate) fn names(&self) -> Vec<String> {
        self.zip.file_names().filter_map(Result::ok).map(Cow::into_owned).collect()
    }

    /// Whether an entry of this name is there.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// Packed and expanded size of an entry, as the archive declares them.
    pub(crate) fn sizes(&mut self, name: &str) -> (u64, u64) {
        let entry = self.zip.index_for_name(name).and_then(|at| self.zip.by_index_raw(at).ok());
        entry.map_or((0, 0), |entry| (entry.compressed_size(), entry.size()))
    }

    /// A reader over one entry that ends in an error where honest files never go. `None` when
    /// there is no such entry.
    pub(crate) fn part<'a>(
        &'a mut self,
        name: &str,
    ) -> Result<Option<impl BufRead + use<'a, 'b>>, Unreadable> {
        let Some(at) = self.find(name) else {
            return Ok(None);
        };
        let entry = self.zip.by_index(at).map_err(|error| match error {
            ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => Unreadable::Protected,
            _ => Unreadable::Damaged,
        })?;
        let packed = entry.compressed_size().min(self.size);
        // Whoever says that it is a bomb is believed; the others are caught while they are read.
        if expands_too_far(entry.size(), packed) {
            return Err(Unreadable::Unsafe);
        }
        Ok(Some(BufReader::with_capacity(32 * 1024, Capped { inner: entry, packed, given: 0 })))
    }

    /// One small entry as text. `None` when there is no such entry.
    pub(crate) fn text(&mut self, name: &str) -> Result<Option<String>, Unreadable> {
        const MAX: u64 = 8 * 1024 * 1024;
        let Some(part) = self.part(name)? else {
            return Ok(None);
        };
        let mut bytes = Vec::new();
        part.take(MAX + 1).read_to_end(&mut bytes).map_err(|error| refused(&error))?;
        if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > MAX {
            return Err(Unreadable::Unsafe);
        }
        String::from_utf8(bytes).map(Some).map_err(|_| Unreadable::Damaged)
    }
}

/// A name as packages compare names.
fn plain(name: &str) -> String {
    name.trim_start_matches(['/', '\\']).replace('\\', "/").to_ascii_lowercase()
}

/// What an error while reading a part means.
pub(crate) fn refused(error: &std::io::Error) -> Unreadable {
    if error.get_ref().is_some_and(<dyn std::error::Error + Send + Sync>::is::<Bomb>) {
        Unreadable::Unsafe
    } else {
        Unreadable::Damaged
    }
}

/// Whether so many bytes of so many packed ones are more than an honest part has.
fn expands_too_far(size: u64, packed: u64) -> bool {
    let swollen = size > RATIO_COUNTS_ABOVE && size / packed.max(1) > MAX_RATIO;
    swollen || size > MAX_PART_BYTES
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
        if expands_too_far(self.given, self.packed) {
            return Err(std::io::Error::other(Bomb));
        }
        Ok(count)
    }
}

/// What the reader of a part sees when it expands beyond the limits.
#[derive(Debug, thiserror::Error)]
#[error("a part expands beyond its limits")]
pub(crate) struct Bomb;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{package, package_with_bomb};

    #[test]
    fn a_part_is_read_by_its_name() {
        let bytes = package(&[("a/b.xml", b"<b/>"), ("c.txt", "Zürich".as_bytes())]);
        let mut archive = Archive::open(&bytes).unwrap();
        assert_eq!(archive.text("c.txt").unwrap().as_deref(), Some("Zürich"));
        assert_eq!(archive.names(), ["a/b.xml", "c.txt"]);
        assert!(archive.has("a/b.xml") && !archive.has("d"));
    }

    #[test]
    fn case_and_slashes_do_not_matter_in_the_name_of_a_part() {
        let bytes = package(&[("WORD\\Document.XML", b"<b/>"), ("../x", b"")]);
        let mut archive = Archive::open(&bytes).unwrap();
        assert!(archive.part("word/document.xml").unwrap().is_some());
        assert!(archive.has("/word/document.xml") && !archive.has("x"));
    }

    #[test]
    fn two_parts_of_one_name_are_refused() {
        let bytes = package(&[("a.xml", b"<b/>"), ("A.xml", b"<c/>")]);
        assert_eq!(Archive::open(&bytes).err(), Some(Unreadable::Unsafe));
        let same: Vec<u8> = bytes.iter().map(|b| if *b == b'A' { b'a' } else { *b }).collect();
        assert_eq!(Archive::open(&same).err(), Some(Unreadable::Unsafe));
    }

    #[test]
    fn a_part_that_expands_beyond_its_limits_is_a_bomb() {
        let bytes = package_with_bomb(&[], "a.xml");
        let mut archive = Archive::open(&bytes).unwrap();
        let refusal = archive.part("a.xml").err();
        assert_eq!(refusal, Some(Unreadable::Unsafe), "it says how large it is");
    }

    #[test]
    fn a_part_that_hides_how_far_it_expands_is_a_bomb_too() {
        let endless = std::io::repeat(b' ').take(RATIO_COUNTS_ABOVE + 1_000_000);
        let mut part = Capped { inner: endless, packed: 1_000, given: 0 };
        let error = std::io::copy(&mut part, &mut std::io::sink()).unwrap_err();
        assert_eq!(refused(&error), Unreadable::Unsafe);
    }
}
