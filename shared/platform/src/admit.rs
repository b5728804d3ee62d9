//! May this caller go on now? The limiter, the kill switch and the token cache are asked at the
//! same time, once per request, before anything runs.

use std::sync::Arc;

use http::StatusCode;
use tokio::join;

use crate::audit::{
    Arguments, AuditOrigin, AuditTrail, AuditUsage, AuditedCaller, Auditor, CallerProof, Era, Kind,
    Occurrence, Outcome, OutcomeWord, Release,
};
use crate::clock::Clock;
use crate::identity::{Caller, Person, UpstreamToken};
use crate::in_flight::InFlight;
use crate::limit::{self, Limiter};
use crate::seal::{Keyring, LiveKeyring};
use crate::store::{KillSwitch, Standing};
use crate::telemetry::{Brief, Metric};
use crate::tokens::UpstreamTokens;
use crate::verdict::Verdict;

/// What a request needs to run: only [`Admission::admit`] makes one.
#[derive(Clone)]
pub(crate) struct Admitted(pub(crate) Arc<Permit>);

/// What the token cache said when the request was admitted.
pub(crate) enum Cached {
    /// This token, which may be used.
    Token(UpstreamToken),
    /// Nothing.
    Missing,
    /// Whatever it said, the kill switch could not be read: only a fresh exchange shows that
    /// Entra still lets the person in.
    Distrusted,
}

/// The permit of one request.
pub(crate) struct Permit {
    pub(crate) caller: Caller,
    pub(crate) proof: CallerProof,
    pub(crate) era: Era,
    pub(crate) in_flight: InFlight,
    pub(crate) keyring: Arc<Keyring>,
    pub(crate) tokens: Arc<UpstreamTokens>,
    pub(crate) cached: Cached,
    pub(crate) connector: &'static str,
    pub(crate) clock: Clock,
}

/// What admission needs to know of a message.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Message {
    /// The method, one of the protocol's or `unknown`.
    pub(crate) method: &'static str,
    /// Whether it returns the person's data, and so needs a permit and an audit record.
    pub(crate) returns_data: bool,
}

/// Decides who may go on.
pub(crate) struct Admission {
    pub(crate) limit: Limiter,
    pub(crate) kill_switch: KillSwitch,
    pub(crate) tokens: Arc<UpstreamTokens>,
    pub(crate) keyring: LiveKeyring,
    pub(crate) auditor: Arc<Auditor>,
    pub(crate) origin: AuditOrigin,
    pub(crate) proof: CallerProof,
    pub(crate) connector: &'static str,
    pub(crate) clock: Clock,
}

impl Admission {
    /// Admits a verified caller's message, or says what to answer.
    pub(crate) async fn admit(
        &self,
        caller: Caller,
        message: Message,
        in_flight: &InFlight,
    ) -> Result<Admitted, Verdict> {
        let usage = in_flight.usage();
        let data = message.returns_data;
        let (standing, admission, cached, keyring) = join!(
            self.kill_switch.check(&caller, usage),
            async {
                if data {
                    self.limit.admit(&caller, usage).await
                } else {
                    limit::Admission::Allowed { degraded: false }
                }
            },
            async { if data { self.tokens.cached(&caller, in_flight).await } else { None } },
            self.keyring.current(),
        );
        if standing == Standing::Refused {
            return self.refuse(&caller, message, in_flight, OutcomeWord::RefusedSwitchedOff).await;
        }
        match admission {
            limit::Admission::Allowed { degraded: false } => {}
            limit::Admission::Allowed { degraded: true } => {
                in_flight.metrics().count(Metric::LimiterDegraded);
            }
            limit::Admission::Refused { retry_after, first_in_window } => {
                in_flight.metrics().count(Metric::RateLimited);
                if first_in_window {
                    let word = OutcomeWord::RateLimited;
                    let outcome = Outcome { word, status: 429 };
                    let method = Some(message.method);
                    self.record((&caller).into(), method, in_flight, outcome).await;
                }
                return Err(Verdict::TooManyRequests { retry_after });
            }
        }
        let cached = match (standing, cached) {
            (Standing::Unknown, _) => Cached::Distrusted,
            (_, Some(token)) => Cached::Token(token),
            (_, None) => Cached::Missing,
        };
        Ok(Admitted(Arc::new(Permit {
            caller,
            proof: self.proof,
            era: era(in_flight),
            in_flight: in_flight.clone(),
            keyring,
            tokens: Arc::clone(&self.tokens),
            cached,
            connector: self.connector,
            clock: self.clock.clone(),
        })))
    }

    async fn refuse(
        &self,
        caller: &Caller,
        message: Message,
        in_flight: &InFlight,
        word: OutcomeWord,
    ) -> Result<Admitted, Verdict> {
        let method = Some(message.method);
        self.record(caller.into(), method, in_flight, Outcome { word, status: 401 }).await;
        Err(Verdict::InvalidToken)
    }

    /// Records that a person came with a proven token that lacks the scope.
    pub(crate) async fn record_without_scope(&self, person: &Person, in_flight: &InFlight) {
        let outcome = Outcome { word: OutcomeWord::RefusedScope, status: 403 };
        self.record(person.into(), None, in_flight, outcome).await;
    }

    /// Records that a proven caller sent something that is not taken.
    pub(crate) async fn record_refused_request(
        &self,
        who: AuditedCaller,
        status: StatusCode,
        in_flight: &InFlight,
    ) {
        let outcome = Outcome { word: OutcomeWord::RefusedRequest, status: status.as_u16() };
        let line = in_flight.line();
        self.record(who, line.method.as_ref().map(Brief::as_str), in_flight, outcome).await;
    }

    /// Records a refusal of a proven caller. Nothing of the person's is released with it, so
    /// what the sink says changes nothing for the answer.
    async fn record(
        &self,
        caller: AuditedCaller,
        method: Option<&str>,
        in_flight: &InFlight,
        outcome: Outcome,
    ) {
        let line = in_flight.line();
        let occurrence = Occurrence {
            kind: Kind::Refusal,
            name: method.unwrap_or("unknown"),
            era: era(in_flight),
            caller,
            proof: self.proof,
            client_ip: in_flight.client_ip(),
            outcome,
            arguments: Arguments::default(),
            trail: &AuditTrail::default(),
            usage: AuditUsage {
                cold_start: line.cold_start,
                ..AuditUsage::new(in_flight.usage().snapshot(), in_flight.elapsed())
            },
            trace_id: line.trace_id.as_ref().map(Brief::as_str),
        };
        let record = self.origin.record(self.clock.now(), occurrence);
        in_flight.note(|line| line.event_id = Some(record.event_id));
        match self.auditor.record(&record).await {
            Release::Released | Release::Withheld => {}
        }
    }
}

fn era(in_flight: &InFlight) -> Era {
    match in_flight.noted(|line| line.era) {
        Some("modern") => Era::Modern,
        Some("legacy") => Era::Legacy,
        _ => Era::Unknown,
    }
}
