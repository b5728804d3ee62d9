//! A tenant whose sign-in is the certified engine `oidc-provider`, and not our stand-in.

use serde_json::{Value, json};
use stand_ins::company::{ASSISTANT_CLIENT, CLIENT_SECRET, PEOPLE, TENANT, registration};

use crate::connector::NAME;
use crate::{Company, Engine, Environment, Foreign, until};

/// Where the assistant waits for its codes; nothing listens there.
pub const ASSISTANT_REDIRECT: &str = "http://localhost:4321/";

/// How the engine is started.
#[derive(Clone, Copy, Debug)]
pub struct TenantPlan<'a> {
    /// Where the connector takes its codes.
    pub callback: &'a str,
    /// The certificate (PEM) by which the connector proves itself; its secret counts without one.
    pub certificate: Option<&'a str>,
    /// How long access tokens live, in seconds.
    pub token_seconds: u32,
}

impl Default for TenantPlan<'_> {
    fn default() -> Self {
        let callback = "http://127.0.0.1/oauth/callback";
        Self { callback, certificate: None, token_seconds: 3600 }
    }
}

/// The running engine.
#[derive(Debug)]
pub struct ForeignTenant {
    engine: Foreign,
    base: String,
}

impl ForeignTenant {
    /// Starts it for the company's people; nothing when it is not installed.
    pub async fn start(company: &Company, plan: TenantPlan<'_>) -> Option<Self> {
        let people = PEOPLE.iter().map(|person| {
            json!({"key": person.key, "oid": person.oid, "name": person.name, "upn": person.upn})
        });
        let given = json!({
            "tenant": TENANT,
            "people": people.collect::<Vec<_>>(),
            "api": {
                "name": NAME,
                "clientId": registration(NAME).unwrap(),
                "redirectUris": [plan.callback],
                "secret": CLIENT_SECRET,
                "certificate": plan.certificate,
            },
            "assistant": {"clientId": ASSISTANT_CLIENT, "redirectUris": [ASSISTANT_REDIRECT]},
            "tokenSeconds": plan.token_seconds,
            "graphTokens": format!("{}/stand-in/graph-token", company.entra.base_url()),
        });
        let mut engine = Foreign::start(Engine::Node, "oidc_provider.mjs", &[&given.to_string()])?;
        let base = engine.says().await["listening"].as_str().unwrap().to_owned();
        Some(Self { engine, base })
    }

    /// Its address.
    pub fn base_url(&self) -> &str {
        &self.base
    }

    /// Where people sign in.
    pub fn authorize_endpoint(&self) -> String {
        format!("{}/{TENANT}/oauth2/v2.0/authorize", self.base)
    }

    /// Where tokens are asked for.
    pub fn token_endpoint(&self) -> String {
        format!("{}/{TENANT}/oauth2/v2.0/token", self.base)
    }

    /// Points a connector here.
    #[must_use]
    pub fn environment(&self, environment: Environment) -> Environment {
        environment.with("AZURE_AUTHORITY_HOST", &self.base)
    }

    /// What was asked of its token endpoint: `outcome`, and the `fields` of the form.
    pub fn grants(&self) -> Vec<Value> {
        let said = self.engine.said().into_iter();
        said.filter(|line| line["outcome"].is_string()).collect()
    }

    /// The grants of this type, once there are so many.
    pub async fn granted(&self, grant_type: &str, times: usize) -> Vec<Value> {
        until(&format!("{times} grants of {grant_type}"), || {
            let of_type = |grant: &Value| grant["fields"]["grant_type"] == grant_type;
            let found: Vec<_> = self.grants().into_iter().filter(of_type).collect();
            (found.len() >= times).then_some(found)
        })
        .await
    }
}
