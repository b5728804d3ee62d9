//! Records in a file a day, for a laptop and for a single task with a disk.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

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
}

impl AuditFile {
    pub(super) fn new(directory: PathBuf) -> Self {
        Self { directory }
    }

    pub(super) async fn append(&self, record: &AuditRecord) -> Result<(), AuditUnavailable> {
        let line = ndjson(record).map_err(|_| AuditUnavailable::NotSerialized)?;
        let (directory, at) = (self.directory.clone(), record.time);
        tokio::task::spawn_blocking(move || append_line(&directory, at, line.as_bytes()))
            .await
            .map_err(|_| AuditUnavailable::NotWritten(io::ErrorKind::Other))?
            .map_err(AuditUnavailable::from)
    }
}

/// The day's file; the time is UTC and begins with the date.
fn path_of_day(directory: &Path, at: Timestamp) -> PathBuf {
    directory.join(format!("audit-{}.ndjson", at.strftime("%Y-%m-%d")))
}

fn append_line(directory: &Path, at: Timestamp, line: &[u8]) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
    let mut file = OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .open(path_of_day(directory, at))?;
    // Held until the file is closed: another process on this machine may write to it as well.
    file.lock()?;
    let length = file.metadata()?.len();
    let written = write_at_once(&mut file, line).and_then(|()| file.sync_data());
    if written.is_err() {
        // A full disk may have taken the beginning of the line.
        let _ = file.set_len(length);
    }
    written
}

fn write_at_once(file: &mut File, line: &[u8]) -> io::Result<()> {
    match file.write(line)? {
        written if written == line.len() => Ok(()),
        _ => Err(io::ErrorKind::StorageFull.into()),
    }
}
