//! Refresh tokens: a grant, a generation and a keyed digest; nothing is stored for them but a
//! number, and the successor of one is the same whoever makes it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::seal::{Binding, LiveKeyring, Mac, Purpose, SealFailed};

/// Ours are far shorter.
const MAX_BYTES: usize = 512;

/// Makes and reads refresh tokens.
pub(crate) struct RefreshTokens {
    keyring: LiveKeyring,
    context: String,
}

/// What a refresh token names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Numbered {
    pub(crate) grant_id: String,
    pub(crate) generation: u64,
}

impl RefreshTokens {
    /// Refresh tokens of this connector.
    pub(crate) fn new(connector: &str, keyring: LiveKeyring) -> Self {
        Self { keyring, context: format!("{connector}/refresh-token") }
    }

    /// The refresh token of this grant and number: `grant.generation.key.digest`.
    ///
    /// # Errors
    /// When no key can be derived.
    pub(crate) async fn make(&self, grant_id: &str, generation: u64) -> Result<String, SealFailed> {
        let mac = self.keyring.current().await.mac(&self.binding(grant_id, generation), b"")?;
        let tag = URL_SAFE_NO_PAD.encode(mac.tag);
        Ok(format!("{grant_id}.{generation}.{}.{tag}", mac.key_id))
    }

    /// What a refresh token names, if it is one of ours.
    pub(crate) async fn read(&self, unverified: &str) -> Option<Numbered> {
        if unverified.len() > MAX_BYTES {
            return None;
        }
        let mut parts = unverified.split('.');
        let (grant_id, number) = (parts.next()?, parts.next()?);
        let (key_id, tag) = (parts.next()?.to_owned(), parts.next()?);
        let generation: u64 = number.parse().ok()?;
        let is_canonical = parts.next().is_none() && number == generation.to_string();
        let tag = URL_SAFE_NO_PAD.decode(tag).ok()?;
        let keyring = self.keyring.current().await;
        let binding = self.binding(grant_id, generation);
        let is_ours = keyring.is_mac(&binding, b"", &Mac { key_id, tag });
        let grant_id = grant_id.to_owned();
        (is_canonical && is_ours).then_some(Numbered { grant_id, generation })
    }

    fn binding(&self, grant_id: &str, generation: u64) -> Binding {
        Binding::new(Purpose::Grant, &self.context).with(grant_id).with(generation.to_be_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_refresh_token_opens_only_as_it_was_made() {
        let tokens = RefreshTokens::new("sharepoint", LiveKeyring::random().unwrap());
        let text = tokens.make("AAAAAAAAAAAAAAAAAAAAAA", 7).await.unwrap();
        let numbered = Numbered { grant_id: "AAAAAAAAAAAAAAAAAAAAAA".into(), generation: 7 };
        assert_eq!(tokens.read(&text).await, Some(numbered));
        assert_eq!(tokens.make("AAAAAAAAAAAAAAAAAAAAAA", 7).await.unwrap(), text);
        for altered in [
            text.replacen(".7.", ".8.", 1),
            text.replacen(".7.", ".07.", 1),
            text.replacen(".7.", ".+7.", 1),
            text.replacen("AA.", "AB.", 1),
            format!("{text}.x"),
            format!("{text}A"),
            text.replace('.', ""),
            text.replace(".process.", ".other."),
            String::new(),
            "....".into(),
            "a".repeat(100_000),
        ] {
            assert_eq!(tokens.read(&altered).await, None, "{altered:.80}");
        }
        let foreign = RefreshTokens::new("outlook", tokens.keyring.clone());
        assert_eq!(foreign.read(&text).await, None, "of another connector");
    }
}
