//! Reading against a stand-in of Graph, with children that are the real program.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "the switches for tests do not reach the helpers of an integration test"
)]

mod aliases;
mod files;
mod odd;
mod pages_and_rows;
mod parts;
mod resources;
mod withheld;

use std::sync::Arc;

use graph::Graph;
use platform::clock::Clock;
use platform::config::{Environment, Vars};
use platform::http_client::{HttpClient, install_crypto};
use platform::identity::Caller;
use platform::{Answer, Call, Parameters, Summary as _, ToolError};
use reading::{Limits, Reader};
use serde_json::{Value, json};
use sharepoint::SharePoint;
use sharepoint::client::Client;
use sharepoint::policy::Policy;
use stand_ins::company::person;
use stand_ins::graph::{Bearer, GraphOptions, Running};

const POLICY: &str = include_str!("../../policy.yaml");
/// More than a day after the last change in the company, but for one file.
const NOW: &str = "2026-11-20T09:00:00Z";
const ROOM: &str = "https://harbourlight.sharepoint.com/sites/ChartRoom/Shared%20Documents";
const FINANCE: &str = "https://harbourlight.sharepoint.com/sites/Finance/Shared%20Documents";
const INTRANET: &str = "https://harbourlight.sharepoint.com/sites/Intranet";

/// The connector in front of a stand-in that has never been asked before.
struct Bench {
    graph: Running,
    connector: SharePoint,
}

async fn bench() -> Bench {
    bench_with(POLICY).await
}

/// A policy that lets everything without a label through.
fn open_policy() -> String {
    POLICY.replace("redact", "allow")
}

async fn bench_with(policy: &str) -> Bench {
    install_crypto();
    let options = GraphOptions {
        listen: "127.0.0.1:0".parse().unwrap(),
        verify: Arc::new(verify),
        public_base: None,
    };
    let running = stand_ins::graph::Graph::start(options).await.unwrap();
    let base = running.base_url();
    let vars = Vars::from_pairs([("GRAPH_BASE_URL", base.as_str())]);
    let graph =
        Graph::from_vars(&vars, HttpClient::new().unwrap(), Clock::System, Environment::Local)
            .unwrap();
    let program = env!("CARGO_BIN_EXE_sharepoint").into();
    let reader = Reader::with_program(program, Limits::default());
    let client = Client::new(graph, Policy::from_yaml(policy).unwrap(), reader);
    Bench { graph: running, connector: SharePoint::new(client) }
}

fn verify(token: &str) -> Option<Bearer> {
    let scopes = ["User.Read", "Files.Read.All", "Sites.Read.All", "SensitivityLabel.Read"];
    let oid = person(token)?.oid.to_owned();
    let scopes = scopes.map(str::to_owned).to_vec();
    Some(Bearer { oid, scopes, appid: "app".to_owned(), exp: i64::MAX, cp1: false })
}

fn call(who: &str) -> Call {
    let clock = Clock::manual(NOW.parse().unwrap());
    Call::for_tests_at(Caller::for_tests(person(who).unwrap().oid), who, clock)
}

impl Bench {
    /// What ann reads: the structure and the text.
    async fn read(&self, json: Value) -> Result<Value, ToolError> {
        let args = Parameters(serde_json::from_value(json).unwrap());
        let Answer(document) = self.connector.sharepoint_read(call("ann"), args).await?;
        let text = document.summary();
        Ok(json!({"structured": serde_json::to_value(document).unwrap(), "text": text}))
    }

    /// What ann reads of a file in the chart room.
    async fn file(&self, path: &str) -> Value {
        self.read(json!({"target": format!("{ROOM}/{path}")})).await.unwrap()
    }

    /// Puts a text without a label into the budget folder of Finance.
    fn add_text(&self, name: &str, text: &str) {
        let file = json!({
            "kind": "file", "drive": "Finance", "path": format!("Budget/{name}"), "text": text,
            "when": "2026-11-01T08:00:00Z",
        });
        self.graph.add(serde_json::from_value(file).unwrap()).unwrap();
    }

    /// How often an operation was asked for; careless requests fail the test.
    fn count(&self, operation: &str) -> u64 {
        let log = self.graph.log();
        assert_eq!(log.violations, [], "no careful client does that");
        log.counts.get(operation).copied().unwrap_or_default()
    }
}

fn text(answer: &Value) -> &str {
    answer["text"].as_str().unwrap()
}

fn passages(answer: &Value) -> &Vec<Value> {
    answer["structured"]["passages"].as_array().unwrap()
}

fn decision(answer: &Value) -> &str {
    answer["structured"]["item"]["label"]["decision"].as_str().unwrap()
}

fn notes(answer: &Value) -> String {
    answer["structured"]["notes"].to_string()
}

/// The facts are there, the reason is, and nothing of the content.
fn assert_withheld(answer: &Value, secrets: &[&str]) {
    assert_ne!(decision(answer), "allowed", "{answer:#}");
    assert_eq!(passages(answer).len(), 0, "{answer:#}");
    assert!(answer["structured"].get("outline").is_none(), "{answer:#}");
    assert!(answer["structured"]["item"]["url"].as_str().is_some(), "{answer:#}");
    assert!(notes(answer).contains("open the url"), "{answer:#}");
    for secret in secrets {
        assert!(!answer.to_string().contains(secret), "{secret} in {answer:#}");
    }
}
