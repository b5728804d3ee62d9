//! What never reaches the function.

use crate::support::{HOST, echo_state, post, raw, request, send, started};

#[tokio::test]
async fn a_body_of_a_million_bytes_passes_and_one_more_does_not() {
    let alb = started(|_| {}).await;
    let within = send(&alb, "POST /none", &[], &vec![b'a'; 1_000_000]).await;
    assert_eq!(within.status, 404);
    let refused = send(&alb, "POST /none", &[], &vec![b'a'; 1_000_001]).await;
    assert_eq!(refused.status, 413);
    assert!(refused.text().contains("413 Request Entity Too Large"));
    let chunk = format!("{:x}\r\n{}\r\n0\r\n\r\n", 1_000_001, "a".repeat(1_000_001));
    let head = format!(
        "POST /none HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    );
    let chunked = raw(alb.address(), format!("{head}{chunk}").as_bytes()).await;
    assert_eq!(chunked.status, 413);
    assert_eq!(echo_state(&alb).requests, 1);
    alb.shutdown().await;
}

#[tokio::test]
async fn an_answer_of_a_million_bytes_passes() {
    let alb = started(|_| {}).await;
    let frame = r#"{"body":"","statusCode":200}"#.len();
    let reply = post(&alb, "/big", &(1_000_000 - frame).to_string()).await;
    assert_eq!((reply.status, reply.body.len()), (200, 1_000_000 - frame));
    let over = post(&alb, "/big", &(1_000_001 - frame).to_string()).await;
    assert_eq!(over.status, 502);
    // So large that the Lambda service itself does not take it.
    assert_eq!(post(&alb, "/big", "7000000").await.status, 502);
    assert_eq!(post(&alb, "/health", "").await.status, 200);
    alb.shutdown().await;
}

#[tokio::test]
async fn heads_that_the_balancer_refuses_start_no_instance() {
    let alb = started(|_| {}).await;
    let long = "a".repeat(16 * 1024);
    let lines: Vec<(String, String)> =
        (0..9).map(|index| (format!("h-{index}"), "a".repeat(8_000))).collect();
    let many: Vec<(&str, &str)> = lines.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let addresses = vec!["10.0.0.1"; 31].join(", ");
    for (expected, line, headers) in [
        (400, format!("GET /{long}"), vec![]),
        (400, "GET /".to_owned(), vec![("Long", long.as_str())]),
        (400, "GET /".to_owned(), many),
        (405, "TRACE /".to_owned(), vec![]),
        (400, "GET /".to_owned(), vec![("Upgrade", "websocket")]),
        (463, "GET /".to_owned(), vec![("X-Forwarded-For", addresses.as_str())]),
    ] {
        let reply = send(&alb, &line, &headers, b"").await;
        assert_eq!(reply.status, expected, "{}", line.get(..20).unwrap_or(&line));
        assert_eq!(reply.header("server"), ["awselb/2.0"]);
    }
    let hostless = raw(alb.address(), b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n").await;
    assert_eq!(hostless.status, 400);
    let state = echo_state(&alb);
    assert_eq!((state.requests, state.started), (0, 0));
    let first = &alb.access_log()[0];
    assert_eq!(first.split(' ').nth(8), Some("400"), "{first}");
    alb.shutdown().await;
}

#[tokio::test]
async fn the_access_log_has_the_fields_of_the_real_one_but_not_the_query() {
    let alb = started(|_| {}).await;
    let agent = [("User-Agent", "tests\"1")];
    let sent = request("GET /health?code=hidden", HOST, &agent, b"");
    assert_eq!(raw(alb.address(), &sent).await.status, 200);
    let line = alb.access_log().remove(0);
    let fields: Vec<&str> = line.split(' ').collect();
    assert_eq!(fields[0], "http");
    assert_eq!(fields[4], "-", "a function has no address");
    assert_eq!((fields[8], fields[9]), ("200", "200"));
    assert_eq!(fields[12], "\"GET");
    assert!(line.contains("\"tests_1\""), "{line}");
    assert!(line.contains(" 100 "), "the rule: {line}");
    assert!(line.contains("\"forward\""), "{line}");
    assert!(line.contains("\"Root=1-"), "the trace the function got: {line}");
    assert!(!line.contains("hidden"), "{line}");
    // Thirty fields; the quoted request holds two more spaces.
    assert_eq!(fields.len(), 32, "{line}");
    alb.shutdown().await;
}
