//! From a caller to a token for the upstream service: cache, exchange, and what a refusal means.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use secrecy::SecretString;

use crate::clock::Clock;
use crate::identity::{
    Caller, OboError, OnBehalfOf, ScopeSet, UpstreamToken, Verdict as IdentityVerdict, Verdicts,
    short_name,
};
use crate::in_flight::InFlight;
use crate::oauth::{Pending, Sessions};
use crate::telemetry::{Exchange, Metric};
use crate::token_cache::{CacheKey, Exchange as Asked, RecentRefusals, TokenCache};
use crate::tool_error::ToolError;
use crate::verdict::Verdict;

/// Where tokens for the upstream service come from.
pub(crate) enum UpstreamTokens {
    /// On behalf of the caller, from Entra.
    OnBehalfOf(Box<OnBehalfOfTokens>),
    /// One fixed token, on a laptop.
    Fixed(SecretString),
}

/// The exchange with its cache.
pub(crate) struct OnBehalfOfTokens {
    pub(crate) exchange: OnBehalfOf,
    pub(crate) cache: TokenCache,
    pub(crate) refusals: RecentRefusals<OboError>,
    pub(crate) verdicts: Verdicts,
    /// Grants of our own authorization server, if there is one.
    pub(crate) sessions: Option<Arc<Sessions>>,
    pub(crate) connector: &'static str,
    pub(crate) authority: String,
    pub(crate) client_id: String,
    pub(crate) required: ScopeSet,
    pub(crate) wanted: ScopeSet,
    pub(crate) without_optional_until_s: AtomicI64,
    pub(crate) clock: Clock,
}

/// How long optional permissions are not asked for again after Entra refused them: consent is
/// the tenant's, so what one person was refused the next one is too.
const WITHOUT_OPTIONAL_S: i64 = 600;
/// When to come again when the store does not answer.
const LATER: Duration = Duration::from_secs(5);

impl UpstreamTokens {
    /// One fixed token.
    pub(crate) fn fixed(token: &str) -> Self {
        Self::Fixed(SecretString::from(token.to_owned()))
    }

    /// A token from the cache; never asks Entra.
    pub(crate) async fn cached(
        &self,
        caller: &Caller,
        in_flight: &InFlight,
    ) -> Option<UpstreamToken> {
        match self {
            Self::OnBehalfOf(tokens) => tokens.cached(caller, in_flight).await,
            Self::Fixed(token) => Some(endless(token)),
        }
    }

    /// A token for a caller whose admission found none in the cache: the one that another call
    /// has brought meanwhile, or a new one from Entra, put into the cache.
    pub(crate) async fn obtain(
        &self,
        caller: &Caller,
        in_flight: &InFlight,
    ) -> Result<UpstreamToken, ToolError> {
        match self {
            Self::OnBehalfOf(tokens) => tokens.obtain(caller, in_flight).await,
            Self::Fixed(token) => Ok(endless(token)),
        }
    }

    /// A token from Entra and nowhere else, put into the cache.
    pub(crate) async fn fresh(
        &self,
        caller: &Caller,
        in_flight: &InFlight,
    ) -> Result<UpstreamToken, ToolError> {
        match self {
            Self::OnBehalfOf(tokens) => tokens.fresh(caller, None, in_flight).await,
            Self::Fixed(token) => Ok(endless(token)),
        }
    }

    /// Drops the cached token, which the upstream refused, and asks Entra for another.
    pub(crate) async fn renew(
        &self,
        caller: &Caller,
        claims: Option<&str>,
        in_flight: &InFlight,
    ) -> Result<UpstreamToken, ToolError> {
        match self {
            Self::OnBehalfOf(tokens) => {
                let key = tokens.key(caller, tokens.asked());
                tokens.cache.invalidate(&key, in_flight.usage()).await;
                tokens.fresh(caller, claims, in_flight).await
            }
            Self::Fixed(_) => Err(self.refused_again(caller, claims, in_flight).await),
        }
    }

    /// What the person has to do when the upstream refuses even a new token.
    pub(crate) async fn refused_again(
        &self,
        caller: &Caller,
        claims: Option<&str>,
        in_flight: &InFlight,
    ) -> ToolError {
        match self {
            Self::OnBehalfOf(tokens) => {
                let error = match claims {
                    Some(claims) => OboError::ClaimsNeeded { claims: Some(claims.to_owned()) },
                    None => OboError::AssertionInvalid,
                };
                tokens.denied(&error, caller, in_flight).await
            }
            Self::Fixed(_) => ToolError::Identity {
                code: "debug_token_refused",
                text: "the debug token is not accepted; set GRAPH_DEBUG_TOKEN to a fresh one"
                    .into(),
                retry_after: None,
            },
        }
    }
}

impl OnBehalfOfTokens {
    /// The scopes to ask for now.
    fn asked(&self) -> &ScopeSet {
        let until_s = self.without_optional_until_s.load(Ordering::Relaxed);
        if self.clock.now_s() < until_s { &self.required } else { &self.wanted }
    }

