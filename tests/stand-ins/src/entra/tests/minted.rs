//! Tokens made to order, and tokens for Graph.

use serde_json::{Value, json};

use super::super::jwt::Unverified;
use super::super::{Algorithm, GraphKeys, SignedBy, TokenSpec, TokenVersion, verify_graph_token};
use super::{NOW, World, claims};
use crate::company::{ASSISTANT_CLIENT, TENANT, registration};

#[tokio::test]
async fn a_v2_token_says_what_entra_says() {
    let world = World::start().await;
    let token = world.entra.access_token("bob", "teams").unwrap();
    let claims = claims(&token);
    for name in [
        "aud",
        "iss",
        "iat",
        "nbf",
        "exp",
        "azp",
        "azpacr",
        "name",
        "oid",
        "preferred_username",
        "rh",
        "scp",
        "sub",
        "tid",
        "uti",
        "ver",
    ] {
        assert!(claims.get(name).is_some(), "{name}");
    }
    for v1_only in ["appid", "appidacr", "upn", "unique_name", "amr"] {
        assert!(claims.get(v1_only).is_none(), "{v1_only}");
    }
    assert_eq!((&claims["iat"], &claims["exp"]), (&json!(NOW), &json!(NOW + 3600)));
    let header = Unverified::read(&token).unwrap().header;
    assert_eq!((&header["alg"], &header["typ"]), (&json!("RS256"), &json!("JWT")));
}

#[tokio::test]
async fn a_v1_token_says_what_entra_says() {
    let world = World::start().await;
    let spec = TokenSpec::new("bob", "teams").version(TokenVersion::V1);
    let token = world.entra.mint(&spec).unwrap();
    let claims = claims(&token);
    assert_eq!(claims["aud"], format!("api://{}", registration("teams").unwrap()));
    assert_eq!(claims["iss"], world.url(&format!("/{TENANT}/")));
    assert_eq!((&claims["appid"], &claims["ver"]), (&json!(ASSISTANT_CLIENT), &json!("1.0")));
    assert_eq!(claims["upn"], "bob@harbourlight.example");
    assert!(claims.get("azp").is_none() && claims.get("preferred_username").is_none());
    let header = Unverified::read(&token).unwrap().header;
    assert_eq!(header["x5t"], header["kid"]);
}

#[tokio::test]
async fn one_person_has_one_oid_and_another_sub_at_each_application() {
    let world = World::start().await;
    let at = |connector: &str| claims(&world.entra.access_token("ann", connector).unwrap());
    let (one, other) = (at("sharepoint"), at("outlook"));
    assert_eq!(one["oid"], other["oid"]);
    assert_ne!(one["sub"], other["sub"]);
    assert_eq!(one["sub"], at("sharepoint")["sub"]);
    assert_ne!(one["uti"], at("sharepoint")["uti"]);
}

#[tokio::test]
async fn everything_in_a_token_can_be_changed() {
    let world = World::start().await;
    let spec = TokenSpec::new("ann", "sharepoint")
        .at(1000)
        .issued(-5)
        .not_before(7)
        .expires(60)
        .scope("access other")
        .client("outlook")
        .claim("idtyp", "user")
        .claim("aud", json!(["a", "b"]))
        .without_claim("oid")
        .header("jku", "https://evil.example/keys")
        .without_header("typ");
    let token = Unverified::read(&world.entra.mint(&spec).unwrap()).unwrap();
    assert_eq!(token.claims["iat"], 995);
    assert_eq!((&token.claims["nbf"], &token.claims["exp"]), (&json!(1007), &json!(1060)));
    assert_eq!(token.claims["scp"], "access other");
    assert_eq!(token.claims["azp"], registration("outlook").unwrap());
    assert_eq!(token.claims["aud"], json!(["a", "b"]));
    assert!(!token.claims.contains_key("oid"));
    assert_eq!(token.header["jku"], "https://evil.example/keys");
    assert!(!token.header.contains_key("typ"));
}

