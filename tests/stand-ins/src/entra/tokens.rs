//! The tokens themselves: what Entra writes into them.

use anyhow::Context as _;
use serde_json::{Map, Value, json};

use super::graph_token;
use super::jwt::{self, Algorithm, Signer, base64url, sha256};
use super::registrations::{ClientKind, Registration, TokenVersion};
use super::scopes::{DATABRICKS, GRAPH, Wanted};
use super::state::{State, lock};
use crate::company::{self, Person};

/// What an access token is about.
pub(crate) struct Access<'a> {
    pub(crate) person: &'a Person,
    pub(crate) client: &'a Registration,
    pub(crate) version: TokenVersion,
    pub(crate) audience: &'a str,
    pub(crate) scope: String,
    pub(crate) life: Life,
}

impl State {
    /// An access token for one resource, with the scopes that were granted on it.
    pub(crate) fn access_token(
        &self,
        who: (&Person, &Registration),
        wanted: &Wanted,
        names: &[String],
        life: Life,
    ) -> anyhow::Result<String> {
        let (person, client) = who;
        let (version, audience) = match wanted.resource.as_str() {
            GRAPH | DATABRICKS => (TokenVersion::V1, wanted.resource.clone()),
            own => {
                let registrations = lock(&self.registrations);
                let api = registrations.by_id(own).context("the resource is registered")?;
                match api.token_version {
                    TokenVersion::V1 => (TokenVersion::V1, wanted.asked_as.clone()),
                    TokenVersion::V2 => (TokenVersion::V2, api.client_id.clone()),
                }
            }
        };
        let claims = Value::Object(self.access_claims(&Access {
            person,
            client,
            version,
            audience: &audience,
            scope: names.join(" "),
            life,
        }));
        if wanted.resource == GRAPH {
            graph_token::seal(&claims)
        } else {
            self.sign(version, &claims)
        }
    }

    /// An ID token for the client itself.
    pub(crate) fn id_token(
        &self,
        person: &Person,
        client: &Registration,
        nonce: Option<&str>,
    ) -> anyhow::Result<String> {
        let mut claims = self.id_claims(person, client);
        if let Some(nonce) = nonce {
            claims.insert("nonce".to_owned(), json!(nonce));
        }
        self.sign(TokenVersion::V2, &Value::Object(claims))
    }

    fn sign(&self, version: TokenVersion, claims: &Value) -> anyhow::Result<String> {
        let key = lock(&self.keys).signing();
        let header = header(version, Algorithm::Rs256, key.kid());
        let payload = claims.to_string();
        jwt::sign(Algorithm::Rs256, &Signer::Rsa(&key), &header, payload.as_bytes())
    }

    /// The claims of an access token.
    pub(crate) fn access_claims(&self, access: &Access<'_>) -> Map<String, Value> {
        let now = self.clock.now();
        let Access { person, client, version, audience, scope, .. } = access;
        let strength = match client.kind {
            ClientKind::Public => "0",
            ClientKind::Confidential => "1",
        };
        let mut claims = json!({
            "aud": audience,
            "iat": now,
            "nbf": now,
            "exp": now + access.life.seconds,
            "aio": jwt::random(),
            "name": person.name,
            "oid": person.oid,
            "rh": format!("1.{}.", jwt::random()),
            "scp": scope,
            "sub": pairwise(person, audience),
            "tid": company::TENANT,
            "uti": base64url(&uuid::Uuid::new_v4().into_bytes()),
        });
        let by_version = match version {
            TokenVersion::V2 => json!({
                "iss": self.issuer_v2(company::TENANT),
                "azp": client.client_id,
                "azpacr": strength,
                "preferred_username": person.upn,
                "ver": "2.0",
            }),
            TokenVersion::V1 => json!({
                "iss": self.issuer_v1(company::TENANT),
                "acr": "1",
                "amr": ["pwd", "mfa"],
                "appid": client.client_id,
                "appidacr": strength,
                "ipaddr": "192.0.2.10",
                "unique_name": person.upn,
                "upn": person.upn,
                "ver": "1.0",
            }),
        };
        add(&mut claims, by_version);
        if access.life.continuous_access {
            add(&mut claims, json!({"xms_cc": ["cp1"]}));
        }
        if *audience == GRAPH {
            add(&mut claims, json!({"app_displayname": client.name, "idtyp": "user"}));
        }
        into_object(claims)
    }

    pub(crate) fn id_claims(&self, person: &Person, client: &Registration) -> Map<String, Value> {
        let now = self.clock.now();
        into_object(json!({
            "aud": client.client_id,
            "iss": self.issuer_v2(company::TENANT),
            "iat": now,
            "nbf": now,
            "exp": now + 3600,
            "name": person.name,
            "oid": person.oid,
            "preferred_username": person.upn,
            "rh": format!("1.{}.", jwt::random()),
            "sub": pairwise(person, &client.client_id),
            "tid": company::TENANT,
            "uti": base64url(&uuid::Uuid::new_v4().into_bytes()),
            "ver": "2.0",
        }))
    }
}

/// How long a token lives and whether it can be called back before.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Life {
    pub(crate) seconds: i64,
    pub(crate) continuous_access: bool,
}

/// The header of Entra's tokens; only v1 tokens carry `x5t`.
pub(crate) fn header(version: TokenVersion, algorithm: Algorithm, kid: &str) -> Value {
    match version {
        TokenVersion::V1 => json!({"typ": "JWT", "alg": algorithm.name(), "x5t": kid, "kid": kid}),
        TokenVersion::V2 => json!({"typ": "JWT", "alg": algorithm.name(), "kid": kid}),
    }
}

/// One person has another `sub` at every application.
fn pairwise(person: &Person, application: &str) -> String {
    base64url(&sha256(format!("{} {application}", person.oid).as_bytes()))
}

fn add(claims: &mut Value, more: Value) {
    if let (Some(claims), Value::Object(more)) = (claims.as_object_mut(), more) {
        claims.extend(more);
    }
}

pub(crate) fn into_object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}
