//! Microsoft Entra, as far as the connectors and the assistants use it.
//!
//! It signs in the people of the [company](crate::company), hands out v1 and v2 tokens, serves
//! discovery documents and keys, exchanges tokens on behalf of people, and refuses what Entra
//! refuses with Entra's own codes. [`Entra::start`] starts one on loopback; its
//! [`base_url`](Entra::base_url) is the authority host. Tests mint and forge tokens with
//! [`TokenSpec`], set [`Fault`]s, roll keys and read what was asked; everything of that is also
//! under `/stand-in/…` over HTTP.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::net::SocketAddr;
use std::ops::Deref;
use std::sync::{Arc, Mutex};

use anyhow::Context as _;
use axum::Router;
use axum::routing::{any, get};
use tokio::net::TcpListener;
use tokio::sync::watch;

mod authorize;
mod client_auth;
mod clock;
mod codes;
mod control;
mod discovery;
mod disturb;
mod errors;
mod faults;
mod form;
mod graph_token;
mod issue;
mod jwt;
mod keys;
mod obo;
mod registrations;
mod scopes;
mod state;
#[cfg(test)]
mod tests;
mod token_endpoint;
mod token_spec;
mod tokens;

pub use clock::Clock;
pub use faults::{Answer, Endpoint, Fault, Grant, KNOWN_SECRET, SpoiledKeys};
pub use graph_token::{GraphKeys, GraphToken, verify_graph_token};
pub use jwt::Algorithm;
pub use keys::RsaKey;
pub use registrations::{FederatedCredential, TokenVersion};
pub use state::{RecordedRequest, fingerprint};
pub use token_spec::{SignedBy, TokenSpec};

use faults::Faults;
use keys::KeyRing;
use registrations::{Certificate, Registration, Registrations};
use state::{State, lock};

/// How a stand-in is started.
#[derive(Clone, Debug)]
pub struct EntraOptions {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The address others know it by, when that is not the one it listens on.
    pub public_base: Option<String>,
    /// The time it lives in.
    pub clock: Clock,
    /// How long access tokens live.
    pub token_seconds: i64,
    /// How granted scopes are written in token responses.
    pub scope_form: ScopeForm,
    /// Whether a client assertion may be used twice.
    pub assertion_replay: AssertionReplay,
}

impl Default for EntraOptions {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            public_base: None,
            clock: Clock::system(),
            token_seconds: 4199,
            scope_form: ScopeForm::Prefixed,
            assertion_replay: AssertionReplay::Refused,
        }
    }
}

/// How granted scopes are written in token responses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScopeForm {
    /// With the resource in front: `https://graph.microsoft.com/User.Read`.
    Prefixed,
    /// Bare: `User.Read`.
    Short,
}

/// Whether a client assertion may be used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AssertionReplay {
    /// Each `jti` once; stricter than Entra.
    Refused,
    /// As often as wanted while it lasts; Microsoft's own libraries rely on it.
    Allowed,
}

/// A stand-in for Entra: ask it for tokens, faults and what it has seen.
#[derive(Clone, Debug)]
pub struct Entra {
    state: Arc<State>,
}

/// A stand-in that listens until this is dropped.
#[derive(Debug)]
pub struct Running {
    entra: Entra,
    addr: SocketAddr,
    _stop: watch::Sender<()>,
}

impl Running {
    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// A handle that outlives the listener.
    pub fn entra(&self) -> Entra {
        self.entra.clone()
    }
}

impl Deref for Running {
    type Target = Entra;

    fn deref(&self) -> &Entra {
        &self.entra
    }
}

impl Entra {
    /// Starts to listen.
    ///
    /// # Errors
    /// When the address is taken or no key can be made.
    pub async fn start(options: EntraOptions) -> anyhow::Result<Running> {
        let listener = TcpListener::bind(options.listen).await.context("listening for Entra")?;
        let addr = listener.local_addr()?;
        let keys = tokio::task::spawn_blocking(KeyRing::new).await??;
        let (stop, stopped) = watch::channel(());
        let base = options.public_base.unwrap_or_else(|| format!("http://{addr}"));
        let state = Arc::new(State {
            base: base.trim_end_matches('/').to_owned(),
            clock: options.clock,
            token_seconds: options.token_seconds,
            scope_form: options.scope_form,
            assertion_replay: options.assertion_replay,
            keys: Mutex::new(keys),
            registrations: Mutex::new(Registrations::of_the_company()),
            faults: Mutex::new(Faults::default()),
            codes: Mutex::new(HashMap::new()),
            refresh_tokens: Mutex::new(HashMap::new()),
            consents: Mutex::new(BTreeSet::new()),
            seen_assertions: Mutex::new(HashMap::new()),
            requests: Mutex::new(VecDeque::new()),
            stopped: stopped.clone(),
        });
        let router = router().with_state(state.clone());
        let mut until = stopped;
        let serving = axum::serve(listener, router).with_graceful_shutdown(async move {
            // An error means that the sender is gone, which is how a stand-in is stopped.
            let _gone = until.changed().await;
        });
        tokio::spawn(serving.into_future());
        Ok(Running { entra: Self { state }, addr, _stop: stop })
    }

    pub(crate) fn of(state: &Arc<State>) -> Self {
        Self { state: state.clone() }
    }

