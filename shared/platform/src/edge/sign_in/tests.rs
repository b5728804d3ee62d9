use std::time::Duration;

use super::*;
use crate::identity::test_entra::bearer;
use crate::oauth::sessions::tests::World;
use crate::telemetry::RequestLine;

fn in_flight() -> InFlight {
    let soon = tokio::time::Instant::now() + Duration::from_secs(20);
    InFlight::start(soon, None, RequestLine::default())
}

async fn refusal(signed_in: &SignedIn, with: Bearer) -> Refusal {
    signed_in.caller(Ok(with), &in_flight()).await.map(drop).unwrap_err().refusal
}

const R401: Refusal = Refusal::Verdict(Verdict::InvalidToken);

#[tokio::test]
async fn each_way_in_takes_its_own_tokens_and_no_other() {
    let world = World::new().await;
    let sessions = world.instance();
    let (_, ours) = world.signed_in(&sessions, 3600).await;
    let entras = world.entra.token();
    let direct = Some(Arc::new(world.entra.verifier()));
    let both = SignedIn::Bearer { direct: direct.clone(), proxy: Some(sessions.clone()) };
    for good in [&ours, &entras] {
        assert!(both.caller(Ok(good.clone()), &in_flight()).await.is_ok());
    }
    let direct_only = SignedIn::Bearer { direct, proxy: None };
    assert_eq!(refusal(&direct_only, ours.clone()).await, R401);
    let proxy_only = SignedIn::Bearer { direct: None, proxy: Some(sessions) };
    assert!(proxy_only.caller(Ok(ours), &in_flight()).await.is_ok());
    let asked = world.entra.all_requests();
    assert_eq!(refusal(&proxy_only, entras).await, R401);
    assert_eq!(world.entra.all_requests(), asked, "nobody was asked about it");
}

#[tokio::test]
async fn row_37_a_refresh_token_a_code_or_a_grant_id_is_no_bearer() {
    let world = World::new().await;
    let sessions = world.instance();
    let (id, _) = world.signed_in(&sessions, 3600).await;
    let refresh = sessions.refresh_tokens.make(&id, 1).await.unwrap();
    let direct = Some(Arc::new(world.entra.verifier()));
    let both = SignedIn::Bearer { direct, proxy: Some(sessions) };
    for text in [refresh.as_str(), &id, "0123456789abcdef"] {
        assert_eq!(refusal(&both, bearer(text)).await, R401);
    }
}
