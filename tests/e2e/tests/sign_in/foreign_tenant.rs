//! The tenant is the certified engine `oidc-provider`: what it signs, what it asks of a client and
//! what it refuses was not written by us.

use e2e::{
    ASSISTANT_REDIRECT, Certificate, Company, Connector, Flavour, ForeignTenant, TenantPlan,
    browser, challenge, free_port, own_server_at, post_form,
};
use serde_json::Value;
use stand_ins::company::ASSISTANT_CLIENT;
use url::Url;

use crate::assistants;
use crate::own_client::OwnClient;

const ON_BEHALF_OF: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const VERIFIER: &str = "a-verifier-of-forty-three-characters-or-more";
const CLIENT_ID: &str = "MCP_SERVER_AZURE_CLIENT_ID";

/// Signs in as the assistant does in direct mode; the answer of the token endpoint.
async fn sign_in(company: &Company, tenant: &ForeignTenant, person: &str) -> Value {
    let scope = format!("api://{}/access offline_access", company.environment().get(CLIENT_ID));
    let fields = [
        ("client_id", ASSISTANT_CLIENT),
        ("response_type", "code"),
        ("redirect_uri", ASSISTANT_REDIRECT),
        ("scope", &scope),
        ("state", "s"),
        ("code_challenge", &challenge(VERIFIER)),
        ("code_challenge_method", "S256"),
    ];
    let address = Url::parse_with_params(&tenant.authorize_endpoint(), fields).unwrap();
    let mut browser = browser(&[ASSISTANT_REDIRECT]);
    let arrived = browser.sign_in(address.as_str(), person).await.unwrap();
    let answer =
        |name: &str| arrived.query_pairs().find(|(n, _)| n == name).unwrap().1.into_owned();
    assert_eq!(answer("state"), "s");
    let redeem = [
        ("grant_type", "authorization_code"),
        ("client_id", ASSISTANT_CLIENT),
        ("redirect_uri", ASSISTANT_REDIRECT),
        ("code", &answer("code")),
        ("code_verifier", VERIFIER),
    ];
    let (status, tokens) = post_form(&tenant.token_endpoint(), &redeem).await;
    assert_eq!(status, 200, "{tokens}");
    company.canaries.plant_token(token(&tokens));
    tokens
}

fn token(answer: &Value) -> &str {
    answer["access_token"].as_str().unwrap()
}

#[tokio::test]
async fn a_token_of_a_certified_engine_is_verified_exchanged_and_answered() {
    let company = Company::start().await;
    let Some(tenant) = ForeignTenant::start(&company, TenantPlan::default()).await else { return };
    let connector =
        Connector::start(&company, Flavour::Function, |usual| tenant.environment(usual)).await;
    let ann = sign_in(&company, &tenant, "ann").await;
    let titles = connector.bearer(token(&ann).to_owned()).search("budget").await.titles();
    assert!(titles.iter().any(|title| title.contains("Budget")), "{titles:?}");
    // Another person signs in at the same engine and sees what is theirs.
    let bob = sign_in(&company, &tenant, "bob").await;
    let theirs = connector.bearer(token(&bob).to_owned()).search("budget").await.titles();
    assert_ne!(titles, theirs);
    let exchanges = tenant.granted(ON_BEHALF_OF, 2).await;
    assert!(exchanges.iter().all(|grant| grant["outcome"] == "success"), "{exchanges:?}");
    assert_eq!(company.exchanges(), 0, "our stand-in was not asked");
    // A refreshed token is as good, and the old refresh token is not.
    let refresh = [
        ("grant_type", "refresh_token"),
        ("client_id", ASSISTANT_CLIENT),
        ("refresh_token", ann["refresh_token"].as_str().unwrap()),
    ];
    let (status, fresh) = post_form(&tenant.token_endpoint(), &refresh).await;
    assert_eq!(status, 200, "{fresh}");
    company.canaries.plant_token(token(&fresh));
    assert_eq!(connector.bearer(token(&fresh).to_owned()).search("budget").await.titles(), titles);
    let (status, again) = post_form(&tenant.token_endpoint(), &refresh).await;
    assert_eq!((status, &again["error"]), (400, &"invalid_grant".into()));
    connector.finish().await;
}

