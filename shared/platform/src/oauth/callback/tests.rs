use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;

use super::*;
use crate::identity::test_entra::{NOW_S, OID, Reply, TENANT};
use crate::oauth::test_server::{Browser, Page, REDIRECT, TestServer, parameter};
use crate::usage::Usage;

const ISSUER: &str = "https://files.example.test";

/// A browser that is at Entra, and the state it was sent there with.
async fn at_entra(test: &TestServer) -> (Browser, String) {
    let mut browser = Browser::default();
    let entra = browser.agree(test).await;
    let state = parameter(&entra, "state");
    (browser, state)
}

async fn come_back(test: &TestServer, browser: &mut Browser, state: &str) -> Page {
    browser.callback(test, &format!("code=entra-code&state={state}")).await
}

#[tokio::test]
async fn whoever_signs_in_brings_the_client_its_code() {
    let test = TestServer::start().await;
    let (mut browser, state) = at_entra(&test).await;
    test.entra_signs_in(&[]);
    let page = come_back(&test, &mut browser, &state).await;
    assert!(page.location().starts_with(REDIRECT));
    let told = page.told();
    assert_eq!(told.keys().collect::<Vec<_>>(), ["code", "iss", "state"]);
    assert_eq!((told["iss"].as_str(), told["state"].as_str()), (ISSUER, "client-state"));
    let usage = Usage::default();
    let code = test.server.records.get::<Code>(RecordKind::Code, &told["code"], &usage).await;
    let code = code.unwrap().unwrap();
    assert_eq!(code.value.expires_at_s, NOW_S + 60);
    assert_eq!(code.expires_at_s, NOW_S + 600, "remembered for longer, to notice a second use");
    assert_eq!(code.value.redirect_uri, REDIRECT);
    let seen = test.entra.seen();
    assert_eq!(seen[0].form["grant_type"], "authorization_code");
    assert_eq!(seen[0].form["redirect_uri"], "https://files.example.test/oauth/callback");
    assert!(seen[0].form["scope"].ends_with("/access offline_access"));
    assert!(!seen[0].form.contains_key("resource"));
}

#[tokio::test]
async fn row_71_a_state_is_good_once_and_in_its_own_browser() {
    let test = TestServer::start().await;
    let (mut ann, state) = at_entra(&test).await;
    let (mut ben, _) = at_entra(&test).await;
    for mut other in [Browser::default(), std::mem::take(&mut ben)] {
        assert_eq!(come_back(&test, &mut other, &state).await.status, StatusCode::FORBIDDEN);
    }
    assert_eq!(come_back(&test, &mut ann, "unknown").await.status, StatusCode::FORBIDDEN);
    for malformed in
        [format!("state={state}"), "code=x".into(), format!("code=x&state={state}&code=y")]
    {
        let page = ann.callback(&test, &malformed).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{malformed}");
    }
    assert!(test.entra.seen().is_empty(), "nothing was exchanged");

    test.entra_signs_in(&[]);
    let mut copy = ann.copy();
    assert_eq!(come_back(&test, &mut ann, &state).await.status, StatusCode::FOUND);
    assert_eq!(come_back(&test, &mut ann, &state).await.status, StatusCode::FORBIDDEN);
    let replay = come_back(&test, &mut copy, &state).await;
    assert_eq!(replay.status, StatusCode::BAD_REQUEST, "the cookie alone does not help");
    assert_eq!(test.entra.seen().len(), 1);
}

#[tokio::test]
async fn row_71_a_forged_cookie_does_not_open() {
    let test = TestServer::start().await;
    let (browser, state) = at_entra(&test).await;
    let mut forged = browser.with_cookie_values("AQIDBAUGBwgJCgsMDQ4PEBESExQ");
    assert_eq!(come_back(&test, &mut forged, &state).await.status, StatusCode::FORBIDDEN);
    assert!(test.entra.seen().is_empty());
}

#[tokio::test]
async fn row_72_an_attackers_code_and_state_are_worth_nothing_in_the_victims_browser() {
    let test = TestServer::start().await;
    let (_attacker, attackers_state) = at_entra(&test).await;
    let (mut victim, victims_state) = at_entra(&test).await;
    let page = come_back(&test, &mut victim, &attackers_state).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(!page.headers.contains_key("location"));
    test.entra_signs_in(&[]);
    assert_eq!(come_back(&test, &mut victim, &victims_state).await.status, StatusCode::FOUND);
}

#[tokio::test]
async fn row_74_without_consent_there_is_no_way_back_from_entra() {
    let test = TestServer::start().await;
    let mut browser = Browser::default();
    let asked = browser.authorize(&test, &test.query(&[])).await.location().to_owned();
    let request = asked.rsplit('=').next().unwrap().to_owned();
    for state in ["made-up", request.as_str()] {
        let page = come_back(&test, &mut browser, state).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN);
    }
    assert!(test.entra.seen().is_empty());
}

#[tokio::test]
async fn row_78_entras_words_reach_nobody() {
    let test = TestServer::start().await;
    let (mut browser, state) = at_entra(&test).await;
    let query = format!(
        "error=access_denied&error_description=AADSTS65004%3A+canary+%3Cscript%3E&state={state}"
    );
    let told = browser.callback(&test, &query).await.told();
    assert_eq!(told["error"], "access_denied");
    assert_eq!((told["iss"].as_str(), told["state"].as_str()), (ISSUER, "client-state"));
    assert!(!told["error_description"].contains("canary"));
    assert!(test.entra.seen().is_empty());
}

