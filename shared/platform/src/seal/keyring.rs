//! The master keys: one active key seals, every key opens.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, Salt};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::zeroize::{Zeroize, Zeroizing};
use serde::Deserialize;

use super::Binding;
use crate::config::ConfigError;

const VARIABLE: &str = "STORAGE_ENCRYPTION_KEYS";
const VERSION: u8 = 1;
const KEY_BYTES: usize = 32;
const SALT: &[u8] = b"mcp/tokens/v1";
const MAX_KEYS: usize = 16;
const MAX_KEY_ID: usize = 32;
/// Derived keys that are kept: there are only so many purposes and contexts.
const MAX_DERIVED: usize = 64;

/// Master keys by id. Everything else is derived from them, per purpose and context.
#[derive(Clone)]
pub struct Keyring {
    active: String,
    keys: BTreeMap<String, Subkey>,
    derived: Arc<Mutex<HashMap<Vec<u8>, Subkey>>>,
}

type Subkey = Zeroizing<[u8; KEY_BYTES]>;

/// What came of opening a sealed text.
#[derive(PartialEq, Eq)]
pub enum Opened {
    /// It was sealed by us, for this binding.
    Plain(Zeroizing<Vec<u8>>),
    /// Another version, an unknown key, another binding, or altered: as if it were not there.
    Refused,
}

impl fmt::Debug for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Plain(_) => "Plain([redacted])",
            Self::Refused => "Refused",
        })
    }
}

/// Why something could not be sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealFailed {
    /// The sealed text would be longer than a client should carry.
    #[error("the sealed text would be longer than {} bytes", super::MAX_TEXT_BYTES)]
    TooLong,
    /// The cipher refused.
    #[error("the cipher refused")]
    Cipher,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    active: String,
    keys: BTreeMap<String, String>,
}

impl Keyring {
    /// Reads `{"active":"k1","keys":{"k1":"<base64 of 32 bytes>"}}`.
    ///
    /// # Errors
    /// When it is not that; the text names the variable and the key id, never a key.
    pub fn parse(json: &str) -> Result<Self, ConfigError> {
        let wrong = |problem: String| ConfigError::new(VARIABLE, problem);
        // serde's own text could quote the value, so it is not passed on.
        let written: Written = serde_json::from_str(json).map_err(|_| {
            wrong(r#"expected {"active":"k1","keys":{"k1":"<base64 of 32 bytes>"}}"#.into())
        })?;
        if written.keys.len() > MAX_KEYS {
            return Err(wrong(format!("expected at most {MAX_KEYS} keys")));
        }
        let mut keys = BTreeMap::new();
        for (number, (id, mut text)) in (1..).zip(written.keys) {
            if !is_key_id(&id) {
                return Err(wrong(format!(
                    "the id of key {number} is not 1 to {MAX_KEY_ID} letters, digits, - or _"
                )));
            }
            let bytes = STANDARD.decode(&text).map(Zeroizing::new);
            text.zeroize();
            let key = bytes
                .ok()
                .and_then(|bytes| <[u8; KEY_BYTES]>::try_from(bytes.as_slice()).ok())
                .filter(|key| key.iter().any(|byte| *byte != 0))
                .ok_or_else(|| wrong(format!("key {id} is not the base64 of 32 random bytes")))?;
            keys.insert(id, Zeroizing::new(key));
        }
        if !keys.contains_key(&written.active) {
            return Err(wrong("`active` names no key of `keys`".into()));
        }
        Ok(Self { active: written.active, keys, derived: Arc::default() })
    }

    /// One key that lives as long as this process; for when nothing leaves it.
    ///
    /// # Errors
    /// When the machine gives no randomness.
    pub fn random() -> Result<Self, SealFailed> {
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        aws_lc_rs::rand::fill(key.as_mut_slice()).map_err(|_| SealFailed::Cipher)?;
        Ok(Self::of_one("process", key))
    }

    /// One key that everybody knows, for tests.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn for_tests() -> Self {
        let key = Zeroizing::new([7; KEY_BYTES]);
        Self::of_one("tests", key)
    }

