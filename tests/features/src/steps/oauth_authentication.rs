//! Finding the way to the sign-in, going it, and what is given at its end.

use e2e::Reply;
use serde_json::Value;

use crate::World;
use crate::definition::{Definition, Words, steps};

pub(super) fn steps() -> Vec<Definition> {
    steps! {
        "the challenge names the resource document and the scope" => the_challenge_leads_on,
        "the resource document names this connector and where to sign in" => the_document_leads_on,
        "the metadata of the authorization server has the issuer that the resource document names"
            => the_issuers_are_the_same,
        "{word} signs in and agrees" => signs_in,
        "{word} has signed in" => signs_in,
        "{word} has signed in and the code is not exchanged yet" => signs_in_up_to_the_code,
        "the code is exchanged twice" => exchanges_twice,
        "the code is exchanged {int} times at the same moment" => exchanges_at_once,
        "the code is exchanged with another verifier" => exchanges_with_another_verifier,
        "the first exchange succeeds" => the_first_succeeds,
        "one exchange succeeds and the others are refused as {string}" => one_succeeds,
        "the tokens of the first are refused from then on" => the_tokens_are_refused,
        "the {word} is refused as {string}" => is_refused_as,
        "the assistant has an access token and a refresh token" => has_tokens,
        "the access token says nothing about {word}" => the_access_token_says_nothing,
    }
}

/// A value of the challenge.
fn named(challenge: &str, name: &str) -> String {
    let value =
        challenge.split_once(&format!("{name}=\"")).and_then(|(_, rest)| rest.split_once('"'));
    value.unwrap_or_else(|| panic!("no {name} in {challenge}")).0.to_owned()
}

async fn the_challenge_leads_on(world: &mut World<'_>, _: &Words) {
    let base = world.base_url().await;
    let challenge = world.answer().reply.challenge().to_owned();
    let document = named(&challenge, "resource_metadata");
    assert!(document.starts_with(&format!("{base}/.well-known/")), "{document}");
    assert!(!named(&challenge, "scope").is_empty(), "{challenge}");
}

async fn resource_document(world: &mut World<'_>) -> Value {
    let challenge = world.answer().reply.challenge().to_owned();
    world.document(&named(&challenge, "resource_metadata")).await
}

async fn the_document_leads_on(world: &mut World<'_>, _: &Words) {
    let base = world.base_url().await;
    let document = resource_document(world).await;
    assert_eq!(document["resource"], format!("{base}/mcp"), "{document}");
    assert!(document["authorization_servers"][0].is_string(), "{document}");
}

async fn the_issuers_are_the_same(world: &mut World<'_>, _: &Words) {
    let document = resource_document(world).await;
    let issuer = document["authorization_servers"][0].as_str().expect("an issuer").to_owned();
    // Entra, in direct mode, has the older of the two documents only.
    let places = ["oauth-authorization-server", "openid-configuration"];
    let addresses = places.map(|place| format!("{issuer}/.well-known/{place}"));
    let mut metadata = Value::Null;
    for address in addresses {
        let reply = world.send(world.http.get(address)).await;
        if reply.status == 200 && metadata.is_null() {
            metadata = reply.json();
        }
    }
    assert_eq!(metadata["issuer"], issuer, "{metadata}");
    let methods = metadata["code_challenge_methods_supported"].as_array();
    // Entra does not say that it knows S256.
    assert!(methods.is_none_or(|methods| *methods == ["S256"]), "{metadata}");
}

async fn signs_in(world: &mut World<'_>, words: &Words) {
    // What Entra objected to was about the sign-in before.
    world.company().entra.clear_faults();
    world.sign_in(words.text(0)).await;
    let verifier = world.assistant().verifier.clone();
    let reply = world.exchange(&verifier).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    world.replies = vec![reply];
}

async fn signs_in_up_to_the_code(world: &mut World<'_>, words: &Words) {
    world.sign_in(words.text(0)).await;
}

async fn exchanges_twice(world: &mut World<'_>, _: &Words) {
    let verifier = world.assistant().verifier.clone();
    world.replies = vec![world.exchange(&verifier).await, world.exchange(&verifier).await];
}

async fn exchanges_at_once(world: &mut World<'_>, words: &Words) {
    let endpoint = world.endpoint("token_endpoint").await;
    let verifier = world.assistant().verifier.clone();
    let form = world.code_form(&verifier);
    let requests = (0..words.number(0)).map(|_| world.send(world.http.post(&endpoint).form(&form)));
    let replies = futures::future::join_all(requests).await;
    for reply in &replies {
        world.take_tokens(reply);
    }
    world.replies = replies;
}

async fn exchanges_with_another_verifier(world: &mut World<'_>, _: &Words) {
    let another = "another-verifier-of-forty-three-characters-or-more";
    world.replies = vec![world.exchange(another).await];
}

async fn the_first_succeeds(world: &mut World<'_>, _: &Words) {
    let first = world.replies.first().expect("an exchange");
    assert_eq!(first.status, 200, "{}", first.text());
}

async fn one_succeeds(world: &mut World<'_>, words: &Words) {
    let (given, refused): (Vec<_>, Vec<_>) =
        world.replies.iter().partition(|reply| reply.status == 200);
    assert_eq!(given.len(), 1);
    for reply in refused {
        check_refusal(reply, words.text(0));
    }
}

async fn the_tokens_are_refused(world: &mut World<'_>, _: &Words) {
    world.search("budget").await;
    let answer = world.answer();
    assert_eq!(answer.status(), 401, "{}", answer.reply.text());
    let refresh = world.tokens().refresh;
    let reply = world.refresh(0, &refresh, None).await;
    check_refusal(&reply, "invalid_grant");
}

async fn is_refused_as(world: &mut World<'_>, words: &Words) {
    check_refusal(world.reply(), words.text(1));
}

/// RFC 6749 section 5.2, RFC 7591 section 3.2.2.
pub(super) fn check_refusal(reply: &Reply, word: &str) {
    assert_eq!(reply.status, 400, "{}", reply.text());
    assert_eq!(reply.json()["error"], word, "{}", reply.text());
    assert_eq!(reply.header("cache-control"), Some("no-store"));
}

async fn has_tokens(world: &mut World<'_>, _: &Words) {
    let reply = world.reply();
    let given = reply.json();
    assert_eq!(given["token_type"], "Bearer");
    assert!(given["expires_in"].as_u64().is_some_and(|seconds| (1..=5400).contains(&seconds)));
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    let tokens = world.tokens();
    assert_ne!(tokens.access, tokens.refresh);
}

async fn the_access_token_says_nothing(world: &mut World<'_>, words: &Words) {
    use base64::Engine as _;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD;

    let person = stand_ins::company::person(words.text(0)).expect("a person of the company");
    let access = world.tokens().access;
    let claims = access.split('.').nth(1).expect("claims");
    let claims = String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
    for word in [person.oid, person.upn, person.name] {
        assert!(!claims.contains(word), "{claims}");
    }
}
