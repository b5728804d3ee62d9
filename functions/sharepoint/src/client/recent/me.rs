//! The names by which the index knows the person who asks.

use std::collections::BTreeSet;
use std::sync::Arc;

use graph::Operation;
use graph::model::{IdentitySet, User};
use graph::text::phrase;
use platform::memory::key_of;
use platform::{Call, ToolError};

use super::super::{Client, select};

/// The person who asks: display name, user name and address, as far as they are known.
#[derive(Debug)]
pub(in crate::client) struct Me {
    names: Vec<String>,
}

impl Client {
    /// Who asks, as the directory knows them; asked for once in a while.
    pub(super) async fn me(&self, call: &Call) -> Result<Arc<Me>, ToolError> {
        let caller = call.caller();
        let key = key_of(&[&caller.tid, &caller.oid]);
        if let Some(known) = self.people.get(&key) {
            return Ok(known);
        }
        let query = vec![select("displayName,userPrincipalName,mail")];
        let found = match self.graph.get::<User>(call, &Operation::Me, query).await {
            Ok(found) => found,
            // The token names the person too, though not as the index lists people.
            Err(ToolError::Forbidden { .. } | ToolError::NotFound { .. }) => User::default(),
            Err(error) => return Err(error),
        };
        let said = [found.display_name, found.user_principal_name, found.mail, caller.upn.clone()];
        let mut seen = BTreeSet::new();
        let names: Vec<String> = (said.into_iter().flatten())
            .filter(|name| !name.trim().is_empty() && seen.insert(name.to_lowercase()))
            .collect();
        if names.is_empty() {
            return Err(ToolError::NotFound { what: "your own account" });
        }
        let me = Arc::new(Me { names });
        self.people.insert(key, Arc::clone(&me));
        Ok(me)
    }
}

impl Me {
    /// A restriction: any of these properties has one of the names.
    pub(super) fn clause(&self, properties: &[&str]) -> String {
        let pairs = properties.iter().flat_map(|property| {
            self.names.iter().map(move |name| format!("{property}:{}", phrase(name)))
        });
        format!("({})", pairs.collect::<Vec<_>>().join(" OR "))
    }

    /// Whether this is the person; `None` when nothing says so or not.
    pub(super) fn is(&self, call: &Call, set: &IdentitySet) -> Option<bool> {
        let who = set.user.as_ref()?;
        if let Some(id) = &who.id {
            return Some(id.eq_ignore_ascii_case(&call.caller().oid));
        }
        let own = who.email.as_ref().or(who.display_name.as_ref())?.to_lowercase();
        Some(self.names.iter().any(|name| name.to_lowercase() == own))
    }
}
