//! What travels between client, balancer and target.

use axum::Router;
use axum::routing::any;
use lambda_http::aws_lambda_events::alb::AlbTargetGroupRequest;
use serde_json::{Value, json};
use stand_ins::alb::{Alb, AlbPlan, HttpPlan, TargetKind};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use crate::support::{HOST, PATIENCE, lambda, post, raw, request, send, started, target};

#[tokio::test]
async fn a_function_receives_what_the_client_sent() {
    let alb = started(|_| {}).await;
    let headers = [
        ("Content-Type", "application/json"),
        ("X-Twice", "one"),
        ("X-Twice", "two"),
        ("X_Invalid", "dropped"),
        ("X-Forwarded-For", "203.0.113.7"),
        ("X-Amzn-Trace-Id", "Root=1-67891233-abcdef012345678912345678"),
    ];
    // The path is the example's switch, so the odd characters are in the query.
    let reply = send(&alb, "POST /echo?a=%26%20&a=b+c&empty", &headers, b"{\"k\": 1}").await;
    let event = reply.json();
    assert_eq!(event["httpMethod"], "POST");
    assert_eq!(event["path"], "/echo");
    let query = json!({"a": ["%26%20", "b+c"], "empty": [""]});
    assert_eq!(event["multiValueQueryStringParameters"], query);
    let mut lists = event["multiValueHeaders"].clone();
    let trace = lists.as_object_mut().unwrap().remove("x-amzn-trace-id").unwrap();
    assert!(trace[0].as_str().unwrap().starts_with("Self=1-"), "{trace}");
    assert!(trace[0].as_str().unwrap().ends_with("Root=1-67891233-abcdef012345678912345678"));
    assert_eq!(
        lists,
        json!({
            "host": [HOST],
            "content-type": ["application/json"],
            "content-length": ["8"],
            "x-twice": ["one", "two"],
            "x-forwarded-for": ["203.0.113.7, 127.0.0.1"],
            "x-forwarded-port": [alb.address().port().to_string()],
            "x-forwarded-proto": ["http"],
        })
    );
    assert_eq!(event["body"], "{\"k\": 1}");
    assert_eq!(event["isBase64Encoded"], false);
    let read: AlbTargetGroupRequest = serde_json::from_value(event).unwrap();
    let arn = read.request_context.elb.target_group_arn.unwrap();
    assert!(arn.starts_with("arn:aws:elasticloadbalancing:eu-central-1:"), "{arn}");
    assert!(arn.contains(":targetgroup/echo/"), "{arn}");
    alb.shutdown().await;
}

#[tokio::test]
async fn a_single_value_target_gets_and_gives_single_values() {
    let mut echo = target(TargetKind::Lambda(lambda()));
    echo.multi_value_headers = false;
    let alb = Alb::start(AlbPlan::new(vec![echo])).await.unwrap();
    let twice = [("X-Twice", "one"), ("X-Twice", "two")];
    let event = send(&alb, "GET /echo?a=1&a=2", &twice, b"").await.json();
    assert_eq!(event["headers"]["x-twice"], "two");
    assert_eq!(event["queryStringParameters"], json!({"a": "2"}));
    assert_eq!(event.get("multiValueHeaders"), None);
    let answer =
        json!({"statusCode": 200, "headers": {"X-A": "1"}, "multiValueHeaders": {"X-B": ["2"]}});
    let reply = post(&alb, "/raw", &answer.to_string()).await;
    assert_eq!((reply.header("x-a"), reply.header("x-b")), (vec!["1"], vec![]));
    alb.shutdown().await;
}

