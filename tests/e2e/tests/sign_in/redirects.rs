//! Nobody is sent to an address that is not the client's.

use e2e::{Company, Connector, http, own_server};
use serde_json::{Value, json};
use stand_ins::company::registration;

use crate::own_client::{OwnClient, REDIRECT, STATE, in_query};
use crate::seen::Seen;

const CLAUDE: &str = "https://claude.ai/api/mcp/auth_callback";

/// Whether this redirect URI is refused with a page, and nobody learns anything.
async fn is_refused(client: &OwnClient, redirect_uri: &str) -> bool {
    let address = client.authorize_with(&[("redirect_uri", redirect_uri)]);
    let seen = Seen::at(address.as_str()).await;
    assert!(redirect_uri.is_empty() || !seen.text.contains(redirect_uri), "it is repeated");
    seen.is_dead_end(400)
}

async fn registers(connector: &Connector<'_>, redirect_uri: &str) -> (u16, Value) {
    let endpoint = format!("{}/oauth/register", connector.environment.get("MCP_BASE_URL"));
    let request = http().post(endpoint).json(&json!({"redirect_uris": [redirect_uri]}));
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

#[tokio::test]
async fn row_60_an_address_that_only_looks_like_the_clients_is_refused() {
    let company = Company::start().await;
    let connector = own_server(&company, |usual| usual).await;
    let client = OwnClient::register(&connector, CLAUDE).await;
    for evil in [
        "https://evil.example/api/mcp/auth_callback",
        "https://claude.ai/api/mcp/auth_callback/more",
        "https://claude.ai/api/mcp/auth_callback?more=1",
        "https://claude.ai/api/mcp/x/../auth_callback",
        "https://claude.ai/api/mcp/%2e%2e/mcp/auth_callback",
        "https://claude.ai@evil.example/api/mcp/auth_callback",
        "https://claude.ai/api/mcp/auth_callback#fragment",
        "https://claude.ai\\@evil.example/api/mcp/auth_callback",
        "https://cl\u{430}ude.ai/api/mcp/auth_callback",
        "HTTPS://claude.ai/api/mcp/auth_callback",
        "https://CLAUDE.AI/api/mcp/auth_callback",
        "https://claude.ai:8443/api/mcp/auth_callback",
        "http://claude.ai/api/mcp/auth_callback",
        "https://claude.ai.evil.example/api/mcp/auth_callback",
        "//evil.example/api/mcp/auth_callback",
        "/api/mcp/auth_callback",
    ] {
        assert!(is_refused(&client, evil).await, "{evil}");
    }
    let right = Seen::at(client.authorize_with(&[]).as_str()).await;
    assert!(right.location().as_str().starts_with(client.issuer()));
    assert_eq!(company.sign_in_requests(), 0);
    connector.finish().await;
}

#[tokio::test]
async fn row_61_on_loopback_the_port_may_change_and_nothing_else() {
    let company = Company::start().await;
    let connector = own_server(&company, |usual| usual).await;
    let client = OwnClient::register(&connector, REDIRECT).await;
    for fine in ["http://127.0.0.1:1/callback", "http://127.0.0.1:65535/callback"] {
        let seen = Seen::at(client.authorize_with(&[("redirect_uri", fine)]).as_str()).await;
        assert!(seen.location().as_str().starts_with(client.issuer()), "{fine}");
    }
    for evil in [
        "http://127.0.0.2:33418/callback",
        "http://[::1]:33418/callback",
        "http://localhost:33418/callback",
        "http://localhost.evil.example/callback",
        "http://127.0.0.1.evil.example/callback",
        "http://localhost@evil.example/callback",
        "http://0x7f000001:33418/callback",
        "http://2130706433:33418/callback",
        "http://127.0.0.1:33418/callback/more",
        "https://127.0.0.1:33418/callback",
    ] {
        assert!(is_refused(&client, evil).await, "{evil}");
    }
    let six = OwnClient::register(&connector, "http://[::1]:1/callback").await;
    let other_port = six.authorize_with(&[("redirect_uri", "http://[::1]:9/callback")]);
    let seen = Seen::at(other_port.as_str()).await;
    assert!(seen.location().as_str().starts_with(six.issuer()));
    connector.finish().await;
}

#[tokio::test]
async fn row_62_schemes_that_run_or_read_something_are_refused() {
    let company = Company::start().await;
    let connector = own_server(&company, |usual| usual).await;
    let client = OwnClient::register(&connector, REDIRECT).await;
    for evil in [
        "javascript:alert(1)//http://127.0.0.1/",
        "data:text/html,<script>alert(1)</script>",
        "file:///etc/passwd",
        "vbscript:msgbox(1)",
        "blob:https://claude.ai/1",
    ] {
        assert!(is_refused(&client, evil).await, "{evil}");
        let (status, answer) = registers(&connector, evil).await;
        assert_eq!((status, &answer["error"]), (400, &"invalid_redirect_uri".into()), "{evil}");
        assert!(!answer.to_string().contains(evil), "{answer}");
    }
    connector.finish().await;
}

#[tokio::test]
async fn row_63_the_id_of_our_own_registration_opens_no_other_address() {
    let company = Company::start().await;
    let connector = own_server(&company, |usual| usual).await;
    let client = OwnClient::known(&connector, registration("sharepoint").unwrap(), CLAUDE).await;
    assert!(is_refused(&client, "https://evil.example/callback").await);
    assert!(is_refused(&client, "").await, "which address is meant?");
    let right = Seen::at(client.authorize_with(&[]).as_str()).await;
    assert!(right.location().as_str().starts_with(client.issuer()));
    connector.finish().await;
}

#[tokio::test]
async fn row_77_a_mistake_is_told_to_a_checked_address_only() {
    let company = Company::start().await;
    let connector = own_server(&company, |usual| usual).await;
    let client = OwnClient::register(&connector, REDIRECT).await;
    let evil = ("redirect_uri", "https://evil.example/callback");
    let unknown = ("client_id", "nobody-registered-this");
    for changes in [
        vec![evil, ("response_type", "token")],
        vec![evil, ("scope", "everything")],
        vec![unknown],
        vec![unknown, evil],
        vec![("client_id", "")],
    ] {
        let seen = Seen::at(client.authorize_with(&changes).as_str()).await;
        assert!(seen.is_dead_end(400), "{changes:?}");
    }
    let twice = format!("{}&redirect_uri=https://evil.example/", client.authorize_with(&[]));
    assert!(Seen::at(&twice).await.is_dead_end(400));
    // What comes back with the error adds no header, no parameter and no fragment.
    let hostile = "a&code=planted\r\nset-cookie: x=y#";
    let address = client.authorize_with(&[("response_type", "token"), ("state", hostile)]);
    let landed = Seen::at(address.as_str()).await.location();
    assert!(landed.as_str().starts_with(&format!("{REDIRECT}?error=unsupported_response_type&")));
    assert_eq!(in_query(&landed, "state").as_deref(), Some(hostile));
    assert!(in_query(&landed, "code").is_none() && landed.fragment().is_none(), "{landed}");
    connector.finish().await;
}

#[tokio::test]
async fn row_79_an_answer_has_one_iss_whatever_the_address_says() {
    let company = Company::start().await;
    let connector = own_server(&company, |usual| usual).await;
    let planted = format!("{REDIRECT}?iss=https://evil.example&code=planted&kept=1");
    let client = OwnClient::register(&connector, &planted).await;
    let mut browser = e2e::browser(&[REDIRECT]);
    let address = client.authorize_with(&[]);
    let landed = browser.sign_in(address.as_str(), "ann").await.unwrap();
    let names: Vec<_> = landed.query_pairs().map(|(name, _)| name.into_owned()).collect();
    assert_eq!(names, ["kept", "code", "state", "iss"], "{landed}");
    let code = client.code_of(&landed, STATE);
    assert_eq!(client.exchange(&code, &[]).await.0, 200);
    // The same for an error.
    let denied = client.authorize_with(&[("scope", "everything")]);
    let landed = Seen::at(denied.as_str()).await.location();
    assert_eq!(landed.query_pairs().filter(|(name, _)| name == "iss").count(), 1);
    assert_eq!(in_query(&landed, "iss").as_deref(), Some(client.issuer()));
    connector.finish().await;
}
