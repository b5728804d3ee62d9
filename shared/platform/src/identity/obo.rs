//! On-Behalf-Of: a caller's token for us becomes a token for the upstream service.

mod error;
mod flight;
mod grant;
mod memory;

use std::sync::Arc;
use std::time::{Duration, Instant};

use aws_lc_rs::digest;
use futures::FutureExt;
use http::HeaderMap;
use http::header::{ACCEPT, CONTENT_TYPE, RETRY_AFTER};
use rand::Rng;
use secrecy::ExposeSecret;
use url::form_urlencoded;
use uuid::Uuid;

pub use error::OboError;

use super::caller::Caller;
use super::credential::{ClientCredentials, Credential, ProofFields};
use super::entra_settings::EntraSettings;
use super::upstream_token::{ScopeSet, UpstreamToken};
use crate::clock::Clock;
use crate::http_client::{HttpClient, TryLimits};
use crate::usage::Usage;
use error::{DEFAULT_WAIT, Refusal};
use flight::Flights;
use memory::{BREAKER, Memory};

const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// What an exchange may take.
#[derive(Clone, Copy, Debug)]
pub struct OnBehalfOfLimits {
    /// For one try, connecting included.
    pub one_try: Duration,
    /// For all tries and the waits between them.
    pub total: Duration,
    /// For the answer.
    pub max_bytes: usize,
    /// The longest wait before a second try when Entra does not say how long.
    pub jitter: Duration,
}

impl Default for OnBehalfOfLimits {
    fn default() -> Self {
        Self {
            one_try: Duration::from_secs(8),
            total: Duration::from_secs(10),
            max_bytes: 64 * 1024,
            jitter: Duration::from_millis(400),
        }
    }
}

/// The exchange with Entra; clones share what is remembered and what is under way.
#[derive(Clone)]
pub struct OnBehalfOf(Arc<Inner>);

struct Inner {
    settings: Arc<EntraSettings>,
    credentials: ClientCredentials,
    http: HttpClient,
    clock: Clock,
    limits: OnBehalfOfLimits,
    memory: Memory,
    flights: Flights<Result<UpstreamToken, OboError>>,
}

/// What is asked in one exchange.
struct Question {
    caller: Caller,
    scopes: ScopeSet,
    claims: Option<String>,
    usage: Usage,
    request_id: Uuid,
}

/// One try that failed, and whether another one makes sense.
struct Failure {
    error: OboError,
    next: Next,
}

enum Next {
    /// Entra said what there is to say.
    GiveUp,
    /// This credential is not accepted.
    OtherCredential,
    /// The same again after this wait.
    Again(Duration),
}

impl OnBehalfOf {
    /// Exchanges for this registration with these credentials.
    pub fn new(
        settings: Arc<EntraSettings>,
        credentials: ClientCredentials,
        http: HttpClient,
        clock: Clock,
        limits: OnBehalfOfLimits,
    ) -> Self {
        Self(Arc::new(Inner {
            settings,
            credentials,
            http,
            memory: Memory::new(clock.clone()),
            clock,
            limits,
            flights: Flights::new(),
        }))
    }

    /// Exchanges the caller's token for one with these scopes, which belong to one resource.
    ///
    /// Those who ask the same at the same time share one exchange, and its error; the usage is
    /// counted for the one who began it.
    ///
    /// # Errors
    /// When Entra gives no token, or one that lacks a scope.
    pub async fn exchange(
        &self,
        caller: &Caller,
        scopes: &ScopeSet,
        claims: Option<&str>,
        usage: &Usage,
    ) -> Result<UpstreamToken, OboError> {
        if scopes.is_empty() {
            return Err(OboError::OurScopes);
        }
        let key = hash(&[
            &caller.fingerprint,
            scopes.as_parameter().to_ascii_lowercase().as_bytes(),
            claims.unwrap_or_default().as_bytes(),
        ]);
        let begin = || {
            let inner = self.0.clone();
            let question = Question::new(caller, scopes, claims, usage);
            async move { inner.answer(question).await }.boxed()
        };
        self.0.flights.join(key, begin).await
    }

