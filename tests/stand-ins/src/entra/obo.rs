//! On-behalf-of: a connector turns a person's token for itself into one for another resource.

use aws_lc_rs::signature::RSA_PKCS1_2048_8192_SHA256;
use serde_json::Value;

use super::errors::{Refusal, missing};
use super::form::Form;
use super::issue::Issue;
use super::jwt::Unverified;
use super::registrations::{ClientKind, Registration};
use super::scopes::Scopes;
use super::state::{State, lock, person};

use crate::company::{self, Person};

/// How far in the future a token may start.
const SKEW: i64 = 300;

impl State {
    /// Checks everything that Entra checks and hands out a token for the one resource asked for.
    pub(crate) fn on_behalf_of(
        &self,
        form: &Form,
        client: &Registration,
    ) -> Result<Value, Refusal> {
        if client.kind == ClientKind::Public {
            return Err(Refusal::of(7_000_114));
        }
        match form.get("requested_token_use") {
            Some("on_behalf_of") => {}
            Some(_) => return Err(Refusal::of(9_002_313)),
            None => return Err(missing("requested_token_use")),
        }
        let person = self.verified_assertion(form.need("assertion")?, client)?;
        let registrations = lock(&self.registrations).clone();
        let scopes = Scopes::read(form.get("scope"), &registrations)?;
        scopes.agree_with(form.get("resource"), &registrations)?;
        if scopes.one_resource()?.is_none() {
            return Err(Refusal::of(70011));
        }
        self.issue(&Issue {
            person,
            client,
            scopes: &scopes,
            form,
            continuous_access: false,
            nonce: None,
            refresh_for: scopes.clone(),
        })
    }

    /// The person an assertion is about, once everything about it is proved.
    fn verified_assertion(
        &self,
        text: &str,
        client: &Registration,
    ) -> Result<&'static Person, Refusal> {
        let assertion = Unverified::read(text).ok_or_else(|| Refusal::of(50013))?;
        if !self.is_ours(&assertion) {
            return Err(Refusal::of(50013));
        }
        if assertion.text("tid") != Some(company::TENANT) {
            return Err(Refusal::of(50020));
        }
        let issuers = [self.issuer_v1(company::TENANT), self.issuer_v2(company::TENANT)];
        if !issuers.iter().any(|issuer| assertion.text("iss") == Some(issuer)) {
            return Err(Refusal::of(50013).saying(
                "Assertion failed signature validation. [Reason - The issuer is not known.]",
            ));
        }
        let audience = assertion.text("aud").unwrap_or_default();
        if !client.answers_to(audience) {
            return Err(Refusal::of(500_131).saying(format!(
                "Assertion audience does not match the Client app presenting the assertion. The \
                 audience in the assertion was '{}' and the expected audience is '{}' or one of \
                 the Application Uris of this application.",
                audience.chars().take(128).collect::<String>(),
                client.client_id
            )));
        }
        if assertion.text("idtyp") == Some("app") || assertion.text("scp").is_none() {
            return Err(Refusal::of(7_000_114).saying(format!(
                "Application '{}' is not allowed to make application on-behalf-of calls.",
                client.client_id
            )));
        }
        let now = self.clock.now();
        let started = assertion.number("nbf").is_some_and(|start| start <= now + SKEW);
        let lasts = assertion.number("exp").is_some_and(|end| end > now);
        if !started || !lasts {
            return Err(Refusal::of(500_133));
        }
        assertion.text("oid").and_then(person).ok_or_else(|| Refusal::of(50034))
    }

    /// Whether one of the served keys signed it, the only way Entra signs.
    fn is_ours(&self, assertion: &Unverified) -> bool {
        let key = assertion.header_text("kid").and_then(|kid| lock(&self.keys).find(kid));
        assertion.header_text("alg") == Some("RS256")
            && key.is_some_and(|key| {
                let input = assertion.input.as_bytes();
                assertion.signed_by(key.public_pkcs1(), &RSA_PKCS1_2048_8192_SHA256, input)
            })
    }
}
