//! Assistants that register themselves (RFC 7591).

use crate::World;
use crate::definition::{Definition, Words, steps};

pub(super) fn steps() -> Vec<Definition> {
    steps! {
        "an assistant that registered itself" => registered_itself,
        "another assistant that registered itself" => registered_itself,
        "an assistant that registered itself as {string}" => registered_itself_as,
        "an assistant registers with the redirect address {string}" => registers,
        "it is given a client id and no secret" => is_given_a_client_id,
    }
}

async fn registered_itself(world: &mut World<'_>, _: &Words) {
    world.add_assistant("Assistant of a feature").await;
}

async fn registered_itself_as(world: &mut World<'_>, words: &Words) {
    world.add_assistant(words.text(0)).await;
}

async fn registers(world: &mut World<'_>, words: &Words) {
    world.replies = vec![world.register("Assistant of a feature", words.text(0)).await];
}

async fn is_given_a_client_id(world: &mut World<'_>, _: &Words) {
    let reply = world.reply();
    assert_eq!(reply.status, 201, "{}", reply.text());
    let client = reply.json();
    assert!(client["client_id"].as_str().is_some_and(|id| !id.is_empty()), "{client}");
    assert!(client["client_secret"].is_null(), "{client}");
    assert_eq!(client["token_endpoint_auth_method"], "none", "{client}");
}
