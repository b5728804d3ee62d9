//! One tool call in progress: who asks, until when, and what is used and shown.

use std::sync::Arc;
use std::time::Duration;

use rmcp::ErrorData;
use rmcp::handler::server::common::{AsRequestContext, FromContextPart};
use secrecy::SecretString;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::Instant;

use crate::identity::Caller;
use crate::tool_error::ToolError;
use crate::usage::Usage;
use crate::verdict::VerdictSlot;

/// One tool call in progress. Clones share everything.
#[derive(Clone)]
pub struct Call(Arc<Inner>);

struct Inner {
    caller: Caller,
    deadline: Instant,
    usage: Usage,
    verdict: VerdictSlot,
    token: SecretString,
}

/// What was decided about something before it was shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Its content may leave.
    Allowed,
    /// Its content was replaced by a notice.
    Redacted,
}

impl Call {
    /// The person this call acts for.
    pub fn caller(&self) -> &Caller {
        &self.0.caller
    }

    /// Time left before the call is answered without us.
    pub fn remaining(&self) -> Duration {
        self.0.deadline.saturating_duration_since(Instant::now())
    }

    /// Counters of this call.
    pub fn usage(&self) -> &Usage {
        &self.0.usage
    }

    /// Puts something that is shown to the person into the audit record.
    ///
    /// `kind` is a word such as `file`; `id` is the upstream's id; `label` the id of its
    /// sensitivity label.
    pub fn reveal(&self, kind: &'static str, id: &str, label: Option<&str>, decision: Decision) {
        let _ = (kind, id, label, decision);
    }

    /// Seals a position for the client to bring back; it opens only for the same person, tool
    /// and arguments, for an hour.
    pub fn seal_cursor<P: Serialize>(&self, position: &P) -> Option<String> {
        serde_json::to_string(position).ok()
    }

    /// Opens a cursor that [`seal_cursor`](Self::seal_cursor) made.
    ///
    /// # Errors
    /// [`ToolError::InvalidCursor`] when it was altered, has expired or belongs elsewhere.
    pub fn open_cursor<P: DeserializeOwned>(&self, cursor: &str) -> Result<P, ToolError> {
        serde_json::from_str(cursor).map_err(|_| ToolError::InvalidCursor)
    }

    /// Whether this delegated permission was granted with the upstream token; asks for the token
    /// first if there is none yet.
    ///
    /// # Errors
    /// As [`upstream_token`](Self::upstream_token).
    pub async fn is_granted(&self, scope: &str) -> Result<bool, ToolError> {
        let _ = (self.upstream_token().await?, scope);
        Ok(true)
    }

    /// A token for the upstream service: from memory, then the cache, then Entra.
    ///
    /// # Errors
    /// [`ToolError::Identity`] when the exchange is refused; the verdict for HTTP is left too.
    pub async fn upstream_token(&self) -> Result<SecretString, ToolError> {
        Ok(self.0.token.clone())
    }

    /// Drops a token that the upstream refused and asks for another, once per call; `claims` is
    /// the upstream's claims challenge.
    ///
    /// # Errors
    /// As [`upstream_token`](Self::upstream_token), and when it was refused before.
    pub async fn renew_upstream_token(
        &self,
        claims: Option<String>,
    ) -> Result<SecretString, ToolError> {
        let _ = (claims, &self.0.verdict);
        Err(ToolError::Internal)
    }

    /// What to say when the upstream refused a renewed token as well.
    pub(crate) fn upstream_refused_again(&self, claims: Option<String>) -> ToolError {
        let _ = claims;
        ToolError::Internal
    }
}

impl<C: AsRequestContext> FromContextPart<C> for Call {
    fn from_context_part(context: &mut C) -> Result<Self, ErrorData> {
        let found = context.as_request_context().extensions.get::<http::request::Parts>();
        found
            .and_then(|parts| parts.extensions.get::<Self>())
            .cloned()
            .ok_or_else(|| ErrorData::internal_error("a call reached a tool without a caller", None))
    }
}

#[cfg(any(test, feature = "testing"))]
impl Call {
    /// A call of this person with a fixed upstream token and 20 s of time, for tests.
    pub fn for_tests(caller: Caller, upstream_token: &str) -> Self {
        Self(Arc::new(Inner {
            caller,
            deadline: Instant::now() + Duration::from_secs(20),
            usage: Usage::default(),
            verdict: VerdictSlot::default(),
            token: SecretString::from(upstream_token.to_owned()),
        }))
    }
}
