//! One tool call in progress: who asks, until when, and what is used and shown.

mod cursors;

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use rmcp::ErrorData;
use rmcp::handler::server::common::{AsRequestContext, FromContextPart};
use rmcp::model::JsonObject;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::admit::{Admitted, Cached, Permit};
use crate::audit::{ArgumentDigester, Arguments, AuditTrail, CallerProof, Decision, Era, Kind};
use crate::identity::{Caller, UpstreamToken};
use crate::in_flight::InFlight;
use crate::seal::{Binding, Purpose};
use crate::telemetry::{Brief, Metrics};
use crate::tool_error::ToolError;
use crate::usage::Usage;
use crate::verdict::VerdictSlot;

/// One tool call in progress. Clones share everything.
#[derive(Clone)]
pub struct Call(Arc<Inner>);

struct Inner {
    permit: Arc<Permit>,
    kind: Kind,
    name: String,
    arguments: Arguments,
    cursors: Binding,
    trail: AuditTrail,
    token: Mutex<TokenState>,
}

#[derive(Default)]
struct TokenState {
    current: Option<UpstreamToken>,
    renewed: bool,
    /// What the identity platform said no with. All requests of a call are told the same: each
    /// sign-in that is asked for is counted, and one call asks for one.
    denied: Option<Denied>,
}

#[derive(Clone)]
struct Denied {
    code: &'static str,
    text: String,
    retry_after: Option<Duration>,
}

impl TokenState {
    fn not_denied(&self) -> Result<(), ToolError> {
        match self.denied.clone() {
            None => Ok(()),
            Some(Denied { code, text, retry_after }) => {
                Err(ToolError::Identity { code, text, retry_after })
            }
        }
    }

    fn keep(
        &mut self,
        token: Result<UpstreamToken, ToolError>,
    ) -> Result<UpstreamToken, ToolError> {
        match &token {
            Ok(token) => self.current = Some(token.clone()),
            Err(ToolError::Identity { code, text, retry_after }) => {
                let (text, retry_after) = (text.clone(), *retry_after);
                self.denied = Some(Denied { code, text, retry_after });
            }
            Err(_) => {}
        }
        token
    }
}

impl Call {
    /// Begins the call that was admitted.
    pub(crate) fn begin(
        admitted: Admitted,
        kind: Kind,
        name: &str,
        arguments: Option<&JsonObject>,
    ) -> Self {
        let permit = admitted.0;
        permit.in_flight.note(|line| line.tool = Some(Brief::new(name)));
        let nothing = JsonObject::new();
        let arguments = arguments.unwrap_or(&nothing);
        let cursors = cursors::binding(&permit, name, arguments);
        Self(Arc::new(Inner {
            kind,
            name: name.to_owned(),
            arguments: digests(&permit, arguments),
            cursors,
            trail: AuditTrail::default(),
            token: Mutex::default(),
            permit,
        }))
    }

    /// The person this call acts for.
    pub fn caller(&self) -> &Caller {
        &self.0.permit.caller
    }

    /// Time left before the call is answered without us.
    pub fn remaining(&self) -> Duration {
        self.deadline().saturating_duration_since(Instant::now())
    }

    /// Counters of this call.
    pub fn usage(&self) -> &Usage {
        self.in_flight().usage()
    }

    /// Puts something that is shown to the person into the audit record.
    ///
    /// `kind` is a word such as `file`; `id` is the upstream's id; `label` the id of its
    /// sensitivity label.
    pub fn reveal(&self, kind: &'static str, id: &str, label: Option<&str>, decision: Decision) {
        self.0.trail.reveal(kind, id, label, decision);
    }

    /// Says in the audit record that the answer was cut to fit.
    pub fn truncated(&self) {
        self.0.trail.truncate();
    }

    /// The present moment, as the platform's clock has it.
    pub fn now(&self) -> Timestamp {
        self.0.permit.clock.now()
    }

    /// Whether this delegated permission was granted with the upstream token; asks for the token
    /// first if there is none yet.
    ///
    /// # Errors
    /// As [`upstream_token`](Self::upstream_token).
    pub async fn is_granted(&self, scope: &str) -> Result<bool, ToolError> {
        let token = self.token().await?;
        // A token of the laptop's own says nothing of its scopes: the upstream decides.
        Ok(token.scopes.is_empty() || token.grants(scope))
    }

    /// A token for the upstream service: from memory, then the cache, then Entra.
    ///
    /// # Errors
    /// [`ToolError::Identity`] when the exchange is refused; the verdict for HTTP is left too.
    pub async fn upstream_token(&self) -> Result<SecretString, ToolError> {
        Ok(self.token().await?.token)
    }

