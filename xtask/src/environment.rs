//! The environment of a connector on this machine.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context as _;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use stand_ins::company;

use crate::addresses::{Addresses, loopback};
use crate::repository::{Connector, Repository, text_of};

/// What a connector's environment is made for.
#[derive(Debug)]
pub(crate) struct Setting<'a> {
    /// The checkout, for the connector's policy.
    pub(crate) repository: &'a Repository,
    /// The connector.
    pub(crate) connector: &'a Connector,
    /// Its place in the list.
    pub(crate) place: usize,
    /// Where everything listens.
    pub(crate) addresses: Addresses,
    /// Where audit records go.
    pub(crate) audit: &'a Path,
    /// The directory in which all instances keep their state; `None` is each by itself.
    pub(crate) storage: Option<&'a Path>,
    /// The keyring all connectors of this run share.
    pub(crate) keyring: &'a str,
}

impl Setting<'_> {
    /// The address at which clients reach the connector.
    ///
    /// # Errors
    /// When there is no port for it.
    pub(crate) fn base_url(&self) -> anyhow::Result<String> {
        Ok(loopback(self.addresses.connector(self.place)?))
    }

    /// The host names and ports under which the connector answers.
    ///
    /// # Errors
    /// When there is no port for it.
    pub(crate) fn allowed_hosts(&self) -> anyhow::Result<Vec<String>> {
        let own = self.addresses.connector(self.place)?;
        let host = format!("{}.localhost", self.connector.host);
        let alb = self.addresses.alb();
        Ok(vec![
            format!("127.0.0.1:{own}"),
            format!("localhost:{own}"),
            host.clone(),
            format!("{host}:{alb}"),
        ])
    }

    /// Every variable the connector is started with.
    ///
    /// # Errors
    /// When the connector is not registered with the stand-in Entra.
    pub(crate) fn variables(&self) -> anyhow::Result<BTreeMap<String, String>> {
        let name = self.connector.name.as_str();
        let client_id = registration(name)?;
        let policy = self.repository.root.join("functions").join(name).join("policy.yaml");
        let pairs = [
            ("ENVIRONMENT", "local".to_owned()),
            ("MCP_BASE_URL", self.base_url()?),
            ("MCP_SERVER_ALLOWED_HOSTS", self.allowed_hosts()?.join(",")),
            ("MCP_SERVER_AUTH_MODES", "direct,proxy".to_owned()),
            ("MCP_SERVER_AZURE_CLIENT_ID", client_id.to_owned()),
            ("MCP_SERVER_AZURE_CLIENT_SECRET", company::CLIENT_SECRET.to_owned()),
            ("MCP_SERVER_AZURE_TENANT_ID", company::TENANT.to_owned()),
            ("AZURE_AUTHORITY_HOST", loopback(self.addresses.entra())),
            ("GRAPH_BASE_URL", format!("{}/v1.0", loopback(self.addresses.graph()))),
            ("GRAPH_CONTENT_HOSTS", "127.0.0.1".to_owned()),
            ("STORAGE_ENCRYPTION_KEYS", self.keyring.to_owned()),
            ("CACHE_TYPE", "memory".to_owned()),
            ("AUDIT_TYPE", "file".to_owned()),
            ("AUDIT_FILE_DIRECTORY", text_of(self.audit)?),
            ("MCP_SERVER_POLICY_FILE", text_of(&policy)?),
            ("LOG_LEVEL", "info".to_owned()),
        ];
        let storage = match self.storage {
            Some(directory) => vec![
                ("STORAGE_TYPE", "disk".to_owned()),
                ("STORAGE_DISK_DIRECTORY", text_of(&directory.join(name))?),
            ],
            None => vec![("STORAGE_TYPE", "memory".to_owned())],
        };
        let pairs = pairs.into_iter().chain(storage);
        Ok(pairs.map(|(variable, value)| (variable.to_owned(), value)).collect())
    }
}

/// The client id of a connector's app registration.
///
/// # Errors
/// When the stand-in Entra knows no such connector.
pub(crate) fn registration(connector: &str) -> anyhow::Result<&'static str> {
    company::registration(connector)
        .with_context(|| format!("the stand-in Entra has no app registration for {connector}"))
}

/// A keyring with one fresh key.
///
/// # Errors
/// When the machine has no randomness to give.
pub(crate) fn fresh_keyring() -> anyhow::Result<String> {
    let key: [u8; 32] = random()?;
    Ok(format!(r#"{{"active":"k1","keys":{{"k1":"{}"}}}}"#, BASE64_STANDARD.encode(key)))
}

/// Bytes nobody can guess.
///
/// # Errors
/// When the machine has no randomness to give.
pub(crate) fn random<const N: usize>() -> anyhow::Result<[u8; N]> {
    let mut bytes = [0; N];
    aws_lc_rs::rand::fill(&mut bytes).ok().context("drawing random bytes")?;
    Ok(bytes)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    #[test]
    fn a_connector_is_pointed_at_the_stand_ins_of_its_own_run() {
        let repository = Repository::find().unwrap();
        let (place, connector) = repository.connector("sharepoint").unwrap();
        let setting = Setting {
            repository: &repository,
            connector: &connector,
            place,
            addresses: Addresses::starting_at(9200).unwrap(),
            audit: Path::new("/run/audit"),
            storage: Some(Path::new("/run/storage")),
            keyring: "{}",
        };
        let variables = setting.variables().unwrap();
        for (variable, value) in [
            ("MCP_BASE_URL", "http://127.0.0.1:9221"),
            ("AZURE_AUTHORITY_HOST", "http://127.0.0.1:9210"),
            ("GRAPH_BASE_URL", "http://127.0.0.1:9211/v1.0"),
            ("AUDIT_FILE_DIRECTORY", "/run/audit"),
            ("STORAGE_TYPE", "disk"),
            ("STORAGE_DISK_DIRECTORY", "/run/storage/sharepoint"),
            (
                "MCP_SERVER_ALLOWED_HOSTS",
                "127.0.0.1:9221,localhost:9221,sharepoint.localhost,sharepoint.localhost:9200",
            ),
        ] {
            assert_eq!(variables.get(variable).map(String::as_str), Some(value), "{variable}");
        }
        assert!(variables["MCP_SERVER_POLICY_FILE"].ends_with("/functions/sharepoint/policy.yaml"));
    }

    #[test]
    fn every_run_has_its_own_key_of_32_bytes() {
        let keyring = fresh_keyring().unwrap();
        let read: serde_json::Value = serde_json::from_str(&keyring).unwrap();
        assert_eq!(read["active"], "k1");
        let key = BASE64_STANDARD.decode(read["keys"]["k1"].as_str().unwrap()).unwrap();
        assert_eq!(key.len(), 32);
        assert_ne!(keyring, fresh_keyring().unwrap());
    }
}
