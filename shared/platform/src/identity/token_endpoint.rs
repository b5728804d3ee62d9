//! Entra's token endpoint: one form, our credentials in turn, and once more when Entra is only
//! unwell.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::HeaderMap;
use http::header::{ACCEPT, CONTENT_TYPE, RETRY_AFTER};
use jiff::{SignedDuration, Timestamp};
use rand::Rng;
use secrecy::ExposeSecret;
use url::form_urlencoded;
use uuid::Uuid;

use super::credential::{ClientCredentials, Credential, ProofFields};
use super::entra_settings::EntraSettings;
use super::obo::{BREAKER, DEFAULT_WAIT, OboError, Refusal};
use crate::clock::Clock;
use crate::http_client::{HttpClient, HttpProblem, TryLimits};
use crate::usage::Usage;

/// The longest life of an access token, in seconds.
const MAX_LIFETIME_S: i64 = 29 * 3600;

/// What one question to the token endpoint may take.
#[derive(Clone, Copy, Debug)]
pub struct TokenEndpointLimits {
    /// For one try, connecting included.
    pub one_try: Duration,
    /// For all tries and the waits between them.
    pub total: Duration,
    /// For the answer.
    pub max_bytes: usize,
    /// The longest wait before a second try when Entra does not say how long.
    pub jitter: Duration,
}

impl Default for TokenEndpointLimits {
    fn default() -> Self {
        Self {
            one_try: Duration::from_secs(8),
            total: Duration::from_secs(10),
            max_bytes: 64 * 1024,
            jitter: Duration::from_millis(400),
        }
    }
}

/// The token endpoint of our tenant, asked as our registration.
#[derive(Debug)]
pub struct TokenEndpoint {
    settings: Arc<EntraSettings>,
    credentials: ClientCredentials,
    http: HttpClient,
    clock: Clock,
    limits: TokenEndpointLimits,
}

/// What a form is for; decides the event that a failed try is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// An On-Behalf-Of exchange.
    OnBehalfOf,
    /// A person's own sign-in: a code, or a refresh token.
    SignIn,
}

/// One form, without the fields that prove who we are.
#[derive(Clone, Copy)]
pub(super) struct Form<'a> {
    pub(super) purpose: Purpose,
    pub(super) fields: &'a [(&'a str, &'a str)],
    pub(super) usage: &'a Usage,
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

impl TokenEndpoint {
    /// The token endpoint for this registration with these credentials.
    pub fn new(
        settings: Arc<EntraSettings>,
        credentials: ClientCredentials,
        http: HttpClient,
        clock: Clock,
        limits: TokenEndpointLimits,
    ) -> Self {
        Self { settings, credentials, http, clock, limits }
    }

    pub(super) fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Whose token endpoint it is.
    pub fn settings(&self) -> &EntraSettings {
        &self.settings
    }

    /// The body of a successful answer to this form.
    pub(super) async fn ask(&self, form: Form<'_>) -> Result<Bytes, OboError> {
        let began = Instant::now();
        tokio::time::timeout(self.limits.total, self.tries(form, began))
            .await
            .unwrap_or(Err(OboError::Transient { retry_after: DEFAULT_WAIT }))
    }

    /// Tries the credentials in turn, and once more when Entra was only unwell.
    async fn tries(&self, form: Form<'_>, began: Instant) -> Result<Bytes, OboError> {
        let request_id = Uuid::new_v4();
        let mut may_try_again = true;
        for (place, credential) in self.credentials.in_order() {
            loop {
                let failure = match self.one_try(form, request_id, credential, began).await {
                    Ok(body) => {
                        self.credentials.worked(place);
                        return Ok(body);
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
        form: Form<'_>,
        request_id: Uuid,
        credential: &Credential,
        began: Instant,
    ) -> Result<Bytes, Failure> {
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
            .header("client-request-id", request_id.to_string())
            .header("x-ms-lib-capability", "retry-after, h429")
            .body(self.encoded(form.fields, &proof));
        let left = self.limits.total.saturating_sub(began.elapsed());
        let limits =
            TryLimits { deadline: self.limits.one_try.min(left), max_bytes: self.limits.max_bytes };

        let sent = Instant::now();
        let answer = self.http.fetch(request, limits).await;
        let bytes = answer.as_ref().map_or(0, |answer| answer.body.len());
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        form.usage.add_upstream(sent.elapsed(), bytes);

        let answer = answer.map_err(|problem| {
            unanswered(form.purpose, problem, request_id);
            self.unwell(problem)
        })?;
        if answer.status == http::StatusCode::OK {
            return Ok(answer.body);
        }
        let refusal = Refusal::read(&answer.body);
        let number = refusal.number();
        let wait = retry_after(&answer.headers);
        let status = answer.status.as_u16();
        let error = refusal.class(status, wait);
        refused(form.purpose, &error, number, request_id, status);
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

    fn encoded(&self, fields: &[(&str, &str)], proof: &ProofFields) -> String {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("client_id", &self.settings.client_id).extend_pairs(fields);
        for (name, value) in proof {
            form.append_pair(name, value.expose_secret());
        }
        form.finish()
    }

    fn unwell(&self, problem: HttpProblem) -> Failure {
        use HttpProblem::{Broken, Connect, NoClient, Timeout, TooLarge};
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

/// Whether a text can be a token: printable, so that it fits into a header.
pub(super) fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// When a token that lives this many seconds ends. No access token lives longer than
/// [`MAX_LIFETIME_S`]; what claims to is cut.
pub(super) fn ends_at(lifetime_s: i64, now: Timestamp) -> Result<Timestamp, OboError> {
    let lifetime = SignedDuration::from_secs(lifetime_s.min(MAX_LIFETIME_S));
    now.checked_add(lifetime).map_err(|_| OboError::BadAnswer)
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

fn unanswered(purpose: Purpose, problem: HttpProblem, request_id: Uuid) {
    match purpose {
        Purpose::OnBehalfOf => {
            tracing::warn!(event = "obo_try_failed", reason = %problem, upstream_request_id = %request_id, "entra gave no answer to an exchange");
        }
        Purpose::SignIn => {
            tracing::warn!(event = "sign_in_try_failed", reason = %problem, upstream_request_id = %request_id, "entra gave no answer to a sign-in");
        }
    }
}

fn refused(purpose: Purpose, error: &OboError, code: Option<u32>, request_id: Uuid, status: u16) {
    let reason = error.code();
    match purpose {
        Purpose::OnBehalfOf => {
            tracing::warn!(event = "obo_try_failed", reason, code, upstream_request_id = %request_id, status, "entra refused an exchange");
        }
        Purpose::SignIn => {
            tracing::warn!(event = "sign_in_try_failed", reason, code, upstream_request_id = %request_id, status, "entra refused a sign-in");
        }
    }
}
