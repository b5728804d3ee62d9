//! The smoke tests themselves, against a connector on this machine as if it were deployed.
#![expect(clippy::unwrap_used, reason = "these are tests")]

use e2e::{Company, Connector, Environment, own_server};
use tokio::process::Command;

/// What the program said, and whether it was content.
struct Said {
    text: String,
    content: bool,
}

async fn smoke(connector: &Connector<'_>, name: &str, token: Option<&str>) -> Said {
    let mut command = Command::new(env!("CARGO_BIN_EXE_smoke"));
    command.args(["--base-url", connector.environment.get("MCP_BASE_URL"), "--connector", name]);
    command.env_remove("SMOKE_TOKEN").env("NO_PROXY", "*").kill_on_drop(true);
    if let Some(token) = token {
        command.env("SMOKE_TOKEN", token);
    }
    let output = tokio::time::timeout(e2e::PATIENCE, command.output()).await.unwrap().unwrap();
    let text = [output.stdout, output.stderr].concat();
    Said { text: String::from_utf8(text).unwrap(), content: output.status.success() }
}

#[tokio::test]
async fn a_sound_connector_passes_and_a_token_lets_more_be_told() {
    let company = Company::start().await;
    let connector = own_server(&company, both_ways).await;
    let without = smoke(&connector, e2e::NAME, None).await;
    assert!(without.content, "{}", without.text);
    assert!(without.text.contains(": it needs a token"), "{}", without.text);
    assert!(without.text.contains(", 0 failed, 2 skipped"), "{}", without.text);
    let token = company.token("ann");
    let with = smoke(&connector, e2e::NAME, Some(&token)).await;
    assert!(with.content && with.text.contains(", 0 failed, 0 skipped"), "{}", with.text);
    assert!(!with.text.contains(&token));
    connector.finish().await;
}

#[tokio::test]
async fn where_people_sign_in_at_entra_itself_its_scenarios_are_skipped_and_say_why() {
    let company = Company::start().await;
    let direct = |usual: Environment| usual.with("MCP_SERVER_AUTH_MODES", "direct");
    let connector = own_server(&company, direct).await;
    let said = smoke(&connector, e2e::NAME, None).await;
    assert!(said.content, "{}", said.text);
    assert!(said.text.contains("people sign in at Entra itself"), "{}", said.text);
    connector.finish().await;
}

#[tokio::test]
async fn what_fails_is_named_with_its_step_and_fails_the_program() {
    let company = Company::start().await;
    let connector = own_server(&company, both_ways).await;
    let said = smoke(&connector, "another", None).await;
    assert!(!said.content, "{}", said.text);
    assert!(said.text.contains("FAILED   secrets: Health tells nothing"), "{}", said.text);
    assert!(
        said.text.contains("\"it is healthy and says only name and version\""),
        "{}",
        said.text
    );
    connector.finish().await;
}

fn both_ways(usual: Environment) -> Environment {
    usual.with("MCP_SERVER_AUTH_MODES", "direct,proxy")
}