#[tokio::test]
async fn a_refused_exchange_is_told_to_the_client_in_our_words() {
    let test = TestServer::start().await;
    for (status, error, number, expected) in [
        (400, "invalid_grant", 50105, "access_denied"),
        (400, "invalid_grant", 50034, "access_denied"),
        (400, "invalid_grant", 70008, "access_denied"),
        (401, "invalid_client", 7_000_222, "server_error"),
        (400, "unauthorized_client", 700_016, "server_error"),
        (429, "temporarily_unavailable", 0, "temporarily_unavailable"),
    ] {
        let (mut browser, state) = at_entra(&test).await;
        let body = json!({"error": error, "error_codes": [number], "error_description": "canary"});
        test.entra.reply(Reply::new(status, &body));
        let told = come_back(&test, &mut browser, &state).await.told();
        assert_eq!(told["error"], expected, "{number}");
        assert!(!told["error_description"].contains("canary"));
    }
}

#[tokio::test]
async fn a_token_that_is_no_proof_signs_nobody_in() {
    let test = TestServer::start().await;
    for (name, value, expected) in [
        ("aud", json!("00000003-0000-0000-c000-000000000000"), "server_error"),
        ("tid", json!("11111111-2222-4333-8444-555555555555"), "access_denied"),
        ("exp", json!(NOW_S - 61), "server_error"),
        ("idtyp", json!("app"), "server_error"),
        ("scp", json!("other"), "server_error"),
    ] {
        let (mut browser, state) = at_entra(&test).await;
        test.entra_signs_in(&[(name, value)]);
        let told = come_back(&test, &mut browser, &state).await.told();
        assert_eq!(told["error"], expected, "{name}");
        assert!(!told.contains_key("code"));
    }
}

#[tokio::test]
async fn row_97_a_person_who_was_shut_out_does_not_come_in() {
    let test = TestServer::start().await;
    let usage = Usage::default();
    let moment = Timestamp::from_second(NOW_S + 1).unwrap();
    test.server.kill_switch.refuse_issued_until(TENANT, OID, moment, &usage).await.unwrap();
    let (mut browser, state) = at_entra(&test).await;
    test.entra_signs_in(&[]);
    assert_eq!(come_back(&test, &mut browser, &state).await.told()["error"], "access_denied");
}

#[tokio::test]
async fn row_97_a_new_sign_in_after_the_switch_holds_although_entra_dates_its_token_back() {
    let test = TestServer::start().await;
    let usage = Usage::default();
    let moment = Timestamp::from_second(NOW_S).unwrap();
    test.server.kill_switch.refuse_issued_until(TENANT, OID, moment, &usage).await.unwrap();
    test.clock.advance(Duration::from_secs(1));
    let (mut browser, state) = at_entra(&test).await;
    test.entra_signs_in(&[("iat", json!(NOW_S - 300)), ("nbf", json!(NOW_S - 300))]);
    let told = come_back(&test, &mut browser, &state).await.told();
    let given = test.exchange(&told["code"]).await;
    assert_eq!(given.status, StatusCode::OK, "{}", given.text);
}

#[tokio::test]
async fn what_entra_asked_for_earlier_is_brought_by_a_further_way_to_entra() {
    let test = TestServer::start().await;
    let usage = Usage::default();
    let pending = Pending { claims: Some("{\"access_token\":{}}".into()), consent: true };
    let (kind, key) = (RecordKind::Pending, pending::id(TENANT, OID));
    let records = &test.server.records;
    records.put_new(kind, &key, &pending, NOW_S + 3600, &usage).await.unwrap();

    let (mut browser, state) = at_entra(&test).await;
    test.entra_signs_in(&[]);
    let page = come_back(&test, &mut browser, &state).await;
    let entra = url::Url::parse(page.location()).unwrap();
    assert_eq!(parameter(&entra, "claims"), "{\"access_token\":{}}");
    assert_eq!(parameter(&entra, "prompt"), "consent");
    let further = parameter(&entra, "state");
    assert_ne!(further, state);

    test.entra_signs_in(&[]);
    let told = come_back(&test, &mut browser, &further).await.told();
    assert!(told.contains_key("code"), "{told:?}");
    assert!(records.get::<Pending>(kind, &key, &usage).await.unwrap().is_none());
}

#[tokio::test]
async fn what_the_exchange_asks_for_is_brought_once() {
    let test = TestServer::start().await;
    let (mut browser, state) = at_entra(&test).await;
    let wants = json!({"error": "interaction_required", "error_codes": [50076], "claims": "{}"});
    test.entra.reply(Reply::new(400, &wants));
    let page = come_back(&test, &mut browser, &state).await;
    let entra = url::Url::parse(page.location()).unwrap();
    assert_eq!(parameter(&entra, "claims"), "{}");
    test.entra.reply(Reply::new(400, &wants));
    let told = come_back(&test, &mut browser, &parameter(&entra, "state")).await.told();
    assert_eq!(told["error"], "access_denied");
}

#[tokio::test]
async fn a_way_to_entra_is_open_for_ten_minutes() {
    let test = TestServer::start().await;
    let (mut browser, state) = at_entra(&test).await;
    test.clock.advance(Duration::from_secs(600));
    assert_eq!(come_back(&test, &mut browser, &state).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_code_of_this_sign_in_is_exchanged_once() {
    let test = TestServer::start().await;
    let (mut browser, state) = at_entra(&test).await;
    test.entra_signs_in(&[]);
    let code = come_back(&test, &mut browser, &state).await.told()["code"].clone();
    let given = test.exchange(&code).await;
    assert_eq!(given.status, StatusCode::OK, "{}", given.text);
    let given: serde_json::Value = serde_json::from_str(&given.text).unwrap();
    assert_eq!(given["scope"], "access");
    assert!(!given["access_token"].as_str().unwrap().is_empty());
    assert_eq!(test.exchange(&code).await.status, StatusCode::BAD_REQUEST);
}
