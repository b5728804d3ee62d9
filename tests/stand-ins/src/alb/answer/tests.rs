use http_body_util::BodyExt as _;
use serde_json::{Value, json};

use super::*;

fn read_json(document: &Value) -> Result<Answer, Unusable> {
    read(document.to_string().as_bytes(), Shape::MultiValue, &Method::GET)
}

async fn body(answer: Answer) -> Bytes {
    answer.into_body().collect().await.unwrap().to_bytes()
}

#[tokio::test]
async fn an_answer_needs_no_more_than_a_status() {
    let answer = read_json(&json!({"statusCode": 202})).unwrap();
    assert_eq!(answer.status(), 202);
    assert_eq!(answer.headers()["server"], "awselb/2.0");
    assert!(body(answer).await.is_empty());
}

#[test]
fn what_is_not_an_answer_is_refused() {
    for document in [
        json!(null),
        json!("text"),
        json!({}),
        json!({"statusCode": "200"}),
        json!({"statusCode": 99}),
        json!({"statusCode": 101}),
        json!({"statusCode": 600}),
        json!({"statusCode": 200, "body": {"not": "text"}}),
        json!({"statusCode": 200, "body": "***", "isBase64Encoded": true}),
        json!({"statusCode": 200, "multiValueHeaders": {"a": "not a list"}}),
        json!({"statusCode": 200, "multiValueHeaders": {"a b": ["c"]}}),
        json!({"statusCode": 200, "multiValueHeaders": {"a": ["b\r\nc: d"]}}),
    ] {
        assert_eq!(read_json(&document).err(), Some(Unusable::Malformed), "{document}");
    }
    let broken = read(b"{", Shape::MultiValue, &Method::GET);
    assert_eq!(broken.err(), Some(Unusable::Malformed));
}

#[test]
fn a_million_bytes_pass_and_one_more_does_not() {
    let frame = json!({"statusCode": 200, "body": ""}).to_string().len();
    let document = |bytes: usize| json!({"statusCode": 200, "body": "a".repeat(bytes - frame)});
    assert!(read_json(&document(1_000_000)).is_ok());
    assert_eq!(read_json(&document(1_000_001)).err(), Some(Unusable::TooLarge));
}

#[test]
fn each_shape_reads_its_own_headers() {
    let document = json!({
        "statusCode": 200,
        "headers": {"a": "single"},
        "multiValueHeaders": {"a": ["one", "two"]},
    });
    let bytes = document.to_string();
    let values = |shape| {
        let answer = read(bytes.as_bytes(), shape, &Method::GET).unwrap();
        answer.headers().get_all("a").iter().map(|v| v.to_str().unwrap().to_owned()).collect()
    };
    let (single, multi): (Vec<String>, Vec<String>) =
        (values(Shape::SingleValue), values(Shape::MultiValue));
    assert_eq!(single, ["single"]);
    assert_eq!(multi, ["one", "two"]);
}

#[tokio::test]
async fn framing_headers_of_the_function_are_ignored_and_base64_is_decoded() {
    let answer = read_json(&json!({
        "statusCode": 200,
        "statusDescription": "200 Fine",
        "multiValueHeaders": {
            "Content-Length": ["9999"], "Transfer-Encoding": ["chunked"], "Connection": ["close"],
            "Server": ["mine"],
        },
        "body": "/wA=",
        "isBase64Encoded": true,
    }))
    .unwrap();
    assert_eq!(answer.headers().len(), 1);
    assert_eq!(answer.headers()["server"], "mine");
    assert_eq!(answer.extensions().get::<ReasonPhrase>().unwrap().as_bytes(), b"Fine");
    assert_eq!(body(answer).await, b"\xff\x00".as_slice());
}

#[tokio::test]
async fn some_answers_have_no_body() {
    let document = |status: u16| json!({"statusCode": status, "body": "text"}).to_string();
    for (method, status) in [(Method::HEAD, 200), (Method::GET, 204), (Method::GET, 304)] {
        let answer = read(document(status).as_bytes(), Shape::MultiValue, &method).unwrap();
        let length = answer.headers().get("content-length").map(|v| v.to_str().unwrap().to_owned());
        assert_eq!(length.as_deref(), (method == Method::HEAD).then_some("4"));
        assert!(body(answer).await.is_empty(), "{method} {status}");
    }
}
