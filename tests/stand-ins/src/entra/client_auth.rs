//! How an application proves who it is at the token endpoint.

use aws_lc_rs::digest;
use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, header};

use super::AssertionReplay;
use super::errors::{Refusal, missing};
use super::form::Form;
use super::jwt::{Unverified, base64url, sha256};
use super::registrations::{Certificate, ClientKind, FederatedCredential, Registration};
use super::state::{State, lock};
use crate::company;

/// The only type of client assertion.
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// The longest life of a client assertion.
const ASSERTION_SECONDS: i64 = 600;
/// How far a client's clock may be off.
const SKEW: i64 = 300;

/// What Entra says about a signature that is not by the key.
const OTHER_SIGNATURE: &str =
    "The provided signature value did not match the expected signature value.";

/// Name and password of `Authorization: Basic`.
struct Basic {
    id: String,
    secret: String,
}

impl State {
    /// The application that sends this form, once it has proved to be it.
    pub(crate) fn authenticate(
        &self,
        headers: &HeaderMap,
        form: &Form,
    ) -> Result<Registration, Refusal> {
        let basic = basic(headers)?;
        let id = match (form.get("client_id"), &basic) {
            (Some(posted), Some(basic)) if posted != basic.id => {
                return Err(Refusal::of(9_002_313));
            }
            (Some(posted), _) => posted.to_owned(),
            (None, Some(basic)) => basic.id.clone(),
            (None, None) => return Err(missing("client_id")),
        };
        let client = lock(&self.registrations).by_id(&id).cloned().ok_or_else(|| {
            Refusal::of(700_016).saying(format!(
                "Application with identifier '{id}' was not found in the directory 'Harbourlight'."
            ))
        })?;
        let secret =
            form.get("client_secret").or(basic.as_ref().map(|basic| basic.secret.as_str()));
        match (client.kind, secret, form.get("client_assertion")) {
            (ClientKind::Public, None, None) => Ok(client),
            (ClientKind::Public, _, _) => Err(Refusal::of(700_025)),
            (ClientKind::Confidential, None, None) => Err(Refusal::of(7_000_218)),
            (ClientKind::Confidential, Some(_), Some(_)) => Err(Refusal::of(9_002_313)),
            (ClientKind::Confidential, Some(secret), None) => match secret {
                right if right == client.secret => Ok(client),
                company::EXPIRED_CLIENT_SECRET => Err(Refusal::of(7_000_222)),
                _ => Err(Refusal::of(7_000_215)),
            },
            (ClientKind::Confidential, None, Some(assertion)) => {
                if form.get("client_assertion_type") != Some(ASSERTION_TYPE) {
                    return Err(missing("client_assertion_type"));
                }
                self.check_client_assertion(&client, assertion)?;
                Ok(client)
            }
        }
    }

    /// Checks a login by certificate, or by a token of another identity provider.
    fn check_client_assertion(&self, client: &Registration, text: &str) -> Result<(), Refusal> {
        let assertion =
            Unverified::read(text).ok_or_else(|| bad("The assertion is not a JSON web token."))?;
        let by_certificate =
            ["x5t", "x5t#S256"].iter().any(|field| assertion.header.contains_key(*field));
        if by_certificate {
            self.check_certificate_login(client, &assertion)
        } else {
            self.check_federated_login(client, &assertion)
        }
    }

    fn check_certificate_login(
        &self,
        client: &Registration,
        assertion: &Unverified,
    ) -> Result<(), Refusal> {
        let certificate = client
            .certificates
            .iter()
            .find(|certificate| certificate.is_named_by(assertion))
            .ok_or_else(|| bad("The key was not found."))?;
        if !certificate.signed(assertion) {
            return Err(bad(OTHER_SIGNATURE));
        }
        let own = Some(client.client_id.as_str());
        if assertion.text("iss") != own || assertion.text("sub") != own {
            return Err(Refusal::of(700_021));
        }
        if assertion.text("aud") != Some(self.token_endpoint(company::TENANT).as_str()) {
            return Err(Refusal::of(700_023));
        }
        let (start, end) = self.lifetime_now(assertion)?;
        if end - start > ASSERTION_SECONDS + SKEW {
            return Err(Refusal::of(700_024));
        }
        let id = assertion.text("jti").ok_or_else(|| bad("The assertion has no jti."))?;
        let now = self.clock.now();
        let mut seen = lock(&self.seen_assertions);
        seen.retain(|_, ends| *ends > now);
        let used = seen.insert(format!("{} {id}", client.client_id), end).is_some();
        if used && self.assertion_replay == AssertionReplay::Refused {
            return Err(bad("The assertion was used before."));
        }
        Ok(())
    }

