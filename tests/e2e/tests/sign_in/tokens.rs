//! Tokens of ours: good at their own connector, while their key is known, and as nothing else.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use e2e::{Company, http, own_server, own_server_at};
use serde_json::{Value, json};
use stand_ins::browser::Arrival;

use crate::own_client::{OwnClient, REDIRECT, STATE, Tokens, on_disk, says, works};

const OTHER_KEY: &str = "Hx4dHBsaGRgXFhUUExIREA8ODQwLCgkIBwYFBAMCAQA=";
const KEYS: &str = "STORAGE_ENCRYPTION_KEYS";

#[tokio::test]
async fn row_36_a_token_of_one_connector_is_nothing_to_another() {
    let company = Company::start().await;
    company.canaries.plant(OTHER_KEY);
    let folder = tempfile::tempdir().unwrap();
    let ours = own_server(&company, |usual| on_disk(usual, &folder)).await;
    // The same store and the same keys at another address; and the same address with other keys.
    let elsewhere = own_server(&company, |usual| on_disk(usual, &folder)).await;
    let base = ours.environment.get("MCP_BASE_URL").to_owned();
    let client = OwnClient::register(&ours, REDIRECT).await;
    let tokens = client.sign_in("ann").await;
    assert!(works(&ours, &tokens).await);
    assert!(!works(&elsewhere, &tokens).await);
    elsewhere.finish().await;
    let other_keys = json!({"active": "k1", "keys": {"k1": OTHER_KEY}}).to_string();
    let strangers =
        own_server(&company, |usual| usual.with("MCP_BASE_URL", base).with(KEYS, other_keys)).await;
    assert!(!works(&strangers, &tokens).await);
    strangers.finish().await;
    ours.finish().await;
}

#[tokio::test]
async fn row_37_nothing_else_that_we_give_out_is_a_bearer() {
    let company = Company::start().await;
    let connector = own_server(&company, |usual| usual).await;
    let client = OwnClient::register(&connector, REDIRECT).await;
    let mut browser = e2e::browser(&[REDIRECT]);
    let arrival = browser.open(client.authorize_with(&[]).as_str()).await.unwrap();
    let Arrival::Page(consent) = arrival else { panic!("the person is asked") };
    let hidden = |name: &str| {
        let fields = &consent.form.as_ref().unwrap().fields;
        fields.iter().find(|(known, _)| known == name).unwrap().1.clone()
    };
    let landed = browser.sign_in(client.authorize_with(&[]).as_str(), "ann").await.unwrap();
    let code = client.code_of(&landed, STATE);
    let tokens = Tokens::of(client.exchange(&code, &[]).await);
    let spare = client.code("ann").await;
    for bearer in [
        tokens.refresh.clone(),
        spare,
        code,
        hidden("request"),
        hidden("csrf"),
        format!("{}.", tokens.access.rsplit_once('.').unwrap().0),
        format!("{}x", tokens.access),
    ] {
        company.canaries.plant(&bearer);
        let refused = Tokens { access: bearer, refresh: String::new() };
        assert!(!works(&connector, &refused).await);
    }
    assert!(works(&connector, &tokens).await);
    connector.finish().await;
}

#[tokio::test]
async fn row_38_a_token_is_good_until_its_key_is_taken_out_of_the_ring() {
    let company = Company::start().await;
    company.canaries.plant(OTHER_KEY);
    let folder = tempfile::tempdir().unwrap();
    let connector = own_server(&company, |usual| on_disk(usual, &folder)).await;
    let port = connector.address().port();
    let client = OwnClient::register(&connector, REDIRECT).await;
    let tokens = client.sign_in("ann").await;
    let ring = connector.environment.get(KEYS).to_owned();
    connector.finish().await;
    let old: Value = serde_json::from_str(&ring).unwrap();
    let both = json!({"active": "k2", "keys": {"k1": old["keys"]["k1"], "k2": OTHER_KEY}});
    let new = json!({"active": "k2", "keys": {"k2": OTHER_KEY}});
    for (ring, is_good) in [(both, true), (new, false)] {
        let connector = own_server_at(port, &company, |usual| {
            on_disk(usual, &folder).with(KEYS, ring.to_string())
        })
        .await;
        assert_eq!(works(&connector, &tokens).await, is_good);
        if !is_good {
            // What the connector knew of the client was sealed with that key, too.
            says(&client.renew(&tokens.refresh, &[]).await, 401, "invalid_client");
        }
        connector.finish().await;
    }
}

#[tokio::test]
async fn row_99_an_assertion_of_another_issuer_gives_no_tokens() {
    let company = Company::start().await;
    let connector = own_server(&company, |usual| usual).await;
    let client = OwnClient::register(&connector, REDIRECT).await;
    let assertion = company.token("ann");
    let jag = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    let exchange = "urn:ietf:params:oauth:grant-type:token-exchange";
    for grant_type in [jag, exchange, "client_credentials", "password", "implicit"] {
        let changes = [
            ("grant_type", grant_type),
            ("assertion", assertion.as_str()),
            ("subject_token", &assertion),
        ];
        says(&client.renew("", &changes).await, 400, "unsupported_grant_type");
    }
    says(&client.renew("", &[("grant_type", "")]).await, 400, "invalid_request");
    assert_eq!(company.sign_in_requests(), 0);
    connector.finish().await;
}

#[tokio::test]
async fn with_proxy_mode_alone_a_token_of_entra_is_refused_without_asking() {
    let company = Company::start().await;
    let connector = own_server(&company, |usual| usual).await;
    for person in ["ann", "bob"] {
        let entras = Tokens { access: company.token(person), refresh: String::new() };
        assert!(!works(&connector, &entras).await);
    }
    assert_eq!((company.sign_in_requests(), company.graph_requests()), (0, 0));
    assert!(company.entra_requests("keys") <= 1, "the look of the start, and none for a token");
    connector.finish().await;
    // With both ways in, both kinds are good.
    let connector =
        own_server(&company, |usual| usual.with("MCP_SERVER_AUTH_MODES", "direct,proxy")).await;
    let entras = Tokens { access: company.token("ann"), refresh: String::new() };
    assert!(works(&connector, &entras).await);
    let client = OwnClient::register(&connector, REDIRECT).await;
    assert!(works(&connector, &client.sign_in("ann").await).await);
    connector.finish().await;
}

#[tokio::test]
async fn an_answer_of_the_token_endpoint_is_kept_nowhere_and_has_no_word_of_entra() {
    let company = Company::start().await;
    let connector = own_server(&company, |usual| usual).await;
    let client = OwnClient::register(&connector, REDIRECT).await;
    let landed =
        e2e::browser(&[REDIRECT]).sign_in(client.authorize_with(&[]).as_str(), "ann").await;
    let code = client.code_of(&landed.unwrap(), STATE);
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", client.id()),
        ("code", &code),
        ("code_verifier", crate::own_client::VERIFIER),
    ];
    let answer = http().post(client.endpoint("token_endpoint")).form(&form).send().await.unwrap();
    assert_eq!(answer.headers()["cache-control"], "no-store");
    let answer: Value = answer.json().await.unwrap();
    let tokens = Tokens::of((200, answer.clone()));
    let mut names: Vec<_> = answer.as_object().unwrap().keys().cloned().collect();
    names.sort();
    assert_eq!(names, ["access_token", "expires_in", "refresh_token", "scope", "token_type"]);
    for part in tokens.access.split('.').take(2) {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(part).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        for word in ["harbourlight", "Ann", "oid", "a1111111", company.entra.base_url()] {
            assert!(!text.contains(word), "{word}: {text}");
        }
    }
    connector.finish().await;
}
