use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;

use super::*;
use crate::identity::test_entra::{OID, Reply, TENANT};
use crate::oauth::grant::NoGrant;
use crate::oauth::records::{CODE_S, Code, USED_CODE_S};
use crate::oauth::sessions::tests::{CLIENT_ID, RESOURCE, World};
use crate::oauth::test_server;
use crate::store::RecordKind;

const VERIFIER: &str = "0123456789-0123456789-0123456789-0123456789";
const REDIRECT: &str = "https://claude.ai/api/mcp/auth_callback";

async fn code_for(world: &World, sessions: &Sessions, code: &str) -> String {
    let grant_id = world.opened(sessions, 3600).await;
    let now_s = world.entra.clock.now_s();
    let record = Code {
        grant_id: grant_id.clone(),
        client_id: CLIENT_ID.into(),
        redirect_uri: REDIRECT.into(),
        code_challenge: URL_SAFE_NO_PAD.encode(digest(&SHA256, VERIFIER.as_bytes())),
        scope: "access".into(),
        resource: RESOURCE.into(),
        expires_at_s: now_s + CODE_S,
    };
    let until_s = now_s + USED_CODE_S;
    let put = sessions.records.put_new(RecordKind::Code, code, &record, until_s, &world.usage);
    put.await.unwrap();
    grant_id
}

fn code_form<'a>(code: &'a str, more: &[(&'a str, &'a str)]) -> Form {
    let mut pairs = vec![
        ("code", code),
        ("code_verifier", VERIFIER),
        ("redirect_uri", REDIRECT),
        ("resource", RESOURCE),
    ];
    pairs.retain(|(name, _)| more.iter().all(|(other, _)| other != name));
    pairs.extend(more.iter().filter(|(_, value)| !value.is_empty()));
    Form::of(&pairs)
}

/// Signs in and gives the grant with its first refresh token.
async fn first(world: &World, sessions: &Sessions) -> (String, String) {
    let id = code_for(world, sessions, "code").await;
    let form = code_form("code", &[]);
    let given = code::redeem(sessions, CLIENT_ID, &form, &world.usage).await.unwrap();
    (id, text(&given.body, "refresh_token"))
}

fn text(body: &Value, name: &str) -> String {
    body[name].as_str().unwrap().to_owned()
}

async fn refreshed(world: &World, sessions: &Sessions, token: &str) -> Result<Given, Refused> {
    let form = Form::of(&[("refresh_token", token)]);
    refresh::refresh(sessions, CLIENT_ID, &form, &world.usage).await
}

fn reason<T>(outcome: &Result<T, Refused>) -> &'static str {
    outcome.as_ref().err().map_or("given", |refused| refused.reason)
}

async fn is_gone(world: &World, sessions: &Sessions, id: &str) -> bool {
    sessions.grants.latest(id, &world.usage).await.err() == Some(NoGrant::Gone)
}

#[tokio::test]
async fn a_code_gives_an_access_token_and_a_refresh_token() {
    let world = World::new().await;
    let sessions = world.instance();
    code_for(&world, &sessions, "code").await;
    let form = code_form("code", &[]);
    let given = code::redeem(&sessions, CLIENT_ID, &form, &world.usage).await.unwrap();
    assert_eq!((given.body["token_type"].as_str(), given.oid.as_str()), (Some("Bearer"), OID));
    assert_eq!(given.body["expires_in"], 3600);
    let token = text(&given.body, "access_token");
    let bearer = crate::identity::Bearer::from_token(token.as_bytes()).unwrap();
    assert!(world.instance().caller(&bearer, &world.usage).await.is_ok());
}

#[tokio::test]
async fn row_64_a_code_without_its_verifier_is_refused() {
    let world = World::new().await;
    let sessions = world.instance();
    let id = code_for(&world, &sessions, "code").await;
    let (short, long) = ("a".repeat(42), "a".repeat(129));
    for verifier in ["", &short, &long, "%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%"] {
        let form = code_form("code", &[("code_verifier", verifier)]);
        let outcome = code::redeem(&sessions, CLIENT_ID, &form, &world.usage).await;
        assert_eq!(outcome.unwrap_err().error.code, ErrorCode::InvalidRequest);
    }
    assert!(!is_gone(&world, &sessions, &id).await, "nothing was shown yet");
    let wrong = "b".repeat(43);
    let form = code_form("code", &[("code_verifier", &wrong)]);
    let outcome = code::redeem(&sessions, CLIENT_ID, &form, &world.usage).await;
    assert_eq!(reason(&outcome), "code_other_verifier");
    assert!(is_gone(&world, &sessions, &id).await);
}

#[tokio::test]
async fn row_65_of_eight_at_once_one_gets_tokens_and_the_second_use_ends_the_grant() {
    let world = World::new().await;
    let instances: Vec<Arc<Sessions>> = (0..8).map(|_| world.instance()).collect();
    let id = code_for(&world, &instances[0], "code").await;
    let form = code_form("code", &[]);
    let all = instances.iter().map(|one| code::redeem(one, CLIENT_ID, &form, &world.usage));
    let outcomes = futures::future::join_all(all).await;
    let given = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    let reused = outcomes.iter().filter(|outcome| reason(outcome) == "code_reused").count();
    assert_eq!((given, reused), (1, 7));
    assert!(is_gone(&world, &instances[0], &id).await);
}

