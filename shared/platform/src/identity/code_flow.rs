//! A person's own sign-in at Entra, with us as the client: the authorization code flow with PKCE
//! (RFC 6749 section 4.1, RFC 7636), and the refresh of its tokens.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use url::Url;

use super::obo::OboError;
use super::token_endpoint::{Form, Purpose, TokenEndpoint, ends_at, is_token};
use crate::seal::sha256;
use crate::usage::Usage;

/// Signs people in at Entra, as our registration.
#[derive(Clone, Debug)]
pub struct CodeFlow {
    endpoint: Arc<TokenEndpoint>,
    redirect_uri: String,
    prompt: Option<String>,
}

/// The S256 challenge of a PKCE verifier (RFC 7636 section 4.2).
pub(crate) fn code_challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(sha256(verifier.as_bytes()))
}

/// What Entra is asked when a browser is sent there.
#[derive(Clone, Copy)]
pub struct AuthorizationRequest<'a> {
    /// Comes back with the answer.
    pub state: &'a str,
    /// PKCE challenge, S256.
    pub code_challenge: &'a str,
    /// Claims that Entra asked for earlier, as JSON.
    pub claims: Option<&'a str>,
    /// Whether the person has to be asked for consent again.
    pub consent: bool,
}

/// What Entra gives for a code or a refresh token. `Debug` prints no token.
#[derive(Clone, Debug)]
pub struct EntraTokens {
    /// For our own API: what the verifier proves a person with.
    pub access_token: SecretString,
    /// For the next access token; Entra replaces it now and then, and keeps the old one valid.
    pub refresh_token: Option<SecretString>,
    /// When the access token ends, as the endpoint said.
    pub expires_at: Timestamp,
}

#[derive(Deserialize)]
struct Answer {
    token_type: String,
    expires_in: i64,
    access_token: String,
    refresh_token: Option<String>,
}

impl CodeFlow {
    /// A flow that comes back to this address; `prompt` is Entra's parameter of that name.
    pub fn new(endpoint: Arc<TokenEndpoint>, redirect_uri: String, prompt: Option<String>) -> Self {
        Self { endpoint, redirect_uri, prompt }
    }

    /// Where a browser is sent to sign in.
    ///
    /// # Errors
    /// When the authority is no URL, which the settings have made sure of.
    pub fn authorization_url(
        &self,
        request: AuthorizationRequest<'_>,
    ) -> Result<String, url::ParseError> {
        let mut url = Url::parse(&self.endpoint.settings().authorization_endpoint())?;
        let mut query = url.query_pairs_mut();
        query
            .append_pair("client_id", &self.endpoint.settings().client_id)
            .append_pair("response_type", "code")
            .append_pair("redirect_uri", &self.redirect_uri)
            .append_pair("response_mode", "query")
            .append_pair("scope", &self.scope())
            .append_pair("state", request.state)
            .append_pair("code_challenge", request.code_challenge)
            .append_pair("code_challenge_method", "S256");
        let prompt = if request.consent { Some("consent") } else { self.prompt.as_deref() };
        if let Some(prompt) = prompt {
            query.append_pair("prompt", prompt);
        }
        if let Some(claims) = request.claims {
            query.append_pair("claims", claims);
        }
        drop(query);
        Ok(url.into())
    }

    /// Exchanges the code that came back.
    ///
    /// # Errors
    /// When Entra does not give tokens for it.
    pub async fn redeem(
        &self,
        code: &str,
        code_verifier: &str,
        usage: &Usage,
    ) -> Result<EntraTokens, OboError> {
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &self.redirect_uri),
            ("code_verifier", code_verifier),
            ("scope", &self.scope()),
        ];
        self.ask(&fields, usage).await
    }

    /// Exchanges a refresh token.
    ///
    /// # Errors
    /// When Entra does not give tokens for it; [`OboError::SignInEnded`],
    /// [`OboError::PersonGone`] and [`OboError::AssertionInvalid`] say that it never will.
    pub async fn refresh(
        &self,
        refresh_token: &SecretString,
        usage: &Usage,
    ) -> Result<EntraTokens, OboError> {
        let fields = [
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh_token.expose_secret()),
            ("scope", &self.scope()),
        ];
        self.ask(&fields, usage).await
    }

    async fn ask(&self, fields: &[(&str, &str)], usage: &Usage) -> Result<EntraTokens, OboError> {
        let form = Form { purpose: Purpose::SignIn, fields, usage };
        let body = self.endpoint.ask(form).await?;
        read(&body, self.endpoint.clock().now())
    }

    /// One resource only, as Entra demands, and a refresh token.
    fn scope(&self) -> String {
        format!("{} offline_access", self.endpoint.settings().own_scope())
    }
}

fn read(body: &[u8], now: Timestamp) -> Result<EntraTokens, OboError> {
    let answer: Answer = serde_json::from_slice(body).map_err(|_| OboError::BadAnswer)?;
    let refresh_fits = answer.refresh_token.as_deref().is_none_or(is_token);
    let fits = is_token(&answer.access_token) && refresh_fits && answer.expires_in > 0;
    if !fits || !answer.token_type.eq_ignore_ascii_case("bearer") {
        return Err(OboError::BadAnswer);
    }
    Ok(EntraTokens {
        access_token: SecretString::from(answer.access_token),
        refresh_token: answer.refresh_token.map(SecretString::from),
        expires_at: ends_at(answer.expires_in, now)?,
    })
}
