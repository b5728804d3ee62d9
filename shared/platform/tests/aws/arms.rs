//! Every arm of the store that can run here.

use platform::clock::Clock;
use platform::config::LiveSecret;
use platform::seal::LiveKeyring;
use platform::store::{DiskStore, MemoryStore, Store};
use tempfile::TempDir;

use crate::clock;
use crate::moto::EmptyTable;

/// A keyring that several processes can have.
const KEYS: &str =
    r#"{"active":"k1","keys":{"k1":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}}"#;

/// One arm, empty.
pub(crate) struct Arm {
    pub(crate) name: &'static str,
    /// Eight instances that share what is in it.
    pub(crate) instances: Vec<Store>,
    /// The clock that all of them read.
    pub(crate) clock: Clock,
    _directory: Option<TempDir>,
}

impl Arm {
    pub(crate) fn memory() -> Self {
        let clock = clock();
        let store = Store::Memory(MemoryStore::new(clock.clone()));
        Self { name: "memory", instances: vec![store; 8], clock, _directory: None }
    }

    /// Instances that share nothing but the directory.
    pub(crate) async fn disk() -> Self {
        let clock = clock();
        let directory = tempfile::tempdir().unwrap();
        let mut instances = Vec::new();
        for _ in 0..8 {
            instances.push(disk_store(&directory.path().join("store"), clock.clone()).await);
        }
        Self { name: "disk", instances, clock, _directory: Some(directory) }
    }

    /// moto, one request at a time.
    pub(crate) async fn moto() -> Option<Self> {
        Some(Self::table("moto", &EmptyTable::create().await?))
    }

    pub(crate) fn table(name: &'static str, table: &EmptyTable) -> Self {
        let clock = clock();
        Self { name, instances: vec![table.store(&clock); 8], clock, _directory: None }
    }
}

/// The keyring of the disk arm.
pub(crate) async fn keyring() -> LiveKeyring {
    LiveKeyring::from_secret(LiveSecret::fixed(KEYS)).await.unwrap()
}

/// The store in this directory, as one more process would open it.
pub(crate) async fn disk_store(directory: &std::path::Path, clock: Clock) -> Store {
    Store::Disk(DiskStore::open(directory, keyring().await, clock).unwrap())
}
