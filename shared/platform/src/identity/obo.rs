//! On-Behalf-Of: a caller's token for us becomes a token for the upstream service.

mod error;
mod flight;
mod grant;
mod memory;

use std::sync::Arc;

use aws_lc_rs::digest;
use futures::FutureExt;
use secrecy::ExposeSecret;

pub use error::OboError;
pub(super) use error::{DEFAULT_WAIT, Refusal};
pub(crate) use flight::Flights;
pub(super) use memory::BREAKER;

use super::caller::Caller;
use super::token_endpoint::{Form, Purpose, TokenEndpoint};
use super::upstream_token::{ScopeSet, UpstreamToken};
use crate::usage::Usage;
use memory::Memory;

const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// The exchange with Entra; clones share what is remembered and what is under way.
#[derive(Clone)]
pub struct OnBehalfOf(Arc<Inner>);

struct Inner {
    endpoint: Arc<TokenEndpoint>,
    memory: Memory,
    flights: Flights<Result<UpstreamToken, OboError>>,
}

/// What is asked in one exchange.
struct Question {
    caller: Caller,
    scopes: ScopeSet,
    claims: Option<String>,
    usage: Usage,
}

impl OnBehalfOf {
    /// Exchanges at this token endpoint.
    pub fn new(endpoint: Arc<TokenEndpoint>) -> Self {
        let memory = Memory::new(endpoint.clock().clone());
        Self(Arc::new(Inner { endpoint, memory, flights: Flights::new() }))
    }

    /// Exchanges the caller's token for one with these scopes, which belong to one resource.
    ///
    /// Those who ask the same at the same time share one exchange, and its error; the usage is
    /// counted for the one who began it.
    ///
    /// # Errors
    /// When Entra gives no token, or one that lacks a scope.
    pub async fn exchange(
        &self,
        caller: &Caller,
        scopes: &ScopeSet,
        claims: Option<&str>,
        usage: &Usage,
    ) -> Result<UpstreamToken, OboError> {
        if scopes.is_empty() {
            return Err(OboError::OurScopes);
        }
        let key = hash(&[
            &caller.fingerprint,
            scopes.as_parameter().to_ascii_lowercase().as_bytes(),
            claims.unwrap_or_default().as_bytes(),
        ]);
        let begin = || {
            let inner = self.0.clone();
            let question = Question::new(caller, scopes, claims, usage);
            async move { inner.answer(question).await }.boxed()
        };
        self.0.flights.join(key, begin).await
    }

    /// As [`exchange`](Self::exchange), but shared with nobody who asks the same.
    ///
    /// # Errors
    /// As [`exchange`](Self::exchange).
    pub async fn exchange_alone(
        &self,
        caller: &Caller,
        scopes: &ScopeSet,
        claims: Option<&str>,
        usage: &Usage,
    ) -> Result<UpstreamToken, OboError> {
        if scopes.is_empty() {
            return Err(OboError::OurScopes);
        }
        self.0.answer(Question::new(caller, scopes, claims, usage)).await
    }
}

impl Question {
    fn new(caller: &Caller, scopes: &ScopeSet, claims: Option<&str>, usage: &Usage) -> Self {
        Self {
            caller: caller.clone(),
            scopes: scopes.clone(),
            claims: claims.map(str::to_owned),
            usage: usage.clone(),
        }
    }
}

impl Inner {
    async fn answer(&self, question: Question) -> Result<UpstreamToken, OboError> {
        let who = hash(&[
            question.caller.tid.as_bytes(),
            question.caller.oid.as_bytes(),
            question.scopes.as_parameter().to_ascii_lowercase().as_bytes(),
        ]);
        if let Some(error) = self.memory.recall(&who) {
            return Err(error);
        }
        let outcome = self.exchanged(&question).await;
        // Whoever asked writes the line that counts, with the address.
        if let Err(error) = &outcome {
            self.memory.hold(&who, error);
        }
        outcome
    }

    async fn exchanged(&self, question: &Question) -> Result<UpstreamToken, OboError> {
        let scope = question.scopes.as_parameter();
        let mut fields = vec![
            ("grant_type", GRANT_TYPE),
            ("assertion", question.caller.token.expose_secret()),
            ("requested_token_use", "on_behalf_of"),
            ("scope", scope.as_str()),
        ];
        if let Some(claims) = &question.claims {
            fields.push(("claims", claims));
        }
        let form = Form { purpose: Purpose::OnBehalfOf, fields: &fields, usage: &question.usage };
        let body = self.endpoint.ask(form).await?;
        grant::read(&body, &question.scopes, self.endpoint.clock().now())
    }
}

/// SHA-256 over parts with their lengths, so that no two lists of parts look the same.
fn hash(parts: &[&[u8]]) -> [u8; 32] {
    let mut context = digest::Context::new(&digest::SHA256);
    for part in parts {
        let length = u64::try_from(part.len()).unwrap_or(u64::MAX);
        context.update(&length.to_be_bytes());
        context.update(part);
    }
    let mut hash = [0; 32];
    hash.copy_from_slice(context.finish().as_ref());
    hash
}

#[cfg(test)]
mod tests;
