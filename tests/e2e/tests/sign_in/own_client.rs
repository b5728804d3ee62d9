//! The least an assistant does: registers, asks, redeems and refreshes, with every endpoint from
//! the metadata.

use e2e::{Connector, challenge, http, post_form, mcp_address};
use serde_json::{Value, json};
use url::Url;


const VERIFIER: &str = "another-verifier-of-forty-three-characters-or-more";

/// A registered public client.
pub(crate) struct OwnClient {
    metadata: Value,
    client_id: String,
    redirect_uri: String,
    resource: String,
}

impl OwnClient {
    /// Registers one that waits for its answers here.
    pub(crate) async fn register(connector: &Connector<'_>, redirect_uri: &str) -> Self {
        let base = connector.environment.get("MCP_BASE_URL");
        let address = format!("{base}/.well-known/oauth-authorization-server");
        let metadata: Value = http().get(address).send().await.unwrap().json().await.unwrap();
        let request = json!({
            "client_name": "Harbourlight assistant",
            "redirect_uris": [redirect_uri],
            "token_endpoint_auth_method": "none",
        });
        let endpoint = metadata["registration_endpoint"].as_str().unwrap();
        let answer = http().post(endpoint).json(&request).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 201);
        let registered: Value = answer.json().await.unwrap();
        let client_id = registered["client_id"].as_str().unwrap().to_owned();
        let resource = mcp_address(connector);
        Self { metadata, client_id, redirect_uri: redirect_uri.to_owned(), resource }
    }

    /// Where a browser is sent to sign in.
    pub(crate) fn authorize_address(&self, state: &str) -> Url {
        let fields = [
            ("response_type", "code"),
            ("client_id", &self.client_id),
            ("redirect_uri", &self.redirect_uri),
            ("state", state),
            ("scope", "access"),
            ("resource", &self.resource),
            ("code_challenge", &challenge(VERIFIER)),
            ("code_challenge_method", "S256"),
        ];
        Url::parse_with_params(self.endpoint("authorization_endpoint"), fields).unwrap()
    }

    /// Redeems the code with which the browser came back; the tokens.
    pub(crate) async fn redeem(&self, landed: &Url, state: &str) -> Value {
        let answer = |name: &str| {
            let found = landed.query_pairs().find(|(known, _)| known == name);
            found.unwrap_or_else(|| panic!("no {name} in {landed}")).1.into_owned()
        };
        assert_eq!(answer("state"), state);
        assert_eq!(answer("iss"), self.metadata["issuer"].as_str().unwrap());
        let fields = [
            ("grant_type", "authorization_code"),
            ("client_id", self.client_id.as_str()),
            ("redirect_uri", &self.redirect_uri),
            ("resource", &self.resource),
            ("code", &answer("code")),
            ("code_verifier", VERIFIER),
        ];
        self.tokens(&fields).await
    }

    /// The tokens for a refresh token.
    pub(crate) async fn refresh(&self, tokens: &Value) -> Value {
        let fields = [
            ("grant_type", "refresh_token"),
            ("client_id", self.client_id.as_str()),
            ("resource", &self.resource),
            ("refresh_token", tokens["refresh_token"].as_str().unwrap()),
        ];
        self.tokens(&fields).await
    }

    async fn tokens(&self, fields: &[(&str, &str)]) -> Value {
        let (status, tokens) = post_form(self.endpoint("token_endpoint"), fields).await;
        assert_eq!(status, 200, "{tokens}");
        tokens
    }

    fn endpoint(&self, name: &str) -> &str {
        self.metadata[name].as_str().unwrap()
    }
}
