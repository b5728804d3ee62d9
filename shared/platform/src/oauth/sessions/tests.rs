use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::*;
use crate::config::LiveSecret;
use crate::http_client::HttpClient;
use crate::identity::test_entra::{NOW_S, OID, Reply, TENANT, TestEntra, header, signed};
use crate::identity::{
    ClientCredentials, CodeFlow, Credential, EntraTokens, TokenEndpoint, TokenEndpointLimits,
};
use crate::oauth::grant::NewGrant;
use crate::store::{MemoryStore, Store};

pub(crate) const CLIENT_ID: &str = "client-one";
pub(crate) const ISSUER: &str = "https://sharepoint.example";
pub(crate) const RESOURCE: &str = "https://sharepoint.example/mcp";

/// One store, and as many instances over it as a test wants.
pub(crate) struct World {
    pub(crate) entra: TestEntra,
    pub(crate) store: Store,
    pub(crate) keyring: LiveKeyring,
    pub(crate) usage: Usage,
}

impl World {
    pub(crate) async fn new() -> Self {
        let entra = TestEntra::start().await;
        let store = Store::Memory(MemoryStore::new(entra.clock.clone()));
        let keyring = LiveKeyring::random().unwrap();
        Self { entra, store, keyring, usage: Usage::default() }
    }

    /// An instance of the connector: own memory, shared store and keys.
    pub(crate) fn instance(&self) -> Arc<Sessions> {
        self.instance_of("sharepoint", self.keyring.clone())
    }

    pub(crate) fn instance_of(&self, connector: &str, keyring: LiveKeyring) -> Arc<Sessions> {
        let clock = self.entra.clock.clone();
        let limits =
            TokenEndpointLimits { jitter: Duration::ZERO, ..TokenEndpointLimits::default() };
        let endpoint = Arc::new(TokenEndpoint::new(
            Arc::new(self.entra.settings.clone()),
            ClientCredentials::new(Credential::Secret(LiveSecret::fixed("s3cret")), []),
            HttpClient::new().unwrap(),
            clock.clone(),
            limits,
        ));
        let redirect = "https://sharepoint.example/oauth/callback".to_owned();
        let code_flow = CodeFlow::new(endpoint, redirect, None);
        let records = SealedStore::new(self.store.clone(), keyring.clone(), connector);
        Arc::new(Sessions::new(SessionParts {
            issuer: ISSUER,
            resource: RESOURCE,
            connector,
            grants: Arc::new(Grants::new(records.clone(), code_flow, clock.clone())),
            records,
            verifier: Arc::new(self.entra.verifier()),
            kill_switch: KillSwitch::new(self.store.clone(), clock.clone()),
            keyring,
            clock,
        }))
    }

    /// An Entra token that was issued now and lasts this long.
    pub(crate) fn entra_token(&self, lasts_s: i64) -> String {
        let now_s = self.entra.clock.now_s();
        let mut claims = self.entra.claims();
        for (name, value) in [("iat", now_s), ("nbf", now_s), ("exp", now_s + lasts_s)] {
            claims[name] = json!(value);
        }
        signed(&header(), &claims)
    }

    pub(crate) fn entra_gives(&self, lasts_s: i64) {
        let body = json!({
            "token_type": "Bearer", "expires_in": lasts_s,
            "access_token": self.entra_token(lasts_s), "refresh_token": "entra-refresh-next",
        });
        self.entra.reply(Reply::new(200, &body));
    }

    pub(crate) fn entra_refuses(&self, number: u32, more: Value) {
        let mut body = json!({"error": "invalid_grant", "error_codes": [number]});
        if let Value::Object(more) = more {
            body.as_object_mut().unwrap().extend(more);
        }
        self.entra.reply(Reply::new(400, &body));
    }

    /// A grant whose code was not exchanged yet.
    pub(crate) async fn opened(&self, sessions: &Sessions, lasts_s: i64) -> String {
        let token = self.entra_token(lasts_s);
        let bearer = Bearer::from_token(token.as_bytes()).unwrap();
        let person = self.entra.verifier().verify(&bearer).await.unwrap();
        let ends_s = self.entra.clock.now_s() + lasts_s;
        let new = NewGrant {
            person: &person,
            client_id: CLIENT_ID,
            scope: "access",
            resource: RESOURCE,
            tokens: EntraTokens {
                access_token: token.into(),
                refresh_token: Some("entra-refresh".to_owned().into()),
                expires_at: Timestamp::from_second(ends_s).unwrap(),
            },
        };
        sessions.grants.open(new, &self.usage).await.unwrap()
    }

