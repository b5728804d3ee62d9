use std::fmt::Write as _;
use std::time::Duration;

use serde_json::{Value, json};
use uuid::Uuid;

use super::*;
use crate::config::LiveSecret;
use crate::http_client::HttpClient;
use crate::identity::credential::{ClientCredentials, Credential};
use crate::identity::test_entra::{CLIENT, Mood, Reply, TENANT, TestEntra};
use crate::identity::token_endpoint::TokenEndpointLimits;

const GRAPH: &str = "https://graph.microsoft.com/Files.Read.All";

fn limits() -> TokenEndpointLimits {
    TokenEndpointLimits { jitter: Duration::ZERO, ..TokenEndpointLimits::default() }
}

fn obo_with(entra: &TestEntra, secrets: &[&str], limits: TokenEndpointLimits) -> OnBehalfOf {
    let mut credentials =
        secrets.iter().map(|secret| Credential::Secret(LiveSecret::fixed(*secret)));
    let first = credentials.next().unwrap();
    OnBehalfOf::new(Arc::new(TokenEndpoint::new(
        Arc::new(entra.settings.clone()),
        ClientCredentials::new(first, credentials),
        HttpClient::new().unwrap(),
        entra.clock.clone(),
        limits,
    )))
}

fn obo(entra: &TestEntra) -> OnBehalfOf {
    obo_with(entra, &["s3cret"], limits())
}

fn scopes() -> ScopeSet {
    ScopeSet::new([GRAPH.to_owned(), "offline_access".to_owned()])
}

async fn ask(obo: &OnBehalfOf, who: &str) -> Result<String, OboError> {
    let caller = Caller::for_tests(who);
    obo.exchange(&caller, &scopes(), None, &Usage::default())
        .await
        .map(|token| token.token.expose_secret().to_owned())
}

fn granted() -> Reply {
    Reply::new(
        200,
        &json!({"token_type": "Bearer", "scope": "Files.Read.All", "expires_in": 3599, "ext_expires_in": 3599, "access_token": "token-b"}),
    )
}

fn refused(error: &str, number: u32, more: &Value) -> Reply {
    let mut body = json!({
        "error": error, "error_codes": [number],
        "error_description": format!("AADSTS{number}: canary eyJhbGciOi.canary.canary"),
        "trace_id": "t", "correlation_id": "c", "timestamp": "2026-01-01 00:00:00Z",
    });
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    Reply::new(if error == "invalid_client" { 401 } else { 400 }, &body)
}

#[tokio::test]
async fn the_request_has_exactly_the_fields_of_an_exchange() {
    let entra = TestEntra::start().await;
    entra.reply(granted());
    let caller = Caller::for_tests("ann");
    let usage = Usage::default();

    let token = obo(&entra)
        .exchange(&caller, &scopes(), Some("{\"access_token\":{}}"), &usage)
        .await
        .unwrap();

    let seen = entra.seen().remove(0);
    let expected = [
        ("assertion", "token-of-ann"),
        ("claims", "{\"access_token\":{}}"),
        ("client_id", CLIENT),
        ("client_secret", "s3cret"),
        ("grant_type", GRANT_TYPE),
        ("requested_token_use", "on_behalf_of"),
        ("scope", GRAPH),
    ];
    let form: Vec<(&str, &str)> =
        seen.form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(form, expected);
    assert_eq!(seen.fields, expected.len(), "no field twice");
    let request_id = seen.headers["client-request-id"].to_str().unwrap();
    assert!(Uuid::try_parse(request_id).is_ok());
    assert_eq!(seen.headers["content-type"], "application/x-www-form-urlencoded");
    assert!(seen.headers.get("authorization").is_none());

    assert_eq!(token.token.expose_secret(), "token-b");
    let lives = token.expires_at.duration_since(token.obtained_at);
    assert_eq!(lives.as_secs(), 3599);
    assert_eq!(token.scopes, ["Files.Read.All"]);
    assert_eq!(usage.snapshot().upstream_requests, 1);
    assert!(usage.snapshot().upstream_bytes_in > 50);
    assert!(!format!("{token:?}").contains("token-b"));
}

