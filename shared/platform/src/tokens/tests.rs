mod grants;

use std::sync::Arc;
use std::time::Duration;

use secrecy::ExposeSecret as _;
use serde_json::json;

use super::*;
use crate::config::LiveSecret;
use crate::http_client::HttpClient;
use crate::identity::test_entra::{CLIENT, Reply, TestEntra};
use crate::identity::{ClientCredentials, Credential, TokenEndpoint, TokenEndpointLimits};
use crate::telemetry::RequestLine;

const GRAPH: &str = "https://graph.microsoft.com";

fn scopes(names: &[&str]) -> ScopeSet {
    ScopeSet::new(names.iter().map(|name| format!("{GRAPH}/{name}")))
}

/// `Files.Read` is required, `Labels.Read` is wished for.
fn tokens(entra: &TestEntra, cache: TokenCache) -> Arc<UpstreamTokens> {
    tokens_with(entra, cache, None)
}

fn tokens_with(
    entra: &TestEntra,
    cache: TokenCache,
    sessions: Option<Arc<Sessions>>,
) -> Arc<UpstreamTokens> {
    let secret = Credential::Secret(LiveSecret::fixed("s3cret"));
    let limits = TokenEndpointLimits { jitter: Duration::ZERO, ..TokenEndpointLimits::default() };
    let clock = entra.clock.clone();
    Arc::new(UpstreamTokens::OnBehalfOf(Box::new(OnBehalfOfTokens {
        exchange: OnBehalfOf::new(Arc::new(TokenEndpoint::new(
            Arc::new(entra.settings.clone()),
            ClientCredentials::new(secret, []),
            HttpClient::new().unwrap(),
            clock.clone(),
            limits,
        ))),
        cache,
        refusals: RecentRefusals::new(clock.clone()),
        verdicts: Verdicts::new(clock.clone()),
        sessions,
        connector: "sharepoint",
        authority: entra.base().to_owned(),
        client_id: CLIENT.to_owned(),
        required: scopes(&["Files.Read"]),
        wanted: scopes(&["Files.Read", "Labels.Read"]),
        without_optional_until_s: AtomicI64::new(0),
        clock,
    })))
}

pub(crate) fn memory(entra: &TestEntra) -> Arc<UpstreamTokens> {
    tokens(entra, TokenCache::memory(entra.clock.clone()))
}

fn in_flight() -> InFlight {
    let soon = tokio::time::Instant::now() + Duration::from_secs(20);
    InFlight::start(soon, None, RequestLine::default())
}

fn granted(scope: &str, token: &str) -> Reply {
    let body =
        json!({"token_type": "Bearer", "scope": scope, "expires_in": 3600, "access_token": token});
    Reply::new(200, &body)
}

fn refused(number: u32) -> Reply {
    let body =
        json!({"error": "invalid_grant", "error_codes": [number], "error_description": "canary"});
    Reply::new(400, &body)
}

fn text(token: &UpstreamToken) -> &str {
    token.token.expose_secret()
}

const BOTH: &str = "Files.Read Labels.Read";

#[tokio::test]
async fn a_call_that_missed_the_cache_takes_what_another_brought_meanwhile() {
    let entra = TestEntra::start().await;
    let tokens = memory(&entra);
    let ann = Caller::for_tests("ann");
    entra.reply(granted(BOTH, "first"));
    // Both were admitted before there was a token.
    assert!(tokens.cached(&ann, &in_flight()).await.is_none());
    let first = tokens.obtain(&ann, &in_flight()).await.unwrap();
    let second = tokens.obtain(&ann, &in_flight()).await.unwrap();
    assert_eq!((text(&first), text(&second)), ("first", "first"));
    assert_eq!(entra.seen().len(), 1);
}

#[tokio::test]
async fn row_45_another_person_gets_a_token_of_their_own() {
    let entra = TestEntra::start().await;
    let tokens = memory(&entra);
    entra.reply(granted(BOTH, "for-ann"));
    entra.reply(granted(BOTH, "for-ben"));
    let ann = tokens.obtain(&Caller::for_tests("ann"), &in_flight()).await.unwrap();
    let ben = tokens.obtain(&Caller::for_tests("ben"), &in_flight()).await.unwrap();
    assert_eq!((text(&ann), text(&ben)), ("for-ann", "for-ben"));
    let assertions: Vec<_> =
        entra.seen().iter().map(|seen| seen.form["assertion"].clone()).collect();
    assert_eq!(assertions, ["token-of-ann", "token-of-ben"]);
}

