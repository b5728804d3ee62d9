//! How arguments are read and answers are told.

use reqwest::StatusCode;

use super::*;

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn reply(status: StatusCode, body: &str) -> Reply {
    Reply { status, body: body.to_owned() }
}

#[test]
fn an_argument_is_json_where_it_parses_and_text_where_it_does_not() {
    for (word, expected) in [
        ("q=budget", json!("budget")),
        ("q=two words", json!("two words")),
        ("q=", json!("")),
        ("q=a=b", json!("a=b")),
        ("q=5", json!(5)),
        ("q=\"5\"", json!("5")),
        ("q=true", json!(true)),
        ("q=null", json!(null)),
        ("q=[1,2]", json!([1, 2])),
        ("q={\"a\":1}", json!({ "a": 1 })),
        ("q=2026-11", json!("2026-11")),
    ] {
        let arguments = arguments_of(&words(&[word])).unwrap();
        assert_eq!(arguments.get("q"), Some(&expected), "{word}");
    }
}

#[test]
fn words_that_are_no_arguments_are_refused_by_name() {
    for (given, named) in
        [(vec!["budget"], "budget"), (vec!["=5"], "=5"), (vec!["q=1", "q=2"], "`q`")]
    {
        let refusal = arguments_of(&words(&given)).unwrap_err().to_string();
        assert!(refusal.contains(named), "{refusal}");
    }
}

#[test]
fn a_refusal_tells_the_status_the_code_and_the_reason() {
    let body = r#"{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"unknown tool"}}"#;
    let refusal = result_of(&reply(StatusCode::OK, body)).unwrap_err().to_string();
    assert!(refusal.contains("-32602") && refusal.contains("unknown tool"), "{refusal}");

    let refusal = result_of(&reply(StatusCode::BAD_GATEWAY, "<html>")).unwrap_err().to_string();
    assert!(refusal.contains("502"), "{refusal}");
    assert!(result_of(&reply(StatusCode::OK, "{}")).is_err());
}

#[test]
fn an_answer_is_told_by_its_text_parts() {
    let body = r#"{"result":{"isError":true,"content":[
        {"type":"text","text":"one"},{"type":"image","data":""},{"type":"text","text":"two"}]}}"#;
    let result = result_of(&reply(StatusCode::OK, body)).unwrap();
    let answer = Answer { result, took: Duration::ZERO };
    assert_eq!(answer.text(), "one\n(image)\ntwo");
    assert!(answer.is_error());
}
