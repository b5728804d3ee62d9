//! Tables that are down, a switch that is thrown, tokens that are kept nowhere, secrets that change.

use std::time::{Duration, Instant};

use e2e::{AwsStub, Company, Connector, Environment, Flavour, NAME, Trouble};
use jiff::Timestamp;
use serde_json::json;
use stand_ins::company::{CLIENT_SECRET, EXPIRED_CLIENT_SECRET, TENANT, person};
use stand_ins::entra::TokenSpec;

const TABLE: &str = "storage";

fn in_tables(environment: Environment, aws: &AwsStub) -> Environment {
    aws.environment(environment)
        .with("STORAGE_TYPE", "dynamodb")
        .with("STORAGE_DYNAMODB_TABLE_NAME", TABLE)
        .with("CACHE_TYPE", "dynamodb")
        .with("CACHE_DYNAMODB_TABLE_NAME", "tokens")
}

#[tokio::test]
async fn row_94_without_its_tables_the_connector_goes_on_alone() {
    let company = Company::start().await;
    for trouble in [
        Some(Trouble::Throttled),
        Some(Trouble::Broken),
        Some(Trouble::Denied),
        Some(Trouble::Hangs),
        None,
    ] {
        let aws = AwsStub::start().await;
        aws.trouble(trouble);
        let connector = Connector::start(&company, Flavour::Server, |environment| {
            let environment = in_tables(environment, &aws).with("MCP_SERVER_RATE_LIMIT_RPM", "3");
            match trouble {
                Some(_) => environment,
                // Nobody listens there.
                None => environment.with("AWS_ENDPOINT_URL", "http://127.0.0.1:1"),
            }
        })
        .await;
        let ann = connector.person("ann");
        for count in 1..=3 {
            let started = Instant::now();
            assert!(!ann.search("budget").await.items().is_empty(), "{trouble:?}, call {count}");
            let took = started.elapsed();
            assert!(took < Duration::from_secs(10), "{trouble:?}, call {count}: {took:?}");
        }
        // The limit is still the limit, kept by this process alone.
        assert_eq!(ann.search("budget").await.status(), 429, "{trouble:?}");
        connector.logged("limiter_degraded", 1).await;
        connector.logged_text("\"LimiterDegraded\"").await;
        connector.finish().await;
    }
}

#[tokio::test]
async fn without_a_cache_every_call_asks_and_no_token_is_kept() {
    let company = Company::start().await;
    let aws = AwsStub::start().await;
    let connector = Connector::start(&company, Flavour::Function, |environment| {
        in_tables(environment, &aws).with("CACHE_TYPE", "off")
    })
    .await;
    let ann = connector.person("ann");
    for count in 1..=3 {
        ann.search("budget").await.items();
        assert_eq!(company.exchanges(), count);
    }
    assert_eq!(company.graph_tokens().len(), 3);
    for (operation, body) in aws.requests() {
        company.canaries.check_store(&body);
        assert!(!body.contains("\"B#"), "{operation} {body}");
    }
    assert!(aws.items("tokens").is_empty());
    connector.finish().await;
}

#[tokio::test]
async fn row_97_a_person_who_is_switched_off_is_refused_and_recorded() {
    let company = Company::start().await;
    let aws = AwsStub::start().await;
    let now = Timestamp::now().as_second();
    let ann = person("ann").unwrap();
    aws.plant(
        TABLE,
        json!({
            "pk": {"S": format!("V#{TENANT}|{}", ann.oid)},
            "not_before": {"N": (now - 10).to_string()},
            "ttl": {"N": (now + 3600).to_string()},
        }),
    );
    let connector =
        Connector::start(&company, Flavour::Function, |environment| in_tables(environment, &aws))
            .await;
    let before = TokenSpec::new("ann", NAME).issued(-60).not_before(-60);
    let client = connector.bearer(company.mint(&before));
    for method in ["tools/list", "initialize"] {
        assert_eq!(client.send(method, &json!({})).await.status, 401, "{method}");
    }
    let reply = client.search("budget").await.reply;
    assert_eq!(reply.status, 401, "{}", reply.text());
    assert!(reply.challenge().contains("error=\"invalid_token\""));
    let record = connector.last_record();
    assert_eq!(record["outcome"], "refused_switched_off", "{record}");
    assert_eq!(record["caller"]["oid"], ann.oid);
    assert_eq!((company.exchanges(), company.graph_requests()), (0, 0));

    // A sign-in after that moment counts, and other people are not concerned.
    assert!(!connector.person("ann").search("budget").await.items().is_empty());
    assert!(!connector.person("bob").search("budget").await.items().is_empty());
    connector.finish().await;
}

#[tokio::test]
async fn row_96_a_secret_is_replaced_without_a_failed_call() {
    let company = Company::start().await;
    // Before, during and after: whichever of the two Entra takes, the person notices nothing.
    for (current, previous) in [
        (CLIENT_SECRET, Some(EXPIRED_CLIENT_SECRET)),
        (EXPIRED_CLIENT_SECRET, Some(CLIENT_SECRET)),
        ("a-secret-entra-never-knew", Some(CLIENT_SECRET)),
        (CLIENT_SECRET, None),
    ] {
        company.canaries.plant(current);
        let connector = Connector::start(&company, Flavour::Function, |environment| {
            let environment = environment.with("MCP_SERVER_AZURE_CLIENT_SECRET", current);
            match previous {
                Some(secret) => environment.with("MCP_SERVER_AZURE_CLIENT_SECRET_PREVIOUS", secret),
                None => environment,
            }
        })
        .await;
        for person in ["ann", "bob", "carla"] {
            let answer = connector.person(person).search("budget").await;
            assert!(!answer.items().is_empty(), "{person}");
        }
        connector.finish().await;
    }
}
