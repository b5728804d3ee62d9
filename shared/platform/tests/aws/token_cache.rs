//! The token cache through the real SDK: what is in the table is sealed, and tampering is a miss.

use std::time::Duration;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use jiff::SignedDuration;
use platform::clock::Clock;
use platform::identity::{Caller, ScopeSet, UpstreamToken};
use platform::seal::LiveKeyring;
use platform::token_cache::{CacheKey, Exchange, Keeping, TokenCache};
use platform::usage::Usage;
use secrecy::{ExposeSecret, SecretString};

use crate::clock;
use crate::moto::EmptyTable;

pub(crate) fn key_of(oid: &str) -> CacheKey {
    let scopes = ScopeSet::new(["Files.Read.All".to_owned()]);
    let exchange = Exchange {
        connector: "sharepoint",
        authority: "https://login.example.test/t",
        client_id: "client",
        scopes: &scopes,
        claims: None,
    };
    CacheKey::new(exchange, &Caller::for_tests(oid))
}

pub(crate) fn token(clock: &Clock) -> UpstreamToken {
    UpstreamToken {
        token: SecretString::from("canary-token"),
        expires_at: clock.now() + SignedDuration::from_secs(3600),
        obtained_at: clock.now(),
        scopes: vec!["Files.Read.All".into()],
    }
}

struct Shelf {
    table: EmptyTable,
    keys: LiveKeyring,
    clock: Clock,
}

impl Shelf {
    async fn empty() -> Option<Self> {
        Some(Self {
            table: EmptyTable::create().await?,
            keys: LiveKeyring::random().unwrap(),
            clock: clock(),
        })
    }

    /// An instance that has nothing in its own memory.
    fn fresh(&self) -> TokenCache {
        let store = self.table.store(&self.clock);
        TokenCache::dynamodb(store, &self.table.name, self.keys.clone(), self.clock.clone())
    }

    async fn hit(&self, key: &CacheKey) -> bool {
        let found = self.fresh().get(key, &Usage::default()).await;
        found.is_some_and(|token| token.token.expose_secret() == "canary-token")
    }

    async fn items(&self) -> Vec<std::collections::HashMap<String, AttributeValue>> {
        let scan = self.table.aws.dynamodb().scan().table_name(&self.table.name);
        scan.send().await.unwrap().items.unwrap_or_default()
    }

    async fn write(&self, item: std::collections::HashMap<String, AttributeValue>) {
        let put = self.table.aws.dynamodb().put_item().table_name(&self.table.name);
        put.set_item(Some(item)).send().await.unwrap();
    }
}

#[tokio::test]
async fn a_token_is_found_by_another_instance_until_it_expires_and_is_sealed_in_between() {
    let Some(shelf) = Shelf::empty().await else {
        return;
    };
    let usage = Usage::default();
    let kept = shelf.fresh().put(&key_of("ann"), &token(&shelf.clock), &usage).await;
    assert_eq!(kept, Keeping::Kept);
    assert!(usage.snapshot().dynamodb_write_units >= 1.0);
    assert!(shelf.hit(&key_of("ann")).await);
    assert!(!shelf.hit(&key_of("ben")).await);
    assert!(!format!("{:?}", shelf.items().await).contains("canary"));

    shelf.clock.advance(Duration::from_secs(3300));
    assert_eq!(shelf.items().await.len(), 1, "moto has not deleted it");
    assert!(!shelf.hit(&key_of("ann")).await, "expired");
}

#[tokio::test]
async fn copied_edited_and_planted_items_are_misses() {
    let Some(shelf) = Shelf::empty().await else {
        return;
    };
    let usage = Usage::default();
    let (ann, ben) = (key_of("ann"), key_of("ben"));
    shelf.fresh().put(&ann, &token(&shelf.clock), &usage).await;
    let item = shelf.items().await.remove(0);
    shelf.fresh().put(&ben, &token(&shelf.clock), &usage).await;
    let of_ben = shelf.items().await.into_iter().find(|other| other["pk"] != item["pk"]).unwrap();
    let sealed = item["v"].as_b().unwrap().clone().into_inner();
    let ttl: i64 = item["ttl"].as_n().unwrap().parse().unwrap();

    let mut flipped = sealed.clone();
    *flipped.last_mut().unwrap() ^= 1;
    let mut older_version = sealed.clone();
    older_version[0] = 0;
    for (name, value) in [
        ("v", AttributeValue::B(Blob::new(flipped))),
        ("v", AttributeValue::B(Blob::new(older_version))),
        ("v", of_ben["v"].clone()),
        ("v", AttributeValue::S("canary-token".into())),
        ("v", AttributeValue::B(Blob::new(*b"{\"token\":\"canary-token\"}"))),
        ("ttl", AttributeValue::N((ttl + 1).to_string())),
        ("ttl", AttributeValue::S("never".into())),
        ("pk", of_ben["pk"].clone()),
    ] {
        let mut edited = item.clone();
        edited.insert(name.into(), value);
        shelf.write(edited).await;
        let key = if name == "pk" { &ben } else { &ann };
        assert!(!shelf.hit(key).await, "{name}");
    }
    shelf.write(item).await;
    assert!(shelf.hit(&ann).await);
}

#[tokio::test]
async fn an_off_cache_leaves_nothing_and_an_invalidated_token_is_deleted() {
    let Some(shelf) = Shelf::empty().await else {
        return;
    };
    let usage = Usage::default();
    let ann = key_of("ann");
    let brought = async { Ok::<_, ()>(token(&shelf.clock)) };
    TokenCache::Off.get_or_exchange(&ann, &usage, brought).await.unwrap();
    assert!(shelf.items().await.is_empty());

    let cache = shelf.fresh();
    let brought = async { Ok::<_, ()>(token(&shelf.clock)) };
    cache.get_or_exchange(&ann, &usage, brought).await.unwrap();
    assert_eq!(shelf.items().await.len(), 1);
    cache.invalidate(&ann, &usage).await;
    assert!(shelf.items().await.is_empty());
    assert!(cache.get(&ann, &usage).await.is_none());
}
