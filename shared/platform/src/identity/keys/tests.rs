use serde_json::{Value, json};

use super::*;
use crate::identity::test_entra::{Mood, TENANT, TestEntra, b64, keys};

fn ours(_: &Snapshot) -> Claim {
    Claim::Ours
}

async fn knows(store: &KeyStore, kid: &str) -> bool {
    store.find(kid, |_| Claim::NotOurs).await.is_ok()
}

#[tokio::test]
async fn keys_are_fetched_once_however_many_ask_at_the_start() {
    let entra = TestEntra::start().await;
    let store = entra.store();
    let asks = (0..50).map(|_| store.prepare());
    let answers = futures::future::join_all(asks).await;
    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(entra.key_fetches(), 1);
    assert!(knows(&store, "key-one").await);
}

#[tokio::test]
async fn row_39_no_keys_at_a_cold_start_say_when_to_try_again() {
    for mood in [Mood::Down, Mood::Html, Mood::Huge, Mood::Redirect] {
        let entra = TestEntra::start().await;
        entra.set_mood(mood);
        let store = entra.store();
        let problem = store.prepare().await.unwrap_err();
        assert_eq!(
            problem,
            KeyProblem::Unavailable { retry_after: Duration::from_secs(5) },
            "{mood:?}"
        );
        let requests = entra.all_requests();
        assert!(store.prepare().await.is_err());
        assert_eq!(entra.all_requests(), requests, "not asked again at once");

        entra.set_mood(Mood::Well);
        entra.clock.advance(Duration::from_secs(5));
        assert!(store.prepare().await.is_ok(), "{mood:?}");
    }
}

#[tokio::test]
async fn rows_40_and_41_a_bad_refresh_keeps_the_last_good_keys_for_a_day() {
    for mood in [Mood::Down, Mood::Html, Mood::Huge, Mood::Redirect] {
        let entra = TestEntra::start().await;
        let store = entra.store();
        store.prepare().await.unwrap();
        entra.set_mood(mood);
        entra.clock.advance(Duration::from_secs(2 * 3600));
        assert!(knows(&store, "key-one").await, "{mood:?}");
        let requests = entra.all_requests();
        assert!(knows(&store, "key-one").await);
        assert_eq!(entra.all_requests(), requests, "one try a minute");
        entra.clock.advance(Duration::from_secs(22 * 3600));
        assert!(!knows(&store, "key-one").await, "{mood:?}: a day is the end");
    }
}

#[tokio::test]
async fn row_41_a_silent_server_is_left_after_the_deadline() {
    let entra = TestEntra::start().await;
    entra.set_mood(Mood::Silent);
    let mut store = entra.store();
    assert_eq!(store.deadline, Duration::from_secs(5));
    store.deadline = Duration::from_millis(50);
    assert!(store.prepare().await.is_err());
}

#[tokio::test]
async fn row_42_unknown_key_ids_of_strangers_cause_no_fetch() {
    let entra = TestEntra::start().await;
    let store = entra.store();
    store.prepare().await.unwrap();
    for n in 0..1000 {
        let problem = store.find(&format!("kid-{n}"), |_| Claim::NotOurs).await;
        assert_eq!(problem.err(), Some(KeyProblem::Unknown));
    }
    assert_eq!(entra.key_fetches(), 1);
}

#[tokio::test]
async fn row_42_tokens_that_claim_to_be_ours_cause_one_fetch_a_minute() {
    let entra = TestEntra::start().await;
    let store = entra.store();
    store.prepare().await.unwrap();
    entra.clock.advance(Duration::from_secs(61));
    for n in 0..1000 {
        entra.clock.advance(Duration::from_millis(10));
        assert!(store.find(&format!("kid-{n}"), ours).await.is_err());
    }
    assert_eq!(entra.key_fetches(), 2);
}

#[tokio::test]
async fn a_key_id_that_a_fetch_did_not_bring_is_not_asked_for_again_for_five_minutes() {
    let entra = TestEntra::start().await;
    let store = entra.store();
    store.prepare().await.unwrap();
    for (after_s, fetches) in [(61, 2), (61, 2), (120, 2), (120, 3)] {
        entra.clock.advance(Duration::from_secs(after_s));
        assert!(store.find("nowhere", ours).await.is_err());
        assert_eq!(entra.key_fetches(), fetches);
    }
}

#[tokio::test]
async fn row_43_a_real_new_key_is_found_within_a_minute_of_a_flood() {
    let entra = TestEntra::start().await;
    let store = entra.store();
    store.prepare().await.unwrap();
    entra.clock.advance(Duration::from_secs(61));
    assert!(store.find("flood-0", ours).await.is_err());
    entra.serve_keys(vec![keys()[0].jwk(), keys()[1].jwk()]);
    entra.clock.advance(Duration::from_secs(30));
    assert!(store.find("flood-1", ours).await.is_err());
    assert!(store.find("key-two", ours).await.is_err(), "the minute is not over");
    entra.clock.advance(Duration::from_secs(30));
    assert!(store.find("key-two", ours).await.is_ok());
    assert_eq!(entra.key_fetches(), 3);
}