    fn of_one(id: &str, key: Subkey) -> Self {
        let keys = BTreeMap::from([(id.to_owned(), key)]);
        Self { active: id.to_owned(), keys, derived: Arc::default() }
    }

    /// The id of the key that seals now.
    pub fn active_id(&self) -> &str {
        &self.active
    }

    /// Encrypts for this binding: `version | key id | nonce | ciphertext and tag`.
    ///
    /// # Errors
    /// When the cipher refuses, which it does only for absurd lengths.
    pub fn seal(&self, binding: &Binding, plaintext: &[u8]) -> Result<Vec<u8>, SealFailed> {
        let key = self.cipher(&self.active, binding)?;
        let mut body = plaintext.to_vec();
        let nonce = key
            .seal_in_place_append_tag(Aad::from(binding.facts()), &mut body)
            .map_err(|_| SealFailed::Cipher)?;
        let id_length = u8::try_from(self.active.len()).map_err(|_| SealFailed::Cipher)?;
        let mut sealed = Vec::with_capacity(2 + self.active.len() + NONCE_LEN + body.len());
        sealed.extend_from_slice(&[VERSION, id_length]);
        sealed.extend_from_slice(self.active.as_bytes());
        sealed.extend_from_slice(nonce.as_ref());
        sealed.extend_from_slice(&body);
        Ok(sealed)
    }

    /// Decrypts what [`seal`](Self::seal) made for the same binding, with whichever key sealed it.
    pub fn open(&self, binding: &Binding, sealed: &[u8]) -> Opened {
        self.try_open(binding, sealed).map_or(Opened::Refused, Opened::Plain)
    }

    fn try_open(&self, binding: &Binding, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (&[version, id_length], rest) = sealed.split_first_chunk()?;
        let (id, rest) = rest.split_at_checked(id_length.into())?;
        let (nonce, body) = rest.split_first_chunk::<NONCE_LEN>()?;
        if version != VERSION {
            return None;
        }
        let key = self.cipher(std::str::from_utf8(id).ok()?, binding).ok()?;
        let mut body = Zeroizing::new(body.to_vec());
        let aad = Aad::from(binding.facts());
        let length = key.open_in_place(Nonce::from(nonce), aad, body.as_mut_slice()).ok()?.len();
        body.truncate(length);
        Some(body)
    }

    fn cipher(&self, id: &str, binding: &Binding) -> Result<RandomizedNonceKey, SealFailed> {
        let key = self.subkey(id, binding).ok_or(SealFailed::Cipher)?;
        RandomizedNonceKey::new(&AES_256_GCM, key.as_slice()).map_err(|_| SealFailed::Cipher)
    }

    /// The key of one purpose and context under one master key; `None` when the id is unknown.
    pub(super) fn subkey(&self, id: &str, binding: &Binding) -> Option<Subkey> {
        let master = self.keys.get(id)?;
        let info = binding.key_info(id);
        let mut derived = self.derived.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = derived.get(&info) {
            return Some(key.clone());
        }
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        Salt::new(HKDF_SHA256, SALT)
            .extract(master.as_slice())
            .expand(&[&info], HKDF_SHA256)
            .and_then(|okm| okm.fill(key.as_mut_slice()))
            .ok()?;
        if derived.len() < MAX_DERIVED {
            derived.insert(info, key.clone());
        }
        Some(key)
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids: Vec<&String> = self.keys.keys().collect();
        f.debug_struct("Keyring")
            .field("active", &self.active)
            .field("ids", &ids)
            .finish_non_exhaustive()
    }
}

fn is_key_id(id: &str) -> bool {
    (1..=MAX_KEY_ID).contains(&id.len())
        && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}
