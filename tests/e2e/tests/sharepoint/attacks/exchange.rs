//! Rows about the exchange on behalf of a person, and about what is kept of it.

use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use e2e::{AwsStub, Company, Connector, Environment, Flavour, NAME};
use serde_json::{Value, json};
use stand_ins::entra::{Answer, Fault, Grant, TokenSpec};
use stand_ins::graph::{Fault as GraphFault, FaultKind, Id};
use tokio::task::JoinSet;

use super::with_token;

const TABLE: &str = "token-cache";

fn exchange(answer: Answer) -> Fault {
    Fault::new(answer).grant(Grant::OnBehalfOf)
}

fn refusal(code: u32, claims: Option<&str>, description: Option<&str>) -> Fault {
    exchange(Answer::Aadsts {
        code,
        claims: claims.map(str::to_owned),
        suberror: None,
        error: None,
        description: description.map(str::to_owned),
    })
}

/// Tokens in a table, the rest in memory.
fn in_a_table(environment: Environment, aws: &AwsStub) -> Environment {
    let environment = aws.environment(environment);
    environment.with("CACHE_TYPE", "dynamodb").with("CACHE_DYNAMODB_TABLE_NAME", TABLE)
}

#[tokio::test]
async fn row_45_a_kept_token_serves_its_own_bearer_only() {
    let company = Company::start().await;
    let connector = Connector::server(&company).await;
    let ann = connector.person("ann");
    for _ in 0..3 {
        assert!(ann.search("budget").await.titles().contains(&"Budget 2027.xlsx".to_owned()));
    }
    assert_eq!(company.exchanges(), 1, "the same bearer");
    let bob = connector.person("bob").search("budget").await;
    assert!(!bob.titles().contains(&"Budget 2027.xlsx".to_owned()));
    assert_eq!(company.exchanges(), 2, "another person");
    let elsewhere = company.mint(&TokenSpec::new("ann", NAME).client("teams"));
    assert_eq!(connector.bearer(elsewhere).search("budget").await.status(), 200);
    assert_eq!(company.exchanges(), 3, "another client of the same person");
    assert_eq!(company.graph_tokens().len(), 3);
    connector.finish().await;
}

#[tokio::test]
async fn row_46_and_47_what_was_planted_in_the_cache_opens_for_nobody() {
    let company = Company::start().await;
    let aws = AwsStub::start().await;
    let start = |company| Connector::start(company, Flavour::Server, |env| in_a_table(env, &aws));
    let connector = start(&company).await;
    let (ann, bob) = (company.token("ann"), company.token("bob"));
    connector.bearer(ann.clone()).search("budget").await.items();
    let (ann_key, ann_item) = aws.items(TABLE).pop_first().expect("a kept token");
    connector.bearer(bob.clone()).search("budget").await.items();
    let mut items = aws.items(TABLE);
    items.remove(&ann_key);
    let (bob_key, bob_item) = items.pop_first().expect("another kept token");
    connector.finish().await;

    let stolen = |item: &Value, key: &str| {
        let mut item = item.clone();
        item["pk"] = json!({"S": key});
        item
    };
    let mut longer = bob_item.clone();
    longer["ttl"] = json!({"N": "4102444800"});
    let plain = json!({"pk": {"S": bob_key}, "ttl": {"N": "4102444800"},
        "v": {"S": company.graph_tokens().pop_first().unwrap()}});
    let mut cut = bob_item.clone();
    cut["v"] = json!({"B": BASE64_STANDARD.encode(b"v0|k1|not-sealed")});
    for (what, item) in [
        ("another person's item", stolen(&ann_item, &bob_key)),
        ("a later end", longer),
        ("a token in plain text", plain),
        ("an older format", cut),
    ] {
        aws.plant(TABLE, item);
        let before = company.exchanges();
        // A new process: nothing is in its memory.
        let connector = start(&company).await;
        let found = connector.bearer(bob.clone()).search("budget").await;
        assert!(!found.titles().contains(&"Budget 2027.xlsx".to_owned()), "{what}");
        assert_eq!(company.exchanges(), before + 1, "{what} was taken");
        connector.logged("cache_item_refused", 1).await;
        connector.finish().await;
    }
}

