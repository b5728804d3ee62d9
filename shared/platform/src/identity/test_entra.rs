//! A small Entra for the tests of this room: discovery, keys, a token endpoint, and tokens.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    KeyPair, RSA_PKCS1_SHA256, RsaEncoding, RsaKeyPair, RsaPublicKeyComponents,
};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Bearer, EntraSettings, KeyStore, TokenVersion, Verifier};
use crate::clock::Clock;
use crate::http_client::HttpClient;

pub(crate) const TENANT: &str = "fdfed7bd-9f6a-44a1-b694-6e39c468c150";
pub(crate) const CLIENT: &str = "0a1b2c3d-1111-4222-8333-444455556666";
pub(crate) const AZP: &str = "aebc6443-996d-45c2-90f0-388ff96faa56";
pub(crate) const OID: &str = "7b8c9d0e-aaaa-4bbb-8ccc-ddddeeeeffff";
pub(crate) const NOW_S: i64 = 1_800_000_000;

/// A key made for this test process.
pub(crate) struct TestKey {
    pub(crate) kid: &'static str,
    pub(crate) pair: RsaKeyPair,
}

/// Our key, and one that Entra does not serve.
pub(crate) fn keys() -> &'static [TestKey; 2] {
    static KEYS: OnceLock<[TestKey; 2]> = OnceLock::new();
    let make = |kid| TestKey { kid, pair: RsaKeyPair::generate(KeySize::Rsa2048).unwrap() };
    KEYS.get_or_init(|| [make("key-one"), make("key-two")])
}

impl TestKey {
    pub(crate) fn components(&self) -> (Vec<u8>, Vec<u8>) {
        let components = RsaPublicKeyComponents::<Vec<u8>>::from(self.pair.public_key());
        (components.n, components.e)
    }

    pub(crate) fn jwk(&self) -> Value {
        let (n, e) = self.components();
        json!({"kty": "RSA", "use": "sig", "kid": self.kid, "n": b64(&n), "e": b64(&e)})
    }

    pub(crate) fn sign(&self, encoding: &'static dyn RsaEncoding, message: &str) -> String {
        let mut signature = vec![0; self.pair.public_modulus_len()];
        let random = SystemRandom::new();
        self.pair.sign(encoding, &random, message.as_bytes(), &mut signature).unwrap();
        b64(&signature)
    }
}

pub(crate) fn b64(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A token of these two objects, signed by our key.
pub(crate) fn signed(header: &Value, claims: &Value) -> String {
    signed_text(&header.to_string(), &claims.to_string())
}

/// The same from text, for JSON that `Value` cannot hold.
pub(crate) fn signed_text(header: &str, claims: &str) -> String {
    let message = format!("{}.{}", b64(header.as_bytes()), b64(claims.as_bytes()));
    let signature = keys()[0].sign(&RSA_PKCS1_SHA256, &message);
    format!("{message}.{signature}")
}

pub(crate) fn header() -> Value {
    json!({"typ": "JWT", "alg": "RS256", "kid": "key-one"})
}

/// How the key server behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mood {
    Well,
    Down,
    Html,
    Huge,
    Redirect,
    Silent,
}

/// One request to the token endpoint.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) headers: HeaderMap,
    pub(crate) form: BTreeMap<String, String>,
    pub(crate) fields: usize,
}

/// One answer of the token endpoint.
#[derive(Clone)]
pub(crate) struct Reply {
    status: u16,
    retry_after: Option<&'static str>,
    body: String,
}

impl Reply {
    pub(crate) fn new(status: u16, body: &Value) -> Self {
        Self::text(status, &body.to_string())
    }

    pub(crate) fn text(status: u16, body: &str) -> Self {
        Self { status, retry_after: None, body: body.to_owned() }
    }

    pub(crate) fn retry_after(mut self, text: &'static str) -> Self {
        self.retry_after = Some(text);
        self
    }
}

pub(crate) struct Stage {
    base: String,
    keys: Mutex<Vec<Value>>,
    mood: Mutex<Mood>,
    key_fetches: AtomicUsize,
    all_requests: AtomicUsize,
    replies: Mutex<VecDeque<Reply>>,
    seen: Mutex<Vec<Seen>>,
    /// The token endpoint answers only while this can be read.
    gate: tokio::sync::RwLock<()>,
}

/// The server, and settings that lead to it.
#[derive(Clone)]
pub(crate) struct TestEntra {
    stage: Arc<Stage>,
    pub(crate) settings: EntraSettings,
    pub(crate) clock: Clock,
}

impl TestEntra {
    pub(crate) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let stage = Arc::new(Stage {
            base: base.clone(),
            keys: Mutex::new(vec![keys()[0].jwk()]),
            mood: Mutex::new(Mood::Well),
            key_fetches: AtomicUsize::new(0),
            all_requests: AtomicUsize::new(0),
            replies: Mutex::default(),
            seen: Mutex::default(),
            gate: tokio::sync::RwLock::new(()),
        });
        let routes = Router::new()
            .route("/{tenant}/v2.0/.well-known/openid-configuration", get(discovery_v2))
            .route("/{tenant}/.well-known/openid-configuration", get(discovery_v1))
            .route("/{tenant}/discovery/v2.0/keys", get(key_document))
            .route("/{tenant}/discovery/keys", get(key_document))
            .route("/{tenant}/oauth2/v2.0/token", post(token))
            .fallback(|State(stage): State<Arc<Stage>>| async move {
                stage.all_requests.fetch_add(1, Ordering::SeqCst);
                StatusCode::NOT_FOUND
            })
            .with_state(stage.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self {
            stage,
            settings: EntraSettings {
                client_id: CLIENT.into(),
                tenant_id: TENANT.into(),
                authority: base,
                audiences: vec![CLIENT.into(), format!("api://{CLIENT}")],
                app_id_uri: format!("api://{CLIENT}"),
                required_scope: "access".into(),
                token_versions: vec![TokenVersion::V2],
                allowed_clients: Vec::new(),
            },
            clock: Clock::manual(Timestamp::from_second(NOW_S).unwrap()),
        }
    }

