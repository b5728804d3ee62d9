//! Signing a person in, as an assistant does: it registers itself at the connector, the person
//! agrees and signs in at Entra behind it (authorization code with PKCE).

use anyhow::{Context as _, bail, ensure};
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use reqwest::Client;
use serde_json::{Value, json};
use stand_ins::browser::Browser;
use url::Url;

use crate::client::send;
use crate::environment::random;

/// Where the assistant would listen for the answer; nothing listens there, the redirect is read.
const REDIRECT_URI: &str = "http://127.0.0.1:33418/callback";

/// A proof key: the verifier is kept, the challenge is sent ahead.
struct ProofKey {
    verifier: String,
    challenge: String,
}

impl ProofKey {
    fn fresh() -> anyhow::Result<Self> {
        let verifier = BASE64_URL_SAFE_NO_PAD.encode(random::<32>()?);
        Ok(Self::from_verifier(verifier))
    }

    fn from_verifier(verifier: String) -> Self {
        let challenge = BASE64_URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()));
        Self { verifier, challenge }
    }
}

/// An assistant that has registered itself at one server.
pub(crate) struct Assistant {
    client: Client,
    id: String,
    issuer: String,
    resource: String,
    scope: String,
    authorization_endpoint: Url,
    token_endpoint: String,
}

impl Assistant {
    /// Finds the server's own authorization server and registers there, knowing nothing but the
    /// server's address.
    ///
    /// # Errors
    /// When a step is refused, or answered with something that an assistant must not accept.
    pub(crate) async fn register(client: &Client, base_url: &str) -> anyhow::Result<Self> {
        let resource_document = format!("{base_url}/.well-known/oauth-protected-resource/mcp");
        let resource = Document::read(client, &resource_document).await?;
        let issuer = resource.first("authorization_servers")?;
        let origin = issuer.trim_end_matches('/');
        let metadata = format!("{origin}/.well-known/oauth-authorization-server");
        let server = Document::read(client, &metadata).await?;
        ensure!(server.text("issuer")? == issuer, "the metadata is of another issuer");

        let registration = json!({
            "client_name": "Demo assistant",
            "redirect_uris": [REDIRECT_URI],
            "token_endpoint_auth_method": "none",
        });
        let request = client.post(server.text("registration_endpoint")?).json(&registration);
        let registered = Document(send(request).await?.json().context("registering")?);
        Ok(Self {
            client: client.clone(),
            id: registered.text("client_id")?,
            scope: resource.first("scopes_supported")?,
            resource: resource.text("resource")?,
            authorization_endpoint: Url::parse(&server.text("authorization_endpoint")?)?,
            token_endpoint: server.text("token_endpoint")?,
            issuer,
        })
    }

    /// Signs the person in with a browser that knows nothing yet, and answers the access token.
    ///
    /// # Errors
    /// When a step is refused, or answered with something that an assistant must not accept.
    pub(crate) async fn sign_in(&self, person: &str) -> anyhow::Result<String> {
        let key = ProofKey::fresh()?;
        let state = BASE64_URL_SAFE_NO_PAD.encode(random::<16>()?);
        let mut page = self.authorization_endpoint.clone();
        page.query_pairs_mut().extend_pairs([
            ("client_id", self.id.as_str()),
            ("response_type", "code"),
            ("redirect_uri", REDIRECT_URI),
            ("scope", &self.scope),
            ("resource", &self.resource),
            ("state", &state),
            ("code_challenge", &key.challenge),
            ("code_challenge_method", "S256"),
        ]);
        let mut browser = Browser::new(self.client.clone(), &[REDIRECT_URI]);
        let answer = browser.sign_in(page.as_str(), person).await?;
        let code = code_in(answer.as_str(), &state, &self.issuer)?;

        let form = [
            ("grant_type", "authorization_code"),
            ("client_id", &self.id),
            ("code", &code),
            ("redirect_uri", REDIRECT_URI),
            ("code_verifier", &key.verifier),
        ];
        let request = self.client.post(&self.token_endpoint).form(&form);
        let tokens = Document(send(request).await?.json().context("exchanging the code")?);
        tokens.text("access_token")
    }
}

/// A JSON document of the sign-in.
struct Document(Value);

impl Document {
    async fn read(client: &Client, url: &str) -> anyhow::Result<Self> {
        let what = || format!("reading {url}");
        Ok(Self(send(client.get(url)).await?.json().with_context(what)?))
    }

    fn text(&self, name: &str) -> anyhow::Result<String> {
        let found = self.0.get(name).and_then(Value::as_str);
        Ok(found.with_context(|| format!("there is no {name}"))?.to_owned())
    }

    fn first(&self, name: &str) -> anyhow::Result<String> {
        let found = self.0.get(name).and_then(|list| list.get(0)).and_then(Value::as_str);
        Ok(found.with_context(|| format!("there is no {name}"))?.to_owned())
    }
}

/// The code in a redirect that answers our own request.
fn code_in(location: &str, state: &str, issuer: &str) -> anyhow::Result<String> {
    ensure!(location.starts_with(REDIRECT_URI), "the answer goes to somewhere else");
    let url = Url::parse(location).context("the answer's address is none")?;
    let value = |name: &str| {
        let found = url.query_pairs().find(|(key, _)| key == name);
        found.map(|(_, value)| value.into_owned())
    };
    if let Some(error) = value("error") {
        let description = value("error_description").unwrap_or_default();
        bail!("the sign-in is refused: {error}: {description}");
    }
    ensure!(value("state").as_deref() == Some(state), "the answer is to another request");
    ensure!(value("iss").as_deref() == Some(issuer), "the answer is of another issuer");
    value("code").context("the answer holds no code")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_challenge_is_the_one_of_the_specification() {
        // RFC 7636, appendix B.
        let key = ProofKey::from_verifier("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".to_owned());
        assert_eq!(key.challenge, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
        assert_eq!(ProofKey::fresh().unwrap().verifier.len(), 43);
    }

    #[test]
    fn only_an_answer_to_our_own_request_is_taken() {
        let at = |query: &str| code_in(&format!("{REDIRECT_URI}?{query}"), "s1", "i1");
        assert_eq!(at("code=c1&state=s1&iss=i1").unwrap(), "c1");
        for (query, why) in [
            ("code=c1&state=s2&iss=i1", "another request"),
            ("code=c1&iss=i1", "another request"),
            ("code=c1&state=s1", "another issuer"),
            ("code=c1&state=s1&iss=i2", "another issuer"),
            ("state=s1&iss=i1", "no code"),
            ("error=access_denied&error_description=Why&state=s1&iss=i1", "access_denied: Why"),
        ] {
            let refusal = at(query).unwrap_err().to_string();
            assert!(refusal.contains(why), "{query}: {refusal}");
        }
        assert!(code_in("http://elsewhere.example/?code=c1&state=s1&iss=i1", "s1", "i1").is_err());
    }
}
