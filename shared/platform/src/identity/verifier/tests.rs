//! Attack rows about tokens, each a test; by what they are about.

mod claims;
mod form;
mod keys;

use serde_json::Value;

use super::*;
use crate::identity::test_entra::{TestEntra, bearer, header, signed};

/// Verifies the usual claims with changes.
async fn with_claims(entra: &TestEntra, change: impl Fn(&mut Value)) -> Result<Caller, Reject> {
    let mut claims = entra.claims();
    change(&mut claims);
    verify(entra, &signed(&header(), &claims)).await
}

/// Verifies the usual header with changes.
async fn with_header(entra: &TestEntra, change: impl Fn(&mut Value)) -> Result<Caller, Reject> {
    let mut head = header();
    change(&mut head);
    verify(entra, &signed(&head, &entra.claims())).await
}

async fn verify(entra: &TestEntra, token: &str) -> Result<Caller, Reject> {
    entra.verifier().verify(&bearer(token)).await
}

/// Sets one claim to each of the values and expects one refusal for all.
async fn refuses(entra: &TestEntra, name: &str, values: &[Value], reject: &Reject) {
    for value in values {
        let verdict = with_claims(entra, |claims| claims[name] = value.clone()).await;
        assert_eq!(verdict.as_ref().err(), Some(reject), "{name} = {value}");
    }
}

async fn refuses_missing(entra: &TestEntra, name: &str, reject: &Reject) {
    let verdict = with_claims(entra, |claims| {
        claims.as_object_mut().unwrap().remove(name);
    })
    .await;
    assert_eq!(verdict.as_ref().err(), Some(reject), "{name} missing");
}
