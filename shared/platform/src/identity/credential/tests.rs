use std::sync::Arc;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair, RSA_PSS_2048_8192_SHA256, RsaKeyPair, RsaPublicKeyComponents};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use serde_json::Value;

use super::*;
use crate::seal::sha256;

fn clock() -> Clock {
    Clock::manual(jiff::Timestamp::from_second(1_800_000_000).unwrap())
}

/// A certificate in DER, and certificate and key in PEM.
fn certificate(key: &RsaKeyPair) -> (Vec<u8>, String) {
    let der = AsDer::<Pkcs8V1Der<'_>>::as_der(key).unwrap();
    let pkcs8 = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(der.as_ref().to_vec()));
    let signing = rcgen::KeyPair::from_der_and_sign_algo(&pkcs8, &rcgen::PKCS_RSA_SHA256).unwrap();
    let parameters = rcgen::CertificateParams::new(vec!["connector.test".into()]).unwrap();
    let certificate = parameters.self_signed(&signing).unwrap();
    let pem = format!("{}{}", certificate.pem(), pem("PRIVATE KEY", der.as_ref()));
    (certificate.der().to_vec(), pem)
}

fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<&str> =
        text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    let body = lines.join("\n");
    format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n")
}

#[tokio::test]
async fn a_certificate_makes_a_short_lived_assertion_for_one_endpoint() {
    let key = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let (der, pem) = certificate(&key);
    let credential = Credential::Certificate(LiveSecret::fixed(pem));

    let fields = credential.proof("client", "https://entra.test/token", &clock()).await.unwrap();

    assert_eq!(fields[0].0, "client_assertion_type");
    assert_eq!(fields[0].1.expose_secret(), ASSERTION_TYPE);
    assert_eq!(fields[1].0, "client_assertion");
    let assertion = fields[1].1.expose_secret();
    let (message, signature) = assertion.rsplit_once('.').unwrap();
    let parts: Vec<Value> = message
        .split('.')
        .map(|part| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap())
        .collect();
    assert_eq!(parts[0]["alg"], "PS256");
    assert_eq!(parts[0]["x5t#S256"], URL_SAFE_NO_PAD.encode(sha256(&der)));
    assert_eq!((&parts[1]["iss"], &parts[1]["sub"]), (&"client".into(), &"client".into()));
    assert_eq!(parts[1]["aud"], "https://entra.test/token");
    assert_eq!(parts[1]["exp"].as_i64().unwrap(), 1_800_000_600);
    assert_eq!(parts[1]["jti"].as_str().unwrap().len(), 36);
    let public = RsaPublicKeyComponents::<Vec<u8>>::from(key.public_key());
    public
        .verify(
            &RSA_PSS_2048_8192_SHA256,
            message.as_bytes(),
            &URL_SAFE_NO_PAD.decode(signature).unwrap(),
        )
        .unwrap();
}

#[test]
fn a_certificate_needs_its_own_rsa_key() {
    let key = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let other = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let (_, pem) = certificate(&key);
    let (_, other_pem) = certificate(&other);
    assert!(certificate::Certificate::from_pem(&pem).is_ok());
    let (cert, _) = pem.split_once("-----BEGIN PRIVATE").unwrap();
    let (_, other_key) = other_pem.split_once("-----BEGIN PRIVATE").unwrap();
    let mixed = format!("{cert}-----BEGIN PRIVATE{other_key}");
    let elliptic = rcgen::generate_simple_self_signed(vec!["x".into()]).unwrap();
    let elliptic = format!("{}{}", elliptic.cert.pem(), elliptic.signing_key.serialize_pem());
    for wrong in [cert, mixed.as_str(), &elliptic, "", "no pem"] {
        let problem = certificate::Certificate::from_pem(wrong).err();
        assert_eq!(problem, Some(CredentialProblem::Certificate));
    }
}

