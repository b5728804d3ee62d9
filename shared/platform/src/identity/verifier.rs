//! From a bearer token to a [`Caller`]: every rule that a token must meet.
//!
//! The signature check is the library's. What it leaves open (types, header extensions, repeated
//! names, times by our clock, Entra's own claims) is ours, in the order: header, key, signature
//! and registered claims, then the rules about the person.

mod claims;
mod header;

use std::sync::Arc;
use std::time::Instant;

use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, Validation, decode};

use super::bearer::Bearer;
use super::caller::Caller;
use super::entra_settings::{EntraSettings, TokenVersion};
use super::keys::{Claim, KeyProblem, KeyStore, SigningKey, Snapshot};
use super::reject::Reject;
use crate::clock::Clock;
use crate::http_client::install_crypto;
use crate::memory::{Bounds, Memory};
use claims::Claims;
use header::Header;

/// How far two clocks may be apart.
pub(super) const LEEWAY_S: i64 = 60;
/// Memory for tokens that were verified, in bytes.
const REMEMBERED_BYTES: u64 = 2 * 1024 * 1024;

/// Verifies bearer tokens; the only maker of [`Caller`]s.
pub struct Verifier {
    settings: Arc<EntraSettings>,
    keys: Arc<KeyStore>,
    clock: Clock,
    remembered: Memory<Arc<Remembered>>,
}

/// A token that was verified, and what must still hold when it comes again.
struct Remembered {
    caller: Caller,
    kid: String,
    key_thumbprint: [u8; 32],
}

impl Verifier {
    /// A verifier for these settings.
    pub fn new(settings: Arc<EntraSettings>, keys: Arc<KeyStore>, clock: Clock) -> Self {
        install_crypto();
        Self {
            settings,
            keys,
            clock,
            remembered: Memory::weighed(Bounds::of(REMEMBERED_BYTES), |_, known| known.weight()),
        }
    }

    /// Proves who is calling.
    ///
    /// # Errors
    /// When the token does not meet every rule, or there are no keys to check it with.
    pub async fn verify(&self, bearer: &Bearer) -> Result<Caller, Reject> {
        let began = Instant::now();
        if let Some(caller) = self.recall(bearer).await? {
            return Ok(caller);
        }
        let outcome = self.prove(bearer).await;
        let took_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        match &outcome {
            // Whoever asked writes the line that counts, with address and path.
            Ok(caller) => {
                tracing::debug!(event = "token_checked", outcome = "accepted", oid = %caller.oid, took_ms, "a token was verified");
            }
            Err(Reject::InsufficientScope(person)) => {
                tracing::debug!(event = "token_checked", outcome = "refused", reason = "insufficient_scope", oid = %person.oid, took_ms, "a token was refused");
            }
            Err(reject) => {
                tracing::debug!(
                    event = "token_checked",
                    outcome = "refused",
                    reason = reject.code(),
                    took_ms,
                    "a token was refused"
                );
            }
        }
        outcome
    }

    /// A token that was verified before: still in time, and its key still served?
    async fn recall(&self, bearer: &Bearer) -> Result<Option<Caller>, Reject> {
        let Some(known) = self.remembered.get(bearer.fingerprint()) else {
            return Ok(None);
        };
        let key = match self.keys.find(&known.kid, |_| Claim::NotOurs).await {
            Ok(key) => Some(key),
            Err(KeyProblem::Unknown) => None,
            Err(KeyProblem::Unavailable { retry_after }) => {
                return Err(Reject::KeysUnavailable { retry_after });
            }
        };
        let key_is_served = key.is_some_and(|key| key.thumbprint == known.key_thumbprint);
        let now = self.clock.now_s();
        let in_time = now - LEEWAY_S <= known.caller.expires_at.as_second()
            && now + LEEWAY_S >= known.caller.issued_at.as_second();
        if key_is_served && in_time {
            return Ok(Some(known.caller.clone()));
        }
        self.remembered.invalidate(bearer.fingerprint());
        Ok(None)
    }

