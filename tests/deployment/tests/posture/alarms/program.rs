//! The real program, tried until it has reported everything that it can report.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use deployment::posture::Emitted;
use e2e::{AwsStub, Company, Connector, Environment, Flavour, Trouble};
use serde_json::json;
use stand_ins::entra::{Answer, Fault, Grant};
use tokio::sync::OnceCell;

const TABLE: &str = "tokens";

/// What the connector wrote in all stories together; told once.
pub(crate) async fn emitted() -> &'static Emitted {
    static EMITTED: OnceCell<Emitted> = OnceCell::const_new();
    EMITTED.get_or_init(tell).await
}

async fn tell() -> Emitted {
    let company = Company::start().await;
    let mut lines = calls(&company).await;
    lines.extend(without_record(&company).await);
    lines.extend(alone(&company).await);
    lines.extend(planted(&company).await);
    Emitted::read(lines.iter().map(String::as_str))
}

async fn end(connector: Connector<'_>) -> Vec<String> {
    let lines = connector.log();
    connector.finish().await;
    lines
}

/// Calls that are answered, fail, are refused and are too many.
async fn calls(company: &Company) -> Vec<String> {
    let connector = Connector::start(company, Flavour::Function, |environment| {
        environment.with("MCP_SERVER_RATE_LIMIT_RPM", "2")
    })
    .await;
    let ann = connector.person("ann");
    ann.search("budget").await.items();
    ann.call("sharepoint_search", json!({ "quarry": "a wrong argument" })).await.code();
    assert_eq!(ann.search("budget").await.status(), 429);
    assert_eq!(connector.bearer("no-token-at-all".to_owned()).search("x").await.status(), 401);
    company.entra.fault(Fault::new(Answer::Html).grant(Grant::OnBehalfOf));
    assert_eq!(connector.person("bob").search("budget").await.status(), 502);
    company.entra.clear_faults();
    connector.logged("obo_failed", 1).await;
    connector.logged("auth_failed", 1).await;
    connector.logged("request", 5).await;
    end(connector).await
}

/// A call whose record is taken by nobody.
async fn without_record(company: &Company) -> Vec<String> {
    let connector = Connector::start(company, Flavour::Function, |environment| {
        let folder = environment.get("AUDIT_FILE_DIRECTORY").to_owned();
        std::fs::write(&folder, "").unwrap();
        environment.with("AUDIT_FILE_DIRECTORY", format!("{folder}/below"))
    })
    .await;
    assert_eq!(connector.person("ann").search("budget").await.code(), "audit_unavailable");
    let folder = connector.environment.get("AUDIT_FILE_DIRECTORY").trim_end_matches("/below");
    std::fs::remove_file(folder).unwrap();
    connector.logged("audit_fallback", 1).await;
    // The record names the person, and stands in the log.
    company.canaries.allow_in_log("ann@harbourlight.example");
    end(connector).await
}

fn in_tables(environment: Environment, aws: &AwsStub) -> Environment {
    aws.environment(environment)
        .with("STORAGE_TYPE", "dynamodb")
        .with("STORAGE_DYNAMODB_TABLE_NAME", "storage")
        .with("CACHE_TYPE", "dynamodb")
        .with("CACHE_DYNAMODB_TABLE_NAME", TABLE)
}

/// A call while no table answers.
async fn alone(company: &Company) -> Vec<String> {
    let aws = AwsStub::start().await;
    aws.trouble(Some(Trouble::Broken));
    let connector =
        Connector::start(company, Flavour::Server, |environment| in_tables(environment, &aws))
            .await;
    connector.person("ann").search("budget").await.items();
    connector.logged_text("\"LimiterDegraded\"").await;
    end(connector).await
}

/// A call that finds something in the cache that does not open.
async fn planted(company: &Company) -> Vec<String> {
    let aws = AwsStub::start().await;
    let token = company.token("ann");
    let start = || Connector::start(company, Flavour::Server, |env| in_tables(env, &aws));
    let connector = start().await;
    connector.bearer(token.clone()).search("budget").await.items();
    connector.finish().await;
    let (_, mut item) = aws.items(TABLE).pop_first().unwrap();
    item["v"] = json!({ "B": BASE64_STANDARD.encode(b"v0|k1|not-sealed") });
    aws.plant(TABLE, item);
    // Another process: nothing is in its memory.
    let connector = start().await;
    connector.bearer(token).search("budget").await.items();
    connector.logged("cache_item_refused", 1).await;
    connector.logged("request", 1).await;
    end(connector).await
}