    fn key(&self, caller: &Caller, scopes: &ScopeSet) -> CacheKey {
        let asked = Asked {
            connector: self.connector,
            authority: &self.authority,
            client_id: &self.client_id,
            scopes,
            claims: None,
        };
        CacheKey::new(asked, caller)
    }

    async fn cached(&self, caller: &Caller, in_flight: &InFlight) -> Option<UpstreamToken> {
        let token = self.cache.get(&self.key(caller, self.asked()), in_flight.usage()).await;
        if self.cache.is_degraded() {
            in_flight.metrics().count(Metric::CacheDegraded);
        }
        token
    }

    async fn obtain(
        &self,
        caller: &Caller,
        in_flight: &InFlight,
    ) -> Result<UpstreamToken, ToolError> {
        let mut token = self.obtained(caller, in_flight).await;
        if let Err(error) = &token {
            token = match self.with_another_token(error, caller, in_flight).await {
                None => token,
                Some(Ok(caller)) => self.obtained(&caller, in_flight).await,
                Some(Err(error)) => Err(error),
            };
        }
        self.or_deny(token, caller, in_flight).await
    }

    async fn obtained(
        &self,
        caller: &Caller,
        in_flight: &InFlight,
    ) -> Result<UpstreamToken, OboError> {
        let asked = self.asked();
        match self.kept_or_exchanged(caller, asked, in_flight).await {
            Err(error) if self.may_do_without_optional(&error, asked) => {
                let token = self.kept_or_exchanged(caller, &self.required, in_flight).await;
                self.leave_optional_out_after(&token);
                token
            }
            outcome => outcome,
        }
    }

    async fn fresh(
        &self,
        caller: &Caller,
        claims: Option<&str>,
        in_flight: &InFlight,
    ) -> Result<UpstreamToken, ToolError> {
        let mut token = self.exchanged(caller, claims, in_flight).await;
        if let Err(error) = &token {
            token = match self.with_another_token(error, caller, in_flight).await {
                None => token,
                Some(Ok(caller)) => self.exchanged(&caller, claims, in_flight).await,
                Some(Err(error)) => Err(error),
            };
        }
        self.or_deny(token, caller, in_flight).await
    }

    /// A token from Entra, put into the cache.
    async fn exchanged(
        &self,
        caller: &Caller,
        claims: Option<&str>,
        in_flight: &InFlight,
    ) -> Result<UpstreamToken, OboError> {
        let mut scopes = self.asked();
        let mut token = self.exchange(caller, scopes, claims, in_flight).await;
        if let Err(error) = &token
            && self.may_do_without_optional(error, scopes)
        {
            scopes = &self.required;
            token = self.exchange(caller, scopes, claims, in_flight).await;
            self.leave_optional_out_after(&token);
        }
        let token = token?;
        // Kept under the plain key: a token that satisfies a claims challenge satisfies the next
        // call as well.
        self.cache.put(&self.key(caller, scopes), &token, in_flight.usage()).await;
        Ok(token)
    }

    /// The caller with another Entra token, where the error is about the one they have and their
    /// grant may give another.
    async fn with_another_token(
        &self,
        error: &OboError,
        caller: &Caller,
        in_flight: &InFlight,
    ) -> Option<Result<Caller, OboError>> {
        let sessions = self.sessions.as_ref()?;
        if *error != OboError::AssertionInvalid || caller.grant.is_none() {
            return None;
        }
        Some(sessions.with_another_token(caller, in_flight.usage()).await)
    }

    /// Many calls at once make one exchange and keep its token once.
    async fn kept_or_exchanged(
        &self,
        caller: &Caller,
        scopes: &ScopeSet,
        in_flight: &InFlight,
    ) -> Result<UpstreamToken, OboError> {
        let key = self.key(caller, scopes);
        if let Some(refusal) = self.refusals.get(&key) {
            return Err(refusal);
        }
        let exchange = self.exchange(caller, scopes, None, in_flight);
        let token = self.cache.get_or_exchange(&key, in_flight.usage(), exchange).await;
        token.map_err(|error| {
            if error.stays_for_this_sign_in() {
                self.refusals.put(&key, error.as_ref().clone());
            }
            error.as_ref().clone()
        })
    }

    /// A permission that is only wished for must not cost the whole connector.
    fn may_do_without_optional(&self, error: &OboError, asked: &ScopeSet) -> bool {
        error.may_succeed_with_fewer_scopes() && *asked != self.required
    }

    /// Only a success shows that it was the optional permissions that were refused.
    fn leave_optional_out_after(&self, without: &Result<UpstreamToken, OboError>) {
        if without.is_ok() {
            let until_s = self.clock.now_s().saturating_add(WITHOUT_OPTIONAL_S);
            self.without_optional_until_s.store(until_s, Ordering::Relaxed);
        }
    }

