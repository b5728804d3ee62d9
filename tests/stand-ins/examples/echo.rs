//! A function for the balancer's tests: the path of the event says what it does.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "it misbehaves on purpose"
)]

use std::path::PathBuf;
use std::time::Duration;

use lambda_http::lambda_runtime::{self, LambdaEvent, service_fn};
use serde_json::{Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let said = std::env::vars().find(|(name, _)| name == "INIT").map(|(_, value)| value);
    match said.as_deref() {
        Some("exit") => std::process::exit(3),
        Some("hang") => std::future::pending::<()>().await,
        _ => {}
    }
    lambda_runtime::run(service_fn(handle)).await
}

async fn handle(event: LambdaEvent<Value>) -> Result<Value, lambda_http::Error> {
    let (event, context) = event.into_parts();
    let path = event["path"].as_str().unwrap_or_default();
    let body = event["body"].as_str().unwrap_or_default();
    match path {
        "/echo" | "/health" => Ok(json!({"statusCode": 200, "body": event.to_string()})),
        // The body is the answer.
        "/raw" => Ok(serde_json::from_str(body)?),
        "/error" => Err("on purpose".into()),
        "/panic" => panic!("on purpose"),
        "/exit" => std::process::exit(7),
        "/hang" => std::future::pending().await,
        "/big" => Ok(json!({"statusCode": 200, "body": "a".repeat(body.parse()?)})),
        "/print" => {
            println!("{event}");
            Ok(json!({"statusCode": 200}))
        }
        "/say" => {
            println!("said on stdout");
            eprintln!("said on stderr");
            Ok(json!({"statusCode": 200, "body": context.request_id}))
        }
        // The body names a file; it appears when another call to `/meet` has made its own.
        "/meet" => meet(body).await,
        // The body names a file that is written after the answer.
        "/later" => {
            let file = PathBuf::from(body);
            tokio::spawn(async move {
                // Long enough for the balancer to stop this process first, however busy the machine.
                tokio::time::sleep(Duration::from_secs(1)).await;
                std::fs::write(file, "done").ok();
            });
            Ok(json!({"statusCode": 200}))
        }
        "/wait" => {
            appears(body).await;
            Ok(json!({"statusCode": 200, "body": "it is there"}))
        }
        "/append" => {
            use std::io::Write as _;
            let mut file = std::fs::File::options().create(true).append(true).open(body)?;
            writeln!(file, "{}", context.request_id)?;
            Ok(json!({"statusCode": 200, "body": context.request_id}))
        }
        "/self" => {
            let env: std::collections::BTreeMap<String, String> = std::env::vars().collect();
            let folder = std::env::current_dir()?;
            let body = json!({
                "env": env, "folder": folder, "pid": std::process::id(),
                "request_id": context.request_id, "deadline": context.deadline,
                "arn": context.invoked_function_arn, "trace": context.xray_trace_id,
            });
            Ok(json!({"statusCode": 200, "body": body.to_string()}))
        }
        _ => Ok(json!({"statusCode": 404})),
    }
}

/// Two instances that run at once find each other: each writes its own file and waits for the other.
async fn meet(body: &str) -> Result<Value, lambda_http::Error> {
    let (mine, other) = body.split_once('\n').ok_or("two files")?;
    std::fs::write(mine, "here")?;
    appears(other).await;
    Ok(json!({"statusCode": 200, "body": std::process::id().to_string()}))
}

async fn appears(file: &str) {
    while !std::path::Path::new(file).exists() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
