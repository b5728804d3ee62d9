use super::*;
use crate::oauth::test_server::{Browser, CHALLENGE, Page, REDIRECT, TestServer};

async fn ask(test: &TestServer, changed: &[(&str, &str)]) -> Page {
    Browser::default().authorize(test, &test.query(changed)).await
}

#[tokio::test]
async fn a_request_in_order_leads_to_the_consent_page() {
    let test = TestServer::start().await;
    for changed in [
        vec![],
        vec![("state", "")],
        vec![("scope", "")],
        vec![("scope", "openid  profile email offline_access access")],
        vec![("redirect_uri", "")],
        vec![("response_mode", "query"), ("prompt", "consent"), ("nonce", "n")],
    ] {
        let page = ask(&test, &changed).await;
        let location = page.location();
        assert!(
            location.starts_with("https://files.example.test/oauth/consent?request="),
            "{changed:?} {location}"
        );
        assert_eq!(page.headers["cache-control"], "no-store");
        assert_eq!(page.headers["referrer-policy"], "no-referrer");
    }
}

#[tokio::test]
async fn row_60_and_77_nobody_is_sent_to_an_address_that_is_not_the_clients() {
    let test = TestServer::start().await;
    for redirect_uri in [
        "https://evil.test/cb",
        "https://claude.ai.evil.test/api/mcp/auth_callback",
        "https://claude.ai/api/mcp/auth_callback/x",
        "https://claude.ai/api/../api/mcp/auth_callback",
        "https://claude.ai@evil.test/api/mcp/auth_callback",
        "HTTPS://claude.ai/api/mcp/auth_callback",
        "https://claude.ai:8443/api/mcp/auth_callback",
        "https://claude.ai/api/mcp/auth_callback#x",
        "javascript:alert(1)",
        "data:text/html,x",
    ] {
        // A mistake that would be told to the client must not be told there.
        for more in [("scope", "access"), ("scope", "admin"), ("state", "")] {
            let page = ask(&test, &[("redirect_uri", redirect_uri), more]).await;
            assert_eq!(page.status, StatusCode::BAD_REQUEST, "{redirect_uri}");
            assert!(!page.headers.contains_key("location"));
            assert!(!page.text.contains("evil") && !page.text.contains("href"), "{}", page.text);
        }
    }
}

#[tokio::test]
async fn an_unknown_client_is_a_page_that_says_what_to_do() {
    let test = TestServer::start().await;
    for id in ["nobody", " ", "<script>", &"x".repeat(4_000)] {
        let page = ask(&test, &[("client_id", id)]).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST);
        assert!(page.text.contains("connect it again") && page.text.contains("For the developer"));
        assert!(!page.text.contains("nobody") && !page.text.contains("<script"));
    }
    let twice = format!("{}&client_id=other", test.query(&[]));
    let page = Browser::default().authorize(&test, &twice).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    let twice = format!("{}&redirect_uri=https://evil.test/", test.query(&[]));
    let page = Browser::default().authorize(&test, &twice).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_mistake_is_told_to_the_client_with_state_and_iss() {
    let test = TestServer::start().await;
    for (name, value, error) in [
        ("response_type", "token", "unsupported_response_type"),
        ("response_type", "", "invalid_request"),
        ("response_mode", "fragment", "invalid_request"),
        ("response_mode", "form_post", "invalid_request"),
        ("request", "a.b.c", "invalid_request"),
        ("request_uri", "https://evil.test/r", "invalid_request"),
        ("scope", "access admin", "invalid_scope"),
        ("scope", "ACCESS", "invalid_scope"),
    ] {
        let page = ask(&test, &[(name, value)]).await;
        assert!(page.location().starts_with(REDIRECT), "{name}={value}");
        let told = page.told();
        assert_eq!(told["error"], error, "{name}={value}");
        assert_eq!(told["state"], "client-state");
        assert_eq!(told["iss"], "https://files.example.test");
        assert!(!told["error_description"].contains("evil"));
    }
}

#[tokio::test]
async fn row_64_only_a_challenge_of_s256_is_taken() {
    let test = TestServer::start().await;
    for (name, value) in [
        ("code_challenge", ""),
        ("code_challenge", CHALLENGE.strip_suffix('M').unwrap()),
        ("code_challenge", &format!("{CHALLENGE}A")),
        ("code_challenge", &CHALLENGE.replace('-', "+")),
        ("code_challenge_method", ""),
        ("code_challenge_method", "plain"),
        ("code_challenge_method", "s256"),
    ] {
        let page = ask(&test, &[(name, value)]).await;
        assert_eq!(page.told()["error"], "invalid_request", "{name}={value}");
    }
}

#[tokio::test]
async fn row_67_the_resource_is_ours_or_not_named() {
    let test = TestServer::start().await;
    assert_eq!(ask(&test, &[("resource", "")]).await.status, StatusCode::FOUND);
    for resource in [
        "https://other.example.test/mcp",
        "https://files.example.test/mcp/",
        "https://files.example.test",
        "https://files.example.test/mcp?x=1",
        "https://files.example.test/mcp#x",
        "https://FILES.example.test/mcp",
        "api://app",
    ] {
        let page = ask(&test, &[("resource", resource)]).await;
        assert_eq!(page.told()["error"], "invalid_target", "{resource}");
    }
    let twice = format!("{}&resource=https://files.example.test/mcp", test.query(&[]));
    let page = Browser::default().authorize(&test, &twice).await;
    assert_eq!(page.told()["error"], "invalid_target");
    let twice = format!("{}&scope=access", test.query(&[]));
    let page = Browser::default().authorize(&test, &twice).await;
    assert_eq!(page.told()["error"], "invalid_request");
}

#[tokio::test]
async fn a_state_that_is_too_long_is_not_given_back() {
    let test = TestServer::start().await;
    let page = ask(&test, &[("state", &"s".repeat(2_049))]).await;
    let told = page.told();
    assert_eq!(told["error"], "invalid_request");
    assert!(!told.contains_key("state"));
    assert_eq!(ask(&test, &[("state", &"s".repeat(2_048))]).await.told().len(), 1);
}
