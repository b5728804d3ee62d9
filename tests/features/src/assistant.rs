//! An assistant that signs people in at the connector's own authorization server.

use e2e::{Reply, browser, challenge};
use serde_json::{Value, json};
use stand_ins::browser::{Arrival, Browser};
use url::Url;

use crate::World;

/// Where assistants wait for their answers; nothing listens there.
pub(crate) const REDIRECT: &str = "http://127.0.0.1:33418/callback";
/// What an assistant gives along, to know its answer again.
const STATE: &str = "state-of-the-assistant";

/// An assistant that registered itself.
pub(crate) struct Assistant {
    pub(crate) client_id: String,
    /// The proof key behind its requests.
    pub(crate) verifier: String,
    pub(crate) code: Option<String>,
    pub(crate) tokens: Option<Tokens>,
}

/// What the token endpoint gave.
#[derive(Clone)]
pub(crate) struct Tokens {
    pub(crate) access: String,
    pub(crate) refresh: String,
}

/// A browser with empty pockets, which hands an assistant what is the assistant's.
pub(crate) fn fresh_browser() -> Browser {
    browser(&[REDIRECT])
}

/// A value of the query of an address.
pub(crate) fn in_query(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
}

impl World<'_> {
    /// The metadata of the connector's own authorization server.
    pub(crate) async fn metadata(&mut self) -> Value {
        let base = self.base_url().await;
        self.document(&format!("{base}/.well-known/oauth-authorization-server")).await
    }

    /// An address in the metadata.
    pub(crate) async fn endpoint(&mut self, name: &str) -> String {
        let metadata = self.metadata().await;
        metadata[name].as_str().unwrap_or_else(|| panic!("{name} is not offered")).to_owned()
    }

    /// Registers a client (RFC 7591).
    pub(crate) async fn register(&mut self, name: &str, redirect: &str) -> Reply {
        let client = json!({
            "client_name": name,
            "redirect_uris": [redirect],
            "grant_types": ["authorization_code", "refresh_token"],
            "token_endpoint_auth_method": "none",
        });
        let endpoint = self.endpoint("registration_endpoint").await;
        let request = self.http.post(endpoint).header("content-type", "application/json");
        self.send(request.body(client.to_string())).await
    }

    /// Lets one more assistant register itself.
    pub(crate) async fn add_assistant(&mut self, name: &str) {
        let reply = self.register(name, REDIRECT).await;
        assert_eq!(reply.status, 201, "{}", reply.text());
        let client_id = reply.json()["client_id"].as_str().expect("a client id").to_owned();
        let verifier =
            format!("{}-verifier-of-forty-three-characters-or-more", self.assistants.len());
        self.assistants.push(Assistant { client_id, verifier, code: None, tokens: None });
    }

    /// The address at which the assistant sends a person to sign in.
    pub(crate) async fn authorize_address(&mut self) -> String {
        let metadata = self.metadata().await;
        let resource = format!("{}/mcp", self.base_url().await);
        let scope = metadata["scopes_supported"][0].as_str().expect("a scope").to_owned();
        let assistant = self.assistant();
        let fields = [
            ("response_type", "code"),
            ("client_id", &assistant.client_id),
            ("redirect_uri", REDIRECT),
            ("scope", &scope),
            ("resource", &resource),
            ("state", STATE),
            ("code_challenge", &challenge(&assistant.verifier)),
            ("code_challenge_method", "S256"),
        ];
        let endpoint = metadata["authorization_endpoint"].as_str().expect("an address");
        Url::parse_with_params(endpoint, fields).unwrap().into()
    }

    /// Signs a person in, up to the code.
    pub(crate) async fn sign_in(&mut self, person: &str) {
        let address = self.authorize_address().await;
        let arrived = fresh_browser().sign_in(&address, person).await.unwrap();
        self.check_answer(&arrived).await;
        let code = in_query(&arrived, "code").unwrap_or_else(|| panic!("no code: {arrived}"));
        self.keep_secret(&code);
        self.assistant().code = Some(code);
        self.arrival = Some(Arrival::App(arrived));
    }

    /// Checks that an answer is of this connector, to this request (RFC 9207).
    pub(crate) async fn check_answer(&mut self, arrived: &Url) {
        assert_eq!(in_query(arrived, "state").as_deref(), Some(STATE), "{arrived}");
        assert_eq!(in_query(arrived, "iss"), Some(self.base_url().await), "{arrived}");
    }

    /// The form that exchanges the assistant's code.
    pub(crate) fn code_form(&mut self, verifier: &str) -> Vec<(&'static str, String)> {
        let assistant = self.assistant();
        vec![
            ("grant_type", "authorization_code".to_owned()),
            ("client_id", assistant.client_id.clone()),
            ("redirect_uri", REDIRECT.to_owned()),
            ("code", assistant.code.clone().expect("a code")),
            ("code_verifier", verifier.to_owned()),
        ]
    }

    /// Exchanges the assistant's code with this verifier; the tokens are kept when there are some.
    pub(crate) async fn exchange(&mut self, verifier: &str) -> Reply {
        let form = self.code_form(verifier);
        let reply = self.ask_for_tokens(&form).await;
        self.take_tokens(&reply);
        reply
    }

    /// What the token endpoint answers to the assistant at this place with this refresh token.
    pub(crate) async fn refresh(
        &mut self,
        place: usize,
        token: &str,
        scope: Option<&str>,
    ) -> Reply {
        let client_id = self.assistants[place].client_id.clone();
        let mut form = vec![
            ("grant_type", "refresh_token"),
            ("client_id", &client_id),
            ("refresh_token", token),
        ];
        form.extend(scope.map(|scope| ("scope", scope)));
        self.ask_for_tokens(&form).await
    }

    /// Asks the token endpoint.
    pub(crate) async fn ask_for_tokens(&mut self, form: &[(&str, impl AsRef<str>)]) -> Reply {
        let endpoint = self.endpoint("token_endpoint").await;
        let pairs: Vec<_> = form.iter().map(|(name, value)| (name, value.as_ref())).collect();
        let reply = self.send(self.http.post(endpoint).form(&pairs)).await;
        self.keep_tokens_secret(&reply);
        reply
    }

    fn keep_tokens_secret(&self, reply: &Reply) {
        for name in ["access_token", "refresh_token"] {
            if let Some(token) = reply.json()[name].as_str() {
                self.keep_secret(token);
            }
        }
    }

    /// Keeps what the token endpoint gave, and calls with it from now on.
    pub(crate) fn take_tokens(&mut self, reply: &Reply) {
        if reply.status != 200 {
            return;
        }
        self.keep_tokens_secret(reply);
        let answer = reply.json();
        let text =
            |name: &str| answer[name].as_str().unwrap_or_else(|| panic!("no {name}")).to_owned();
        let tokens = Tokens { access: text("access_token"), refresh: text("refresh_token") };
        self.bearer = Some(tokens.access.clone());
        self.assistant().tokens = Some(tokens);
    }

    /// The tokens of the assistant.
    pub(crate) fn tokens(&mut self) -> Tokens {
        self.assistant().tokens.clone().expect("an assistant with tokens")
    }
}
