//! How the connector proves itself to Entra, and what its records are sealed with.

use e2e::{Certificate, NAME};
use serde_json::json;
use stand_ins::company::CLIENT_SECRET;

use crate::World;
use crate::definition::{Definition, Words, steps};

const SECRET: &str = "MCP_SERVER_AZURE_CLIENT_SECRET";
const PREVIOUS: &str = "MCP_SERVER_AZURE_CLIENT_SECRET_PREVIOUS";
const KEYS: &str = "STORAGE_ENCRYPTION_KEYS";
const NEW_SECRET: &str = "stand-in-client-secret-2";
const NEW_KEY: &str = "IB8eHRwbGhkYFxYVFBMSERAPDg0MCwoJCAcGBQQDAgE=";

pub(super) fn steps() -> Vec<Definition> {
    steps! {
        "the connector has a new client secret and keeps the previous one" => has_two_secrets,
        "Entra accepts the previous secret only" => accepts_the_previous,
        "Entra accepts the new secret only" => accepts_the_new,
        "the connector has a certificate and no secret" => has_a_certificate,
        "the exchange carried an assertion and no secret" => carried_an_assertion,
        "the connector is started anew with a new storage key beside the old one" => adds_a_key,
        "the connector is started anew without the old storage key" => removes_the_old_key,
    }
}

async fn has_two_secrets(world: &mut World<'_>, _: &Words) {
    let here = world.on_this_machine();
    here.company.canaries.plant(NEW_SECRET);
    here.set(SECRET, NEW_SECRET);
    here.set(PREVIOUS, CLIENT_SECRET);
    // Every call makes an exchange of its own.
    here.set("CACHE_TYPE", "off");
}

async fn accepts_the_previous(world: &mut World<'_>, _: &Words) {
    world.company().entra.replace_secret(NAME, CLIENT_SECRET).unwrap();
}

async fn accepts_the_new(world: &mut World<'_>, _: &Words) {
    world.company().entra.replace_secret(NAME, NEW_SECRET).unwrap();
}

async fn has_a_certificate(world: &mut World<'_>, _: &Words) {
    let certificate = Certificate::fresh();
    let here = world.on_this_machine();
    here.company.entra.register_certificate(NAME, &certificate.der).unwrap();
    here.set("MCP_SERVER_AZURE_CLIENT_CERTIFICATE", &certificate.setting());
    here.unset(SECRET);
}

async fn carried_an_assertion(world: &mut World<'_>, _: &Words) {
    let requests = world.company().entra.requests();
    let exchanges: Vec<_> = requests.iter().filter(|asked| asked.endpoint == "token").collect();
    assert!(!exchanges.is_empty(), "Entra was not asked");
    for exchange in exchanges {
        // The stand-in takes PS256 only.
        assert!(exchange.fields.contains_key("client_assertion"), "{exchange:?}");
        assert!(!exchange.fields.contains_key("client_secret"), "{exchange:?}");
        assert!(!exchange.headers.contains_key("authorization"), "{exchange:?}");
    }
}

async fn adds_a_key(world: &mut World<'_>, _: &Words) {
    let here = world.on_this_machine();
    here.company.canaries.plant(NEW_KEY);
    let mut ring: serde_json::Value = serde_json::from_str(here.environment().get(KEYS)).unwrap();
    ring["active"] = json!("k2");
    ring["keys"]["k2"] = json!(NEW_KEY);
    here.set(KEYS, &ring.to_string());
    here.start_anew().await;
}

async fn removes_the_old_key(world: &mut World<'_>, _: &Words) {
    let here = world.on_this_machine();
    here.set(KEYS, &json!({"active": "k2", "keys": {"k2": NEW_KEY}}).to_string());
    here.start_anew().await;
}
