//! Rows about Entra's signing keys.

use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use e2e::{Company, Connector, Flavour, NAME, PATIENCE, Request};
use serde_json::{Value, json};
use stand_ins::entra::{
    Algorithm, Answer, Endpoint, Fault, KNOWN_SECRET, SignedBy, SpoiledKeys, TokenSpec,
};

use super::{assert_refused, nothing_happened, with_token};

fn ann() -> TokenSpec {
    TokenSpec::new("ann", NAME)
}

fn keys(answer: Answer) -> Fault {
    Fault::new(answer).at(Endpoint::Keys)
}

#[tokio::test]
async fn row_18_and_19_keys_that_nobody_may_trust_are_not_used() {
    for spoiled in [
        SpoiledKeys::Symmetric,
        SpoiledKeys::Short,
        SpoiledKeys::ForEncryption,
        SpoiledKeys::ForeignIssuer,
        SpoiledKeys::Empty,
    ] {
        let company = Company::start().await;
        company.entra.fault(keys(Answer::Keys { spoiled }));
        let connector = Connector::server(&company).await;
        let known = SignedBy::Secret(KNOWN_SECRET.to_vec());
        for spec in [
            ann(),
            ann().algorithm(Algorithm::Hs256).signed_by(known.clone()),
            ann().algorithm(Algorithm::Hs256).signed_by(known).header("alg", "RS256"),
        ] {
            let reply = connector.send(&with_token(company.mint(&spec))).await;
            // Without one good key nothing can be said of a token: that is for us to mend.
            assert!([401, 503].contains(&reply.status), "{spoiled:?}: {}", reply.status);
        }
        nothing_happened(&connector);
        connector.finish().await;
    }
}

#[tokio::test]
async fn row_39_without_keys_at_the_start_the_client_waits_and_is_served_later() {
    for flavour in [Flavour::Function, Flavour::Server] {
        let company = Company::start().await;
        let down = |endpoint| Fault::new(Answer::Unavailable { retry_after: None }).at(endpoint);
        company.entra.fault(down(Endpoint::Discovery));
        company.entra.fault(down(Endpoint::Keys));
        let connector = Connector::start(&company, flavour, |environment| environment).await;
        let reply = connector.person("ann").search("budget").await.reply;
        assert_eq!(reply.status, 503, "{}", reply.text());
        let wait = reply.retry_after_s().unwrap();
        assert!((1..=300).contains(&wait), "{wait}");
        assert_eq!(reply.challenge(), "");
        assert_eq!(connector.send(&Request::get("/health")).await.status, 200);
        nothing_happened(&connector);

        company.entra.clear_faults();
        let ann = connector.person("ann");
        let patience = tokio::time::Instant::now() + PATIENCE;
        let mut ticks = tokio::time::interval(Duration::from_millis(200));
        while ann.search("budget").await.status() != 200 {
            assert!(tokio::time::Instant::now() < patience, "Entra is back and nobody noticed");
            ticks.tick().await;
        }
        assert!(!ann.search("budget").await.items().is_empty());
        connector.finish().await;
    }
}

#[tokio::test]
async fn row_40_keys_that_are_known_serve_while_entra_is_down() {
    let company = Company::start().await;
    let connector = Connector::function(&company).await;
    let ann = connector.person("ann");
    assert_eq!(ann.search("budget").await.status(), 200);
    for endpoint in [Endpoint::Keys, Endpoint::Discovery, Endpoint::Token] {
        company.entra.fault(Fault::new(Answer::Unavailable { retry_after: None }).at(endpoint));
    }
    let again = ann.search("budget").await;
    assert!(!again.titles().is_empty());
    connector.finish().await;
}

