//! The least an assistant does: registers, asks, redeems and refreshes, with every endpoint from
//! the metadata. What it sends may be changed: a field that is given again replaces the usual one,
//! and one that is given empty is left out.

use e2e::{Canaries, Connector, Environment, browser, challenge, http, mcp_address, post_form};
use serde_json::{Value, json};
use tempfile::TempDir;
use url::Url;

/// The proof key of every request, unless a story changes it.
pub(crate) const VERIFIER: &str = "another-verifier-of-forty-three-characters-or-more";
/// Where assistants wait for their answers; nothing listens there.
pub(crate) const REDIRECT: &str = "http://127.0.0.1:33418/callback";
/// What an assistant gives along, to know its answer again.
pub(crate) const STATE: &str = "state-of-the-assistant";

/// Fields of a request, in place of the usual ones.
pub(crate) type Changes<'a> = &'a [(&'a str, &'a str)];

/// A public client, known to the connector by its id.
pub(crate) struct OwnClient {
    metadata: Value,
    client_id: String,
    redirect_uri: String,
    resource: String,
    canaries: Canaries,
}

impl OwnClient {
    /// Registers one that waits for its answers here.
    pub(crate) async fn register(connector: &Connector<'_>, redirect_uri: &str) -> Self {
        let request = json!({
            "client_name": "Harbourlight assistant",
            "redirect_uris": [redirect_uri],
            "token_endpoint_auth_method": "none",
        });
        let client = Self::known(connector, "", redirect_uri).await;
        let endpoint = client.endpoint("registration_endpoint");
        let answer = http().post(endpoint).json(&request).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 201);
        let registered: Value = answer.json().await.unwrap();
        let client_id = registered["client_id"].as_str().unwrap().to_owned();
        Self { client_id, ..client }
    }

    /// One that is known by this id without having registered.
    pub(crate) async fn known(
        connector: &Connector<'_>,
        client_id: &str,
        redirect_uri: &str,
    ) -> Self {
        let base = connector.environment.get("MCP_BASE_URL");
        let address = format!("{base}/.well-known/oauth-authorization-server");
        let metadata: Value = http().get(address).send().await.unwrap().json().await.unwrap();
        let resource = mcp_address(connector);
        let (client_id, redirect_uri) = (client_id.to_owned(), redirect_uri.to_owned());
        let canaries = connector.company.canaries.clone();
        for word in [VERIFIER, STATE] {
            canaries.plant(word);
        }
        Self { metadata, client_id, redirect_uri, resource, canaries }
    }

    /// Its id.
    pub(crate) fn id(&self) -> &str {
        &self.client_id
    }

    /// Our issuer.
    pub(crate) fn issuer(&self) -> &str {
        self.metadata["issuer"].as_str().unwrap()
    }

    /// Where a browser is sent to sign in.
    pub(crate) fn authorize_address(&self, state: &str) -> Url {
        self.authorize_with(&[("state", state)])
    }

    /// The same, with changes.
    pub(crate) fn authorize_with(&self, changes: Changes<'_>) -> Url {
        let challenge = challenge(VERIFIER);
        let usual = [
            ("response_type", "code"),
            ("client_id", &self.client_id),
            ("redirect_uri", &self.redirect_uri),
            ("state", STATE),
            ("scope", "access"),
            ("resource", &self.resource),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        let fields = changed(&usual, changes);
        Url::parse_with_params(self.endpoint("authorization_endpoint"), fields).unwrap()
    }

    /// The code that a sign-in of this person ends with.
    pub(crate) async fn code(&self, person: &str) -> String {
        let address = self.authorize_with(&[]);
        let mut browser = browser(&[&self.redirect_uri]);
        let landed = browser.sign_in(address.as_str(), person).await.unwrap();
        self.code_of(&landed, STATE)
    }

    /// The code with which the browser came back.
    pub(crate) fn code_of(&self, landed: &Url, state: &str) -> String {
        let answer =
            |name: &str| in_query(landed, name).unwrap_or_else(|| panic!("no {name} in {landed}"));
        assert_eq!(answer("state"), state);
        assert_eq!(answer("iss"), self.issuer());
        let code = answer("code");
        self.canaries.plant(&code);
        code
    }

    /// Redeems the code with which the browser came back; the tokens.
    pub(crate) async fn redeem(&self, landed: &Url, state: &str) -> Value {
        assert_eq!(in_query(landed, "state").as_deref(), Some(state));
        assert_eq!(in_query(landed, "iss").as_deref(), Some(self.issuer()));
        let code = in_query(landed, "code").unwrap_or_else(|| panic!("no code in {landed}"));
        let (status, tokens) = self.exchange(&code, &[]).await;
        assert_eq!(status, 200, "{tokens}");
        tokens
    }

    /// Signs a person in; the tokens, which must be written nowhere.
    pub(crate) async fn sign_in(&self, person: &str) -> Tokens {
        let code = self.code(person).await;
        Tokens::of(self.exchange(&code, &[]).await)
    }

    /// What the token endpoint says to a code.
    pub(crate) async fn exchange(&self, code: &str, changes: Changes<'_>) -> (u16, Value) {
        let usual = [
            ("grant_type", "authorization_code"),
            ("client_id", self.client_id.as_str()),
            ("redirect_uri", &self.redirect_uri),
            ("resource", &self.resource),
            ("code", code),
            ("code_verifier", VERIFIER),
        ];
        self.post("token_endpoint", &usual, changes).await
    }

    /// The tokens for a refresh token.
    pub(crate) async fn refresh(&self, tokens: &Value) -> Value {
        let (status, tokens) = self.renew(tokens["refresh_token"].as_str().unwrap(), &[]).await;
        assert_eq!(status, 200, "{tokens}");
        tokens
    }

    /// What the token endpoint says to a refresh token.
    pub(crate) async fn renew(&self, refresh_token: &str, changes: Changes<'_>) -> (u16, Value) {
        let usual = [
            ("grant_type", "refresh_token"),
            ("client_id", self.client_id.as_str()),
            ("resource", &self.resource),
            ("refresh_token", refresh_token),
        ];
        self.post("token_endpoint", &usual, changes).await
    }

    /// What the revocation endpoint says.
    pub(crate) async fn revoke(&self, token: &str) -> (u16, Value) {
        let usual = [("client_id", self.client_id.as_str()), ("token", token)];
        self.post("revocation_endpoint", &usual, &[]).await
    }

    /// An address in the metadata.
    pub(crate) fn endpoint(&self, name: &str) -> &str {
        self.metadata[name].as_str().unwrap()
    }

    async fn post(&self, endpoint: &str, usual: Changes<'_>, changes: Changes<'_>) -> (u16, Value) {
        let (status, answer) = post_form(self.endpoint(endpoint), &changed(usual, changes)).await;
        for name in ["access_token", "refresh_token"] {
            self.canaries.plant_token(answer[name].as_str().unwrap_or_default());
        }
        (status, answer)
    }
}