#[tokio::test]
async fn many_tokens_of_a_new_key_share_one_fetch() {
    let entra = TestEntra::start().await;
    let store = entra.store();
    store.prepare().await.unwrap();
    entra.serve_keys(vec![keys()[1].jwk()]);
    entra.clock.advance(Duration::from_secs(61));
    let finds = (0..20).map(|_| store.find("key-two", ours));
    let found = futures::future::join_all(finds).await;
    assert!(found.iter().all(Result::is_ok));
    assert_eq!(entra.key_fetches(), 2);
}

#[tokio::test]
async fn row_44_a_removed_key_is_gone_after_the_next_refresh() {
    let entra = TestEntra::start().await;
    let store = entra.store();
    store.prepare().await.unwrap();
    entra.serve_keys(vec![keys()[1].jwk()]);
    entra.clock.advance(Duration::from_secs(59 * 60));
    assert!(knows(&store, "key-one").await);
    entra.clock.advance(Duration::from_secs(60));
    assert!(!knows(&store, "key-one").await);
    assert!(knows(&store, "key-two").await);
}

#[tokio::test]
async fn rows_18_and_19_keys_that_are_not_for_us_are_left_out_one_by_one() {
    let with = |kid: &str, field: &str, value: Value| {
        let mut jwk = keys()[0].jwk();
        jwk["kid"] = json!(kid);
        jwk[field] = value;
        jwk
    };
    let other_tenant =
        "https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0";
    let weak = b64(&[0xff; 128]);
    let entra = TestEntra::start().await;
    let template = format!("{}/{{tenantid}}/v2.0", entra.base());
    let refused = vec![
        json!({"kty": "oct", "kid": "oct", "k": b64(b"secret")}),
        with("weak", "n", json!(weak)),
        with("padded", "n", json!(b64(&[&[0; 128][..], &[0xff; 128]].concat()))),
        with("exponent", "e", json!(b64(&[1]))),
        with("enc", "use", json!("enc")),
        with("alg", "alg", json!("RS512")),
        with("kty", "kty", json!("EC")),
        with("../../etc/passwd", "use", json!("sig")),
        with("foreign", "issuer", json!(other_tenant)),
        with("number", "n", json!(5)),
        json!("no object"),
        json!({}),
    ];
    let mut served = refused.clone();
    served.push(with("template", "issuer", json!(template)));
    served.push(with("full", "issuer", json!(template.replace("{tenantid}", TENANT))));
    served.push(with("rs256", "alg", json!("RS256")));
    entra.serve_keys(served);
    let store = entra.store();
    store.prepare().await.unwrap();

    for kid in ["template", "full", "rs256"] {
        assert!(knows(&store, kid).await, "{kid}");
    }
    for kid in refused.iter().filter_map(|jwk| jwk["kid"].as_str()) {
        assert!(!knows(&store, kid).await, "{kid}");
    }
}

#[tokio::test]
async fn a_key_document_without_usable_keys_is_no_refresh() {
    let entra = TestEntra::start().await;
    let store = entra.store();
    store.prepare().await.unwrap();
    entra.serve_keys(Vec::new());
    entra.clock.advance(Duration::from_secs(2 * 3600));
    assert!(knows(&store, "key-one").await);
}

#[tokio::test]
async fn a_discovery_document_must_speak_for_our_tenant_and_stay_on_its_host() {
    let entra = TestEntra::start().await;
    let settings = &entra.settings;
    let read = |version, issuer: &str, keys: &str| {
        let body = json!({"issuer": issuer, "jwks_uri": keys}).to_string();
        document::source(settings, version, body.as_bytes()).err()
    };
    let base = entra.base();
    let good = format!("{base}/{TENANT}/v2.0");
    let keys = format!("{base}/{TENANT}/discovery/v2.0/keys");
    assert_eq!(read(TokenVersion::V2, &good, &keys), None);
    let sts = format!("https://sts.windows.net/{TENANT}/");
    assert_eq!(read(TokenVersion::V1, &sts, &keys), None);

    for issuer in [
        format!("{base}/common/v2.0"),
        format!("{base}/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0"),
        format!("{base}/{TENANT}/v2.0/evil"),
        format!("https://evil.test/{TENANT}/v2.0"),
        "nonsense".into(),
    ] {
        let problem = read(TokenVersion::V2, &issuer, &keys);
        assert_eq!(problem, Some(FetchProblem::ForeignIssuer), "{issuer}");
    }
    let http_sts = format!("http://sts.windows.net/{TENANT}/");
    for issuer in [http_sts.as_str(), "https://sts.windows.net/common/"] {
        let problem = read(TokenVersion::V1, issuer, &keys);
        assert_eq!(problem, Some(FetchProblem::ForeignIssuer), "{issuer}");
    }
    for keys in ["https://evil.test/keys", "http://127.0.0.1:1/keys", "/keys"] {
        let problem = read(TokenVersion::V2, &good, keys);
        assert_eq!(problem, Some(FetchProblem::ForeignKeys), "{keys}");
    }
}
