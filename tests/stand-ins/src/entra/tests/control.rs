//! `/stand-in/…`.

use serde_json::{Value, json};

use super::super::{Entra, EntraOptions, RsaKey, fingerprint, verify_graph_token};
use super::{World, claims};
use crate::company::{CLIENT_SECRET, person, registration};

impl World {
    async fn order(&self, path: &str, body: Value) -> u16 {
        let request = self.http.post(self.url(path)).json(&body);
        request.send().await.unwrap().status().as_u16()
    }
}

#[tokio::test]
async fn a_command_line_can_ask_for_a_token() {
    let world = World::start().await;
    let order = json!({"user": "ann", "connector": "sharepoint"});
    let request = world.http.post(world.url("/stand-in/token")).json(&order);
    let answer = world.answer(request).await;
    let form = world.on_behalf_of_ann().with("assertion", answer.granted().text("access_token"));
    world.token(&form).await.granted();
    let order = json!({"user": "bob", "connector": "teams", "version": 1, "expires_in": 60,
        "client": "outlook"});
    let request = world.http.post(world.url("/stand-in/token")).json(&order);
    let claims = claims(world.answer(request).await.granted().text("access_token"));
    assert_eq!((&claims["ver"], &claims["exp"]), (&json!("1.0"), &json!(super::NOW + 60)));
    assert_eq!(claims["appid"], registration("outlook").unwrap());
    for order in [
        json!({"user": "mallory", "connector": "teams"}),
        json!({"user": "ann", "connector": "fax"}),
    ] {
        assert_eq!(world.order("/stand-in/token", order).await, 400);
    }
}

#[tokio::test]
async fn another_engine_can_ask_for_graph_tokens_within_what_is_granted() {
    let world = World::start().await;
    let order = |scope: &str| json!({"user": "bob", "connector": "sharepoint", "scope": scope});
    let request =
        world.http.post(world.url("/stand-in/graph-token")).json(&order("Files.Read.All"));
    let answer = world.answer(request).await;
    let token = verify_graph_token(answer.granted().text("access_token")).unwrap();
    assert_eq!(
        (token.oid.as_str(), token.scopes),
        (person("bob").unwrap().oid, vec!["Files.Read.All".to_owned()])
    );
    assert_eq!(world.order("/stand-in/graph-token", order("Mail.Send")).await, 400);
}

#[tokio::test]
async fn requests_are_shown_without_secrets_and_tokens() {
    let world = World::start().await;
    let form = world.on_behalf_of_ann();
    world.token(&form).await.granted();
    let basic = world.http.post(world.token_url()).basic_auth("someone", Some(CLIENT_SECRET));
    basic.form(&[("grant_type", "password")]).send().await.unwrap();
    let seen = world.get("/stand-in/requests").await;
    assert_eq!(seen.body["counts"], json!({"token": 2, "authorize": 0, "keys": 0, "discovery": 0}));
    let fields = &seen.body["requests"][0]["fields"];
    assert_eq!(fields["scope"], "https://graph.microsoft.com/Files.Read.All");
    assert_eq!(fields["client_secret"], fingerprint(CLIENT_SECRET));
    let text = seen.body.to_string();
    let assertion = &form.0.iter().find(|(name, _)| name == "assertion").unwrap().1;
    assert!(!text.contains(CLIENT_SECRET) && !text.contains(assertion.as_str()));
    assert!(!text.contains("Basic "));
    world.http.delete(world.url("/stand-in/requests")).send().await.unwrap();
    assert!(world.entra.requests().is_empty());
}

