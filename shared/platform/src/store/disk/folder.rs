//! The directory: one lock for all who write, whole files by rename.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions, TryLockError};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::seal::sha256;
use crate::store::StoreError;

/// The file that is locked by whoever writes.
const LOCK: &str = "lock";
/// The file that the next item is written to before it gets its name. Only one process writes at a
/// time, so what a killed one left in it is overwritten.
const NEXT: &str = "next";
const OWNER_ONLY: u32 = 0o600;
const FIRST_WAIT: Duration = Duration::from_micros(200);
const LONGEST_WAIT: Duration = Duration::from_millis(5);
/// Larger files are not ours: an item has a limit, which base64 and a seal stretch a little.
const MAX_FILE_BYTES: u64 = 3 * 1024 * 1024;

/// A directory of items.
pub(super) struct Folder(PathBuf);

/// The right to write, until it is dropped or the process ends.
pub(super) struct Turn {
    _lock: File,
}

/// The name of the file of the item with this key: it shows nothing, and names no other folder.
pub(super) fn name_of(key: &str) -> String {
    hex::encode(sha256(key.as_bytes()))
}

impl Folder {
    pub(super) fn open(directory: &Path) -> io::Result<Self> {
        DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
        if fs::metadata(directory)?.permissions().mode() & 0o077 != 0 {
            let problem = "others may read this directory; chmod 700 it";
            return Err(io::Error::new(ErrorKind::PermissionDenied, problem));
        }
        let folder = Self(directory.to_owned());
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false).mode(OWNER_ONLY);
        options.open(folder.lock_path())?;
        Ok(folder)
    }

    /// Waits until no other process writes.
    pub(super) fn lock(&self, at_most: Duration) -> Result<Turn, StoreError> {
        let lock = OpenOptions::new().write(true).open(self.lock_path());
        let lock = lock.map_err(|error| failed(&error))?;
        let started = Instant::now();
        let mut wait = FIRST_WAIT;
        loop {
            match lock.try_lock() {
                Ok(()) => return Ok(Turn { _lock: lock }),
                Err(TryLockError::WouldBlock) if started.elapsed() < at_most => {
                    std::thread::sleep(wait);
                    wait = (wait * 2).min(LONGEST_WAIT);
                }
                Err(TryLockError::WouldBlock) => return Err(StoreError::Unreachable),
                Err(TryLockError::Error(error)) => return Err(failed(&error)),
            }
        }
    }

    /// The file, if it is there. Without its lock the directory itself is gone, unmounted or
    /// emptied: then nobody knows.
    pub(super) fn read(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let file = match File::open(self.0.join(name)) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound && self.lock_path().exists() => {
                return Ok(None);
            }
            Err(error) => return Err(failed(&error)),
        };
        let mut bytes = Vec::new();
        file.take(MAX_FILE_BYTES).read_to_end(&mut bytes).map_err(|error| failed(&error))?;
        Ok(Some(bytes))
    }

    /// Replaces the file; needs a [`Turn`].
    pub(super) fn write(&self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let next = self.0.join(NEXT);
        let write = || {
            let options = OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(true)
                .mode(OWNER_ONLY)
                .open(&next);
            let mut file = options?;
            // A file that was there keeps its mode.
            file.set_permissions(Permissions::from_mode(OWNER_ONLY))?;
            file.write_all(bytes)?;
            fs::rename(&next, self.0.join(name))
        };
        write().map_err(|error| failed(&error))
    }

    pub(super) fn remove(&self, name: &str) -> Result<(), StoreError> {
        match fs::remove_file(self.0.join(name)) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(failed(&error)),
        }
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.0.join(name).exists()
    }

    /// The names of all files that may be items.
    pub(super) fn names(&self) -> Result<Vec<String>, StoreError> {
        let entries = fs::read_dir(&self.0).map_err(|error| failed(&error))?;
        let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        Ok(names.filter(|name| name != LOCK && name != NEXT).collect())
    }

    fn lock_path(&self) -> PathBuf {
        self.0.join(LOCK)
    }
}

/// What the file system did not do; it may be able to later, unless it was not allowed to.
fn failed(error: &io::Error) -> StoreError {
    match error.kind() {
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            StoreError::refused("the storage directory may not be used")
        }
        _ => StoreError::Unreachable,
    }
}