#[tokio::test]
async fn an_answer_reaches_the_client_as_the_function_meant_it() {
    let alb = started(|_| {}).await;
    let answer = json!({
        "statusCode": 201,
        "statusDescription": "201 Made",
        "multiValueHeaders": {"Set-Cookie": ["a=1", "b=2"], "Content-Length": ["99"]},
        "body": "/wA=",
        "isBase64Encoded": true,
    });
    let reply = post(&alb, "/raw", &answer.to_string()).await;
    assert_eq!((reply.status, reply.reason.as_str()), (201, "Made"));
    assert_eq!(reply.header("set-cookie"), ["a=1", "b=2"]);
    assert_eq!(reply.header("content-length"), ["2"]);
    assert_eq!(reply.header("server"), ["awselb/2.0"]);
    assert_eq!(reply.body, b"\xff\x00");
    let head = send(&alb, "HEAD /health", &[], b"").await;
    assert_eq!((head.status, head.body.len()), (200, 0));
    let length: usize = head.header("content-length")[0].parse().unwrap();
    assert!(length > 0);
    alb.shutdown().await;
}

#[tokio::test]
async fn what_a_function_cannot_answer_is_the_balancers_small_page() {
    let alb = started(|_| {}).await;
    let pid = |reply: &crate::support::Reply| reply.json()["pid"].clone();
    let before = pid(&post(&alb, "/self", "").await);
    for (path, body, error) in [
        ("/raw", "{}", "LambdaInvalidResponse"),
        ("/raw", "[1]", "LambdaInvalidResponse"),
        ("/error", "", "LambdaUnhandled"),
        ("/panic", "", "LambdaUnhandled"),
        ("/big", "1000001", "LambdaResponseTooLarge"),
    ] {
        let reply = post(&alb, path, body).await;
        assert_eq!(reply.status, 502, "{path}");
        assert_eq!(reply.header("content-type"), ["text/html"]);
        assert!(reply.text().contains("<center><h1>502 Bad Gateway</h1></center>"));
        let log = alb.access_log();
        assert!(log.last().unwrap().contains(error), "{path}: {log:?}");
    }
    // Unwinding keeps the environment alive through all of it.
    assert_eq!(pid(&post(&alb, "/self", "").await), before);
    alb.shutdown().await;
}

#[tokio::test]
async fn one_connection_serves_many_requests() {
    let alb = started(|_| {}).await;
    let mut stream = TcpStream::connect(alb.address()).await.unwrap();
    let text = format!("GET /health HTTP/1.1\r\nHost: {HOST}\r\n\r\n");
    let last = request("GET /health", HOST, &[], b"");
    stream.write_all(text.as_bytes()).await.unwrap();
    stream.write_all(text.as_bytes()).await.unwrap();
    stream.write_all(&last).await.unwrap();
    let mut bytes = Vec::new();
    timeout(PATIENCE, stream.read_to_end(&mut bytes)).await.unwrap().unwrap();
    assert_eq!(String::from_utf8(bytes).unwrap().matches("HTTP/1.1 200 OK").count(), 3);
    assert_eq!(alb.state().connections, 1);
    alb.shutdown().await;
}

#[tokio::test]
async fn a_connection_that_says_nothing_is_closed() {
    let mut plan = AlbPlan::new(vec![target(TargetKind::Lambda(lambda()))]);
    plan.idle_timeout_s = 1;
    let alb = Alb::start(plan).await.unwrap();
    let mut stream = TcpStream::connect(alb.address()).await.unwrap();
    let text = format!("GET /health HTTP/1.1\r\nHost: {HOST}\r\n\r\n");
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut bytes = Vec::new();
    timeout(PATIENCE, stream.read_to_end(&mut bytes)).await.unwrap().unwrap();
    assert!(bytes.starts_with(b"HTTP/1.1 200 OK"));
    alb.shutdown().await;
}

