use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;

use super::*;
use crate::identity::Caller;
use crate::store::{Freshness, MemoryStore, Value};

const NOW_S: i64 = 1_800_000_000;

fn clock() -> Clock {
    Clock::manual(Timestamp::from_second(NOW_S).unwrap())
}

fn scopes(scopes: &[&str]) -> ScopeSet {
    ScopeSet::new(scopes.iter().map(|scope| (*scope).to_owned()))
}

fn files() -> ScopeSet {
    scopes(&["https://graph.microsoft.com/Files.Read.All"])
}

fn exchange(scopes: &ScopeSet) -> Exchange<'_> {
    Exchange {
        connector: "sharepoint",
        authority: "https://login.example.test/t",
        client_id: "client",
        scopes,
        claims: None,
    }
}

fn key_of(caller: &Caller) -> CacheKey {
    CacheKey::new(exchange(&files()), caller)
}

fn token(text: &str, lifetime_s: i64) -> UpstreamToken {
    let obtained_at = Timestamp::from_second(NOW_S).unwrap();
    UpstreamToken {
        token: SecretString::from(text),
        expires_at: obtained_at + SignedDuration::from_secs(lifetime_s),
        obtained_at,
        scopes: vec!["Files.Read.All".into(), "User.Read".into()],
    }
}

fn text(token: Option<UpstreamToken>) -> Option<String> {
    token.map(|token| token.token.expose_secret().to_owned())
}

/// A cache in a table, and the table.
fn shared(clock: &Clock, keys: &LiveKeyring) -> (TokenCache, Store) {
    let store = Store::Memory(MemoryStore::new(clock.clone()));
    let cache = TokenCache::dynamodb(store.clone(), "cache", keys.clone(), clock.clone());
    (cache, store)
}

#[test]
fn each_part_of_the_key_makes_another_key() {
    let ann = Caller::for_tests("ann");
    let one = files();
    let base = exchange(&one);
    let key = CacheKey::new(base, &ann).item;
    let more = scopes(&["https://graph.microsoft.com/Files.Read.All", "User.Read"]);
    let others = [
        CacheKey::new(Exchange { connector: "outlook", ..base }, &ann),
        CacheKey::new(Exchange { authority: "https://login.example.test/u", ..base }, &ann),
        CacheKey::new(Exchange { client_id: "other", ..base }, &ann),
        CacheKey::new(Exchange { scopes: &more, ..base }, &ann),
        CacheKey::new(Exchange { claims: Some("{}"), ..base }, &ann),
        CacheKey::new(Exchange { claims: Some(""), ..base }, &ann),
        CacheKey::new(base, &Caller::for_tests("ben")),
        CacheKey::new(base, &Caller { tid: "other".into(), ..ann.clone() }),
        CacheKey::new(base, &Caller { fingerprint: [8; 32], ..ann.clone() }),
        // The boundary between two parts moved.
        CacheKey::new(
            Exchange { connector: "sharepointh", authority: "ttps://login.example.test/t", ..base },
            &ann,
        ),
    ];
    let mut all: Vec<&str> = others.iter().map(|other| other.item.as_str()).collect();
    all.push(&key);
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), others.len() + 1);

    let shuffled =
        scopes(&["USER.read", "https://graph.microsoft.com/files.read.ALL", "User.Read"]);
    assert_eq!(
        CacheKey::new(Exchange { scopes: &shuffled, ..base }, &ann).item,
        CacheKey::new(Exchange { scopes: &more, ..base }, &ann).item
    );
}

#[tokio::test]
async fn a_token_is_kept_until_shortly_before_the_first_of_its_ends() {
    let usage = Usage::default();
    let ann = Caller::for_tests("ann");
    let ends_soon =
        Caller { expires_at: Timestamp::from_second(NOW_S + 1000).unwrap(), ..ann.clone() };
    // Lifetime, caller, handed out for this long (less up to a minute).
    for (lifetime_s, caller, until_s) in
        [(2000, &ann, 1700), (90_000, &ann, 3300), (2000, &ends_soon, 700)]
    {
        let keys = LiveKeyring::random().unwrap();
        for pick in 0..3 {
            let clock = clock();
            let (far, store) = shared(&clock, &keys);
            let cache = if pick == 0 { TokenCache::memory(clock.clone()) } else { far };
            let key = key_of(caller);
            assert_eq!(cache.put(&key, &token("b", lifetime_s), &usage).await, Keeping::Kept);
            let reader = match pick {
                2 => TokenCache::dynamodb(store, "cache", keys.clone(), clock.clone()),
                _ => cache,
            };
            clock.advance(Duration::from_secs(until_s - 61));
            assert_eq!(text(reader.get(&key, &usage).await).as_deref(), Some("b"));
            clock.advance(Duration::from_secs(61));
            assert_eq!(text(reader.get(&key, &usage).await), None, "{lifetime_s} {pick}");
        }
    }
}

