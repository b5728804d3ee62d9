//! What these stories are told with: a connector that is asked often, what it reads, and what must
//! never leave.

use e2e::{Answer, Client, Company, Connector, Flavour, repository};
use serde_json::{Value, json};
use stand_ins::graph::Addition;
use stand_ins::graph::labels::GENERAL;
use tempfile::NamedTempFile;

/// The library of the chart room, where there is a file of every kind.
pub(crate) const ROOM: &str =
    "https://harbourlight.sharepoint.com/sites/ChartRoom/Shared%20Documents";
/// Long enough ago for the label column to be believed.
pub(crate) const LONG_AGO: &str = "2026-10-01T08:00:00Z";
/// Later than any question of these stories.
pub(crate) const LATER: &str = "2099-01-01T00:00:00Z";

/// The address of a file of the chart room.
pub(crate) fn room(path: &str) -> String {
    format!("{ROOM}/{}", path.replace(' ', "%20"))
}

/// A connector that may be asked as often as a story likes, under the policy of the repository.
pub(crate) async fn connector(company: &Company, flavour: Flavour) -> Connector<'_> {
    Connector::start(company, flavour, |usual| usual.with("MCP_SERVER_RATE_LIMIT_RPM", "0")).await
}

/// The policy of the repository, opened further.
pub(crate) struct OpenPolicy(NamedTempFile);

impl OpenPolicy {
    /// What cannot carry a label may leave.
    pub(crate) fn of_classes() -> Self {
        Self::written(|usual| {
            let (labels, classes) = usual.split_once("classes:").unwrap();
            format!("{labels}classes:{}", classes.replace("redact", "allow"))
        })
    }

    /// Whatever has no label may leave.
    pub(crate) fn of_all_unlabelled() -> Self {
        Self::written(|usual| usual.replace("redact", "allow"))
    }

    fn written(change: impl FnOnce(&str) -> String) -> Self {
        let usual = repository().join("functions/sharepoint/policy.yaml");
        let file = NamedTempFile::new().unwrap();
        std::fs::write(file.path(), change(&std::fs::read_to_string(usual).unwrap())).unwrap();
        Self(file)
    }

    /// A connector under it.
    pub(crate) async fn connector<'c>(&self, company: &'c Company) -> Connector<'c> {
        let path = self.0.path().to_str().unwrap();
        Connector::start(company, Flavour::Server, |usual| {
            usual.with("MCP_SERVER_RATE_LIMIT_RPM", "0").with("MCP_SERVER_POLICY_FILE", path)
        })
        .await
    }
}

/// Reads a target, with more arguments.
pub(crate) async fn read(person: &Client<'_>, target: &str, more: &Value) -> Answer {
    let mut arguments = more.clone();
    arguments["target"] = target.into();
    person.call("sharepoint_read", arguments).await
}

/// Reads a file of the chart room as it usually is.
pub(crate) async fn read_room(person: &Client<'_>, path: &str) -> Answer {
    read(person, &room(path), &json!({})).await
}

/// The passages of an answer.
pub(crate) fn passages(answer: &Answer) -> Vec<Value> {
    answer.data()["passages"].as_array().unwrap().clone()
}

/// The text of an answer in one line, without the marks around it and without escapes.
pub(crate) fn told(answer: &Answer) -> String {
    let passages = passages(answer);
    let texts = passages.iter().map(|passage| passage["text"].as_str().unwrap());
    let texts: Vec<String> = texts
        .map(|text| text.trim_start_matches("⟦untrusted text:").trim_end_matches('⟧').to_owned())
        .collect();
    let text = texts.join("\n").replace('\\', "");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The notes of an answer.
pub(crate) fn notes(answer: &Answer) -> String {
    answer.data()["notes"].to_string()
}

/// What the label of the thing came to.
pub(crate) fn decision(answer: &Answer) -> String {
    answer.data()["item"]["label"]["decision"].as_str().unwrap().to_owned()
}

/// The facts and the reason are told; the words of the file are in no part of the answer.
pub(crate) fn assert_withheld(answer: &Answer, secrets: &[&str]) {
    let data = answer.data();
    assert_ne!(data["item"]["label"]["decision"], "allowed", "{data:#}");
    assert_eq!(data["passages"], json!([]), "{data:#}");
    assert!(data["outline"].is_null() && data["next_cursor"].is_null(), "{data:#}");
    assert!(data["item"]["title"].is_string() && data["item"]["url"].is_string(), "{data:#}");
    assert!(data["notes"].to_string().contains("open"), "a way to go on: {data:#}");
    assert_hides(&answer.reply.text(), secrets);
}

/// None of these words stands there.
pub(crate) fn assert_hides(text: &str, secrets: &[&str]) {
    for secret in secrets {
        assert!(!text.contains(secret), "{secret:?} in {text}");
    }
}

/// Reads a resource; the Markdown of it.
pub(crate) async fn resource(person: &Client<'_>, uri: &str) -> String {
    let reply = person.send("resources/read", &json!({"uri": uri})).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let text = &reply.json()["result"]["contents"][0]["text"];
    text.as_str().unwrap_or_else(|| panic!("no text: {}", reply.text())).to_owned()
}

/// The resource address of what an answer is about.
pub(crate) fn uri(answer: &Answer) -> String {
    format!("m365-file://{}", ids(answer).replace('!', "%21"))
}

/// Drive and item of what an answer is about, as audit records name them.
pub(crate) fn ids(answer: &Answer) -> String {
    let data = answer.data();
    let reference = data["item"]["ref"].as_str().unwrap();
    reference.strip_prefix("sp:file:").unwrap().to_owned()
}

/// A file of the chart room with this text; General where nothing else is said.
pub(crate) struct Written<'a> {
    pub(crate) path: &'a str,
    pub(crate) text: &'a str,
    pub(crate) label: &'a str,
    pub(crate) column: Option<&'a str>,
    pub(crate) when: &'a str,
}

impl<'a> Written<'a> {
    pub(crate) fn new(path: &'a str, text: &'a str) -> Self {
        Self { path, text, label: GENERAL, column: None, when: LONG_AGO }
    }

    /// Puts it there, or a new version of it; answers its drive and its item.
    pub(crate) fn put(&self, company: &Company) -> (String, String) {
        let made = company.graph.add(Addition::File {
            drive: "Chart room".to_owned(),
            path: self.path.to_owned(),
            text: self.text.to_owned(),
            label: Some(self.label.to_owned()),
            column_label: self.column.map(str::to_owned),
            by: None,
            when: Some(self.when.to_owned()),
            people: None,
        });
        let made = made.unwrap();
        let id = |name: &str| made[name].as_str().unwrap().to_owned();
        (id("drive"), id("item"))
    }
}

/// Puts bytes into the chart room, whose metadata say General.
pub(crate) fn put_bytes(company: &Company, path: &str, bytes: &[u8]) {
    use base64::Engine as _;
    let made = company.graph.add(Addition::Bytes {
        drive: "Chart room".to_owned(),
        path: path.to_owned(),
        base64: base64::prelude::BASE64_STANDARD.encode(bytes),
        label: Some(GENERAL.to_owned()),
        column_label: None,
    });
    made.unwrap();
}
