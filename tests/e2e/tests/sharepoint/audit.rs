//! Nothing leaves without its audit record.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use e2e::{AwsStub, Company, Connector, Environment, Era, Flavour, NAME, Trouble, until};
use serde_json::{Value, json};
use stand_ins::alb::Faults;

/// A reference of the right form to a site that is not there.
const NO_SITE: &str = "sp:site:harbourlight.sharepoint.com,00000000-0000-4000-8000-000000000000,00000000-0000-4000-8000-000000000000";

#[tokio::test]
async fn the_record_says_who_saw_what_and_nothing_of_it() {
    let company = Company::start().await;
    let connector = Connector::function(&company).await;
    let ann = connector.person("ann");
    let arguments = json!({"query": "budget", "limit": 25});
    let found = ann.clone().modern().call("sharepoint_search", arguments).await;
    let record = connector.last_record();

    for (name, value) in [
        ("schema", json!(1)),
        ("environment", json!("local")),
        ("connector", json!(NAME)),
        ("kind", json!("tool")),
        ("name", json!("sharepoint_search")),
        ("mcp_era", json!("modern")),
        ("client_ip", json!("127.0.0.1")),
        ("outcome", json!("ok")),
        ("status", json!(200)),
        ("debug_caller", json!(false)),
        ("arguments_total", json!(2)),
        ("truncated", json!(false)),
        ("resources_total", json!(found.items().len())),
    ] {
        assert_eq!(record[name], value, "{name} in {record}");
    }
    assert_eq!(
        record["caller"],
        json!({
            "tid": stand_ins::company::TENANT,
            "oid": "a1111111-1111-4111-8111-111111111111",
            "upn": "ann@harbourlight.example",
            "azp": stand_ins::company::ASSISTANT_CLIENT,
        })
    );
    let names: Vec<_> =
        record["arguments"].as_array().unwrap().iter().map(|one| one["name"].clone()).collect();
    assert_eq!(names, ["limit", "query"]);
    for argument in record["arguments"].as_array().unwrap() {
        assert_eq!(argument["digest"].as_str().unwrap().len(), 32, "{argument}");
    }
    for resource in record["resources"].as_array().unwrap() {
        let fields: BTreeSet<_> =
            resource.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(fields, BTreeSet::from(["decision", "id", "kind", "label"]), "{resource}");
    }
    assert!(record["redactions"].as_u64().unwrap() > 0, "Salary bands are confidential");
    let usage = &record["usage"];
    for name in [
        "own_ms",
        "upstream_ms",
        "upstream_requests",
        "bytes_out",
        "memory_mb",
        "upstream_bytes_in",
    ] {
        assert!(usage[name].as_u64().is_some(), "{name} in {usage}");
    }
    assert_eq!(usage["cold_start"], true);
    assert_eq!(usage["memory_mb"], 256);
    assert!(usage["upstream_requests"].as_u64().unwrap() >= 2, "Entra and Graph: {usage}");
    assert!(record["trace_id"].as_str().unwrap().starts_with("Root=1-"), "{record}");
    let id = record["event_id"].as_str().unwrap();
    assert_eq!(id.chars().nth(14), Some('7'), "a uuid of version 7: {id}");
    // The same arguments have the same digest, others another.
    ann.call("sharepoint_search", json!({"query": "budget", "limit": 24})).await.items();
    let second = connector.last_record();
    assert_eq!(second["arguments"][1], record["arguments"][1]);
    assert_ne!(second["arguments"][0], record["arguments"][0]);
    assert_eq!(second["usage"]["cold_start"], false);
    assert_eq!(second["mcp_era"], "legacy");
    // The one log line names the record and the person by id.
    let line = connector.logged_text(id).await;
    assert!(line.contains("a1111111-1111-4111-8111-111111111111"), "{line}");
    connector.finish().await;
}

