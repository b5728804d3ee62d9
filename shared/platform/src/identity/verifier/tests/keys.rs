//! Rows about keys, and about tokens that were verified before.

use std::time::Duration;

use serde_json::json;

use super::verify;
use crate::identity::TokenVersion;
use crate::identity::reject::Reject;
use crate::identity::test_entra::{Mood, NOW_S, TestEntra, b64, bearer, header, keys, signed};

#[tokio::test]
async fn row_18_a_symmetric_key_in_the_key_document_verifies_nothing() {
    let entra = TestEntra::start().await;
    let oct = json!({"kty": "oct", "kid": "key-one", "k": b64(b"secret"), "alg": "HS256"});
    entra.serve_keys(vec![oct, keys()[1].jwk()]);
    let verdict = entra.verifier().verify(&entra.token()).await;
    assert_eq!(verdict.err(), Some(Reject::UnknownKey));
}

#[tokio::test]
async fn row_19_a_key_of_one_issuer_signs_for_no_other() {
    let mut entra = TestEntra::start().await;
    entra.settings.token_versions = vec![TokenVersion::V1, TokenVersion::V2];
    let mut v1_only = keys()[0].jwk();
    v1_only["issuer"] = json!(entra.issuer(TokenVersion::V1));
    entra.serve_keys(vec![v1_only, keys()[1].jwk()]);
    let verdict = entra.verifier().verify(&entra.token()).await;
    assert_eq!(verdict.err(), Some(Reject::KeyIssuer));
    let v1 = verify(&entra, &signed(&header(), &entra.claims_v1())).await;
    assert!(v1.is_ok());
}

#[tokio::test]
async fn row_39_without_keys_the_answer_is_unavailable_and_not_refused() {
    let entra = TestEntra::start().await;
    entra.set_mood(Mood::Down);
    let verdict = entra.verifier().verify(&entra.token()).await;
    let retry_after = Duration::from_secs(5);
    assert_eq!(verdict.err(), Some(Reject::KeysUnavailable { retry_after }));
}

#[tokio::test]
async fn row_43_only_a_token_that_names_us_may_cause_a_fetch() {
    let entra = TestEntra::start().await;
    let verifier = entra.verifier();
    verifier.verify(&entra.token()).await.unwrap();
    entra.clock.advance(Duration::from_secs(61));
    let mut head = header();
    head["kid"] = json!("key-two");
    for (name, value) in [("iss", "https://evil.test"), ("aud", "other")] {
        let mut claims = entra.claims();
        claims[name] = json!(value);
        let verdict = verifier.verify(&bearer(&signed(&head, &claims))).await;
        assert_eq!(verdict.err(), Some(Reject::UnknownKey));
    }
    assert_eq!(entra.key_fetches(), 1);
    let verdict = verifier.verify(&bearer(&signed(&head, &entra.claims()))).await;
    assert_eq!(verdict.err(), Some(Reject::UnknownKey));
    assert_eq!(entra.key_fetches(), 2);
}

#[tokio::test]
async fn a_remembered_token_ends_with_its_time() {
    let entra = TestEntra::start().await;
    let verifier = entra.verifier();
    let token = entra.token();
    assert!(verifier.verify(&token).await.is_ok());
    assert!(verifier.recall(&token).await.unwrap().is_some());
    entra.clock.advance(Duration::from_secs(3600 + 60));
    assert!(verifier.verify(&token).await.is_ok());
    entra.clock.advance(Duration::from_secs(1));
    assert_eq!(verifier.verify(&token).await.err(), Some(Reject::Expired));
}

#[tokio::test]
async fn row_44_a_remembered_token_ends_with_its_key() {
    let entra = TestEntra::start().await;
    let verifier = entra.verifier();
    let mut claims = entra.claims();
    claims["exp"] = json!(NOW_S + 20 * 3600);
    let token = bearer(&signed(&header(), &claims));
    assert!(verifier.verify(&token).await.is_ok());

    // Another key under the same id is not the same key.
    let mut impostor = keys()[1].jwk();
    impostor["kid"] = json!("key-one");
    entra.serve_keys(vec![impostor]);
    entra.clock.advance(Duration::from_secs(3601));
    assert_eq!(verifier.verify(&token).await.err(), Some(Reject::Signature));

    entra.serve_keys(vec![keys()[1].jwk()]);
    entra.clock.advance(Duration::from_secs(3601));
    assert_eq!(verifier.verify(&token).await.err(), Some(Reject::UnknownKey));
}

#[tokio::test]
async fn a_remembered_token_is_not_used_when_there_are_no_keys() {
    let entra = TestEntra::start().await;
    let verifier = entra.verifier();
    let mut claims = entra.claims();
    claims["exp"] = json!(NOW_S + 29 * 3600);
    let token = bearer(&signed(&header(), &claims));
    assert!(verifier.verify(&token).await.is_ok());
    entra.set_mood(Mood::Down);
    entra.clock.advance(Duration::from_secs(24 * 3600));
    let verdict = verifier.verify(&token).await;
    assert!(matches!(verdict, Err(Reject::KeysUnavailable { .. })));
}