async fn assertion(credential: Credential) -> Result<String, CredentialProblem> {
    let fields = credential.proof("client", "endpoint", &clock()).await?;
    Ok(fields[1].1.expose_secret().to_owned())
}

fn command(text: &str) -> Credential {
    Credential::AssertionCommand(text.split_whitespace().map(str::to_owned).collect())
}

#[tokio::test]
async fn an_assertion_file_is_read_anew_each_time() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let credential = Credential::AssertionFile(file.path().into());
    for token in ["first.a.b", "second.a.b"] {
        std::fs::write(file.path(), format!("{token}\n")).unwrap();
        assert_eq!(assertion(credential.clone()).await, Ok(token.into()));
    }
    for wrong in [String::new(), "two words".into(), "x".repeat(20_000)] {
        std::fs::write(file.path(), wrong).unwrap();
        let problem = assertion(credential.clone()).await;
        assert_eq!(problem, Err(CredentialProblem::Assertion));
    }
}

#[tokio::test]
async fn a_commands_output_is_the_assertion_if_it_ends_well_and_is_short() {
    assert_eq!(assertion(command("echo a.b.c")).await, Ok("a.b.c".into()));
    for wrong in ["false", "no-such-program-anywhere", "yes", "", "echo a b"] {
        let problem = assertion(command(wrong)).await;
        assert_eq!(problem, Err(CredentialProblem::Assertion), "{wrong}");
    }
}

#[tokio::test]
async fn a_command_is_run_without_a_shell() {
    assert_eq!(assertion(command("echo $HOME")).await, Err(CredentialProblem::Assertion));
    let piped = assertion(command("echo a|b")).await;
    assert_eq!(piped, Err(CredentialProblem::Assertion));
}

#[tokio::test]
async fn settings_give_the_present_credentials_before_the_previous_ones() {
    let vars = Vars::from_pairs([
        ("MCP_SERVER_AZURE_CLIENT_SECRET_PREVIOUS", "old"),
        ("MCP_SERVER_AZURE_CLIENT_SECRET", "new"),
        ("MCP_SERVER_AZURE_CLIENT_ASSERTION_COMMAND", "echo a"),
    ]);
    let credentials = ClientCredentials::from_vars(&vars, None, &clock()).await.unwrap();
    let kinds: Vec<_> = credentials.in_order().map(|(_, c)| c.kind()).collect();
    assert_eq!(kinds, ["assertion_command", "secret", "secret"]);
    credentials.worked(2);
    let places: Vec<_> = credentials.in_order().map(|(place, _)| place).collect();
    assert_eq!(places, [2, 0, 1]);
    assert!(!format!("{credentials:?}").contains("old"));
}

#[tokio::test]
async fn a_secret_may_be_a_parameter_and_must_not_be_both() {
    let reader: ParameterReader = Arc::new(|name| {
        Box::pin(async move { Ok(SecretString::from(format!("value of {name}"))) })
    });
    let name = ("MCP_SERVER_AZURE_CLIENT_SECRET_SSM", "/a/secret");
    let vars = Vars::from_pairs([name]);
    let credentials = ClientCredentials::from_vars(&vars, Some(&reader), &clock()).await.unwrap();
    let (_, credential) = credentials.in_order().next().unwrap();
    let fields = credential.proof("client", "endpoint", &clock()).await.unwrap();
    assert_eq!(fields[0].0, "client_secret");
    assert_eq!(fields[0].1.expose_secret(), "value of /a/secret");

    let unreadable = ClientCredentials::from_vars(&vars, None, &clock()).await;
    assert_eq!(unreadable.unwrap_err().variable, name.0);
    let both = Vars::from_pairs([name, (SECRET, "x")]);
    let error = ClientCredentials::from_vars(&both, Some(&reader), &clock()).await;
    assert_eq!(error.unwrap_err().variable, SECRET);
    let none = ClientCredentials::from_vars(&Vars::default(), None, &clock()).await;
    assert_eq!(none.unwrap_err().variable, SECRET);
}
