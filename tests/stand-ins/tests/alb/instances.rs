//! How instances live and end.

use std::path::Path;

use serde_json::Value;
use stand_ins::alb::{LogSource, Outcome, Status};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::support::{
    HOST, NAME, echo_state, function, instance, is_alive, post, request, started, until,
};

#[tokio::test]
async fn an_instance_sees_its_own_environment_and_nothing_else() {
    let alb = started(|lambda| {
        lambda.env.insert("MINE".to_owned(), "1".to_owned());
        lambda.env.insert("AWS_REGION".to_owned(), "elsewhere".to_owned());
    })
    .await;
    let seen = post(&alb, "/self", "").await.json();
    let env = seen["env"].as_object().unwrap();
    assert_eq!(env["MINE"], "1");
    assert_eq!(env["AWS_LAMBDA_FUNCTION_NAME"], NAME);
    assert_eq!(env["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"], "128");
    assert_eq!(env["AWS_LAMBDA_INITIALIZATION_TYPE"], "on-demand");
    assert_eq!(env["AWS_REGION"], "eu-central-1", "reserved names are the platform's");
    assert_eq!(env["_HANDLER"], "bootstrap");
    // The last is set by the runtime inside the process, for each event.
    let plain = ["MINE", "LANG", "PATH", "PWD", "TZ", "_HANDLER", "_X_AMZN_TRACE_ID"];
    for name in env.keys() {
        let known = plain.contains(&name.as_str());
        assert!(known || name.starts_with("AWS_") || name.starts_with("LAMBDA_"), "{name}");
    }
    let folder = function().canonicalize().unwrap();
    assert_eq!(seen["folder"].as_str().map(Path::new), folder.parent());
    assert_eq!(seen["arn"], "arn:aws:lambda:eu-central-1:123456789012:function:echo:live");
    assert!(seen["trace"].as_str().unwrap().starts_with("Root=1-"));
    assert!(seen["deadline"].as_u64().unwrap() > 1_700_000_000_000);
    alb.shutdown().await;
}

#[tokio::test]
async fn work_left_for_after_the_answer_waits_for_the_next_event() {
    let alb = started(|_| {}).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("later");
    let name = file.to_str().unwrap();
    assert_eq!(post(&alb, "/later", name).await.status, 200);
    until("the instance is stopped", || instance(&alb).frozen).await;
    let idle = instance(&alb);
    assert_eq!(idle.status, Status::Idle);
    // A stopped process cannot write; had it not been stopped, the file would come by itself.
    assert!(!file.exists());
    let reply = post(&alb, "/wait", name).await;
    assert_eq!(reply.text(), "it is there");
    assert_eq!(instance(&alb).pid, idle.pid);
    alb.shutdown().await;
}

#[tokio::test]
async fn work_goes_on_after_the_answer_where_nothing_is_frozen() {
    let alb = started(|lambda| lambda.freeze = false).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("later");
    assert_eq!(post(&alb, "/later", file.to_str().unwrap()).await.status, 200);
    until("the file appears by itself", || file.exists()).await;
    assert!(!instance(&alb).frozen);
    alb.shutdown().await;
}

#[tokio::test]
async fn a_busy_instance_is_joined_by_another_up_to_the_concurrency() {
    let alb = started(|lambda| lambda.concurrency = 2).await;
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (folder.path().join("one"), folder.path().join("two"));
    let (one, two) = (one.to_str().unwrap(), two.to_str().unwrap());
    // Each waits for the other, so both can only answer when both run at once.
    let (mine, yours) = (format!("{one}\n{two}"), format!("{two}\n{one}"));
    let (first, second) = tokio::join!(post(&alb, "/meet", &mine), post(&alb, "/meet", &yours));
    assert_eq!((first.status, second.status), (200, 200));
    assert_ne!(first.text(), second.text(), "two processes");
    assert_eq!(echo_state(&alb).started, 2);

    let never = folder.path().join("never");
    let waiting = never.to_str().unwrap();
    let crowd = async {
        until("both are busy", || {
            echo_state(&alb).instances.iter().filter(|i| i.status == Status::Busy).count() == 2
        })
        .await;
        let third = post(&alb, "/health", "").await;
        std::fs::write(&never, "now").unwrap();
        third
    };
    let (_, _, third) =
        tokio::join!(post(&alb, "/wait", waiting), post(&alb, "/wait", waiting), crowd);
    assert_eq!(third.status, 502);
    assert!(alb.access_log().iter().any(|line| line.contains("LambdaThrottling")));
    assert_eq!((echo_state(&alb).started, echo_state(&alb).throttles), (2, 1));
    alb.shutdown().await;
}

#[tokio::test]
async fn requests_one_after_the_other_share_one_instance() {
    let alb = started(|lambda| lambda.concurrency = 1).await;
    for _ in 0..20 {
        assert_eq!(post(&alb, "/health", "").await.status, 200);
    }
    assert_eq!(instance(&alb).invocations, 20);
    assert_eq!(echo_state(&alb).started, 1);
    alb.shutdown().await;
}

#[tokio::test]
async fn an_instance_that_runs_out_of_time_is_killed_and_replaced() {
    let alb = started(|lambda| lambda.timeout_s = 1).await;
    assert_eq!(post(&alb, "/hang", "").await.status, 502);
    assert!(echo_state(&alb).instances.is_empty());
    assert_eq!(post(&alb, "/health", "").await.status, 200);
    assert_eq!(echo_state(&alb).started, 2);
    let reports = reports(&alb.logs(NAME));
    assert_eq!(reports[0]["record"]["status"], "timeout");
    assert!(reports[0]["record"]["metrics"]["durationMs"].as_f64().unwrap() >= 1_000.0);
    alb.shutdown().await;
}