#[tokio::test]
async fn a_kept_token_serves_the_next_process_and_is_never_readable() {
    let company = Company::start().await;
    let aws = AwsStub::start().await;
    let token = company.token("ann");
    for _ in 0..2 {
        let connector =
            Connector::start(&company, Flavour::Function, |env| in_a_table(env, &aws)).await;
        connector.bearer(token.clone()).search("budget").await.items();
        connector.finish().await;
    }
    assert_eq!(company.exchanges(), 1);
    for (operation, body) in aws.requests() {
        company.canaries.check_store(&body);
        assert!(
            ["GetItem", "PutItem", "BatchGetItem"].contains(&operation.as_str()),
            "{operation}"
        );
    }
    for item in aws.items(TABLE).values() {
        let sealed = item["v"]["B"].as_str().expect("sealed bytes");
        let bytes = BASE64_STANDARD.decode(sealed).unwrap();
        company.canaries.check_store(&String::from_utf8_lossy(&bytes));
    }
}

#[tokio::test]
async fn row_50_answers_that_are_no_token_are_refused_and_not_kept() {
    let company = Company::start().await;
    let connector = Connector::server(&company).await;
    for answer in [
        Answer::ExpiresIn { value: json!(0) },
        Answer::ExpiresIn { value: json!(-1) },
        Answer::ExpiresIn { value: json!("abc") },
        Answer::ExpiresIn { value: Value::Null },
        Answer::Html,
        Answer::Huge { bytes: 2 << 20 },
    ] {
        company.entra.fault(exchange(answer.clone()));
        let ann = connector.person("ann");
        let reply = ann.search("budget").await.reply;
        assert_eq!(reply.status, 502, "{answer:?}: {}", reply.text());
        assert_eq!(connector.last_record()["status"], 502);
        company.entra.clear_faults();
        // A right answer is asked for at once: the wrong one left nothing behind but, perhaps,
        // a memory of the refusal for this very bearer.
        assert!(!connector.person("ann").search("budget").await.titles().is_empty());
    }
    connector.finish().await;
}

#[tokio::test]
async fn row_51_a_token_with_fewer_scopes_is_not_used() {
    let company = Company::start().await;
    let connector = Connector::server(&company).await;
    let scope = "https://graph.microsoft.com/User.Read".to_owned();
    company.entra.fault(exchange(Answer::Scope { scope }));
    let answer = connector.person("ann").search("budget").await;
    assert_eq!(answer.code(), "scope_missing");
    assert_eq!(company.graph_requests(), 0);
    connector.finish().await;
}

#[tokio::test]
async fn row_52_a_refused_secret_of_ours_is_not_the_persons_matter() {
    let company = Company::start().await;
    let connector = Connector::start(&company, Flavour::Function, |environment| {
        environment.with("MCP_SERVER_AZURE_CLIENT_SECRET", "canary-wrong-secret")
    })
    .await;
    company.canaries.plant("canary-wrong-secret");
    let first = connector.person("ann").search("budget").await.reply;
    assert_eq!(first.status, 503, "{}", first.text());
    assert!(first.retry_after_s().is_some());
    assert!(!first.text().contains("canary") && !first.text().contains("AADSTS"));
    let asked = company.exchanges();
    // The breaker is open: another person is told so without a question to Entra.
    assert_eq!(connector.person("bob").search("budget").await.status(), 503);
    assert_eq!(company.exchanges(), asked);
    connector.finish().await;
}

