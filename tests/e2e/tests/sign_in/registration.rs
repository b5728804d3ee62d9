//! A client that registers itself is anybody: what it may bring, and how often.

use e2e::{Company, Request, http, own_server};
use serde_json::{Value, json};

async fn register(endpoint: &str, body: String) -> (u16, Value) {
    let request = http().post(endpoint).header("content-type", "application/json").body(body);
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

#[tokio::test]
async fn row_80_whatever_is_asked_for_the_answer_is_a_public_client() {
    let company = Company::start().await;
    let connector = own_server(&company, |usual| usual).await;
    let endpoint = format!("{}/oauth/register", connector.environment.get("MCP_BASE_URL"));
    let asked = json!({
        "client_name": "An app",
        "redirect_uris": ["http://127.0.0.1/callback"],
        "token_endpoint_auth_method": "client_secret_basic",
        "client_secret": "chosen-by-the-client",
        "client_id": "chosen-by-the-client",
        "scope": "everything",
        "software_statement": "e30.e30.",
        "unknown": {"field": ["unknown-value"]},
    });
    let (status, client) = register(&endpoint, asked.to_string()).await;
    assert_eq!((status, &client["token_endpoint_auth_method"]), (201, &"none".into()), "{client}");
    assert_eq!(client["scope"], "access");
    for word in ["chosen-by-the-client", "unknown-value", "everything", "client_secret"] {
        assert!(!client.to_string().contains(word), "{word}: {client}");
    }
    connector.finish().await;
}

#[tokio::test]
async fn row_80_what_is_no_registration_or_too_much_is_refused() {
    let company = Company::start().await;
    let connector = own_server(&company, |usual| usual).await;
    let endpoint = format!("{}/oauth/register", connector.environment.get("MCP_BASE_URL"));
    let uris =
        |count: usize| json!({"redirect_uris": vec!["http://127.0.0.1/"; count]}).to_string();
    for (body, error) in [
        (uris(0), "invalid_redirect_uri"),
        (uris(11), "invalid_redirect_uri"),
        ("{".to_owned(), "invalid_client_metadata"),
        (json!(["http://127.0.0.1/"]).to_string(), "invalid_client_metadata"),
        (json!({"redirect_uris": "http://127.0.0.1/"}).to_string(), "invalid_client_metadata"),
        (
            json!({"redirect_uris": ["http://127.0.0.1/"], "grant_types": ["client_credentials"]})
                .to_string(),
            "invalid_client_metadata",
        ),
        (
            json!({"redirect_uris": ["https://not-on-the-list.example/"]}).to_string(),
            "invalid_redirect_uri",
        ),
    ] {
        let answer = register(&endpoint, body).await;
        crate::own_client::says(&answer, 400, error);
    }
    let json_type = ("content-type", "application/json");
    let post = Request::new("POST", "/oauth/register").header(json_type.0, json_type.1);
    for body in [uris(20_000), "x".repeat(9 << 20)] {
        assert_eq!(connector.send(&post.clone().body(body)).await.status, 413);
    }
    connector.finish().await;
}

#[tokio::test]
async fn row_80_a_flood_of_registrations_is_told_when_to_come_back() {
    let company = Company::start().await;
    let connector = own_server(&company, |usual| usual).await;
    let body = json!({"redirect_uris": ["http://127.0.0.1/"]}).to_string();
    let post = Request::new("POST", "/oauth/register").header("content-type", "application/json");
    let mut statuses = Vec::new();
    for number in 0..20 {
        // Whoever they say they are.
        let forwarded = format!("203.0.113.{number}");
        let request = post.clone().header("x-forwarded-for", forwarded).body(body.clone());
        let reply = connector.send(&request).await;
        if reply.status == 429 {
            assert!((1..=60).contains(&reply.retry_after_s().unwrap()));
        }
        statuses.push(reply.status);
    }
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 10, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 429).count(), 10, "{statuses:?}");
    connector.finish().await;
}
