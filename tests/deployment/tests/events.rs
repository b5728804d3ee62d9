//! An event of the balancer that others wrote: the SAM command line's own sample.
#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "a test")]

use bytes::Bytes;
use deployment::tools::Tool;
use e2e::{Company, Connector, NAME};
use serde_json::{Value, json};
use stand_ins::alb::Outcome;

fn sample() -> Option<Value> {
    let mut sam = match Tool::Sam.command() {
        Ok(sam) => sam,
        Err(missing) => {
            eprintln!("SKIPPED: {missing}");
            return None;
        }
    };
    let output = sam.args(["local", "generate-event", "alb", "request"]).output().unwrap();
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

#[tokio::test]
async fn the_sample_of_the_sam_command_line_is_answered_in_http() {
    let Some(sample) = sample() else { return };
    assert!(sample["headers"].is_object() && sample["multiValueHeaders"].is_null(), "{sample}");
    let company = Company::start().await;
    let connector = Connector::function(&company).await;
    let mut for_us = sample.clone();
    for_us["headers"]["host"] = json!("sharepoint.localhost");
    for_us["path"] = json!("/health");
    for_us["httpMethod"] = json!("GET");
    for_us["body"] = json!("");
    // As it comes it is for a path that no connector has.
    for (event, status) in [(&sample, 404), (&for_us, 200)] {
        let event = Bytes::from(event.to_string());
        let answer = match connector.alb().invoke(NAME, event).await.unwrap() {
            Outcome::Answered(answer) => serde_json::from_slice::<Value>(&answer).unwrap(),
            other => panic!("{other:?}"),
        };
        assert_eq!(answer["statusCode"], status, "{answer}");
        assert!(answer["headers"]["content-type"].is_string(), "{answer}");
        assert!(answer["body"].is_string(), "{answer}");
    }
    connector.finish().await;
}
