//! Discovery documents and keys.

use serde_json::{Value, json};

use super::super::{SignedBy, TokenSpec, TokenVersion};
use super::{World, claims};
use crate::company::TENANT;

#[tokio::test]
async fn each_version_names_its_own_issuer_and_keys() {
    let world = World::start().await;
    let v2 = world.get(&format!("/{TENANT}/v2.0/.well-known/openid-configuration")).await;
    assert_eq!(v2.granted().text("issuer"), world.url(&format!("/{TENANT}/v2.0")));
    assert_eq!(v2.text("jwks_uri"), world.url(&format!("/{TENANT}/discovery/v2.0/keys")));
    assert_eq!(v2.text("token_endpoint"), world.token_url());
    let v1 = world.get(&format!("/{TENANT}/.well-known/openid-configuration")).await;
    assert_eq!(v1.granted().text("issuer"), world.url(&format!("/{TENANT}/")));
    assert_eq!(v1.text("jwks_uri"), world.url(&format!("/{TENANT}/discovery/keys")));
    for (document, version) in [(v2, TokenVersion::V2), (v1, TokenVersion::V1)] {
        let spec = TokenSpec::new("ann", "sharepoint").version(version);
        assert_eq!(claims(&world.entra.mint(&spec).unwrap())["iss"], document.body["issuer"]);
    }
}

#[tokio::test]
async fn an_unknown_tenant_is_refused_in_entra_s_words() {
    let world = World::start().await;
    for path in [
        "v2.0/.well-known/openid-configuration",
        ".well-known/openid-configuration",
        "discovery/v2.0/keys",
    ] {
        let answer = world.get(&format!("/no-such-tenant/{path}")).await;
        answer.refused(400, "invalid_tenant", 90002);
        assert!(answer.text("error_description").contains("Tenant 'no-such-tenant' not found"));
    }
}

#[tokio::test]
async fn v2_keys_name_their_issuer_with_and_without_a_placeholder() {
    let world = World::start().await;
    let v2 = world.get(&format!("/{TENANT}/discovery/v2.0/keys")).await;
    let keys = v2.body["keys"].as_array().unwrap();
    assert_eq!(keys[0]["issuer"], world.url(&format!("/{TENANT}/v2.0")));
    assert_eq!(keys[1]["issuer"], world.url("/{tenantid}/v2.0"));
    for key in keys {
        assert_eq!((&key["kty"], &key["use"]), (&json!("RSA"), &json!("sig")));
        assert_eq!(key["e"], "AQAB");
        assert_eq!(key["n"].as_str().unwrap().len(), 342);
    }
    let v1 = world.get(&format!("/{TENANT}/discovery/keys")).await;
    assert!(v1.body["keys"][0].get("issuer").is_none());
}

/// Checks a token with a library that the stand-in does not sign with.
fn verifies(token: &str, keys: &Value) -> bool {
    use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
    let kid = decode_header(token).unwrap().kid.unwrap();
    let Some(key) = keys["keys"].as_array().unwrap().iter().find(|key| key["kid"] == kid.as_str())
    else {
        return false;
    };
    let text = |field: &str| key[field].as_str().unwrap();
    let key = DecodingKey::from_rsa_components(text("n"), text("e")).unwrap();
    let mut validation = Validation::new(Algorithm::RS256);
    validation.validate_exp = false;
    validation.validate_aud = false;
    decode::<Value>(token, &key, &validation).is_ok()
}

#[tokio::test]
async fn served_keys_verify_tokens_before_and_after_a_roll() {
    let world = World::start().await;
    let path = format!("/{TENANT}/discovery/v2.0/keys");
    let old_kid = world.entra.signing_kid();
    let old = world.entra.access_token("ann", "sharepoint").unwrap();
    let before = world.get(&path).await.body;
    let new_kid = world.entra.roll().unwrap();
    assert_ne!(old_kid, new_kid);
    let new = world.entra.access_token("ann", "sharepoint").unwrap();
    let after = world.get(&path).await.body;
    assert!(verifies(&old, &before) && !verifies(&new, &before));
    assert!(verifies(&old, &after) && verifies(&new, &after));
    assert!(world.entra.retire(&old_kid));
    let last = world.get(&path).await.body;
    assert!(!verifies(&old, &last) && verifies(&new, &last));
    assert!(!world.entra.retire(&new_kid), "the signing key stays");
}

#[tokio::test]
async fn a_stranger_s_token_names_a_served_key_and_does_not_verify() {
    let world = World::start().await;
    let spec = TokenSpec::new("ann", "sharepoint").signed_by(SignedBy::Stranger);
    let keys = world.get(&format!("/{TENANT}/discovery/v2.0/keys")).await.body;
    assert!(!verifies(&world.entra.mint(&spec).unwrap(), &keys));
}

#[tokio::test]
async fn instance_discovery_points_at_the_tenant() {
    let world = World::start().await;
    let answer = world.get("/common/discovery/instance?api-version=1.1").await;
    let next = answer.granted().text("tenant_discovery_endpoint");
    let document = world.answer(world.http.get(next)).await;
    assert_eq!(document.text("token_endpoint"), world.token_url());
}