/// What the token endpoint gave.
#[derive(Clone)]
pub(crate) struct Tokens {
    pub(crate) access: String,
    pub(crate) refresh: String,
}

impl Tokens {
    /// The tokens of an answer.
    pub(crate) fn of((status, answer): (u16, Value)) -> Self {
        assert_eq!(status, 200, "{answer}");
        let text = |name: &str| answer[name].as_str().unwrap().to_owned();
        Self { access: text("access_token"), refresh: text("refresh_token") }
    }
}

/// A value of the query of an address.
pub(crate) fn in_query(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
}

/// Whether an answer is this status with this word.
pub(crate) fn says((status, answer): &(u16, Value), expected: u16, error: &str) {
    assert_eq!((*status, answer["error"].as_str()), (expected, Some(error)), "{answer}");
}

/// Whether a tool can be called with this token.
pub(crate) async fn works(connector: &Connector<'_>, tokens: &Tokens) -> bool {
    let answer = connector.bearer(tokens.access.clone()).search("budget").await;
    match answer.status() {
        200 => !answer.items().is_empty(),
        401 => {
            assert!(answer.reply.challenge().contains("invalid_token"), "{:?}", answer.reply);
            false
        }
        status => panic!("status {status}: {}", answer.reply.text()),
    }
}

/// With records in this folder, which several processes may share.
pub(crate) fn on_disk(environment: Environment, folder: &TempDir) -> Environment {
    let folder = folder.path().join("records");
    let environment = environment.with("STORAGE_TYPE", "disk");
    environment.with("STORAGE_DISK_DIRECTORY", folder.to_str().unwrap())
}

fn changed<'a>(usual: Changes<'a>, changes: Changes<'a>) -> Vec<(&'a str, &'a str)> {
    let is_changed = |name: &str| changes.iter().any(|(other, _)| *other == name);
    let kept = usual.iter().filter(|(name, _)| !is_changed(name));
    kept.chain(changes).filter(|(_, value)| !value.is_empty()).copied().collect()
}