#[tokio::test]
async fn row_50_answers_that_make_no_sense_are_refused() {
    let entra = TestEntra::start().await;
    let obo = obo(&entra);
    for reply in [
        Reply::text(200, "<html>sign in</html>"),
        Reply::text(200, &" ".repeat(2_000_000)),
        Reply::text(200, "[]"),
        Reply::text(204, ""),
        Reply::text(302, ""),
        Reply::text(400, "<html>"),
        Reply::new(
            200,
            &json!({"token_type": "Bearer", "scope": "Files.Read.All", "expires_in": 0, "access_token": "t"}),
        ),
        Reply::new(
            200,
            &json!({"token_type": "Bearer", "scope": "Files.Read.All", "expires_in": "abc", "access_token": "t"}),
        ),
    ] {
        entra.reply(reply);
        assert_eq!(ask(&obo, "ann").await, Err(OboError::BadAnswer));
    }
    assert_eq!(entra.seen().len(), 8, "none was tried again");
    entra.reply(granted());
    assert!(ask(&obo, "ann").await.is_ok(), "none is remembered");
}

#[tokio::test]
async fn row_52_a_refused_credential_opens_the_breaker_for_everybody() {
    let entra = TestEntra::start().await;
    let obo = obo(&entra);
    entra.reply(refused("invalid_client", 7_000_215, &json!({})));
    let error = ask(&obo, "ann").await.unwrap_err();
    let retry_after = Duration::from_secs(30);
    assert_eq!(error, OboError::OurCredential { retry_after });
    assert!(!format!("{error} {error:?}").contains("s3cret"));

    entra.clock.advance(Duration::from_secs(10));
    let retry_after = Duration::from_secs(20);
    assert_eq!(ask(&obo, "ben").await, Err(OboError::OurCredential { retry_after }));
    assert_eq!(entra.seen().len(), 1, "entra was not asked again");
    entra.clock.advance(Duration::from_secs(20));
    entra.reply(granted());
    assert!(ask(&obo, "ann").await.is_ok());
}

#[tokio::test]
async fn row_96_a_rotation_fails_no_call_and_the_working_credential_is_remembered() {
    let entra = TestEntra::start().await;
    let obo = obo_with(&entra, &["new", "old"], limits());
    entra.reply(refused("invalid_client", 7_000_215, &json!({})));
    entra.reply(granted());
    entra.reply(granted());
    assert!(ask(&obo, "ann").await.is_ok());
    assert!(ask(&obo, "ann").await.is_ok());
    // The old one is removed at last.
    entra.reply(refused("invalid_client", 7_000_222, &json!({})));
    entra.reply(granted());
    assert!(ask(&obo, "ann").await.is_ok());
    let used: Vec<String> =
        entra.seen().into_iter().map(|seen| seen.form["client_secret"].clone()).collect();
    assert_eq!(used, ["new", "old", "old", "old", "new"]);
}

#[tokio::test]
async fn row_53_hostile_claims_come_through_as_data() {
    let entra = TestEntra::start().await;
    let claims = "{\"a\":\"\\r\\nSet-Cookie: x\\\"\"}";
    entra.reply(refused("interaction_required", 50076, &json!({"claims": claims})));
    let error = ask(&obo(&entra), "ann").await.unwrap_err();
    let claims = Some(claims.to_owned());
    assert_eq!(error, OboError::ClaimsNeeded { claims });
}

#[tokio::test]
async fn row_54_descriptions_of_entra_are_in_no_error() {
    let entra = TestEntra::start().await;
    let obo = obo(&entra);
    for (error, number) in [("invalid_grant", 50013), ("invalid_scope", 70011), ("odd", 1)] {
        entra.reply(refused(error, number, &json!({})));
        let error = ask(&obo, "ann").await.unwrap_err();
        let mut text = format!("{error} {error:?} {}", error.code());
        let consequence = crate::identity::Verdict::on(&error, &Caller::for_tests("ann"));
        write!(text, "{consequence:?}").unwrap();
        assert!(!text.contains("canary"), "{text}");
    }
}