#[tokio::test]
async fn row_41_nonsense_instead_of_keys_keeps_the_last_good_ones() {
    for answer in [
        Answer::Html,
        Answer::Huge { bytes: 10 << 20 },
        Answer::Redirect { location: "http://127.0.0.1:9/".to_owned() },
        Answer::Hang,
        Answer::Unavailable { retry_after: None },
    ] {
        let company = Company::start().await;
        let connector = Connector::server(&company).await;
        let old = company.token("ann");
        assert_eq!(connector.bearer(old.clone()).search("budget").await.status(), 200);
        company.entra.fault(keys(answer.clone()));
        company.entra.roll().unwrap();
        let started = std::time::Instant::now();
        let reply = connector.send(&with_token(company.token("ann"))).await;
        let took = started.elapsed();
        assert!([401, 503].contains(&reply.status), "{answer:?}: {}", reply.status);
        assert!(took.as_secs() < 8, "{answer:?}: {took:?}");
        assert_eq!(connector.bearer(old).search("budget").await.status(), 200, "{answer:?}");
        connector.finish().await;
    }
}

/// The token with another key id in its header; its signature fits no more.
fn with_kid(token: &str, kid: &str) -> String {
    let (head, rest) = token.split_once('.').unwrap();
    let mut head: Value =
        serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(head).unwrap()).unwrap();
    head["kid"] = json!(kid);
    format!("{}.{rest}", BASE64_URL_SAFE_NO_PAD.encode(head.to_string()))
}

#[tokio::test]
async fn row_42_a_thousand_key_ids_cause_one_look() {
    let company = Company::start().await;
    let connector = Connector::server(&company).await;
    let token = company.token("ann");
    assert_eq!(connector.bearer(token.clone()).send("tools/list", &json!({})).await.status, 200);
    let before = company.entra_requests("keys");
    for count in 0..1_000 {
        let reply = connector.send(&with_token(with_kid(&token, &format!("kid-{count}")))).await;
        assert_refused(&reply, "a made-up key id");
    }
    let looks = company.entra_requests("keys") - before;
    assert!(looks <= 1, "{looks} looks for made-up keys");
    connector.finish().await;
}

#[tokio::test]
async fn row_43_a_real_key_roll_is_found_during_a_flood_of_made_up_ids() {
    let company = Company::start().await;
    let connector = Connector::server(&company).await;
    let foreign = company.mint(&ann().claim("iss", "https://evil.example/v2.0"));
    for count in 0..100 {
        let reply = connector.send(&with_token(with_kid(&foreign, &format!("kid-{count}")))).await;
        assert_refused(&reply, "a made-up key id");
    }
    let before = company.entra_requests("keys");
    let kid = company.entra.roll().unwrap();
    assert_eq!(company.entra.signing_kid(), kid);
    assert_eq!(connector.person("ann").search("budget").await.status(), 200);
    assert_eq!(company.entra_requests("keys") - before, 1);
    connector.finish().await;
}

#[tokio::test]
async fn row_44_a_key_that_is_taken_away_is_forgotten_with_the_next_look() {
    let company = Company::start().await;
    let connector = Connector::server(&company).await;
    let old = company.entra.signing_kid();
    let token = company.token("ann");
    assert_eq!(connector.bearer(token.clone()).search("budget").await.status(), 200);
    company.entra.roll().unwrap();
    assert!(company.entra.retire(&old));
    // A new token makes the connector look, and what it sees is all there is.
    assert_eq!(connector.person("ann").search("budget").await.status(), 200);
    assert_refused(&connector.send(&with_token(token)).await, "signed with the old key");
    connector.finish().await;
}

#[tokio::test]
async fn a_key_roll_in_the_middle_loses_no_call() {
    let company = Company::start().await;
    let connector = Connector::function(&company).await;
    let before = connector.person("ann");
    for roll in 0..2 {
        assert_eq!(before.search("budget").await.status(), 200, "with the old token, roll {roll}");
        if roll == 0 {
            company.entra.roll().unwrap();
            assert_eq!(connector.person("ann").search("budget").await.status(), 200);
        }
    }
    connector.finish().await;
}
