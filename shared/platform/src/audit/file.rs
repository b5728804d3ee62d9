//! Records in a file a day, for a laptop and for a single task with a disk.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;

use super::error::AuditUnavailable;
use super::record::AuditRecord;
use crate::telemetry::ndjson;

/// Appends to `audit-YYYY-MM-DD.ndjson` (UTC) in one directory.
///
/// A record counts as kept when its bytes are on the disk (`fdatasync`): the person gets data
/// only after that, so a crash must not undo it.
#[derive(Clone, Debug)]
pub struct AuditFile {
    directory: PathBuf,
    /// The file of the last record; the next one mostly goes there as well.
    last: Arc<Mutex<Option<DayFile>>>,
}

/// A day's file, open.
#[derive(Debug)]
struct DayFile {
    path: PathBuf,
    file: File,
}

impl AuditFile {
    pub(super) fn new(directory: PathBuf) -> Self {
        Self { directory, last: Arc::default() }
    }

    pub(super) async fn append(&self, record: &AuditRecord) -> Result<(), AuditUnavailable> {
        let line = ndjson(record).map_err(|_| AuditUnavailable::NotSerialized)?;
        let path = path_of_day(&self.directory, record.time);
        let last = Arc::clone(&self.last);
        tokio::task::spawn_blocking(move || append_line(&last, path, line.as_bytes()))
            .await
            .map_err(|_| AuditUnavailable::NotWritten(io::ErrorKind::Other))?
            .map_err(AuditUnavailable::from)
    }
}

/// The day's file; the time is UTC and begins with the date.
fn path_of_day(directory: &Path, at: Timestamp) -> PathBuf {
    directory.join(format!("audit-{}.ndjson", at.strftime("%Y-%m-%d")))
}

fn append_line(last: &Mutex<Option<DayFile>>, path: PathBuf, line: &[u8]) -> io::Result<()> {
    let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
    // Taken out, and put back only after success: what failed is opened anew.
    let mut day = match last.take() {
        Some(day) if day.path == path && day.is_in_place() => day,
        _ => DayFile::open(path)?,
    };
    day.append(line)?;
    *last = Some(day);
    Ok(())
}

impl DayFile {
    fn open(path: PathBuf) -> io::Result<Self> {
        if let Some(directory) = path.parent() {
            DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
        }
        let file = OpenOptions::new().append(true).create(true).mode(0o600).open(&path)?;
        Ok(Self { path, file })
    }

    /// Whether the path still leads here: the file may have been moved or removed.
    fn is_in_place(&self) -> bool {
        let (Ok(here), Ok(there)) = (self.file.metadata(), std::fs::metadata(&self.path)) else {
            return false;
        };
        (here.dev(), here.ino()) == (there.dev(), there.ino())
    }

    fn append(&mut self, line: &[u8]) -> io::Result<()> {
        // Another process on this machine may write to it as well.
        self.file.lock()?;
        let appended = self.append_locked(line);
        let unlocked = self.file.unlock();
        appended.and(unlocked)
    }

    fn append_locked(&mut self, line: &[u8]) -> io::Result<()> {
        let length = self.file.metadata()?.len();
        let written = write_at_once(&mut self.file, line).and_then(|()| self.file.sync_data());
        if written.is_err() {
            // A full disk may have taken the beginning of the line.
            let _ = self.file.set_len(length);
        }
        written
    }
}

fn write_at_once(file: &mut File, line: &[u8]) -> io::Result<()> {
    match file.write(line)? {
        written if written == line.len() => Ok(()),
        _ => Err(io::ErrorKind::StorageFull.into()),
    }
}
