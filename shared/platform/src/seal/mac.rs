//! Keyed digests and signatures.

use aws_lc_rs::hmac;

use super::{Binding, Keyring, SealFailed};

/// A keyed digest and the key it was made with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mac {
    /// The id of the key.
    pub key_id: String,
    /// HMAC-SHA256.
    pub tag: Vec<u8>,
}

impl Keyring {
    /// Signs data for a binding with the active key (HMAC-SHA256).
    ///
    /// # Errors
    /// When no key can be derived.
    pub fn mac(&self, binding: &Binding, data: &[u8]) -> Result<Mac, SealFailed> {
        let key = self.mac_key(self.active_id(), binding).ok_or(SealFailed::Cipher)?;
        Ok(Mac {
            key_id: self.active_id().to_owned(),
            tag: hmac::sign(&key, &signed(binding, data)).as_ref().to_vec(),
        })
    }

    /// Whether this is our signature of this data, in constant time.
    pub fn is_mac(&self, binding: &Binding, data: &[u8], mac: &Mac) -> bool {
        self.mac_key(&mac.key_id, binding)
            .is_some_and(|key| hmac::verify(&key, &signed(binding, data), &mac.tag).is_ok())
    }

    /// The digest of a value as the audit record shows it: `key id:hex`.
    ///
    /// # Errors
    /// When no key can be derived.
    pub fn digest(&self, binding: &Binding, data: &[u8]) -> Result<String, SealFailed> {
        let mac = self.mac(binding, data)?;
        Ok(format!("{}:{}", mac.key_id, hex::encode(mac.tag)))
    }

    fn mac_key(&self, id: &str, binding: &Binding) -> Option<hmac::Key> {
        let key = self.subkey(id, binding)?;
        Some(hmac::Key::new(hmac::HMAC_SHA256, key.as_slice()))
    }
}

/// Plain HMAC of the data when nothing more is bound, as HS256 wants it.
fn signed(binding: &Binding, data: &[u8]) -> Vec<u8> {
    let mut signed = binding.facts().to_vec();
    signed.extend_from_slice(data);
    signed
}
