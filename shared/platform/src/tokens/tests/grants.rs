//! Callers who signed in through our own authorization server.

use super::*;
use crate::identity::Bearer;
use crate::identity::test_entra::{OID, TENANT};
use crate::oauth::grant::NoGrant;
use crate::oauth::sessions::tests::World;
use crate::store::{RecordKind, SealedStore};

struct SignedIn {
    world: World,
    sessions: Arc<Sessions>,
    tokens: Arc<UpstreamTokens>,
    id: String,
    bearer: Bearer,
}

impl SignedIn {
    async fn new() -> Self {
        let world = World::new().await;
        let sessions = world.instance();
        let cache = TokenCache::memory(world.entra.clock.clone());
        let tokens = tokens_with(&world.entra, cache, Some(sessions.clone()));
        let (id, bearer) = world.signed_in(&sessions, 3600).await;
        Self { world, sessions, tokens, id, bearer }
    }

    async fn caller(&self) -> Caller {
        self.sessions.caller(&self.bearer, &self.world.usage).await.unwrap()
    }

    async fn pending(&self) -> Option<Pending> {
        let records =
            SealedStore::new(self.world.store.clone(), self.world.keyring.clone(), "sharepoint");
        let id = crate::oauth::pending::id(TENANT, OID);
        let found = records.get::<Pending>(RecordKind::Pending, &id, &self.world.usage).await;
        found.unwrap().map(|record| record.value)
    }

    async fn has_ended(&self) -> bool {
        let latest = self.sessions.grants.latest(&self.id, &self.world.usage).await;
        latest.err() == Some(NoGrant::Gone)
    }
}

#[tokio::test]
async fn a_token_that_entra_does_not_take_is_renewed_and_exchanged_once_more() {
    let here = SignedIn::new().await;
    let caller = here.caller().await;
    here.world.entra.clock.advance(Duration::from_secs(1));
    here.world.entra.reply(refused(500_133));
    here.world.entra_gives(3600);
    here.world.entra.reply(granted(BOTH, "graph"));
    let token = here.tokens.obtain(&caller, &in_flight()).await.unwrap();
    assert_eq!(text(&token), "graph");
    let seen = here.world.entra.seen();
    assert_eq!(seen.len(), 3);
    assert_ne!(seen[0].form["assertion"], seen[2].form["assertion"]);
    let caller = here.caller().await;
    let kept = here.tokens.cached(&caller, &in_flight()).await.unwrap();
    assert_eq!(text(&kept), "graph", "the next call finds it");
}

#[tokio::test]
async fn a_token_that_entra_does_not_take_twice_ends_the_grant() {
    let here = SignedIn::new().await;
    let caller = here.caller().await;
    here.world.entra.clock.advance(Duration::from_secs(1));
    here.world.entra.reply(refused(500_133));
    here.world.entra_gives(3600);
    here.world.entra.reply(refused(500_133));
    let in_flight = in_flight();
    let error = here.tokens.fresh(&caller, &in_flight).await;
    assert!(error.is_err_and(|error| error.code() == "sign_in_required"));
    assert_eq!(in_flight.verdict().get(), Some(Verdict::InvalidToken));
    assert!(here.has_ended().await);
    assert_eq!(here.world.entra.seen().len(), 3);
}

#[tokio::test]
async fn claims_wait_for_the_next_sign_in_which_the_client_is_sent_into() {
    let claims = r#"{"access_token":{"acrs":{"value":"c1"}}}"#;
    for from_graph in [false, true] {
        let here = SignedIn::new().await;
        let (caller, in_flight) = (here.caller().await, in_flight());
        let error = if from_graph {
            here.tokens.refused_again(&caller, Some(claims), &in_flight).await
        } else {
            here.world.entra_refuses(50_076, json!({ "claims": claims }));
            here.tokens.obtain(&caller, &in_flight).await.unwrap_err()
        };
        assert_eq!(error.code(), "sign_in_required");
        assert_eq!(in_flight.verdict().get(), Some(Verdict::InvalidToken));
        let pending = here.pending().await.unwrap();
        assert_eq!((pending.claims.as_deref(), pending.consent), (Some(claims), false));
        assert!(here.has_ended().await, "a refresh would only bring the client back");
    }
}

#[tokio::test]
async fn missing_consent_is_asked_for_at_the_next_sign_in_and_the_grant_goes_on() {
    let here = SignedIn::new().await;
    let (caller, in_flight) = (here.caller().await, in_flight());
    for _ in 0..2 {
        here.world.entra.reply(refused(65_001));
    }
    let error = here.tokens.obtain(&caller, &in_flight).await.unwrap_err();
    assert_eq!(error.code(), "consent_required");
    assert!(error.to_string().contains("connect it again"), "{error}");
    assert_eq!(in_flight.verdict().get(), None);
    assert!(here.pending().await.unwrap().consent);
    assert!(!here.has_ended().await);
}

#[tokio::test]
async fn a_person_who_is_gone_has_no_grant_any_more() {
    let here = SignedIn::new().await;
    let (caller, in_flight) = (here.caller().await, in_flight());
    here.world.entra.reply(refused(50_057));
    let error = here.tokens.obtain(&caller, &in_flight).await.unwrap_err();
    assert_eq!(error.code(), "sign_in_required");
    assert_eq!(in_flight.verdict().get(), Some(Verdict::InvalidToken));
    assert!(here.has_ended().await && here.pending().await.is_none());
}

#[tokio::test]
async fn the_fourth_sign_in_of_five_minutes_is_a_tool_error_and_ends_nothing() {
    let here = SignedIn::new().await;
    let caller = here.caller().await;
    for _ in 0..3 {
        let error = here.tokens.refused_again(&caller, None, &in_flight()).await;
        assert_eq!(error.code(), "sign_in_required");
    }
    let (id, bearer) = here.world.signed_in(&here.sessions, 3600).await;
    let here = SignedIn { id, bearer, ..here };
    let (caller, in_flight) = (here.caller().await, in_flight());
    let error = here.tokens.refused_again(&caller, None, &in_flight).await;
    assert_eq!((error.code(), in_flight.verdict().get()), ("sign_in_repeated", None));
    assert!(!here.has_ended().await);
}
