//! Under what a token is kept: everything that makes it this caller's token and no other's.

use std::fmt;

use crate::identity::{Caller, ScopeSet};
use crate::seal::{Binding, Purpose, push_part, sha256};

/// Changes when the meaning of a key or of a kept value does.
const SCHEMA: &str = "1";

/// What an On-Behalf-Of exchange is made of, beside its caller.
#[derive(Clone, Copy, Debug)]
pub struct Exchange<'a> {
    /// The connector's name.
    pub connector: &'a str,
    /// The token endpoint's authority, tenant included.
    pub authority: &'a str,
    /// Our own client id.
    pub client_id: &'a str,
    /// The scopes that are asked for.
    pub scopes: &'a ScopeSet,
    /// Claims that the upstream service or Entra asked for, as JSON text.
    pub claims: Option<&'a str>,
}

/// Under what a token is kept.
#[derive(Clone)]
pub struct CacheKey {
    /// The item's key: `B#` and a hash over everything.
    pub(super) item: String,
    /// When the caller's own token ends; nothing outlives it.
    pub(super) bearer_ends_s: i64,
    pub(super) scopes: ScopeSet,
    connector: String,
    tid: String,
    oid: String,
    client_id: String,
    scope_hash: [u8; 32],
}

impl CacheKey {
    /// The key of one exchange for one caller, with the bearer token it holds now.
    pub fn new(exchange: Exchange<'_>, caller: &Caller) -> Self {
        let mut scopes = Vec::new();
        for scope in exchange.scopes.iter() {
            push_part(&mut scopes, scope.to_ascii_lowercase().as_bytes());
        }
        let scope_hash = sha256(&scopes);
        let claims = exchange.claims.map(|claims| sha256(claims.as_bytes()));
        let mut all = Vec::new();
        for part in [
            SCHEMA.as_bytes(),
            exchange.connector.as_bytes(),
            exchange.authority.as_bytes(),
            caller.tid.as_bytes(),
            caller.oid.as_bytes(),
            exchange.client_id.as_bytes(),
            &scope_hash,
            claims.as_ref().map_or(&[], <[u8; 32]>::as_slice),
            &caller.fingerprint,
        ] {
            push_part(&mut all, part);
        }
        Self {
            item: format!("B#{}", hex::encode(sha256(&all))),
            bearer_ends_s: caller.expires_at.as_second(),
            scopes: exchange.scopes.clone(),
            connector: exchange.connector.to_owned(),
            tid: caller.tid.clone(),
            oid: caller.oid.clone(),
            client_id: exchange.client_id.to_owned(),
            scope_hash,
        }
    }

    /// What a token under this key is bound to when it is sealed into a table until a moment.
    pub(super) fn binding(&self, table: &str, until_s: i64) -> Binding {
        Binding::new(Purpose::Token, table)
            .with(&self.item)
            .with(&self.connector)
            .with(&self.tid)
            .with(&self.oid)
            .with(&self.client_id)
            .with(self.scope_hash)
            .with(until_s.to_be_bytes())
    }
}

impl fmt::Debug for CacheKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CacheKey")
            .field("oid", &self.oid)
            .field("scopes", &self.scopes)
            .finish_non_exhaustive()
    }
}
