//! Faults: answers that a stand-in gives instead of, or around, the right one.

use std::time::Duration;

use axum::body::Body;
use axum::response::{IntoResponse, Redirect, Response};
use http::{StatusCode, header};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::errors::{Occasion, Refusal};
use super::jwt::base64url;
use super::state::{State, lock};

/// The longest a hanging answer is held.
const LONGEST: Duration = Duration::from_mins(10);

/// Which requests go wrong, how, and how often.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Only requests to this endpoint; the token endpoint when not said.
    #[serde(default)]
    pub endpoint: Endpoint,
    /// Only requests with this grant.
    #[serde(default)]
    pub grant: Option<Grant>,
    /// Only requests for this person, by short name.
    #[serde(default)]
    pub person: Option<String>,
    /// Only requests of this application, by name.
    #[serde(default)]
    pub client: Option<String>,
    /// So many times, then all is well; for good when not said.
    #[serde(default)]
    pub times: Option<u32>,
    /// What happens.
    pub answer: Answer,
}

/// A group of addresses that can go wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Endpoint {
    /// Where tokens are handed out.
    #[default]
    Token,
    /// Where people sign in.
    Authorize,
    /// The public signing keys.
    Keys,
    /// The discovery documents.
    Discovery,
}

/// What a token is asked with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grant {
    /// A code from a sign-in.
    AuthorizationCode,
    /// A refresh token.
    RefreshToken,
    /// A person's access token.
    OnBehalfOf,
}

/// How a request goes wrong.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Answer {
    /// Refuses with an AADSTS code.
    Aadsts {
        /// The number after `AADSTS`.
        code: u32,
        /// The `claims` of a conditional access challenge.
        #[serde(default)]
        claims: Option<String>,
        /// Another `suberror` than the usual one.
        #[serde(default)]
        suberror: Option<String>,
        /// Another OAuth error than the usual one.
        #[serde(default)]
        error: Option<String>,
        /// Another description than the usual one.
        #[serde(default)]
        description: Option<String>,
    },
    /// 429 with `Retry-After`.
    Throttled {
        /// Seconds to wait; no header when not said.
        #[serde(default)]
        retry_after: Option<u32>,
    },
    /// 503.
    Unavailable {
        /// Seconds to wait; no header when not said.
        #[serde(default)]
        retry_after: Option<u32>,
    },
    /// The right answer, late.
    Slow {
        /// How late.
        ms: u64,
    },
    /// No answer before the stand-in stops.
    Hang,
    /// A web page with status 200.
    Html,
    /// A body of so many bytes of JSON text with status 200.
    Huge {
        /// How long the body is.
        bytes: usize,
    },
    /// Sends the caller elsewhere.
    Redirect {
        /// Where to.
        location: String,
    },
    /// The right answer with another lifetime; `null` leaves the field out.
    ExpiresIn {
        /// The value of `expires_in`.
        value: Value,
    },
    /// The right answer with another `scope`.
    Scope {
        /// The value of `scope`.
        scope: String,
    },
    /// The right keys, spoiled.
    Keys {
        /// How they are spoiled.
        spoiled: SpoiledKeys,
    },
}

/// Key sets that nobody may trust.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SpoiledKeys {
    /// A symmetric key under each kid: its bytes are [`KNOWN_SECRET`].
    Symmetric,
    /// A 1024-bit RSA key under each kid.
    Short,
    /// The right keys, meant for encryption.
    ForEncryption,
    /// The right keys, of another tenant.
    ForeignIssuer,
    /// No key at all.
    Empty,
}

/// The bytes of the symmetric key that [`SpoiledKeys::Symmetric`] serves.
pub const KNOWN_SECRET: &[u8] = b"thirty-two bytes everybody knows";

/// What is known about a request before it is served.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct About<'a> {
    pub(crate) endpoint: Endpoint,
    pub(crate) grant: Option<Grant>,
    pub(crate) person: Option<&'a str>,
    pub(crate) client: Option<&'a str>,
}

/// The faults that are set.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    set: Vec<Fault>,
}

impl Faults {
    pub(crate) fn add(&mut self, fault: Fault) {
        self.set.push(fault);
    }

    pub(crate) fn clear(&mut self) {
        self.set.clear();
    }

    pub(crate) fn list(&self) -> &[Fault] {
        &self.set
    }

    /// The first fault that fits; it is counted, and gone after its last time.
    pub(crate) fn take(&mut self, about: About<'_>) -> Option<Answer> {
        let index = self.set.iter().position(|fault| fault.fits(about))?;
        let fault = self.set.get_mut(index)?;
        let answer = fault.answer.clone();
        if let Some(times) = &mut fault.times {
            *times = times.saturating_sub(1);
            if *times == 0 {
                self.set.remove(index);
            }
        }
        Some(answer)
    }
}

impl Fault {
    /// A fault of every request to the token endpoint.
    pub fn new(answer: Answer) -> Self {
        Self {
            endpoint: Endpoint::Token,
            grant: None,
            person: None,
            client: None,
            times: None,
            answer,
        }
    }

    /// A refusal with an AADSTS code.
    pub fn aadsts(code: u32) -> Self {
        Self::new(Answer::Aadsts {
            code,
            claims: None,
            suberror: None,
            error: None,
            description: None,
        })
    }

    /// Only at this endpoint.
    #[must_use]
    pub fn at(mut self, endpoint: Endpoint) -> Self {
        self.endpoint = endpoint;
        self
    }

    /// Only for this grant.
    #[must_use]
    pub fn grant(mut self, grant: Grant) -> Self {
        self.grant = Some(grant);
        self
    }

    /// Only for this person.
    #[must_use]
    pub fn person(mut self, key: &str) -> Self {
        self.person = Some(key.to_owned());
        self
    }

    /// Only for this application.
    #[must_use]
    pub fn client(mut self, name: &str) -> Self {
        self.client = Some(name.to_owned());
        self
    }

    /// Only so many times.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    fn fits(&self, about: About<'_>) -> bool {
        self.endpoint == about.endpoint
            && self.times != Some(0)
            && (self.grant.is_none() || self.grant == about.grant)
            && (self.person.is_none() || self.person.as_deref() == about.person)
            && (self.client.is_none() || self.client.as_deref() == about.client)
    }
}

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
            Answer::Aadsts {
                code,
                claims,
                suberror,
                error,
                description,
            } => {
                let mut refusal = Refusal::of(code).claims(claims).suberror(suberror);
                if let Some(error) = error {
                    refusal = refusal.error(error);
                }
                if let Some(description) = description {
                    refusal = refusal.saying(description);
                }
                Err(refusal.respond(occasion))
            }
            Answer::Throttled { retry_after } => Err(Refusal::of(90055)
                .retry_after(retry_after)
                .respond(occasion)),
            Answer::Unavailable { retry_after } => Err(Refusal::of(90033)
                .retry_after(retry_after)
                .respond(occasion)),
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
    (
        [(header::CONTENT_TYPE, "text/html; charset=utf-8")],
        page.to_owned(),
    )
        .into_response()
}

fn huge(bytes: usize) -> Response {
    let filling = "x".repeat(bytes.saturating_sub(14).min(64 << 20));
    let body = format!("{{\"filling\":\"{filling}\"}}");
    (
        [(header::CONTENT_TYPE, "application/json")],
        Body::from(body),
    )
        .into_response()
}
