//! What a sealed text is bound to.

/// What a key is used for; each purpose has keys of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Upstream tokens in the cache table.
    Token,
    /// Cursors and handles that a client brings back.
    Cursor,
    /// Grants and transactions of the OAuth server.
    Grant,
    /// Whole items of the disk store.
    Item,
    /// Access tokens of the OAuth server.
    Jws,
    /// Cookies of the consent page.
    Cookie,
    /// Keyed digests of argument values in the audit record.
    Digest,
}

impl Purpose {
    /// The word that keys are derived from; changing one makes everything sealed unreadable.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Cursor => "cursor",
            Self::Grant => "grant",
            Self::Item => "item",
            Self::Jws => "jws",
            Self::Cookie => "cookie",
            Self::Digest => "digest",
        }
    }
}

/// What a sealed text is bound to: a purpose, a context (a table or a connector), and facts that
/// must be the same when it is opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    purpose: Purpose,
    context: String,
    facts: Vec<u8>,
}

impl Binding {
    /// A binding to a purpose within a context, such as a table name or a connector.
    pub fn new(purpose: Purpose, context: &str) -> Self {
        Self { purpose, context: context.to_owned(), facts: Vec::new() }
    }

    /// The same binding with one more fact; order counts, and facts never run into each other.
    #[must_use]
    pub fn with(mut self, fact: impl AsRef<[u8]>) -> Self {
        push_part(&mut self.facts, fact.as_ref());
        self
    }

    /// What the key is derived from, beside the master key.
    pub(super) fn key_info(&self, key_id: &str) -> Vec<u8> {
        let mut info = Vec::new();
        push_part(&mut info, key_id.as_bytes());
        push_part(&mut info, self.purpose.word().as_bytes());
        push_part(&mut info, self.context.as_bytes());
        info
    }

    pub(super) fn facts(&self) -> &[u8] {
        &self.facts
    }
}

/// Appends one part with its length in front, so that no two lists of parts look the same.
pub(crate) fn push_part(to: &mut Vec<u8>, part: &[u8]) {
    let length = u64::try_from(part.len()).unwrap_or(u64::MAX);
    to.extend_from_slice(&length.to_be_bytes());
    to.extend_from_slice(part);
}
