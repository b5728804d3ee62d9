use std::collections::VecDeque;

use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::store::MemoryStore;

fn clock() -> Clock {
    Clock::manual(Timestamp::from_second(1_800_000_000).unwrap())
}

fn shared(limit: u32, clock: &Clock) -> (Limiter, Store) {
    let store = Store::Memory(MemoryStore::new(clock.clone()));
    (Limiter::shared(limit, store.clone(), clock.clone()), store)
}

async fn admitted(limiter: &Limiter, caller: &Caller) -> bool {
    matches!(limiter.admit(caller, &Usage::default()).await, Admission::Allowed { degraded: false })
}

async fn refused(limiter: &Limiter, caller: &Caller) -> (u64, bool) {
    match limiter.admit(caller, &Usage::default()).await {
        Admission::Refused { retry_after, first_in_window } => {
            (retry_after.as_secs(), first_in_window)
        }
        admitted @ Admission::Allowed { .. } => panic!("{admitted:?}"),
    }
}

fn both(limit: u32, clock: &Clock) -> [Limiter; 2] {
    [shared(limit, clock).0, Limiter::local(limit, clock.clone())]
}

#[tokio::test]
async fn the_sixty_first_call_waits_for_the_first_to_age() {
    let ann = Caller::for_tests("ann");
    for pick in 0..2 {
        let clock = clock();
        let limiter = &both(60, &clock)[pick];
        for _ in 0..60 {
            assert!(admitted(limiter, &ann).await);
            clock.advance(Duration::from_millis(100));
        }
        // The first call was 6 s ago.
        assert_eq!(refused(limiter, &ann).await, (54, true));
        clock.advance(Duration::from_millis(53_999));
        assert_eq!(refused(limiter, &ann).await, (1, false));
        clock.advance(Duration::from_millis(1));
        assert!(admitted(limiter, &ann).await);
        assert_eq!(refused(limiter, &ann).await, (1, false), "told once a minute");
        clock.advance(Duration::from_secs(7));
        for _ in 0..59 {
            assert!(admitted(limiter, &ann).await);
        }
        assert!(refused(limiter, &ann).await.1, "61 s after the first refusal it is told again");
    }
}

#[tokio::test]
async fn a_late_burst_still_counts_fifteen_seconds_later() {
    let ann = Caller::for_tests("ann");
    for pick in 0..2 {
        let clock = clock();
        let limiter = &both(60, &clock)[pick];
        clock.advance(Duration::from_secs(50));
        for _ in 0..60 {
            assert!(admitted(limiter, &ann).await);
        }
        clock.advance(Duration::from_secs(15));
        assert_eq!(refused(limiter, &ann).await, (45, true));
    }
}

#[tokio::test]
async fn people_and_tenants_have_windows_of_their_own() {
    let clock = clock();
    let ann = Caller::for_tests("ann");
    let other_tenant = Caller { tid: "00000000-0000-4000-8000-000000000002".into(), ..ann.clone() };
    for limiter in both(1, &clock) {
        assert!(admitted(&limiter, &ann).await);
        assert!(admitted(&limiter, &Caller::for_tests("ben")).await);
        assert!(admitted(&limiter, &other_tenant).await);
        assert_eq!(refused(&limiter, &ann).await, (60, true));
    }
}

#[tokio::test]
async fn two_instances_share_one_limit_and_zero_is_no_limit() {
    let clock = clock();
    let (one, store) = shared(60, &clock);
    let two = Limiter::shared(60, store.clone(), clock.clone());
    let ann = Caller::for_tests("ann");
    for _ in 0..30 {
        assert!(admitted(&one, &ann).await);
        assert!(admitted(&two, &ann).await);
    }
    refused(&one, &ann).await;
    refused(&two, &ann).await;
    let off = Limiter::shared(0, store, clock);
    for _ in 0..200 {
        assert!(admitted(&off, &ann).await);
    }
}

#[tokio::test]
async fn a_clock_that_steps_back_lets_nothing_more_through() {
    let ann = Caller::for_tests("ann");
    let ahead = clock();
    let (limiter, store) = shared(60, &ahead);
    ahead.advance(Duration::from_secs(30));
    for _ in 0..60 {
        assert!(admitted(&limiter, &ann).await);
    }
    // An instance whose clock is 30 s behind, and knows nothing.
    let behind = Limiter::shared(60, store, clock());
    assert_eq!(refused(&behind, &ann).await, (90, true));
}

