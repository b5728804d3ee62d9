//! A certificate as an operator would order one for a connector.

use rcgen::{CertificateParams, KeyPair, PKCS_RSA_SHA256};
use stand_ins::entra::RsaKey;

/// A self-signed certificate and its RSA key.
#[derive(Debug)]
pub struct Certificate {
    /// The certificate, PEM.
    pub certificate: String,
    /// Its private key, PEM.
    pub private_key: String,
    /// The certificate, DER.
    pub der: Vec<u8>,
}

impl Certificate {
    /// A new one.
    pub fn fresh() -> Self {
        let key = RsaKey::generate().unwrap().pkcs8().unwrap();
        let pair = KeyPair::from_pkcs8_der_and_sign_algo(&key.into(), &PKCS_RSA_SHA256).unwrap();
        let names = vec!["connector.example".to_owned()];
        let signed = CertificateParams::new(names).unwrap().self_signed(&pair).unwrap();
        Self {
            certificate: signed.pem(),
            private_key: pair.serialize_pem(),
            der: signed.der().to_vec(),
        }
    }

    /// As the connector's setting takes it.
    pub fn setting(&self) -> String {
        format!("{}{}", self.certificate, self.private_key)
    }
}