#[tokio::test]
async fn an_instance_that_exits_is_replaced() {
    let alb = started(|_| {}).await;
    let first = post(&alb, "/self", "").await.json()["pid"].clone();
    assert_eq!(post(&alb, "/exit", "").await.status, 502);
    let second = post(&alb, "/self", "").await.json()["pid"].clone();
    assert_ne!(first, second);
    alb.shutdown().await;
}

#[tokio::test]
async fn an_instance_that_dies_while_frozen_costs_no_request() {
    let alb = started(|_| {}).await;
    assert_eq!(post(&alb, "/health", "").await.status, 200);
    let pid = instance(&alb).pid.unwrap();
    kill(pid);
    until("it is dead", || !is_alive(pid)).await;
    assert_eq!(post(&alb, "/health", "").await.status, 200);
    assert_eq!(echo_state(&alb).started, 2);
    alb.shutdown().await;
}

#[tokio::test]
async fn an_instance_that_cannot_start_fails_its_request_only() {
    for (how, error) in [("exit", "Runtime.ExitError"), ("hang", "Sandbox.Timedout")] {
        let alb = started(|lambda| {
            lambda.env.insert("INIT".to_owned(), how.to_owned());
            lambda.init_timeout_s = 1;
        })
        .await;
        let Outcome::Failed(description) = alb.invoke(NAME, "{}".into()).await.unwrap() else {
            panic!("{how} is a failure");
        };
        let description: Value = serde_json::from_slice(&description).unwrap();
        assert_eq!(description["errorType"], error);
        assert!(echo_state(&alb).instances.is_empty(), "{how}");
        alb.shutdown().await;
    }
}

#[tokio::test]
async fn lines_are_kept_with_the_invocation_they_belong_to() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("function.log");
    let alb = started(|lambda| lambda.log_file = Some(file.clone())).await;
    let request_id = post(&alb, "/say", "").await.text().to_owned();
    let said = |source, text: &str| {
        alb.logs(NAME).iter().any(|line| {
            line.source == source
                && line.line == text
                && line.request_id.as_deref() == Some(&request_id)
        })
    };
    until("both lines arrive", || {
        said(LogSource::Stdout, "said on stdout") && said(LogSource::Stderr, "said on stderr")
    })
    .await;
    let report = reports(&alb.logs(NAME)).remove(0);
    assert_eq!(report["record"]["requestId"], request_id.as_str());
    assert_eq!(report["record"]["status"], "success");
    let metrics = &report["record"]["metrics"];
    let number = |name: &str| metrics[name].as_f64().unwrap();
    assert!(number("billedDurationMs") >= number("durationMs") + number("initDurationMs"));
    assert!((1.0..=128.0).contains(&number("maxMemoryUsedMB")), "{metrics}");
    assert_eq!(metrics["memorySizeMB"], 128);
    let written = std::fs::read_to_string(file).unwrap();
    assert!(written.contains("said on stdout\n") && written.contains("platform.report"));
    alb.shutdown().await;
}

#[tokio::test]
async fn a_function_goes_on_when_its_caller_leaves() {
    let alb = started(|_| {}).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("go");
    let mut stream = TcpStream::connect(alb.address()).await.unwrap();
    let text = [("Content-Type", "text/plain")];
    let body = file.to_str().unwrap().as_bytes();
    stream.write_all(&request("POST /wait", HOST, &text, body)).await.unwrap();
    until("the function has it", || echo_state(&alb).instances.iter().any(|i| i.invocations == 1))
        .await;
    drop(stream);
    until("460 is logged", || {
        alb.access_log().iter().any(|line| line.split(' ').nth(8) == Some("460"))
    })
    .await;
    std::fs::write(&file, "go").unwrap();
    until("the function answered", || instance(&alb).status == Status::Idle).await;
    alb.shutdown().await;
}

#[tokio::test]
async fn nothing_is_left_of_instances_when_the_balancer_ends() {
    let alb = started(|_| {}).await;
    assert_eq!(post(&alb, "/health", "").await.status, 200);
    let pid = instance(&alb).pid.unwrap();
    assert!(is_alive(pid));
    alb.shutdown().await;
    assert!(!is_alive(pid));

    let alb = started(|_| {}).await;
    assert_eq!(post(&alb, "/health", "").await.status, 200);
    let pid = instance(&alb).pid.unwrap();
    drop(alb);
    until("the instance is gone", || !is_alive(pid)).await;
}

#[tokio::test]
async fn an_instance_that_is_still_starting_ends_with_the_balancer() {
    for politely in [true, false] {
        let hang = ("INIT".to_owned(), "hang".to_owned());
        let alb = started(|lambda| lambda.env.extend([hang])).await;
        let mut stream = TcpStream::connect(alb.address()).await.unwrap();
        let waiting = request("GET /health", HOST, &[], b"");
        stream.write_all(&waiting).await.unwrap();
        let pid = || echo_state(&alb).instances.first().and_then(|instance| instance.pid);
        until("there is a process", || pid().is_some()).await;
        let pid = pid().unwrap();
        if politely {
            alb.shutdown().await;
        } else {
            drop(alb);
        }
        until("the instance is gone", || !is_alive(pid)).await;
    }
}

fn kill(pid: i32) {
    let pid = rustix::process::Pid::from_raw(pid).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
}

fn reports(lines: &[stand_ins::alb::LogLine]) -> Vec<Value> {
    lines
        .iter()
        .filter(|line| line.source == LogSource::Platform)
        .map(|line| serde_json::from_str(&line.line).unwrap())
        .filter(|line: &Value| line["type"] == "platform.report")
        .collect()
}