    /// As [`exchange`](Self::exchange), but shared with nobody who asks the same.
    ///
    /// # Errors
    /// As [`exchange`](Self::exchange).
    pub async fn exchange_alone(
        &self,
        caller: &Caller,
        scopes: &ScopeSet,
        claims: Option<&str>,
        usage: &Usage,
    ) -> Result<UpstreamToken, OboError> {
        if scopes.is_empty() {
            return Err(OboError::OurScopes);
        }
        self.0.answer(Question::new(caller, scopes, claims, usage)).await
    }
}

impl Question {
    fn new(caller: &Caller, scopes: &ScopeSet, claims: Option<&str>, usage: &Usage) -> Self {
        Self {
            caller: caller.clone(),
            scopes: scopes.clone(),
            claims: claims.map(str::to_owned),
            usage: usage.clone(),
            request_id: Uuid::new_v4(),
        }
    }
}

impl Inner {
    async fn answer(&self, question: Question) -> Result<UpstreamToken, OboError> {
        let who = hash(&[
            question.caller.tid.as_bytes(),
            question.caller.oid.as_bytes(),
            question.scopes.as_parameter().to_ascii_lowercase().as_bytes(),
        ]);
        if let Some(error) = self.memory.recall(&who).await {
            return Err(error);
        }
        let began = Instant::now();
        let outcome = tokio::time::timeout(self.limits.total, self.tries(&question, began))
            .await
            .unwrap_or(Err(OboError::Transient { retry_after: DEFAULT_WAIT }));
        // Whoever asked writes the line that counts, with the address.
        if let Err(error) = &outcome {
            self.memory.hold(who, error).await;
        }
        outcome
    }

    /// Tries the credentials in turn, and once more when Entra was only unwell.
    async fn tries(&self, question: &Question, began: Instant) -> Result<UpstreamToken, OboError> {
        let mut may_try_again = true;
        for (place, credential) in self.credentials.in_order() {
            loop {
                let failure = match self.one_try(question, credential, began).await {
                    Ok(token) => {
                        self.credentials.worked(place);
                        return Ok(token);
                    }
                    Err(failure) => failure,
                };
                match failure.next {
                    Next::OtherCredential => {
                        tracing::warn!(
                            event = "credential_refused",
                            reason = credential.kind(),
                            "one of our credentials was not accepted"
                        );
                        break;
                    }
                    Next::Again(wait) if may_try_again && self.fits(wait, began) => {
                        may_try_again = false;
                        tokio::time::sleep(wait).await;
                    }
                    Next::GiveUp | Next::Again(_) => return Err(failure.error),
                }
            }
        }
        Err(OboError::OurCredential { retry_after: BREAKER })
    }

