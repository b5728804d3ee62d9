//! The limiter through the real SDK.

use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use futures::future::join_all;
use platform::clock::Clock;
use platform::identity::Caller;
use platform::limit::{Admission, Limiter};
use platform::store::{MemoryStore, Store, Table};
use platform::usage::Usage;

use crate::clock;
use crate::moto::EmptyTable;

/// How many calls one instance gets through until it is told to wait a minute.
async fn accepted_until_blocked(limiter: Limiter, usage: Usage) -> usize {
    let ann = Caller::for_tests("ann");
    let mut accepted = 0;
    for _ in 0..1000 {
        match limiter.admit(&ann, &usage).await {
            Admission::Allowed { degraded } => {
                assert!(!degraded);
                accepted += 1;
            }
            Admission::Refused { retry_after, .. } if retry_after == Duration::from_secs(60) => {
                return accepted;
            }
            // Others were faster; with a clock that stands still this is the only other wait.
            Admission::Refused { retry_after, .. } => {
                assert_eq!(retry_after, Duration::from_secs(1));
            }
        }
    }
    panic!("never blocked");
}

/// How many calls the table says were let through.
async fn calls_written(table: &EmptyTable) -> usize {
    let scan = table.aws.dynamodb().scan().table_name(&table.name);
    let items = scan.send().await.unwrap().items.unwrap_or_default();
    items[0]["n"].as_n().unwrap().parse().unwrap()
}

/// The table, with every write sent once, however late its answer is: one that is sent again finds
/// its own first try and looks like another's.
fn store_of_single_writes(table: &EmptyTable, clock: &Clock) -> Store {
    let config = table.aws.dynamodb().config().to_builder();
    let config = config.retry_config(RetryConfig::disabled());
    let config = config.timeout_config(TimeoutConfig::disabled()).build();
    Store::Dynamodb(Table::new(Client::from_conf(config), &table.name, clock.clone()))
}

async fn eight_at_once_get_sixty_through(store: Store, clock: Clock) -> Usage {
    let usage = Usage::default();
    let instances = (0..8).map(|_| {
        let limiter = Limiter::shared(60, store.clone(), clock.clone());
        tokio::spawn(accepted_until_blocked(limiter, usage.clone()))
    });
    let accepted = join_all(instances).await.into_iter().map(Result::unwrap);
    assert_eq!(accepted.sum::<usize>(), 60);
    usage
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eight_instances_at_once_get_exactly_sixty_calls_through() {
    let clock = clock();
    let memory = Store::Memory(MemoryStore::new(clock.clone()));
    eight_at_once_get_sixty_through(memory, clock.clone()).await;

    let Some(table) = EmptyTable::create().await else {
        return;
    };
    let usage =
        eight_at_once_get_sixty_through(store_of_single_writes(&table, &clock), clock.clone())
            .await;
    assert_eq!(calls_written(&table).await, 60);
    assert!(usage.snapshot().dynamodb_write_units >= 30.0);

    clock.advance(Duration::from_secs(60));
    let next = Limiter::shared(60, table.store(&clock), clock.clone());
    let accepted = accepted_until_blocked(next, usage).await;
    assert_eq!(accepted, 60, "a minute later, sixty more");
}

#[tokio::test]
async fn a_call_costs_one_write_and_a_refusal_costs_one_write_once() {
    let Some(table) = EmptyTable::create().await else {
        return;
    };
    let clock = clock();
    let limiter = Limiter::shared(3, table.store(&clock), clock.clone());
    let ann = Caller::for_tests("ann");
    let usage = Usage::default();
    let mut before = 0.0;
    for _ in 0..3 {
        limiter.admit(&ann, &usage).await;
        // moto reports half a unit for an update.
        let written = usage.snapshot().dynamodb_write_units;
        assert!((0.4..1.1).contains(&(written - before)), "{written}");
        before = written;
    }
    // A fresh instance learns it with its first refusal, and then knows.
    let fresh = Limiter::shared(3, table.store(&clock), clock.clone());
    let usage = Usage::default();
    for _ in 0..5 {
        assert!(matches!(fresh.admit(&ann, &usage).await, Admission::Refused { .. }));
    }
    let written = usage.snapshot().dynamodb_write_units;
    assert!((written - 1.0).abs() < 0.01, "{written}");
}
