//! App registrations: who may ask for tokens, with which credential, for which permissions.

use std::collections::BTreeSet;

use rustls::pki_types::CertificateDer;
use url::{Host, Url};

use crate::company;

/// Which format of access token an API asks for (`requestedAccessTokenVersion`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TokenVersion {
    /// Issuer without `/v2.0`, `appid`, `upn`.
    V1,
    /// Issuer with `/v2.0`, `azp`, `preferred_username`.
    #[default]
    V2,
}

/// How an application proves who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ClientKind {
    /// It cannot keep a secret: an assistant on somebody's machine.
    Public,
    /// It has secrets or certificates: a connector.
    Confidential,
}

/// One application of the tenant.
#[derive(Clone, Debug)]
pub(crate) struct Registration {
    pub(crate) name: String,
    pub(crate) client_id: String,
    pub(crate) kind: ClientKind,
    pub(crate) token_version: TokenVersion,
    pub(crate) app_id_uris: BTreeSet<String>,
    pub(crate) secret: String,
    pub(crate) certificates: Vec<Certificate>,
    pub(crate) federated: Vec<FederatedCredential>,
    /// Permissions an administrator granted, as `resource/scope`.
    pub(crate) granted: BTreeSet<String>,
}

/// Another identity provider whose tokens an application may log in with.
#[derive(Clone, Debug)]
pub struct FederatedCredential {
    /// The `iss` of its tokens.
    pub issuer: String,
    /// The `sub` of its tokens.
    pub subject: String,
    /// The `aud` of its tokens: `api://AzureADTokenExchange`.
    pub audience: String,
    /// Its public RSA key, SPKI encoded; Entra itself would fetch it from the issuer.
    pub public_key: Vec<u8>,
}

/// A certificate of a registration.
#[derive(Clone, Debug)]
pub(crate) struct Certificate {
    pub(crate) der: Vec<u8>,
    pub(crate) spki: Vec<u8>,
}

impl Certificate {
    /// Reads an X.509 certificate.
    pub(crate) fn read(der: &[u8]) -> anyhow::Result<Self> {
        let borrowed = CertificateDer::from(der);
        let parsed = webpki::EndEntityCert::try_from(&borrowed)?;
        let spki = parsed.subject_public_key_info();
        Ok(Self { der: der.to_vec(), spki: spki.as_ref().to_vec() })
    }
}

impl Registration {
    fn connector(name: &str, client_id: &str) -> Self {
        Self {
            name: name.to_owned(),
            client_id: client_id.to_owned(),
            kind: ClientKind::Confidential,
            token_version: TokenVersion::V2,
            app_id_uris: BTreeSet::from([format!("api://{client_id}")]),
            secret: company::CLIENT_SECRET.to_owned(),
            certificates: Vec::new(),
            federated: Vec::new(),
            granted: company::granted_permissions(name)
                .iter()
                .map(|scope| (*scope).to_owned())
                .chain([format!("{client_id}/access")])
                .collect(),
        }
    }

    fn assistant(connectors: &[Self]) -> Self {
        let apis = connectors.iter().map(|connector| format!("{}/access", connector.client_id));
        Self {
            name: "assistant".to_owned(),
            client_id: company::ASSISTANT_CLIENT.to_owned(),
            kind: ClientKind::Public,
            token_version: TokenVersion::V2,
            app_id_uris: BTreeSet::new(),
            secret: company::CLIENT_SECRET.to_owned(),
            certificates: Vec::new(),
            federated: Vec::new(),
            granted: apis.chain(["https://graph.microsoft.com/User.Read".to_owned()]).collect(),
        }
    }

    /// Whether a token with this audience is meant for this application.
    pub(crate) fn answers_to(&self, audience: &str) -> bool {
        self.client_id == audience || self.app_id_uris.contains(audience)
    }

    /// Whether this application may be sent answers at this address.
    pub(crate) fn may_redirect_to(&self, redirect_uri: &str) -> bool {
        let Ok(url) = Url::parse(redirect_uri) else {
            return false;
        };
        let plain = url.username().is_empty()
            && url.password().is_none()
            && url.fragment().is_none()
            && !redirect_uri.contains(['\\', '#', '%']);
        let loopback = url.scheme() == "http" && is_loopback(&url);
        plain
            && match self.kind {
                ClientKind::Public => loopback,
                ClientKind::Confidential => {
                    (url.scheme() == "https" || loopback)
                        && url.query().is_none()
                        && url.path().ends_with("/oauth/callback")
                }
            }
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address == std::net::Ipv4Addr::LOCALHOST,
        Some(Host::Ipv6(_)) | None => false,
    }
}

/// Every application of the tenant.
#[derive(Clone, Debug)]
pub(crate) struct Registrations {
    all: Vec<Registration>,
}

impl Registrations {
    /// The company's connectors and its assistant.
    pub(crate) fn of_the_company() -> Self {
        let mut all: Vec<Registration> = company::CONNECTORS
            .iter()
            .filter_map(|name| Some(Registration::connector(name, company::registration(name)?)))
            .collect();
        all.push(Registration::assistant(&all));
        Self { all }
    }

    /// The application with this client id.
    pub(crate) fn by_id(&self, client_id: &str) -> Option<&Registration> {
        self.all.iter().find(|registration| registration.client_id == client_id)
    }

    /// The application with this name: a connector, or `assistant`.
    pub(crate) fn by_name(&self, name: &str) -> Option<&Registration> {
        self.all.iter().find(|registration| registration.name == name)
    }

    pub(crate) fn by_name_mut(&mut self, name: &str) -> Option<&mut Registration> {
        self.all.iter_mut().find(|registration| registration.name == name)
    }

    /// The application that answers to this audience.
    pub(crate) fn by_audience(&self, audience: &str) -> Option<&Registration> {
        self.all.iter().find(|registration| {
            registration.kind == ClientKind::Confidential && registration.answers_to(audience)
        })
    }
}