#[tokio::test]
async fn the_lowest_priority_number_wins_and_own_ports_need_no_host() {
    let mut wide = target(TargetKind::Lambda(lambda()));
    wide.name = "wide".to_owned();
    wide.host_patterns = vec!["*.localhost".to_owned()];
    wide.priority = 200;
    let narrow = target(TargetKind::Lambda(lambda()));
    let alb = Alb::start(AlbPlan::new(vec![wide, narrow])).await.unwrap();
    let group = async |address: std::net::SocketAddr, host: &str| {
        let event = raw(address, &request("GET /echo", host, &[], b"")).await.json();
        let arn = event["requestContext"]["elb"]["targetGroupArn"].as_str().unwrap().to_owned();
        arn.split('/').nth(1).unwrap().to_owned()
    };
    assert_eq!(group(alb.address(), "ECHO.localhost:99").await, "echo");
    assert_eq!(group(alb.address(), "other.localhost").await, "wide");
    let own = alb.target_state("wide").unwrap().addresses[0];
    assert_eq!(group(own, "echo.localhost").await, "wide");
    let unknown = raw(alb.address(), &request("GET /echo", "example.com", &[], b"")).await;
    assert_eq!((unknown.status, unknown.json()), (404, json!({"error": "not_found"})));
    let absolute = request("GET http://echo.localhost/echo", "example.com", &[], b"");
    let event = raw(alb.address(), &absolute).await.json();
    assert_eq!(event["multiValueHeaders"]["host"], json!(["echo.localhost"]));
    alb.shutdown().await;
}

#[tokio::test]
async fn an_http_target_gets_the_request_itself() {
    let app = Router::new().route(
        "/{*path}",
        any(async |request: axum::extract::Request| {
            let (parts, body) = request.into_parts();
            let body = axum::body::to_bytes(body, 1_000).await.unwrap();
            let headers: Vec<(String, String)> = parts
                .headers
                .iter()
                .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
                .collect();
            let uri = parts.uri.to_string();
            axum::Json(json!({"uri": uri, "headers": headers, "bytes": body.to_vec()}))
        }),
    );
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(async move { axum::serve(listener, app).await });
    let alb =
        Alb::start(AlbPlan::new(vec![target(TargetKind::Http(HttpPlan { url }))])).await.unwrap();

    let headers = [("X-Forwarded-For", "203.0.113.7"), ("Keep-Alive", "5"), ("X_Odd", "1")];
    let seen = send(&alb, "POST /a%2Fb?q=%26", &headers, b"\xff\x00").await.json();
    assert_eq!(seen["uri"], "/a%2Fb?q=%26");
    assert_eq!(seen["bytes"], json!([255, 0]));
    let header = |name: &str| -> Vec<Value> {
        let pairs = seen["headers"].as_array().unwrap().iter();
        pairs.filter(|pair| pair[0] == name).map(|pair| pair[1].clone()).collect()
    };
    assert_eq!(header("host"), [HOST]);
    assert_eq!(header("x-forwarded-for"), ["203.0.113.7, 127.0.0.1"]);
    assert_eq!(header("content-length"), ["2"]);
    assert!(header("keep-alive").is_empty() && header("x_odd").is_empty());
    assert_eq!(header("x-amzn-trace-id").len(), 1);

    server.abort();
    assert!(server.await.is_err());
    assert_eq!(send(&alb, "GET /a", &[], b"").await.status, 502);
    alb.shutdown().await;
}

#[tokio::test]
async fn a_plan_that_reaches_beyond_this_machine_is_refused() {
    let mut open = AlbPlan::new(vec![target(TargetKind::Lambda(lambda()))]);
    open.listen = "0.0.0.0:0".parse().unwrap();
    let mut open_target = AlbPlan::new(vec![target(TargetKind::Lambda(lambda()))]);
    open_target.targets[0].listen = vec!["[::]:0".parse().unwrap()];
    let far = HttpPlan { url: "http://192.0.2.1:80".to_owned() };
    let twice = vec![target(TargetKind::Lambda(lambda())), target(TargetKind::Lambda(lambda()))];
    for (plan, why) in [
        (open, "not on loopback"),
        (open_target, "not on loopback"),
        (AlbPlan::new(vec![target(TargetKind::Http(far))]), "not on loopback"),
        (AlbPlan::new(twice), "two targets"),
    ] {
        let refusal = format!("{:#}", Alb::start(plan).await.err().unwrap());
        assert!(refusal.contains(why), "{refusal}");
    }
}
