//! The sample events: what a load balancer really sends, and nothing secret in them.

use lambda_http::aws_lambda_events::alb::AlbTargetGroupRequest;
use serde_json::Value;

use crate::Repository;

/// The beginning of every JSON Web Token.
const TOKEN: &str = concat!("ey", "J");

/// Every sample is an event of the load balancer with multi-value headers.
pub fn events_are_as_the_balancer_sends_them(repository: &Repository) -> Vec<String> {
    let samples = repository.between("events/", ".json");
    samples.flat_map(|(path, text)| problems_of(path, text)).collect()
}

fn problems_of(path: &str, text: &str) -> Vec<String> {
    let event: Value = match serde_json::from_str(text) {
        Ok(event) => event,
        Err(problem) => return vec![format!("{path}: {problem}")],
    };
    let mut problems = Vec::new();
    let mut check = |right: bool, advice: &str| {
        if !right {
            problems.push(format!("{path}: {advice}"));
        }
    };
    let parsed = serde_json::from_value::<AlbTargetGroupRequest>(event.clone());
    check(parsed.is_ok(), "lambda_http cannot read it as an event of a load balancer");
    let arn = event.pointer("/requestContext/elb/targetGroupArn").and_then(Value::as_str);
    check(
        arn.is_some_and(|arn| arn.starts_with("arn:aws:elasticloadbalancing:")),
        "requestContext.elb.targetGroupArn names no target group",
    );
    check(
        event.get("path").and_then(Value::as_str).is_some_and(|path| path.starts_with('/')),
        "path starts with a slash",
    );
    check(
        event.get("isBase64Encoded").is_some_and(Value::is_boolean),
        "isBase64Encoded is true or false",
    );
    check(
        event.get("headers").is_none(),
        "take `headers` out: the target group sends multiValueHeaders",
    );
    check(
        event.get("queryStringParameters").is_none(),
        "take `queryStringParameters` out: it is multiValueQueryStringParameters",
    );

    let headers = event.get("multiValueHeaders").and_then(Value::as_object);
    check(headers.is_some(), "multiValueHeaders is missing");
    let names = || headers.into_iter().flatten().map(|(name, _)| name);
    check(names().all(|name| *name == name.to_ascii_lowercase()), "header names are in lower case");
    check(!text.contains(TOKEN), "there is a token in it; `cargo xtask event` puts a fresh one in");

    let body = event.get("body").and_then(Value::as_str).unwrap_or_default();
    let message: Option<Value> = serde_json::from_str(body).ok();
    let called = message.as_ref().and_then(|message| message.pointer("/params/name")?.as_str());
    let connector = path.split('/').nth(1).unwrap_or_default();
    if let Some(tool) = called {
        check(tool.starts_with(&format!("{connector}_")), "the tool is of another connector");
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"{
        "requestContext": { "elb": { "targetGroupArn":
            "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/mail/1" } },
        "httpMethod": "POST", "path": "/mcp", "multiValueQueryStringParameters": {},
        "multiValueHeaders": { "host": ["mail.localhost"], "accept": ["a", "b"] },
        "body": "{\"method\":\"tools/call\",\"params\":{\"name\":\"mail_search\"}}",
        "isBase64Encoded": false }"#;

    #[test]
    fn each_way_an_event_can_be_wrong_is_found() {
        assert_eq!(problems_of("events/mail/search.json", GOOD), Vec::<String>::new());
        for (right, wrong, found) in [
            ("\"POST\"", "5", "cannot read it"),
            ("arn:aws:elastic", "elastic", "target group"),
            ("\"/mcp\"", "\"mcp\"", "slash"),
            ("\"isBase64Encoded\": false", "\"other\": 1", "isBase64Encoded"),
            ("\"httpMethod\"", "\"headers\": {}, \"httpMethod\"", "take `headers` out"),
            ("\"multiValueQueryStringParameters", "\"queryStringParameters", "take `queryString"),
            ("\"accept\"", "\"Accept\"", "lower case"),
            ("mail_search", "chat_search", "another connector"),
        ] {
            let wrong_event = GOOD.replacen(right, wrong, 1);
            let problems = problems_of("events/mail/search.json", &wrong_event);
            assert!(
                problems.iter().any(|problem| problem.contains(found)),
                "{wrong}: {problems:?}"
            );
        }
        let token = GOOD.replace("mail.localhost", &format!("Bearer {TOKEN}hbGciOi"));
        assert_eq!(problems_of("events/mail/search.json", &token).len(), 1);
        assert_eq!(problems_of("events/mail/search.json", "{").len(), 1);
    }

    #[test]
    fn only_samples_are_looked_at() {
        let repository = Repository::of(&[("events/README.md", "x"), ("events/mail/a.json", "{")]);
        assert_eq!(events_are_as_the_balancer_sends_them(&repository).len(), 1);
    }
}
