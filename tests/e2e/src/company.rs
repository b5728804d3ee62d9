//! The company on loopback: Entra signs its people in, Graph shows them their files.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use stand_ins::company::{CLIENT_SECRET, TENANT, registration};
use stand_ins::entra::{self, Entra, EntraOptions, TokenSpec, verify_graph_token};
use stand_ins::graph::{self, Bearer, Graph, GraphOptions};

use crate::connector::{HOST, NAME};
use crate::{Canaries, Environment, repository};

/// A keyring that opens nothing anywhere else.
const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

/// Entra and Graph, each on a port of its own.
pub struct Company {
    /// Entra.
    pub entra: entra::Running,
    /// Graph.
    pub graph: graph::Running,
    /// Words that must not be written anywhere.
    pub canaries: Canaries,
    graph_tokens: Arc<Mutex<BTreeSet<String>>>,
    challenges_everybody: Arc<AtomicBool>,
}

impl Company {
    /// Starts both.
    pub async fn start() -> Self {
        let canaries = Canaries::default();
        canaries.plant(KEY);
        let entra = Entra::start(EntraOptions::default()).await.unwrap();
        let (known, graph_tokens) = (canaries.clone(), Arc::<Mutex<BTreeSet<_>>>::default());
        let seen = Arc::clone(&graph_tokens);
        let challenges_everybody = Arc::<AtomicBool>::default();
        let everybody = Arc::clone(&challenges_everybody);
        let verify = move |token: &str| {
            known.plant_token(token);
            seen.lock().unwrap().insert(token.to_owned());
            let token = verify_graph_token(token)?;
            Some(Bearer {
                oid: token.oid,
                scopes: token.scopes,
                appid: token.appid,
                exp: token.exp,
                cp1: token.claims_cae || everybody.load(Ordering::Relaxed),
            })
        };
        let graph = Graph::start(GraphOptions {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            verify: Arc::new(verify),
            public_base: None,
        });
        let graph = graph.await.unwrap();
        Self { entra, graph, canaries, graph_tokens, challenges_everybody }
    }

    /// A right token with which the assistant calls the connector for this person.
    pub fn token(&self, person: &str) -> String {
        self.mint(&TokenSpec::new(person, NAME))
    }

    /// The token a story asks for.
    pub fn mint(&self, spec: &TokenSpec) -> String {
        let token = self.entra.mint(spec).unwrap();
        self.canaries.plant_token(&token);
        token
    }

    /// How many exchanges on behalf of people Entra was asked for.
    pub fn exchanges(&self) -> usize {
        self.entra_requests("token")
    }

    /// How many requests to one of Entra's endpoints there were.
    pub fn entra_requests(&self, endpoint: &str) -> usize {
        self.entra.requests().iter().filter(|request| request.endpoint == endpoint).count()
    }

    /// How many steps of a sign-in Entra was asked for: pages and tokens.
    pub fn sign_in_requests(&self) -> usize {
        self.entra_requests("authorize") + self.entra_requests("token")
    }

    /// How many requests Graph answered.
    pub fn graph_requests(&self) -> usize {
        self.graph.log().requests.len()
    }

    /// Lets Graph send claims challenges also to applications that did not declare `cp1`.
    pub fn graph_challenges_everybody(&self) {
        self.challenges_everybody.store(true, Ordering::Relaxed);
    }

    /// Every token that came to Graph.
    pub fn graph_tokens(&self) -> BTreeSet<String> {
        self.graph_tokens.lock().unwrap().clone()
    }

    /// The environment of a connector that works here.
    pub fn environment(&self) -> Environment {
        let policy = repository().join("functions/sharepoint/policy.yaml");
        Environment::from_pairs([
            ("ENVIRONMENT", "local"),
            ("MCP_BASE_URL", &format!("http://{HOST}")),
            ("MCP_SERVER_AUTH_MODES", "direct"),
            ("MCP_SERVER_AZURE_CLIENT_ID", registration(NAME).unwrap()),
            ("MCP_SERVER_AZURE_CLIENT_SECRET", CLIENT_SECRET),
            ("MCP_SERVER_AZURE_TENANT_ID", TENANT),
            ("AZURE_AUTHORITY_HOST", self.entra.base_url()),
            ("GRAPH_BASE_URL", &self.graph.base_url()),
            ("GRAPH_CONTENT_HOSTS", "127.0.0.1"),
            ("STORAGE_TYPE", "memory"),
            ("STORAGE_ENCRYPTION_KEYS", &keyring()),
            ("CACHE_TYPE", "memory"),
            ("AUDIT_TYPE", "file"),
            ("MCP_SERVER_POLICY_FILE", policy.to_str().unwrap()),
            ("LISTEN_ADDR", "127.0.0.1:0"),
            ("LOG_LEVEL", "info"),
        ])
    }
}

fn keyring() -> String {
    serde_json::json!({"active": "k1", "keys": {"k1": KEY}}).to_string()
}
