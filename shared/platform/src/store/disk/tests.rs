use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use tempfile::TempDir;

use super::*;
use crate::config::LiveSecret;
use crate::store::{Condition, Value};

const NOW_S: i64 = 1_000_000;

struct Place {
    directory: TempDir,
    clock: Clock,
    usage: Usage,
}

/// A keyring of keys of one repeated byte; the last one is active.
async fn ring(bytes: &[u8]) -> LiveKeyring {
    let id = |byte: &u8| format!("k{byte}");
    let key = |byte: &u8| format!(r#""{}":"{}""#, id(byte), STANDARD.encode([*byte; 32]));
    let keys: Vec<String> = bytes.iter().map(key).collect();
    let active = bytes.last().map(id).unwrap();
    let text = format!(r#"{{"active":"{active}","keys":{{{}}}}}"#, keys.join(","));
    LiveKeyring::from_secret(LiveSecret::fixed(&text)).await.unwrap()
}

impl Place {
    fn new() -> Self {
        let clock = Clock::manual(Timestamp::from_second(NOW_S).unwrap());
        Self { directory: tempfile::tempdir().unwrap(), clock, usage: Usage::default() }
    }

    fn path(&self) -> PathBuf {
        self.directory.path().join("store")
    }

    async fn store(&self, keys: &[u8]) -> DiskStore {
        DiskStore::open(&self.path(), ring(keys).await, self.clock.clone()).unwrap()
    }

    fn file(&self, key: &str) -> PathBuf {
        self.path().join(name_of(key))
    }
}

fn item(key: &str) -> Item {
    Item::new(key, NOW_S + 60).with("v", Value::Text("canary-value".into()))
}

#[tokio::test]
async fn only_the_owner_can_read_and_what_is_there_tells_nothing() {
    let place = Place::new();
    let store = place.store(&[1]).await;
    store.put(item("canary-key"), &place.usage).await.unwrap();
    store.put(item("../../canary-outside"), &place.usage).await.unwrap();

    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&place.path()), 0o700);
    let mut files = 0;
    for entry in fs::read_dir(place.path()).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{path:?}");
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let content = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
        for canary in ["canary", "1000060", "pk", "ttl"] {
            assert!(!name.contains(canary) && !content.contains(canary), "{canary} in {name}");
        }
        files += 1;
    }
    assert_eq!(files, 3, "two items and the lock");
    assert!(store.get("../../canary-outside", &place.usage).await.unwrap().is_some());
    assert_eq!(format!("{store:?}"), "DiskStore");

    fs::set_permissions(place.path(), Permissions::from_mode(0o750)).unwrap();
    let refused = DiskStore::open(&place.path(), ring(&[1]).await, place.clock.clone());
    assert!(refused.unwrap_err().to_string().contains("chmod 700"));
}

#[tokio::test]
async fn every_key_of_the_ring_reads_and_the_active_one_writes() {
    let place = Place::new();
    let before = place.store(&[1]).await;
    let both = place.store(&[1, 2]).await;
    let after = place.store(&[2]).await;
    before.put(item("old"), &place.usage).await.unwrap();
    both.put(item("new"), &place.usage).await.unwrap();

    assert!(both.get("old", &place.usage).await.unwrap().is_some());
    assert!(after.get("new", &place.usage).await.unwrap().is_some());
    assert_eq!(place.usage.unreadable_items(), 0);
    assert_eq!(after.get("old", &place.usage).await.unwrap(), None);
    assert_eq!(before.get("new", &place.usage).await.unwrap(), None);
    assert_eq!(place.usage.unreadable_items(), 2, "an unknown key is no way in");
    both.update(
        Update {
            key: "old".into(),
            set: vec![("n".into(), Value::Number(1))],
            expires_at_s: None,
            condition: Condition::Live,
        },
        &place.usage,
    )
    .await
    .unwrap();
    assert!(after.get("old", &place.usage).await.unwrap().is_some(), "sealed anew by a change");
}

