//! Calls that end as they should: with an answer, or with an error that helps.

use serde_json::{Value, json};

use crate::server::Server;

#[tokio::test]
async fn an_answer_has_text_and_structure_and_leaves_a_record() {
    let server = Server::start().await;
    let result = server.call("greet", json!({ "name": "Ann" })).await.result();

    assert_eq!(result["structuredContent"], json!({ "text": "Hello, Ann! " }));
    assert_eq!(result["content"], json!([{ "type": "text", "text": "Hello, Ann! " }]));
    let records = server.records();
    let [record] = records.as_slice() else { panic!("{records:?}") };
    assert_eq!(record["connector"], "probe");
    assert_eq!(record["name"], "greet");
    assert_eq!(record["outcome"], "ok");
    assert_eq!(record["caller"]["oid"], "debug");
    assert_eq!(record["debug_caller"], true);
    assert_eq!(record["resources"][0]["id"], "Ann");
    assert_eq!(record["arguments"][0]["name"], "name");
}

#[tokio::test]
async fn an_unknown_tool_is_an_error_of_the_protocol() {
    let server = Server::start().await;
    assert_eq!(server.call("canary_tool", json!({})).await.error(), (200, -32602));
    let reply = server.modern("tools/call", json!({ "name": "canary_tool" })).await;
    assert_eq!(reply.error(), (200, -32602));

    let records = server.records();
    assert_eq!(records.len(), 2);
    for record in records {
        assert_eq!(record["outcome"], "refused_unknown");
        assert!(!record.to_string().contains("canary"), "{record}");
    }
}

#[tokio::test]
async fn bad_arguments_are_a_tool_error_that_names_the_argument() {
    let server = Server::start().await;
    for (arguments, named) in [
        (json!({}), "name"),
        (json!({ "name": 7 }), "name"),
        (json!({ "name": "Ann", "times": 300 }), "times"),
        (json!({ "name": "Ann", "times": -1 }), "times"),
        (json!({ "name": "Ann", "limit": 3 }), "limit"),
    ] {
        let (text, code) = server.call("greet", arguments.clone()).await.failure();
        assert_eq!(code, "invalid_argument", "for {arguments}");
        assert!(text.contains(named), "{text} for {arguments}");
    }
    assert_eq!(server.outcomes(), ["invalid_argument"; 5]);
}

#[tokio::test]
async fn parameters_of_another_shape_are_refused_and_recorded() {
    let server = Server::start().await;
    for arguments in [json!([1]), json!("text"), json!(7)] {
        let reply = server.call("greet", arguments.clone()).await;
        assert_eq!(reply.error(), (200, -32602), "for {arguments}");
        assert!(reply.json()["error"].get("data").is_none(), "{reply:?}");
        let greet = json!({ "name": "greet", "arguments": arguments });
        assert_eq!(server.modern("tools/call", greet).await.error().1, -32602);
    }
    assert_eq!(server.outcomes(), ["refused_request"; 6]);
    let reply = server.call("greet", Value::Null).await;
    assert_eq!(reply.failure().1, "invalid_argument");
}

#[tokio::test]
async fn what_a_tool_does_not_find_is_a_tool_error_with_its_code() {
    let server = Server::start().await;
    let (text, code) = server.call("nothing", json!({})).await.failure();
    assert_eq!(code, "not_found");
    assert!(text.contains("the greeting"), "{text}");
    assert_eq!(server.outcomes(), ["not_found"]);
}
