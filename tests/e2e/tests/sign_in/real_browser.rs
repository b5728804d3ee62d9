//! Debian's Chromium goes through consent and callback: it enforces the Content-Security-Policy
//! over the whole chain of redirects, which no stand-in of ours does.
//!
//! `CONSENT_SCREENSHOT=/path/to/consent.png` keeps a picture of the consent page.

use std::path::Path;

use e2e::{Company, Connector, Engine, Foreign, own_server};
use serde_json::{Value, json};
use url::Url;

use crate::own_client::OwnClient;

const CHROMIUM: &str = "/usr/bin/chromium";
const LOOPBACK: &str = "http://127.0.0.1:33420/callback";
const APP: &str = "cursor://anysphere.cursor-mcp/oauth/callback";

/// What the person in front of the browser saw and where they came to.
struct Visit {
    consent: Value,
    landed: Url,
    end: Value,
}

async fn visit(
    connector: &Connector<'_>,
    client: &OwnClient,
    redirect: &str,
    decision: &str,
    screenshot: Option<String>,
) -> Option<Visit> {
    if !Path::new(CHROMIUM).is_file() {
        eprintln!("SKIPPED: there is no {CHROMIUM}");
        return None;
    }
    let given = json!({
        "authorize": client.authorize_address("the-state").as_str(),
        "redirect": redirect,
        "person": "ann",
        "decision": decision,
        "screenshot": screenshot,
    });
    let mut browser = Foreign::start(Engine::Node, "chromium.mjs", &[&given.to_string()])?;
    let consent = browser.says().await;
    assert_eq!(consent["violations"], json!([]), "the page is not accessible: {consent}");
    assert!(consent["passes"].as_u64().unwrap() > 10, "{consent}");
    assert_eq!(consent["scripts"], 0, "the page needs no script");
    let end = browser.says().await;
    assert_eq!(end["console"], json!([]), "the browser objects to something: {end}");
    let landed = Url::parse(end["landed"].as_str().unwrap()).unwrap();
    if let Some((_, code)) = landed.query_pairs().find(|(name, _)| name == "code") {
        connector.company.canaries.plant(&code);
    }
    Some(Visit { consent, landed, end })
}

/// The code is as good as any other.
async fn redeem(connector: &Connector<'_>, client: &OwnClient, landed: &Url) {
    let tokens = client.redeem(landed, "the-state").await;
    let fresh = client.refresh(&tokens).await;
    for answer in [&tokens, &fresh] {
        let bearer = answer["access_token"].as_str().unwrap().to_owned();
        connector.company.canaries.plant_token(&bearer);
        assert!(!connector.bearer(bearer).search("budget").await.titles().is_empty());
    }
}

#[tokio::test]
async fn a_real_browser_comes_back_to_a_program_on_loopback() {
    let company = Company::start().await;
    let connector = own_server(&company, |usual| usual).await;
    let client = OwnClient::register(&connector, LOOPBACK).await;
    let picture = std::env::var_os("CONSENT_SCREENSHOT").map(|path| path.into_string().unwrap());
    if let Some(visit) = visit(&connector, &client, LOOPBACK, "allow", picture).await {
        let text = visit.consent["text"].as_str().unwrap();
        for told in ["Harbourlight assistant", "an app on this computer", "SharePoint"] {
            assert!(text.contains(told), "the page does not say {told}: {text}");
        }
        redeem(&connector, &client, &visit.landed).await;
    }
    connector.finish().await;
}

#[tokio::test]
async fn a_real_browser_opens_an_app_by_its_own_scheme() {
    let company = Company::start().await;
    let connector = own_server(&company, |usual| usual.with("MCP_SERVER_REDIRECT_URIS", APP)).await;
    let client = OwnClient::register(&connector, APP).await;
    if let Some(visit) = visit(&connector, &client, APP, "allow", None).await {
        assert_eq!(visit.end["link"], visit.landed.as_str(), "a link leads to the app too");
        redeem(&connector, &client, &visit.landed).await;
    }
    connector.finish().await;
}

#[tokio::test]
async fn a_person_who_says_no_is_brought_back_without_a_code() {
    let company = Company::start().await;
    let connector = own_server(&company, |usual| usual).await;
    let client = OwnClient::register(&connector, LOOPBACK).await;
    if let Some(visit) = visit(&connector, &client, LOOPBACK, "deny", None).await {
        let answer: Vec<_> = visit.landed.query_pairs().into_owned().collect();
        assert!(answer.contains(&("error".to_owned(), "access_denied".to_owned())), "{answer:?}");
        assert!(answer.contains(&("state".to_owned(), "the-state".to_owned())), "{answer:?}");
        assert!(answer.iter().all(|(name, _)| name != "code"), "{answer:?}");
        assert_eq!(company.entra_requests("authorize"), 0, "Entra is not asked");
    }
    connector.finish().await;
}
