use http::HeaderValue;
use lambda_http::aws_lambda_events::alb::AlbTargetGroupRequest;
use serde_json::{Value, json};

use super::*;

const ARN: &str = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/a/0";

fn event(shape: Shape, uri: &str, headers: &[(&'static str, &'static str)], body: &[u8]) -> Value {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.append(*name, HeaderValue::from_static(value));
    }
    let uri: Uri = uri.parse().unwrap();
    let event = Event::new(shape, ARN, &Method::POST, &uri, &map, body);
    serde_json::from_slice(&event.to_bytes().unwrap()).unwrap()
}

#[test]
fn a_multi_value_event_has_lists_only_and_decodes_nothing() {
    let headers = [("accept", "a"), ("accept", "b"), ("host", "x")];
    let event = event(Shape::MultiValue, "/a%2Fb?q=1%202&q=%26&empty&=v&&q=", &headers, b"");
    assert_eq!(
        event,
        json!({
            "requestContext": {"elb": {"targetGroupArn": ARN}},
            "httpMethod": "POST",
            "path": "/a%2Fb",
            "multiValueQueryStringParameters": {"q": ["1%202", "%26", ""], "empty": [""], "": ["v"]},
            "multiValueHeaders": {"accept": ["a", "b"], "host": ["x"]},
            "body": "",
            "isBase64Encoded": false,
        })
    );
}

#[test]
fn a_single_value_event_keeps_the_last_of_each() {
    let headers = [("accept", "a"), ("accept", "b")];
    let event = event(Shape::SingleValue, "/?q=1&q=2", &headers, b"");
    assert_eq!(event["headers"], json!({"accept": "b"}));
    assert_eq!(event["queryStringParameters"], json!({"q": "2"}));
    assert_eq!(event.get("multiValueHeaders"), None);
    assert_eq!(event.get("multiValueQueryStringParameters"), None);
}

#[test]
fn only_four_families_of_content_stay_text() {
    for (content_type, text) in [
        ("text/plain; charset=utf-8", true),
        ("application/json", true),
        ("Application/JSON; charset=utf-8", true),
        ("application/javascript", true),
        ("application/xml", true),
        ("application/x-www-form-urlencoded", false),
        ("application/problem+json", false),
        ("application/octet-stream", false),
    ] {
        let event = event(Shape::MultiValue, "/", &[("content-type", content_type)], b"a=b");
        assert_eq!(event["isBase64Encoded"], json!(!text), "{content_type}");
        assert_eq!(event["body"], if text { "a=b" } else { "YT1i" }, "{content_type}");
    }
    let encoded = [("content-type", "application/json"), ("content-encoding", "gzip")];
    assert_eq!(event(Shape::MultiValue, "/", &encoded, b"a=b")["body"], "YT1i");
    assert_eq!(event(Shape::MultiValue, "/", &[], b"a=b")["isBase64Encoded"], true);
    let broken = event(Shape::MultiValue, "/", &[("content-type", "text/plain")], b"\xff");
    assert_eq!(broken["body"], "/w==");
}

#[test]
fn the_published_event_types_read_what_is_written() {
    let headers = [("accept", "a"), ("accept", "b"), ("content-type", "application/json")];
    for shape in [Shape::MultiValue, Shape::SingleValue] {
        let event = event(shape, "/mcp?q=a%26b", &headers, b"{}");
        let read: AlbTargetGroupRequest = serde_json::from_value(event).unwrap();
        assert_eq!(read.http_method, Method::POST);
        assert_eq!(read.path.as_deref(), Some("/mcp"));
        assert_eq!(read.request_context.elb.target_group_arn.as_deref(), Some(ARN));
        assert_eq!(read.body.as_deref(), Some("{}"));
        let (query, accepts) = match shape {
            Shape::MultiValue => (
                read.multi_value_query_string_parameters,
                read.multi_value_headers.get_all("accept").iter().count(),
            ),
            Shape::SingleValue => {
                (read.query_string_parameters, read.headers.get_all("accept").iter().count())
            }
        };
        assert_eq!(query.first("q"), Some("a%26b"));
        assert_eq!(accepts, if shape == Shape::MultiValue { 2 } else { 1 });
    }
}