#[tokio::test]
async fn row_53_hostile_claims_stay_within_their_header() {
    let company = Company::start().await;
    let connector = Connector::server(&company).await;
    let long = format!("{{\"a\":\"{}\"}}", "x".repeat(20_000));
    let all = [
        "{\"access_token\":{\"a\":\"\\r\\nx-injected: 1\"}}",
        "{\"access_token\":\r\nx-injected: 1}",
        "\", error=\"none",
        "not json",
        &long,
    ];
    for (place, claims) in all.into_iter().enumerate() {
        company.entra.clear_faults();
        company.entra.fault(refusal(50076, Some(claims), None));
        let client = format!("f0000000-0000-4000-8000-{place:012}");
        let spec = TokenSpec::new("ann", NAME).claim("xms_cc", json!(["cp1"])).claim("azp", client);
        let reply = connector.send(&with_token(company.mint(&spec))).await;
        assert!([200, 401].contains(&reply.status), "{claims}: {}", reply.status);
        assert!(reply.header("x-injected").is_none());
        assert!(reply.challenge().len() <= 1024, "{}", reply.challenge().len());
        if let Some((_, rest)) = reply.challenge().split_once("claims=\"") {
            let encoded = rest.split('"').next().unwrap();
            let decoded = BASE64_STANDARD.decode(encoded).expect("base64");
            assert!(serde_json::from_slice::<Value>(&decoded).is_ok(), "{claims}");
        }
    }
    connector.finish().await;
}

#[tokio::test]
async fn row_54_what_entra_writes_is_neither_passed_on_nor_logged() {
    let company = Company::start().await;
    let connector = Connector::function(&company).await;
    let leak = "eyJhbGciOiJub25lIn0.canary-in-a-description.c2ln";
    company.canaries.plant_token(leak);
    company.canaries.plant("canary-in-a-description");
    for code in [65001, 50013, 90033, 7_000_215, 70011] {
        company.entra.clear_faults();
        company.entra.fault(refusal(code, None, Some(leak)));
        let reply = connector.person("ann").search("budget").await.reply;
        assert!(!reply.text().contains("canary"), "{code}: {}", reply.text());
        assert!(!reply.challenge().contains("canary"), "{code}");
    }
    connector.finish().await;
}

#[tokio::test]
async fn row_55_one_persons_throttling_is_not_anothers() {
    let company = Company::start().await;
    let connector = Connector::server(&company).await;
    // Entra's word for "this person asks too much", without the tenant's number.
    company.entra.fault(
        exchange(Answer::Aadsts {
            code: 90033,
            claims: None,
            suberror: None,
            error: Some("temporarily_unavailable".to_owned()),
            description: None,
        })
        .person("ann"),
    );
    let ann = connector.person("ann").search("budget").await.reply;
    assert_eq!(ann.status, 503, "{}", ann.text());
    assert!(ann.retry_after_s().is_some());
    assert!(!connector.person("bob").search("budget").await.titles().is_empty());
    connector.finish().await;
}

#[tokio::test]
async fn row_56_a_hundred_first_calls_make_one_exchange() {
    let company = Company::start().await;
    let connector = Connector::start(&company, Flavour::Server, |environment| {
        environment.with("MCP_SERVER_RATE_LIMIT_RPM", "0")
    })
    .await;
    company.entra.fault(exchange(Answer::Slow { ms: 300 }));
    let request = connector.person("ann").tool_request("sharepoint_labels", &json!({})).bytes();
    let mut calls = JoinSet::new();
    for _ in 0..100 {
        let (address, request) = (connector.address(), request.clone());
        calls.spawn(async move { e2e::exchange(address, &request).await.status });
    }
    let statuses = calls.join_all().await;
    assert!(statuses.iter().all(|status| *status == 200), "{statuses:?}");
    assert_eq!(company.exchanges(), 1);
    connector.finish().await;
}

