//! A wrong setting stops the start with one line that names it; a secret is in no line.

use e2e::{AwsStub, Company, Connector, Environment, Flavour, Trouble, run};
use stand_ins::company::{CLIENT_SECRET, EXPIRED_CLIENT_SECRET};

/// Where the client secret is kept.
const PATH: &str = "/aiconnectors/dev/sharepoint/azure-client-secret";

/// Starts a connector that must not start.
async fn refused(environment: &Environment, variable: &str) {
    let ended = run(environment, &[]).await;
    assert_eq!(ended.code, Some(1), "{variable}: {}", ended.said());
    let lines: Vec<_> = ended.stderr.lines().collect();
    assert_eq!(lines.len(), 1, "{variable}: {}", ended.stderr);
    assert!(lines[0].starts_with(&format!("{variable}: ")), "{variable}: {}", lines[0]);
    assert!(!ended.stdout.contains("listening"), "{variable}: {}", ended.stdout);
    for secret in [CLIENT_SECRET, "AAECAwQF", "canary"] {
        assert!(!ended.said().contains(secret), "{variable}: {}", ended.said());
    }
}

#[tokio::test]
async fn a_wrong_setting_stops_the_start_and_is_named() {
    let company = Company::start().await;
    let folder = tempfile::tempdir().unwrap();
    let usual = company.environment().with("AUDIT_FILE_DIRECTORY", folder.path().to_str().unwrap());
    for (name, value) in [
        ("ENVIRONMENT", "production"),
        ("ENABLE_OAUTH", "maybe"),
        ("MCP_SERVER_AUTH_MODES", "direct,magic"),
        ("MCP_SERVER_AZURE_CLIENT_ID", "common"),
        ("MCP_SERVER_AZURE_TENANT_ID", "harbourlight"),
        ("MCP_SERVER_APP_ID_URIS", "sharepoint"),
        ("MCP_SERVER_REQUIRED_SCOPE", "access\" evil"),
        ("MCP_SERVER_ACCEPTED_TOKEN_VERSIONS", "3.0"),
        ("MCP_SERVER_ALLOWED_CLIENTS", "vscode"),
        ("AZURE_AUTHORITY_HOST", "http://evil.example"),
        ("AZURE_AUTHORITY_HOST", "not an address"),
        ("MCP_BASE_URL", "http://sharepoint.example.com"),
        ("MCP_BASE_URL", "http://sharepoint.localhost/"),
        ("MCP_BASE_URL", "https://user:canary@sharepoint.example.com"),
        ("MCP_SERVER_ALLOWED_ORIGINS", "app.example.com"),
        ("MCP_SERVER_POLICY_FILE", "/nowhere/policy.yaml"),
        ("GRAPH_SCOPES", "offline_access"),
        ("GRAPH_BASE_URL", "http://graph.example.com/v1.0"),
        ("STORAGE_TYPE", "floppy"),
        ("STORAGE_ENCRYPTION_KEYS", "canary-not-a-keyring"),
        (
            "STORAGE_ENCRYPTION_KEYS",
            r#"{"active":"k2","keys":{"k1":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}}"#,
        ),
        ("STORAGE_ENCRYPTION_KEYS", r#"{"active":"k1","keys":{"k1":"canary"}}"#),
        ("CACHE_TYPE", "tape"),
        ("MCP_SERVER_RATE_LIMIT_RPM", "many"),
        ("MCP_SERVER_RATE_LIMIT_RPM", "-1"),
        ("AUDIT_TYPE", "carbon paper"),
        ("AUDIT_MODE", "lazy"),
        ("LOG_LEVEL", "canary-loud"),
        ("LISTEN_ADDR", "everywhere"),
    ] {
        refused(&usual.clone().with(name, value), name).await;
    }
    for name in [
        "MCP_SERVER_AZURE_CLIENT_ID",
        "MCP_SERVER_AZURE_TENANT_ID",
        "MCP_SERVER_AZURE_CLIENT_SECRET",
    ] {
        refused(&usual.clone().without(name), name).await;
    }
    refused(&usual.clone().without("AUDIT_FILE_DIRECTORY"), "AUDIT_FILE_DIRECTORY").await;
    refused(&usual.clone().without("AUDIT_TYPE"), "AUDIT_FILE_DIRECTORY").await;
    refused(&usual.clone().with("STORAGE_TYPE", "dynamodb"), "STORAGE_DYNAMODB_TABLE_NAME").await;
    refused(&usual.clone().with("CACHE_TYPE", "dynamodb"), "CACHE_DYNAMODB_TABLE_NAME").await;
    let stored = usual.clone().with("STORAGE_TYPE", "dynamodb");
    let stored = stored.with("STORAGE_DYNAMODB_TABLE_NAME", "t");
    refused(&stored, "AWS_REGION").await;
    let keyless = stored.with("AWS_REGION", "eu-central-1").without("STORAGE_ENCRYPTION_KEYS");
    refused(&keyless, "STORAGE_ENCRYPTION_KEYS").await;
    let both = usual.with("MCP_SERVER_AZURE_CLIENT_SECRET_SSM", "/a/b");
    refused(&both, "MCP_SERVER_AZURE_CLIENT_SECRET_SSM").await;
}

#[tokio::test]
async fn row_98_without_sign_in_nothing_starts_but_on_a_laptop() {
    let company = Company::start().await;
    let folder = tempfile::tempdir().unwrap();
    let usual = company
        .environment()
        .with("AUDIT_FILE_DIRECTORY", folder.path().to_str().unwrap())
        .with("ENABLE_OAUTH", "false")
        .with("GRAPH_DEBUG_TOKEN", "canary-debug-token");
    let deployed = usual.clone().with("MCP_BASE_URL", "https://sharepoint.example.com");
    for (what, environment) in [
        ("prod", deployed.clone().with("ENVIRONMENT", "prod")),
        ("dev", deployed.with("ENVIRONMENT", "dev")),
        ("Lambda", usual.clone().with("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand")),
        ("ECS", usual.clone().with("ECS_CONTAINER_METADATA_URI_V4", "http://169.254.170.2/v4")),
        ("every address", usual.clone().with("LISTEN_ADDR", "0.0.0.0:0")),
    ] {
        let ended = run(&environment, &[]).await;
        assert_eq!(ended.code, Some(1), "{what}");
        assert!(ended.stderr.starts_with("ENABLE_OAUTH: "), "{what}: {}", ended.stderr);
        assert!(!ended.said().contains("canary"), "{what}");
    }
    refused(&usual.without("GRAPH_DEBUG_TOKEN"), "GRAPH_DEBUG_TOKEN").await;
}

#[tokio::test]
async fn what_a_laptop_may_a_deployment_may_not() {
    let company = Company::start().await;
    let deployed = company
        .environment()
        .with("ENVIRONMENT", "prod")
        .with("MCP_BASE_URL", "https://sharepoint.example.com")
        .with("AZURE_AUTHORITY_HOST", "https://login.microsoftonline.com")
        .with("GRAPH_BASE_URL", "https://graph.microsoft.com/v1.0")
        .with("GRAPH_CONTENT_HOSTS", "harbourlight.sharepoint.com")
        .with("AUDIT_FILE_DIRECTORY", "/tmp/never-written");
    for (name, value) in [
        ("MCP_BASE_URL", "http://sharepoint.example.com"),
        ("AZURE_AUTHORITY_HOST", "https://entra.example.com"),
        ("AZURE_AUTHORITY_HOST", "http://127.0.0.1:1"),
        ("GRAPH_BASE_URL", "https://graph.example.com/v1.0"),
        ("GRAPH_BASE_URL", "http://127.0.0.1:1/v1.0"),
    ] {
        refused(&deployed.clone().with(name, value), name).await;
    }
    let stdout = deployed.clone().without("AUDIT_FILE_DIRECTORY").with("AUDIT_TYPE", "stdout");
    refused(&stdout, "AUDIT_TYPE").await;
    refused(&deployed.with("MCP_SERVER_AUTH_MODES", "direct,proxy"), "STORAGE_TYPE").await;
}

#[tokio::test]
async fn check_config_shows_the_settings_and_no_secret() {
    let company = Company::start().await;
    let folder = tempfile::tempdir().unwrap();
    let environment = company
        .environment()
        .with("AUDIT_FILE_DIRECTORY", folder.path().to_str().unwrap())
        .with("AWS_SECRET_ACCESS_KEY", "canary-aws")
        .with("MCP_SERVER_AZURE_CLIENT_SECRET_PREVIOUS", "canary-previous");
    let ended = run(&environment, &["--check-config"]).await;
    assert_eq!(ended.code, Some(0), "{}", ended.said());
    assert!(ended.stdout.contains("MCP_BASE_URL=http://sharepoint.localhost"), "{}", ended.stdout);
    assert!(ended.stdout.contains("MCP_SERVER_AZURE_CLIENT_SECRET=[secret]"), "{}", ended.stdout);
    assert!(ended.stdout.contains("STORAGE_ENCRYPTION_KEYS=[secret]"), "{}", ended.stdout);
    for secret in [CLIENT_SECRET, "AAECAwQF", "canary"] {
        assert!(!ended.said().contains(secret), "{}", ended.said());
    }
    let wrong = environment.with("CACHE_TYPE", "tape");
    assert_eq!(run(&wrong, &["--check-config"]).await.code, Some(1));
}

#[tokio::test]
async fn row_95_parameters_that_cannot_be_read_stop_the_start() {
    let company = Company::start().await;
    let aws = AwsStub::start().await;
    let folder = tempfile::tempdir().unwrap();
    let usual = company.environment().with("AUDIT_FILE_DIRECTORY", folder.path().to_str().unwrap());
    let secret = aws
        .environment(usual)
        .without("MCP_SERVER_AZURE_CLIENT_SECRET")
        .with("MCP_SERVER_AZURE_CLIENT_SECRET_SSM", PATH);
    refused(&secret, "MCP_SERVER_AZURE_CLIENT_SECRET_SSM").await;
    for trouble in [Trouble::Denied, Trouble::Broken, Trouble::Hangs, Trouble::Throttled] {
        aws.trouble(Some(trouble));
        refused(&secret, "MCP_SERVER_AZURE_CLIENT_SECRET_SSM").await;
    }
    aws.trouble(None);
    aws.parameter("/keys", "canary-no-keyring");
    aws.parameter(PATH, CLIENT_SECRET);
    let keys = secret.clone().without("STORAGE_ENCRYPTION_KEYS");
    refused(&keys.with("STORAGE_ENCRYPTION_KEYS_SSM", "/keys"), "STORAGE_ENCRYPTION_KEYS").await;

    // With the parameters in their places the same connector serves.
    aws.parameter("/keys", company.environment().get("STORAGE_ENCRYPTION_KEYS"));
    aws.parameter("/previous", EXPIRED_CLIENT_SECRET);
    let connector = Connector::start(&company, Flavour::Function, |environment| {
        aws.environment(environment)
            .without("MCP_SERVER_AZURE_CLIENT_SECRET")
            .with("MCP_SERVER_AZURE_CLIENT_SECRET_SSM", PATH)
            .with("MCP_SERVER_AZURE_CLIENT_SECRET_PREVIOUS_SSM", "/previous")
            .without("STORAGE_ENCRYPTION_KEYS")
            .with("STORAGE_ENCRYPTION_KEYS_SSM", "/keys")
    })
    .await;
    let found = connector.person("ann").search("budget").await;
    assert_eq!(found.status(), 200, "{:?}", connector.log());
    assert!(!found.items().is_empty());
    connector.finish().await;
}
