//! The tools against a stand-in of Graph: surface first, then behaviour.

mod browse;
mod changes;
mod evidence;
mod facts;
mod odd_answers;
mod recent;
mod rows;
mod search;
mod sharing;
mod surface;

use std::sync::Arc;

use graph::Graph;
use platform::clock::Clock;
use platform::config::{Environment, Vars};
use platform::http_client::{HttpClient, install_crypto};
use platform::identity::Caller;
use platform::{Answer, Call, Parameters, Summary, ToolError};
use reading::{Limits, Reader};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use stand_ins::company::person;
use stand_ins::graph::{Bearer, GraphOptions, Running};

use super::SharePoint;
use crate::client::Client;
use crate::policy::Policy;

const POLICY: &str = include_str!("../../policy.yaml");
const READS: [&str; 4] = ["User.Read", "Files.Read.All", "Sites.Read.All", "SensitivityLabel.Read"];

/// When the tests take place: the newest things in the company are some hours old.
const NOW: &str = "2026-11-20T09:00:00Z";

/// The connector in front of a stand-in that has never been asked before.
struct Bench {
    graph: Running,
    connector: SharePoint,
    clock: Clock,
}

async fn bench() -> Bench {
    bench_with(POLICY).await
}

/// Files are read by the tests in `tests/read`: children are made of the real program only.
fn reader() -> Reader {
    Reader::with_program("/nonexistent".into(), Limits::default())
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
    let policy = Policy::from_yaml(policy).unwrap();
    let connector = SharePoint::new(Client::new(graph, policy, reader()));
    Bench { graph: running, connector, clock: Clock::manual(NOW.parse().unwrap()) }
}

/// `ann` has all scopes of the connector, `ann:A,B` has these.
fn verify(token: &str) -> Option<Bearer> {
    let (who, scopes) = match token.split_once(':') {
        Some((who, scopes)) => (who, scopes.split(',').map(str::to_owned).collect()),
        None => (token, READS.map(str::to_owned).to_vec()),
    };
    let oid = person(who)?.oid.to_owned();
    Some(Bearer { oid, scopes, appid: "app".to_owned(), exp: i64::MAX, cp1: false })
}

fn args<T: DeserializeOwned>(json: Value) -> Parameters<T> {
    Parameters(serde_json::from_value(json).unwrap())
}

/// An answer as JSON; the text must hold nothing that the structure does not.
fn seen<T: serde::Serialize + Summary>(
    answer: Result<Answer<T>, ToolError>,
) -> Result<Value, ToolError> {
    let Answer(result) = answer?;
    let text = result.summary();
    let value = serde_json::to_value(result).unwrap();
    Ok(json!({"structured": value, "text": text}))
}

impl Bench {
    fn call(&self, who: &str) -> Call {
        let name = who.split(':').next().unwrap();
        Call::for_tests_at(Caller::for_tests(person(name).unwrap().oid), who, self.clock.clone())
    }

    async fn rows(&self, who: &str, json: Value) -> Result<Value, ToolError> {
        seen(self.connector.sharepoint_list_rows(self.call(who), args(json)).await)
    }

    async fn recent(&self, who: &str, json: Value) -> Result<Value, ToolError> {
        seen(self.connector.sharepoint_recent(self.call(who), args(json)).await)
    }

    async fn changes(&self, who: &str, json: Value) -> Result<Value, ToolError> {
        seen(self.connector.sharepoint_changes(self.call(who), args(json)).await)
    }

    async fn search(&self, who: &str, json: Value) -> Result<Value, ToolError> {
        seen(self.connector.sharepoint_search(self.call(who), args(json)).await)
    }

    async fn browse(&self, who: &str, json: Value) -> Result<Value, ToolError> {
        seen(self.connector.sharepoint_browse(self.call(who), args(json)).await)
    }

    async fn sites(&self, who: &str, json: Value) -> Result<Value, ToolError> {
        seen(self.connector.sharepoint_find_sites(self.call(who), args(json)).await)
    }

    async fn facts(&self, who: &str, json: Value) -> Result<Value, ToolError> {
        seen(self.connector.sharepoint_metadata(self.call(who), args(json)).await)
    }

    async fn labels(&self, who: &str) -> Result<Value, ToolError> {
        seen(self.connector.sharepoint_labels(self.call(who), args(json!({}))).await)
    }

    /// The reference of the one hit with this title.
    async fn reference(&self, who: &str, title: &str) -> String {
        let words = title.rsplit_once('.').map_or(title, |(words, _)| words);
        let query = json!({"query": format!("\"{words}\""), "limit": 25});
        let found = self.search(who, query).await.unwrap();
        item(&found, title)["ref"].as_str().unwrap().to_owned()
    }

    /// Requests that Graph has seen, those inside a batch not counted.
    fn requests(&self) -> Vec<String> {
        let log = self.graph.log();
        assert_eq!(log.violations, [], "no careful client does that");
        let outer = log.requests.iter().filter(|request| !request.in_batch);
        outer.map(|request| format!("{} {}", request.method, request.path)).collect()
    }
}

fn items(answer: &Value) -> &Vec<Value> {
    answer["structured"]["items"].as_array().unwrap()
}

fn titles(answer: &Value) -> Vec<&str> {
    items(answer).iter().map(|item| item["title"].as_str().unwrap()).collect()
}

fn item<'a>(answer: &'a Value, title: &str) -> &'a Value {
    let found = items(answer).iter().find(|item| item["title"] == title);
    found.unwrap_or_else(|| panic!("{title} is not in {answer:#}"))
}

fn notes(answer: &Value) -> String {
    answer["structured"]["notes"].to_string()
}

fn code<T: std::fmt::Debug>(answer: Result<T, ToolError>) -> &'static str {
    answer.unwrap_err().code()
}
