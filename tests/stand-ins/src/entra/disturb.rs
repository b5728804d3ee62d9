//! What faults do to a request: another answer, a late one, or a spoiled one.

use std::time::Duration;

use axum::body::Body;
use axum::response::{IntoResponse, Redirect, Response};
use http::{StatusCode, header};
use serde_json::{Value, json};

use super::errors::{Occasion, Refusal};
use super::faults::{About, Answer, KNOWN_SECRET, SpoiledKeys};
use super::jwt::base64url;
use super::state::{State, lock};

/// The longest a hanging answer is held.
const LONGEST: Duration = Duration::from_mins(10);

/// What is left of a fault once the answers that replace everything are given.
pub(crate) enum Spoiling {
    Nothing,
    ExpiresIn(Value),
    Scope(String),
    Keys(SpoiledKeys),
}

impl State {
    /// Gives the faulty answer for this request, or says what to spoil in the right one.
    pub(crate) async fn disturb(
        &self,
        about: About<'_>,
        occasion: &Occasion,
    ) -> Result<Spoiling, Response> {
        let Some(answer) = lock(&self.faults).take(about) else {
            return Ok(Spoiling::Nothing);
        };
        match answer {
            Answer::Aadsts { code, claims, suberror, error, description } => {
                let mut refusal = Refusal::of(code).claims(claims).suberror(suberror);
                if let Some(error) = error {
                    refusal = refusal.error(error);
                }
                if let Some(description) = description {
                    refusal = refusal.saying(description);
                }
                Err(refusal.respond(occasion))
            }
            Answer::Throttled { retry_after } => {
                Err(Refusal::of(90055).retry_after(retry_after).respond(occasion))
            }
            Answer::Unavailable { retry_after } => {
                Err(Refusal::of(90033).retry_after(retry_after).respond(occasion))
            }
            Answer::Slow { ms } => {
                self.wait(Duration::from_millis(ms).min(LONGEST)).await;
                Ok(Spoiling::Nothing)
            }
            Answer::Hang => {
                self.wait(LONGEST).await;
                Err(StatusCode::GATEWAY_TIMEOUT.into_response())
            }
            Answer::Html => Err(html("<html><body>We are working on it.</body></html>")),
            Answer::Huge { bytes } => Err(huge(bytes)),
            Answer::Redirect { location } => Err(Redirect::temporary(&location).into_response()),
            Answer::ExpiresIn { value } => Ok(Spoiling::ExpiresIn(value)),
            Answer::Scope { scope } => Ok(Spoiling::Scope(scope)),
            Answer::Keys { spoiled } => Ok(Spoiling::Keys(spoiled)),
        }
    }

    /// Waits, but not longer than the stand-in runs.
    async fn wait(&self, time: Duration) {
        let mut stopped = self.stopped.clone();
        // Either outcome ends the wait: the time is over, or nobody serves any more.
        let _ended = tokio::time::timeout(time, stopped.changed()).await;
    }
}

impl Spoiling {
    /// Spoils the body of a token response.
    pub(crate) fn token_response(self, body: &mut Value) {
        let Some(fields) = body.as_object_mut() else {
            return;
        };
        match self {
            Self::ExpiresIn(Value::Null) => {
                fields.remove("expires_in");
            }
            Self::ExpiresIn(value) => {
                fields.insert("expires_in".to_owned(), value);
            }
            Self::Scope(scope) => {
                fields.insert("scope".to_owned(), json!(scope));
            }
            Self::Nothing | Self::Keys(_) => {}
        }
    }

    /// Spoils a list of public keys.
    pub(crate) fn keys(self, keys: &mut Vec<Value>) {
        let Self::Keys(spoiled) = self else { return };
        if spoiled == SpoiledKeys::Empty {
            keys.clear();
        }
        for key in keys {
            match spoiled {
                SpoiledKeys::Symmetric => {
                    *key = json!({"kty": "oct", "use": "sig", "kid": key["kid"],
                        "issuer": key["issuer"], "k": base64url(KNOWN_SECRET)});
                }
                SpoiledKeys::Short => {
                    let mut modulus = [0xA5_u8; 128];
                    modulus[127] = 0x01;
                    key["n"] = json!(base64url(&modulus));
                }
                SpoiledKeys::ForEncryption => key["use"] = json!("enc"),
                SpoiledKeys::ForeignIssuer => {
                    let foreign = key["issuer"]
                        .as_str()
                        .unwrap_or("https://login.microsoftonline.com/{tenantid}/v2.0")
                        .replace("{tenantid}", crate::company::OTHER_TENANT)
                        .replace(crate::company::TENANT, crate::company::OTHER_TENANT);
                    key["issuer"] = json!(foreign);
                }
                SpoiledKeys::Empty => {}
            }
        }
    }
}

/// A web page.
pub(crate) fn html(page: &str) -> Response {
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], page.to_owned()).into_response()
}

fn huge(bytes: usize) -> Response {
    let filling = "x".repeat(bytes.saturating_sub(14).min(64 << 20));
    let body = format!("{{\"filling\":\"{filling}\"}}");
    ([(header::CONTENT_TYPE, "application/json")], Body::from(body)).into_response()
}
