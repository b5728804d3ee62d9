//! The sample events of the repository, given to the function as the Lambda service gives them.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use e2e::{Company, Connector, NAME, repository};
use serde_json::{Value, json};
use stand_ins::alb::Outcome;

async fn invoke(connector: &Connector<'_>, event: &Value) -> Value {
    let event = Bytes::from(event.to_string());
    match connector.alb().invoke(NAME, event).await.unwrap() {
        Outcome::Answered(answer) => serde_json::from_slice(&answer).unwrap(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn every_sample_event_has_its_answer() {
    let company = Company::start().await;
    let connector = Connector::function(&company).await;
    let token = company.token("ann");
    let folder = repository().join("events").join(NAME);
    let mut seen = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = std::fs::read_to_string(&path).unwrap().replace("REPLACE_WITH_TOKEN", &token);
        let answer = invoke(&connector, &serde_json::from_str(&text).unwrap()).await;
        let expected = if name == "no-token" { 401 } else { 200 };
        assert_eq!(answer["statusCode"], expected, "{name}: {answer}");
        assert!(answer["multiValueHeaders"].is_object(), "{name}: {answer}");
        assert_eq!(answer["isBase64Encoded"], false, "{name}");
        let body = answer["body"].as_str().unwrap();
        assert!(serde_json::from_str::<Value>(body).is_ok(), "{name}: {body}");
        if name == "search" {
            assert!(body.contains("Budget 2027"), "{body}");
            // The last forwarded address is the load balancer's word.
            assert_eq!(connector.last_record()["client_ip"], "192.0.2.10");
        }
        seen.push(name);
    }
    seen.sort();
    assert_eq!(seen, ["health", "initialize", "no-token", "search", "tools-list"]);
    connector.finish().await;
}

#[tokio::test]
async fn odd_events_are_answered_and_the_function_lives_on() {
    let company = Company::start().await;
    let connector = Connector::function(&company).await;
    let token = company.token("ann");
    let path = repository().join("events").join(NAME).join("search.json");
    let text = std::fs::read_to_string(path).unwrap().replace("REPLACE_WITH_TOKEN", &token);
    let usual: Value = serde_json::from_str(&text).unwrap();
    let changed = |change: &dyn Fn(&mut Value)| {
        let mut event = usual.clone();
        change(&mut event);
        event
    };
    let encoded = BASE64_STANDARD.encode(usual["body"].as_str().unwrap());
    for (what, event, status) in [
        (
            "a body in base64",
            changed(&|event| {
                event["body"] = json!(encoded);
                event["isBase64Encoded"] = json!(true);
            }),
            200,
        ),
        ("no body", changed(&|event| event["body"] = json!("")), 400),
        (
            "two tokens",
            changed(&|event| {
                event["multiValueHeaders"]["authorization"] = json!(["Bearer a", "Bearer b"]);
            }),
            400,
        ),
        (
            "a health check without a host",
            json!({
                "requestContext": usual["requestContext"], "httpMethod": "GET", "path": "/health",
                "queryStringParameters": {}, "headers": {"user-agent": "ELB-HealthChecker/2.0"},
                "body": "", "isBase64Encoded": false,
            }),
            200,
        ),
        ("another path", changed(&|event| event["path"] = json!("/mcp/../admin")), 404),
    ] {
        let answer = invoke(&connector, &event).await;
        assert_eq!(answer["statusCode"], status, "{what}: {answer}");
    }
    for broken in [
        json!({}),
        json!([]),
        json!("text"),
        changed(&|event| event["isBase64Encoded"] = json!(true)),
    ] {
        // The runtime itself may refuse what is no event; it must not die of it.
        let outcome = connector.alb().invoke(NAME, Bytes::from(broken.to_string())).await.unwrap();
        assert!(!matches!(outcome, Outcome::Throttled), "{outcome:?}");
    }
    assert!(!connector.person("ann").search("budget").await.items().is_empty());
    assert_eq!(connector.alb().target_state(NAME).unwrap().started, 1, "it was replaced");
    connector.finish().await;
}