#[tokio::test]
async fn a_login_by_certificate_works_once_and_a_replay_of_it_is_refused() {
    let company = Company::start().await;
    let certificate = Certificate::fresh();
    let plan = TenantPlan { certificate: Some(&certificate.certificate), ..TenantPlan::default() };
    let Some(tenant) = ForeignTenant::start(&company, plan).await else { return };
    let connector = Connector::start(&company, Flavour::Server, |usual| {
        let usual = usual.without("MCP_SERVER_AZURE_CLIENT_SECRET").with("CACHE_TYPE", "off");
        tenant.environment(usual.with("MCP_SERVER_AZURE_CLIENT_CERTIFICATE", certificate.setting()))
    })
    .await;
    let ann = sign_in(&company, &tenant, "ann").await;
    let client = connector.bearer(token(&ann).to_owned());
    assert!(!client.search("budget").await.titles().is_empty());
    let exchange = tenant.granted(ON_BEHALF_OF, 1).await.remove(0);
    assert_eq!(exchange["outcome"], "success", "{exchange}");
    // Whoever overhears the request cannot log in with it.
    let overheard: Vec<_> = exchange["fields"].as_object().unwrap().iter().collect();
    let overheard: Vec<_> =
        overheard.iter().map(|(name, value)| (name.as_str(), value.as_str().unwrap())).collect();
    let (status, answer) = post_form(&tenant.token_endpoint(), &overheard).await;
    assert_eq!((status, &answer["error"]), (401, &"invalid_client".into()), "{answer}");
    // The connector itself signs a new one each time.
    assert!(!client.search("travel").await.titles().is_empty());
    let outcomes = tenant.granted(ON_BEHALF_OF, 3).await;
    assert_eq!(outcomes[2]["outcome"], "success", "{outcomes:?}");
    connector.finish().await;
}

#[tokio::test]
async fn a_wrong_secret_at_a_certified_engine_is_a_wait_and_not_a_sign_in() {
    let company = Company::start().await;
    let Some(tenant) = ForeignTenant::start(&company, TenantPlan::default()).await else { return };
    let connector = Connector::start(&company, Flavour::Server, |usual| {
        tenant.environment(usual.with("MCP_SERVER_AZURE_CLIENT_SECRET", "another-secret"))
    })
    .await;
    let ann = sign_in(&company, &tenant, "ann").await;
    let answer = connector.bearer(token(&ann).to_owned()).search("budget").await;
    assert_eq!(answer.status(), 503, "{}", answer.reply.text());
    let refused = tenant.granted(ON_BEHALF_OF, 1).await.remove(0);
    assert!(refused["outcome"].as_str().unwrap().starts_with("invalid_client"), "{refused}");
    connector.finish().await;
}

#[tokio::test]
async fn a_certified_engine_signs_people_in_behind_our_own_authorization_server() {
    let company = Company::start().await;
    let (port, certificate) = (free_port(), Certificate::fresh());
    let callback = format!("http://127.0.0.1:{port}/oauth/callback");
    let plan = TenantPlan {
        callback: &callback,
        certificate: Some(&certificate.certificate),
        // So little is left of a token that it is renewed before it is used.
        token_seconds: 200,
    };
    let Some(tenant) = ForeignTenant::start(&company, plan).await else { return };
    let connector = own_server_at(port, &company, |usual| {
        let usual = usual.without("MCP_SERVER_AZURE_CLIENT_SECRET").with("CACHE_TYPE", "off");
        tenant.environment(usual.with("MCP_SERVER_AZURE_CLIENT_CERTIFICATE", certificate.setting()))
    })
    .await;
    let client = OwnClient::register(&connector, "http://127.0.0.1:33421/callback").await;
    let authorize = client.authorize_address("s");
    let landed = assistants::sign_in(&company, authorize.as_str(), "ann").await;
    let tokens = client.redeem(&landed, "s").await;
    company.canaries.plant_token(token(&tokens));
    // The engine takes each of its refresh tokens once, and ends the sign-in when one comes again.
    for _ in 0..2 {
        let answer = connector.bearer(token(&tokens).to_owned()).search("budget").await;
        assert!(!answer.titles().is_empty());
    }
    let grants = tenant.granted("refresh_token", 2).await;
    let all = [tenant.granted("authorization_code", 1).await, grants].concat();
    assert!(all.iter().all(|grant| grant["outcome"] == "success"), "{all:?}");
    assert_ne!(all[1]["fields"]["refresh_token"], all[2]["fields"]["refresh_token"]);
    assert!(all[0]["fields"]["code_verifier"].is_string(), "PKCE on this leg too");
    connector.finish().await;
}
