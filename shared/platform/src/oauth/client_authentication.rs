//! How a client proves at the token endpoint who it is: not at all, or with a signed assertion
//! (RFC 7523) that is good once.

mod assertion;
#[cfg(test)]
mod tests;

use jsonwebtoken::jwk::JwkSet;

use super::AuthorizationServer;
use super::client::{Client, ClientAuthentication, Clients};
use super::error::{ErrorCode, OAuthError};
use crate::in_flight::InFlight;
use crate::store::{RecordKind, StoreError};
use crate::usage::Usage;
use assertion::{Assertion, Claims, LEEWAY_S, Rejected};

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// How old the keys may be that an unknown key id is looked for in, in seconds.
const KEYS_GAP_S: i64 = 60;

/// What a form says of the client that sends it. Secrets are not among it: no client has one.
#[derive(Clone, Copy, Default)]
#[expect(clippy::struct_field_names, reason = "the names of the specification")]
pub(crate) struct Credentials<'a> {
    pub(crate) client_id: Option<&'a str>,
    pub(crate) client_assertion_type: Option<&'a str>,
    pub(crate) client_assertion: Option<&'a str>,
}

/// The client that sent a form to one of our endpoints.
///
/// # Errors
/// `invalid_client` when it did not prove who it is, in the way that it says of itself;
/// `temporarily_unavailable` when that could not be found out.
pub(crate) async fn authenticate(
    server: &AuthorizationServer,
    credentials: Credentials<'_>,
    in_flight: &InFlight,
) -> Result<Client, OAuthError> {
    let authenticated =
        server.clients.authenticate(&server.settings.issuer, credentials, in_flight.usage()).await;
    authenticated.map_err(|refused| {
        tracing::warn!(
            event = "client_refused",
            reason = refused.reason,
            client_ip = in_flight.client_ip().map(tracing::field::display),
            "a client did not prove who it is"
        );
        refused.error
    })
}

/// An error, and the stable word for the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Refused {
    reason: &'static str,
    error: OAuthError,
}

impl Clients {
    async fn authenticate(
        &self,
        issuer: &str,
        credentials: Credentials<'_>,
        usage: &Usage,
    ) -> Result<Client, Refused> {
        let assertion = match (credentials.client_assertion_type, credentials.client_assertion) {
            (None, None) => None,
            (Some(ASSERTION_TYPE), Some(assertion)) => Some(Assertion::read(assertion)?),
            _ => return Err(Rejected::Form.into()),
        };
        // An assertion names its client, so the parameter may be left out (RFC 7521 section 4.2).
        let named = assertion.as_ref().map(Assertion::unverified_subject);
        let id = credentials.client_id.or(named).ok_or_else(|| Refused {
            reason: "client_id_missing",
            error: OAuthError::new(ErrorCode::InvalidClient, "client_id is missing"),
        })?;
        let client = self.find(id, usage).await?;
        match (&client.authentication, assertion) {
            (ClientAuthentication::None, None) => {}
            (ClientAuthentication::PrivateKeyJwt { keys }, Some(assertion)) => {
                let claims = self.verify(&client, keys, &assertion, usage).await?;
                claims.check(&client.id, issuer, self.clock.now_s())?;
                self.use_up(&claims, usage).await?;
            }
            (ClientAuthentication::None, Some(_)) => return Err(Rejected::Unwanted.into()),
            (ClientAuthentication::PrivateKeyJwt { .. }, None) => {
                return Err(Rejected::Missing.into());
            }
        }
        Ok(client)
    }

    /// The claims, verified with the client's keys; these are read again for a key id that is new.
    async fn verify(
        &self,
        client: &Client,
        keys: &JwkSet,
        assertion: &Assertion<'_>,
        usage: &Usage,
    ) -> Result<Claims, Refused> {
        if assertion.key(keys).is_some() {
            return Ok(assertion.verify(keys)?);
        }
        let not_before_s = self.clock.now_s().saturating_sub(KEYS_GAP_S);
        let anew = self.find_anew(&client.id, not_before_s, usage).await?;
        match &anew.authentication {
            ClientAuthentication::PrivateKeyJwt { keys } => Ok(assertion.verify(keys)?),
            ClientAuthentication::None => Err(Rejected::Key.into()),
        }
    }

    /// Takes an assertion once, whichever instance it is presented to.
    async fn use_up(&self, claims: &Claims, usage: &Usage) -> Result<(), Refused> {
        let id = format!("{}|{}", claims.iss, claims.jti);
        let until_s = claims.exp.saturating_add(LEEWAY_S + 1);
        match self.records.put_new(RecordKind::Jti, &id, &(), until_s, usage).await {
            Ok(()) => Ok(()),
            Err(StoreError::ConditionFailed(_)) => Err(Rejected::Replayed.into()),
            Err(_) => Err(OAuthError::unavailable().into()),
        }
    }
}

impl From<OAuthError> for Refused {
    fn from(error: OAuthError) -> Self {
        Self { reason: error.code.as_str(), error }
    }
}

impl From<Rejected> for Refused {
    fn from(rejected: Rejected) -> Self {
        let error = OAuthError::new(ErrorCode::InvalidClient, rejected.description());
        Self { reason: rejected.word(), error }
    }
}
