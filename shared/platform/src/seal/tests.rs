use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::*;
use crate::clock::Clock;
use crate::config::{LiveSecret, ParameterReader};

fn key(byte: u8) -> String {
    STANDARD.encode([byte; 32])
}

fn ring(active: &str, ids: &[(&str, u8)]) -> String {
    let keys: Vec<String> =
        ids.iter().map(|(id, byte)| format!(r#""{id}":"{}""#, key(*byte))).collect();
    format!(r#"{{"active":"{active}","keys":{{{}}}}}"#, keys.join(","))
}

fn keyring() -> Keyring {
    Keyring::parse(&ring("k1", &[("k1", 1), ("k2", 2)])).unwrap()
}

fn binding(facts: &[Vec<u8>]) -> Binding {
    facts.iter().fold(Binding::new(Purpose::Token, "cache"), Binding::with)
}

fn plain(opened: Opened) -> Option<Vec<u8>> {
    match opened {
        Opened::Plain(bytes) => Some(bytes.to_vec()),
        Opened::Refused => None,
    }
}

#[test]
fn an_unusable_keyring_is_refused_without_its_keys() {
    let short = STANDARD.encode([1; 31]);
    let zero = key(0);
    let secret = key(9);
    for (json, says) in [
        (String::new(), "expected {"),
        (format!("\"{secret}\""), "expected {"),
        (format!(r#"{{"active":"k1","keys":{{"k1":{{"{secret}":1}}}}}}"#), "expected {"),
        (format!(r#"{{"active":"k1","keys":{{"k1":"{secret}"}},"more":1}}"#), "expected {"),
        (format!(r#"{{"active":"k2","keys":{{"k1":"{secret}"}}}}"#), "`active` names no key"),
        (format!(r#"{{"active":"k1","keys":{{"k1":"{short}"}}}}"#), "key k1 is not"),
        (format!(r#"{{"active":"k1","keys":{{"k1":"{zero}"}}}}"#), "key k1 is not"),
        (format!(r#"{{"active":"k1","keys":{{"{secret}":"{secret}"}}}}"#), "the id of key 1"),
        (r#"{"active":"","keys":{}}"#.into(), "`active` names no key"),
    ] {
        let error = Keyring::parse(&json).unwrap_err();
        assert_eq!(error.variable, "STORAGE_ENCRYPTION_KEYS");
        assert!(error.problem.contains(says), "{json}: {error}");
        for canary in [&secret, &short] {
            assert!(!error.to_string().contains(canary.as_str()), "{error}");
        }
    }
    assert!(!format!("{:?}", keyring()).contains(&key(1)));
}

#[test]
fn a_retired_key_opens_what_it_sealed_until_it_is_removed() {
    let bound = Binding::new(Purpose::Grant, "t");
    let before = Keyring::parse(&ring("k1", &[("k1", 1)])).unwrap();
    let both = Keyring::parse(&ring("k2", &[("k1", 1), ("k2", 2)])).unwrap();
    let after = Keyring::parse(&ring("k2", &[("k2", 2)])).unwrap();
    let old = before.seal(&bound, b"x").unwrap();
    let new = both.seal(&bound, b"x").unwrap();

    assert_eq!(plain(both.open(&bound, &old)).unwrap(), b"x");
    assert_eq!(plain(after.open(&bound, &new)).unwrap(), b"x");
    assert_eq!(before.open(&bound, &new), Opened::Refused);
    assert_eq!(after.open(&bound, &old), Opened::Refused);
}

#[test]
fn another_purpose_context_or_version_is_refused() {
    let keys = keyring();
    let bound = Binding::new(Purpose::Token, "a").with("x");
    let sealed = keys.seal(&bound, b"secret").unwrap();
    for other in [
        Binding::new(Purpose::Cursor, "a").with("x"),
        Binding::new(Purpose::Token, "b").with("x"),
        Binding::new(Purpose::Token, "a"),
        Binding::new(Purpose::Token, "a").with("x").with(""),
        Binding::new(Purpose::Token, "ax"),
    ] {
        assert_eq!(keys.open(&other, &sealed), Opened::Refused, "{other:?}");
    }
    for version in [0, 2, 255] {
        let mut other = sealed.clone();
        other[0] = version;
        assert_eq!(keys.open(&bound, &other), Opened::Refused);
    }
    for planted in [&b""[..], b"\x01", b"\x01\x02k1", b"{\"t\":\"plain\"}", b"secret"] {
        assert_eq!(keys.open(&bound, planted), Opened::Refused);
    }
    assert_eq!(format!("{:?}", keys.open(&bound, &sealed)), "Plain([redacted])");
}

#[test]
fn a_text_expires_and_stays_small() {
    let keys = keyring();
    let bound = Binding::new(Purpose::Cursor, "sharepoint").with("oid");
    let now = Timestamp::from_second(1_000_000).unwrap();
    let until = now + SignedDuration::from_secs(60);
    let text = keys.seal_text(&bound, until, b"page 2").unwrap();

    assert_eq!(plain(keys.open_text(&bound, now, &text)).unwrap(), b"page 2");
    assert_eq!(keys.open_text(&bound, until, &text), Opened::Refused);
    for wrong in [format!("{text}="), format!(" {text}"), "A".repeat(5000), String::new()] {
        assert_eq!(keys.open_text(&bound, now, &wrong), Opened::Refused);
    }
    assert_eq!(keys.seal_text(&bound, until, &[7; 3100]), Err(SealFailed::TooLong));
    assert!(keys.seal_text(&bound, until, &[7; 3000]).is_ok());
}

#[test]
fn a_digest_depends_on_key_context_and_value() {
    let keys = keyring();
    let bound = Binding::new(Purpose::Digest, "sharepoint").with("query");
    let digest = keys.digest(&bound, b"budget").unwrap();
    assert!(digest.starts_with("k1:"), "{digest}");
    assert_eq!(digest, keys.digest(&bound, b"budget").unwrap());

    let other_key = Keyring::parse(&ring("k2", &[("k2", 2)])).unwrap();
    for other in [
        keys.digest(&bound, b"budgets").unwrap(),
        keys.digest(&Binding::new(Purpose::Digest, "outlook").with("query"), b"budget").unwrap(),
        keys.digest(&Binding::new(Purpose::Digest, "sharepoint").with("site"), b"budget").unwrap(),
        other_key.digest(&bound, b"budget").unwrap().replace("k2:", "k1:"),
    ] {
        assert_ne!(digest, other);
    }
}

#[test]
fn a_signature_is_checked_with_the_key_that_made_it() {
    let keys = keyring();
    let bound = Binding::new(Purpose::Jws, "https://sharepoint.example.test/mcp");
    let mac = keys.mac(&bound, b"header.payload").unwrap();
    assert!(keys.is_mac(&bound, b"header.payload", &mac));
    assert!(!keys.is_mac(&bound, b"header.payloae", &mac));
    let renamed = Mac { key_id: "k2".into(), ..mac.clone() };
    assert!(!keys.is_mac(&bound, b"header.payload", &renamed));
    let cut = Mac { tag: mac.tag[..16].to_vec(), ..mac };
    assert!(!keys.is_mac(&bound, b"header.payload", &cut));
}

#[tokio::test]
async fn a_rotated_keyring_is_followed_and_a_broken_one_is_not() {
    let clock = Clock::manual(Timestamp::from_second(1_000_000).unwrap());
    let readings = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let reader: ParameterReader = {
        let readings = readings.clone();
        std::sync::Arc::new(move |_| {
            let n = readings.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            let text = match n {
                0 => ring("k1", &[("k1", 1)]),
                1 => "broken".into(),
                _ => ring("k2", &[("k1", 1), ("k2", 2)]),
            };
            Box::pin(async move { Ok(text.into()) })
        })
    };
    let secret = LiveSecret::parameter("/keys".into(), reader, clock.clone()).await.unwrap();
    let keys = LiveKeyring::from_secret(secret).await.unwrap();
    let bound = Binding::new(Purpose::Token, "t");
    let sealed = keys.current().await.seal(&bound, b"x").unwrap();

    clock.advance(std::time::Duration::from_secs(301));
    assert_eq!(keys.current().await.active_id(), "k1", "the last good one is kept");
    clock.advance(std::time::Duration::from_secs(301));
    assert_eq!(keys.current().await.active_id(), "k2");
    assert_eq!(plain(keys.current().await.open(&bound, &sealed)).unwrap(), b"x");
    assert!(LiveKeyring::from_secret(LiveSecret::fixed("broken")).await.is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_was_sealed_opens_and_every_flipped_bit_is_refused(
        plaintext in prop::collection::vec(any::<u8>(), 0..96),
        facts in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..8), 0..4),
    ) {
        let keys = keyring();
        let bound = binding(&facts);
        let sealed = keys.seal(&bound, &plaintext).unwrap();
        prop_assert_eq!(plain(keys.open(&bound, &sealed)), Some(plaintext));
        for bit in 0..sealed.len() * 8 {
            let mut flipped = sealed.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            prop_assert_eq!(keys.open(&bound, &flipped), Opened::Refused);
        }
        for length in 0..sealed.len() {
            prop_assert_eq!(keys.open(&bound, &sealed[..length]), Opened::Refused);
        }
    }

    #[test]
    fn other_facts_are_refused_even_when_they_join_to_the_same_bytes(
        left in prop::collection::vec(prop::collection::vec(0u8..3, 0..4), 0..4),
        right in prop::collection::vec(prop::collection::vec(0u8..3, 0..4), 0..4),
    ) {
        let keys = keyring();
        let sealed = keys.seal(&binding(&left), b"x").unwrap();
        let opens = plain(keys.open(&binding(&right), &sealed)).is_some();
        prop_assert_eq!(opens, left == right);
    }

    #[test]
    fn moving_the_boundary_between_facts_is_refused(
        joined in prop::collection::vec(any::<u8>(), 1..24),
        cut in any::<prop::sample::Index>(),
        other in any::<prop::sample::Index>(),
    ) {
        let keys = keyring();
        let split = |at: usize| binding(&[joined[..at].to_vec(), joined[at..].to_vec()]);
        let (cut, other) = (cut.index(joined.len()), other.index(joined.len()));
        let sealed = keys.seal(&split(cut), b"x").unwrap();
        prop_assert_eq!(plain(keys.open(&split(other), &sealed)).is_some(), cut == other);
    }

    #[test]
    fn arbitrary_bytes_never_open(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert_eq!(keyring().open(&binding(&[]), &bytes), Opened::Refused);
    }
}
