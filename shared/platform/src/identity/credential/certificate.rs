//! A certificate as a credential: a short-lived assertion signed with its key.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{KeyPair, RSA_PSS_SHA256, RsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use secrecy::SecretString;
use serde_json::json;
use uuid::Uuid;

use super::CredentialProblem;
use crate::seal::sha256;

/// How long an assertion is good for.
const LIFETIME_S: i64 = 600;

/// A certificate and its RSA key.
pub(super) struct Certificate {
    thumbprint: String,
    key: RsaKeyPair,
}

impl Certificate {
    /// Reads the first certificate and the key, and checks that they belong together.
    pub(super) fn from_pem(pem: &str) -> Result<Self, CredentialProblem> {
        let wrong = CredentialProblem::Certificate;
        let certificate = CertificateDer::pem_slice_iter(pem.as_bytes())
            .next()
            .and_then(Result::ok)
            .ok_or(wrong)?;
        let key = PrivateKeyDer::from_pem_slice(pem.as_bytes()).map_err(|_| wrong)?;
        let key = match &key {
            PrivateKeyDer::Pkcs8(der) => RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()),
            PrivateKeyDer::Pkcs1(der) => RsaKeyPair::from_der(der.secret_pkcs1_der()),
            _ => return Err(wrong),
        }
        .map_err(|_| wrong)?;
        // The public key stands in the certificate byte for byte.
        let modulus = key.public_key().modulus().big_endian_without_leading_zero();
        let belongs = certificate.windows(modulus.len()).any(|window| window == modulus);
        if !belongs {
            return Err(wrong);
        }
        Ok(Self { thumbprint: URL_SAFE_NO_PAD.encode(sha256(&certificate)), key })
    }

    /// An assertion that we are this client, for this endpoint only.
    pub(super) fn assertion(
        &self,
        client_id: &str,
        audience: &str,
        now_s: i64,
    ) -> Result<SecretString, CredentialProblem> {
        let header = json!({"alg": "PS256", "typ": "JWT", "x5t#S256": self.thumbprint});
        let claims = json!({
            "iss": client_id, "sub": client_id, "aud": audience, "jti": Uuid::new_v4(),
            "iat": now_s, "nbf": now_s, "exp": now_s + LIFETIME_S,
        });
        let encode = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", encode(header), encode(claims));
        let mut signature = vec![0; self.key.public_modulus_len()];
        self.key
            .sign(&RSA_PSS_SHA256, &SystemRandom::new(), message.as_bytes(), &mut signature)
            .map_err(|_| CredentialProblem::Certificate)?;
        let signature = URL_SAFE_NO_PAD.encode(signature);
        Ok(SecretString::from(format!("{message}.{signature}")))
    }
}