    /// A grant that is good, and an access token for it.
    pub(crate) async fn signed_in(&self, sessions: &Sessions, lasts_s: i64) -> (String, Bearer) {
        let id = self.opened(sessions, lasts_s).await;
        let live = sessions.grants.activate(&id, &self.usage).await.unwrap();
        let issued = sessions.access_tokens.issue(&id, &live.grant).await.unwrap();
        (id, Bearer::from_token(issued.text.as_bytes()).unwrap())
    }
}

fn ended(outcome: &Result<Caller, NoSession>) -> &'static str {
    outcome.as_ref().err().map_or("let in", NoSession::code)
}

#[tokio::test]
async fn the_caller_is_the_person_since_their_sign_in_with_the_client_of_the_grant() {
    let world = World::new().await;
    let sessions = world.instance();
    let (id, bearer) = world.signed_in(&sessions, 3600).await;
    world.entra.clock.advance(Duration::from_secs(60));
    assert!(Sessions::claims(&bearer));
    let caller = sessions.caller(&bearer, &world.usage).await.unwrap();
    assert_eq!((caller.tid.as_str(), caller.oid.as_str()), (TENANT, OID));
    assert_eq!((caller.azp.as_str(), caller.issued_at.as_second()), (CLIENT_ID, NOW_S));
    assert_eq!(caller.grant.as_deref(), Some(id.as_str()));
    assert!(!bearer.expose().contains("ann"), "nothing of the person is in the token");
    let other_instance = world.instance();
    assert!(other_instance.caller(&bearer, &world.usage).await.is_ok());
    assert!(world.entra.seen().is_empty(), "the token endpoint is not asked");
}

#[tokio::test]
async fn row_97_an_ended_grant_is_refused_at_once_here_and_within_30_s_elsewhere() {
    let world = World::new().await;
    let (here, there) = (world.instance(), world.instance());
    let (id, bearer) = world.signed_in(&here, 3600).await;
    there.caller(&bearer, &world.usage).await.unwrap();
    here.grants.end(&id, &world.usage).await.unwrap();
    assert_eq!(ended(&here.caller(&bearer, &world.usage).await), "grant_gone");
    assert!(there.caller(&bearer, &world.usage).await.is_ok(), "a reading of the last 30 s");
    world.entra.clock.advance(Duration::from_secs(30));
    assert_eq!(ended(&there.caller(&bearer, &world.usage).await), "grant_gone");
}

#[tokio::test]
async fn row_36_a_token_of_another_connector_or_ring_and_a_foreign_form_are_refused() {
    let world = World::new().await;
    let sessions = world.instance();
    let (_, bearer) = world.signed_in(&sessions, 3600).await;
    let outlook = world.instance_of("outlook", world.keyring.clone());
    let other_ring = world.instance_of("sharepoint", LiveKeyring::random().unwrap());
    for foreign in [outlook, other_ring] {
        let outcome = foreign.caller(&bearer, &world.usage).await;
        assert_eq!(ended(&outcome), "access_token_digest");
    }
}

#[tokio::test]
async fn a_grant_whose_code_was_not_exchanged_lets_nobody_in_and_ends_after_ten_minutes() {
    let world = World::new().await;
    let sessions = world.instance();
    let id = world.opened(&sessions, 3600).await;
    let live = sessions.grants.latest(&id, &world.usage).await.unwrap();
    let issued = sessions.access_tokens.issue(&id, &live.grant).await.unwrap();
    let bearer = Bearer::from_token(issued.text.as_bytes()).unwrap();
    assert_eq!(ended(&sessions.caller(&bearer, &world.usage).await), "grant_not_active");
    world.entra.clock.advance(Duration::from_mins(10));
    assert_eq!(ended(&sessions.caller(&bearer, &world.usage).await), "grant_gone");
}

#[tokio::test]
async fn a_hundred_calls_at_once_renew_the_entra_token_once() {
    let world = World::new().await;
    let sessions = world.instance();
    let (_, bearer) = world.signed_in(&sessions, 3600).await;
    world.entra.clock.advance(Duration::from_secs(3600 - 200));
    world.entra_gives(3600);
    let calls = (0..100).map(|_| sessions.caller(&bearer, &world.usage));
    for outcome in futures::future::join_all(calls).await {
        assert_eq!(outcome.unwrap().expires_at.as_second(), world.entra.clock.now_s() + 3600);
    }
    let seen = world.entra.seen();
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].form["refresh_token"], "entra-refresh");
}

