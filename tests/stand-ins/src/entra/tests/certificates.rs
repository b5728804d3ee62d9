//! Logging in with a certificate instead of a secret.

use rcgen::{CertificateParams, KeyPair, PKCS_RSA_SHA256};
use serde_json::{Value, json};

use super::super::jwt::{Algorithm, Signer, base64url, sha256, sign};
use super::super::{AssertionReplay, EntraOptions, RsaKey};
use super::{Fields, NOW, World};
use crate::company::registration;

/// A key with its registered certificate, and a good client assertion to start from.
struct Login {
    key: RsaKey,
    header: Value,
    claims: Value,
}

impl Login {
    fn registered(world: &World) -> Self {
        let key = RsaKey::generate().unwrap();
        let pkcs8 = key.pkcs8().unwrap();
        let pair = KeyPair::from_pkcs8_der_and_sign_algo(&pkcs8.into(), &PKCS_RSA_SHA256).unwrap();
        let der = CertificateParams::new(vec!["connector.example".to_owned()])
            .unwrap()
            .self_signed(&pair)
            .unwrap()
            .der()
            .to_vec();
        world.entra.register_certificate("sharepoint", &der).unwrap();
        let client = registration("sharepoint").unwrap();
        Self {
            key,
            header: json!({"alg": "PS256", "typ": "JWT", "x5t#S256": base64url(&sha256(&der))}),
            claims: json!({"iss": client, "sub": client, "aud": world.token_url(),
                "jti": "one", "iat": NOW, "nbf": NOW, "exp": NOW + 600}),
        }
    }

    fn claim(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.claims[name] = value.into();
        self
    }

    fn assertion(&self, algorithm: Algorithm) -> String {
        let payload = self.claims.to_string();
        sign(algorithm, &Signer::Rsa(&self.key), &self.header, payload.as_bytes()).unwrap()
    }
}

fn form(world: &World, assertion: &str) -> Fields {
    world
        .on_behalf_of_ann()
        .without("client_secret")
        .with("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
        .with("client_assertion", assertion)
}

#[tokio::test]
async fn a_registered_certificate_is_as_good_as_a_secret() {
    let world = World::start().await;
    let assertion = Login::registered(&world).assertion(Algorithm::Ps256);
    world.token(&form(&world, &assertion)).await.granted();
}

#[tokio::test]
async fn fractions_of_a_second_and_a_padded_thumbprint_do_no_harm() {
    let world = World::start().await;
    let mut login = Login::registered(&world).claim("iat", json!(1_790_000_000.25));
    login = login.claim("nbf", json!(1_790_000_000.25)).claim("exp", json!(1_790_000_600.25));
    login.header["x5t#S256"] = json!(format!("{}=", login.header["x5t#S256"].as_str().unwrap()));
    world.token(&form(&world, &login.assertion(Algorithm::Ps256))).await.granted();
}

#[tokio::test]
async fn the_older_sha1_thumbprint_with_rs256_still_works() {
    let world = World::start().await;
    let mut login = Login::registered(&world);
    let sha1 = {
        use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
        let registrations = super::super::state::lock(&world.entra.state().registrations);
        let der = &registrations.by_name("sharepoint").unwrap().certificates[0].der;
        base64url(digest(&SHA1_FOR_LEGACY_USE_ONLY, der).as_ref())
    };
    login.header = json!({"alg": "RS256", "typ": "JWT", "x5t": sha1});
    world.token(&form(&world, &login.assertion(Algorithm::Rs256))).await.granted();
}

#[tokio::test]
async fn an_assertion_is_good_for_one_login_when_replay_is_refused() {
    let world = World::start().await;
    let form = form(&world, &Login::registered(&world).assertion(Algorithm::Ps256));
    world.token(&form).await.granted();
    world.token(&form).await.refused(401, "invalid_client", 700_027);
}

#[tokio::test]
async fn an_assertion_may_be_used_again_when_replay_is_allowed() {
    let options =
        EntraOptions { assertion_replay: AssertionReplay::Allowed, ..EntraOptions::default() };
    let world = World::with(options).await;
    let form = form(&world, &Login::registered(&world).assertion(Algorithm::Ps256));
    world.token(&form).await.granted();
    world.token(&form).await.granted();
}

#[tokio::test]
async fn an_assertion_that_says_something_wrong_is_refused() {
    let world = World::start().await;
    let outlook = registration("outlook").unwrap();
    let login = || Login::registered(&world);
    let cases = [
        ("issuer", login().claim("iss", outlook), 700_021),
        ("subject", login().claim("sub", outlook), 700_021),
        ("audience", login().claim("aud", world.entra.base_url()), 700_023),
        ("over", login().claim("exp", NOW), 700_024),
        ("too long", login().claim("exp", NOW + 3600), 700_024),
        ("not begun", login().claim("nbf", NOW + 400), 700_024),
        ("no end", login().claim("exp", Value::Null), 700_024),
        ("no id", login().claim("jti", Value::Null), 700_027),
    ];
    for (what, login, code) in cases {
        let answer = world.token(&form(&world, &login.assertion(Algorithm::Ps256))).await;
        assert_eq!(answer.body["error_codes"], json!([code]), "{what}");
        answer.refused(401, "invalid_client", code);
    }
}

#[tokio::test]
async fn an_assertion_signed_wrongly_is_refused() {
    let world = World::start().await;
    let mut login = Login::registered(&world);
    let other_algorithm = login.assertion(Algorithm::Rs256);
    world.token(&form(&world, &other_algorithm)).await.refused(401, "invalid_client", 700_027);
    world.token(&form(&world, "garbage")).await.refused(401, "invalid_client", 700_027);
    let right = std::mem::replace(&mut login.key, RsaKey::generate().unwrap());
    let strangers = login.assertion(Algorithm::Ps256);
    world.token(&form(&world, &strangers)).await.refused(401, "invalid_client", 700_027);
    login.key = right;
    login.header["x5t#S256"] = json!("unknown");
    let unnamed = login.assertion(Algorithm::Ps256);
    world.token(&form(&world, &unnamed)).await.refused(401, "invalid_client", 700_027);
}

#[tokio::test]
async fn a_certificate_of_one_connector_opens_no_other() {
    let world = World::start().await;
    let outlook = registration("outlook").unwrap();
    let login = Login::registered(&world).claim("iss", outlook).claim("sub", outlook);
    let form = form(&world, &login.assertion(Algorithm::Ps256)).with("client_id", outlook);
    world.token(&form).await.refused(401, "invalid_client", 700_027);
}

#[tokio::test]
async fn the_assertion_type_must_be_said_and_a_secret_left_out() {
    let world = World::start().await;
    let assertion = Login::registered(&world).assertion(Algorithm::Ps256);
    let good = form(&world, &assertion);
    let answer = world.token(&good.clone().without("client_assertion_type")).await;
    answer.refused(400, "invalid_request", 900_144);
    let both = good.with("client_secret", crate::company::CLIENT_SECRET);
    world.token(&both).await.refused(400, "invalid_request", 9_002_313);
}

#[tokio::test]
async fn bytes_that_are_no_certificate_are_not_registered() {
    let world = World::start().await;
    assert!(world.entra.register_certificate("sharepoint", b"no certificate").is_err());
}