    async fn or_deny(
        &self,
        token: Result<UpstreamToken, OboError>,
        caller: &Caller,
        in_flight: &InFlight,
    ) -> Result<UpstreamToken, ToolError> {
        match token {
            Ok(token) => Ok(token),
            Err(error) => Err(self.denied(&error, caller, in_flight).await),
        }
    }

    async fn denied(&self, error: &OboError, caller: &Caller, in_flight: &InFlight) -> ToolError {
        let verdict = self.verdicts.on(error, caller);
        deny(self.settled(error, verdict, caller, in_flight).await, in_flight)
    }

    /// What a verdict means for the grant that the caller came with. A client that is told to
    /// sign in again would only refresh its tokens, so the grant ends; what Entra wants to see is
    /// noted before, for the sign-in that follows.
    async fn settled(
        &self,
        error: &OboError,
        verdict: IdentityVerdict,
        caller: &Caller,
        in_flight: &InFlight,
    ) -> IdentityVerdict {
        let (Some(sessions), Some(grant)) = (&self.sessions, &caller.grant) else {
            return verdict;
        };
        let (grants, usage) = (&sessions.grants, in_flight.usage());
        let person = (caller.tid.as_str(), caller.oid.as_str());
        let settled = match (&verdict, error) {
            (IdentityVerdict::SignInAgain, error) => {
                let next = match error {
                    OboError::ClaimsNeeded { claims: Some(claims) }
                    | OboError::Blocked { claims: Some(claims) } => {
                        Some(Pending { claims: Some(claims.clone()), consent: false })
                    }
                    _ => None,
                };
                grants.end_for(grant, person, next, usage).await
            }
            (_, OboError::ConsentNeeded) => {
                let next = Pending { claims: None, consent: true };
                grants.note_pending(person, next, usage).await
            }
            _ => Ok(()),
        };
        match settled {
            Ok(()) => verdict,
            Err(_) => IdentityVerdict::TryLater { retry_after: LATER },
        }
    }

    async fn exchange(
        &self,
        caller: &Caller,
        scopes: &ScopeSet,
        claims: Option<&str>,
        in_flight: &InFlight,
    ) -> Result<UpstreamToken, OboError> {
        let started = Instant::now();
        let usage = in_flight.usage();
        let outcome = match self.cache {
            // Never shared means: not even with a call that asks the same at the same time.
            TokenCache::Off => self.exchange.exchange_alone(caller, scopes, claims, usage).await,
            TokenCache::Memory(_) | TokenCache::Dynamodb(_) => {
                self.exchange.exchange(caller, scopes, claims, usage).await
            }
        };
        let took = started.elapsed();
        let event = Exchange { oid: &caller.oid, client_ip: in_flight.client_ip(), took };
        in_flight.metrics().took(Metric::OboLatency, took);
        match &outcome {
            Ok(_) => event.succeeded(),
            Err(error) => {
                in_flight.metrics().count(Metric::OboFailed);
                event.failed(error.code(), None, None);
            }
        }
        outcome
    }
}

/// Leaves the verdict for HTTP, if there is one, and gives the text for the person.
fn deny(verdict: IdentityVerdict, in_flight: &InFlight) -> ToolError {
    let (http, code, text, retry_after) = match verdict {
        IdentityVerdict::NotGranted { scopes } => {
            let names: Vec<_> = scopes.iter().map(|scope| short_name(scope)).collect();
            return ToolError::NotGranted { scope: names.join(", ") };
        }
        IdentityVerdict::SignInAgain => {
            (Some(Verdict::InvalidToken), "sign_in_required", "sign in again", None)
        }
        IdentityVerdict::SignInWithClaims { claims } => {
            let text = "sign in again with the step that your organisation asks for";
            (Some(Verdict::InsufficientClaims { claims }), "sign_in_required", text, None)
        }
        IdentityVerdict::TryLater { retry_after } => {
            let text = "the identity platform does not answer; try again later";
            let http = Verdict::Unavailable { retry_after };
            (Some(http), "identity_unavailable", text, Some(retry_after))
        }
        IdentityVerdict::BadGateway => {
            let text = "the identity platform refuses this connector; tell its operator";
            (Some(Verdict::BadGateway), "identity_unavailable", text, None)
        }
        IdentityVerdict::ToolError { code, text, retry_after } => {
            // Entra saw the same request too often: the one tool error that HTTP says as well.
            let wait = retry_after.filter(|_| code == "rate_limited");
            let http = wait.map(|retry_after| Verdict::TooManyRequests { retry_after });
            (http, code, text, retry_after)
        }
    };
    if let Some(http) = http {
        in_flight.verdict().leave(http);
    }
    ToolError::Identity { code, text: text.to_owned(), retry_after }
}

fn endless(token: &SecretString) -> UpstreamToken {
    UpstreamToken {
        token: token.clone(),
        expires_at: jiff::Timestamp::MAX,
        obtained_at: jiff::Timestamp::MIN,
        scopes: Vec::new(),
    }
}

#[cfg(test)]
pub(crate) mod tests;
