//! Lines that are kept in memory, and in a file when the plan names one.

use std::collections::VecDeque;
use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use anyhow::Context as _;

/// Most lines that are kept.
const LINES: usize = 10_000;

/// The last lines of something, oldest first.
#[derive(Debug)]
pub(super) struct Ring<T> {
    kept: Mutex<Kept<T>>,
}

#[derive(Debug)]
struct Kept<T> {
    lines: VecDeque<T>,
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
        Ok(Self {
            kept: Mutex::new(Kept {
                lines: VecDeque::new(),
                file,
            }),
        })
    }

    /// Adds a line and forgets the oldest when there are too many.
    pub(super) fn push(&self, line: T) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(file) = &mut kept.file
            && writeln!(file, "{}", line.to_string()).is_err()
        {
            // A full disk must not end the balancer; memory still has the line.
            kept.file = None;
        }
        if kept.lines.len() >= LINES {
            kept.lines.pop_front();
        }
        kept.lines.push_back(line);
    }

    /// A copy of what is kept.
    pub(super) fn lines(&self) -> Vec<T> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.lines.iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(
            std::fs::read_to_string(path).unwrap().lines().count(),
            LINES + 2
        );
    }
}
