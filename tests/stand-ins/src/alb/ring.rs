//! Lines that are kept in memory, and in a file when the plan names one.

use std::collections::VecDeque;
use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use anyhow::Context as _;

/// Most lines that are kept.
const LINES: usize = 10_000;
/// Most bytes that are kept, as far as lines are text.
const BYTES: usize = 32_000_000;

/// The last lines of something, oldest first.
#[derive(Debug)]
pub(super) struct Ring<T> {
    kept: Mutex<Kept<T>>,
}

#[derive(Debug)]
struct Kept<T> {
    lines: VecDeque<(usize, T)>,
    bytes: usize,
    file: Option<File>,
}

impl<T: Clone + ToString> Ring<T> {
    /// An empty ring; `file` is appended to.
    pub(super) fn new(file: Option<&Path>) -> anyhow::Result<Self> {
        let file = file
            .map(|path| {
                File::options()
                    .create(true)
                    .append(true)
                    .open(path)
                    .with_context(|| format!("{} cannot be written", path.display()))
            })
            .transpose()?;
        Ok(Self { kept: Mutex::new(Kept { lines: VecDeque::new(), bytes: 0, file }) })
    }

    /// Adds a line and forgets the oldest when there are too many.
    pub(super) fn push(&self, line: T) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let text = line.to_string();
        if let Some(file) = &mut kept.file
            && writeln!(file, "{text}").is_err()
        {
            // A full disk must not end the balancer; memory still has the line.
            kept.file = None;
        }
        kept.bytes += text.len();
        kept.lines.push_back((text.len(), line));
        while kept.lines.len() > LINES || kept.bytes > BYTES {
            let Some((bytes, _)) = kept.lines.pop_front() else {
                break;
            };
            kept.bytes -= bytes;
        }
    }

    /// A copy of what is kept.
    pub(super) fn lines(&self) -> Vec<T> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.lines.iter().map(|(_, line)| line.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_count_by_their_bytes() {
        let ring = Ring::new(None).unwrap();
        for _ in 0..5 {
            ring.push("a".repeat(BYTES / 4));
        }
        assert_eq!(ring.lines().len(), 4);
    }

    #[test]
    fn the_oldest_lines_are_forgotten_but_the_file_has_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let ring = Ring::new(Some(&path)).unwrap();
        for line in 0..LINES + 2 {
            ring.push(line);
        }
        assert_eq!(ring.lines().len(), LINES);
        assert_eq!(ring.lines().first(), Some(&2));
        assert_eq!(std::fs::read_to_string(path).unwrap().lines().count(), LINES + 2);
    }
}
