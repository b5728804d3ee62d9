//! Positions that a client carries and brings back: cursors for the next page, and bookmarks for
//! a later day.

use std::time::Duration;

use rmcp::model::JsonObject;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Call;
use crate::admit::Permit;
use crate::seal::{Binding, Opened, Purpose};
use crate::tool_error::ToolError;

/// How long a cursor can be brought back.
const CURSOR_LIFETIME: Duration = Duration::from_hours(1);
/// How long a bookmark can be brought back. Upstreams forget their change logs after a few weeks;
/// what lives longer than that only promises what cannot be kept.
const BOOKMARK_LIFETIME: Duration = Duration::from_hours(30 * 24);

impl Call {
    /// Seals a position for the client to bring back; it opens only for the same person, tool
    /// and arguments, for an hour.
    pub fn seal_cursor<P: Serialize>(&self, position: &P) -> Option<String> {
        self.seal_for(&self.0.cursors, CURSOR_LIFETIME, position)
    }

    /// Opens a cursor that [`seal_cursor`](Self::seal_cursor) made.
    ///
    /// # Errors
    /// [`ToolError::InvalidCursor`] when it was altered, has expired or belongs elsewhere.
    pub fn open_cursor<P: DeserializeOwned>(&self, cursor: &str) -> Result<P, ToolError> {
        self.open_for(&self.0.cursors, cursor)
    }

    /// Seals a position that the client may bring back with other arguments, for thirty days; it
    /// opens only for the same person, tool and subject.
    pub fn seal_bookmark<P: Serialize>(&self, subject: &str, position: &P) -> Option<String> {
        self.seal_for(&self.bookmarks(subject), BOOKMARK_LIFETIME, position)
    }

    /// Opens a bookmark that [`seal_bookmark`](Self::seal_bookmark) made.
    ///
    /// # Errors
    /// [`ToolError::InvalidCursor`] when it was altered, has expired or belongs elsewhere.
    pub fn open_bookmark<P: DeserializeOwned>(
        &self,
        subject: &str,
        bookmark: &str,
    ) -> Result<P, ToolError> {
        self.open_for(&self.bookmarks(subject), bookmark)
    }

    fn bookmarks(&self, subject: &str) -> Binding {
        person_binding(&self.0.permit, &self.0.name).with("bookmark").with(subject)
    }

    fn seal_for<P: Serialize>(
        &self,
        binding: &Binding,
        lifetime: Duration,
        position: &P,
    ) -> Option<String> {
        let text = serde_json::to_vec(position).ok()?;
        let until = self.now().checked_add(lifetime).ok()?;
        self.0.permit.keyring.seal_text(binding, until, &text).ok()
    }

    fn open_for<P: DeserializeOwned>(&self, binding: &Binding, text: &str) -> Result<P, ToolError> {
        match self.0.permit.keyring.open_text(binding, self.now(), text) {
            Opened::Plain(text) => {
                serde_json::from_slice(&text).map_err(|_| ToolError::InvalidCursor)
            }
            Opened::Refused => Err(ToolError::InvalidCursor),
        }
    }
}

/// A cursor belongs to one connector, tool, person and set of arguments.
pub(super) fn binding(permit: &Permit, name: &str, arguments: &JsonObject) -> Binding {
    let mut query = arguments.clone();
    query.remove("cursor");
    // `null` says the same as nothing; a client may send the one first and then the other.
    query.retain(|_, value| !value.is_null());
    // `serde_json` keeps its maps sorted, so equal arguments give equal text.
    person_binding(permit, name).with(serde_json::Value::Object(query).to_string())
}

fn person_binding(permit: &Permit, name: &str) -> Binding {
    Binding::new(Purpose::Cursor, permit.connector)
        .with(name)
        .with(&permit.caller.tid)
        .with(&permit.caller.oid)
}