#[tokio::test]
async fn row_55_throttling_of_one_person_leaves_others_alone() {
    let entra = TestEntra::start().await;
    let obo = obo(&entra);
    entra.reply(Reply::text(429, "").retry_after("120"));
    let throttled = |s| Err(OboError::Throttled { retry_after: Duration::from_secs(s) });
    assert_eq!(ask(&obo, "ann").await, throttled(120));
    entra.clock.advance(Duration::from_secs(20));
    assert_eq!(ask(&obo, "ann").await, throttled(100));
    assert_eq!(entra.seen().len(), 1);
    entra.reply(granted());
    assert!(ask(&obo, "ben").await.is_ok());
    entra.clock.advance(Duration::from_secs(100));
    entra.reply(granted());
    assert!(ask(&obo, "ann").await.is_ok());
}

#[tokio::test]
async fn throttling_without_a_wait_is_not_tried_again_at_once() {
    let entra = TestEntra::start().await;
    entra.reply(Reply::text(429, ""));
    let retry_after = Duration::from_secs(5);
    let answer = ask(&obo(&entra), "ann").await;
    assert_eq!(answer, Err(OboError::Throttled { retry_after }));
    assert_eq!(entra.seen().len(), 1);
}

#[tokio::test]
async fn only_a_throttled_tenant_stops_everybody() {
    let entra = TestEntra::start().await;
    let obo = obo(&entra);
    entra.reply(refused("temporarily_unavailable", 90055, &json!({})).retry_after("30"));
    let retry_after = Duration::from_secs(30);
    for who in ["ann", "ben"] {
        assert_eq!(ask(&obo, who).await, Err(OboError::TenantThrottled { retry_after }));
    }
    assert_eq!(entra.seen().len(), 1);
}

#[tokio::test]
async fn row_56_a_hundred_calls_at_once_are_one_exchange() {
    let entra = TestEntra::start().await;
    let obo = obo(&entra);
    entra.reply(granted());
    let hold = entra.hold_answers().await;
    let calls = (0..100).map(|_| {
        let obo = obo.clone();
        tokio::spawn(async move { ask(&obo, "ann").await })
    });
    let calls: Vec<_> = calls.collect();
    while entra.seen().is_empty() {
        tokio::task::yield_now().await;
    }
    drop(hold);
    for call in calls {
        assert_eq!(call.await.unwrap(), Ok("token-b".into()));
    }
    assert_eq!(entra.seen().len(), 1);
}

#[tokio::test]
async fn calls_at_once_share_an_error_too_and_people_share_nothing() {
    let entra = TestEntra::start().await;
    let obo = obo(&entra);
    entra.reply(refused("invalid_grant", 50013, &json!({})));
    let answers = futures::future::join_all((0..10).map(|_| ask(&obo, "ann"))).await;
    assert!(answers.iter().all(|answer| *answer == Err(OboError::AssertionInvalid)));
    assert_eq!(entra.seen().len(), 1);

    entra.reply(granted());
    entra.reply(granted());
    let caller = |n: u8| Caller { fingerprint: [n; 32], ..Caller::for_tests("ann") };
    let (ann, other_token) = (caller(1), caller(2));
    let (scopes, usage) = (scopes(), Usage::default());
    let (a, b) = futures::join!(
        obo.exchange(&ann, &scopes, None, &usage),
        obo.exchange(&other_token, &scopes, None, &usage)
    );
    assert!(a.is_ok() && b.is_ok());
    assert_eq!(entra.seen().len(), 3);
}

#[tokio::test]
async fn a_cancelled_first_call_does_not_spoil_those_that_wait() {
    let entra = TestEntra::start().await;
    let obo = obo(&entra);
    entra.reply(granted());
    let hold = entra.hold_answers().await;
    let mut first = Box::pin(ask(&obo, "ann"));
    while entra.seen().is_empty() {
        assert!(futures::poll!(&mut first).is_pending());
        tokio::task::yield_now().await;
    }
    let mut second = Box::pin(ask(&obo, "ann"));
    assert!(futures::poll!(&mut second).is_pending());
    drop(first);
    drop(hold);
    assert_eq!(second.await, Ok("token-b".into()));
    assert_eq!(entra.seen().len(), 1);
}

