//! Another Entra token for a grant: asked for by one at a time, in this process and elsewhere.

use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt as _;
use secrecy::ExposeSecret as _;

use super::{Grant, Grants, Live, NoGrant, Step};
use crate::identity::{EntraTokens, OboError};
use crate::oauth::pending;
use crate::oauth::records::Pending;
use crate::seal::sha256;
use crate::usage::Usage;

/// How long one may ask Entra while the others keep away, in milliseconds. A lease that was not
/// given back, because its holder died or Entra was unwell, also keeps Entra from being flooded.
const LEASE_MS: i64 = 15_000;
/// How often and when the grant is read again while another one asks.
const WAITS_MS: [u64; 5] = [100, 200, 400, 800, 1_500];
/// When to come again if nobody says.
const LATER: Duration = Duration::from_secs(5);

/// What is needed of the Entra token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// It lasts this many seconds.
    Lasting(i64),
    /// It is another one than the one with this SHA-256, which Entra does not accept any more.
    OtherThan([u8; 32]),
}

/// Why there is no other Entra token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotRenewed {
    /// The grant has ended; only a new sign-in helps.
    Ended,
    /// Entra gives this person none at the moment; the old token may be used to its end.
    Refused,
    /// Waiting helps; the old token may be used to its end.
    Unavailable { retry_after: Duration },
}

impl Live {
    /// How many seconds are left of the Entra token.
    pub(crate) fn left_s(&self, now_s: i64) -> i64 {
        self.grant.access_ends_s.saturating_sub(now_s)
    }

    fn meets(&self, need: Need, now_s: i64) -> bool {
        match need {
            Need::Lasting(seconds) => self.left_s(now_s) >= seconds,
            Need::OtherThan(refused) => {
                sha256(self.grant.access_token.expose_secret().as_bytes()) != refused
            }
        }
    }

    /// Whether the token could be used while another one is asked for.
    fn will_do(&self, need: Need, now_s: i64) -> bool {
        matches!(need, Need::Lasting(_)) && self.left_s(now_s) > 0
    }
}

impl Grants {
    /// The grant with an Entra token that meets the need. Those who ask the same at the same time
    /// share one request; the usage is counted for the one who began it.
    ///
    /// # Errors
    /// When there is none; what that means for the old token is said.
    pub(crate) async fn renew(
        self: &Arc<Self>,
        id: &str,
        need: Need,
        usage: &Usage,
    ) -> Result<Arc<Live>, NotRenewed> {
        let key = match need {
            Need::Lasting(seconds) => sha256(format!("{id}|{seconds}").as_bytes()),
            Need::OtherThan(refused) => sha256(format!("{id}|{}", hex::encode(refused)).as_bytes()),
        };
        let begin = || {
            let (grants, id, usage) = (Arc::clone(self), id.to_owned(), usage.clone());
            async move { grants.renewed(&id, need, &usage).await }.boxed()
        };
        self.renewals.join(key, begin).await
    }

    async fn renewed(&self, id: &str, need: Need, usage: &Usage) -> Result<Arc<Live>, NotRenewed> {
        let mut waits = WAITS_MS.into_iter();
        loop {
            let live = self.latest(id, usage).await?;
            let now = self.clock.now();
            let now_s = now.as_second();
            if live.meets(need, now_s) {
                return Ok(live);
            }
            let Some(refresh_token) = live.grant.refresh_token.clone() else {
                return Err(NotRenewed::Refused);
            };
            if live.grant.lease_until_ms <= now.as_millisecond() {
                let lease_until_ms = now.as_millisecond().saturating_add(LEASE_MS);
                let leased = Grant { lease_until_ms, ..live.grant.clone() };
                if self.replace(id, &live, leased, live.expires_at_s, usage).await?.is_some() {
                    return match self.code_flow.refresh(&refresh_token, usage).await {
                        Ok(tokens) => self.store_tokens(id, &tokens, usage).await,
                        Err(error) => Err(self.not_renewed(id, &live.grant, error, usage).await),
                    };
                }
            } else if live.will_do(need, now_s) {
                return Err(NotRenewed::Unavailable { retry_after: LATER });
            }
            let Some(wait_ms) = waits.next() else {
                return Err(NotRenewed::Unavailable { retry_after: LATER });
            };
            tokio::time::sleep(Duration::from_millis(wait_ms)).await;
        }
    }

    /// Entra leaves the refresh token before valid, so tokens that could not be written cost one
    /// more request later and nothing else.
    async fn store_tokens(
        &self,
        id: &str,
        tokens: &EntraTokens,
        usage: &Usage,
    ) -> Result<Arc<Live>, NotRenewed> {
        let decide = |live: &Live| Step::Write {
            grant: Box::new(live.grant.with(tokens)),
            expires_at_s: live.expires_at_s,
            said: (),
        };
        let (live, ()) = self.change(id, usage, decide).await?;
        Ok(live)
    }

    async fn not_renewed(
        &self,
        id: &str,
        grant: &Grant,
        error: OboError,
        usage: &Usage,
    ) -> NotRenewed {
        let next = match error {
            OboError::AssertionInvalid | OboError::PersonGone | OboError::SignInEnded => None,
            OboError::ClaimsNeeded { claims } => Some(Pending { claims, consent: false }),
            OboError::Blocked { claims: Some(claims) } => {
                Some(Pending { claims: Some(claims), consent: false })
            }
            OboError::ConsentNeeded => Some(Pending { claims: None, consent: true }),
            OboError::Blocked { claims: None } | OboError::NotAssigned | OboError::NotInTenant => {
                return NotRenewed::Refused;
            }
            OboError::OurCredential { retry_after }
            | OboError::Loop { retry_after }
            | OboError::Throttled { retry_after }
            | OboError::TenantThrottled { retry_after }
            | OboError::Transient { retry_after } => {
                return NotRenewed::Unavailable { retry_after };
            }
            OboError::OurRegistration
            | OboError::OurScopes
            | OboError::ScopeMissing { .. }
            | OboError::BadAnswer => return NotRenewed::Unavailable { retry_after: LATER },
        };
        match self.end_for(id, (&grant.tid, &grant.oid), next, usage).await {
            Ok(()) => NotRenewed::Ended,
            Err(problem) => problem.into(),
        }
    }

    /// Ends a grant that only a new sign-in can follow, after what that has to bring was noted.
    ///
    /// # Errors
    /// When the store does not answer; the grant has not ended then.
    pub(crate) async fn end_for(
        &self,
        id: &str,
        (tid, oid): (&str, &str),
        next: Option<Pending>,
        usage: &Usage,
    ) -> Result<(), NoGrant> {
        if let Some(next) = next {
            self.note_pending((tid, oid), next, usage).await?;
        }
        self.end(id, usage).await
    }

    /// Notes what a person's next sign-in has to bring.
    ///
    /// # Errors
    /// When the store does not answer.
    pub(crate) async fn note_pending(
        &self,
        (tid, oid): (&str, &str),
        next: Pending,
        usage: &Usage,
    ) -> Result<(), NoGrant> {
        let until_s = self.in_s(pending::KEPT);
        pending::note(&self.records, (tid, oid), next, until_s, usage)
            .await
            .map_err(|error| super::unavailable(&error))
    }
}

impl From<NoGrant> for NotRenewed {
    fn from(problem: NoGrant) -> Self {
        match problem {
            NoGrant::Gone => Self::Ended,
            NoGrant::Unavailable => Self::Unavailable { retry_after: LATER },
        }
    }
}
