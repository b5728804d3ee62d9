//! One behaviour, every arm of the store.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use futures::future::join_all;
use platform::clock::Clock;
use platform::store::{
    Condition, Freshness, Item, MAX_ITEM_BYTES, Store, StoreError, Update, Value,
};
use platform::usage::Usage;

use crate::arms::Arm;
use crate::clock;
use crate::moto::EmptyTable;

/// Every arm that can run here.
pub(crate) async fn arms() -> Vec<Arm> {
    let mut arms = vec![Arm::memory(), Arm::disk().await];
    arms.extend(Arm::moto().await);
    arms
}

fn item(clock: &Clock, key: &str, number: i64) -> Item {
    Item::new(key, clock.now_s() + 60)
        .with("number", Value::Number(number))
        .with("text", Value::Text("t".into()))
}

async fn get(store: &Store, key: &str) -> Option<Item> {
    store.get(key, Freshness::Latest, &Usage::default()).await.unwrap()
}

fn update(key: &str, condition: Condition) -> Update {
    Update {
        key: key.into(),
        set: vec![("number".into(), Value::Number(99))],
        expires_at_s: None,
        condition,
    }
}

/// The number of the item that stood in the way; `None` when none did.
fn stood_in_the_way(error: StoreError) -> Option<i64> {
    match error {
        StoreError::ConditionFailed(item) => item.and_then(|item| item.number("number")),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn what_was_put_is_there_until_it_expires() {
    let usage = Usage::default();
    for arm in arms().await {
        let (store, clock) = (&arm.instances[0], &arm.clock);
        let whole = item(clock, "a", i64::MIN)
            .with("max", Value::Number(i64::MAX))
            .with("empty", Value::Text(String::new()))
            .with("ttl-like #name :v", Value::Text("ü\n\"".into()))
            .with("bytes", Value::Bytes((0..=255).collect()))
            .with("large", Value::Bytes(vec![7; 300_000]));
        store.put(whole.clone(), &usage).await.unwrap();
        assert_eq!(get(store, "a").await, Some(whole.clone()));
        assert_eq!(store.get("a", Freshness::Eventual, &usage).await.unwrap(), Some(whole));
        assert_eq!(get(store, "b").await, None);
        store.put(item(clock, "a", 2), &usage).await.unwrap();
        assert_eq!(get(store, "a").await, Some(item(clock, "a", 2)));

        clock.advance(Duration::from_secs(59));
        assert!(get(store, "a").await.is_some());
        clock.advance(Duration::from_secs(1));
        assert_eq!(get(store, "a").await, None, "expired, not yet deleted");
        assert_eq!(store.take("a", &usage).await.unwrap(), None);
    }
}

#[tokio::test]
async fn an_item_too_large_is_refused_and_changes_nothing() {
    let usage = Usage::default();
    for arm in arms().await {
        let (store, clock) = (&arm.instances[0], &arm.clock);
        let large = item(clock, "a", 1).with("v", Value::Bytes(vec![0; MAX_ITEM_BYTES]));
        for written in [store.put(large.clone(), &usage).await, store.put_new(large, &usage).await]
        {
            assert!(matches!(written, Err(StoreError::Refused { .. })), "{written:?}");
        }
        assert_eq!(get(store, "a").await, None);
    }
}

#[tokio::test]
async fn a_new_item_gives_way_to_a_live_one_and_replaces_an_expired_one() {
    let usage = Usage::default();
    for arm in arms().await {
        let (store, clock) = (&arm.instances[0], &arm.clock);
        let first = item(clock, "a", 1).with("more", Value::Number(1));
        store.put_new(first, &usage).await.unwrap();
        let error = store.put_new(item(clock, "a", 2), &usage).await.unwrap_err();
        assert_eq!(stood_in_the_way(error), Some(1));

        clock.advance(Duration::from_secs(60));
        let second = item(clock, "a", 2);
        store.put_new(second.clone(), &usage).await.unwrap();
        assert_eq!(get(store, "a").await, Some(second), "nothing of the old one is left");
    }
}

#[tokio::test]
async fn an_update_changes_what_it_names_if_its_condition_holds() {
    let usage = Usage::default();
    for arm in arms().await {
        let (store, clock) = (&arm.instances[0], &arm.clock);
        let error = store.update(update("a", Condition::Live), &usage).await.unwrap_err();
        assert_eq!(stood_in_the_way(error), None);
        assert_eq!(get(store, "a").await, None, "an update makes no item");

        let number = |n| Condition::number("number", n);
        let missing = |name: &str| Condition::Missing(name.into());
        let at_most = |name: &str, n| Condition::AtMost(name.into(), n);
        for (condition, holds) in [
            (Condition::Live, true),
            (number(1), true),
            (number(2), false),
            (Condition::Equals("number".into(), Value::Text("1".into())), false),
            (Condition::Equals("other".into(), Value::Number(1)), false),
            (missing("other"), true),
            (missing("number"), false),
            (at_most("number", 1), true),
            (at_most("number", 0), false),
            (at_most("other", 9), false),
            (Condition::Any(vec![number(2), missing("other")]), true),
            (Condition::Any(vec![number(2), missing("number")]), false),
            (Condition::All(vec![number(1), Condition::Any(vec![missing("x"), number(5)])]), true),
            (Condition::All(vec![number(1), number(2)]), false),
        ] {
            let before = item(clock, "a", 1);
            store.put(before.clone(), &usage).await.unwrap();
            let changed = store.update(update("a", condition.clone()), &usage).await;
            let after = if holds { item(clock, "a", 99) } else { before };
            match changed {
                Ok(changed) => assert!(holds && changed == after, "{condition:?}"),
                Err(error) => {
                    assert!(!holds, "{condition:?}: {error}");
                    assert_eq!(stood_in_the_way(error), Some(1));
                }
            }
            assert_eq!(get(store, "a").await, Some(after), "{condition:?}");
        }

        let later =
            Update { expires_at_s: Some(clock.now_s() + 120), ..update("a", Condition::Live) };
        store.update(later, &usage).await.unwrap();
        clock.advance(Duration::from_secs(119));
        assert!(get(store, "a").await.is_some());
        clock.advance(Duration::from_secs(1));
        let error = store.update(update("a", Condition::Live), &usage).await.unwrap_err();
        assert_eq!(stood_in_the_way(error), None, "an expired item is not there");
    }
}

#[tokio::test]
async fn of_many_at_once_exactly_one_takes_makes_or_changes_an_item() {
    let usage = Usage::default();
    for arm in arms().await {
        let (store, clock) = (&arm.instances[0], &arm.clock);
        let puts = (0..8).map(|n| store.put_new(item(clock, "a", n), &usage));
        let made = join_all(puts).await;
        assert_eq!(made.iter().filter(|made| made.is_ok()).count(), 1);

        let number = get(store, "a").await.unwrap().number("number").unwrap();
        let change =
            (0..8).map(|_| store.update(update("a", Condition::number("number", number)), &usage));
        let changed = join_all(change).await;
        assert_eq!(changed.iter().filter(|changed| changed.is_ok()).count(), 1);

        let take = (0..8).map(|_| store.take("a", &usage));
        let taken = join_all(take).await;
        assert_eq!(taken.iter().filter(|taken| matches!(taken, Ok(Some(_)))).count(), 1);
        assert!(taken.iter().all(Result::is_ok));
        assert_eq!(get(store, "a").await, None);
    }
}

#[tokio::test]
async fn many_are_read_in_one_go() {
    let usage = Usage::default();
    for arm in arms().await {
        let (store, clock) = (&arm.instances[0], &arm.clock);
        for key in ["a", "b", "c"] {
            store.put(item(clock, key, 1), &usage).await.unwrap();
        }
        store.put(Item::new("old", clock.now_s()), &usage).await.unwrap();
        let keys = ["a", "c", "old", "never", "a"];
        let found = store.get_many(&keys, Freshness::Latest, &usage).await.unwrap();
        let mut found: Vec<&str> = found.iter().map(|item| item.key.as_str()).collect();
        found.sort_unstable();
        assert_eq!(found, ["a", "c"]);
        assert!(store.get_many(&[], Freshness::Eventual, &usage).await.unwrap().is_empty());
        let many = vec!["a"; 101];
        let refused = store.get_many(&many, Freshness::Latest, &usage).await;
        assert!(matches!(refused, Err(StoreError::Refused { .. })));
    }
}

#[tokio::test]
async fn an_item_without_expiry_stays_and_foreign_attributes_are_left_out() {
    let Some(table) = EmptyTable::create().await else {
        return;
    };
    let store = table.store(&clock());
    let planted = HashMap::from([
        ("pk".to_owned(), AttributeValue::S("a".into())),
        ("flag".to_owned(), AttributeValue::Bool(true)),
        ("float".to_owned(), AttributeValue::N("1.5".into())),
        ("number".to_owned(), AttributeValue::N("7".into())),
    ]);
    let put = table.aws.dynamodb().put_item().table_name(&table.name);
    put.set_item(Some(planted)).send().await.unwrap();

    let found = get(&store, "a").await.unwrap();
    assert_eq!(found.expires_at_s, None);
    assert_eq!(found.attributes.len(), 1);
    assert_eq!(found.number("number"), Some(7));
    let error = store.put_new(Item::new("a", i64::MAX), &Usage::default()).await.unwrap_err();
    assert_eq!(stood_in_the_way(error), Some(7));
}

#[tokio::test]
async fn consumed_capacity_is_counted_refused_conditions_too() {
    let Some(table) = EmptyTable::create().await else {
        return;
    };
    let clock = clock();
    let store = table.store(&clock);
    let usage = Usage::default();
    store.put_new(item(&clock, "a", 1), &usage).await.unwrap();
    store.get("a", Freshness::Latest, &usage).await.unwrap();
    store.get_many(&["a", "b"], Freshness::Latest, &usage).await.unwrap();
    let so_far = usage.snapshot();
    assert!(so_far.dynamodb_read_units >= 2.0, "{so_far:?}");
    assert!((so_far.dynamodb_write_units - 1.0).abs() < 0.01, "{so_far:?}");

    let refused = store.put_new(item(&clock, "a", 1), &usage).await;
    assert!(refused.is_err());
    let written = usage.snapshot().dynamodb_write_units;
    assert!((written - 2.0).abs() < 0.01, "{written}");
    // moto reports half a unit for an update, so only that it is counted is checked.
    let change = update("a", Condition::Live);
    store.update(change, &usage).await.unwrap();
    store.take("a", &usage).await.unwrap();
    let written = usage.snapshot().dynamodb_write_units;
    assert!(written >= 3.4, "{written}");
}
