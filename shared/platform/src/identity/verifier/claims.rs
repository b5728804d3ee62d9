//! The claims of a token, typed: one value each, of the right kind, and no name twice.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_json::{Map, Value};

use super::LEEWAY_S;
use crate::identity::bearer::Bearer;
use crate::identity::caller::Caller;
use crate::identity::entra_settings::{EntraSettings, TokenVersion, canonical_guid};
use crate::identity::reject::{Person, Reject};

/// The longest life of a token: 28 hours with continuous access evaluation, and an hour.
const MAX_LIFETIME_S: i64 = 29 * 3600;

/// A JSON object in which no name stands twice.
pub(super) struct Object(Map<String, Value>);

/// The claims of a token.
pub(super) type Claims = Object;

impl Object {
    /// The claims of a token that nothing is known about; for deciding about fetches only.
    pub(super) fn read_unverified(token: &str) -> Option<Self> {
        let payload = token.split('.').nth(1)?;
        let json = URL_SAFE_NO_PAD.decode(payload).ok()?;
        serde_json::from_slice(&json).ok()
    }

    /// The value of this name.
    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// The value of this name, if it is a string.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Value::as_str)
    }

    fn seconds(&self, name: &str) -> Option<i64> {
        let value = self.get(name).and_then(Value::as_i64)?;
        (value >= 0).then_some(value)
    }

    fn guid(&self, name: &str) -> Option<String> {
        self.text(name).and_then(canonical_guid)
    }

    /// Checks every rule about version, tenant, time, client, person and scope.
    pub(super) fn into_caller(
        self,
        settings: &EntraSettings,
        version: TokenVersion,
        now_s: i64,
        bearer: &Bearer,
    ) -> Result<Caller, Reject> {
        if self.text("ver") != Some(version.as_str()) {
            return Err(Reject::Version);
        }
        if self.guid("tid").as_ref() != Some(&settings.tenant_id) {
            return Err(Reject::Tenant);
        }
        let (issued_at, expires_at) = self.times(now_s)?;
        let azp = self.client(settings, version)?;
        let oid = self.person()?;
        let Some(scp) = self.text("scp") else {
            return Err(Reject::ScopeForm);
        };
        let scopes: Vec<String> = scp.split_ascii_whitespace().map(str::to_owned).collect();
        let upn = self.upn(version);
        if !scopes.contains(&settings.required_scope) {
            return Err(Reject::InsufficientScope(Box::new(Person {
                tid: settings.tenant_id.clone(),
                oid,
                upn,
                azp,
            })));
        }
        Ok(Caller {
            tid: settings.tenant_id.clone(),
            oid,
            upn,
            azp,
            scopes,
            issued_at,
            expires_at,
            understands_claims: self.understands_claims(),
            grant: None,
            fingerprint: bearer.fingerprint(),
            token: bearer.token().clone(),
        })
    }

    fn times(&self, now_s: i64) -> Result<(Timestamp, Timestamp), Reject> {
        let times = (self.seconds("iat"), self.seconds("nbf"), self.seconds("exp"));
        let (Some(iat), Some(nbf), Some(exp)) = times else {
            return Err(Reject::Times);
        };
        let timestamp = |seconds| Timestamp::from_second(seconds).map_err(|_| Reject::Times);
        let (issued_at, expires_at) = (timestamp(iat)?, timestamp(exp)?);
        if now_s - LEEWAY_S > exp {
            return Err(Reject::Expired);
        }
        if nbf > now_s + LEEWAY_S {
            return Err(Reject::NotYetValid);
        }
        if iat > now_s + LEEWAY_S {
            return Err(Reject::IssuedInFuture);
        }
        if !(1..=MAX_LIFETIME_S).contains(&(exp - iat)) {
            return Err(Reject::Lifetime);
        }
        Ok((issued_at, expires_at))
    }

    fn client(&self, settings: &EntraSettings, version: TokenVersion) -> Result<String, Reject> {
        let name = match version {
            TokenVersion::V1 => "appid",
            TokenVersion::V2 => "azp",
        };
        let client = self.guid(name).ok_or(Reject::Client)?;
        let allowed = &settings.allowed_clients;
        if !allowed.is_empty() && !allowed.contains(&client) {
            return Err(Reject::Client);
        }
        Ok(client)
    }

    /// The object id, if the token speaks for a person.
    fn person(&self) -> Result<String, Reject> {
        let for_a_user = match self.get("idtyp") {
            None => true,
            Some(kind) => kind == "user",
        };
        let oid = self.guid("oid").ok_or(Reject::ObjectId)?;
        // An application's own token has its object id in both places.
        let subject = self.text("sub").filter(|sub| !sub.is_empty());
        match subject {
            Some(sub) if for_a_user && !sub.eq_ignore_ascii_case(&oid) => Ok(oid),
            _ => Err(Reject::NotAPerson),
        }
    }

    fn upn(&self, version: TokenVersion) -> Option<String> {
        let names: [&str; 2] = match version {
            TokenVersion::V1 => ["upn", "unique_name"],
            TokenVersion::V2 => ["preferred_username", "upn"],
        };
        let upn = names.into_iter().find_map(|name| self.text(name))?;
        Some(upn.chars().filter(|c| !c.is_control()).take(320).collect())
    }

    /// `xms_cc` is a list; a single value comes as a string.
    fn understands_claims(&self) -> bool {
        match self.get("xms_cc") {
            Some(Value::Array(values)) => values.iter().any(|value| value == "cp1"),
            Some(value) => value == "cp1",
            None => false,
        }
    }
}

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Once;
        impl<'de> Visitor<'de> for Once {
            type Value = Object;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Object, A::Error> {
                let mut object = Map::new();
                while let Some((name, value)) = entries.next_entry::<String, Value>()? {
                    if object.insert(name, value).is_some() {
                        return Err(A::Error::custom("a name stands twice"));
                    }
                }
                Ok(Object(object))
            }
        }
        deserializer.deserialize_map(Once)
    }
}
