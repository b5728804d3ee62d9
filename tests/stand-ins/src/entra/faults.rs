//! Faults: answers that a stand-in gives instead of, or around, the right one.

use serde::{Deserialize, Serialize};
use serde_json::Value;

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
