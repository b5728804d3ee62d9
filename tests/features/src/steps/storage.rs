//! Where sign-ins are kept.

use crate::World;
use crate::assistant::REDIRECT;
use crate::definition::{Definition, Words, steps};

pub(super) fn steps() -> Vec<Definition> {
    steps! {
        "the connector keeps its records in {word}" => keeps_records_in,
        "the connector is started anew" => is_started_anew,
        "the storage is down" => is_down,
        "a dump of the storage shows no token, code, name or address" => the_dump_shows_nothing,
        "a connector with proxy mode and memory storage starts in {string}" => starts_in,
        "it does not start and names {string}" => does_not_start,
    }
}

async fn keeps_records_in(world: &mut World<'_>, words: &Words) {
    world.on_this_machine().keep_records_in(words.text(0)).await;
}

async fn is_started_anew(world: &mut World<'_>, _: &Words) {
    world.on_this_machine().start_anew().await;
}

async fn is_down(world: &mut World<'_>, _: &Words) {
    world.on_this_machine().stop_storage();
}

async fn the_dump_shows_nothing(world: &mut World<'_>, _: &Words) {
    let here = world.on_this_machine();
    let dump = here.dump().await;
    assert!(!dump.is_empty(), "nothing is kept");
    let canaries = &here.company.canaries;
    canaries.check_log(&dump);
    for word in [REDIRECT, "refresh_token", "client_name"] {
        assert!(!dump.contains(word), "{word} is readable");
    }
}

async fn starts_in(world: &mut World<'_>, words: &Words) {
    let environment = world.on_this_machine().environment();
    let environment = environment
        .with("ENVIRONMENT", words.text(0))
        .with("STORAGE_TYPE", "memory")
        .with("MCP_BASE_URL", "https://sharepoint.harbourlight.example")
        .with("AZURE_AUTHORITY_HOST", "https://login.microsoftonline.com")
        .without("GRAPH_BASE_URL")
        .without("GRAPH_CONTENT_HOSTS");
    world.ended = Some(e2e::run(&environment, &[]).await);
}

async fn does_not_start(world: &mut World<'_>, words: &Words) {
    let ended = world.ended.as_ref().expect("a start");
    assert_eq!(ended.code, Some(1), "{}", ended.said());
    assert!(ended.stderr.contains(words.text(0)), "{}", ended.stderr);
}
