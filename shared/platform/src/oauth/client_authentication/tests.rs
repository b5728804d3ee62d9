use std::sync::LazyLock;
use std::time::Duration;

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

use super::*;
use crate::http_client::install_crypto;
use crate::oauth::client::tests::{Bench, OWN_ID};
use crate::oauth::document::tests::DocumentHost;

const ISSUER: &str = "https://sharepoint.example.com";

/// An elliptic curve key of a client.
struct Key {
    encoding: EncodingKey,
    jwk: Value,
}

static KEYS: LazyLock<[Key; 2]> = LazyLock::new(|| ["k1", "k2"].map(Key::new));

impl Key {
    fn new(id: &str) -> Self {
        use base64::Engine as _;
        use base64::engine::general_purpose::URL_SAFE_NO_PAD;
        install_crypto();
        let pair = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap();
        let point = pair.public_key_raw();
        let jwk = json!({
            "kty": "EC", "crv": "P-256", "kid": id, "use": "sig", "alg": "ES256",
            "x": URL_SAFE_NO_PAD.encode(&point[1..33]), "y": URL_SAFE_NO_PAD.encode(&point[33..]),
        });
        Self { encoding: EncodingKey::from_ec_der(&pair.serialize_der()), jwk }
    }

    fn sign(&self, header: &Header, claims: &Value) -> String {
        jsonwebtoken::encode(header, claims, &self.encoding).unwrap()
    }
}

struct Stage {
    host: DocumentHost,
    bench: Bench,
    id: String,
}

impl Stage {
    async fn new() -> Self {
        let host = DocumentHost::start().await;
        let bench = Bench::new(&[("MCP_SERVER_CIMD_HOSTS", host.entry())]);
        let id = host.url("/client");
        let stage = Self { host, bench, id };
        stage.publish(&[&KEYS[0]]);
        stage
    }

    fn publish(&self, keys: &[&Key]) {
        let keys: Vec<_> = keys.iter().map(|key| key.jwk.clone()).collect();
        self.host.put_json("/keys", &json!({"keys": keys}));
        self.host.put_json(
            "/client",
            &json!({
                "client_id": self.id, "redirect_uris": ["http://localhost/cb"],
                "token_endpoint_auth_method": "private_key_jwt",
                "jwks_uri": self.host.url("/keys"),
            }),
        );
    }

    fn claims(&self, jti: &str) -> Value {
        let now_s = self.bench.clock.now_s();
        json!({"iss": self.id, "sub": self.id, "aud": ISSUER, "jti": jti, "iat": now_s,
            "exp": now_s + 300})
    }

    async fn present(&self, clients: &Clients, assertion: &str) -> Result<Client, Refused> {
        let credentials = Credentials {
            client_id: Some(&self.id),
            client_assertion_type: Some(ASSERTION_TYPE),
            client_assertion: Some(assertion),
        };
        clients.authenticate(ISSUER, credentials, &self.bench.usage).await
    }

    async fn reason(&self, assertion: &str) -> &'static str {
        let refused = self.present(&self.bench.clients, assertion).await.unwrap_err();
        assert_eq!(refused.error.code, ErrorCode::InvalidClient);
        refused.reason
    }
}

fn header(kid: &str) -> Header {
    let mut header = Header::new(Algorithm::ES256);
    header.kid = Some(kid.to_owned());
    header
}

#[tokio::test]
async fn row_83_an_assertion_is_good_once_on_all_instances_together() {
    let stage = Stage::new().await;
    let assertion = KEYS[0].sign(&header("k1"), &stage.claims("j1"));

    let client = stage.present(&stage.bench.clients, &assertion).await.unwrap();
    assert_eq!(client.id, stage.id);
    let again = stage.present(&stage.bench.clients, &assertion).await.unwrap_err();
    assert_eq!((again.reason, again.error.code), ("assertion_replayed", ErrorCode::InvalidClient));
    let elsewhere = stage.bench.other_instance();
    let again = stage.present(&elsewhere, &assertion).await.unwrap_err();
    assert_eq!(again.reason, "assertion_replayed");

    let mut claims = stage.claims("j2");
    claims["aud"] = json!(["https://else.example", format!("{ISSUER}/oauth/token")]);
    let next = KEYS[0].sign(&header("k1"), &claims);
    assert!(stage.present(&elsewhere, &next).await.is_ok());
}

#[tokio::test]
async fn row_83_claims_that_do_not_fit_are_refused() {
    let stage = Stage::new().await;
    let now_s = stage.bench.clock.now_s();
    let edits: [(&str, Value, &str); 17] = [
        ("exp", json!(now_s + 3600), "assertion_time"),
        ("exp", json!(now_s - 60), "assertion_time"),
        ("exp", json!("soon"), "assertion_form"),
        ("exp", Value::Null, "assertion_form"),
        ("nbf", json!(now_s + 61), "assertion_time"),
        ("iat", json!(now_s + 61), "assertion_time"),
        ("aud", json!("https://else.example"), "assertion_audience"),
        ("aud", json!(format!("{ISSUER}/")), "assertion_audience"),
        ("aud", json!([]), "assertion_audience"),
        ("aud", json!(7), "assertion_form"),
        ("aud", Value::Null, "assertion_form"),
        ("iss", json!("https://else.example/c"), "assertion_subject"),
        ("sub", json!(OWN_ID), "assertion_subject"),
        ("jti", json!(""), "assertion_form"),
        ("jti", json!("x".repeat(257)), "assertion_form"),
        ("jti", Value::Null, "assertion_form"),
        ("jti", json!(7), "assertion_form"),
    ];
    for (claim, value, reason) in edits {
        let mut claims = stage.claims("j");
        claims[claim] = value.clone();
        let assertion = KEYS[0].sign(&header("k1"), &claims);
        assert_eq!(stage.reason(&assertion).await, reason, "{claim}: {value}");
    }
}

