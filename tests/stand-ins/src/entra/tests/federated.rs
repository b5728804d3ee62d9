//! Logging in with a token of another identity provider.

use serde_json::{Value, json};

use super::super::{Algorithm, FederatedCredential, RsaKey};
use super::{NOW, World};
use crate::company::registration;

const ISSUER: &str = "https://0123.tokens.sts.example";
const ROLE: &str = "arn:aws:iam::123456789012:role/sharepoint";
const AUDIENCE: &str = "api://AzureADTokenExchange";

fn claims() -> Value {
    json!({"iss": ISSUER, "sub": ROLE, "aud": AUDIENCE, "jti": "one", "iat": NOW, "exp": NOW + 3600})
}

/// A stand-in that trusts the key it returns.
async fn trusting() -> (World, RsaKey) {
    let world = World::start().await;
    let key = RsaKey::generate().unwrap();
    let credential = FederatedCredential {
        issuer: ISSUER.to_owned(),
        subject: ROLE.to_owned(),
        audience: AUDIENCE.to_owned(),
        public_key: key.spki_der(),
    };
    world.entra.register_federated("sharepoint", credential).unwrap();
    (world, key)
}

impl World {
    async fn log_in(&self, key: &RsaKey, claims: &Value) -> super::Answer {
        let header = json!({"alg": "RS256", "typ": "JWT", "kid": "EC384_0"});
        let assertion = key.sign(Algorithm::Rs256, &header, claims).unwrap();
        let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
        let form = self
            .on_behalf_of_ann()
            .without("client_secret")
            .with("client_assertion_type", kind)
            .with("client_assertion", &assertion);
        self.token(&form).await
    }
}

#[tokio::test]
async fn a_token_of_a_trusted_provider_logs_in_as_often_as_it_lasts() {
    let (world, key) = trusting().await;
    world.log_in(&key, &claims()).await.granted();
    world.clock.advance(1800);
    world.log_in(&key, &claims()).await.granted();
}

#[tokio::test]
async fn a_token_that_does_not_match_the_trust_is_refused() {
    let (world, key) = trusting().await;
    for (claim, value, code) in [
        ("iss", json!("https://evil.example"), 700_211),
        ("sub", json!("arn:aws:iam::123456789012:role/other"), 700_213),
        ("sub", json!(registration("sharepoint")), 700_213),
        ("aud", json!("sts.amazonaws.com"), 700_212),
        ("exp", json!(NOW), 700_024),
        ("iat", json!(NOW + 301), 700_024),
    ] {
        let mut claims = claims();
        claims[claim] = value;
        world.log_in(&key, &claims).await.refused(401, "invalid_client", code);
    }
    let stranger = RsaKey::generate().unwrap();
    world.log_in(&stranger, &claims()).await.refused(401, "invalid_client", 700_027);
}

#[tokio::test]
async fn a_connector_without_trust_takes_no_foreign_token() {
    let world = World::start().await;
    let key = RsaKey::generate().unwrap();
    world.log_in(&key, &claims()).await.refused(401, "invalid_client", 700_211);
}
