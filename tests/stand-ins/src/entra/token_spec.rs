//! Tokens made to order: right ones, and ones that must be refused.

use anyhow::Context as _;
use serde_json::{Map, Value, json};

use super::Entra;
use super::jwt::{self, Algorithm, Signer};
use super::keys::stranger_key;
use super::registrations::TokenVersion;
use super::state::{lock, person};
use super::tokens::{Access, Life, header, into_object};

/// A token that a test asks for: right in everything that the test does not change.
#[derive(Clone, Debug)]
pub struct TokenSpec {
    person: String,
    connector: String,
    client: String,
    version: TokenVersion,
    audience: Option<String>,
    scope: String,
    issued_at: Option<i64>,
    issued: i64,
    not_before: i64,
    expires: i64,
    kind: Kind,
    signature: SignedBy,
    algorithm: Algorithm,
    claims: Vec<(String, Option<Value>)>,
    header: Vec<(String, Option<Value>)>,
    payload: Option<Vec<u8>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Access,
    AppOnly,
    Id,
}

/// Whose key signs a token.
#[derive(Clone, Debug)]
pub enum SignedBy {
    /// Entra's signing key.
    Entra,
    /// One of Entra's keys, by kid.
    Kid(String),
    /// Somebody else's RSA key; the token still names Entra's kid.
    Stranger,
    /// These bytes, as the secret of an HMAC.
    Secret(Vec<u8>),
}

impl TokenSpec {
    /// A v2 access token that lets the assistant call a connector for a person.
    pub fn new(person: &str, connector: &str) -> Self {
        Self {
            person: person.to_owned(),
            connector: connector.to_owned(),
            client: "assistant".to_owned(),
            version: TokenVersion::V2,
            audience: None,
            scope: "access".to_owned(),
            issued_at: None,
            issued: 0,
            not_before: 0,
            expires: 3600,
            kind: Kind::Access,
            signature: SignedBy::Entra,
            algorithm: Algorithm::Rs256,
            claims: Vec::new(),
            header: Vec::new(),
            payload: None,
        }
    }

    /// A token of an application on its own, with a role and without a person.
    pub fn app_only(connector: &str) -> Self {
        Self { kind: Kind::AppOnly, ..Self::new("ann", connector) }
    }

    /// An ID token of the connector's own registration.
    pub fn id_token(person: &str, connector: &str) -> Self {
        Self { kind: Kind::Id, ..Self::new(person, connector) }
    }

    /// In the format of this version.
    #[must_use]
    pub fn version(mut self, version: TokenVersion) -> Self {
        self.version = version;
        self
    }

    /// Asked for by this application: a connector's name or `assistant`.
    #[must_use]
    pub fn client(mut self, name: &str) -> Self {
        name.clone_into(&mut self.client);
        self
    }

    /// For this audience.
    #[must_use]
    pub fn audience(mut self, audience: &str) -> Self {
        self.audience = Some(audience.to_owned());
        self
    }

    /// With these scopes, separated by spaces.
    #[must_use]
    pub fn scope(mut self, scope: &str) -> Self {
        scope.clone_into(&mut self.scope);
        self
    }

    /// As if it were this second of 1970's count, and not the stand-in's time.
    #[must_use]
    pub fn at(mut self, seconds: i64) -> Self {
        self.issued_at = Some(seconds);
        self
    }

    /// Issued so many seconds from now.
    #[must_use]
    pub fn issued(mut self, seconds: i64) -> Self {
        self.issued = seconds;
        self
    }

    /// Valid only so many seconds from now.
    #[must_use]
    pub fn not_before(mut self, seconds: i64) -> Self {
        self.not_before = seconds;
        self
    }

    /// Ends so many seconds from now.
    #[must_use]
    pub fn expires(mut self, seconds: i64) -> Self {
        self.expires = seconds;
        self
    }

    /// With this claim, whatever Entra would have written.
    #[must_use]
    pub fn claim(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.claims.push((name.to_owned(), Some(value.into())));
        self
    }

    /// Without this claim.
    #[must_use]
    pub fn without_claim(mut self, name: &str) -> Self {
        self.claims.push((name.to_owned(), None));
        self
    }