#[tokio::test]
async fn a_token_can_be_signed_in_any_way() {
    let world = World::start().await;
    let spec = || TokenSpec::new("ann", "sharepoint");
    for (algorithm, length) in [
        (Algorithm::Rs256, 256),
        (Algorithm::Rs384, 256),
        (Algorithm::Rs512, 256),
        (Algorithm::Ps256, 256),
        (Algorithm::Hs256, 32),
        (Algorithm::None, 0),
    ] {
        let token = world.entra.mint(&spec().algorithm(algorithm)).unwrap();
        let token = Unverified::read(&token).unwrap();
        assert_eq!(token.header["alg"], algorithm.name());
        assert_eq!(token.signature.len(), length);
    }
    let pem = world.entra.signing_key().spki_pem().into_bytes();
    let secret = spec().algorithm(Algorithm::Hs256).signed_by(SignedBy::Secret(pem));
    let token = Unverified::read(&world.entra.mint(&secret).unwrap()).unwrap();
    assert_eq!(token.signature.len(), 32);
    assert!(world.entra.mint(&spec().signed_by(SignedBy::Kid("gone".to_owned()))).is_err());
}

#[tokio::test]
async fn any_bytes_can_be_the_payload() {
    let world = World::start().await;
    let spec = TokenSpec::new("ann", "sharepoint").payload(r#"{"aud":"a","aud":"b"}"#);
    let token = world.entra.mint(&spec).unwrap();
    let payload = token.split('.').nth(1).unwrap();
    assert_eq!(payload, super::super::jwt::base64url(br#"{"aud":"a","aud":"b"}"#));
}

#[tokio::test]
async fn a_graph_token_verifies_only_as_graph_would_do_it() {
    let world = World::start().await;
    let answer = world.token(&world.on_behalf_of_ann()).await;
    let token = answer.text("access_token");
    assert!(verify_graph_token(token).is_some());
    let parts = Unverified::read(token).unwrap();
    assert!(parts.header.contains_key("nonce"));
    let kid = parts.header["kid"].as_str().unwrap().to_owned();
    assert!(!world.entra.served_kids().contains(&kid), "no discovery document shows the key");
    let naively = super::super::keys::graph_key().unwrap();
    let algorithm = &aws_lc_rs::signature::RSA_PKCS1_2048_8192_SHA256;
    assert!(!parts.signed_by(naively.public_pkcs1(), algorithm, parts.input.as_bytes()));
}

#[tokio::test]
async fn another_process_can_check_graph_tokens_with_the_published_keys() {
    let world = World::start().await;
    let answer = world.token(&world.on_behalf_of_ann()).await;
    let published = world.get("/stand-in/graph-keys").await.body;
    let keys = GraphKeys::read(&published).unwrap();
    assert_eq!(
        keys.verify(answer.text("access_token")),
        verify_graph_token(answer.text("access_token"))
    );
    assert!(keys.verify(answer.text("access_token")).is_some());
    assert!(GraphKeys::read(&Value::Null).is_none());
}

#[tokio::test]
async fn a_tampered_or_foreign_token_is_no_graph_token() {
    let world = World::start().await;
    let answer = world.token(&world.on_behalf_of_ann()).await;
    let token = answer.text("access_token");
    let parts: Vec<&str> = token.split('.').collect();
    let mut payload = Unverified::read(token).unwrap().claims;
    payload.insert("scp".to_owned(), json!("Files.ReadWrite.All"));
    let forged = super::super::jwt::base64url(Value::Object(payload).to_string().as_bytes());
    assert!(verify_graph_token(&format!("{}.{forged}.{}", parts[0], parts[2])).is_none());
    assert!(verify_graph_token("garbage").is_none());
    let own = TokenSpec::new("ann", "sharepoint").audience("https://graph.microsoft.com");
    assert!(verify_graph_token(&world.entra.mint(&own).unwrap()).is_none());
}