    async fn prove(&self, bearer: &Bearer) -> Result<Caller, Reject> {
        let unverified = bearer.expose();
        let kid = Header::read(unverified)?.kid;
        let key = self
            .keys
            .find(&kid, |snapshot| self.claim_of(unverified, snapshot))
            .await
            .map_err(Reject::from)?;
        let snapshot = self.keys.snapshot().await.map_err(Reject::from)?;
        let (version, claims) = self.checked(unverified, &key, &snapshot)?;
        let caller = claims.into_caller(&self.settings, version, self.clock.now_s(), bearer)?;
        let remembered = Remembered { caller: caller.clone(), kid, key_thumbprint: key.thumbprint };
        self.remembered.insert(bearer.fingerprint(), Arc::new(remembered));
        Ok(caller)
    }

    /// Signature, issuer and audience.
    fn checked(
        &self,
        unverified: &str,
        key: &SigningKey,
        snapshot: &Snapshot,
    ) -> Result<(TokenVersion, Claims), Reject> {
        let issuers: Vec<&str> = snapshot.issuers.iter().map(|(_, iss)| iss.as_str()).collect();
        let mut rules = Validation::new(Algorithm::RS256);
        rules.set_issuer(&issuers);
        rules.set_audience(&self.settings.audiences);
        rules.set_required_spec_claims(&["exp", "nbf", "iss", "aud"]);
        // Times are checked by our own clock and to the second, with the other rules.
        rules.validate_exp = false;
        rules.validate_nbf = false;
        let claims = decode::<Claims>(unverified, &key.decoding, &rules)
            .map_err(|error| reject_of(error.kind()))?
            .claims;
        let issuer = claims.text("iss").ok_or(Reject::Issuer)?;
        if !key.serves(issuer) {
            return Err(Reject::KeyIssuer);
        }
        let known = snapshot.issuers.iter().find(|(_, known)| known == issuer);
        let (version, _) = known.ok_or(Reject::Issuer)?;
        let audience = claims.text("aud").ok_or(Reject::Audience)?;
        if !self.settings.audiences.iter().any(|known| known == audience) {
            return Err(Reject::Audience);
        }
        Ok((*version, claims))
    }

    /// Whether an unproven token names our issuer and audience.
    fn claim_of(&self, unverified: &str, snapshot: &Snapshot) -> Claim {
        let Some(claims) = Claims::read_unverified(unverified) else {
            return Claim::NotOurs;
        };
        let issuer = claims.text("iss").unwrap_or_default();
        let audience = claims.text("aud").unwrap_or_default();
        let ours = snapshot.issuers.iter().any(|(_, known)| known == issuer)
            && self.settings.audiences.iter().any(|known| known == audience);
        if ours { Claim::Ours } else { Claim::NotOurs }
    }
}

impl Remembered {
    fn weight(&self) -> usize {
        use secrecy::ExposeSecret;
        // The token is nearly all of it; the rest is a guess.
        self.caller.token.expose_secret().len() + 512
    }
}

impl From<KeyProblem> for Reject {
    fn from(problem: KeyProblem) -> Self {
        match problem {
            KeyProblem::Unknown => Self::UnknownKey,
            KeyProblem::Unavailable { retry_after } => Self::KeysUnavailable { retry_after },
        }
    }
}

fn reject_of(kind: &ErrorKind) -> Reject {
    match kind {
        ErrorKind::InvalidSignature => Reject::Signature,
        ErrorKind::InvalidIssuer => Reject::Issuer,
        ErrorKind::InvalidAudience => Reject::Audience,
        ErrorKind::InvalidAlgorithm | ErrorKind::InvalidAlgorithmName => Reject::Algorithm,
        ErrorKind::MissingRequiredClaim(name) => match name.as_str() {
            "iss" => Reject::Issuer,
            "aud" => Reject::Audience,
            _ => Reject::Times,
        },
        ErrorKind::Json(_) | ErrorKind::Utf8(_) | ErrorKind::InvalidClaimFormat(_) => {
            Reject::Claims
        }
        _ => Reject::Form,
    }
}

#[cfg(test)]
mod tests;