#[tokio::test]
async fn row_83_other_algorithms_and_other_keys_are_refused() {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let stage = Stage::new().await;
    let claims = stage.claims("j");
    let good = KEYS[0].sign(&header("k1"), &claims);
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let payload = signed.split_once('.').unwrap().1;
    let with_header = |header: Value| {
        let header = URL_SAFE_NO_PAD.encode(header.to_string());
        format!("{header}.{payload}.{signature}")
    };

    for alg in ["none", "NONE", "HS256", "HS512", "ES384", "RS384", "EdDSA", ""] {
        let forged = with_header(json!({"alg": alg, "kid": "k1"}));
        assert_eq!(stage.reason(&forged).await, "assertion_algorithm", "{alg}");
    }
    for name in ["jwk", "jku", "x5c", "x5u", "crit", "b64"] {
        let forged = with_header(json!({"alg": "ES256", "kid": "k1", name: "x"}));
        assert_eq!(stage.reason(&forged).await, "assertion_form", "{name}");
    }
    let hmac = EncodingKey::from_secret(b"secret");
    let hmac = jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &hmac).unwrap();
    assert_eq!(stage.reason(&hmac).await, "assertion_algorithm");
    let foreign = KEYS[1].sign(&header("k1"), &claims);
    assert_eq!(stage.reason(&foreign).await, "assertion_signature");
    let unknown = KEYS[1].sign(&header("k2"), &claims);
    assert_eq!(stage.reason(&unknown).await, "assertion_key");
    let rsa = with_header(json!({"alg": "RS256", "kid": "k1"}));
    assert_eq!(stage.reason(&rsa).await, "assertion_key");
    for form in ["", "a.b", "a.b.c.d", &format!("{signed}."), &"a".repeat(9000)] {
        assert_eq!(stage.reason(form).await, "assertion_form");
    }
}

#[tokio::test]
async fn a_key_that_is_new_is_looked_for_and_a_made_up_one_is_not_for_long() {
    let stage = Stage::new().await;
    let first = KEYS[0].sign(&header("k1"), &stage.claims("j1"));
    stage.present(&stage.bench.clients, &first).await.unwrap();
    assert_eq!(stage.host.asked(), 2);

    stage.publish(&[&KEYS[1]]);
    stage.bench.clock.advance(Duration::from_secs(61));
    let rolled = KEYS[1].sign(&header("k2"), &stage.claims("j2"));
    stage.present(&stage.bench.clients, &rolled).await.unwrap();
    assert_eq!(stage.host.asked(), 4);

    for n in 0..10 {
        let made_up = KEYS[1].sign(&header(&format!("made-up-{n}")), &stage.claims("j3"));
        assert_eq!(stage.reason(&made_up).await, "assertion_key");
    }
    assert_eq!(stage.host.asked(), 4);
}

#[tokio::test]
async fn a_client_authenticates_in_the_way_that_it_says_of_itself() {
    let stage = Stage::new().await;
    let clients = &stage.bench.clients;
    let authenticate =
        async |credentials| clients.authenticate(ISSUER, credentials, &stage.bench.usage).await;
    let own = Credentials { client_id: Some(OWN_ID), ..Credentials::default() };
    let with_keys = Credentials { client_id: Some(&stage.id), ..Credentials::default() };
    let assertion = KEYS[0].sign(&header("k1"), &stage.claims("j1"));
    let signed = Credentials {
        client_id: None,
        client_assertion_type: Some(ASSERTION_TYPE),
        client_assertion: Some(&assertion),
    };

    assert_eq!(authenticate(own).await.unwrap().id, OWN_ID);
    let refused = |result: Result<Client, Refused>| result.unwrap_err().reason;
    assert_eq!(refused(authenticate(with_keys).await), "assertion_missing");
    let unwanted = Credentials { client_id: Some(OWN_ID), ..signed };
    assert_eq!(refused(authenticate(unwanted).await), "assertion_unwanted");
    let untyped = Credentials { client_assertion_type: None, ..signed };
    assert_eq!(refused(authenticate(untyped).await), "assertion_form");
    let alone = Credentials { client_assertion: None, ..signed };
    assert_eq!(refused(authenticate(alone).await), "assertion_form");
    assert_eq!(refused(authenticate(Credentials::default()).await), "client_id_missing");
    assert_eq!(authenticate(signed).await.unwrap().id, stage.id, "the assertion names its client");
}