#[tokio::test]
async fn an_item_that_was_deleted_or_misshapen_starts_over() {
    let clock = clock();
    let (limiter, store) = shared(2, &clock);
    let ann = Caller::for_tests("ann");
    assert!(admitted(&limiter, &ann).await);
    let key = limiter.key(&ann);
    assert!(store.take(&key, &Usage::default()).await.unwrap().is_some());
    assert!(admitted(&limiter, &ann).await);
    assert!(admitted(&limiter, &ann).await);
    refused(&limiter, &ann).await;
}

#[tokio::test]
async fn two_hundred_at_once_are_sixty() {
    let clock = clock();
    for limiter in both(60, &clock) {
        let ann = Caller::for_tests("ann");
        let all = (0..200).map(|_| admitted(&limiter, &ann));
        let accepted = futures::future::join_all(all).await;
        assert_eq!(accepted.iter().filter(|accepted| **accepted).count(), 60);
    }
}

#[tokio::test]
async fn a_high_limit_is_counted_in_two_buckets() {
    let ann = Caller::for_tests("ann");
    for pick in 0..2 {
        let clock = clock();
        let limiter = &both(120, &clock)[pick];
        for _ in 0..120 {
            assert!(admitted(limiter, &ann).await);
        }
        // They fade over the next minute: the first fits half a second into it.
        assert_eq!(refused(limiter, &ann).await, (61, true));
        clock.advance(Duration::from_millis(60_499));
        assert_eq!(refused(limiter, &ann).await, (1, true));
        clock.advance(Duration::from_millis(1));
        assert!(admitted(limiter, &ann).await);
        assert_eq!(refused(limiter, &ann).await, (1, false));
        clock.advance(Duration::from_secs(180));
        for _ in 0..120 {
            assert!(admitted(limiter, &ann).await);
        }
        refused(limiter, &ann).await;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn two_buckets_say_exactly_when_the_next_call_fits(
        limit in 91u32..200,
        current in 0u32..=200,
        previous in 0u32..=200,
        at_ms in 0i64..60_000,
    ) {
        let (current, previous) = (current.min(limit), previous.min(limit));
        let buckets = buckets::Buckets::read(
            &crate::store::Item::new("RL", 0)
                .with("m", crate::store::Value::Number(1000))
                .with("c", crate::store::Value::Number(current.into()))
                .with("p", crate::store::Value::Number(previous.into())),
        ).unwrap();
        let now_ms = 1000 * WINDOW_MS + at_ms;
        if let Err(until_ms) = buckets.next(limit, now_ms) {
            prop_assert!(until_ms > now_ms);
            prop_assert!(buckets.next(limit, until_ms - 1).is_err());
            prop_assert!(buckets.next(limit, until_ms).is_ok());
        }
    }

    /// The textbook window as a second opinion: a call fits if fewer than the limit were
    /// accepted in the last minute.
    #[test]
    fn both_arms_agree_with_a_plain_window(
        limit in 1u32..8,
        gaps_ms in prop::collection::vec(prop_oneof![0u64..50, 5_000u64..25_000], 1..120),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let clock = clock();
            let ann = Caller::for_tests("ann");
            let (one, store) = shared(limit, &clock);
            let two = Limiter::shared(limit, store, clock.clone());
            let alone = Limiter::local(limit, clock.clone());
            let mut accepted: VecDeque<i64> = VecDeque::new();
            for (n, gap) in gaps_ms.iter().enumerate() {
                clock.advance(Duration::from_millis(*gap));
                let now = clock.now_ms();
                accepted.retain(|at| *at > now - 60_000);
                let fits = accepted.len() < limit as usize;
                if fits {
                    accepted.push_back(now);
                }
                let instance = if n % 3 == 0 { &two } else { &one };
                assert_eq!(admitted(instance, &ann).await, fits, "shared, call {n}");
                assert_eq!(admitted(&alone, &ann).await, fits, "alone, call {n}");
            }
        });
    }
}