#[tokio::test]
async fn faults_are_set_and_cleared_over_http() {
    let world = World::start().await;
    let fault = json!({"person": "ann", "grant": "on_behalf_of", "times": 2,
        "answer": {"kind": "aadsts", "code": 50076, "claims": "{}"}});
    assert_eq!(world.order("/stand-in/faults", fault).await, 204);
    world.token(&world.on_behalf_of_ann()).await.refused(400, "interaction_required", 50076);
    let listed = world.get("/stand-in/faults").await;
    assert_eq!(listed.body["faults"][0]["times"], 1);
    world.http.delete(world.url("/stand-in/faults")).send().await.unwrap();
    world.token(&world.on_behalf_of_ann()).await.granted();
    let unknown = json!({"answer": {"kind": "earthquake"}});
    assert_eq!(world.order("/stand-in/faults", unknown).await, 422);
    let misspelt = json!({"persn": "ann", "answer": {"kind": "hang"}});
    assert_eq!(world.order("/stand-in/faults", misspelt).await, 422);
    for answer in [
        json!({"kind": "throttled", "retry_after": 3}),
        json!({"kind": "expires_in", "value": "abc"}),
        json!({"kind": "keys", "spoiled": "symmetric"}),
        json!({"kind": "huge", "bytes": 2_000_000}),
    ] {
        assert_eq!(world.order("/stand-in/faults", json!({"answer": answer})).await, 204);
    }
}

#[tokio::test]
async fn keys_roll_and_retire_over_http() {
    let world = World::start().await;
    let old = world.entra.signing_kid();
    assert_eq!(world.order("/stand-in/keys/roll", json!({})).await, 200);
    assert_ne!(world.entra.signing_kid(), old);
    assert_eq!(world.order("/stand-in/keys/retire", json!({"kid": old})).await, 200);
    let keys = world.get("/stand-in/keys").await;
    assert_eq!(keys.body["signing"], world.entra.signing_kid());
    assert!(!keys.body["served"].as_array().unwrap().contains(&json!(old)));
}

#[tokio::test]
async fn registrations_and_consents_change_over_http() {
    use base64::Engine as _;
    let world = World::start().await;
    let jwk = RsaKey::generate().unwrap().jwk();
    let order = json!({"connector": "sharepoint", "certificate": jwk["x5c"][0],
        "app_id_uri": "https://host.example/mcp", "token_version": 1});
    assert_eq!(world.order("/stand-in/registrations", order).await, 200);
    let junk = base64::engine::general_purpose::STANDARD.encode("junk");
    let order = json!({"connector": "sharepoint", "certificate": junk});
    assert_eq!(world.order("/stand-in/registrations", order).await, 400);
    let order = json!({"connector": "fax", "token_version": 2});
    assert_eq!(world.order("/stand-in/registrations", order).await, 400);
    let scope = "https://graph.microsoft.com/Files.Read.All";
    let order = json!({"client": "sharepoint", "scope": scope});
    assert_eq!(world.order("/stand-in/consents/withdraw", order).await, 200);
    world.token(&world.on_behalf_of_ann()).await.refused(400, "invalid_grant", 65001);
    let first = world.assistant_signed_in().await;
    first.granted();
    let order = json!({"user": "ann"});
    assert_eq!(world.order("/stand-in/refresh-tokens/revoke", order).await, 200);
}

#[tokio::test]
async fn a_public_base_replaces_the_address_in_every_document() {
    let base = "https://login.example:8443";
    let options = EntraOptions { public_base: Some(format!("{base}/")), ..EntraOptions::default() };
    let running = Entra::start(options).await.unwrap();
    assert_eq!(running.base_url(), base);
    let token = running.access_token("ann", "sharepoint").unwrap();
    assert!(claims(&token)["iss"].as_str().unwrap().starts_with(&format!("{base}/")));
}

#[tokio::test]
async fn nothing_listens_after_the_stand_in_is_dropped() {
    let world = World::start().await;
    world.get("/stand-in/keys").await.granted();
    let url = world.url("/stand-in/keys");
    drop(world.entra);
    let fresh = reqwest::Client::builder().no_proxy().build().unwrap();
    let closed = async { while fresh.get(&url).send().await.is_ok() {} };
    tokio::time::timeout(std::time::Duration::from_secs(10), closed).await.unwrap();
}
