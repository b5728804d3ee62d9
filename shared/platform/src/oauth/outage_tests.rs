//! Row 94: the store is down while people sign in and work. Everybody is told to come again later,
//! nobody to sign in again, and nothing is used up by it.

use ::http::{StatusCode, header};
use axum::Router;
use axum::response::Response;
use tokio::net::TcpListener;

use super::test_server::{Browser, TestServer, parameter, posted, request};
use super::{AuthorizationServer, registration, revoke, token};
use crate::aws::Aws;
use crate::config::Vars;
use crate::edge::SignedIn;
use crate::http_client::HttpClient;
use crate::identity::Bearer;
use crate::store::{Store, Table};

/// A DynamoDB that answers everything with a fault of its own.
async fn broken_table(test: &TestServer) -> Store {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let app = Router::new().fallback(|| async { (StatusCode::INTERNAL_SERVER_ERROR, "{}") });
    tokio::spawn(async move { axum::serve(listener, app).await });
    let vars = Vars::from_pairs([
        ("AWS_REGION", "eu-central-1"),
        ("AWS_ENDPOINT_URL", address.as_str()),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
    ]);
    let aws = Aws::from_vars(&vars, &HttpClient::new().unwrap()).unwrap();
    Store::Dynamodb(Table::new(aws.dynamodb(), "table", test.clock.clone()))
}

#[track_caller]
fn says_later(response: &Response, what: &str) {
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE, "{what}");
    assert!(response.headers().contains_key(header::RETRY_AFTER), "{what}");
    assert!(!response.headers().contains_key(header::SET_COOKIE), "{what}");
}

/// A code for the client, by a whole sign-in.
async fn code(test: &TestServer) -> String {
    let mut browser = Browser::default();
    let state = parameter(&browser.agree(test).await, "state");
    test.entra_signs_in(&[]);
    let query = format!("code=entra-code&state={state}");
    browser.callback(test, &query).await.told()["code"].clone()
}

#[tokio::test]
async fn row_94_a_store_that_is_down_sends_nobody_to_sign_in_again() {
    let mut test = TestServer::start().await;
    let given = test.exchange(&code(&test).await).await;
    let given: serde_json::Value = serde_json::from_str(&given.text).unwrap();
    let [access, refresh] = ["access_token", "refresh_token"].map(|n| given[n].as_str().unwrap());
    let waiting = code(&test).await;
    let mut asked = Browser::default();
    let address = asked.authorize(&test, &test.query(&[])).await.location().to_owned();
    let page = asked.consent_page(&test, &address).await;
    let (id, csrf) = (page.field("request"), page.field("csrf"));
    let form = [("request", id.as_str()), ("csrf", &csrf), ("decision", "allow")];
    let mut at_entra = Browser::default();
    let state = parameter(&at_entra.agree(&test).await, "state");
    let back = format!("code=entra-code&state={state}");

    let (store, keyring) = (broken_table(&test).await, test.server.keyring.clone());
    let down = AuthorizationServer::over(store, keyring, &test.entra);
    let well = std::mem::replace(&mut test.server, down);

    for (what, page) in [
        ("authorize", asked.authorize(&test, &test.query(&[])).await),
        ("consent", asked.consent_page(&test, &address).await),
        ("decision", asked.decide(&test, &form, &[]).await),
        ("callback", at_entra.callback(&test, &back).await),
        ("code", test.exchange(&waiting).await),
    ] {
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE, "{what}");
        assert!(page.headers.contains_key(header::RETRY_AFTER), "{what}");
        assert!(!page.headers.contains_key(header::SET_COOKIE), "{what} takes no cookie back");
    }
    let client = ("client_id", test.client_id.as_str());
    let again = [("grant_type", "refresh_token"), client, ("refresh_token", refresh)];
    says_later(&token::token(&test.server, &posted(&again)).await, "refresh");
    let gone = [client, ("token", refresh)];
    says_later(&revoke::revoke(&test.server, &posted(&gone)).await, "revocation");
    let mut new = posted(&[]);
    new.headers.insert(header::CONTENT_TYPE, "application/json".parse().unwrap());
    new.body = r#"{"redirect_uris":["http://localhost/cb"]}"#.into();
    says_later(&registration::register(&test.server, &new).await, "registration");
    let signed_in = SignedIn::Bearer { direct: None, proxy: Some(test.server.sessions.clone()) };
    let bearer = Bearer::from_token(access.as_bytes()).unwrap();
    let refused = signed_in.caller(Ok(bearer), &request("").in_flight).await.err().unwrap();
    assert_eq!(refused.refusal.status(), StatusCode::SERVICE_UNAVAILABLE);

    test.server = well;
    assert_eq!(asked.decide(&test, &form, &[]).await.status, StatusCode::OK);
    test.entra_signs_in(&[]);
    assert!(at_entra.callback(&test, &back).await.told().contains_key("code"));
    assert_eq!(test.exchange(&waiting).await.status, StatusCode::OK);
    let response = token::token(&test.server, &posted(&again)).await;
    assert_eq!(response.status(), StatusCode::OK, "the refresh token was not used up");
}
