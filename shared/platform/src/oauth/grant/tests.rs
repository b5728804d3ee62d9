use std::time::Duration;

use super::*;
use crate::identity::test_entra::NOW_S;
use crate::oauth::sessions::tests::World;
use crate::store::{DiskStore, Store};

#[tokio::test]
async fn a_grant_goes_on_for_ninety_days_from_its_last_rotation() {
    let world = World::new().await;
    let sessions = world.instance();
    let (id, _) = world.signed_in(&sessions, 3600).await;
    let day = Duration::from_hours(24);
    world.entra.clock.advance(day * 89);
    let (live, presented) = sessions.grants.rotate(&id, 1, &world.usage).await.unwrap();
    assert_eq!((presented, live.grant.generation), (Presented::Current, 2));
    assert_eq!(live.expires_at_s, NOW_S + (89 + 90) * 24 * 3600);
    world.entra.clock.advance(day * 90);
    assert_eq!(sessions.grants.load(&id, &world.usage).await.err(), Some(NoGrant::Gone));
}

#[tokio::test]
async fn many_rotations_of_one_number_are_one() {
    let mut world = World::new().await;
    // Files are read and written on other threads, so the eight do run into each other.
    let directory = tempfile::tempdir().unwrap();
    let (keyring, clock) = (world.keyring.clone(), world.entra.clock.clone());
    world.store =
        Store::Disk(DiskStore::open(&directory.path().join("s"), keyring, clock).unwrap());
    let sessions = world.instance();
    let (id, _) = world.signed_in(&sessions, 3600).await;
    let instances: Vec<_> = (0..8).map(|_| world.instance()).collect();
    let all = instances.iter().map(|one| one.grants.rotate(&id, 1, &world.usage));
    let outcomes = futures::future::join_all(all).await;
    let current = |outcome: &&Result<(Arc<Live>, Presented), NoGrant>| {
        matches!(outcome, Ok((_, Presented::Current)))
    };
    assert_eq!(outcomes.iter().filter(current).count(), 1);
    assert!(outcomes.iter().all(|outcome| outcome.as_ref().unwrap().0.grant.generation == 2));
}

#[tokio::test]
async fn what_was_decided_on_an_old_reading_is_not_written() {
    let world = World::new().await;
    let (one, two) = (world.instance(), world.instance());
    let (id, _) = world.signed_in(&one, 3600).await;
    let old = one.grants.latest(&id, &world.usage).await.unwrap();
    two.grants.rotate(&id, 1, &world.usage).await.unwrap();
    let late = Grant { generation: 7, ..old.grant.clone() };
    let (until_s, usage) = (old.expires_at_s, &world.usage);
    assert!(one.grants.replace(&id, &old, late, until_s, usage).await.unwrap().is_none());
    assert_eq!(one.grants.latest(&id, usage).await.unwrap().grant.generation, 2);
}

#[tokio::test]
async fn row_90_debug_output_of_a_grant_holds_nothing_of_it() {
    let world = World::new().await;
    let sessions = world.instance();
    let (id, _) = world.signed_in(&sessions, 3600).await;
    let live = sessions.grants.load(&id, &world.usage).await.unwrap();
    let text = format!("{live:?}");
    assert!(text.contains("redacted") && !text.contains("entra-refresh"), "{text}");
}