    async fn one_try(
        &self,
        question: &Question,
        credential: &Credential,
        began: Instant,
    ) -> Result<UpstreamToken, Failure> {
        let endpoint = self.settings.token_endpoint();
        let proof = credential
            .proof(&self.settings.client_id, &endpoint, &self.clock)
            .await
            .map_err(|_| Failure {
                error: OboError::OurCredential { retry_after: BREAKER },
                next: Next::OtherCredential,
            })?;
        let request = self
            .http
            .post(&endpoint)
            .header(ACCEPT, "application/json")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("client-request-id", question.request_id.to_string())
            .header("x-ms-lib-capability", "retry-after, h429")
            .body(self.form(question, &proof));
        let left = self.limits.total.saturating_sub(began.elapsed());
        let limits =
            TryLimits { deadline: self.limits.one_try.min(left), max_bytes: self.limits.max_bytes };

        let sent = Instant::now();
        let answer = self.http.fetch(request, limits).await;
        let bytes = answer.as_ref().map_or(0, |answer| answer.body.len());
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        question.usage.add_upstream(sent.elapsed(), bytes);

        let answer = answer.map_err(|problem| {
            tracing::warn!(event = "obo_try_failed", reason = %problem, upstream_request_id = %question.request_id, "entra gave no answer to an exchange");
            self.unwell(problem)
        })?;
        if answer.status == http::StatusCode::OK {
            let token = grant::read(&answer.body, &question.scopes, self.clock.now());
            return token.map_err(give_up);
        }
        let refusal = Refusal::read(&answer.body);
        let (number, request_id) = (refusal.number(), question.request_id);
        let wait = retry_after(&answer.headers);
        let error = refusal.class(answer.status.as_u16(), wait);
        tracing::warn!(event = "obo_try_failed", reason = error.code(), code = number, upstream_request_id = %request_id, status = answer.status.as_u16(), "entra refused an exchange");
        let next = match &error {
            OboError::OurCredential { .. } => Next::OtherCredential,
            OboError::Transient { .. } => Next::Again(wait.unwrap_or_else(|| self.jitter())),
            // Without a word about how long, the same again would only make it worse.
            OboError::Throttled { .. } => wait.map_or(Next::GiveUp, Next::Again),
            OboError::AssertionInvalid
            | OboError::ClaimsNeeded { .. }
            | OboError::Blocked { .. }
            | OboError::ConsentNeeded
            | OboError::NotAssigned
            | OboError::PersonGone
            | OboError::SignInEnded
            | OboError::OurRegistration
            | OboError::OurScopes
            | OboError::NotInTenant
            | OboError::Loop { .. }
            | OboError::TenantThrottled { .. }
            | OboError::ScopeMissing { .. }
            | OboError::BadAnswer => Next::GiveUp,
        };
        Err(Failure { error, next })
    }

    fn form(&self, question: &Question, proof: &ProofFields) -> String {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("grant_type", GRANT_TYPE)
            .append_pair("client_id", &self.settings.client_id)
            .append_pair("assertion", question.caller.token.expose_secret())
            .append_pair("requested_token_use", "on_behalf_of")
            .append_pair("scope", &question.scopes.as_parameter());
        for (name, value) in proof {
            form.append_pair(name, value.expose_secret());
        }
        if let Some(claims) = &question.claims {
            form.append_pair("claims", claims);
        }
        form.finish()
    }

    fn unwell(&self, problem: crate::http_client::HttpProblem) -> Failure {
        use crate::http_client::HttpProblem::{Broken, Connect, NoClient, Timeout, TooLarge};
        match problem {
            TooLarge { .. } | NoClient => give_up(OboError::BadAnswer),
            Timeout | Connect | Broken => Failure {
                error: OboError::Transient { retry_after: DEFAULT_WAIT },
                next: Next::Again(self.jitter()),
            },
        }
    }

    /// Whether a wait leaves time for a try after it.
    fn fits(&self, wait: Duration, began: Instant) -> bool {
        let least_try = self.limits.total / 10;
        began.elapsed() + wait + least_try < self.limits.total
    }

    fn jitter(&self) -> Duration {
        self.limits.jitter.mul_f64(rand::rng().random_range(0.25..=1.0))
    }
}

fn give_up(error: OboError) -> Failure {
    Failure { error, next: Next::GiveUp }
}

/// `Retry-After` in seconds; dates are not sent by Entra.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?;
    let seconds: u32 = text.trim().parse().ok()?;
    Some(Duration::from_secs(u64::from(seconds.max(1))))
}

/// SHA-256 over parts with their lengths, so that no two lists of parts look the same.
fn hash(parts: &[&[u8]]) -> [u8; 32] {
    let mut context = digest::Context::new(&digest::SHA256);
    for part in parts {
        let length = u64::try_from(part.len()).unwrap_or(u64::MAX);
        context.update(&length.to_be_bytes());
        context.update(part);
    }
    let mut hash = [0; 32];
    hash.copy_from_slice(context.finish().as_ref());
    hash
}

#[cfg(test)]
mod tests;
