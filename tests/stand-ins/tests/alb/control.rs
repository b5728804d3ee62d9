//! The balancer's own doors.

use serde_json::{Value, json};
use stand_ins::alb::{Alb, AlbPlan, HealthCheckPlan, LogSource, Running, TargetKind};

use crate::support::{
    HOST, NAME, Reply, echo_state, lambda, post, raw, request, started, target, until,
};

async fn control(alb: &Running, line: &str, body: &str) -> Reply {
    let host = alb.address().to_string();
    raw(alb.address(), &request(line, &host, &[], body.as_bytes())).await
}

#[tokio::test]
async fn a_raw_event_can_be_invoked_as_in_the_lambda_service() {
    let alb = started(|_| {}).await;
    let line = "POST /2015-03-31/functions/echo/invocations";
    let answer = control(&alb, line, r#"{"path": "/echo", "mine": [1]}"#).await;
    assert_eq!(answer.status, 200);
    let event: Value = serde_json::from_str(answer.json()["body"].as_str().unwrap()).unwrap();
    assert_eq!(event, json!({"path": "/echo", "mine": [1]}));
    let failed = control(&alb, line, r#"{"path": "/error"}"#).await;
    assert_eq!((failed.status, failed.header("x-amz-function-error")), (200, vec!["Unhandled"]));
    assert_eq!(failed.json()["errorMessage"], "on purpose");
    let unknown = control(&alb, "POST /2015-03-31/functions/none/invocations", "{}").await;
    assert_eq!(unknown.status, 404);
    assert_eq!(unknown.header("x-amzn-errortype"), ["ResourceNotFoundException"]);
    alb.shutdown().await;
}

#[tokio::test]
async fn faults_state_and_logs_are_within_reach_of_curl() {
    let alb = started(|_| {}).await;
    let set = control(&alb, "PUT /__alb/faults?target=echo", r#"{"bad_gateway": 2}"#).await;
    assert_eq!((set.status, set.json()["bad_gateway"].clone()), (200, json!(2)));
    assert_eq!(post(&alb, "/health", "").await.status, 502);
    assert_eq!(echo_state(&alb).faults.bad_gateway, 1);
    assert_eq!(control(&alb, "DELETE /__alb/faults?target=echo", "").await.status, 200);
    assert_eq!(post(&alb, "/health", "").await.status, 200);
    let wrong = control(&alb, "PUT /__alb/faults?target=echo", r#"{"typo": 2}"#).await;
    assert_eq!(wrong.status, 400);

    let state = control(&alb, "GET /__alb/state", "").await.json();
    assert_eq!(state["targets"][0]["instances"][0]["status"], "idle");
    assert!(state["targets"][0]["instances"][0]["pid"].as_i64().unwrap() > 1);
    let logs = control(&alb, "GET /__alb/logs?target=echo", "").await.json();
    let kinds: Vec<&str> =
        logs.as_array().unwrap().iter().filter_map(|line| line["source"].as_str()).collect();
    assert!(kinds.contains(&"platform"), "{logs}");
    let access = control(&alb, "GET /__alb/access-log", "").await.json();
    assert_eq!(access.as_array().unwrap().len(), 2);
    assert_eq!(control(&alb, "DELETE /__alb/instances?target=echo", "").await.status, 200);
    assert!(echo_state(&alb).instances.is_empty());
    assert_eq!(control(&alb, "GET /__alb/logs?target=none", "").await.status, 404);
    alb.shutdown().await;
}

#[tokio::test]
async fn the_doors_are_closed_to_targets_hosts_and_web_pages() {
    let alb = started(|_| {}).await;
    let own_port = echo_state(&alb).addresses[0];
    let local = alb.address().to_string();
    for path in ["/__alb/state", "/2015-03-31/functions/echo/invocations"] {
        let line = format!("POST {path}");
        // The function answers 404 to what it does not know, without a body.
        let over_host = raw(alb.address(), &request(&line, HOST, &[], b"{}")).await;
        assert_eq!((over_host.status, over_host.body.len()), (404, 0), "{path}");
        let over_port = raw(own_port, &request(&line, &own_port.to_string(), &[], b"{}")).await;
        assert_eq!((over_port.status, over_port.body.len()), (404, 0), "{path}");
        let origin = [("Origin", "http://example.com")];
        let from_page = raw(alb.address(), &request(&line, &local, &origin, b"{}")).await;
        assert_eq!(from_page.json(), json!({"error": "not_found"}), "{path}");
    }
    alb.shutdown().await;
}

#[tokio::test]
async fn health_checks_send_the_documented_event() {
    let mut echo = target(TargetKind::Lambda(lambda()));
    echo.health_check = Some(HealthCheckPlan { path: "/print".to_owned(), interval_s: 300 });
    let alb = Alb::start(AlbPlan::new(vec![echo])).await.unwrap();
    until("the first probe is over", || echo_state(&alb).healthy == Some(true)).await;
    assert_eq!(echo_state(&alb).requests, 0, "probes are no requests");
    let printed = || alb.logs(NAME).into_iter().find(|line| line.source == LogSource::Stdout);
    until("the event is printed", || printed().is_some()).await;
    let mut event: Value = serde_json::from_str(&printed().unwrap().line).unwrap();
    assert!(event.as_object_mut().unwrap().remove("requestContext").is_some());
    assert_eq!(
        event,
        json!({
            "httpMethod": "GET",
            "path": "/print",
            "multiValueQueryStringParameters": {},
            "multiValueHeaders": {"user-agent": ["ELB-HealthChecker/2.0"]},
            "body": "",
            "isBase64Encoded": false,
        })
    );
    alb.shutdown().await;

    let alb = started(|_| {}).await;
    assert_eq!(echo_state(&alb).healthy, None);
    assert!(alb.check_health(NAME).await.unwrap());
    alb.set_faults(NAME, stand_ins::alb::Faults { throttle: 1, ..Default::default() }).unwrap();
    assert!(!alb.check_health(NAME).await.unwrap());
    assert_eq!(echo_state(&alb).healthy, Some(false));
    alb.shutdown().await;
}
