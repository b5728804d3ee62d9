//! Signing a person in at Entra, as an assistant does: authorization code with PKCE.

use anyhow::{Context as _, bail, ensure};
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use reqwest::Client;
use serde_json::Value;
use stand_ins::company;
use url::Url;

use crate::client::send;
use crate::environment::{random, registration};

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

/// Signs the person in for a connector and answers the access token.
///
/// # Errors
/// When Entra refuses, or answers something that an assistant must not accept.
pub(super) async fn sign_in(
    client: &Client,
    authority: &str,
    person: &str,
    connector: &str,
) -> anyhow::Result<String> {
    let tenant = company::TENANT;
    let discovery = format!("{authority}/{tenant}/v2.0/.well-known/openid-configuration");
    let document = send(client.get(discovery)).await?.json().context("reading discovery")?;
    let endpoint = |name: &str| {
        let found = document.get(name).and_then(Value::as_str);
        found.map(str::to_owned).with_context(|| format!("discovery names no {name}"))
    };
    let scope = format!("api://{}/access openid profile", registration(connector)?);
    let key = ProofKey::fresh()?;
    let state = BASE64_URL_SAFE_NO_PAD.encode(random::<16>()?);

    let mut page = Url::parse(&endpoint("authorization_endpoint")?)?;
    page.query_pairs_mut().extend_pairs([
        ("client_id", company::ASSISTANT_CLIENT),
        ("response_type", "code"),
        ("response_mode", "query"),
        ("redirect_uri", REDIRECT_URI),
        ("scope", &scope),
        ("state", &state),
        ("code_challenge", &key.challenge),
        ("code_challenge_method", "S256"),
        ("login_hint", person),
        ("prompt", "none"),
    ]);
    let reply = send(client.get(page)).await?;
    let location = reply.location.clone();
    let location =
        location.with_context(|| format!("Entra did not redirect: {}", reply.excerpt()))?;
    let code = code_in(&location, &state)?;

    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", company::ASSISTANT_CLIENT),
        ("code", &code),
        ("redirect_uri", REDIRECT_URI),
        ("code_verifier", &key.verifier),
        ("scope", &scope),
    ];
    let request = client.post(endpoint("token_endpoint")?).form(&form);
    let answer = send(request).await?.json().context("exchanging the code for a token")?;
    let token = answer.get("access_token").and_then(Value::as_str);
    Ok(token.context("Entra's answer holds no access_token")?.to_owned())
}

/// The code in a redirect that answers our own request.
fn code_in(location: &str, state: &str) -> anyhow::Result<String> {
    ensure!(location.starts_with(REDIRECT_URI), "Entra redirects to somewhere else");
    let url = Url::parse(location).context("Entra's redirect is no address")?;
    let value = |name: &str| {
        let found = url.query_pairs().find(|(key, _)| key == name);
        found.map(|(_, value)| value.into_owned())
    };
    if let Some(error) = value("error") {
        let description = value("error_description").unwrap_or_default();
        bail!("Entra refuses the sign-in: {error}: {description}");
    }
    ensure!(value("state").as_deref() == Some(state), "Entra's answer is to another request");
    value("code").context("Entra's redirect holds no code")
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
        let at = |query: &str| code_in(&format!("{REDIRECT_URI}?{query}"), "s1");
        assert_eq!(at("code=c1&state=s1").unwrap(), "c1");
        for (query, why) in [
            ("code=c1&state=s2", "another request"),
            ("code=c1", "another request"),
            ("state=s1", "no code"),
            ("error=login_required&error_description=AADSTS50058&state=s1", "AADSTS50058"),
        ] {
            let refusal = at(query).unwrap_err().to_string();
            assert!(refusal.contains(why), "{query}: {refusal}");
        }
        assert!(code_in("http://elsewhere.example/?code=c1&state=s1", "s1").is_err());
    }
}