#[tokio::test]
async fn row_57_a_loop_is_left_alone_for_a_minute() {
    let company = Company::start().await;
    let connector = Connector::server(&company).await;
    company.entra.fault(refusal(50196, None, None));
    let ann = connector.person("ann");
    for _ in 0..3 {
        let reply = ann.search("budget").await.reply;
        assert_eq!(reply.status, 429, "{}", reply.text());
        assert!((1..=60).contains(&reply.retry_after_s().unwrap()));
    }
    assert_eq!(company.exchanges(), 1);
    connector.finish().await;
}

#[tokio::test]
async fn row_58_graph_that_wants_claims_again_and_again_is_asked_twice() {
    let company = Company::start().await;
    let connector = Connector::server(&company).await;
    let claims = json!({"access_token": {"nbf": {"essential": true, "value": "1700000000"}}});
    let fault = || GraphFault::once(FaultKind::InsufficientClaims(claims.clone()));
    company.graph_challenges_everybody();
    company.graph.fault(fault().on(Id::SearchQuery));
    let once = connector.person("ann").search("budget").await;
    assert!(!once.titles().is_empty(), "a renewed token is enough");
    assert_eq!(company.exchanges(), 2);

    company.graph.fault(fault().times(1_000));
    let understands = TokenSpec::new("bob", NAME).claim("xms_cc", json!(["cp1"]));
    let before = company.exchanges();
    let reply = connector.send(&with_token(company.mint(&understands))).await;
    assert!(company.exchanges() - before <= 2, "{}", company.exchanges() - before);
    assert_eq!(reply.status, 401, "{}", reply.text());
    let challenge = reply.challenge().to_owned();
    assert!(challenge.contains("error=\"insufficient_claims\""), "{challenge}");
    let encoded = challenge.split_once("claims=\"").unwrap().1.split('"').next().unwrap();
    let told: Value = serde_json::from_slice(&BASE64_STANDARD.decode(encoded).unwrap()).unwrap();
    assert_eq!(told, claims);
    assert_eq!(connector.last_record()["status"], 401);

    // A client that does not understand a challenge is told in words.
    let before = company.exchanges();
    let answer = connector.person("carla").search("budget").await;
    assert!(company.exchanges() - before <= 2);
    assert_eq!(answer.code(), "sign_in_required");
    connector.finish().await;
}

#[tokio::test]
async fn row_59_a_redirect_never_carries_the_bearer_away() {
    let company = Company::start().await;
    let connector = Connector::server(&company).await;
    let trap = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let trap_url = format!("http://{}/v1.0/search/query", trap.local_addr().unwrap());
    for to in
        [trap_url.as_str(), "https://evil.example/v1.0", "//evil.example/", "file:///etc/passwd"]
    {
        company
            .graph
            .fault(GraphFault::once(FaultKind::Redirect(to.to_owned())).on(Id::SearchQuery));
        let answer = connector.person("ann").search("budget").await;
        assert_eq!(answer.code(), "upstream_unavailable", "{to}");
        assert!(!answer.text().contains("evil"), "{}", answer.text());
    }
    // The exchange does not follow either.
    company.entra.fault(exchange(Answer::Redirect { location: trap_url }));
    let status = connector.person("bob").search("budget").await.status();
    assert_eq!(status, 502);
    let visit = tokio::time::timeout(Duration::ZERO, trap.accept()).await;
    assert!(visit.is_err(), "somebody came to the foreign host");
    connector.finish().await;
}

#[tokio::test]
async fn a_slow_entra_is_waited_for_and_a_silent_one_is_not() {
    let company = Company::start().await;
    let connector = Connector::function(&company).await;
    company.entra.fault(exchange(Answer::Slow { ms: 1_500 }).times(1));
    assert!(!connector.person("ann").search("budget").await.titles().is_empty());
    company.entra.fault(exchange(Answer::Hang));
    let started = Instant::now();
    let reply = connector.person("bob").search("budget").await.reply;
    assert_eq!(reply.status, 503, "{}", reply.text());
    assert!(started.elapsed() < Duration::from_secs(15), "{:?}", started.elapsed());
    assert_eq!(connector.last_record()["status"], 503);
    connector.finish().await;
}
