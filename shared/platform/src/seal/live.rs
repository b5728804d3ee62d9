//! A keyring that follows its setting while we run.

use std::sync::{Arc, Mutex, PoisonError};

use secrecy::ExposeSecret;

use super::{Keyring, SealFailed, sha256};
use crate::config::{ConfigError, LiveSecret};

/// The keyring to use now: read again when its secret is, so that keys rotate without a start.
#[derive(Clone, Debug)]
pub struct LiveKeyring(Source);

#[derive(Clone, Debug)]
enum Source {
    Random(Arc<Keyring>),
    Secret(Arc<FromSecret>),
}

#[derive(Debug)]
struct FromSecret {
    secret: LiveSecret,
    last: Mutex<Parsed>,
}

#[derive(Debug)]
struct Parsed {
    /// Of the text that was parsed last, good or bad, so that each text is parsed once.
    text: [u8; 32],
    keyring: Arc<Keyring>,
}

impl LiveKeyring {
    /// Reads the keyring out of `STORAGE_ENCRYPTION_KEYS`.
    ///
    /// # Errors
    /// When the first value is not a keyring.
    pub async fn from_secret(secret: LiveSecret) -> Result<Self, ConfigError> {
        let text = secret.current().await;
        let last = Mutex::new(Parsed {
            text: sha256(text.expose_secret().as_bytes()),
            keyring: Arc::new(Keyring::parse(text.expose_secret())?),
        });
        Ok(Self(Source::Secret(Arc::new(FromSecret { secret, last }))))
    }

    /// A random key that lives as long as this process.
    ///
    /// # Errors
    /// When the machine gives no randomness.
    pub fn random() -> Result<Self, SealFailed> {
        Keyring::random().map(|keyring| Self(Source::Random(Arc::new(keyring))))
    }

    /// The keyring to use now; the last good one is kept when a later value is not a keyring.
    pub async fn current(&self) -> Arc<Keyring> {
        let source = match &self.0 {
            Source::Random(keyring) => return keyring.clone(),
            Source::Secret(source) => source,
        };
        let text = source.secret.current().await;
        let text_hash = sha256(text.expose_secret().as_bytes());
        let mut last = source.last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.text != text_hash {
            last.text = text_hash;
            match Keyring::parse(text.expose_secret()) {
                Ok(keyring) => last.keyring = Arc::new(keyring),
                Err(error) => {
                    tracing::error!(event = "keyring_not_refreshed", reason = %error, "the new keyring is unusable; the last good one is kept");
                }
            }
        }
        last.keyring.clone()
    }
}