#[tokio::test]
async fn row_66_a_code_that_belongs_elsewhere_or_is_late_is_refused() {
    let world = World::new().await;
    let sessions = world.instance();
    for (client, name, value, expected) in [
        ("client-two", "redirect_uri", REDIRECT, "code_other_client"),
        (CLIENT_ID, "redirect_uri", "https://claude.ai/other", "code_other_redirect"),
        (CLIENT_ID, "resource", "https://other.example/mcp", "code_other_resource"),
    ] {
        let id = code_for(&world, &sessions, expected).await;
        let form = code_form(expected, &[(name, value)]);
        let outcome = code::redeem(&sessions, client, &form, &world.usage).await;
        assert_eq!(reason(&outcome), expected);
        assert_eq!(outcome.unwrap_err().error.code, ErrorCode::InvalidGrant);
        assert!(is_gone(&world, &sessions, &id).await);
    }
    code_for(&world, &sessions, "late").await;
    world.entra.clock.advance(Duration::from_secs(60));
    let form = code_form("late", &[]);
    let outcome = code::redeem(&sessions, CLIENT_ID, &form, &world.usage).await;
    assert_eq!(reason(&outcome), "code_expired");
    let form = code_form("never", &[]);
    let outcome = code::redeem(&sessions, CLIENT_ID, &form, &world.usage).await;
    assert_eq!(reason(&outcome), "code_unknown");
}

#[tokio::test]
async fn row_68_a_second_refresh_within_45_s_gets_the_same_successor() {
    let world = World::new().await;
    let (one, two) = (world.instance(), world.instance());
    let (_, token) = first(&world, &one).await;
    let (a, b) = tokio::join!(refreshed(&world, &one, &token), refreshed(&world, &two, &token));
    let next = text(&a.unwrap().body, "refresh_token");
    assert_eq!(text(&b.unwrap().body, "refresh_token"), next);
    assert_ne!(next, token);
    world.entra.clock.advance(Duration::from_secs(44));
    let again = refreshed(&world, &two, &token).await.unwrap();
    assert_eq!(text(&again.body, "refresh_token"), next);
    assert!(refreshed(&world, &one, &next).await.is_ok());
}

#[tokio::test]
async fn row_69_a_refresh_token_that_comes_again_later_ends_the_grant() {
    let world = World::new().await;
    let sessions = world.instance();
    let (id, token) = first(&world, &sessions).await;
    let next = text(&refreshed(&world, &sessions, &token).await.unwrap().body, "refresh_token");
    world.entra.clock.advance(Duration::from_secs(45));
    let outcome = refreshed(&world, &sessions, &token).await;
    assert_eq!(reason(&outcome), "refresh_reused");
    assert!(is_gone(&world, &sessions, &id).await);
    assert_eq!(reason(&refreshed(&world, &sessions, &next).await), "grant_gone");
}

#[tokio::test]
async fn row_69_a_token_two_generations_old_ends_the_grant_even_at_once() {
    let world = World::new().await;
    let sessions = world.instance();
    let (_, token) = first(&world, &sessions).await;
    let next = text(&refreshed(&world, &sessions, &token).await.unwrap().body, "refresh_token");
    refreshed(&world, &sessions, &next).await.unwrap();
    assert_eq!(reason(&refreshed(&world, &sessions, &token).await), "refresh_reused");
}

#[tokio::test]
async fn row_70_another_client_a_wider_scope_and_another_resource_are_refused() {
    let world = World::new().await;
    let sessions = world.instance();
    let (id, token) = first(&world, &sessions).await;
    let ask = async |client: &str, more: (&str, &str)| {
        let form = Form::of(&[("refresh_token", token.as_str()), more]);
        refresh::refresh(&sessions, client, &form, &world.usage).await.map_err(|r| r.error.code)
    };
    let fine = ("scope", "access offline_access");
    assert_eq!(ask("client-two", fine).await.err(), Some(ErrorCode::InvalidGrant));
    let wider = ("scope", "access admin");
    assert_eq!(ask(CLIENT_ID, wider).await.err(), Some(ErrorCode::InvalidScope));
    let elsewhere = ("resource", "https://other.example/mcp");
    assert_eq!(ask(CLIENT_ID, elsewhere).await.err(), Some(ErrorCode::InvalidTarget));
    assert!(!is_gone(&world, &sessions, &id).await, "a stranger ends nothing");
    assert!(ask(CLIENT_ID, fine).await.is_ok());
}

