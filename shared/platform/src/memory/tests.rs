use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures::FutureExt;
use proptest::prelude::*;
use tokio::sync::oneshot;

use super::*;

/// Work that answers what it is sent, and counts how often it began.
fn work<'a>(
    began: &'a AtomicUsize,
    answer: impl Future<Output = Result<u32, &'static str>> + Send + 'a,
) -> BoxFuture<'a, Result<u32, &'static str>> {
    async move {
        began.fetch_add(1, Ordering::SeqCst);
        answer.await
    }
    .boxed()
}

proptest! {
    #[test]
    fn keys_of_fields_differ_where_the_fields_do(
        one in proptest::collection::vec("[ab|/]{0,3}", 0..4),
        other in proptest::collection::vec("[ab|/]{0,3}", 0..4),
    ) {
        let key = |fields: &[String]| key_of(&fields.iter().map(String::as_str).collect::<Vec<_>>());
        prop_assert_eq!(one == other, key(&one) == key(&other));
    }
}

#[test]
fn a_value_is_found_by_all_clones_until_it_is_forgotten() {
    let memory = Memory::new(Bounds::of(8));
    let clone = memory.clone();
    memory.insert("ann", 1);
    memory.insert([0xff; 32], 2);
    assert_eq!(
        (clone.get("ann"), clone.get([0xff; 32]), clone.get("ben")),
        (Some(1), Some(2), None)
    );
    clone.insert("ann", 3);
    assert_eq!(memory.get("ann"), Some(3));
    clone.invalidate("ann");
    assert_eq!((memory.get("ann"), memory.get([0xff; 32])), (None, Some(2)));
}

#[test]
fn more_than_the_capacity_is_not_kept() {
    let counted = Memory::new(Bounds::of(4));
    let weighed = Memory::weighed(Bounds::of(40), |key, value: &String| key.len() + value.len());
    for n in 10..90 {
        counted.insert(n.to_string(), n);
        weighed.insert(n.to_string(), "12345678".to_owned());
    }
    weighed.insert("large", "1".repeat(40));
    counted.kept.settle();
    weighed.kept.settle();
    let kept: Vec<_> = (10..90).filter_map(|n| Some((n, counted.get(n.to_string())?))).collect();
    assert!(kept.len() == 4 && kept.iter().all(|(n, value)| n == value), "{kept:?}");
    let kept: Vec<_> = (10..90).filter_map(|n| weighed.get(n.to_string())).collect();
    assert_eq!(kept, ["12345678"; 4]);
    assert_eq!(weighed.get("large"), None);
}

#[test]
fn least_recent_first_keeps_what_was_asked_for_last() {
    let memory = Memory::new(Bounds::of(3).least_recent_first());
    let insert = |key: &'static str| {
        memory.insert(key, key);
        memory.kept.settle();
    };
    for key in ["a", "b", "c"] {
        insert(key);
    }
    assert_eq!(memory.get("a"), Some("a"));
    insert("d");
    let kept = ["a", "b", "c", "d"].map(|key| memory.get(key));
    assert_eq!(kept, [Some("a"), None, Some("c"), Some("d")]);
}

#[test]
fn a_value_ends_with_its_time() {
    let memory = Memory::new(Bounds::of(3).for_at_most(Duration::ZERO));
    memory.insert("a", ());
    assert_eq!(memory.get("a"), None);
}

