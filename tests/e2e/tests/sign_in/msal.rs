//! Our requests to Entra's token endpoint beside those of Microsoft's own library, field by field.
//!
//! The library sends one field more, `client_info`: it asks for a key of its token cache.

use std::collections::BTreeSet;

use e2e::{Certificate, Company, Connector, Engine, Environment, Flavour, Foreign, own_server};
use serde_json::{Value, json};
use stand_ins::entra::{Answer, Fault, Grant};

use crate::assistants::sign_in;
use crate::own_client::OwnClient;

const OWN_CACHE: &str = "client_info";
const CREDENTIALS: [&str; 2] = ["secret", "certificate"];

type Names = BTreeSet<String>;

/// What the library sends.
struct Library(Value);

impl Library {
    async fn record(certificate: &Certificate) -> Option<Self> {
        let given = json!({
            "private_key": certificate.private_key,
            "certificate": certificate.certificate,
        });
        let mut script = Foreign::start(Engine::Python, "msal_fields.py", &[&given.to_string()])?;
        Some(Self(script.says().await))
    }

    fn names(&self, request: &str, credential: &str) -> Names {
        let names = self.0[request][credential].as_array().unwrap().iter();
        names
            .map(|name| name.as_str().unwrap().to_owned())
            .filter(|name| name != OWN_CACHE)
            .collect()
    }
}

/// The fields of our own requests of this grant type so far.
fn ours(company: &Company, grant_type: &str) -> Vec<Names> {
    let requests = company.entra.requests().into_iter();
    let of_type = requests.filter(|request| {
        request.fields.get("grant_type").is_some_and(|known| known == grant_type)
    });
    of_type.map(|request| request.fields.into_keys().collect()).collect()
}

fn with(usual: Environment, credential: &str, certificate: &Certificate) -> Environment {
    if credential == "secret" {
        return usual;
    }
    let usual = usual.without("MCP_SERVER_AZURE_CLIENT_SECRET");
    usual.with("MCP_SERVER_AZURE_CLIENT_CERTIFICATE", certificate.setting())
}

const ON_BEHALF_OF: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

#[tokio::test]
async fn an_exchange_on_behalf_of_a_person_has_the_fields_of_microsofts_own_library() {
    let certificate = Certificate::fresh();
    let Some(library) = Library::record(&certificate).await else { return };
    for credential in CREDENTIALS {
        let company = Company::start().await;
        company.entra.register_certificate("sharepoint", &certificate.der).unwrap();
        let connector = Connector::start(&company, Flavour::Server, |usual| {
            with(usual, credential, &certificate)
        })
        .await;
        assert!(!connector.person("ann").search("budget").await.titles().is_empty());
        let sent = ours(&company, ON_BEHALF_OF);
        assert_eq!(sent, [library.names("on_behalf_of", credential)], "{credential}");
        connector.finish().await;
    }
}

#[tokio::test]
async fn a_sign_in_and_its_refresh_have_the_fields_of_microsofts_own_library() {
    let certificate = Certificate::fresh();
    let Some(library) = Library::record(&certificate).await else { return };
    for credential in CREDENTIALS {
        let company = Company::start().await;
        company.entra.register_certificate("sharepoint", &certificate.der).unwrap();
        let connector = own_server(&company, |usual| with(usual, credential, &certificate)).await;
        let client = OwnClient::register(&connector, "http://127.0.0.1:33418/callback").await;
        let landed = sign_in(&company, client.authorize_address("s").as_str(), "ann").await;
        let tokens = client.redeem(&landed, "s").await;
        let bearer = tokens["access_token"].as_str().unwrap().to_owned();
        // An assertion that Entra does not take makes the connector renew the person's token.
        let once = Answer::Aadsts {
            code: 500_133,
            claims: None,
            suberror: None,
            error: None,
            description: None,
        };
        company.entra.fault(Fault::new(once).grant(Grant::OnBehalfOf).times(1));
        company.canaries.plant_token(&bearer);
        assert!(!connector.bearer(bearer).search("budget").await.titles().is_empty());
        assert_eq!(ours(&company, "authorization_code"), [library.names("code", credential)]);
        assert_eq!(ours(&company, "refresh_token"), [library.names("refresh", credential)]);
        connector.finish().await;
    }
}
