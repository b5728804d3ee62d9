//! What kinds of records there are, and how one is found, read and used up.

use std::fmt;

use crate::seal::sha256;

/// What a record is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RecordKind {
    /// A registered client.
    Client,
    /// A sign-in under way; its id is the `state` that Entra brings back.
    Transaction,
    /// The consent form of a sign-in; its id is the form's CSRF token.
    Csrf,
    /// An authorization code.
    Code,
    /// What a person allowed a client, with the refresh token that is good now.
    Grant,
    /// The id (`jti`) of an assertion that was presented, so that it is accepted once.
    Jti,
    /// What is under way for one person.
    Pending,
}

impl RecordKind {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Client,
        Self::Transaction,
        Self::Csrf,
        Self::Code,
        Self::Grant,
        Self::Jti,
        Self::Pending,
    ];

    /// The stable word in the log.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Transaction => "transaction",
            Self::Csrf => "csrf",
            Self::Code => "code",
            Self::Grant => "grant",
            Self::Jti => "jti",
            Self::Pending => "pending",
        }
    }

    /// The partition key of a record: a prefix, and the id. An id that whoever holds it may use,
    /// or that others chose, is in it as a hash only.
    pub(super) fn key(self, id: &str) -> String {
        let hashed = || hex::encode(sha256(id.as_bytes()));
        match self {
            Self::Client => format!("C#{id}"),
            Self::Transaction => format!("T#{}", hashed()),
            Self::Csrf => format!("X#{}", hashed()),
            Self::Code => format!("K#{}", hashed()),
            Self::Grant => format!("G#{id}"),
            Self::Jti => format!("J#{}", hashed()),
            Self::Pending => format!("P#{id}"),
        }
    }
}

/// A record as it was found. Its `Debug` does not show the value.
#[derive(Clone, PartialEq, Eq)]
pub struct Record<T> {
    /// What was kept.
    pub value: T,
    /// Counts the replacements, from 1.
    pub version: i64,
    /// When it stops being there, in seconds since the epoch.
    pub expires_at_s: i64,
}

impl<T> fmt::Debug for Record<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record")
            .field("version", &self.version)
            .field("expires_at_s", &self.expires_at_s)
            .finish_non_exhaustive()
    }
}

/// What came of using a record that may be used once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Used<T> {
    /// This was its one use.
    First(Record<T>),
    /// It was used before: whoever comes now is not to have it.
    Again(Record<T>),
    /// There is no such record.
    Missing,
}
