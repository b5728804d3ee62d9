//! Microsoft's own library as a client: what it accepts was not written by us.
//!
//! Needs a Python with `msal`: `TOOLS_PYTHON`, or the one that `cargo xtask test` installs; says so
//! and passes without one.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::super::{
    AssertionReplay, Clock, Entra, EntraOptions, RsaKey, Running, verify_graph_token,
};
use super::claims;
use crate::company::{ASSISTANT_CLIENT, CLIENT_SECRET, TENANT, person, registration};

/// A key and its certificate as the PEM files an operator would have.
struct Pem {
    private_key: String,
    certificate: String,
    thumbprint: String,
}

impl Pem {
    fn registered(entra: &Entra) -> Self {
        let key = RsaKey::generate().unwrap();
        let algorithm = &rcgen::PKCS_RSA_SHA256;
        let pkcs8 = key.pkcs8().unwrap().into();
        let pair = rcgen::KeyPair::from_pkcs8_der_and_sign_algo(&pkcs8, algorithm).unwrap();
        let params = rcgen::CertificateParams::new(vec!["connector.example".to_owned()]).unwrap();
        let certificate = params.self_signed(&pair).unwrap();
        entra.register_certificate("sharepoint", certificate.der()).unwrap();
        let sha1 = &aws_lc_rs::digest::SHA1_FOR_LEGACY_USE_ONLY;
        let thumbprint = hex::encode(aws_lc_rs::digest::digest(sha1, certificate.der()));
        Self { private_key: pair.serialize_pem(), certificate: certificate.pem(), thumbprint }
    }
}

/// Runs the script; `None` when there is nothing to run it with.
fn run(input: &Value) -> Option<Value> {
    let usual = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/tools/python/bin/python");
    let python = std::env::var_os("TOOLS_PYTHON").map_or_else(|| usual.into(), PathBuf::from);
    let import = Command::new(&python).args(["-c", "import msal"]).output();
    if !import.is_ok_and(|output| output.status.success()) {
        eprintln!("SKIPPED: no msal at {}", python.display());
        return None;
    }
    let mut child = Command::new(python)
        .args(["-c", include_str!("msal.py")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "the script failed");
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

async fn start() -> Running {
    let options = EntraOptions {
        public_base: Some("https://entra.localhost:8443".to_owned()),
        clock: Clock::system(),
        assertion_replay: AssertionReplay::Allowed,
        ..EntraOptions::default()
    };
    Entra::start(options).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn microsoft_s_own_library_signs_in_and_acts_on_behalf_of_people() {
    let entra = start().await;
    let pem = Pem::registered(&entra);
    let input = json!({
        "base": format!("http://{}", entra.addr()),
        "public_base": entra.base_url(),
        "tenant": TENANT,
        "connector": registration("sharepoint"),
        "assistant": ASSISTANT_CLIENT,
        "secret": CLIENT_SECRET,
        "private_key": pem.private_key,
        "certificate": pem.certificate,
        "thumbprint": pem.thumbprint,
        "assertion": entra.access_token("ann", "sharepoint").unwrap(),
        "callback": "http://localhost:4322/oauth/callback",
        "api_scope": format!("api://{}/access", registration("sharepoint").unwrap()),
    });
    let Some(seen) = tokio::task::spawn_blocking(move || run(&input)).await.unwrap() else {
        return;
    };
    let ann = person("ann").unwrap();
    for way in ["/secret", "/certificate/0", "/certificate/1", "/thumbprint", "/capable"] {
        let answer = seen.pointer(way).unwrap();
        let token = answer["access_token"].as_str().unwrap_or_else(|| panic!("{way}: {answer}"));
        let token = verify_graph_token(token).unwrap();
        assert_eq!(token.oid, ann.oid, "{way}");
        assert_eq!(token.claims_cae, way == "/capable");
    }
    for (way, error, code) in [
        ("wrong_secret", "invalid_client", 7_000_215),
        ("no_consent", "invalid_grant", 65001),
        ("garbage", "invalid_grant", 50013),
    ] {
        assert_eq!(
            (&seen[way]["error"], &seen[way]["error_codes"]),
            (&json!(error), &json!([code]))
        );
    }
    for way in ["signed_in", "silent", "proxy_signed_in", "proxy_silent"] {
        let token = seen[way]["access_token"].as_str().unwrap_or_else(|| panic!("{}", seen[way]));
        let claims = claims(token);
        assert_eq!((&claims["oid"], &claims["scp"]), (&json!(ann.oid), &json!("access")));
    }
    assert_eq!(seen["signed_in"]["id_token_claims"]["oid"], ann.oid);
    let login =
        entra.requests().into_iter().find(|seen| seen.fields.contains_key("client_assertion"));
    assert!(login.unwrap().fields["client_assertion"].starts_with("sha256:"));
}
