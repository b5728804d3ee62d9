//! Refreshing a sign-in, and the ways in which it ends.

use stand_ins::company::person;

use super::oauth_authentication::check_refusal;
use crate::World;
use crate::definition::{Definition, Words, steps};

pub(super) fn steps() -> Vec<Definition> {
    steps! {
        "the assistant refreshes" => refreshes,
        "the assistant refreshes twice with the same token" => refreshes_twice,
        "the assistant refreshes for the scope {string}" => refreshes_for,
        "the other assistant refreshes with the token" => the_other_refreshes,
        "the first refresh token comes again" => the_first_comes_again,
        "the assistant revokes its refresh token" => revokes,
        "both succeed with the same refresh token" => both_succeed,
        "a refresh is refused as {string}" => a_refresh_is_refused,
        "Entra has revoked {word}'s sessions" => entra_revokes,
        "{word} is switched off" => is_switched_off,
    }
}

async fn refreshes(world: &mut World<'_>, _: &Words) {
    let old = world.tokens();
    let reply = world.refresh(0, &old.refresh, None).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    world.take_tokens(&reply);
    let new = world.tokens();
    assert!(new.access != old.access && new.refresh != old.refresh, "nothing is new");
    world.replies.push(reply);
}

async fn refreshes_twice(world: &mut World<'_>, _: &Words) {
    let token = world.tokens().refresh;
    let endpoint = world.endpoint("token_endpoint").await;
    let client_id = world.assistant().client_id.clone();
    let form =
        [("grant_type", "refresh_token"), ("client_id", &client_id), ("refresh_token", &token)];
    let request = || world.http.post(&endpoint).form(&form);
    let (one, other) = tokio::join!(world.send(request()), world.send(request()));
    for reply in [&one, &other] {
        assert_eq!(reply.status, 200, "{}", reply.text());
        world.take_tokens(reply);
    }
    world.replies = vec![one, other];
}

async fn refreshes_for(world: &mut World<'_>, words: &Words) {
    let token = world.tokens().refresh;
    world.replies = vec![world.refresh(0, &token, Some(words.text(0))).await];
}

async fn the_other_refreshes(world: &mut World<'_>, _: &Words) {
    let token = world.tokens().refresh;
    world.replies = vec![world.refresh(1, &token, None).await];
}

async fn the_first_comes_again(world: &mut World<'_>, _: &Words) {
    let first = world.replies.first().expect("the sign-in").json();
    let token = first["refresh_token"].as_str().expect("a refresh token").to_owned();
    world.replies = vec![world.refresh(0, &token, None).await];
}

async fn revokes(world: &mut World<'_>, _: &Words) {
    let token = world.tokens().refresh;
    let endpoint = world.endpoint("revocation_endpoint").await;
    let client_id = world.assistant().client_id.clone();
    let form = [("client_id", &client_id), ("token", &token)];
    let reply = world.send(world.http.post(endpoint).form(&form)).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
}

async fn both_succeed(world: &mut World<'_>, _: &Words) {
    let tokens: Vec<_> =
        world.replies.iter().map(|reply| reply.json()["refresh_token"].clone()).collect();
    assert!(tokens.len() == 2 && tokens[0].is_string() && tokens[0] == tokens[1]);
}

async fn a_refresh_is_refused(world: &mut World<'_>, words: &Words) {
    let token = world.tokens().refresh;
    check_refusal(&world.refresh(0, &token, None).await, words.text(0));
}

async fn entra_revokes(world: &mut World<'_>, words: &Words) {
    let ended = world.company().entra.revoke_refresh_tokens(words.text(0));
    assert!(ended > 0, "there was no session");
}

async fn is_switched_off(world: &mut World<'_>, words: &Words) {
    let oid = person(words.text(0)).expect("a person of the company").oid;
    let here = world.on_this_machine();
    let environment = here.connector().await.environment.clone();
    let ended = e2e::run(&environment, &["--revoke", oid]).await;
    assert_eq!(ended.code, Some(0), "{}", ended.said());
}
