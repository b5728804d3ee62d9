//! Tokens for Microsoft Graph, and the only way to check them.
//!
//! The real ones carry a `nonce` in their header and are signed over its hash, so that nobody
//! but Graph can check them. These do the same, with a key that no discovery document shows.

use std::sync::Arc;

use aws_lc_rs::signature::RSA_PKCS1_2048_8192_SHA256;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::jwt::{
    Algorithm, Signer, Unverified, base64url, put, sha256, signature_over, signing_input,
};
use super::keys::{RsaKey, graph_key};

/// What Graph reads in a token meant for it. The caller compares `exp` with its own clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GraphToken {
    /// Object id of the person.
    pub oid: String,
    /// Tenant of the person.
    pub tid: String,
    /// Short scope names.
    pub scopes: Vec<String>,
    /// Client id of the connector that asked.
    pub appid: String,
    /// When it was issued, in seconds since 1970.
    pub iat: i64,
    /// When it ends, in seconds since 1970.
    pub exp: i64,
    /// The id of the token.
    pub uti: String,
    /// Whether the client said that it handles claims challenges (`cp1`).
    pub claims_cae: bool,
}

/// Checks a Graph token that this process made; `None` when it is not one.
pub fn verify_graph_token(token: &str) -> Option<GraphToken> {
    GraphKeys::of_this_process().ok()?.verify(token)
}

/// The public keys that Graph tokens are checked with.
#[derive(Clone, Debug)]
pub struct GraphKeys {
    keys: Vec<PublicKey>,
}

#[derive(Clone, Debug)]
struct PublicKey {
    kid: String,
    der: Vec<u8>,
}

impl GraphKeys {
    /// The keys of a stand-in that runs in this process.
    pub fn of_this_process() -> anyhow::Result<Self> {
        let key = graph_key()?;
        Ok(Self {
            keys: vec![PublicKey { kid: key.kid().to_owned(), der: key.public_pkcs1().to_vec() }],
        })
    }

    /// The keys in the answer of `/stand-in/graph-keys` of a stand-in in another process.
    pub fn read(document: &Value) -> Option<Self> {
        let keys = document.get("keys")?.as_array()?.iter().map(|key| {
            Some(PublicKey {
                kid: key.get("kid")?.as_str()?.to_owned(),
                der: STANDARD.decode(key.get("spki")?.as_str()?).ok()?,
            })
        });
        Some(Self { keys: keys.collect::<Option<_>>()? })
    }

    /// What the token says, when its signature and its audience are right.
    pub fn verify(&self, token: &str) -> Option<GraphToken> {
        let token = Unverified::read(token)?;
        let kid = token.header_text("kid")?;
        let key = self.keys.iter().find(|key| key.kid == kid)?;
        let mut header = token.header.clone();
        let nonce = header.get("nonce")?.as_str()?.to_owned();
        header.insert("nonce".to_owned(), json!(hidden(&nonce)));
        let (_, payload) = token.input.split_once('.')?;
        let payload = URL_SAFE_NO_PAD.decode(payload).ok()?;
        let input = signing_input(&Value::Object(header), &payload);
        let genuine = token.header_text("alg") == Some("RS256")
            && token.signed_by(&key.der, &RSA_PKCS1_2048_8192_SHA256, input.as_bytes())
            && token.text("aud") == Some(super::scopes::GRAPH);
        genuine.then_some(())?;
        Some(GraphToken {
            oid: token.text("oid")?.to_owned(),
            tid: token.text("tid")?.to_owned(),
            scopes: token.text("scp")?.split(' ').map(str::to_owned).collect(),
            appid: token.text("appid")?.to_owned(),
            iat: token.number("iat")?,
            exp: token.number("exp")?,
            uti: token.text("uti")?.to_owned(),
            claims_cae: token.claims.get("xms_cc").is_some_and(|cc| cc == &json!(["cp1"])),
        })
    }
}

/// The answer of `/stand-in/graph-keys`.
pub(crate) fn published() -> anyhow::Result<Value> {
    let key = graph_key()?;
    let mut jwk = key.jwk();
    put(&mut jwk, "spki", STANDARD.encode(key.spki_der()));
    Ok(json!({ "keys": [jwk] }))
}

/// Signs claims for Graph.
pub(crate) fn seal(claims: &Value) -> anyhow::Result<String> {
    let key: Arc<RsaKey> = graph_key()?;
    let nonce = super::jwt::random();
    let header = |nonce: &str| json!({"typ": "JWT", "nonce": nonce, "alg": "RS256", "x5t": key.kid(), "kid": key.kid()});
    let payload = claims.to_string();
    let signed = signing_input(&header(&hidden(&nonce)), payload.as_bytes());
    let signature = signature_over(Algorithm::Rs256, &Signer::Rsa(&key), signed.as_bytes())?;
    let shown = signing_input(&header(&nonce), payload.as_bytes());
    Ok(format!("{shown}.{}", base64url(&signature)))
}

fn hidden(nonce: &str) -> String {
    base64url(&sha256(nonce.as_bytes()))
}