#[tokio::test]
async fn row_57_a_loop_and_a_missing_assignment_are_not_asked_again_for_a_minute() {
    for number in [50196, 50105] {
        let entra = TestEntra::start().await;
        let obo = obo(&entra);
        entra.reply(refused("invalid_grant", number, &json!({})));
        let first = ask(&obo, "ann").await.unwrap_err();
        entra.clock.advance(Duration::from_secs(59));
        let again = ask(&obo, "ann").await.unwrap_err();
        assert_eq!(first.code(), again.code());
        assert_eq!(entra.seen().len(), 1);

        entra.reply(granted());
        assert!(ask(&obo, "ben").await.is_ok());
        entra.clock.advance(Duration::from_secs(1));
        entra.reply(granted());
        assert!(ask(&obo, "ann").await.is_ok());
    }
}

#[tokio::test]
async fn a_passing_weakness_of_entra_is_tried_once_more() {
    let entra = TestEntra::start().await;
    let obo = obo(&entra);
    entra.reply(Reply::text(503, "<html>"));
    entra.reply(granted());
    assert!(ask(&obo, "ann").await.is_ok());
    entra.reply(refused("invalid_grant", 90033, &json!({})));
    entra.reply(Reply::text(502, ""));
    let retry_after = Duration::from_secs(5);
    assert_eq!(ask(&obo, "ann").await, Err(OboError::Transient { retry_after }));
    assert_eq!(entra.seen().len(), 4);
}

#[tokio::test]
async fn a_wait_that_does_not_fit_the_budget_is_passed_on() {
    let entra = TestEntra::start().await;
    entra.reply(Reply::text(503, "").retry_after("10"));
    let retry_after = Duration::from_secs(10);
    let answer = ask(&obo(&entra), "ann").await;
    assert_eq!(answer, Err(OboError::Transient { retry_after }));
    assert_eq!(entra.seen().len(), 1);
}

#[tokio::test]
async fn a_silent_entra_is_left_after_the_budget() {
    let entra = TestEntra::start().await;
    let _hold = entra.hold_answers().await;
    let limits = TokenEndpointLimits {
        one_try: Duration::from_millis(80),
        total: Duration::from_millis(300),
        ..limits()
    };
    let obo = obo_with(&entra, &["s3cret"], limits);
    let answer = ask(&obo, "ann").await;
    assert!(matches!(answer, Err(OboError::Transient { .. })));
    assert_eq!(entra.seen().len(), 2, "one try and one more");
}

#[tokio::test]
async fn a_missing_scope_is_told_with_what_is_granted() {
    let entra = TestEntra::start().await;
    entra.reply(granted());
    let scopes = ScopeSet::new([GRAPH.to_owned(), "Mail.Read".to_owned()]);
    let caller = Caller::for_tests("ann");
    let answer = obo(&entra).exchange(&caller, &scopes, None, &Usage::default()).await;
    assert_eq!(
        answer.unwrap_err(),
        OboError::ScopeMissing {
            missing: vec!["Mail.Read".into()],
            granted: vec!["Files.Read.All".into()],
        }
    );
}

#[tokio::test]
async fn nothing_is_asked_without_scopes_or_an_assertion_that_cannot_be_had() {
    let entra = TestEntra::start().await;
    entra.set_mood(Mood::Down);
    let caller = Caller::for_tests("ann");
    let none = ScopeSet::new(["offline_access".to_owned()]);
    let answer = obo(&entra).exchange(&caller, &none, None, &Usage::default()).await;
    assert_eq!(answer.unwrap_err(), OboError::OurScopes);

    let missing = Credential::AssertionFile("/no/such/file".into());
    let fallback = Credential::Secret(LiveSecret::fixed("s3cret"));
    let obo = OnBehalfOf::new(Arc::new(TokenEndpoint::new(
        Arc::new(entra.settings.clone()),
        ClientCredentials::new(missing, [fallback]),
        HttpClient::new().unwrap(),
        entra.clock.clone(),
        limits(),
    )));
    entra.reply(granted());
    assert!(ask(&obo, "ann").await.is_ok());
    assert_eq!(entra.seen().len(), 1);
    assert!(entra.settings.token_endpoint().contains(TENANT));
}
