//! What the stand-in promises, asked over HTTP as a client would.

use reqwest::redirect::Policy;
use serde_json::Value;

use super::{Clock, Entra, EntraOptions, Running, TokenSpec};
use crate::company::{CLIENT_SECRET, TENANT, registration};

mod browser;
mod certificates;
mod code_flow;
mod control;
mod discovery;
mod faults;
mod federated;
mod minted;
mod msal;
mod on_behalf_of;
mod refresh;

/// The time at which these tests take place.
const NOW: i64 = 1_790_000_000;

/// Grant type of on-behalf-of.
const ON_BEHALF_OF: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// A running stand-in, a clock and a client.
struct World {
    entra: Running,
    clock: Clock,
    http: reqwest::Client,
}

/// An answer of the token endpoint.
#[derive(Debug)]
struct Answer {
    status: u16,
    body: Value,
}

impl Answer {
    #[track_caller]
    fn refused(&self, status: u16, error: &str, code: u32) {
        assert_eq!((self.status, &self.body["error"]), (status, &Value::from(error)), "{self:?}");
        assert_eq!(self.body["error_codes"], serde_json::json!([code]), "{self:?}");
        let description = self.body["error_description"].as_str().unwrap();
        assert!(description.starts_with(&format!("AADSTS{code}: ")), "{description}");
        assert!(description.contains(" Trace ID: ") && description.contains(" Correlation ID: "));
        assert!(description.ends_with(&format!(" Timestamp: {}", self.text("timestamp"))));
    }

    #[track_caller]
    fn granted(&self) -> &Self {
        assert_eq!(self.status, 200, "{self:?}");
        self
    }

    #[track_caller]
    fn text(&self, field: &str) -> &str {
        self.body[field].as_str().unwrap_or_else(|| panic!("{field} in {self:?}"))
    }
}

/// A form that differs from a good one in one place.
#[derive(Clone)]
struct Fields(Vec<(String, String)>);

impl Fields {
    fn of(fields: &[(&str, &str)]) -> Self {
        Self(fields.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect())
    }

    fn with(mut self, name: &str, value: &str) -> Self {
        self.0.retain(|(known, _)| known != name);
        self.0.push((name.to_owned(), value.to_owned()));
        self
    }

    fn without(mut self, name: &str) -> Self {
        self.0.retain(|(known, _)| known != name);
        self
    }
}

impl World {
    async fn start() -> Self {
        Self::with(EntraOptions::default()).await
    }

    async fn with(options: EntraOptions) -> Self {
        let _already = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let clock = Clock::at(NOW);
        let options = EntraOptions { clock: clock.clone(), ..options };
        let http = reqwest::Client::builder().no_proxy().redirect(Policy::none()).build().unwrap();
        Self { entra: Entra::start(options).await.unwrap(), clock, http }
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.entra.base_url())
    }

    fn token_url(&self) -> String {
        self.url(&format!("/{TENANT}/oauth2/v2.0/token"))
    }

    async fn token(&self, fields: &Fields) -> Answer {
        self.answer(self.http.post(self.token_url()).form(&fields.0)).await
    }

    async fn answer(&self, request: reqwest::RequestBuilder) -> Answer {
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        Answer { status, body: response.json().await.unwrap() }
    }

    async fn get(&self, path: &str) -> Answer {
        self.answer(self.http.get(self.url(path))).await
    }

    /// A good on-behalf-of request of a connector for Ann.
    fn on_behalf_of_ann(&self) -> Fields {
        self.on_behalf_of(&TokenSpec::new("ann", "sharepoint"))
    }

    fn on_behalf_of(&self, assertion: &TokenSpec) -> Fields {
        Fields::of(&[
            ("grant_type", ON_BEHALF_OF),
            ("client_id", registration("sharepoint").unwrap()),
            ("client_secret", CLIENT_SECRET),
            ("assertion", &self.entra.mint(assertion).unwrap()),
            ("requested_token_use", "on_behalf_of"),
            ("scope", "https://graph.microsoft.com/Files.Read.All"),
        ])
    }
}

/// The claims of a token, unchecked.
fn claims(token: &str) -> Value {
    Value::Object(super::jwt::Unverified::read(token).unwrap().claims)
}
