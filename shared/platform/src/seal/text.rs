//! Sealed texts that a client carries and brings back, such as cursors.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use secrecy::zeroize::Zeroizing;

use super::{Binding, Keyring, Opened, SealFailed};

/// How long a sealed text may be.
pub const MAX_TEXT_BYTES: usize = 4096;

impl Keyring {
    /// Seals into URL-safe text that opens until `expires_at`.
    ///
    /// # Errors
    /// When the text would be longer than [`MAX_TEXT_BYTES`].
    pub fn seal_text(
        &self,
        binding: &Binding,
        expires_at: Timestamp,
        plaintext: &[u8],
    ) -> Result<String, SealFailed> {
        let mut dated = Zeroizing::new(expires_at.as_second().to_be_bytes().to_vec());
        dated.extend_from_slice(plaintext);
        let text = URL_SAFE_NO_PAD.encode(self.seal(binding, &dated)?);
        if text.len() > MAX_TEXT_BYTES {
            return Err(SealFailed::TooLong);
        }
        Ok(text)
    }

    /// Opens what [`seal_text`](Self::seal_text) made, unless it has expired by `now`.
    pub fn open_text(&self, binding: &Binding, now: Timestamp, text: &str) -> Opened {
        if text.len() > MAX_TEXT_BYTES {
            return Opened::Refused;
        }
        let Ok(sealed) = URL_SAFE_NO_PAD.decode(text) else {
            return Opened::Refused;
        };
        let Opened::Plain(dated) = self.open(binding, &sealed) else {
            return Opened::Refused;
        };
        match dated.split_first_chunk() {
            Some((expires_at, plaintext)) if now.as_second() < i64::from_be_bytes(*expires_at) => {
                Opened::Plain(Zeroizing::new(plaintext.to_vec()))
            }
            _ => Opened::Refused,
        }
    }
}
