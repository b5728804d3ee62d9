//! An answer before it is put on the wire, so that a batch can carry it too.

use bytes::Bytes;
use http::StatusCode;
use serde_json::Value;

use super::errors::{Refusal, RequestIds};

/// What is sent after the headers.
#[derive(Clone, Debug)]
pub enum Payload {
    /// Nothing.
    Empty,
    /// JSON.
    Json(Value),
    /// Anything else, with its media type.
    Bytes(&'static str, Bytes),
    /// The beginning of a longer body; then the connection breaks.
    Broken(&'static str, Bytes),
    /// A body without a length that comes 64 bytes at a time, so many milliseconds apart.
    Trickle(&'static str, Bytes, u64),
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Reply {
    /// Status.
    pub status: StatusCode,
    /// Headers beside the ones every answer has.
    pub headers: Vec<(&'static str, String)>,
    /// Body.
    pub payload: Payload,
    /// How long it takes.
    pub delay: Delay,
}

/// How long an answer takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Delay {
    /// No longer than needed.
    #[default]
    None,
    /// That many milliseconds.
    Millis(u64),
    /// Longer than anyone waits.
    Forever,
}

impl Reply {
    /// 200 with JSON.
    pub fn json(value: Value) -> Self {
        Self::new(StatusCode::OK, Payload::Json(value))
    }

    /// A status and a body.
    pub fn new(status: StatusCode, payload: Payload) -> Self {
        Self { status, headers: Vec::new(), payload, delay: Delay::None }
    }

    /// A refusal, spelled out.
    pub fn refused(refusal: &Refusal, ids: &RequestIds) -> Self {
        let mut reply = Self::new(refusal.status, Payload::Json(refusal.body(ids)));
        reply.headers.clone_from(&refusal.headers);
        reply
    }

    /// The same answer with a header.
    #[must_use]
    pub fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}
