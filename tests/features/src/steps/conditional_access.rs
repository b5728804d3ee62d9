//! Entra asks for more than a password.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use e2e::NAME;
use serde_json::json;
use stand_ins::browser::Arrival;
use stand_ins::entra::{Answer, Fault, Grant, TokenSpec};

use crate::World;
use crate::assistant::fresh_browser;
use crate::definition::{Definition, Words, steps};

/// What Entra wants to see in the next sign-in.
const CLAIMS: &str = r#"{"access_token":{"acrs":{"essential":true,"value":"c1"}}}"#;

pub(super) fn steps() -> Vec<Definition> {
    steps! {
        "an assistant with an Entra token of {word} that understands claims" => understands_claims,
        "Entra answers the exchange with AADSTS{int} and claims" => asks_for_claims,
        "Entra answers the sign-in with AADSTS{int}" => refuses_sign_ins,
        "{word} tries to sign in" => tries_to_sign_in,
        "Entra was asked with the claims" => was_asked_with_the_claims,
        "the challenge carries the claims" => the_challenge_carries_the_claims,
    }
}

async fn understands_claims(world: &mut World<'_>, words: &Words) {
    let spec = TokenSpec::new(words.text(0), NAME).claim("xms_cc", json!(["cp1"]));
    world.bearer = Some(world.company().mint(&spec));
}

async fn asks_for_claims(world: &mut World<'_>, words: &Words) {
    let answer = Answer::Aadsts {
        code: words.number(0),
        claims: Some(CLAIMS.to_owned()),
        suberror: None,
        error: None,
        description: None,
    };
    world.company().entra.fault(Fault::new(answer).grant(Grant::OnBehalfOf));
}

async fn refuses_sign_ins(world: &mut World<'_>, words: &Words) {
    let fault = Fault::aadsts(words.number(0)).grant(Grant::AuthorizationCode);
    world.company().entra.fault(fault);
}

async fn tries_to_sign_in(world: &mut World<'_>, words: &Words) {
    let address = world.authorize_address().await;
    let arrived = fresh_browser().sign_in(&address, words.text(0)).await.unwrap();
    world.arrival = Some(Arrival::App(arrived));
}

async fn was_asked_with_the_claims(world: &mut World<'_>, _: &Words) {
    let requests = world.company().entra.requests();
    let last = requests.iter().rfind(|request| request.fields.contains_key("claims"));
    let last = last.expect("a request with claims");
    assert_eq!(last.endpoint, "authorize");
    let wanted: serde_json::Value = serde_json::from_str(&last.fields["claims"]).unwrap();
    assert_eq!(wanted["access_token"]["acrs"]["value"], "c1", "{wanted}");
}

async fn the_challenge_carries_the_claims(world: &mut World<'_>, _: &Words) {
    let challenge = world.answer().reply.challenge().to_owned();
    let claims = format!("claims=\"{}\"", BASE64_STANDARD.encode(CLAIMS));
    assert!(challenge.contains(&claims), "{challenge}");
}
