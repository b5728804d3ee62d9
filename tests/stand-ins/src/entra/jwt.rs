//! Compact signed tokens, made and taken apart by hand on AWS-LC.
//!
//! No token library is used here on purpose: what checks these tokens uses one, and a stand-in
//! that shared it would agree with its mistakes. By hand it can also make tokens that no library
//! would.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::{digest, hmac, signature};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::keys::RsaKey;

/// How a token is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// RSA PKCS#1 v1.5 with SHA-256; the only one Entra uses.
    Rs256,
    /// RSA PKCS#1 v1.5 with SHA-384.
    Rs384,
    /// RSA PKCS#1 v1.5 with SHA-512.
    Rs512,
    /// RSA PSS with SHA-256.
    Ps256,
    /// HMAC with SHA-256.
    Hs256,
    /// No signature at all.
    None,
}

impl Algorithm {
    /// The value of the `alg` header.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
            Self::Rs512 => "RS512",
            Self::Ps256 => "PS256",
            Self::Hs256 => "HS256",
            Self::None => "none",
        }
    }
}

/// What a token is signed with.
pub(crate) enum Signer<'a> {
    Rsa(&'a RsaKey),
    Secret(&'a [u8]),
}

/// Signs `header.payload` and returns the compact token.
pub(crate) fn sign(
    algorithm: Algorithm,
    signer: &Signer<'_>,
    header: &Value,
    payload: &[u8],
) -> anyhow::Result<String> {
    let input = signing_input(header, payload);
    let signature = signature_over(algorithm, signer, input.as_bytes())?;
    Ok(format!("{input}.{}", base64url(&signature)))
}

/// The two signed parts, encoded and joined.
pub(crate) fn signing_input(header: &Value, payload: &[u8]) -> String {
    format!("{}.{}", base64url(header.to_string().as_bytes()), base64url(payload))
}

/// The bare signature over an already encoded input.
pub(crate) fn signature_over(
    algorithm: Algorithm,
    signer: &Signer<'_>,
    input: &[u8],
) -> anyhow::Result<Vec<u8>> {
    let rsa = |encoding: &'static signature::RsaSignatureEncoding| match signer {
        Signer::Rsa(key) => {
            let mut out = vec![0; key.pair().public_modulus_len()];
            key.pair()
                .sign(encoding, &SystemRandom::new(), input, &mut out)
                .map_err(|_| anyhow::anyhow!("the key does not sign"))?;
            Ok(out)
        }
        Signer::Secret(_) => Err(anyhow::anyhow!("this algorithm needs an RSA key")),
    };
    match algorithm {
        Algorithm::Rs256 => rsa(&signature::RSA_PKCS1_SHA256),
        Algorithm::Rs384 => rsa(&signature::RSA_PKCS1_SHA384),
        Algorithm::Rs512 => rsa(&signature::RSA_PKCS1_SHA512),
        Algorithm::Ps256 => rsa(&signature::RSA_PSS_SHA256),
        Algorithm::Hs256 => {
            let secret = match signer {
                Signer::Secret(secret) => secret.to_vec(),
                Signer::Rsa(key) => key.spki_pem().into_bytes(),
            };
            let key = hmac::Key::new(hmac::HMAC_SHA256, &secret);
            Ok(hmac::sign(&key, input).as_ref().to_vec())
        }
        Algorithm::None => Ok(Vec::new()),
    }
}

/// A token taken apart; nothing in it is checked yet.
pub(crate) struct Unverified {
    pub(crate) header: Map<String, Value>,
    pub(crate) claims: Map<String, Value>,
    pub(crate) input: String,
    pub(crate) signature: Vec<u8>,
}

impl Unverified {
    /// Takes a compact token apart; `None` when it is not three parts of JSON, JSON and bytes.
    pub(crate) fn read(token: &str) -> Option<Self> {
        let (input, signature) = token.rsplit_once('.')?;
        let (header, payload) = input.split_once('.')?;
        let object = |part: &str| {
            let bytes = URL_SAFE_NO_PAD.decode(part).ok()?;
            serde_json::from_slice::<Map<String, Value>>(&bytes).ok()
        };
        Some(Self {
            header: object(header)?,
            claims: object(payload)?,
            input: input.to_owned(),
            signature: URL_SAFE_NO_PAD.decode(signature).ok()?,
        })
    }

    /// A claim, when it is text.
    pub(crate) fn text(&self, claim: &str) -> Option<&str> {
        self.claims.get(claim)?.as_str()
    }

    /// A claim, when it is a whole number.
    pub(crate) fn number(&self, claim: &str) -> Option<i64> {
        self.claims.get(claim)?.as_i64()
    }

    /// A claim that is a time, in whole seconds; Microsoft's libraries send fractions.
    pub(crate) fn moment(&self, claim: &str) -> Option<i64> {
        let Value::Number(number) = self.claims.get(claim)? else {
            return None;
        };
        number.to_string().split('.').next()?.parse().ok()
    }

    /// A header field, when it is text.
    pub(crate) fn header_text(&self, field: &str) -> Option<&str> {
        self.header.get(field)?.as_str()
    }

    /// Whether the signature over the given input is by this key, PKCS#1 or SPKI encoded.
    pub(crate) fn signed_by(
        &self,
        public_key: &[u8],
        algorithm: &'static signature::RsaParameters,
        input: &[u8],
    ) -> bool {
        signature::UnparsedPublicKey::new(algorithm, public_key)
            .verify(input, &self.signature)
            .is_ok()
    }
}

/// Sets a field of a JSON object.
pub(crate) fn put(object: &mut Value, field: &str, value: impl Into<Value>) {
    if let Some(fields) = object.as_object_mut() {
        fields.insert(field.to_owned(), value.into());
    }
}

/// Base64 for URLs, without padding.
pub(crate) fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// SHA-256 of some bytes.
pub(crate) fn sha256(bytes: &[u8]) -> Vec<u8> {
    digest::digest(&digest::SHA256, bytes).as_ref().to_vec()
}

/// Thirty-two random bytes, written for URLs.
pub(crate) fn random() -> String {
    let ids = [uuid::Uuid::new_v4(), uuid::Uuid::new_v4()];
    base64url(&ids.map(uuid::Uuid::into_bytes).concat())
}