#[tokio::test]
async fn with_the_cache_off_every_call_makes_its_own_exchange() {
    let entra = TestEntra::start().await;
    let tokens = tokens(&entra, TokenCache::Off);
    let ann = Caller::for_tests("ann");
    entra.reply(granted(BOTH, "one"));
    entra.reply(granted(BOTH, "two"));
    let (a, b) = (in_flight(), in_flight());
    let held = entra.hold_answers().await;
    let mut both =
        Box::pin(async { tokio::join!(tokens.obtain(&ann, &a), tokens.obtain(&ann, &b)) });
    assert!(futures::poll!(&mut both).is_pending());
    drop(held);
    let (one, two) = both.await;
    assert_ne!(text(&one.unwrap()), text(&two.unwrap()));
    assert_eq!(entra.seen().len(), 2);
    assert!(tokens.cached(&ann, &in_flight()).await.is_none());
}

#[tokio::test]
async fn optional_permissions_that_are_refused_are_left_out_for_ten_minutes() {
    let entra = TestEntra::start().await;
    let tokens = memory(&entra);
    let (ann, ben) = (Caller::for_tests("ann"), Caller::for_tests("ben"));
    entra.reply(refused(65001));
    entra.reply(granted("Files.Read", "narrow"));
    let token = tokens.obtain(&ann, &in_flight()).await.unwrap();
    assert_eq!(text(&token), "narrow");
    assert!(token.grants("Files.Read") && !token.grants("Labels.Read"));
    let kept = tokens.cached(&ann, &in_flight()).await.unwrap();
    assert_eq!(text(&kept), "narrow", "the next call finds it");

    entra.reply(granted("Files.Read", "narrow-too"));
    tokens.obtain(&ben, &in_flight()).await.unwrap();
    let asked: Vec<_> = entra.seen().iter().map(|seen| seen.form["scope"].clone()).collect();
    let (all, required) =
        (format!("{GRAPH}/Files.Read {GRAPH}/Labels.Read"), format!("{GRAPH}/Files.Read"));
    assert_eq!(asked, [all.clone(), required.clone(), required]);

    entra.clock.advance(Duration::from_secs(600));
    entra.reply(granted(BOTH, "wide"));
    let token = tokens.obtain(&Caller::for_tests("cem"), &in_flight()).await.unwrap();
    assert_eq!(text(&token), "wide");
    assert_eq!(entra.seen().last().unwrap().form["scope"], all);
}

#[tokio::test]
async fn one_person_without_any_consent_does_not_cost_the_others_their_optional_permissions() {
    let entra = TestEntra::start().await;
    let tokens = memory(&entra);
    entra.reply(refused(65001));
    entra.reply(refused(65001));
    let error = tokens.obtain(&Caller::for_tests("ann"), &in_flight()).await.unwrap_err();
    assert_eq!(error.code(), "consent_required");
    entra.reply(granted(BOTH, "wide"));
    let token = tokens.obtain(&Caller::for_tests("ben"), &in_flight()).await.unwrap();
    assert!(token.grants("Labels.Read"));
}

#[tokio::test]
async fn a_refusal_of_this_sign_in_is_remembered_for_a_minute() {
    let entra = TestEntra::start().await;
    let tokens = memory(&entra);
    let ann = Caller::for_tests("ann");
    for _ in 0..2 {
        entra.reply(refused(53003));
    }
    for _ in 0..3 {
        let error = tokens.obtain(&ann, &in_flight()).await.unwrap_err();
        assert_eq!(error.code(), "access_blocked");
        assert!(!error.to_string().contains("canary"));
    }
    assert_eq!(entra.seen().len(), 1);
    entra.clock.advance(Duration::from_secs(61));
    let _ = tokens.obtain(&ann, &in_flight()).await.unwrap_err();
    assert_eq!(entra.seen().len(), 2);
}

#[tokio::test]
async fn a_refused_token_is_replaced_and_the_claims_go_to_entra() {
    let entra = TestEntra::start().await;
    let tokens = memory(&entra);
    let ann = Caller::for_tests("ann");
    entra.reply(granted(BOTH, "old"));
    entra.reply(granted(BOTH, "new"));
    tokens.obtain(&ann, &in_flight()).await.unwrap();
    let claims = r#"{"access_token":{"nbf":{"essential":true}}}"#;
    let token = tokens.renew(&ann, Some(claims), &in_flight()).await.unwrap();
    assert_eq!(text(&token), "new");
    assert_eq!(entra.seen()[1].form["claims"], claims);
    let kept = tokens.cached(&ann, &in_flight()).await.unwrap();
    assert_eq!(text(&kept), "new", "the old one is gone");
}

#[tokio::test]
async fn claims_that_a_new_token_does_not_meet_are_for_clients_that_understand_them() {
    let entra = TestEntra::start().await;
    let tokens = memory(&entra);
    let plain = Caller::for_tests("ann");
    let able = Caller { understands_claims: true, ..Caller::for_tests("ben") };
    for (caller, verdict) in
        [(&plain, None), (&able, Some(Verdict::InsufficientClaims { claims: "{}".into() }))]
    {
        let in_flight = in_flight();
        let error = tokens.refused_again(caller, Some("{}"), &in_flight).await;
        assert_eq!(error.code(), "sign_in_required");
        assert_eq!(in_flight.verdict().get(), verdict);
    }
}
