use std::time::Duration;

use serde_json::{Value, json};

use super::*;
use crate::config::LiveSecret;
use crate::oauth::sessions::tests::{ISSUER, RESOURCE, World};

fn encoded(json: &Value) -> String {
    URL_SAFE_NO_PAD.encode(json.to_string())
}

/// What our own key would sign, of any header and claims.
async fn forged(tokens: &AccessTokens, header: &Value, claims: &Value) -> String {
    let message = format!("{}.{}", encoded(header), encoded(claims));
    let mac = tokens.keyring.current().await.mac(&tokens.binding, message.as_bytes()).unwrap();
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(mac.tag))
}

#[tokio::test]
async fn rows_7_to_14_and_36_a_token_that_differs_in_anything_is_refused() {
    let world = World::new().await;
    let sessions = world.instance();
    let tokens = &sessions.access_tokens;
    let now_s = world.entra.clock.now_s();
    let header = json!({"alg": "HS256", "typ": "at+jwt", "kid": "process"});
    let claims = json!({
        "iss": ISSUER, "aud": RESOURCE, "client_id": "c", "sub": "g",
        "jti": "j", "iat": now_s, "exp": now_s + 60, "scope": "access",
    });
    let good = forged(tokens, &header, &claims).await;
    assert!(tokens.read(&good).await.is_ok());

    let with = |of: &Value, name: &str, value: Value| {
        let mut changed = of.clone();
        changed[name] = value;
        changed
    };
    for (name, value) in [
        ("alg", json!("none")),
        ("alg", json!("HS512")),
        ("alg", json!("RS256")),
        ("typ", json!("JWT")),
        ("typ", json!("oauth-id-jag+jwt")),
        ("kid", json!("retired")),
        ("kid", json!("../../etc/passwd")),
        ("kid", json!(1)),
        ("crit", json!(["b64"])),
        ("jku", json!("https://evil.example")),
    ] {
        let text = forged(tokens, &with(&header, name, value.clone()), &claims).await;
        assert!(tokens.read(&text).await.is_err(), "{name} {value}");
    }
    for (name, value) in [
        ("iss", json!("https://evil.example")),
        ("iss", json!(["https://sharepoint.example"])),
        ("aud", json!("https://outlook.example/mcp")),
        ("aud", json!([RESOURCE])),
        ("aud", json!(format!("{}/", RESOURCE))),
        ("exp", json!(now_s - 61)),
        ("exp", json!("9999999999")),
        ("exp", json!(1e300)),
        ("exp", Value::Null),
        ("iat", json!(now_s + 61)),
        ("sub", json!(7)),
        ("client_id", Value::Null),
        ("admin", json!(true)),
    ] {
        let text = forged(tokens, &header, &with(&claims, name, value.clone())).await;
        assert!(tokens.read(&text).await.is_err(), "{name} {value}");
    }
    let (message, tag) = good.rsplit_once('.').unwrap();
    for text in [
        format!("{message}."),
        message.to_owned(),
        format!("{message}.{tag}="),
        format!("{message}.{tag}.{tag}"),
        format!("{message}.{}", "A".repeat(43)),
        String::new(),
        "..".into(),
        ".".repeat(10_000),
    ] {
        assert!(tokens.read(&text).await.is_err(), "{text:.60}");
    }
    world.entra.clock.advance(Duration::from_secs(60 + 59));
    assert!(tokens.read(&good).await.is_ok(), "59 s late");
    world.entra.clock.advance(Duration::from_secs(2));
    assert_eq!(tokens.read(&good).await, Err(NotOurs::Times));
    assert!(tokens.read_any_age(&good).await.is_ok());
}

#[tokio::test]
async fn row_38_a_retired_key_is_good_while_it_is_in_the_ring() {
    let ring = |active: &str, ids: &[&str]| {
        let keys: serde_json::Map<_, _> = ids
            .iter()
            .zip(1_u8..)
            .map(|(id, n)| {
                let key = base64::engine::general_purpose::STANDARD.encode([n; 32]);
                ((*id).to_owned(), json!(key))
            })
            .collect();
        json!({"active": active, "keys": keys}).to_string()
    };
    let tokens = async |text: &str| {
        let keyring = LiveKeyring::from_secret(LiveSecret::fixed(text)).await.unwrap();
        let place = Place { issuer: ISSUER, resource: RESOURCE, connector: "sharepoint" };
        AccessTokens::new(place, keyring, Clock::System)
    };
    let world = World::new().await;
    let sessions = world.instance();
    let id = world.opened(&sessions, 3600).await;
    let live = sessions.grants.latest(&id, &world.usage).await.unwrap();
    let old = tokens(&ring("k1", &["k1"])).await.issue(&id, &live.grant).await.unwrap().text;
    let named = tokens(&ring("k2", &["k1", "k2"])).await.read_any_age(&old).await.unwrap();
    assert_eq!(named.grant_id, id);
    let removed = ring("k2", &["x", "k2"]);
    assert_eq!(tokens(&removed).await.read_any_age(&old).await, Err(NotOurs::Digest));
}

#[tokio::test]
async fn a_token_lives_no_longer_than_the_entra_token_nor_than_ninety_minutes() {
    let world = World::new().await;
    let sessions = world.instance();
    for (lasts_s, expected) in [(1_000, 1_000), (5_400, 5_400), (28 * 3_600, 5_400)] {
        let id = world.opened(&sessions, lasts_s).await;
        let live = sessions.grants.latest(&id, &world.usage).await.unwrap();
        let issued = sessions.access_tokens.issue(&id, &live.grant).await.unwrap();
        assert_eq!(issued.expires_in_s, expected);
    }
}
