//! Calls and their answers, which every feature speaks of.

use serde_json::{Value, json};
use stand_ins::company::person;

use crate::World;
use crate::definition::{Definition, Words, steps};

pub(super) fn steps() -> Vec<Definition> {
    steps! {
        "an assistant calls the connector without a token" => calls_without_a_token,
        "{word} searches for {string}" => searches,
        "it asks for the tools" => asks_for_the_tools,
        "it asks for the tools in the newest revision" => asks_for_the_tools_in_the_newest_revision,
        "the answer is {int} without an error word" => refused_without_a_word,
        "the answer is {int} {string}" => refused_with_a_word,
        "the answer is {int} with a time to wait" => answered_with_a_wait,
        "the tool says {string}" => the_tool_says,
        "a search for {string} answers on behalf of {word}" => answers_on_behalf_of,
        "it is offered tools that only read" => tools_only_read,
        "both times the same tools are offered" => same_tools,
    }
}

async fn calls_without_a_token(world: &mut World<'_>, _: &Words) {
    world.bearer = None;
    world.say("tools/list", &json!({})).await;
}

async fn searches(world: &mut World<'_>, words: &Words) {
    world.search(words.text(1)).await;
}

async fn asks_for_the_tools(world: &mut World<'_>, _: &Words) {
    world.say("tools/list", &json!({})).await;
    world.replies = vec![world.answer().reply.clone()];
}

async fn asks_for_the_tools_in_the_newest_revision(world: &mut World<'_>, _: &Words) {
    world.say_modern("tools/list").await;
    world.replies.push(world.answer().reply.clone());
}

async fn refused_without_a_word(world: &mut World<'_>, words: &Words) {
    let reply = &world.answer().reply;
    assert_eq!(reply.status, words.status(0), "{}", reply.text());
    assert!(reply.challenge().starts_with("Bearer "), "{}", reply.challenge());
    assert!(!reply.challenge().contains("error"), "{}", reply.challenge());
}

async fn refused_with_a_word(world: &mut World<'_>, words: &Words) {
    let reply = &world.answer().reply;
    assert_eq!(reply.status, words.status(0), "{}", reply.text());
    let error = format!("error=\"{}\"", words.text(1));
    assert!(reply.challenge().contains(&error), "{}", reply.challenge());
}

async fn answered_with_a_wait(world: &mut World<'_>, words: &Words) {
    let reply = &world.answer().reply;
    assert_eq!(reply.status, words.status(0), "{}", reply.text());
    assert!(reply.retry_after_s().is_some_and(|seconds| seconds > 0), "{:?}", reply.headers);
}

async fn the_tool_says(world: &mut World<'_>, words: &Words) {
    assert_eq!(world.answer().code(), words.text(0));
}

async fn answers_on_behalf_of(world: &mut World<'_>, words: &Words) {
    let company = world.company();
    let before = company.graph_requests();
    world.search(words.text(0)).await;
    assert!(!world.answer().titles().is_empty(), "nothing was found");
    let oid = person(words.text(1)).expect("a person of the company").oid;
    let log = company.graph.log();
    let asked = log.requests.get(before..).unwrap_or_default();
    assert!(!asked.is_empty(), "Graph was not asked");
    for request in asked {
        assert_eq!(request.oid.as_deref(), Some(oid), "{}", request.path);
    }
}

async fn tools_only_read(world: &mut World<'_>, _: &Words) {
    let tools = world.answer().result()["tools"].as_array().expect("tools").clone();
    assert!(!tools.is_empty(), "no tool is offered");
    for tool in tools {
        assert_eq!(tool["annotations"]["readOnlyHint"], true, "{}", tool["name"]);
        assert!(
            tool["description"].as_str().is_some_and(|text| !text.is_empty()),
            "{}",
            tool["name"]
        );
    }
}

async fn same_tools(world: &mut World<'_>, _: &Words) {
    let names = |message: Value| {
        let tools = message["result"]["tools"].as_array().expect("tools").clone();
        tools.iter().map(|tool| tool["name"].clone()).collect::<Vec<_>>()
    };
    let [older, newer] = world.replies.as_slice() else { panic!("two answers are expected") };
    assert_eq!(names(older.json()), names(newer.json()));
}
