//! The audit record of every call, and where it goes before the answer may leave.
//!
//! [`AuditTrail`] collects what a tool shows, [`AuditOrigin::record`] makes the [`AuditRecord`],
//! and [`Auditor::record`] says whether the answer is [`Released`](Release::Released). The record
//! is described in `docs/audit-record.md`.

mod arguments;
mod auditor;
mod error;
mod file;
mod firehose;
mod outcome;
mod record;
mod settings;
mod sink;
mod trail;

pub use arguments::{ArgumentDigest, ArgumentDigester, Arguments};
pub use auditor::{Auditor, Release};
pub use error::AuditUnavailable;
pub use file::AuditFile;
pub use firehose::{Budget, FirehoseStream};
pub use outcome::{Outcome, OutcomeWord};
pub use record::{
    AuditOrigin, AuditRecord, AuditUsage, AuditedCaller, CallerProof, Era, Kind, MAX_RECORD_BYTES,
    Occurrence,
};
pub use settings::{AuditMode, AuditSettings, AuditTarget};
pub use sink::AuditSink;
pub use trail::{AuditTrail, Decision, Resource, Shown};

#[cfg(test)]
mod tests;
