//! An authorization server over memory with a small Entra behind it.

mod browser;

use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, Method, StatusCode, header};
use http_body_util::BodyExt as _;
use serde_json::json;
use tokio::time::Instant;

use super::client::{Client, ClientAuthentication, ClientKind, ClientSettings};
use super::document::DocumentHosts;
use super::redirect_uri::{RedirectRules, RedirectUri};
use super::{AuthorizationServer, OAuthSettings, Request, ServerParts, registration, token};
use crate::clock::Clock;
use crate::config::{Environment, LiveSecret, Vars};
use crate::http_client::HttpClient;
use crate::identity::test_entra::{CLIENT, Reply, TestEntra, header as token_header, signed};
use crate::identity::{
    ClientCredentials, CodeFlow, Credential, TokenEndpoint, TokenEndpointLimits,
};
use crate::in_flight::InFlight;
use crate::seal::LiveKeyring;
use crate::store::{KillSwitch, MemoryStore, Store};
use crate::telemetry::RequestLine;

pub(crate) use browser::{Browser, Page, parameter};

pub(crate) const REDIRECT: &str = "https://claude.ai/api/mcp/auth_callback";
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// The server and its Entra, at one time.
pub(crate) struct TestServer {
    pub(crate) entra: TestEntra,
    pub(crate) server: AuthorizationServer,
    pub(crate) clock: Clock,
    /// A client that has registered itself.
    pub(crate) client_id: String,
}

pub(crate) fn settings() -> OAuthSettings {
    AuthorizationServer::settings_for_tests()
}

pub(crate) fn client() -> Client {
    Client {
        id: "client-one".into(),
        name: "Claude".into(),
        name_was_cleaned: false,
        allow_list: None,
        kind: ClientKind::Registered,
        redirect_uris: vec![RedirectUri::parse(REDIRECT).unwrap()],
        authentication: ClientAuthentication::None,
    }
}

/// A GET with this query.
pub(crate) fn request(query: &str) -> Request {
    Request {
        method: Method::GET,
        headers: HeaderMap::new(),
        query: query.to_owned(),
        body: bytes::Bytes::new(),
        in_flight: InFlight::start(Instant::now(), None, RequestLine::default()),
    }
}

/// A POST of this form.
pub(crate) fn posted(form: &[(&str, &str)]) -> Request {
    let mut request = request("");
    request.method = Method::POST;
    let media = "application/x-www-form-urlencoded".parse().unwrap();
    request.headers.insert(header::CONTENT_TYPE, media);
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    request.body = body.into();
    request
}

impl TestServer {
    pub(crate) async fn start() -> Self {
        let entra = TestEntra::start().await;
        let server = AuthorizationServer::for_tests(&entra);
        let mut asked = request("");
        asked.method = Method::POST;
        asked.headers.insert(header::CONTENT_TYPE, "application/json".parse().unwrap());
        let metadata = json!({ "client_name": "Claude", "redirect_uris": [REDIRECT] });
        asked.body = metadata.to_string().into();
        let response = registration::register(&server, &asked).await;
        assert_eq!(response.status(), StatusCode::CREATED);
        let body = response.into_body().collect().await.unwrap().to_bytes();
        let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
        let client_id = body["client_id"].as_str().unwrap().to_owned();
        Self { clock: entra.clock.clone(), entra, server, client_id }
    }

    /// A request of a client that is in order, with these parameters instead; an empty one is left
    /// out.
    pub(crate) fn query(&self, changed: &[(&str, &str)]) -> String {
        let mut pairs = vec![
            ("response_type", "code"),
            ("client_id", self.client_id.as_str()),
            ("redirect_uri", REDIRECT),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
            ("state", "client-state"),
            ("scope", "access"),
            ("resource", &self.server.settings.resource),
        ];
        for (name, value) in changed {
            pairs.retain(|(known, _)| known != name);
            pairs.push((name, value));
        }
        pairs.retain(|(_, value)| !value.is_empty());
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
    }

    /// A code, exchanged by the client.
    pub(crate) async fn exchange(&self, code: &str) -> Page {
        let asked = posted(&[
            ("grant_type", "authorization_code"),
            ("client_id", &self.client_id),
            ("code", code),
            ("redirect_uri", REDIRECT),
            ("code_verifier", VERIFIER),
        ]);
        Browser::default().receive(token::token(&self.server, &asked).await).await
    }

    /// What Entra gives next for a code: tokens of Ann, with these claims instead.
    pub(crate) fn entra_signs_in(&self, changed: &[(&str, serde_json::Value)]) {
        let mut claims = self.entra.claims();
        claims["azp"] = json!(CLIENT);
        for (name, value) in changed {
            claims[*name] = value.clone();
        }
        let body = json!({
            "token_type": "Bearer", "expires_in": 3600, "scope": "access",
            "access_token": signed(&token_header(), &claims), "refresh_token": "entra-refresh",
        });
        self.entra.reply(Reply::new(200, &body));
    }
}

impl AuthorizationServer {
    /// What a connector's server is called in tests.
    pub(crate) fn settings_for_tests() -> OAuthSettings {
        OAuthSettings {
            issuer: "https://files.example.test".into(),
            resource: "https://files.example.test/mcp".into(),
            scope: "access".into(),
            connector: "files",
            title: "Files",
            reads: "files that you can open",
            is_https: true,
            invalid_grant_status: StatusCode::BAD_REQUEST,
        }
    }

    /// A server over memory that sends people to this Entra.
    pub(crate) fn for_tests(entra: &TestEntra) -> Self {
        let store = Store::Memory(MemoryStore::new(entra.clock.clone()));
        Self::over(store, LiveKeyring::random().unwrap(), entra)
    }

    /// A server over this store that sends people to this Entra.
    pub(crate) fn over(store: Store, keyring: LiveKeyring, entra: &TestEntra) -> Self {
        let settings = Self::settings_for_tests();
        let clock = entra.clock.clone();
        let endpoint = Arc::new(TokenEndpoint::new(
            Arc::new(entra.settings.clone()),
            ClientCredentials::new(Credential::Secret(LiveSecret::fixed("s3cret")), []),
            HttpClient::new().unwrap(),
            clock.clone(),
            TokenEndpointLimits { jitter: Duration::ZERO, ..TokenEndpointLimits::default() },
        ));
        let redirect_uri = format!("{}/oauth/callback", settings.issuer);
        let code_flow = CodeFlow::new(endpoint, redirect_uri, Some("select_account".into()));
        let vars = Vars::from_pairs(Vec::<(&str, &str)>::new());
        let of_clients = ClientSettings {
            own_id: CLIENT.to_owned(),
            title: settings.title,
            redirects: RedirectRules::from_vars(&vars).unwrap(),
            document_hosts: DocumentHosts::from_vars(&vars, Environment::Local).unwrap(),
        };
        Self::new(ServerParts {
            clients: of_clients,
            code_flow,
            verifier: Arc::new(entra.verifier()),
            kill_switch: KillSwitch::new(store.clone(), clock.clone()),
            store,
            keyring,
            clock,
            settings,
        })
    }
}