#[test]
fn changes_from_many_threads_are_all_counted_and_a_first_value_is_made_once() {
    let memory = Memory::new(Bounds::of(8));
    let firsts = Memory::new(Bounds::of(8));
    let made = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..500 {
                    memory.upsert("n", |n: Option<u32>| n.unwrap_or(0) + 1);
                    firsts.get_or_insert_with("n", || made.fetch_add(1, Ordering::SeqCst));
                }
            });
        }
    });
    assert_eq!(memory.get("n"), Some(4000));
    assert_eq!(made.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn many_who_ask_at_the_same_time_share_one_work_and_its_error() {
    let memory = Memory::new(Bounds::of(8));
    for outcome in [Err("no"), Ok(7)] {
        let began = AtomicUsize::new(0);
        let asks = (0..100).map(|_| {
            let answer = tokio::task::yield_now().map(move |()| outcome);
            memory.get_or_bring(b"key", &|_| true, work(&began, answer))
        });
        let answers = futures::future::join_all(asks).await;
        assert_eq!(began.load(Ordering::SeqCst), 1);
        assert!(answers.iter().all(|answer| answer.as_ref().copied().map_err(|e| **e) == outcome));
        assert_eq!(memory.get(b"key"), outcome.ok(), "a failure is not remembered");
    }
    assert_eq!(memory.kept.flights().len(), 0);
}

#[tokio::test]
async fn a_cancelled_beginner_leaves_the_work_to_those_who_wait() {
    let memory = Memory::new(Bounds::of(8));
    let began = AtomicUsize::new(0);
    let (answer, answered) = oneshot::channel::<u32>();
    let never = std::future::pending();
    let second = answered.map(|n| n.map_err(|_| "dropped"));
    let mut beginner = Box::pin(memory.get_or_bring(b"key", &|_| true, work(&began, never)));
    let mut follower = Box::pin(memory.get_or_bring(b"key", &|_| true, work(&began, second)));
    let third = std::future::ready(Ok(9));
    let mut last = Box::pin(memory.get_or_bring(b"key", &|_| true, work(&began, third)));
    assert!(futures::poll!(&mut beginner).is_pending());
    assert!(futures::poll!(&mut follower).is_pending());
    assert!(futures::poll!(&mut last).is_pending());
    drop(beginner);
    answer.send(7).unwrap();
    let both = futures::future::join(last, follower).await;
    assert_eq!(both, (Ok(7), Ok(7)), "who came first goes on");
    assert_eq!(began.load(Ordering::SeqCst), 2);
    assert_eq!(memory.get(b"key"), Some(7));
}

#[tokio::test]
async fn a_panic_in_the_work_is_nobody_elses() {
    let memory = Memory::new(Bounds::of(8));
    let began = AtomicUsize::new(0);
    let gate = tokio::sync::Notify::new();
    let panics = gate.notified().map(|()| panic!("in the work"));
    let first = memory.get_or_bring(b"key", &|_| true, work(&began, panics));
    let mut first = Box::pin(std::panic::AssertUnwindSafe(first).catch_unwind());
    let other = std::future::ready(Ok(7));
    let mut second = Box::pin(memory.get_or_bring(b"key", &|_| true, work(&began, other)));
    assert!(futures::poll!(&mut first).is_pending());
    assert!(futures::poll!(&mut second).is_pending());
    gate.notify_one();
    assert!(first.await.is_err());
    assert_eq!(second.await, Ok(7));
}

#[tokio::test]
async fn a_value_that_is_no_longer_good_is_brought_anew_once() {
    let memory = Memory::new(Bounds::of(8));
    memory.insert("key", 1);
    let began = AtomicUsize::new(0);
    let is_good = |n: &u32| *n > 1;
    let asks = (0..10).map(|_| {
        let answer = tokio::task::yield_now().map(|()| Ok(2));
        memory.get_or_bring(b"key", &is_good, work(&began, answer))
    });
    let answers = futures::future::join_all(asks).await;
    assert!(answers.iter().all(|answer| *answer == Ok(2)));
    assert_eq!(began.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn flights_that_everybody_left_do_not_pile_up() {
    let memory = Memory::new(Bounds::of(8));
    let began = AtomicUsize::new(0);
    for n in 0..2_000_u32 {
        let key = n.to_be_bytes();
        let mut ask =
            Box::pin(memory.get_or_bring(&key, &|_| true, work(&began, std::future::pending())));
        assert!(futures::poll!(&mut ask).is_pending());
    }
    assert!(memory.kept.flights().len() <= 256);
}

#[test]
fn debug_texts_show_neither_keys_nor_values() {
    let memory = Memory::new(Bounds::of(8));
    memory.insert("canary", "canary");
    assert!(!format!("{memory:?}").contains("canary"));
}
