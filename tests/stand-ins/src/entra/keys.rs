//! Signing keys: several live at once, one of them signing, as Entra keeps them.
//!
//! Making an RSA key is slow without optimisation, so a process makes each key once and every
//! stand-in it starts takes its keys from the same pool. No key is ever written down.

use std::sync::{Arc, Mutex, OnceLock};

use anyhow::Context as _;
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use aws_lc_rs::{digest, rsa};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::jwt::{self, Algorithm, Signer, base64url};
use super::state::lock;

/// An RSA key with the certificate Entra would publish for it.
pub struct RsaKey {
    kid: String,
    pair: KeyPair,
    certificate: Vec<u8>,
}

impl RsaKey {
    /// Makes a new 2048-bit key.
    pub fn generate() -> anyhow::Result<Self> {
        let pair = KeyPair::generate(KeySize::Rsa2048)?;
        let pkcs8 = AsDer::<Pkcs8V1Der<'_>>::as_der(&pair)?;
        let signer = rcgen::KeyPair::try_from(pkcs8.as_ref()).context("reading the new key")?;
        let certificate =
            rcgen::CertificateParams::new(vec!["accounts.accesscontrol.windows.net".to_owned()])?
                .self_signed(&signer)?
                .der()
                .to_vec();
        let thumbprint = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, &certificate);
        Ok(Self { kid: base64url(thumbprint.as_ref()), pair, certificate })
    }

    /// The key's name; Entra uses the thumbprint of the certificate.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The public half as a JSON web key, without an issuer.
    pub fn jwk(&self) -> Value {
        let public = self.pair.public_key();
        json!({
            "kty": "RSA",
            "use": "sig",
            "kid": self.kid,
            "x5t": self.kid,
            "n": base64url(public.modulus().big_endian_without_leading_zero()),
            "e": base64url(public.exponent().big_endian_without_leading_zero()),
            "x5c": [STANDARD.encode(&self.certificate)],
        })
    }

    /// The public half, SPKI encoded.
    pub fn spki_der(&self) -> Vec<u8> {
        let public: &rsa::PublicKey = self.pair.public_key();
        AsDer::<PublicKeyX509Der<'_>>::as_der(public)
            .map_or_else(|_| Vec::new(), |der| der.as_ref().to_vec())
    }

    /// The whole key, PKCS#8 encoded: for a certificate that a test makes.
    pub fn pkcs8(&self) -> anyhow::Result<Vec<u8>> {
        Ok(AsDer::<Pkcs8V1Der<'_>>::as_der(&self.pair)?.as_ref().to_vec())
    }

    /// The public half as PEM text.
    pub fn spki_pem(&self) -> String {
        let text = STANDARD.encode(self.spki_der());
        let lines: Vec<&str> =
            text.as_bytes().chunks(64).filter_map(|l| str::from_utf8(l).ok()).collect();
        format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", lines.join("\n"))
    }

    /// Signs claims with this key.
    ///
    /// # Errors
    /// When the key cannot sign in this way.
    pub fn sign(
        &self,
        algorithm: Algorithm,
        header: &Value,
        claims: &Value,
    ) -> anyhow::Result<String> {
        jwt::sign(algorithm, &Signer::Rsa(self), header, claims.to_string().as_bytes())
    }

    pub(crate) fn pair(&self) -> &KeyPair {
        &self.pair
    }

    pub(crate) fn public_pkcs1(&self) -> &[u8] {
        self.pair.public_key().as_ref()
    }
}

impl std::fmt::Debug for RsaKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RsaKey").field("kid", &self.kid).finish_non_exhaustive()
    }
}

/// The keys that one stand-in serves.
#[derive(Debug)]
pub(crate) struct KeyRing {
    served: Vec<Arc<RsaKey>>,
    signing: Arc<RsaKey>,
    taken: usize,
}

impl KeyRing {
    /// Two keys, the first of them signing.
    pub(crate) fn new() -> anyhow::Result<Self> {
        let signing = pooled(0)?;
        Ok(Self { served: vec![signing.clone(), pooled(1)?], signing, taken: 2 })
    }

    /// A new key starts to sign; the old ones are still served.
    pub(crate) fn roll(&mut self) -> anyhow::Result<String> {
        let key = pooled(self.taken)?;
        self.taken += 1;
        self.served.push(key.clone());
        self.signing = key;
        Ok(self.signing.kid.clone())
    }

    /// Stops serving a key; the signing key stays.
    pub(crate) fn retire(&mut self, kid: &str) -> bool {
        let before = self.served.len();
        let signing = self.signing.kid.clone();
        self.served.retain(|key| key.kid != kid || key.kid == signing);
        self.served.len() < before
    }

    pub(crate) fn signing(&self) -> Arc<RsaKey> {
        self.signing.clone()
    }

    pub(crate) fn served(&self) -> &[Arc<RsaKey>] {
        &self.served
    }

    pub(crate) fn find(&self, kid: &str) -> Option<Arc<RsaKey>> {
        self.served.iter().find(|key| key.kid == kid).cloned()
    }
}

/// The key Microsoft Graph's tokens are signed with; no discovery document shows it.
pub(crate) fn graph_key() -> anyhow::Result<Arc<RsaKey>> {
    static KEY: OnceLock<Arc<RsaKey>> = OnceLock::new();
    once(&KEY)
}

/// The key of an attacker: well made, served nowhere.
pub(crate) fn stranger_key() -> anyhow::Result<Arc<RsaKey>> {
    static KEY: OnceLock<Arc<RsaKey>> = OnceLock::new();
    once(&KEY)
}

fn once(slot: &OnceLock<Arc<RsaKey>>) -> anyhow::Result<Arc<RsaKey>> {
    static MAKING: Mutex<()> = Mutex::new(());
    let _one_at_a_time = lock(&MAKING);
    if let Some(key) = slot.get() {
        return Ok(key.clone());
    }
    let key = Arc::new(RsaKey::generate()?);
    Ok(slot.get_or_init(|| key).clone())
}

fn pooled(index: usize) -> anyhow::Result<Arc<RsaKey>> {
    static POOL: Mutex<Vec<Arc<RsaKey>>> = Mutex::new(Vec::new());
    let mut pool = lock(&POOL);
    while pool.len() <= index {
        pool.push(Arc::new(RsaKey::generate()?));
    }
    pool.get(index).cloned().context("the pool was just filled")
}
