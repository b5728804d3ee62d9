//! Clients that prove who they are with a signed assertion (RFC 7523).

use std::sync::atomic::{AtomicU64, Ordering};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use e2e::{Company, own_server};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::documents::{DocumentHost, Published};
use crate::own_client::{OwnClient, REDIRECT, Tokens, on_disk, says, works};

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A client with a key.
struct KeyClient {
    key: EcdsaKeyPair,
    client_id: String,
    issuer: String,
    made: AtomicU64,
}

impl KeyClient {
    fn new(hosts: &DocumentHost, path: &str, issuer: &str) -> Self {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        let (x, y) = key.public_key().as_ref()[1..].split_at(32);
        let encode = |part: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(part);
        let mut document = hosts.document(path);
        document["token_endpoint_auth_method"] = "private_key_jwt".into();
        document["jwks"] = json!({"keys": [
            {"kty": "EC", "crv": "P-256", "kid": "one", "use": "sig", "x": encode(x), "y": encode(y)},
        ]});
        let client_id = hosts.publish(path, Published::Json(document));
        Self { key, client_id, issuer: issuer.to_owned(), made: AtomicU64::default() }
    }

    /// The claims of a right assertion, never twice the same.
    fn claims(&self) -> Value {
        let now = Timestamp::now().as_second();
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        json!({
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": format!("{}/oauth/token", self.issuer),
            "iat": now,
            "exp": now + 60,
            "jti": format!("assertion-number-{number}"),
        })
    }

    fn with(&self, name: &str, value: impl Into<Value>) -> Value {
        let mut claims = self.claims();
        claims[name] = value.into();
        claims
    }