#[tokio::test]
async fn row_46_a_file_that_was_copied_cut_or_planted_is_not_there() {
    let place = Place::new();
    let store = place.store(&[1]).await;
    store.put(item("a"), &place.usage).await.unwrap();
    let whole = fs::read(place.file("a")).unwrap();
    fs::copy(place.file("a"), place.file("b")).unwrap();
    assert_eq!(store.get("b", &place.usage).await.unwrap(), None, "copied to another key");

    let mut flipped = whole.clone();
    *flipped.last_mut().unwrap() ^= 1;
    let plain = br#"{"pk":"a","ttl":null,"attributes":{}}"#;
    let huge = vec![7; 4 * 1024 * 1024];
    for foreign in [&[], &whole[..whole.len() / 2], &flipped, plain, &huge] {
        fs::write(place.file("a"), foreign).unwrap();
        let seen = place.usage.unreadable_items();
        assert_eq!(store.get("a", &place.usage).await.unwrap(), None);
        assert_eq!(place.usage.unreadable_items(), seen + 1);
        store.put_new(item("a"), &place.usage).await.unwrap();
        assert!(store.get("a", &place.usage).await.unwrap().is_some(), "it can be written again");
    }
    fs::write(place.file("a"), plain).unwrap();
    assert_eq!(store.take("a", &place.usage).await.unwrap(), None);
    assert!(!place.file("a").exists());
}

#[tokio::test]
async fn what_a_killed_process_left_half_written_is_overwritten() {
    let place = Place::new();
    let store = place.store(&[1]).await;
    store.put(item("a"), &place.usage).await.unwrap();
    let half = place.path().join("next");
    fs::write(&half, "half a file, longer than the next item is, for it to be seen".repeat(99))
        .unwrap();
    fs::set_permissions(&half, Permissions::from_mode(0o644)).unwrap();

    let again = place.store(&[1]).await;
    assert!(again.get("a", &place.usage).await.unwrap().is_some());
    again.put(item("b"), &place.usage).await.unwrap();
    assert!(again.get("b", &place.usage).await.unwrap().is_some());
    assert!(!half.exists());
    let mode = fs::metadata(place.file("b")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(place.usage.unreadable_items(), 0);
}

#[tokio::test]
async fn a_lock_that_is_never_given_back_is_waited_for_within_a_bound() {
    let place = Place::new();
    let store = place.store(&[1]).await;
    store.put(item("a"), &place.usage).await.unwrap();
    let folder = Folder::open(&place.path()).unwrap();
    let turn = folder.lock(DEADLINE).unwrap();
    let again = Folder::open(&place.path()).unwrap();
    let waited = again.lock(Duration::from_millis(20));
    assert!(matches!(waited, Err(StoreError::Unreachable)));
    assert!(store.get("a", &place.usage).await.unwrap().is_some(), "reading needs no lock");
    drop(turn);
    assert!(again.lock(Duration::ZERO).is_ok());
}

#[tokio::test]
async fn expired_items_are_swept_and_a_full_directory_refuses_new_ones() {
    let place = Place::new();
    let store = place.store(&[1]).await;
    for n in 0..COUNT_EVERY {
        store.put(item(&n.to_string()), &place.usage).await.unwrap();
    }
    place.clock.advance(Duration::from_secs(60));
    for n in 0..=COUNT_EVERY {
        let later = Item::new(format!("later-{n}"), NOW_S + 120);
        store.put(later, &place.usage).await.unwrap();
    }
    let items = fs::read_dir(place.path()).unwrap().count() - 1;
    assert!((COUNT_EVERY..=COUNT_EVERY + 2).contains(&items), "{items} are left");

    for n in 0..MAX_ITEMS {
        fs::write(place.path().join(format!("{n:064x}")), "foreign").unwrap();
    }
    let full = place.store(&[1]).await;
    let refused = full.put_new(Item::new("more", NOW_S + 120), &place.usage).await;
    assert!(matches!(refused, Err(StoreError::Refused { .. })), "{refused:?}");
    let there = full.put(Item::new("later-0", NOW_S + 120), &place.usage).await;
    assert!(there.is_ok(), "not a new item");
}

#[tokio::test]
async fn a_directory_that_went_away_is_an_outage_and_not_an_empty_store() {
    let place = Place::new();
    let store = place.store(&[1]).await;
    store.put(item("a"), &place.usage).await.unwrap();
    fs::rename(place.path(), place.directory.path().join("unmounted")).unwrap();
    for _ in 0..2 {
        let read = store.get("a", &place.usage).await;
        assert!(matches!(read, Err(StoreError::Unreachable)), "{read:?}");
        let written = store.put(item("b"), &place.usage).await;
        assert!(matches!(written, Err(StoreError::Unreachable)), "{written:?}");
        // What is left of a directory that was unmounted.
        let _ = fs::create_dir(place.path());
    }
    fs::remove_dir(place.path()).unwrap();
    fs::rename(place.directory.path().join("unmounted"), place.path()).unwrap();
    assert!(store.get("a", &place.usage).await.unwrap().is_some());
}