#[tokio::test]
async fn another_instance_uses_the_old_entra_token_while_one_asks_for_the_next() {
    let world = World::new().await;
    let (one, two) = (world.instance(), world.instance());
    let (_, bearer) = world.signed_in(&one, 3600).await;
    world.entra.clock.advance(Duration::from_secs(3600 - 200));
    world.entra_gives(3600);
    let held = world.entra.hold_answers().await;
    let mut asking = Box::pin(one.caller(&bearer, &world.usage));
    while world.entra.seen().is_empty() {
        assert!(futures::poll!(&mut asking).is_pending());
        tokio::task::yield_now().await;
    }
    let old = two.caller(&bearer, &world.usage).await.unwrap();
    assert_eq!(old.expires_at.as_second(), NOW_S + 3600);
    drop(held);
    let new = asking.await.unwrap();
    assert!(new.expires_at > old.expires_at);
    assert_eq!(world.entra.seen().len(), 1);
}

#[tokio::test]
async fn entra_unwell_costs_nothing_until_its_token_ends_and_503_then() {
    let world = World::new().await;
    let sessions = world.instance();
    let (_, bearer) = world.signed_in(&sessions, 3600).await;
    world.entra.clock.advance(Duration::from_secs(3600 - 20));
    for _ in 0..2 {
        world.entra.reply(Reply::text(503, "{}"));
    }
    assert!(sessions.caller(&bearer, &world.usage).await.is_ok());
    let asked = world.entra.seen().len();
    assert!(sessions.caller(&bearer, &world.usage).await.is_ok());
    assert_eq!(world.entra.seen().len(), asked, "and is left alone for a moment");
    world.entra.clock.advance(Duration::from_secs(40));
    for _ in 0..2 {
        world.entra.reply(Reply::text(503, "{}"));
    }
    let outcome = sessions.caller(&bearer, &world.usage).await;
    assert_eq!(ended(&outcome), "session_unavailable");
}

#[tokio::test]
async fn a_sign_in_that_entra_ended_ends_the_grant() {
    let world = World::new().await;
    let sessions = world.instance();
    let (id, bearer) = world.signed_in(&sessions, 3600).await;
    world.entra.clock.advance(Duration::from_secs(3600 - 200));
    world.entra_refuses(700_082, Value::Null);
    assert_eq!(ended(&sessions.caller(&bearer, &world.usage).await), "sign_in_ended");
    let latest = sessions.grants.latest(&id, &world.usage).await;
    assert_eq!(latest.err(), Some(NoGrant::Gone));
}

#[tokio::test]
async fn claims_that_entra_wants_for_the_next_token_wait_for_the_next_sign_in() {
    let world = World::new().await;
    let sessions = world.instance();
    let (_, bearer) = world.signed_in(&sessions, 3600).await;
    world.entra.clock.advance(Duration::from_secs(3600 - 200));
    world.entra_refuses(50_076, json!({"claims": "{\"a\":1}"}));
    assert_eq!(ended(&sessions.caller(&bearer, &world.usage).await), "sign_in_ended");
    let id = crate::oauth::pending::id(TENANT, OID);
    let kind = crate::store::RecordKind::Pending;
    let pending =
        sessions.records.get::<crate::oauth::Pending>(kind, &id, &world.usage).await.unwrap();
    assert_eq!(pending.unwrap().value.claims.as_deref(), Some("{\"a\":1}"));
}

#[tokio::test]
async fn another_entra_token_is_asked_for_once_though_many_were_refused_the_old_one() {
    let world = World::new().await;
    let (one, two) = (world.instance(), world.instance());
    let (_, bearer) = world.signed_in(&one, 3600).await;
    let caller = one.caller(&bearer, &world.usage).await.unwrap();
    world.entra.clock.advance(Duration::from_secs(1));
    world.entra_gives(3600);
    let renewed = one.with_another_token(&caller, &world.usage).await.unwrap();
    assert_ne!(renewed.fingerprint, caller.fingerprint);
    let found = two.with_another_token(&caller, &world.usage).await.unwrap();
    assert_eq!(found.fingerprint, renewed.fingerprint);
    assert_eq!(world.entra.seen().len(), 1);
}

#[tokio::test]
async fn a_lease_whose_holder_died_is_taken_over_after_fifteen_seconds() {
    let world = World::new().await;
    let (one, two) = (world.instance(), world.instance());
    let (_, bearer) = world.signed_in(&one, 3600).await;
    world.entra.clock.advance(Duration::from_secs(3600 - 200));
    let held = world.entra.hold_answers().await;
    let mut asking = Box::pin(one.caller(&bearer, &world.usage));
    while world.entra.seen().is_empty() {
        assert!(futures::poll!(&mut asking).is_pending());
        tokio::task::yield_now().await;
    }
    drop(asking);
    drop(held);
    world.entra.clock.advance(Duration::from_secs(15));
    world.entra_gives(3600);
    world.entra_gives(3600);
    let caller = two.caller(&bearer, &world.usage).await.unwrap();
    assert!(caller.expires_at.as_second() > NOW_S + 3600);
}