    fn sign(&self, header: &Value, claims: &Value) -> String {
        let part = |json: &Value| BASE64_URL_SAFE_NO_PAD.encode(json.to_string());
        let message = format!("{}.{}", part(header), part(claims));
        let signature = self.key.sign(&SystemRandom::new(), message.as_bytes()).unwrap();
        format!("{message}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
    }

    fn assertion(&self, claims: &Value) -> String {
        self.sign(&json!({"alg": "ES256", "kid": "one", "typ": "JWT"}), claims)
    }
}

fn proof(assertion: &str) -> [(&str, &str); 2] {
    [("client_assertion_type", ASSERTION_TYPE), ("client_assertion", assertion)]
}

#[tokio::test]
async fn row_83_an_assertion_is_good_once_on_all_instances_together() {
    let company = Company::start().await;
    let (hosts, folder) = (DocumentHost::start().await, tempfile::tempdir().unwrap());
    let start = async |base: Option<String>| {
        own_server(&company, |usual| {
            let base = base.unwrap_or_else(|| usual.get("MCP_BASE_URL").to_owned());
            let usual = on_disk(usual, &folder).with("MCP_BASE_URL", base);
            usual.with("MCP_SERVER_CIMD_HOSTS", hosts.authority())
        })
        .await
    };
    let here = start(None).await;
    let base = here.environment.get("MCP_BASE_URL").to_owned();
    let there = start(Some(base.clone())).await;
    let keys = KeyClient::new(&hosts, "/keys", &base);
    let client = OwnClient::known(&here, &keys.client_id, REDIRECT).await;
    let code = client.code("ann").await;
    let assertion = keys.assertion(&keys.claims());
    company.canaries.plant_token(&assertion);
    let first = Tokens::of(client.exchange(&code, &proof(&assertion)).await);
    assert!(works(&here, &first).await);
    let again = client.renew(&first.refresh, &proof(&assertion)).await;
    says(&again, 401, "invalid_client");
    // At the other instance: the same address, another process.
    let form = [
        ("grant_type", "refresh_token"),
        ("client_id", client.id()),
        ("refresh_token", &first.refresh),
    ];
    let other = format!("http://{}/oauth/token", there.address());
    let form: Vec<_> = form.into_iter().chain(proof(&assertion)).collect();
    says(&e2e::post_form(&other, &form).await, 401, "invalid_client");
    let fresh = keys.assertion(&keys.claims());
    Tokens::of(client.renew(&first.refresh, &proof(&fresh)).await);
    here.finish().await;
    there.finish().await;
}

#[tokio::test]
async fn row_83_assertions_that_do_not_fit_prove_nothing() {
    let company = Company::start().await;
    let hosts = DocumentHost::start().await;
    let connector =
        own_server(&company, |usual| usual.with("MCP_SERVER_CIMD_HOSTS", hosts.authority())).await;
    let base = connector.environment.get("MCP_BASE_URL");
    let keys = KeyClient::new(&hosts, "/keys", base);
    let stranger = KeyClient::new(&hosts, "/stranger", base);
    let client = OwnClient::known(&connector, &keys.client_id, REDIRECT).await;
    let code = client.code("ann").await;
    let now = Timestamp::now().as_second();
    let es256 = json!({"alg": "ES256", "kid": "one"});
    let unsigned = keys.sign(&json!({"alg": "none", "kid": "one"}), &keys.claims());
    let stripped = format!("{}.", unsigned.rsplit_once('.').unwrap().0);
    let with_key = json!({"alg": "ES256", "kid": "one", "jwk": {"kty": "oct", "k": "AA"}});
    let from_afar = json!({"alg": "ES256", "kid": "one", "jku": hosts.address("/jku")});
    let mut no_id = keys.claims();
    no_id.as_object_mut().unwrap().remove("jti");
    for (story, assertion) in [
        ("an hour ahead", keys.assertion(&keys.with("exp", now + 3600))),
        ("over", keys.assertion(&keys.with("exp", now - 61))),
        ("for somebody else", keys.assertion(&keys.with("aud", "https://other.example/token"))),
        ("for Entra", keys.assertion(&keys.with("aud", company.entra.base_url()))),
        ("of somebody else", keys.assertion(&keys.with("iss", "https://other.example/"))),
        ("about somebody else", keys.assertion(&keys.with("sub", stranger.client_id.as_str()))),
        ("not valid yet", keys.assertion(&keys.with("nbf", now + 300))),
        ("without an id", keys.assertion(&no_id)),
        ("no algorithm", unsigned),
        ("no signature", stripped),
        ("a secret's digest", keys.sign(&json!({"alg": "HS256", "kid": "one"}), &keys.claims())),
        ("another's key", stranger.sign(&es256, &keys.claims())),
        ("an unknown key", keys.sign(&json!({"alg": "ES256", "kid": "two"}), &keys.claims())),
        ("a key of its own", keys.sign(&with_key, &keys.claims())),
        ("a key from afar", keys.sign(&from_afar, &keys.claims())),
        ("nonsense", "nonsense".to_owned()),
    ] {
        let (status, answer) = client.exchange(&code, &proof(&assertion)).await;
        assert_eq!(
            (status, &answer["error"]),
            (401, &"invalid_client".into()),
            "{story}: {answer}"
        );
    }
    says(&client.exchange(&code, &[]).await, 401, "invalid_client");
    says(&client.exchange(&code, &[("client_secret", "a-secret")]).await, 401, "invalid_client");
    assert!(!hosts.requests().contains(&"/jku".to_owned()));
    // Whoever cannot prove who they are uses no code up.
    let right = keys.assertion(&keys.claims());
    let tokens = Tokens::of(client.exchange(&code, &proof(&right)).await);
    // Ends are proven in the same way.
    says(&client.revoke(&tokens.refresh).await, 401, "invalid_client");
    assert!(works(&connector, &tokens).await);
    // A public client must not send one.
    let public = OwnClient::register(&connector, REDIRECT).await;
    let code = public.code("ann").await;
    let unwanted = keys.assertion(&keys.with("sub", public.id()));
    says(&public.exchange(&code, &proof(&unwanted)).await, 401, "invalid_client");
    connector.finish().await;
}