    pub(crate) fn state(&self) -> &State {
        &self.state
    }

    /// The authority host: scheme, host and port, without a slash at the end.
    pub fn base_url(&self) -> &str {
        &self.state.base
    }

    /// Makes requests go wrong from now on.
    pub fn fault(&self, fault: Fault) {
        lock(&self.state.faults).add(fault);
    }

    /// Makes everything go right again.
    pub fn clear_faults(&self) {
        lock(&self.state.faults).clear();
    }

    /// What was asked so far, oldest first.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        lock(&self.state.requests).iter().cloned().collect()
    }

    /// Forgets what was asked.
    pub fn forget_requests(&self) {
        lock(&self.state.requests).clear();
    }

    /// A new key signs from now on, the old ones are still served; returns its kid.
    ///
    /// # Errors
    /// When no key can be made.
    pub fn roll(&self) -> anyhow::Result<String> {
        lock(&self.state.keys).roll()
    }

    /// Stops serving a key, unless it is the one that signs; says whether there was one.
    pub fn retire(&self, kid: &str) -> bool {
        lock(&self.state.keys).retire(kid)
    }

    /// The kid of the key that signs.
    pub fn signing_kid(&self) -> String {
        lock(&self.state.keys).signing().kid().to_owned()
    }

    /// The kids of all served keys.
    pub fn served_kids(&self) -> Vec<String> {
        lock(&self.state.keys).served().iter().map(|key| key.kid().to_owned()).collect()
    }

    /// The public key that signs, as an attacker would know it.
    pub fn signing_key(&self) -> Arc<RsaKey> {
        lock(&self.state.keys).signing()
    }

    /// Lets a connector log in with this secret, and with no other.
    ///
    /// # Errors
    /// When there is no such connector.
    pub fn replace_secret(&self, connector: &str, secret: &str) -> anyhow::Result<()> {
        self.change(connector, |registration| {
            secret.clone_into(&mut registration.secret);
        })
    }

    /// Lets a connector log in with this X.509 certificate.
    ///
    /// # Errors
    /// When the bytes are no certificate or there is no such connector.
    pub fn register_certificate(&self, connector: &str, der: &[u8]) -> anyhow::Result<()> {
        let certificate = Certificate::read(der)?;
        self.change(connector, |registration| {
            registration.certificates.push(certificate);
        })
    }

    /// Lets a connector log in with tokens of another identity provider.
    ///
    /// # Errors
    /// When there is no such connector.
    pub fn register_federated(
        &self,
        connector: &str,
        credential: FederatedCredential,
    ) -> anyhow::Result<()> {
        self.change(connector, |registration| {
            registration.federated.push(credential);
        })
    }

    /// Gives a connector's API one more Application ID URI.
    ///
    /// # Errors
    /// When there is no such connector.
    pub fn add_app_id_uri(&self, connector: &str, uri: &str) -> anyhow::Result<()> {
        self.change(connector, |registration| {
            registration.app_id_uris.insert(uri.to_owned());
        })
    }

    /// Chooses the format of access tokens for a connector's API.
    ///
    /// # Errors
    /// When there is no such connector.
    pub fn set_token_version(&self, connector: &str, version: TokenVersion) -> anyhow::Result<()> {
        self.change(connector, |registration| {
            registration.token_version = version;
        })
    }

    /// Takes a permission away from an application, also where people consented to it;
    /// `https://graph.microsoft.com/Files.Read.All`, or `{client id}/access`.
    ///
    /// # Errors
    /// When there is no such application.
    pub fn withdraw_consent(&self, client: &str, scope: &str) -> anyhow::Result<()> {
        let mut id = String::new();
        self.change(client, |registration| {
            registration.granted.remove(scope);
            id.clone_from(&registration.client_id);
        })?;
        lock(&self.state.consents)
            .retain(|consent| consent.client_id != id || consent.scope != scope);
        Ok(())
    }

    /// Ends a person's sessions; says how many refresh tokens died.
    pub fn revoke_refresh_tokens(&self, person: &str) -> usize {
        let mut tokens = lock(&self.state.refresh_tokens);
        let theirs = tokens.values_mut().filter(|token| token.person.key == person);
        theirs.map(|token| token.revoked = true).count()
    }

    fn change(&self, name: &str, change: impl FnOnce(&mut Registration)) -> anyhow::Result<()> {
        let mut registrations = lock(&self.state.registrations);
        change(registrations.by_name_mut(name).context("no application has this name")?);
        Ok(())
    }
}

fn router() -> Router<Arc<State>> {
    Router::new()
        .route("/{tenant}/v2.0/.well-known/openid-configuration", get(discovery::configuration_v2))
        .route("/{tenant}/.well-known/openid-configuration", get(discovery::configuration_v1))
        .route("/{tenant}/discovery/v2.0/keys", get(discovery::keys_v2))
        .route("/{tenant}/discovery/keys", get(discovery::keys_v1))
        .route("/common/discovery/instance", get(discovery::instance))
        .route(
            "/{tenant}/oauth2/v2.0/authorize",
            get(authorize::authorize).post(authorize::authorize),
        )
        .route("/{tenant}/oauth2/v2.0/token", any(token_endpoint::token))
        .merge(control::routes())
}
