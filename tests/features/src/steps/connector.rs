//! Who is signed in, and what the connector says of itself.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::World;
use crate::definition::{Definition, Words, steps};
use crate::site::Site;

pub(super) fn steps() -> Vec<Definition> {
    steps! {
        "{word} is signed in" => is_signed_in,
        "an assistant with an Entra token of {word}" => is_signed_in,
        "an assistant with a token" => an_assistant_with_a_token,
        "an assistant presents a word that is no token" => presents_a_word,
        "an assistant presents an unsigned token" => presents_an_unsigned_token,
        "an assistant presents a token that nobody we know signed" => presents_a_strangers_token,
        "somebody asks for the health of the connector" => asks_for_the_health,
        "it is healthy and says only name and version" => is_healthy,
    }
}

async fn is_signed_in(world: &mut World<'_>, words: &Words) {
    let token = world.company().token(words.text(0));
    world.bearer = Some(token);
}

async fn an_assistant_with_a_token(world: &mut World<'_>, _: &Words) {
    world.bearer = match &world.site {
        Site::Here(here) => Some(here.company.token("ann")),
        Site::There(there) => Some(there.token.clone().expect("a token")),
    };
}

async fn presents_a_word(world: &mut World<'_>, _: &Words) {
    present(world, "a-word-that-is-no-token".to_owned()).await;
}

async fn presents_an_unsigned_token(world: &mut World<'_>, _: &Words) {
    let token = token(world, &json!({"alg": "none", "typ": "JWT"}), &[]).await;
    present(world, token).await;
}

async fn presents_a_strangers_token(world: &mut World<'_>, _: &Words) {
    let header = json!({"alg": "RS256", "typ": "JWT", "kid": "a-key-that-nobody-has"});
    let token = token(world, &header, &[0x5a; 256]).await;
    present(world, token).await;
}

async fn present(world: &mut World<'_>, bearer: String) {
    world.bearer = Some(bearer);
    world.say("tools/list", &json!({})).await;
}

/// A token whose claims look as if they were meant for this connector.
async fn token(world: &mut World<'_>, header: &Value, signature: &[u8]) -> String {
    let base = world.base_url().await;
    let claims = json!({
        "iss": base, "aud": format!("{base}/mcp"), "sub": "somebody", "scp": "access",
        "iat": 1_700_000_000, "nbf": 1_700_000_000, "exp": 4_000_000_000_u32,
    });
    let parts =
        [header.to_string().into_bytes(), claims.to_string().into_bytes(), signature.to_vec()];
    parts.map(|part| BASE64_URL_SAFE_NO_PAD.encode(part)).join(".")
}

async fn asks_for_the_health(world: &mut World<'_>, _: &Words) {
    let address = format!("{}/health", world.base_url().await);
    let reply = world.send(world.http.get(address)).await;
    world.replies = vec![reply];
}

async fn is_healthy(world: &mut World<'_>, _: &Words) {
    let reply = world.reply();
    assert_eq!(reply.status, 200, "{}", reply.text());
    let said = reply.json();
    assert_eq!(said["status"], "ok", "{said}");
    assert_eq!(said["connector"], world.connector_name(), "{said}");
    let mut names: Vec<_> = said.as_object().expect("an object").keys().collect();
    names.sort();
    assert_eq!(names, ["connector", "status", "version"]);
}