#[tokio::test]
async fn every_answer_with_data_has_its_record_and_nothing_else_has_one() {
    let company = Company::start().await;
    let connector = Connector::server(&company).await;
    let ann = connector.person("ann");
    for method in ["tools/list", "ping"] {
        assert_eq!(ann.send(method, &json!({})).await.status, 200, "{method}");
    }
    assert!(connector.audit().is_empty());
    let calls = [
        ("sharepoint_search", json!({"query": "budget"}), "ok"),
        ("sharepoint_browse", json!({}), "ok"),
        ("sharepoint_find_sites", json!({}), "ok"),
        ("sharepoint_labels", json!({}), "ok"),
        ("sharepoint_search", json!({"query": 17}), "invalid_argument"),
        ("sharepoint_search", json!({"quarry": "budget words"}), "invalid_argument"),
        (
            "sharepoint_search",
            json!({"query": "budget", "cursor": "made-up-cursor"}),
            "invalid_cursor",
        ),
        ("sharepoint_metadata", json!({"target": NO_SITE}), "not_found"),
    ];
    let count = calls.len();
    for (tool, arguments, outcome) in calls {
        let answer = ann.call(tool, arguments.clone()).await;
        let record = connector.last_record();
        assert_eq!(record["outcome"], outcome, "{tool} {arguments}: {record}");
        assert_eq!(record["name"], tool);
        assert_eq!(answer.result()["isError"] == true, outcome != "ok", "{tool} {arguments}");
    }
    let unknown = ann.call("sharepoint_delete_everything", json!({})).await;
    assert_eq!(unknown.reply.json()["error"]["code"], -32602);
    let records = connector.audit();
    assert_eq!(records.len(), count + 1);
    assert_eq!(records[count]["name"], "unknown", "a made-up name is the client's text");
    let ids: BTreeSet<_> = records.iter().map(|record| record["event_id"].to_string()).collect();
    assert_eq!(ids.len(), records.len());
    connector.finish().await;
}

#[tokio::test]
async fn a_function_that_is_frozen_after_each_answer_loses_nothing() {
    let company = Company::start().await;
    let connector = Connector::function(&company).await;
    let ann = connector.person("ann");
    for count in 1..=8 {
        ann.call("sharepoint_find_sites", json!({"query": "fin"})).await.items();
        let instance = until("the function is frozen", || {
            let state = connector.alb().target_state(NAME).unwrap();
            assert_eq!(state.instances.len(), 1);
            state.instances.into_iter().find(|instance| instance.frozen)
        })
        .await;
        assert_eq!(instance.invocations, count);
        // It cannot write now: what is there, was there before the answer.
        assert_eq!(connector.audit().len() as u64, count);
    }
    connector.finish().await;
}

#[tokio::test]
async fn a_function_that_is_killed_is_replaced() {
    let company = Company::start().await;
    let connector = Connector::function(&company).await;
    let ann = connector.person("ann");
    assert!(!ann.search("budget").await.items().is_empty());
    let kill = |before, after| Faults {
        kill_before_answer: before,
        kill_after_answer: after,
        ..Faults::default()
    };
    connector.alb().set_faults(NAME, kill(1, 0)).unwrap();
    assert_eq!(ann.search("budget").await.status(), 502, "the load balancer has no answer");
    assert!(!ann.search("budget").await.items().is_empty());
    assert_eq!(connector.last_record()["usage"]["cold_start"], true);

    let records = connector.audit().len();
    connector.alb().set_faults(NAME, kill(0, 1)).unwrap();
    assert!(!ann.search("budget").await.items().is_empty());
    assert_eq!(connector.audit().len(), records + 1, "the answer is out, so is its record");
    assert!(!ann.search("budget").await.items().is_empty());
    assert!(connector.alb().target_state(NAME).unwrap().started >= 3);
    connector.finish().await;
}

/// Records go where nobody can write: below a file.
fn nowhere(environment: Environment, mode: &str) -> Environment {
    let folder = environment.get("AUDIT_FILE_DIRECTORY").to_owned();
    std::fs::write(&folder, "").unwrap();
    environment.with("AUDIT_FILE_DIRECTORY", format!("{folder}/below")).with("AUDIT_MODE", mode)
}

/// What the log says of a record that was not taken.
async fn fallback(connector: &Connector<'_>, reason: &str, released: bool) -> Value {
    let line = connector.logged("audit_fallback", 1).await.remove(0);
    assert_eq!(line["reason"], reason, "{line}");
    assert_eq!(line["released"], released, "{line}");
    assert_eq!(line["name"], "sharepoint_search", "{line}");
    line
}

