//! The audit record: who asked for what, what was shown, how it ended, what it used.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::arguments::{ArgumentDigest, Arguments};
use super::outcome::{Outcome, OutcomeWord};
use super::trail::{AuditTrail, Resource};
use crate::identity::{Caller, Person};
use crate::telemetry::Brief;
use crate::usage::UsageSnapshot;

/// The version of the record's shape; grows when a field changes its meaning or goes.
const SCHEMA: u32 = 1;
/// No record is larger, whatever a client sends: every part of it is bounded.
pub const MAX_RECORD_BYTES: usize = 64 * 1024;

/// What was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A tool was called.
    Tool,
    /// A resource was read.
    Resource,
    /// A prompt was asked for, or an argument's completion.
    Prompt,
    /// A proven caller was turned away before anything ran.
    Refusal,
}

/// The revision of the protocol that the client speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Era {
    /// 2026-07-28: every request stands alone.
    Modern,
    /// The revisions with `initialize`.
    Legacy,
    /// The client did not say.
    Unknown,
}

impl Era {
    /// The word as it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Modern => "modern",
            Self::Legacy => "legacy",
            Self::Unknown => "unknown",
        }
    }
}

/// How the caller is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallerProof {
    /// By a verified token.
    Verified,
    /// Not at all: authentication is switched off on a developer's machine.
    Debug,
}

/// Who asked.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditedCaller {
    /// Entra tenant id.
    pub tid: Brief<64>,
    /// Entra object id.
    pub oid: Brief<64>,
    /// User principal name.
    pub upn: Option<Brief<256>>,
    /// Client application.
    pub azp: Brief<64>,
}

/// What a call used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AuditUsage {
    /// What the layers counted.
    #[serde(flatten)]
    pub counted: UsageSnapshot,
    /// Milliseconds of our own.
    pub own_ms: u64,
    /// Bytes of the response body.
    pub bytes_out: u64,
    /// Memory size of the function or task.
    pub memory_mb: u32,
    /// Whether this was the first call of its process.
    pub cold_start: bool,
}

impl AuditUsage {
    /// Usage of a call that took this long altogether; the upstream's part is taken off.
    pub fn new(counted: UsageSnapshot, took: Duration) -> Self {
        let total_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        Self { counted, own_ms: total_ms.saturating_sub(counted.upstream_ms), ..Self::default() }
    }
}

/// The audit record of one call. Fields, units and examples: `docs/audit-record.md`.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct AuditRecord {
    /// Unique and sortable by time (uuid v7): records with the same id are the same record.
    pub event_id: Uuid,
    /// The version of this shape.
    pub schema: u32,
    /// When the call ended.
    pub time: Timestamp,
    /// `local`, `dev` or `prod`.
    pub environment: Brief<32>,
    /// The connector.
    pub connector: Brief<64>,
    /// What was asked for.
    pub kind: Kind,
    /// The tool, or the resource's template.
    pub name: Brief<256>,
    /// The revision of the protocol.
    pub mcp_era: Era,
    /// Who asked.
    pub caller: AuditedCaller,
    /// Whether the caller is a developer without authentication.
    pub debug_caller: bool,
    /// Where the request came from.
    pub client_ip: Option<IpAddr>,
    /// How it ended.
    pub outcome: OutcomeWord,
    /// The HTTP status.
    pub status: u16,
    /// The arguments, without their values.
    pub arguments: Vec<ArgumentDigest>,
    /// How many arguments there were.
    pub arguments_total: u64,
    /// What was shown.
    pub resources: Vec<Resource>,
    /// How many resources were shown.
    pub resources_total: u64,
    /// How many pieces of content were replaced by a notice.
    pub redactions: u64,
    /// Whether the answer was cut to fit.
    pub truncated: bool,
    /// What it used.
    pub usage: AuditUsage,
    /// The trace it belongs to.
    pub trace_id: Option<Brief<128>>,
    /// The version of the connector.
    pub version: Brief<64>,
}

/// Ids and words only: a record names a person, and logs do not.
impl fmt::Debug for AuditRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuditRecord")
            .field("event_id", &self.event_id)
            .field("kind", &self.kind)
            .field("outcome", &self.outcome)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

/// Only the object id.
impl fmt::Debug for AuditedCaller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuditedCaller").field("oid", &self.oid.as_str()).finish_non_exhaustive()
    }
}

impl From<&Caller> for AuditedCaller {
    fn from(caller: &Caller) -> Self {
        Self {
            tid: caller.tid.as_str().into(),
            oid: caller.oid.as_str().into(),
            upn: caller.upn.as_deref().map(Brief::new),
            azp: caller.azp.as_str().into(),
        }
    }
}

impl From<&Person> for AuditedCaller {
    fn from(person: &Person) -> Self {
        Self {
            tid: person.tid.as_str().into(),
            oid: person.oid.as_str().into(),
            upn: person.upn.as_deref().map(Brief::new),
            azp: person.azp.as_str().into(),
        }
    }
}

/// What stays the same for every record of one process.
#[derive(Clone, Debug)]
pub struct AuditOrigin {
    environment: Brief<32>,
    connector: Brief<64>,
    version: Brief<64>,
}

/// One call that ended.
#[derive(Clone, Debug)]
pub struct Occurrence<'a> {
    /// What was asked for.
    pub kind: Kind,
    /// The tool, or the resource's template.
    pub name: &'a str,
    /// The revision of the protocol.
    pub era: Era,
    /// Who asked.
    pub caller: AuditedCaller,
    /// How the caller is known.
    pub proof: CallerProof,
    /// Where the request came from.
    pub client_ip: Option<IpAddr>,
    /// How it ended.
    pub outcome: Outcome,
    /// The arguments, digested.
    pub arguments: Arguments,
    /// What was shown.
    pub trail: &'a AuditTrail,
    /// What it used.
    pub usage: AuditUsage,
    /// The trace it belongs to.
    pub trace_id: Option<&'a str>,
}

impl AuditOrigin {
    /// The process that makes the records.
    pub fn new(environment: &str, connector: &str, version: &str) -> Self {
        Self {
            environment: environment.into(),
            connector: connector.into(),
            version: version.into(),
        }
    }

    /// The record of a call that ended at this moment.
    pub fn record(&self, at: Timestamp, occurrence: Occurrence<'_>) -> AuditRecord {
        let shown = occurrence.trail.shown();
        AuditRecord {
            event_id: event_id(at),
            schema: SCHEMA,
            time: at,
            environment: self.environment.clone(),
            connector: self.connector.clone(),
            kind: occurrence.kind,
            name: occurrence.name.into(),
            mcp_era: occurrence.era,
            caller: occurrence.caller,
            debug_caller: occurrence.proof == CallerProof::Debug,
            client_ip: occurrence.client_ip,
            outcome: occurrence.outcome.word,
            status: occurrence.outcome.status,
            arguments: occurrence.arguments.kept,
            arguments_total: occurrence.arguments.total,
            resources: shown.resources,
            resources_total: shown.total,
            redactions: shown.redactions,
            truncated: shown.truncated,
            usage: occurrence.usage,
            trace_id: occurrence.trace_id.map(Brief::new),
            version: self.version.clone(),
        }
    }
}

fn event_id(at: Timestamp) -> Uuid {
    let seconds = u64::try_from(at.as_second()).unwrap_or_default();
    let nanoseconds = u32::try_from(at.subsec_nanosecond()).unwrap_or_default();
    Uuid::new_v7(uuid::Timestamp::from_unix(uuid::NoContext, seconds, nanoseconds))
}