#[tokio::test]
async fn row_97_the_kill_switch_stops_refreshed_sessions_too() {
    let world = World::new().await;
    let sessions = world.instance();
    let (id, token) = first(&world, &sessions).await;
    let next = text(&refreshed(&world, &sessions, &token).await.unwrap().body, "refresh_token");
    world.entra.clock.advance(Duration::from_secs(31));
    let moment = Timestamp::from_second(world.entra.clock.now_s()).unwrap();
    let switch = &world.instance().kill_switch;
    switch.refuse_issued_until(TENANT, OID, moment, &world.usage).await.unwrap();
    assert_eq!(reason(&refreshed(&world, &sessions, &next).await), "switched_off");
    assert!(is_gone(&world, &sessions, &id).await);
}

#[tokio::test]
async fn a_refresh_renews_an_entra_token_that_ends_soon_and_does_without_when_entra_is_unwell() {
    let world = World::new().await;
    let sessions = world.instance();
    let (_, token) = first(&world, &sessions).await;
    world.entra.clock.advance(Duration::from_mins(40));
    for _ in 0..2 {
        world.entra.reply(Reply::text(503, "{}"));
    }
    let given = refreshed(&world, &sessions, &token).await.unwrap();
    assert_eq!(given.body["expires_in"], 20 * 60);
    world.entra.clock.advance(Duration::from_secs(16));
    world.entra_gives(3600);
    let next = text(&given.body, "refresh_token");
    let given = refreshed(&world, &sessions, &next).await.unwrap();
    assert_eq!(given.body["expires_in"], 3600);
}

#[tokio::test]
async fn a_process_that_dies_before_the_rotation_leaves_the_token_good() {
    let world = World::new().await;
    let (one, two) = (world.instance(), world.instance());
    let (id, token) = first(&world, &one).await;
    world.entra.clock.advance(Duration::from_mins(40));
    world.entra_gives(3600);
    let live = one.grants.latest(&id, &world.usage).await.unwrap();
    one.lasting(&id, live, 1800, &world.usage).await.unwrap();
    let given = refreshed(&world, &two, &token).await.unwrap();
    assert_eq!(given.body["expires_in"], 3600);
    assert_eq!(world.entra.seen().len(), 1);
    let again = refreshed(&world, &one, &token).await.unwrap();
    assert_eq!(again.body["refresh_token"], given.body["refresh_token"], "the answer was lost");
}

#[tokio::test]
async fn revoking_either_token_ends_the_grant_for_its_own_client_only() {
    let world = World::new().await;
    let sessions = world.instance();
    let (id, token) = first(&world, &sessions).await;
    for (client, text) in [("client-two", token.as_str()), (CLIENT_ID, "unknown")] {
        sessions.revoke(client, text, &world.usage).await.unwrap();
        assert!(!is_gone(&world, &sessions, &id).await);
    }
    sessions.revoke(CLIENT_ID, &token, &world.usage).await.unwrap();
    assert!(is_gone(&world, &sessions, &id).await);
    let (id, bearer) = world.signed_in(&sessions, 3600).await;
    sessions.revoke(CLIENT_ID, bearer.expose(), &world.usage).await.unwrap();
    assert!(is_gone(&world, &sessions, &id).await);
}

#[tokio::test]
async fn row_99_an_assertion_of_another_issuer_is_no_grant_type_here() {
    for name in ["urn:ietf:params:oauth:grant-type:jwt-bearer", "password", "client_credentials"] {
        let form = Form::of(&[("grant_type", name), ("assertion", "e30.e30.")]);
        let refused = grant_type(&form).unwrap_err();
        assert_eq!(refused.error.code, ErrorCode::UnsupportedGrantType, "{name}");
    }
    assert_eq!(grant_type(&Form::of(&[])).unwrap_err().error.code, ErrorCode::InvalidRequest);
}

fn post(pairs: &[(&str, &str)]) -> Request {
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    let mut request = test_server::request("");
    request.method = ::http::Method::POST;
    let form = ::http::HeaderValue::from_static("application/x-www-form-urlencoded");
    request.headers.insert(::http::header::CONTENT_TYPE, form);
    Request { body: body.into(), ..request }
}

#[tokio::test]
async fn refusals_are_json_that_nobody_keeps_and_repeat_nothing() {
    let test = test_server::TestServer::start().await;
    let refresh = [("grant_type", "refresh_token"), ("refresh_token", "canary")];
    for (form, status, word) in [
        (vec![], 400, "invalid_request"),
        (vec![("grant_type", "canary")], 400, "unsupported_grant_type"),
        (vec![("grant_type", "refresh_token"), ("grant_type", "canary")], 400, "invalid_request"),
        (refresh.to_vec(), 401, "invalid_client"),
        ([&refresh[..], &[("client_id", test.client_id.as_str())]].concat(), 400, "invalid_grant"),
    ] {
        let answer = token(&test.server, &post(&form)).await;
        assert_eq!(answer.status().as_u16(), status, "{word}");
        assert_eq!(answer.headers()["cache-control"], "no-store");
        let body = axum::body::to_bytes(answer.into_body(), 10_000).await.unwrap();
        let said = String::from_utf8(body.to_vec()).unwrap();
        assert!(said.contains(&format!("\"{word}\"")) && !said.contains("canary"), "{said}");
    }
}
