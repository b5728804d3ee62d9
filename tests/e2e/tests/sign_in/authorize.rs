//! What a client has to ask for, and what it hears when it asks for something else.

use e2e::{Company, own_server};

use crate::own_client::{OwnClient, REDIRECT, STATE, in_query};
use crate::seen::Seen;

/// The error with which the browser is sent back to the client.
async fn told(client: &OwnClient, address: &str) -> String {
    let landed = Seen::at(address).await.location();
    assert!(landed.as_str().starts_with(REDIRECT), "{landed}");
    assert_eq!(in_query(&landed, "iss").as_deref(), Some(client.issuer()));
    assert_eq!(in_query(&landed, "state").as_deref(), Some(STATE));
    in_query(&landed, "error").unwrap()
}

#[tokio::test]
async fn row_64_without_a_proof_key_of_s256_nobody_is_asked() {
    let company = Company::start().await;
    let connector = own_server(&company, |usual| usual).await;
    let client = OwnClient::register(&connector, REDIRECT).await;
    let (short, long) = ("a".repeat(42), "a".repeat(44));
    let strange = format!("{}=", "a".repeat(42));
    for changes in [
        vec![("code_challenge", ""), ("code_challenge_method", "")],
        vec![("code_challenge", "")],
        vec![("code_challenge_method", "")],
        vec![("code_challenge_method", "plain")],
        vec![("code_challenge_method", "s256")],
        vec![("code_challenge", short.as_str())],
        vec![("code_challenge", long.as_str())],
        vec![("code_challenge", strange.as_str())],
    ] {
        let address = client.authorize_with(&changes);
        assert_eq!(told(&client, address.as_str()).await, "invalid_request", "{changes:?}");
    }
    connector.finish().await;
}

#[tokio::test]
async fn row_67_only_our_resource_may_be_asked_for_or_none_be_named() {
    let company = Company::start().await;
    let connector = own_server(&company, |usual| usual).await;
    let client = OwnClient::register(&connector, REDIRECT).await;
    let issuer = client.issuer().to_owned();
    for other in [
        "https://other.example/mcp".to_owned(),
        format!("{issuer}/mcp?a=1"),
        format!("{issuer}/mcp/"),
        format!("{issuer}/mcp#x"),
        format!("{issuer}/MCP"),
        issuer,
    ] {
        let address = client.authorize_with(&[("resource", &other)]);
        assert_eq!(told(&client, address.as_str()).await, "invalid_target", "{other}");
    }
    let usual = client.authorize_with(&[]);
    let twice = format!("{usual}&resource={}/mcp", client.issuer());
    assert_eq!(told(&client, &twice).await, "invalid_target");
    let none = client.authorize_with(&[("resource", "")]);
    assert!(Seen::at(none.as_str()).await.location().path().ends_with("/oauth/consent"));
    connector.finish().await;
}

#[tokio::test]
async fn what_this_server_does_not_do_is_named_in_the_words_of_the_specification() {
    let company = Company::start().await;
    let connector = own_server(&company, |usual| usual).await;
    let client = OwnClient::register(&connector, REDIRECT).await;
    for (changes, error) in [
        (("response_type", "token"), "unsupported_response_type"),
        (("response_type", ""), "invalid_request"),
        (("response_mode", "fragment"), "invalid_request"),
        (("request", "e30.e30."), "invalid_request"),
        (("request_uri", "https://evil.example/request"), "invalid_request"),
        (("scope", "access admin"), "invalid_scope"),
    ] {
        let address = client.authorize_with(&[changes]);
        assert_eq!(told(&client, address.as_str()).await, error, "{changes:?}");
    }
    let twice = format!("{}&code_challenge=x", client.authorize_with(&[]));
    assert_eq!(told(&client, &twice).await, "invalid_request");
    assert_eq!(company.sign_in_requests(), 0);
    connector.finish().await;
}
