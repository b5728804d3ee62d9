use rmcp::ServerHandler;
use rmcp::handler::server::tool::ToolRouter;

use super::*;
use crate::connector::Platform;
use crate::identity::test_entra::{CLIENT, TENANT, TestEntra};

struct Nothing;

impl ServerHandler for Nothing {}

impl Connector for Nothing {
    const NAME: &'static str = "nothing";
    const TITLE: &'static str = "Nothing";
    const VERSION: &'static str = "0.0.0";
    const INSTRUCTIONS: &'static str = "";
    const READS: &'static str = "nothing";
    const DEFAULT_SCOPES: &'static [&'static str] = &["User.Read"];

    fn build(_: &Platform, _: &Vars) -> Result<Self, ConfigError> {
        Ok(Self)
    }

    fn tools() -> ToolRouter<Self> {
        ToolRouter::new()
    }
}

const KEYS: &str =
    r#"{"active":"k1","keys":{"k1":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}}"#;

/// A deployed function whose settings are right.
fn deployed() -> Vec<(&'static str, &'static str)> {
    vec![
        ("ENVIRONMENT", "prod"),
        ("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:1"),
        ("AWS_REGION", "eu-central-1"),
        ("MCP_BASE_URL", "https://nothing.example.com"),
        ("MCP_SERVER_AUTH_MODES", "direct"),
        ("MCP_SERVER_AZURE_CLIENT_ID", CLIENT),
        ("MCP_SERVER_AZURE_TENANT_ID", TENANT),
        ("MCP_SERVER_AZURE_CLIENT_ASSERTION_FILE", "/nowhere"),
        ("AUDIT_TYPE", "firehose"),
        ("AUDIT_FIREHOSE_STREAM_NAME", "audit"),
        ("CACHE_TYPE", "off"),
    ]
}

/// What the start says to these settings, those of SSM read already.
async fn start(
    base: &[(&str, &str)],
    more: &[(&str, &str)],
    secrets: &[(&str, &str)],
) -> Result<Parts, ConfigError> {
    let mut pairs: Vec<_> = base.to_vec();
    pairs.retain(|(name, _)| more.iter().all(|(other, _)| other != name));
    pairs.extend_from_slice(more);
    let mut vars = Vars::from_pairs(pairs);
    for (name, value) in secrets {
        vars = vars.with_parameter(name, LiveSecret::fixed(*value)).await;
    }
    Parts::assemble::<Nothing>(&vars, Lines::to(std::io::sink())).await
}

async fn refused(base: &[(&str, &str)], more: &[(&str, &str)], secrets: &[(&str, &str)]) -> String {
    let error = start(base, more, secrets).await.err().unwrap_or_else(|| panic!("{more:?}"));
    let text = error.to_string();
    assert!(!text.contains("canary") && text.lines().count() == 1, "{text}");
    error.variable
}

#[tokio::test]
async fn what_contradicts_or_is_missing_once_deployed_stops_the_start() {
    const RING: &[(&str, &str)] = &[("STORAGE_ENCRYPTION_KEYS", KEYS)];
    for (more, variable) in [
        (&[("AUDIT_TYPE", "stdout")][..], "AUDIT_TYPE"),
        (&[("AUDIT_TYPE", ""), ("AUDIT_FIREHOSE_STREAM_NAME", "")], "AUDIT_TYPE"),
        (&[("AUDIT_TYPE", "")], "AUDIT_FIREHOSE_STREAM_NAME"),
        (&[("AUDIT_FIREHOSE_STREAM_NAME", "")], "AUDIT_FIREHOSE_STREAM_NAME"),
        (&[("AWS_REGION", "")], "AWS_REGION"),
        (&[("AWS_ENDPOINT_URL", "http://aws.example.com")], "AWS_ENDPOINT_URL"),
        (&[("MCP_SERVER_AUTH_MODES", "")], "STORAGE_TYPE"),
        (&[("STORAGE_TYPE", "disk")], "STORAGE_TYPE"),
        (&[("STORAGE_TYPE", "disk"), ("STORAGE_DISK_DIRECTORY", "/nowhere")], "STORAGE_TYPE"),
        (&[("STORAGE_TYPE", "dynamodb")], "STORAGE_DYNAMODB_TABLE_NAME"),
        (&[("STORAGE_DYNAMODB_TABLE_NAME", "t")], "STORAGE_DYNAMODB_TABLE_NAME"),
        (&[("CACHE_TYPE", "dynamodb")], "CACHE_DYNAMODB_TABLE_NAME"),
        (&[("CACHE_TYPE", ""), ("CACHE_DYNAMODB_TABLE_NAME", "t")], "CACHE_DYNAMODB_TABLE_NAME"),
        (&[("GRAPH_DEBUG_TOKEN", "canary")], "GRAPH_DEBUG_TOKEN"),
        (&[("GRAPH_SCOPES", "a/b c/d")], "GRAPH_SCOPES"),
        (&[("MCP_SERVER_RATE_LIMIT_RPM", "60.5")], "MCP_SERVER_RATE_LIMIT_RPM"),
        (&[("MCP_SERVER_AZURE_CLIENT_SECRET", "canary")], "MCP_SERVER_AZURE_CLIENT_SECRET"),
        (
            &[("MCP_SERVER_AZURE_CLIENT_SECRET_PREVIOUS", "canary")],
            "MCP_SERVER_AZURE_CLIENT_SECRET_PREVIOUS",
        ),
        (&[("MCP_SERVER_AZURE_CLIENT_ASSERTION_FILE", "")], "MCP_SERVER_AZURE_CLIENT_SECRET"),
    ] {
        assert_eq!(refused(&deployed(), more, RING).await, variable, "for {more:?}");
    }
    assert_eq!(refused(&deployed(), &[], &[]).await, "STORAGE_ENCRYPTION_KEYS");
    let plain = [("STORAGE_ENCRYPTION_KEYS", KEYS)];
    assert_eq!(refused(&deployed(), &plain, &[]).await, "STORAGE_ENCRYPTION_KEYS");
}

#[tokio::test]
async fn without_sign_in_unknown_values_stop_the_start_too() {
    let laptop = [("ENABLE_OAUTH", "false"), ("GRAPH_DEBUG_TOKEN", "canary")];
    assert!(start(&laptop, &[], &[]).await.is_ok());
    for (name, value) in
        [("CACHE_TYPE", "tape"), ("STORAGE_TYPE", "floppy"), ("GRAPH_DEBUG_TOKEN", "")]
    {
        assert_eq!(refused(&laptop, &[(name, value)], &[]).await, name);
    }
}

#[tokio::test]
async fn an_entra_that_does_not_answer_keeps_no_start_waiting() {
    let entra = TestEntra::start().await;
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let silent = format!("http://{}", silent.local_addr().unwrap());
    for authority in [entra.base(), &silent, "http://127.0.0.1:1"] {
        let began = std::time::Instant::now();
        let laptop = [
            ("AZURE_AUTHORITY_HOST", authority),
            ("MCP_SERVER_AZURE_CLIENT_ID", CLIENT),
            ("MCP_SERVER_AZURE_TENANT_ID", TENANT),
            ("MCP_SERVER_AZURE_CLIENT_SECRET", "s3cret"),
        ];
        assert!(start(&laptop, &[], &[]).await.is_ok(), "{authority}");
        assert!(began.elapsed() < PREPARE + Duration::from_secs(3), "{:?}", began.elapsed());
    }
    assert!(entra.key_fetches() > 0, "keys are there before the first request");
}
