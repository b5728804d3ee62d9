//! A set of clients in memory, for the tests of these rooms, and what all kinds have in common.

use jiff::Timestamp;

use super::*;
use crate::config::{Environment, Vars};
use crate::seal::LiveKeyring;
use crate::store::{MemoryStore, Store};

pub(in crate::oauth) const OWN_ID: &str = "e0000000-0000-4000-8000-000000000100";

/// Clients over a store of their own, on a clock that stands still.
pub(in crate::oauth) struct Bench {
    pub(in crate::oauth) clients: Clients,
    pub(in crate::oauth) clock: Clock,
    pub(in crate::oauth) usage: Usage,
    records: SealedStore,
    settings: Vec<(&'static str, String)>,
}

impl Bench {
    pub(in crate::oauth) fn new(settings: &[(&'static str, &str)]) -> Self {
        let clock = Clock::manual("2026-11-21T12:00:00Z".parse::<Timestamp>().unwrap());
        let store = Store::Memory(MemoryStore::new(clock.clone()));
        let records = SealedStore::new(store, LiveKeyring::random().unwrap(), "sharepoint");
        let settings: Vec<_> =
            settings.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        let clients = clients(&settings, &records, &clock);
        Self { clients, clock, usage: Usage::default(), records, settings }
    }

    /// Another instance of the connector: the same store, and nothing else in common.
    pub(in crate::oauth) fn other_instance(&self) -> Clients {
        clients(&self.settings, &self.records, &self.clock)
    }

    /// The same store under other settings.
    pub(in crate::oauth) fn with_settings(&self, settings: &[(&'static str, &str)]) -> Clients {
        let settings: Vec<_> =
            settings.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        clients(&settings, &self.records, &self.clock)
    }
}

fn clients(settings: &[(&'static str, String)], records: &SealedStore, clock: &Clock) -> Clients {
    let vars = Vars::from_pairs(settings.iter().map(|(name, value)| (*name, value.as_str())));
    let settings = ClientSettings {
        own_id: OWN_ID.to_owned(),
        title: "SharePoint",
        redirects: RedirectRules::from_vars(&vars).unwrap(),
        document_hosts: DocumentHosts::from_vars(&vars, Environment::Local).unwrap(),
    };
    Clients::new(settings, records.clone(), clock.clone())
}

#[tokio::test]
async fn row_63_our_own_id_may_use_what_the_allow_list_has_and_nothing_else() {
    let bench =
        Bench::new(&[("MCP_SERVER_REDIRECT_URIS", "https://a.example/cb http://localhost/*")]);
    let client = bench.clients.find(&OWN_ID.to_uppercase(), &bench.usage).await.unwrap();

    assert_eq!((client.id.as_str(), client.name.as_str()), (OWN_ID, "SharePoint"));
    assert_eq!(client.kind, ClientKind::Preregistered);
    for good in ["https://a.example/cb", "http://localhost:4711/any"] {
        assert_eq!(client.redirect_uri(Some(good)).unwrap().as_str(), good);
    }
    for foreign in ["https://b.example/cb", "https://a.example/cb/x", "http://127.0.0.1/any"] {
        let refused = client.redirect_uri(Some(foreign)).unwrap_err();
        assert_eq!(refused.code, ErrorCode::InvalidRequest, "{foreign}");
    }
    assert!(client.redirect_uri(None).is_err());
}

#[tokio::test]
async fn an_unknown_client_is_told_to_register_again() {
    let bench = Bench::new(&[]);
    let long = "a".repeat(513);
    for id in ["unknown", "", "C#x", "a b", "ä", "e0000000-0000-4000-8000-000000000101", &long] {
        let refused = bench.clients.find(id, &bench.usage).await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::InvalidClient, "{id}");
        assert!(refused.description.contains("register again"), "{id}");
    }
}
