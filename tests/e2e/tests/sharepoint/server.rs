//! The process itself: its health, its end, its sizes, and the laptop without sign-in.

use e2e::{Company, Connector, Flavour, Request, exchange, until};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;
use stand_ins::graph::{Fault, FaultKind, Id};
use tokio::net::TcpStream;

#[tokio::test]
async fn health_needs_neither_a_host_nor_a_token_nor_anybody_upstream() {
    let company = Company::start().await;
    let connector = Connector::server(&company).await;
    let requests = [
        Request::get("/health"),
        Request::get("/health").without("host"),
        Request::get("/health").without("host").header("host", "evil.example"),
        Request::get("/health").header("origin", "https://evil.example"),
        Request::get("/health").bearer("nonsense"),
    ];
    for request in requests {
        let reply = connector.send(&request).await;
        assert_eq!(reply.status, 200, "{request:?}");
        assert_eq!(reply.json()["status"], "ok");
        assert_eq!(reply.json()["connector"], "sharepoint");
    }
    connector.finish().await;
}

#[tokio::test]
async fn a_server_that_is_told_to_stop_finishes_what_it_began() {
    let company = Company::start().await;
    let mut connector = Connector::server(&company).await;
    company.graph.fault(Fault::once(FaultKind::Slow(1_500)).on(Id::SearchQuery));
    let request =
        connector.person("ann").tool_request("sharepoint_search", &json!({"query": "budget"}));
    let (address, bytes) = (connector.address(), request.bytes());
    let call = tokio::spawn(async move { exchange(address, &bytes).await });
    until("Graph was asked", || (company.graph_requests() > 0).then_some(())).await;

    let pid = Pid::from_raw(i32::try_from(connector.pid()).unwrap()).unwrap();
    kill_process(pid, Signal::TERM).unwrap();
    connector.logged("stopping", 1).await;
    assert!(TcpStream::connect(address).await.is_err(), "it takes new connections");

    let reply = call.await.unwrap();
    assert_eq!(reply.status, 200, "{}", reply.text());
    assert!(reply.text().contains("Budget 2027"), "{}", reply.text());
    assert_eq!(connector.ended().await.code(), Some(0));
    assert_eq!(connector.audit().len(), 1);
    connector.finish().await;
}

#[tokio::test]
async fn two_megabytes_are_too_much_for_both_flavours() {
    let company = Company::start().await;
    for flavour in [Flavour::Function, Flavour::Server] {
        let connector = Connector::start(&company, flavour, |environment| environment).await;
        let ann = connector.person("ann");
        let request = ann.request("tools/list", &json!({"filler": "x".repeat(2_000_000)}));
        assert_eq!(connector.send(&request).await.status, 413, "{flavour:?}");
        assert_eq!(ann.send("tools/list", &json!({})).await.status, 200, "{flavour:?}");
        connector.finish().await;
    }
}

#[tokio::test]
async fn an_answer_that_the_load_balancer_would_not_carry_is_replaced() {
    let company = Company::start().await;
    let connector = Connector::function(&company).await;
    let ann = connector.person("ann");
    // Half a megabyte of quotes as the id of a message doubles on its way back, and doubles again.
    let id = "\"".repeat(400_000);
    let message = json!({"jsonrpc": "2.0", "id": id, "method": "tools/list", "params": {}});
    let reply = connector.send(&Request::post(&message).bearer(ann.token())).await;
    assert_ne!(reply.status, 502, "the load balancer refused the function's answer");
    assert!(reply.status >= 400 && reply.json()["error"].is_object(), "{}", reply.status);
    assert_eq!(ann.send("tools/list", &json!({})).await.status, 200);
    connector.finish().await;
}

#[tokio::test]
async fn large_answers_are_packed_for_whoever_takes_them_so() {
    let company = Company::start().await;
    let connector = Connector::function(&company).await;
    let ann = connector.person("ann");
    let query = json!({"target": "https://harbourlight.sharepoint.com/sites/Finance/Shared Documents/Invoices 2026"});
    let plain = connector.send(&ann.tool_request("sharepoint_browse", &query)).await;
    let packed = ann.tool_request("sharepoint_browse", &query).header("accept-encoding", "gzip");
    let packed = connector.send(&packed).await;
    assert_eq!((plain.status, packed.status), (200, 200));
    assert_eq!(packed.header("content-encoding"), Some("gzip"));
    assert!(packed.body.len() * 3 < plain.body.len(), "{} {}", packed.body.len(), plain.body.len());
    connector.finish().await;
}

#[tokio::test]
async fn on_a_laptop_one_token_serves_without_sign_in_and_is_on_record_as_such() {
    let company = Company::start().await;
    let connector = Connector::server(&company).await;
    connector.person("ann").search("budget").await.items();
    connector.finish().await;
    let token = company.graph_tokens().pop_first().unwrap();
    let exchanges = company.exchanges();

    let connector = Connector::start(&company, Flavour::Server, |environment| {
        environment.with("ENABLE_OAUTH", "false").with("GRAPH_DEBUG_TOKEN", &token)
    })
    .await;
    let request =
        connector.person("bob").tool_request("sharepoint_search", &json!({"query": "budget"}));
    let reply = connector.send(&request.without("authorization")).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    assert!(reply.text().contains("Budget 2027"), "the token is ann's");
    let record = connector.last_record();
    assert_eq!(record["debug_caller"], true, "{record}");
    assert_eq!(record["caller"]["oid"], "debug", "{record}");
    assert_eq!(company.exchanges(), exchanges);
    let foreign = Request::post(&json!({})).without("host").header("host", "evil.example");
    assert_eq!(connector.send(&foreign).await.status, 403, "another host's name");
    connector.finish().await;

    let connector = Connector::start(&company, Flavour::Server, |environment| {
        environment.with("ENABLE_OAUTH", "false").with("GRAPH_DEBUG_TOKEN", "canary-old-token")
    })
    .await;
    company.canaries.plant("canary-old-token");
    assert_eq!(connector.person("bob").search("budget").await.code(), "debug_token_refused");
    connector.finish().await;
}