    async fn token(&self) -> Result<UpstreamToken, ToolError> {
        let permit = &self.0.permit;
        let mut state = self.0.token.lock().await;
        if let Some(token) = &state.current {
            return Ok(token.clone());
        }
        state.not_denied()?;
        let (caller, in_flight) = (&permit.caller, &permit.in_flight);
        let token = match &permit.cached {
            Cached::Token(token) => Ok(token.clone()),
            // Boxed: they are rare and large.
            Cached::Missing => Box::pin(permit.tokens.obtain(caller, in_flight)).await,
            Cached::Distrusted => Box::pin(permit.tokens.fresh(caller, in_flight)).await,
        };
        state.keep(token)
    }

    /// Replaces a token that the upstream refused, once per call; `claims` is the upstream's
    /// claims challenge.
    ///
    /// # Errors
    /// As [`upstream_token`](Self::upstream_token).
    pub(crate) async fn renew_upstream_token(
        &self,
        refused: &SecretString,
        claims: Option<&str>,
    ) -> Result<SecretString, ToolError> {
        let permit = &self.0.permit;
        let mut state = self.0.token.lock().await;
        if let Some(current) = &state.current
            && current.token.expose_secret() != refused.expose_secret()
        {
            return Ok(current.token.clone());
        }
        state.not_denied()?;
        let (caller, in_flight) = (&permit.caller, &permit.in_flight);
        let token = if std::mem::replace(&mut state.renewed, true) {
            Err(permit.tokens.refused_again(caller, claims, in_flight).await)
        } else {
            permit.tokens.renew(caller, claims, in_flight).await
        };
        state.keep(token).map(|token| token.token)
    }

    pub(crate) fn deadline(&self) -> Instant {
        self.in_flight().tool_deadline()
    }

    pub(crate) fn in_flight(&self) -> &InFlight {
        &self.0.permit.in_flight
    }

    pub(crate) fn metrics(&self) -> &Metrics {
        self.in_flight().metrics()
    }

    pub(crate) fn verdict(&self) -> &VerdictSlot {
        self.in_flight().verdict()
    }

    pub(crate) fn kind(&self) -> Kind {
        self.0.kind
    }

    pub(crate) fn name(&self) -> &str {
        &self.0.name
    }

    pub(crate) fn era(&self) -> Era {
        self.0.permit.era
    }

    pub(crate) fn proof(&self) -> CallerProof {
        self.0.permit.proof
    }

    pub(crate) fn arguments(&self) -> Arguments {
        self.0.arguments.clone()
    }

    pub(crate) fn trail(&self) -> &AuditTrail {
        &self.0.trail
    }
}

/// Digests under a key of their own, so that equal arguments can be found and none be read.
fn digests(permit: &Permit, arguments: &JsonObject) -> Arguments {
    let binding = Binding::new(Purpose::Digest, permit.connector);
    match permit.keyring.mac(&binding, b"arguments") {
        Ok(key) => ArgumentDigester::new(&key.tag).digest(arguments),
        Err(_) => Arguments::default(),
    }
}

/// A tool asks for its call by type.
impl<C: AsRequestContext> FromContextPart<C> for Call {
    fn from_context_part(context: &mut C) -> Result<Self, ErrorData> {
        context
            .as_request_context()
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or_else(|| ErrorData::internal_error("a tool was reached without a call", None))
    }
}

#[cfg(any(test, feature = "testing"))]
impl Call {
    /// A call of this person with a fixed upstream token and 20 s of time, for tests.
    pub fn for_tests(caller: Caller, upstream_token: &str) -> Self {
        Self::for_tests_with(caller, upstream_token, "tool", &JsonObject::new())
    }

    /// As [`for_tests`](Self::for_tests), of this tool with these arguments: cursors are bound
    /// to both.
    pub fn for_tests_with(
        caller: Caller,
        upstream_token: &str,
        tool: &str,
        arguments: &JsonObject,
    ) -> Self {
        let clock = crate::clock::Clock::System;
        Self::begun_for_tests(caller, upstream_token, tool, arguments, clock)
    }

    /// As [`for_tests`](Self::for_tests), at the time of this clock.
    pub fn for_tests_at(caller: Caller, upstream_token: &str, clock: crate::clock::Clock) -> Self {
        Self::begun_for_tests(caller, upstream_token, "tool", &JsonObject::new(), clock)
    }

    fn begun_for_tests(
        caller: Caller,
        upstream_token: &str,
        tool: &str,
        arguments: &JsonObject,
        clock: crate::clock::Clock,
    ) -> Self {
        use crate::seal::Keyring;
        use crate::tokens::UpstreamTokens;
        let deadline = Instant::now() + Duration::from_secs(20);
        let permit = Permit {
            caller,
            proof: CallerProof::Debug,
            era: Era::Unknown,
            in_flight: InFlight::start(deadline, None, crate::telemetry::RequestLine::default()),
            keyring: Arc::new(Keyring::for_tests()),
            tokens: Arc::new(UpstreamTokens::fixed(upstream_token)),
            cached: Cached::Missing,
            connector: "test",
            clock,
        };
        Self::begin(Admitted(Arc::new(permit)), Kind::Tool, tool, Some(arguments))
    }
}

#[cfg(test)]
pub(crate) mod tests;
