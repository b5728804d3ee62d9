//! Assistants that others wrote know nothing but the connector's address: they find the
//! authorization server, register or name their document, send the person to a browser, redeem the
//! code, list tools, search, and refresh.

use e2e::{Company, Engine, Foreign, PATIENCE, browser, http, mcp_address, own_server};
use serde_json::Value;
use tokio::time::{sleep, timeout};
use url::Url;

use crate::documents::DocumentHost;

/// An assistant, as its script is started.
#[derive(Clone, Copy)]
struct Assistant {
    engine: Engine,
    script: &'static str,
    first: &'static [&'static str],
}

const FASTMCP: Assistant =
    Assistant { engine: Engine::FastMcp, script: "fastmcp_client.py", first: &[] };
const PYTHON: Assistant = Assistant { engine: Engine::Python, script: "mcp_client.py", first: &[] };
const TYPESCRIPT: Assistant =
    Assistant { engine: Engine::Node, script: "ts_client.mjs", first: &["client"] };
const OLDER_TYPESCRIPT: Assistant =
    Assistant { engine: Engine::Node, script: "ts_client.mjs", first: &["sdk"] };

/// How an assistant says who it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Introduction {
    Registration,
    Document,
}

/// Goes through the sign-in as this person and brings the answer to where the assistant listens.
pub(crate) async fn sign_in(company: &Company, authorize: &str, person: &str) -> Url {
    let asked = Url::parse(authorize).unwrap();
    let redirect = asked.query_pairs().find(|(name, _)| name == "redirect_uri").unwrap().1;
    let landed = browser(&[&redirect]).sign_in(authorize, person).await.unwrap();
    for (name, value) in landed.query_pairs() {
        assert_ne!(name, "error", "{landed}");
        if name == "code" {
            company.canaries.plant(&value);
        }
    }
    landed
}

/// Opens the address until the assistant listens there: some open the browser first.
async fn deliver(landed: &Url) {
    let delivered = async {
        while http().get(landed.clone()).send().await.is_err() {
            sleep(std::time::Duration::from_millis(50)).await;
        }
    };
    timeout(PATIENCE, delivered).await.unwrap();
}

async fn tell(assistant: Assistant, introduction: Introduction) {
    let company = Company::start().await;
    let documents = DocumentHost::start().await;
    let connector =
        own_server(&company, |usual| usual.with("MCP_SERVER_CIMD_HOSTS", documents.authority()))
            .await;
    let (address, document) = (mcp_address(&connector), documents.client_id());
    let mut arguments = assistant.first.to_vec();
    arguments.push(&address);
    if introduction == Introduction::Document {
        arguments.push(&document);
    }
    let Some(mut script) = Foreign::start(assistant.engine, assistant.script, &arguments) else {
        connector.finish().await;
        return;
    };
    let said = script.says().await;
    let landed = sign_in(&company, said["authorize"].as_str().unwrap(), "ann").await;
    deliver(&landed).await;
    let first = script.says().await;
    check(&company, &first);
    assert_eq!(first["client_id"] == document, introduction == Introduction::Document, "{first}");
    // Its access token has ended, or was spoiled: it must find the way without the person.
    let second = script.says().await;
    check(&company, &second);
    assert_ne!(first["secrets"][0], second["secrets"][0], "another access token");
    assert_ne!(first["secrets"][1], second["secrets"][1], "another refresh token");
    let record = connector.last_record();
    assert_eq!(record["outcome"], "ok", "{record}");
    connector.finish().await;
}

/// Whether a round of calls brought what Ann may see; its tokens must be written nowhere.
fn check(company: &Company, round: &Value) {
    for secret in round["secrets"].as_array().unwrap() {
        company.canaries.plant_token(secret.as_str().unwrap());
    }
    let list = |name: &str| round[name].as_array().unwrap().clone();
    assert!(list("tools").contains(&"sharepoint_search".into()), "{round}");
    let titles = list("titles");
    assert!(titles.iter().any(|title| title.as_str().unwrap().contains("Budget")), "{round}");
}

#[tokio::test]
async fn fastmcp_signs_in_by_registration() {
    tell(FASTMCP, Introduction::Registration).await;
}

#[tokio::test]
async fn fastmcp_signs_in_by_its_metadata_document() {
    tell(FASTMCP, Introduction::Document).await;
}

#[tokio::test]
async fn the_python_sdk_signs_in_by_registration() {
    tell(PYTHON, Introduction::Registration).await;
}

#[tokio::test]
async fn the_python_sdk_signs_in_by_its_metadata_document() {
    tell(PYTHON, Introduction::Document).await;
}

#[tokio::test]
async fn the_typescript_sdk_signs_in_by_registration() {
    tell(TYPESCRIPT, Introduction::Registration).await;
}

#[tokio::test]
async fn the_typescript_sdk_signs_in_by_its_metadata_document() {
    tell(TYPESCRIPT, Introduction::Document).await;
}

#[tokio::test]
async fn the_older_typescript_sdk_signs_in_by_registration() {
    tell(OLDER_TYPESCRIPT, Introduction::Registration).await;
}

#[tokio::test]
async fn the_older_typescript_sdk_signs_in_by_its_metadata_document() {
    tell(OLDER_TYPESCRIPT, Introduction::Document).await;
}