#[tokio::test]
async fn what_is_not_worth_keeping_is_not_kept() {
    let usage = Usage::default();
    let (cache, store) = shared(&clock(), &LiveKeyring::random().unwrap());
    let key = key_of(&Caller::for_tests("ann"));
    let narrower = UpstreamToken { scopes: vec!["User.Read".into()], ..token("b", 3600) };
    for (token, reason) in [
        (token("b", 0), Keeping::TooShort),
        (token("b", -1), Keeping::TooShort),
        (token("b", 300), Keeping::TooShort),
        (token(&"b".repeat(MAX_TOKEN_BYTES + 1), 3600), Keeping::TooLarge),
        (narrower, Keeping::Narrower),
    ] {
        assert_eq!(cache.put(&key, &token, &usage).await, reason);
        let given = cache.get_or_exchange::<()>(&key, &usage, async { Ok(token.clone()) }).await;
        assert!(given.is_ok(), "the caller still gets it");
        assert_eq!(text(cache.get(&key, &usage).await), None);
        assert!(store.get(&key.item, Freshness::Latest, &usage).await.unwrap().is_none());
    }
    let default = scopes(&["2ff814a6-3304-4ab8-85cb-cd0e6f879c1d/.default", "openid"]);
    let key = CacheKey::new(exchange(&default), &Caller::for_tests("ann"));
    assert_eq!(cache.put(&key, &token("b", 3600), &usage).await, Keeping::Kept);
}

#[tokio::test]
async fn an_item_opens_only_for_its_owner_and_as_it_was_written() {
    let usage = Usage::default();
    let clock = clock();
    let keys = LiveKeyring::random().unwrap();
    let (writer, store) = shared(&clock, &keys);
    let (ann, ben) = (Caller::for_tests("ann"), Caller::for_tests("ben"));
    let (key, other) = (key_of(&ann), key_of(&ben));
    writer.put(&key, &token("canary-token", 3600), &usage).await;
    let item = store.get(&key.item, Freshness::Latest, &usage).await.unwrap().unwrap();
    let sealed = item.bytes("v").unwrap().to_vec();
    assert!(!sealed.windows(6).any(|part| part == b"canary"));
    let reads = |key: CacheKey, table: &'static str| {
        let fresh = TokenCache::dynamodb(store.clone(), table, keys.clone(), clock.clone());
        let usage = usage.clone();
        async move { text(fresh.get(&key, &usage).await) }
    };
    assert_eq!(reads(key.clone(), "cache").await.as_deref(), Some("canary-token"));
    assert_eq!(reads(key.clone(), "other-table").await, None);

    let mut copied = item.clone();
    copied.key.clone_from(&other.item);
    store.put(copied, &usage).await.unwrap();
    assert_eq!(reads(other, "cache").await, None, "copied to another key");

    let mut later = item.clone();
    later.expires_at_s = item.expires_at_s.map(|at| at + 1);
    let mut endless = item.clone();
    endless.expires_at_s = None;
    let mut flipped = sealed;
    flipped[40] ^= 1;
    let planted =
        br#"{"token":"x","expires_at_s":9999999999,"obtained_at_s":0,"scopes":[]}"#.to_vec();
    for edited in [
        later,
        endless,
        item.clone().with("v", Value::Bytes(flipped)),
        item.clone().with("v", Value::Bytes(planted)),
        item.clone().with("v", Value::Text("x".into())),
    ] {
        store.put(edited, &usage).await.unwrap();
        assert_eq!(reads(key.clone(), "cache").await, None);
    }
    store.put(item, &usage).await.unwrap();
    assert!(reads(key, "cache").await.is_some());
}

#[tokio::test]
async fn many_first_calls_make_one_exchange_unless_the_cache_is_off() {
    let clock = clock();
    let keys = LiveKeyring::random().unwrap();
    let key = key_of(&Caller::for_tests("ann"));
    let usage = Usage::default();
    for (cache, expected) in [
        (TokenCache::memory(clock.clone()), 1),
        (shared(&clock, &keys).0, 1),
        (TokenCache::Off, 100),
    ] {
        let exchanges = AtomicUsize::new(0);
        let calls = (0..100).map(|_| {
            cache.get_or_exchange::<()>(&key, &usage, async {
                tokio::task::yield_now().await;
                exchanges.fetch_add(1, Ordering::SeqCst);
                Ok(token("b", 3600))
            })
        });
        let answers = futures::future::join_all(calls).await;
        assert!(answers.iter().all(Result::is_ok));
        assert_eq!(exchanges.load(Ordering::SeqCst), expected);
    }
    assert_eq!(text(TokenCache::Off.get(&key, &usage).await), None);
    assert_eq!(TokenCache::Off.put(&key, &token("b", 3600), &usage).await, Keeping::Off);
}

#[tokio::test]
async fn a_failed_exchange_is_not_kept_and_an_invalidated_token_is_gone_everywhere() {
    let clock = clock();
    let keys = LiveKeyring::random().unwrap();
    let (cache, store) = shared(&clock, &keys);
    let key = key_of(&Caller::for_tests("ann"));
    let usage = Usage::default();
    let failed = cache.get_or_exchange(&key, &usage, async { Err("no") }).await;
    assert_eq!(failed.err().as_deref(), Some(&"no"));
    let brought = cache.get_or_exchange::<()>(&key, &usage, async { Ok(token("b", 3600)) }).await;
    assert!(brought.is_ok());
    cache.invalidate(&key, &usage).await;
    assert_eq!(text(cache.get(&key, &usage).await), None);
    assert!(store.get(&key.item, Freshness::Latest, &usage).await.unwrap().is_none());
}

#[tokio::test]
async fn debug_texts_show_no_token() {
    let usage = Usage::default();
    let (cache, _store) = shared(&clock(), &LiveKeyring::random().unwrap());
    let key = key_of(&Caller::for_tests("ann"));
    cache.put(&key, &token("canary-token", 3600), &usage).await;
    let kept = cache.get(&key, &usage).await;
    for text in [format!("{cache:?}"), format!("{key:?}"), format!("{kept:?}")] {
        assert!(!text.contains("canary"), "{text}");
    }
}