    fn check_federated_login(
        &self,
        client: &Registration,
        assertion: &Unverified,
    ) -> Result<(), Refusal> {
        let claim = |name: &str| assertion.text(name).unwrap_or_default();
        let of_issuer: Vec<&FederatedCredential> =
            client.federated.iter().filter(|known| known.issuer == claim("iss")).collect();
        if of_issuer.is_empty() {
            return Err(Refusal::of(700_211));
        }
        let known = of_issuer
            .into_iter()
            .find(|known| known.subject == claim("sub"))
            .ok_or_else(|| Refusal::of(700_213))?;
        if known.audience != claim("aud") {
            return Err(Refusal::of(700_212));
        }
        let input = assertion.input.as_bytes();
        let genuine = assertion.header_text("alg") == Some("RS256")
            && assertion.signed_by(&known.public_key, &RSA_PKCS1_2048_8192_SHA256, input);
        if !genuine {
            return Err(bad(OTHER_SIGNATURE));
        }
        self.lifetime_now(assertion).map(|_| ())
    }

    /// Start and end of an assertion that is valid now.
    fn lifetime_now(&self, assertion: &Unverified) -> Result<(i64, i64), Refusal> {
        let now = self.clock.now();
        let start = assertion.moment("nbf").or(assertion.moment("iat"));
        match (start, assertion.moment("exp")) {
            (Some(start), Some(end)) if start <= now + SKEW && end > now => Ok((start, end)),
            _ => Err(Refusal::of(700_024)),
        }
    }
}

fn bad(reason: &str) -> Refusal {
    Refusal::of(700_027)
        .saying(format!("Client assertion failed signature validation. [Reason - {reason}]"))
}

impl Certificate {
    /// Whether the header of an assertion points at this certificate. Microsoft's libraries pad
    /// the thumbprint, others do not.
    fn is_named_by(&self, assertion: &Unverified) -> bool {
        let named = |field: &str| {
            assertion.header_text(field).map(|text| text.trim_end_matches('=').to_owned())
        };
        if let Some(thumbprint) = named("x5t#S256") {
            return thumbprint == base64url(&sha256(&self.der));
        }
        let sha1 = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, &self.der);
        named("x5t") == Some(base64url(sha1.as_ref()))
    }

    fn signed(&self, assertion: &Unverified) -> bool {
        let algorithm = match assertion.header_text("alg") {
            Some("PS256") => &RSA_PSS_2048_8192_SHA256,
            Some("RS256") => &RSA_PKCS1_2048_8192_SHA256,
            _ => return false,
        };
        assertion.signed_by(&self.spki, algorithm, assertion.input.as_bytes())
    }
}

fn basic(headers: &HeaderMap) -> Result<Option<Basic>, Refusal> {
    let Some(value) = headers.get(header::AUTHORIZATION) else {
        return Ok(None);
    };
    let malformed = || Refusal::of(9_002_313);
    let encoded = value.to_str().ok().and_then(|text| text.strip_prefix("Basic "));
    let bytes = STANDARD.decode(encoded.ok_or_else(malformed)?).map_err(|_| malformed())?;
    let text = String::from_utf8(bytes).map_err(|_| malformed())?;
    let (id, secret) = text.split_once(':').ok_or_else(malformed)?;
    let decoded = |part: &str| {
        let spaced = part.replace('+', " ");
        percent_encoding::percent_decode_str(&spaced)
            .decode_utf8()
            .map(std::borrow::Cow::into_owned)
            .map_err(|_| malformed())
    };
    Ok(Some(Basic { id: decoded(id)?, secret: decoded(secret)? }))
}