    /// With this header field.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.header.push((name.to_owned(), Some(value.into())));
        self
    }

    /// Without this header field.
    #[must_use]
    pub fn without_header(mut self, name: &str) -> Self {
        self.header.push((name.to_owned(), None));
        self
    }

    /// Signed in another way; `alg` follows.
    #[must_use]
    pub fn algorithm(mut self, algorithm: Algorithm) -> Self {
        self.algorithm = algorithm;
        self
    }

    /// Signed by another key. HS256 with an RSA key takes the public key's PEM text as the secret.
    #[must_use]
    pub fn signed_by(mut self, signer: SignedBy) -> Self {
        self.signature = signer;
        self
    }

    /// With these bytes instead of claims, well signed.
    #[must_use]
    pub fn payload(mut self, payload: impl Into<Vec<u8>>) -> Self {
        self.payload = Some(payload.into());
        self
    }
}

impl Entra {
    /// The token a test asks for.
    ///
    /// # Errors
    /// When the person, the connector, the client or the key is not known.
    pub fn mint(&self, spec: &TokenSpec) -> anyhow::Result<String> {
        let state = self.state();
        let payload = match &spec.payload {
            Some(bytes) => bytes.clone(),
            None => Value::Object(self.claims_of(spec)?).to_string().into_bytes(),
        };
        let own = lock(&state.keys).signing();
        let (signer, kid) = match &spec.signature {
            SignedBy::Entra | SignedBy::Secret(_) => (own.clone(), own.kid().to_owned()),
            SignedBy::Kid(kid) => {
                let key = lock(&state.keys).find(kid).context("no key has this kid")?;
                (key, kid.clone())
            }
            SignedBy::Stranger => (stranger_key()?, own.kid().to_owned()),
        };
        let mut header = into_object(header(spec.version, spec.algorithm, &kid));
        change(&mut header, &spec.header);
        let signer = match &spec.signature {
            SignedBy::Secret(secret) => Signer::Secret(secret),
            _ => Signer::Rsa(&signer),
        };
        jwt::sign(spec.algorithm, &signer, &Value::Object(header), &payload)
    }

    /// A right v2 access token with which the assistant calls a connector for a person.
    ///
    /// # Errors
    /// When the person or the connector is not known.
    pub fn access_token(&self, person: &str, connector: &str) -> anyhow::Result<String> {
        self.mint(&TokenSpec::new(person, connector))
    }

    fn claims_of(&self, spec: &TokenSpec) -> anyhow::Result<Map<String, Value>> {
        let state = self.state();
        let person = person(&spec.person).context("nobody has this name")?;
        let registrations = lock(&state.registrations);
        let api = registrations.by_name(&spec.connector).context("no such connector")?;
        let client = registrations.by_name(&spec.client).context("no such client")?;
        let audience = match (&spec.audience, spec.version) {
            (Some(audience), _) => audience.clone(),
            (None, TokenVersion::V2) => api.client_id.clone(),
            (None, TokenVersion::V1) => format!("api://{}", api.client_id),
        };
        let mut claims = match spec.kind {
            Kind::Id => state.id_claims(person, api),
            Kind::Access | Kind::AppOnly => state.access_claims(&Access {
                person,
                client,
                version: spec.version,
                audience: &audience,
                scope: spec.scope.clone(),
                life: Life { seconds: spec.expires, continuous_access: false },
            }),
        };
        if spec.kind == Kind::AppOnly {
            for personal in ["scp", "name", "preferred_username", "upn", "unique_name"] {
                claims.remove(personal);
            }
            claims.insert("oid".to_owned(), json!(client.client_id));
            claims.insert("sub".to_owned(), json!(client.client_id));
            claims.insert("idtyp".to_owned(), json!("app"));
            claims.insert("roles".to_owned(), json!(["Everything.Read"]));
        }
        let now = spec.issued_at.unwrap_or_else(|| state.clock.now());
        claims.insert("iat".to_owned(), json!(now + spec.issued));
        claims.insert("nbf".to_owned(), json!(now + spec.not_before));
        claims.insert("exp".to_owned(), json!(now + spec.expires));
        change(&mut claims, &spec.claims);
        Ok(claims)
    }
}

fn change(fields: &mut Map<String, Value>, changes: &[(String, Option<Value>)]) {
    for (name, value) in changes {
        match value {
            Some(value) => fields.insert(name.clone(), value.clone()),
            None => fields.remove(name),
        };
    }
}
