//! From a token of ours back to the person who signed in for it.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use secrecy::ExposeSecret as _;

use super::access_token::{AccessTokens, NotOurs, Place};
use super::grant::{Grant, Grants, Live, Need, NoGrant, NotRenewed};
use super::refresh_token::RefreshTokens;
use crate::clock::Clock;
use crate::identity::{Bearer, Caller, OboError, Reject, Verifier};
use crate::seal::LiveKeyring;
use crate::store::{KillSwitch, SealedStore};
use crate::usage::Usage;

/// How long an Entra token must last for a call, in seconds.
const FOR_A_CALL_S: i64 = 5 * 60;
/// When to come again if nobody says.
const LATER: Duration = Duration::from_secs(5);

/// Everything that tokens of ours are made from and read with; made once.
pub(crate) struct Sessions {
    pub(super) access_tokens: AccessTokens,
    pub(crate) refresh_tokens: RefreshTokens,
    pub(crate) grants: Arc<Grants>,
    pub(super) records: SealedStore,
    verifier: Arc<Verifier>,
    pub(super) kill_switch: KillSwitch,
    pub(super) clock: Clock,
}

/// What sessions are made of.
pub(crate) struct SessionParts<'a> {
    /// Our issuer identifier.
    pub(crate) issuer: &'a str,
    /// The one protected resource.
    pub(crate) resource: &'a str,
    /// The connector's name: tokens of one are nothing to another.
    pub(crate) connector: &'a str,
    pub(crate) grants: Arc<Grants>,
    pub(crate) records: SealedStore,
    pub(crate) verifier: Arc<Verifier>,
    pub(crate) kill_switch: KillSwitch,
    pub(crate) keyring: LiveKeyring,
    pub(crate) clock: Clock,
}

/// Why a token of ours leads to nobody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NoSession {
    /// It is none of ours, or not good now.
    Token(NotOurs),
    /// The grant has ended, or is not the token's.
    Ended(&'static str),
    /// The Entra token of the grant is not accepted.
    Entra(Reject),
    /// What is needed to know does not answer.
    Unavailable { retry_after: Duration },
}

impl NoSession {
    /// Stable word for the log.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Token(not) => not.code(),
            Self::Ended(reason) => reason,
            Self::Entra(reject) => reject.code(),
            Self::Unavailable { .. } => "session_unavailable",
        }
    }
}

impl Sessions {
    /// Sessions of one connector.
    pub(crate) fn new(parts: SessionParts<'_>) -> Self {
        let SessionParts { issuer, resource, connector, keyring, clock, .. } = parts;
        let place = Place { issuer, resource, connector };
        Self {
            access_tokens: AccessTokens::new(place, keyring.clone(), clock.clone()),
            refresh_tokens: RefreshTokens::new(connector, keyring),
            grants: parts.grants,
            records: parts.records,
            verifier: parts.verifier,
            kill_switch: parts.kill_switch,
            clock,
        }
    }

    /// Whether a bearer says that it is an access token of ours; proves nothing.
    pub(crate) fn claims(bearer: &Bearer) -> bool {
        AccessTokens::looks_like_ours(bearer.expose())
    }

    /// The caller behind an access token.
    ///
    /// # Errors
    /// When the token, its grant or the Entra token behind it is not good, or cannot be known.
    pub(crate) async fn caller(&self, bearer: &Bearer, usage: &Usage) -> Result<Caller, NoSession> {
        let named = self.access_tokens.read(bearer.expose()).await.map_err(NoSession::Token)?;
        let live = self.grants.load(&named.grant_id, usage).await?;
        if !live.grant.is_active() {
            return Err(NoSession::Ended("grant_not_active"));
        }
        if live.grant.client_id != named.client_id {
            return Err(NoSession::Ended("grant_other_client"));
        }
        let live = self.lasting(&named.grant_id, live, FOR_A_CALL_S, usage).await?;
        self.caller_of(&named.grant_id, &live.grant).await
    }

    /// The grant with an Entra token that lasts this long; or as it is, while its token is good
    /// and another one cannot be had.
    pub(super) async fn lasting(
        &self,
        id: &str,
        live: Arc<Live>,
        seconds: i64,
        usage: &Usage,
    ) -> Result<Arc<Live>, NoSession> {
        if live.left_s(self.clock.now_s()) >= seconds {
            return Ok(live);
        }
        let problem = match self.grants.renew(id, Need::Lasting(seconds), usage).await {
            Ok(live) => return Ok(live),
            Err(problem) => problem,
        };
        let is_good = live.left_s(self.clock.now_s()) > 0;
        match problem {
            NotRenewed::Ended => Err(NoSession::Ended("sign_in_ended")),
            NotRenewed::Refused | NotRenewed::Unavailable { .. } if is_good => Ok(live),
            NotRenewed::Refused => Err(NoSession::Ended("sign_in_refused")),
            NotRenewed::Unavailable { retry_after } => Err(NoSession::Unavailable { retry_after }),
        }
    }

    /// The person of a grant, proven by its Entra token as by any other; known by the client of
    /// the grant, and since they signed in.
    pub(super) async fn caller_of(&self, id: &str, grant: &Grant) -> Result<Caller, NoSession> {
        let bearer = Bearer::from_token(grant.access_token.expose_secret().as_bytes())
            .map_err(|_| NoSession::Entra(Reject::Form))?;
        let caller = self.verifier.verify(&bearer).await.map_err(|reject| match reject {
            Reject::KeysUnavailable { retry_after } => NoSession::Unavailable { retry_after },
            reject => NoSession::Entra(reject),
        })?;
        if caller.tid != grant.tid || caller.oid != grant.oid {
            return Err(NoSession::Ended("grant_other_person"));
        }
        let signed_in_at = Timestamp::from_second(grant.signed_in_at_s)
            .map_err(|_| NoSession::Ended("grant_misshapen"))?;
        Ok(Caller {
            azp: grant.client_id.clone(),
            issued_at: signed_in_at,
            // We are Entra's client, not the one who calls: claims are ours to bring.
            understands_claims: false,
            grant: Some(Arc::from(id)),
            ..caller
        })
    }

    /// The same caller with another Entra token, because Entra does not accept the one they have.
    ///
    /// # Errors
    /// When there is none; in the words of an exchange.
    pub(crate) async fn with_another_token(
        &self,
        caller: &Caller,
        usage: &Usage,
    ) -> Result<Caller, OboError> {
        let Some(id) = &caller.grant else { return Err(OboError::AssertionInvalid) };
        let need = Need::OtherThan(caller.fingerprint);
        let live = self.grants.renew(id, need, usage).await.map_err(|problem| match problem {
            NotRenewed::Ended => OboError::SignInEnded,
            NotRenewed::Refused => OboError::AssertionInvalid,
            NotRenewed::Unavailable { retry_after } => OboError::Transient { retry_after },
        })?;
        self.caller_of(id, &live.grant).await.map_err(|problem| match problem {
            NoSession::Unavailable { retry_after } => OboError::Transient { retry_after },
            NoSession::Token(_) | NoSession::Ended(_) | NoSession::Entra(_) => {
                OboError::AssertionInvalid
            }
        })
    }
}

impl From<NoGrant> for NoSession {
    fn from(problem: NoGrant) -> Self {
        match problem {
            NoGrant::Gone => Self::Ended("grant_gone"),
            NoGrant::Unavailable => Self::Unavailable { retry_after: LATER },
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
