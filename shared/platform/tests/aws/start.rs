//! What a start asks for before the first event, and that it asks for all of it at once.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::Request;
use axum::http::{StatusCode, header};
use platform::config::{ConfigError, Vars};
use platform::{Connector, Platform, application};
use rmcp::ServerHandler;
use rmcp::handler::server::tool::ToolRouter;
use tokio::net::TcpListener;
use tokio::sync::Barrier;

use crate::stub::{Stub, nobody};

const KEYS: &str =
    r#"{"active":"k1","keys":{"k1":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}}"#;

struct Nothing;

impl ServerHandler for Nothing {}

impl Connector for Nothing {
    const NAME: &'static str = "nothing";
    const TITLE: &'static str = "Nothing";
    const READS: &'static str = "nothing";
    const VERSION: &'static str = "0.0.0";
    const INSTRUCTIONS: &'static str = "";
    const DEFAULT_SCOPES: &'static [&'static str] = &["User.Read"];

    fn build(_: &Platform, _: &Vars) -> Result<Self, ConfigError> {
        Ok(Self)
    }

    fn tools() -> ToolRouter<Self> {
        ToolRouter::new()
    }
}

/// The settings of a connector that keeps everything in AWS, which is at this address, and so is
/// its sign-in.
fn settings(aws: &str) -> Vec<(&'static str, String)> {
    let fixed = [
        ("AWS_REGION", "eu-central-1"),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("MCP_SERVER_AZURE_CLIENT_ID", "00000000-0000-4000-8000-00000000c11e"),
        ("MCP_SERVER_AZURE_TENANT_ID", "00000000-0000-4000-8000-0000000007e7"),
        ("MCP_SERVER_AZURE_CLIENT_SECRET", "s3cret"),
        ("STORAGE_TYPE", "dynamodb"),
        ("STORAGE_DYNAMODB_TABLE_NAME", "storage"),
        ("CACHE_TYPE", "dynamodb"),
        ("CACHE_DYNAMODB_TABLE_NAME", "cache"),
        ("AUDIT_TYPE", "firehose"),
        ("AUDIT_FIREHOSE_STREAM_NAME", "audit"),
    ];
    let fixed = fixed.map(|(name, value)| (name, value.to_owned()));
    let places = [("AWS_ENDPOINT_URL", aws.to_owned()), ("AZURE_AUTHORITY_HOST", aws.to_owned())];
    fixed.into_iter().chain(places).collect()
}

async fn start(
    settings: Vec<(&'static str, String)>,
    more: (&'static str, &str),
) -> Result<(), ConfigError> {
    let settings = settings.iter().map(|(name, value)| (*name, value.as_str()));
    let vars = Vars::from_pairs(settings.chain([more]));
    application::<Nothing>(&vars).await.map(drop)
}

/// Answers no request before this many have come; also says what came.
async fn together(requests: usize) -> (String, Arc<Mutex<Vec<String>>>) {
    let all_here = Arc::new(Barrier::new(requests));
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = seen.clone();
    let app = Router::new().fallback(move |request: Request| async move {
        let target = request.headers().get("x-amz-target").and_then(|name| name.to_str().ok());
        let target = target.map_or("discovery", |name| name.rsplit('.').next().unwrap());
        log.lock().unwrap().push(target.to_owned());
        all_here.wait().await;
        let (status, body) = match target {
            "GetParameter" => {
                let parameter = serde_json::json!({ "Name": "/ring", "Value": KEYS });
                (StatusCode::OK, serde_json::json!({ "Parameter": parameter }).to_string())
            }
            "GetItem" => (StatusCode::OK, "{}".to_owned()),
            "PutRecordBatch" => {
                (StatusCode::BAD_REQUEST, r#"{"__type":"ValidationException"}"#.to_owned())
            }
            _ => (StatusCode::NOT_FOUND, String::new()),
        };
        (status, [(header::CONTENT_TYPE, "application/x-amz-json-1.0")], body)
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    (address, seen)
}

#[tokio::test]
async fn secrets_tables_stream_and_keys_are_asked_for_side_by_side() {
    let (aws, seen) = together(5).await;
    start(settings(&aws), ("STORAGE_ENCRYPTION_KEYS_SSM", "/ring")).await.unwrap();

    let mut seen = seen.lock().unwrap().clone();
    seen.sort();
    assert_eq!(seen, ["GetItem", "GetItem", "GetParameter", "PutRecordBatch", "discovery"]);
}

#[tokio::test]
async fn without_secrets_in_ssm_the_others_are_asked_for_too() {
    let (aws, seen) = together(4).await;
    start(settings(&aws), ("STORAGE_ENCRYPTION_KEYS", KEYS)).await.unwrap();
    assert_eq!(seen.lock().unwrap().len(), 4);
}

#[tokio::test]
async fn tables_and_a_stream_that_fail_or_hang_keep_no_start_from_succeeding() {
    for address in [Stub::failing("InternalServerError").await.address, nobody().await] {
        start(settings(&address), ("STORAGE_ENCRYPTION_KEYS", KEYS)).await.unwrap();
    }
    let hanging = Stub::silent().await;
    let began = Instant::now();
    start(settings(&hanging.address), ("STORAGE_ENCRYPTION_KEYS", KEYS)).await.unwrap();
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
    assert!(hanging.requests() > 0);
}
