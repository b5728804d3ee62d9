//! Graph in trouble: the person is told clearly and in time, and the call is on record.

use std::time::{Duration, Instant};

use e2e::{Company, Connector, Flavour};
use serde_json::json;
use stand_ins::graph::{Fault, FaultKind, Id};

/// For ever, as far as one call is concerned.
const ALWAYS: u32 = 1_000;

/// A reference of the right form to a site that is not there.
const NO_SITE: &str = "sp:site:harbourlight.sharepoint.com,00000000-0000-4000-8000-000000000000,00000000-0000-4000-8000-000000000000";

#[tokio::test]
async fn trouble_that_stays_is_a_tool_error_with_a_code_and_a_record() {
    let company = Company::start().await;
    let connector = Connector::start(&company, Flavour::Function, |environment| {
        environment.with("MCP_SERVER_RATE_LIMIT_RPM", "0")
    })
    .await;
    let ann = connector.person("ann");
    for (kind, code) in [
        (FaultKind::Throttled("30".to_owned()), "upstream_throttled"),
        (FaultKind::Unavailable(Some("30".to_owned())), "upstream_unavailable"),
        (FaultKind::GatewayTimeout, "upstream_unavailable"),
        (FaultKind::Truncated, "upstream_unavailable"),
        (FaultKind::Huge, "too_large"),
        (FaultKind::WrongJson, "upstream_unavailable"),
        (FaultKind::Forbidden, "forbidden"),
        (FaultKind::Redirect("http://evil.example/".to_owned()), "upstream_unavailable"),
    ] {
        company.graph.forget();
        company.graph.fault(Fault::once(kind.clone()).on(Id::SearchQuery).times(ALWAYS));
        let started = Instant::now();
        let answer = ann.search("budget").await;
        assert_eq!(answer.code(), code, "{kind:?}");
        assert!(started.elapsed() < Duration::from_secs(20), "{kind:?}: {:?}", started.elapsed());
        let record = connector.last_record();
        assert_eq!(record["outcome"], code, "{kind:?}: {record}");
        assert_eq!(record["resources_total"], 0, "{kind:?}: {record}");
        let requests = company.graph_requests();
        assert!((1..=3).contains(&requests), "{kind:?}: {requests} requests");
        if code == "upstream_throttled" {
            let wait = answer.result()["structuredContent"]["retry_after_s"].as_u64().unwrap();
            assert!((29..=30).contains(&wait), "{wait}");
        }
    }
    company.graph.forget();
    assert!(!ann.search("budget").await.titles().is_empty(), "the next call works");
    assert_eq!(connector.audit().len(), 9);
    connector.finish().await;
}

#[tokio::test]
async fn trouble_that_passes_is_waited_out() {
    let company = Company::start().await;
    let connector = Connector::server(&company).await;
    let ann = connector.person("ann");
    for kind in [
        FaultKind::Throttled("1".to_owned()),
        FaultKind::Throttled("0.5".to_owned()),
        FaultKind::ThrottledSilently,
        FaultKind::Unavailable(Some("1".to_owned())),
        FaultKind::Unavailable(None),
        FaultKind::GatewayTimeout,
        FaultKind::Slow(1_000),
        FaultKind::Unauthorized,
    ] {
        company.graph.fault(Fault::once(kind.clone()).on(Id::SearchQuery));
        assert!(!ann.search("budget").await.titles().is_empty(), "{kind:?}");
    }
    connector.finish().await;
}

#[tokio::test]
async fn a_graph_that_hangs_is_given_up_before_the_function_is() {
    let company = Company::start().await;
    let connector = Connector::function(&company).await;
    company.graph.fault(Fault::once(FaultKind::Hang).times(ALWAYS));
    let started = Instant::now();
    let answer = connector.person("ann").search("budget").await;
    let code = answer.code();
    assert!(["timeout", "upstream_unavailable"].contains(&code.as_str()), "{code}");
    assert!(started.elapsed() < Duration::from_secs(25), "{:?}", started.elapsed());
    assert_eq!(connector.last_record()["outcome"], code.as_str());
    assert_eq!(connector.alb().target_state("sharepoint").unwrap().started, 1, "it was replaced");
    connector.finish().await;
}

#[tokio::test]
async fn answers_of_another_shape_break_nothing() {
    let company = Company::start().await;
    let connector = Connector::server(&company).await;
    let ann = connector.person("ann");
    for kind in [
        FaultKind::WrongShape,
        FaultKind::UnknownFields,
        FaultKind::MissingFields,
        FaultKind::NullFields,
        FaultKind::EmptyPage,
        FaultKind::RepeatedNextLink,
    ] {
        for (tool, arguments) in [
            ("sharepoint_search", json!({"query": "budget"})),
            ("sharepoint_browse", json!({})),
            ("sharepoint_find_sites", json!({"query": "fin"})),
            ("sharepoint_labels", json!({})),
        ] {
            company.graph.forget();
            company.graph.fault(Fault::once(kind.clone()).times(ALWAYS));
            let result = ann.call(tool, arguments).await.result();
            let code = result["structuredContent"]["code"].as_str().unwrap_or("ok").to_owned();
            let known = ["ok", "upstream_unavailable", "not_found"].contains(&code.as_str());
            assert!(known, "{tool} with {kind:?}: {result}");
        }
    }
    assert_eq!(connector.audit().len(), 24);
    connector.finish().await;
}

#[tokio::test]
async fn a_next_page_on_a_foreign_host_is_not_fetched() {
    let company = Company::start().await;
    let connector = Connector::server(&company).await;
    let trap = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let host = format!("http://{}", trap.local_addr().unwrap());
    for operation in [Id::SitesFollowed, Id::SitesSearch] {
        let kind = FaultKind::ForeignNextLink(host.clone());
        company.graph.fault(Fault::once(kind).on(operation).times(ALWAYS));
    }
    let ann = connector.person("ann");
    for arguments in [json!({"query": "fin"}), json!({})] {
        let result = ann.call("sharepoint_find_sites", arguments).await.result();
        assert!(!result.to_string().contains(&host), "{result}");
    }
    let visit = tokio::time::timeout(Duration::ZERO, trap.accept()).await;
    assert!(visit.is_err(), "somebody came to the foreign host");
    connector.finish().await;
}

#[tokio::test]
async fn what_graph_refuses_one_person_is_a_tool_error_and_no_sign_in() {
    let company = Company::start().await;
    let connector = Connector::server(&company).await;
    let bob = connector.person("bob");
    let finance = "https://harbourlight.sharepoint.com/sites/Finance";
    let answer = bob.call("sharepoint_browse", json!({"target": finance})).await;
    assert!(["not_found", "forbidden"].contains(&answer.code().as_str()), "{}", answer.code());
    let nothing = bob.call("sharepoint_metadata", json!({"target": NO_SITE})).await;
    assert_eq!(nothing.code(), "not_found");
    connector.finish().await;
}
