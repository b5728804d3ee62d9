//! A client's id may be the address of its document: what is read, and what is never asked for.

use std::time::{Duration, Instant};

use e2e::{Company, Connector, own_server};
use futures::future::join_all;
use serde_json::json;

use crate::documents::{DocumentHost, Published};
use crate::own_client::{OwnClient, REDIRECT, works};
use crate::seen::Seen;

async fn reads_documents_of<'a>(company: &'a Company, host: &DocumentHost) -> Connector<'a> {
    own_server(company, |usual| usual.with("MCP_SERVER_CIMD_HOSTS", host.authority())).await
}

/// What a person sees whom a client with this id sends.
async fn sent_by(connector: &Connector<'_>, client_id: &str) -> Seen {
    let client = OwnClient::known(connector, client_id, REDIRECT).await;
    Seen::at(client.authorize_with(&[]).as_str()).await
}

#[tokio::test]
async fn row_81_an_address_that_is_no_plain_one_of_a_named_host_is_not_asked_for() {
    let company = Company::start().await;
    let (named, internal) = (DocumentHost::start().await, DocumentHost::start().await);
    let connector = reads_documents_of(&company, &named).await;
    let port = named.authority().rsplit(':').next().unwrap().to_owned();
    let internal_port = internal.authority().rsplit(':').next().unwrap().to_owned();
    for id in [
        internal.client_id(),
        format!("https://{}/client.json", named.authority()),
        format!("http://127.0.0.1:{internal_port}/client.json"),
        format!("http://localhost:{port}/client.json"),
        format!("http://[::1]:{port}/client.json"),
        format!("http://2130706433:{port}/client.json"),
        format!("http://0x7f.1:{port}/client.json"),
        format!("http://127.1:{port}/client.json"),
        format!("http://[::ffff:127.0.0.1]:{port}/client.json"),
        format!("http://[64:ff9b::7f00:1]:{port}/client.json"),
        format!("http://[2002:7f00:1::]:{port}/client.json"),
        format!("http://user@{}/client.json", named.authority()),
        format!("http://{}@{}/client.json", named.authority(), internal.authority()),
        format!("http://{}/client.json#x", named.authority()),
        format!("http://{}/client.json?x=1", named.authority()),
        format!("http://{}/x/../client.json", named.authority()),
        format!("http://{}/%2e%2e/client.json", named.authority()),
        format!("http://{}/", named.authority()),
        "http://169.254.169.254/latest/meta-data".to_owned(),
        "http://10.0.0.1/client.json".to_owned(),
        "https://127.0.0.1:22/client.json".to_owned(),
        "ftp://127.0.0.1/client.json".to_owned(),
    ] {
        let seen = sent_by(&connector, &id).await;
        assert!(seen.is_dead_end(400), "{id}: {} {}", seen.status, seen.text);
        assert!(!seen.text.contains("client.json"), "{id} is repeated");
    }
    assert_eq!((named.requests().len(), internal.requests().len()), (0, 0));
    assert_eq!(sent_by(&connector, &named.client_id()).await.status, 302);
    connector.finish().await;
}

#[tokio::test]
async fn row_81_a_document_that_is_not_what_it_should_be_is_refused() {
    let company = Company::start().await;
    let (named, internal) = (DocumentHost::start().await, DocumentHost::start().await);
    let connector = reads_documents_of(&company, &named).await;
    let changed = |path: &str, name: &str, value: serde_json::Value| {
        let mut document = named.document(path);
        document[name] = value;
        named.publish(path, Published::Json(document))
    };
    let text = |path: &str| named.document(path).to_string().into_bytes();
    let plain = ("x-test", "1".to_owned());
    let to_internal = ("location", internal.client_id());
    let gzip = ("content-encoding", "gzip".to_owned());
    let html = ("content-type", "text/html".to_owned());
    for id in [
        named.publish("/moved", Published::Bytes(302, to_internal.clone(), Vec::new())),
        named.publish(
            "/moved-for-good",
            Published::Bytes(308, to_internal, text("/moved-for-good")),
        ),
        named.publish("/gzip", Published::Bytes(200, gzip, text("/gzip"))),
        named.publish("/html", Published::Bytes(200, html, text("/html"))),
        named.publish("/text", Published::Bytes(200, plain.clone(), b"no json".to_vec())),
        named.publish("/list", Published::Json(json!([named.document("/list")]))),
        named.address("/missing"),
        changed("/large", "client_name", "x".repeat(6 << 10).into()),
        changed("/other", "client_id", internal.client_id().into()),
        changed("/slash", "client_id", named.address("/slash/").into()),
        changed("/secret", "client_secret", "in-the-open".into()),
        changed("/method", "token_endpoint_auth_method", "client_secret_post".into()),
        changed("/places", "redirect_uris", json!(["https://evil.example/callback"])),
        changed("/scripts", "redirect_uris", json!(["javascript:alert(1)"])),
        changed("/grants", "grant_types", json!(["client_credentials"])),
    ] {
        let seen = sent_by(&connector, &id).await;
        assert!(seen.is_dead_end(400), "{id}: {} {}", seen.status, seen.text);
    }
    assert_eq!(internal.requests().len(), 0, "redirects are not followed");
    connector.finish().await;
}

#[tokio::test]
async fn row_81_a_host_that_never_answers_holds_nobody_for_long() {
    let company = Company::start().await;
    let named = DocumentHost::start().await;
    let connector = reads_documents_of(&company, &named).await;
    let silent = named.publish("/silent", Published::Nothing);
    let started = Instant::now();
    let all = join_all((0..4).map(|_| sent_by(&connector, &silent))).await;
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
    for seen in all {
        assert!(seen.is_dead_end(503), "{} {}", seen.status, seen.text);
        assert!(!seen.header("retry-after").is_empty());
    }
    assert_eq!(named.requests().len(), 1, "many who ask at once cause one fetch");
    assert_eq!(sent_by(&connector, &named.client_id()).await.status, 302, "others go on");
    connector.finish().await;
}

#[tokio::test]
async fn row_82_a_host_that_is_not_on_the_list_is_refused_in_plain_words() {
    let company = Company::start().await;
    let named = DocumentHost::start().await;
    let connector = reads_documents_of(&company, &named).await;
    let seen = sent_by(&connector, "https://not-on-the-list.example/client.json").await;
    assert!(seen.is_dead_end(400) && seen.text.contains("MCP_SERVER_CIMD_HOSTS"), "{}", seen.text);
    connector.finish().await;
    let connector = own_server(&company, |usual| usual.with("MCP_SERVER_CIMD_HOSTS", "none")).await;
    let seen = sent_by(&connector, &named.client_id()).await;
    assert!(seen.is_dead_end(400) && seen.text.contains("registration_endpoint"), "{}", seen.text);
    assert_eq!(named.requests().len(), 0);
    connector.finish().await;
}

#[tokio::test]
async fn a_documented_client_signs_people_in_and_its_document_is_read_once() {
    let company = Company::start().await;
    let named = DocumentHost::start().await;
    let connector = reads_documents_of(&company, &named).await;
    let client = OwnClient::known(&connector, &named.client_id(), REDIRECT).await;
    let tokens = client.sign_in("ann").await;
    assert!(works(&connector, &tokens).await);
    assert_eq!(named.requests(), ["/client.json"]);
    connector.finish().await;
}
