//! Row 90: what this room writes to the log holds no token, secret, code or description.

use std::sync::Arc;

use serde_json::json;

use super::test_entra::{OID, Reply, TestEntra, bearer, header, signed};
use super::{
    ClientCredentials, Credential, OnBehalfOf, ScopeSet, TokenEndpoint, TokenEndpointLimits,
};
use crate::clock::Clock;
use crate::config::{LiveSecret, Vars};
use crate::http_client::HttpClient;
use crate::telemetry::tests::{Page, assert_documented};
use crate::telemetry::{LogFilter, subscriber};
use crate::usage::Usage;

/// Tells the process that does the work from the one that starts it.
const ALONE: &str = "IDENTITY_LOG_TEST_ALONE";

#[tokio::test]
async fn row_90_no_secret_reaches_the_log() {
    if Vars::of_process().get(ALONE).is_some() {
        return check_the_log().await;
    }
    // A subscriber of one thread sees nothing reliably while other tests use the same events.
    let alone = tokio::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "identity::log_tests::row_90_no_secret_reaches_the_log"])
        .env(ALONE, "yes")
        .output()
        .await
        .unwrap();
    let printed = String::from_utf8_lossy(&alone.stdout);
    assert!(alone.status.success() && printed.contains("1 passed"), "{printed}");
}

async fn check_the_log() {
    let page = Page::default();
    let vars = Vars::from_pairs([("LOG_LEVEL", "trace")]);
    let filter = LogFilter::from_vars(&vars, "sharepoint").unwrap();
    let subscriber = subscriber(&page.lines(), &Clock::System, filter);
    let _guard = tracing::subscriber::set_default(subscriber);

    let entra = TestEntra::start().await;
    let verifier = entra.verifier();
    let token = entra.token();
    let caller = verifier.verify(&token).await.unwrap();
    let forged = bearer(&format!("{}AAAA", token.expose()));
    assert!(verifier.verify(&forged).await.is_err());
    let mut claims = entra.claims();
    claims["scp"] = json!("canary-scope");
    let narrow = bearer(&signed(&header(), &claims));
    assert!(verifier.verify(&narrow).await.is_err());

    let secret = |text: &str| Credential::Secret(LiveSecret::fixed(text));
    let obo = OnBehalfOf::new(Arc::new(TokenEndpoint::new(
        Arc::new(entra.settings.clone()),
        ClientCredentials::new(secret("canary-one"), [secret("canary-two")]),
        HttpClient::new().unwrap(),
        entra.clock.clone(),
        TokenEndpointLimits::default(),
    )));
    let scopes = ScopeSet::new(["Files.Read.All".to_owned()]);
    let ask = async |reply: Reply| {
        entra.reply(reply);
        let usage = Usage::default();
        obo.exchange(&caller, &scopes, Some("{\"canary\":1}"), &usage).await
    };
    let good = json!({"token_type": "Bearer", "scope": "Files.Read.All", "expires_in": 60, "access_token": "canary-b"});
    assert!(ask(Reply::new(200, &good)).await.is_ok());
    let refused = |error: &str| {
        let body = json!({"error": error, "error_codes": [50076], "error_description": "canary",
            "claims": "{\"canary\":1}", "suberror": "canary"});
        Reply::new(400, &body)
    };
    assert!(ask(refused("interaction_required")).await.is_err());
    assert!(ask(refused("canary")).await.is_err());
    entra.reply(refused("invalid_client"));
    assert!(ask(refused("invalid_client")).await.is_err());

    assert_documented(&page.values());
    let log = page.text();
    for line in ["keys_fetched", "token_checked", "obo_try_failed", "credential_refused"] {
        assert!(log.contains(line), "{line} is missing:\n{log}");
    }
    assert!(log.contains(OID), "people are named by their object id");
    let (message, signature) = token.expose().rsplit_once('.').unwrap();
    let (_, payload) = message.split_once('.').unwrap();
    for secret in ["canary", signature, payload, "ann@example.test"] {
        assert!(!log.contains(secret), "{secret} was logged:\n{log}");
    }
}