#[tokio::test]
async fn without_a_record_a_strict_connector_gives_nothing_out() {
    let company = Company::start().await;
    for flavour in [Flavour::Function, Flavour::Server] {
        let connector =
            Connector::start(&company, flavour, |environment| nowhere(environment, "strict")).await;
        let answer = connector.person("ann").search("zanzibar OR budget").await;
        assert_eq!(answer.code(), "audit_unavailable");
        let text = answer.reply.text();
        assert!(!text.contains("Budget 2027") && !text.contains("sp:file"), "{text}");
        std::fs::remove_file(
            connector.environment.get("AUDIT_FILE_DIRECTORY").trim_end_matches("/below"),
        )
        .unwrap();
        // The record holds the person's name, so this line is looked at and not searched.
        fallback(&connector, "not_written", false).await;
        company.canaries.allow_in_log("ann@harbourlight.example");
        connector.finish().await;
    }
}

#[tokio::test]
async fn with_best_effort_the_data_leaves_and_the_record_is_in_the_log() {
    let company = Company::start().await;
    let connector = Connector::start(&company, Flavour::Function, |environment| {
        nowhere(environment, "best_effort")
    })
    .await;
    let answer = connector.person("ann").search("zanzibar OR budget").await;
    assert!(answer.titles().contains(&"Budget 2027.xlsx".to_owned()));
    std::fs::remove_file(
        connector.environment.get("AUDIT_FILE_DIRECTORY").trim_end_matches("/below"),
    )
    .unwrap();
    let line = fallback(&connector, "not_written", true).await;
    assert_eq!(line["caller"]["oid"], "a1111111-1111-4111-8111-111111111111");
    assert_eq!(line["resources_total"], answer.items().len());
    company.canaries.allow_in_log("ann@harbourlight.example");
    connector.finish().await;
}

#[tokio::test]
async fn a_stream_that_is_down_withholds_the_data_and_a_stream_that_is_back_does_not() {
    let company = Company::start().await;
    let aws = AwsStub::start().await;
    let connector = Connector::start(&company, Flavour::Function, |environment| {
        aws.environment(environment)
            .without("AUDIT_FILE_DIRECTORY")
            .with("AUDIT_TYPE", "firehose")
            .with("AUDIT_FIREHOSE_STREAM_NAME", "audit-stories")
    })
    .await;
    let ann = connector.person("ann");
    assert!(!ann.search("budget").await.items().is_empty());
    assert_eq!(aws.records().len(), 1);
    assert_eq!(aws.records()[0]["outcome"], "ok");
    for trouble in [Trouble::Throttled, Trouble::Broken, Trouble::Denied, Trouble::Hangs] {
        aws.trouble(Some(trouble));
        let started = Instant::now();
        let answer = ann.search("budget").await;
        assert_eq!(answer.code(), "audit_unavailable", "{trouble:?}");
        assert!(!answer.reply.text().contains("Budget 2027"), "{trouble:?}");
        assert!(
            started.elapsed() < Duration::from_secs(15),
            "{trouble:?}: {:?}",
            started.elapsed()
        );
    }
    aws.trouble(None);
    assert!(!ann.search("budget").await.items().is_empty());
    assert_eq!(aws.records().len(), 2);
    for record in aws.records() {
        company.canaries.check_audit(&record.to_string());
    }
    connector.logged("audit_fallback", 4).await;
    company.canaries.allow_in_log("ann@harbourlight.example");
    connector.finish().await;
}

#[tokio::test]
async fn both_eras_are_on_record_by_their_names() {
    let company = Company::start().await;
    let connector = Connector::server(&company).await;
    for (era, word) in [(Era::Legacy, "legacy"), (Era::Modern, "modern")] {
        let ann = connector.person("ann");
        let ann = if era == Era::Modern { ann.modern() } else { ann };
        ann.search("budget").await.items();
        assert_eq!(connector.last_record()["mcp_era"], word);
    }
    connector.finish().await;
}
