//! Refresh tokens.

use super::{Fields, World, claims};
use crate::company::{ASSISTANT_CLIENT, CLIENT_SECRET, person, registration};

fn refresh(token: &str) -> Fields {
    Fields::of(&[
        ("grant_type", "refresh_token"),
        ("client_id", ASSISTANT_CLIENT),
        ("refresh_token", token),
    ])
}

#[tokio::test]
async fn a_refresh_token_is_replaced_and_the_old_one_still_works() {
    let world = World::start().await;
    let first = world.assistant_signed_in().await;
    let old = first.granted().text("refresh_token");
    world.clock.advance(3600);
    let second = world.token(&refresh(old)).await;
    let new = second.granted().text("refresh_token");
    assert_ne!(old, new);
    let claims = claims(second.text("access_token"));
    assert_eq!(claims["oid"], person("ann").unwrap().oid);
    assert_eq!(claims["iat"], super::NOW + 3600);
    world.token(&refresh(old)).await.granted();
    world.token(&refresh(new)).await.granted();
}

#[tokio::test]
async fn a_refresh_token_lives_ninety_days() {
    let world = World::start().await;
    let first = world.assistant_signed_in().await;
    world.clock.advance(90 * 24 * 3600);
    let answer = world.token(&refresh(first.text("refresh_token"))).await;
    answer.refused(400, "invalid_grant", 700_082);
}

#[tokio::test]
async fn a_revoked_or_foreign_or_made_up_refresh_token_is_refused() {
    let world = World::start().await;
    let first = world.assistant_signed_in().await;
    let form = refresh(first.text("refresh_token"));
    let connector = form
        .clone()
        .with("client_id", registration("sharepoint").unwrap())
        .with("client_secret", CLIENT_SECRET);
    world.token(&connector).await.refused(400, "invalid_grant", 70000);
    world.token(&refresh("made-up")).await.refused(400, "invalid_grant", 9_002_313);
    world.token(&form.clone().without("refresh_token")).await.refused(
        400,
        "invalid_request",
        900_144,
    );
    assert_eq!(world.entra.revoke_refresh_tokens("bob"), 0);
    world.token(&form).await.granted();
    assert_eq!(world.entra.revoke_refresh_tokens("ann"), 2);
    world.token(&form).await.refused(400, "invalid_grant", 50173);
}

#[tokio::test]
async fn a_refresh_for_another_resource_than_named_is_refused() {
    let world = World::start().await;
    let first = world.assistant_signed_in().await;
    let form = refresh(first.text("refresh_token"));
    let id = registration("sharepoint").unwrap();
    world.token(&form.clone().with("resource", &format!("api://{id}"))).await.granted();
    let other = form.clone().with("resource", "https://sharepoint.example/mcp");
    world.token(&other).await.refused(400, "invalid_target", 9_010_010);
    let scope = "https://graph.microsoft.com/Mail.Send";
    world.token(&form.with("scope", scope)).await.refused(400, "invalid_grant", 65001);
}