    pub(crate) fn base(&self) -> &str {
        &self.stage.base
    }

    pub(crate) fn issuer(&self, version: TokenVersion) -> String {
        issuer(&self.stage.base, version)
    }

    pub(crate) fn claims(&self) -> Value {
        json!({
            "iss": self.issuer(TokenVersion::V2), "aud": CLIENT, "ver": "2.0", "tid": TENANT,
            "iat": NOW_S, "nbf": NOW_S, "exp": NOW_S + 3600,
            "azp": AZP, "oid": OID, "sub": "pairwise-subject", "scp": "access other",
            "preferred_username": "ann@example.test",
        })
    }

    pub(crate) fn claims_v1(&self) -> Value {
        let mut claims = self.claims();
        claims["iss"] = json!(self.issuer(TokenVersion::V1));
        claims["ver"] = json!("1.0");
        claims["appid"] = claims["azp"].take();
        claims
    }

    pub(crate) fn store(&self) -> KeyStore {
        let settings = Arc::new(self.settings.clone());
        KeyStore::new(settings, HttpClient::new().unwrap(), self.clock.clone())
    }

    pub(crate) fn verifier(&self) -> Verifier {
        let settings = Arc::new(self.settings.clone());
        Verifier::new(settings, Arc::new(self.store()), self.clock.clone())
    }

    pub(crate) fn token(&self) -> Bearer {
        bearer(&signed(&header(), &self.claims()))
    }

    pub(crate) fn serve_keys(&self, keys: Vec<Value>) {
        *self.stage.keys.lock().unwrap() = keys;
    }

    pub(crate) fn set_mood(&self, mood: Mood) {
        *self.stage.mood.lock().unwrap() = mood;
    }

    pub(crate) fn key_fetches(&self) -> usize {
        self.stage.key_fetches.load(Ordering::SeqCst)
    }

    pub(crate) fn all_requests(&self) -> usize {
        self.stage.all_requests.load(Ordering::SeqCst)
    }

    pub(crate) fn reply(&self, reply: Reply) {
        self.stage.replies.lock().unwrap().push_back(reply);
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.stage.seen.lock().unwrap().clone()
    }

    /// Holds the answers of the token endpoint back until the guard is dropped.
    pub(crate) async fn hold_answers(&self) -> tokio::sync::RwLockWriteGuard<'_, ()> {
        self.stage.gate.write().await
    }
}

pub(crate) fn bearer(token: &str) -> Bearer {
    Bearer::from_token(token.as_bytes()).unwrap()
}

fn issuer(base: &str, version: TokenVersion) -> String {
    match version {
        TokenVersion::V1 => format!("https://sts.windows.net/{TENANT}/"),
        TokenVersion::V2 => format!("{base}/{TENANT}/v2.0"),
    }
}

async fn discovery_v2(State(stage): State<Arc<Stage>>) -> Response {
    let document = json!({
        "issuer": issuer(&stage.base, TokenVersion::V2),
        "jwks_uri": format!("{}/{TENANT}/discovery/v2.0/keys", stage.base),
    });
    respond(&stage, &document)
}

async fn discovery_v1(State(stage): State<Arc<Stage>>) -> Response {
    let document = json!({
        "issuer": issuer(&stage.base, TokenVersion::V1),
        "jwks_uri": format!("{}/{TENANT}/discovery/keys", stage.base),
    });
    respond(&stage, &document)
}

async fn key_document(State(stage): State<Arc<Stage>>) -> Response {
    stage.key_fetches.fetch_add(1, Ordering::SeqCst);
    let document = json!({"keys": *stage.keys.lock().unwrap()});
    respond(&stage, &document)
}

fn respond(stage: &Stage, document: &Value) -> Response {
    stage.all_requests.fetch_add(1, Ordering::SeqCst);
    let mood = *stage.mood.lock().unwrap();
    match mood {
        Mood::Well => axum::Json(document).into_response(),
        Mood::Down => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Mood::Html => axum::response::Html("<html>sign in</html>").into_response(),
        Mood::Huge => " ".repeat(10_000_000).into_response(),
        Mood::Redirect => axum::response::Redirect::temporary("/elsewhere").into_response(),
        Mood::Silent => {
            let never = futures::stream::pending::<Result<Bytes, std::io::Error>>();
            Body::from_stream(never).into_response()
        }
    }
}

async fn token(State(stage): State<Arc<Stage>>, headers: HeaderMap, body: Bytes) -> Response {
    stage.all_requests.fetch_add(1, Ordering::SeqCst);
    let pairs: Vec<(String, String)> = url::form_urlencoded::parse(&body).into_owned().collect();
    stage.seen.lock().unwrap().push(Seen {
        headers,
        fields: pairs.len(),
        form: pairs.into_iter().collect(),
    });
    let _open = stage.gate.read().await;
    let Some(reply) = stage.replies.lock().unwrap().pop_front() else {
        return (StatusCode::IM_A_TEAPOT, "no reply was prepared").into_response();
    };
    let mut response = reply.body.into_response();
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap();
    if let Some(text) = reply.retry_after {
        let value = axum::http::HeaderValue::from_static(text);
        response.headers_mut().insert("retry-after", value);
    }
    response
}
