//! Sealed records, over every arm of the store.

use std::time::Duration;

use aws_sdk_dynamodb::primitives::Blob;
use platform::store::{Record, RecordKind, SealedStore, StoreError, Used};
use platform::usage::Usage;

use crate::arms::{Arm, keyring};
use crate::clock;
use crate::moto::EmptyTable;
use crate::store::arms;

async fn sealed(arm: &Arm) -> SealedStore {
    SealedStore::new(arm.instances[0].clone(), keyring().await, "sharepoint")
}

#[tokio::test]
async fn a_record_lives_as_it_was_kept_until_it_expires_or_is_taken() {
    let usage = Usage::default();
    for arm in arms().await {
        let sealed = sealed(&arm).await;
        let end_s = arm.clock.now_s() + 60;
        for kind in RecordKind::ALL {
            let get = async || sealed.get::<String>(kind, "id", &usage).await.unwrap();
            assert_eq!(get().await, None);
            sealed.put_new(kind, "id", &"first", end_s, &usage).await.unwrap();
            let again = sealed.put_new(kind, "id", &"x", end_s, &usage).await;
            assert!(matches!(again, Err(StoreError::ConditionFailed(_))), "{}", arm.name);
            let version = sealed.replace(kind, "id", &"second", end_s + 1, 1, &usage).await;
            assert_eq!(version.unwrap(), 2, "{}", arm.name);
            let late = sealed.replace(kind, "id", &"x", end_s, 1, &usage).await;
            assert!(matches!(late, Err(StoreError::ConditionFailed(_))), "{}", arm.name);
            let record = Record { value: "second".to_owned(), version: 2, expires_at_s: end_s + 1 };
            assert_eq!(get().await, Some(record.clone()), "{}", arm.name);
            let taken = sealed.take::<String>(kind, "id", &usage).await.unwrap();
            assert_eq!(taken, Some(record));
            assert_eq!(get().await, None);
            sealed.put_new(kind, "id", &"third", end_s, &usage).await.unwrap();
            sealed.delete(kind, "id", &usage).await.unwrap();
            assert_eq!(get().await, None);
            sealed.put_new(kind, "id", &"fourth", end_s, &usage).await.unwrap();
        }
        arm.clock.advance(Duration::from_secs(60));
        let code = RecordKind::Code;
        assert_eq!(sealed.get::<String>(code, "id", &usage).await.unwrap(), None, "row 48");
        assert_eq!(sealed.take::<String>(code, "id", &usage).await.unwrap(), None);
        let used = sealed.mark_used::<String>(RecordKind::Grant, "id", &usage).await;
        assert_eq!(used.unwrap(), Used::Missing);
    }
    assert_eq!(usage.unreadable_items(), 0);
}

#[tokio::test]
async fn a_record_is_used_once_and_the_next_user_learns_what_it_was() {
    let usage = Usage::default();
    for arm in arms().await {
        let sealed = sealed(&arm).await;
        let end_s = arm.clock.now_s() + 60;
        let use_it = async || sealed.mark_used::<i64>(RecordKind::Code, "k", &usage).await;
        assert_eq!(use_it().await.unwrap(), Used::Missing);
        sealed.put_new(RecordKind::Code, "k", &7, end_s, &usage).await.unwrap();
        let record = Record { value: 7, version: 1, expires_at_s: end_s };
        assert_eq!(use_it().await.unwrap(), Used::First(record.clone()));
        assert_eq!(use_it().await.unwrap(), Used::Again(record), "{}", arm.name);
    }
}

#[tokio::test]
async fn a_dump_of_the_table_shows_no_secret() {
    let Some(table) = EmptyTable::create().await else {
        return;
    };
    let clock = clock();
    let usage = Usage::default();
    let sealed = SealedStore::new(table.store(&clock), keyring().await, "sharepoint");
    let secrets = [RecordKind::Transaction, RecordKind::Csrf, RecordKind::Code, RecordKind::Jti];
    for kind in secrets {
        let end_s = clock.now_s() + 60;
        sealed.put_new(kind, "canary-id", &"canary-token", end_s, &usage).await.unwrap();
        sealed.mark_used::<String>(kind, "canary-id", &usage).await.unwrap();
    }
    let scan = table.aws.dynamodb().scan().table_name(&table.name).send().await.unwrap();
    let items = scan.items.unwrap();
    assert_eq!(items.len(), secrets.len());
    let bytes = |blob: &Blob| String::from_utf8_lossy(blob.as_ref()).into_owned();
    for item in items {
        let mut names: Vec<&str> = item.keys().map(String::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["pk", "sealed", "ttl", "used", "version"]);
        let sealed = bytes(item["sealed"].as_b().unwrap());
        assert!(!format!("{item:?}{sealed}").contains("canary"));
    }
}
