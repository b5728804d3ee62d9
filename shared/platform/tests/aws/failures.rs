//! DynamoDB throttled, silent, gone or forbidding: who goes on, and how soon.

use std::time::{Duration, Instant};

use platform::clock::Clock;
use platform::identity::Caller;
use platform::limit::{Admission, Limiter};
use platform::seal::LiveKeyring;
use platform::store::{Freshness, Item, KillSwitch, Standing, Store, StoreError, Table};
use platform::token_cache::{Keeping, TokenCache};
use platform::usage::Usage;

use crate::stub::{Stub, nobody};
use crate::token_cache::{key_of, token};
use crate::{aws_at, clock};

/// A little more than the deadline of one operation.
const SOON: Duration = Duration::from_millis(3900);
const THROTTLED: &str = "ProvisionedThroughputExceededException";

async fn store_at(address: &str, clock: &Clock) -> Store {
    let client = aws_at(address).await.dynamodb();
    Store::Dynamodb(Table::new(client, "table", clock.clone()))
}

async fn read(store: &Store) -> Result<Option<Item>, StoreError> {
    store.get("a", Freshness::Latest, &Usage::default()).await
}

#[tokio::test]
async fn failures_keep_apart_what_can_be_done_about_them() {
    let clock = clock();
    for code in [THROTTLED, "ThrottlingException", "RequestLimitExceeded"] {
        let stub = Stub::failing(code).await;
        let store = store_at(&stub.address, &clock).await;
        assert!(matches!(read(&store).await, Err(StoreError::Throttled)), "{code}");
        assert_eq!(stub.requests(), 2, "tried once more");
    }
    let stub = Stub::failing("AccessDeniedException").await;
    let error = read(&store_at(&stub.address, &clock).await).await.unwrap_err();
    assert_eq!(error.to_string(), "the store refused: AccessDeniedException");
    assert_eq!(stub.requests(), 1);

    let broken = Stub::answering(&[(500, "{}")]).await;
    let nonsense = Stub::answering(&[(200, "<html>canary</html>")]).await;
    for address in [broken.address, nonsense.address, nobody().await] {
        let error = read(&store_at(&address, &clock).await).await.unwrap_err();
        assert!(matches!(error, StoreError::Unreachable), "{error}");
    }
}

#[tokio::test]
async fn a_batch_that_was_left_undone_is_throttled_and_half_units_are_counted() {
    let clock = clock();
    let undone = r#"{"Responses":{"table":[]},"UnprocessedKeys":{"table":{"Keys":[{"pk":{"S":"a"}}]}},
        "ConsumedCapacity":[{"TableName":"table","CapacityUnits":0.5}]}"#;
    let stub = Stub::answering(&[(200, undone)]).await;
    let store = store_at(&stub.address, &clock).await;
    let usage = Usage::default();
    let answer = store.get_many(&["a"], Freshness::Eventual, &usage).await;
    assert!(matches!(answer, Err(StoreError::Throttled)));
    assert!((usage.snapshot().dynamodb_read_units - 0.5).abs() < 0.001);
}

/// The limiter keeps the limit alone, the cache misses, the kill switch says that it does not know;
/// each within its deadline, and the next calls without waiting.
async fn goes_on_without(address: &str) {
    let clock = clock();
    let store = store_at(address, &clock).await;
    let usage = Usage::default();
    let ann = Caller::for_tests("ann");
    let key = key_of("ann");
    let limiter = Limiter::shared(3, store.clone(), clock.clone());
    let keys = LiveKeyring::random().unwrap();
    let cache = TokenCache::dynamodb(store.clone(), "table", keys, clock.clone());
    let kill_switch = KillSwitch::new(store, clock.clone());

    let started = Instant::now();
    let (admission, cached, standing) = tokio::join!(
        limiter.admit(&ann, &usage),
        cache.get(&key, &usage),
        kill_switch.check(&ann, &usage),
    );
    assert!(started.elapsed() < SOON, "{:?}", started.elapsed());
    assert_eq!(admission, Admission::Allowed { degraded: true });
    assert!(cached.is_none());
    assert_eq!(standing, Standing::Unknown);

    let started = Instant::now();
    for _ in 0..2 {
        let admission = limiter.admit(&ann, &usage).await;
        assert_eq!(admission, Admission::Allowed { degraded: true });
    }
    let refused = limiter.admit(&ann, &usage).await;
    assert!(matches!(refused, Admission::Refused { retry_after, first_in_window: true }
        if retry_after == Duration::from_secs(60)));
    let kept = cache.put(&key, &token(&clock), &usage).await;
    assert_eq!(kept, Keeping::Kept, "in this process");
    assert!(cache.get(&key, &usage).await.is_some());
    assert!(started.elapsed() < Duration::from_secs(1), "nothing waits during the pause");
}

#[tokio::test]
async fn a_throttled_table_stops_nobody() {
    let stub = Stub::failing(THROTTLED).await;
    goes_on_without(&stub.address).await;
    assert_eq!(stub.requests(), 6, "three askers, two attempts each");
}

#[tokio::test]
async fn an_unreachable_table_stops_nobody() {
    goes_on_without(&nobody().await).await;
}

#[tokio::test]
async fn a_silent_table_stops_nobody() {
    let stub = Stub::silent().await;
    goes_on_without(&stub.address).await;
    assert!(stub.requests() > 0);
}

#[tokio::test]
async fn the_shared_limit_is_asked_again_after_the_pause() {
    let clock = clock();
    let throttled = format!(r#"{{"__type":"x#{THROTTLED}"}}"#);
    let stub = Stub::answering(&[(400, &throttled), (400, &throttled), (200, "{}")]).await;
    let limiter = Limiter::shared(60, store_at(&stub.address, &clock).await, clock.clone());
    let (ann, usage) = (Caller::for_tests("ann"), Usage::default());
    assert_eq!(limiter.admit(&ann, &usage).await, Admission::Allowed { degraded: true });
    clock.advance(Duration::from_secs(4));
    assert_eq!(limiter.admit(&ann, &usage).await, Admission::Allowed { degraded: true });
    clock.advance(Duration::from_secs(1));
    assert_eq!(limiter.admit(&ann, &usage).await, Admission::Allowed { degraded: false });
}
