//! What a `scope` parameter asks for: sign-in scopes, and scopes of one or more resources.

use super::errors::{Refusal, missing};
use super::registrations::{Registration, Registrations};

/// Microsoft Graph, by its address.
pub(crate) const GRAPH: &str = "https://graph.microsoft.com";
/// Microsoft Graph, by its application id.
const GRAPH_ID: &str = "00000003-0000-0000-c000-000000000000";
/// Azure Databricks, by its application id.
pub(crate) const DATABRICKS: &str = "2ff814a6-3304-4ab8-85cb-cd0e6f879c1d";

/// Delegated scopes that exist on Graph and that nobody here was granted.
const GRAPH_UNGRANTED: &[&str] = &[
    "Directory.Read.All",
    "Group.Read.All",
    "User.Read.All",
    "Mail.Send",
    "Mail.ReadWrite",
    "Files.ReadWrite.All",
    "Sites.FullControl.All",
    "ChatMessage.Send",
    "Calendars.ReadWrite",
    "MailTips.ReadBasic.Shared",
    "ExternalItem.Read.All",
];

/// Scopes about the sign-in itself.
const SIGN_IN: &[&str] = &["openid", "profile", "email", "offline_access"];

/// The scopes of one resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// The one name of the resource: Graph's address, or an application id.
    pub(crate) resource: String,
    /// The name it was asked by.
    pub(crate) asked_as: String,
    /// Short scope names, `.default` among them.
    pub(crate) names: Vec<String>,
}

/// A whole `scope` parameter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Scopes {
    pub(crate) sign_in: Vec<String>,
    pub(crate) wanted: Vec<Wanted>,
}

impl Scopes {
    /// Reads a `scope` parameter; every resource and every scope must exist.
    pub(crate) fn read(text: Option<&str>, registrations: &Registrations) -> Result<Self, Refusal> {
        let text = text.filter(|text| !text.trim().is_empty()).ok_or_else(|| missing("scope"))?;
        let mut scopes = Self::default();
        for word in text.split_whitespace() {
            if SIGN_IN.contains(&word) {
                scopes.sign_in.push(word.to_owned());
                continue;
            }
            let (asked_as, name) = word.rsplit_once('/').unwrap_or((GRAPH, word));
            let resource = resource(asked_as, registrations).ok_or_else(|| {
                Refusal::of(500_011).saying(format!(
                    "The resource principal named {asked_as} was not found in the tenant."
                ))
            })?;
            if !exists(&resource, name, registrations) {
                return Err(Refusal::of(70011).saying(format!(
                    "The provided request must include a 'scope' input parameter. The provided \
                     value for the input parameter 'scope' is not valid. The scope {word} does \
                     not exist."
                )));
            }
            scopes.add(&resource, asked_as, name);
        }
        for wanted in &scopes.wanted {
            if wanted.names.len() > 1 && wanted.names.iter().any(|name| name == ".default") {
                return Err(Refusal::of(70011).saying(
                    "The provided value for the input parameter 'scope' is not valid. .default \
                     scope can't be combined with resource-specific scopes.",
                ));
            }
        }
        Ok(scopes)
    }

    fn add(&mut self, resource: &str, asked_as: &str, name: &str) {
        let found = self.wanted.iter().position(|wanted| wanted.resource == resource);
        match found.and_then(|index| self.wanted.get_mut(index)) {
            Some(wanted) if wanted.names.iter().any(|known| known == name) => {}
            Some(wanted) => wanted.names.push(name.to_owned()),
            None => self.wanted.push(Wanted {
                resource: resource.to_owned(),
                asked_as: asked_as.to_owned(),
                names: vec![name.to_owned()],
            }),
        }
    }

    /// The scopes of the only resource; nothing when only sign-in scopes were asked for.
    pub(crate) fn one_resource(&self) -> Result<Option<&Wanted>, Refusal> {
        match self.wanted.as_slice() {
            [] => Ok(None),
            [wanted] => Ok(Some(wanted)),
            _ => Err(Refusal::of(28000)),
        }
    }

    /// Whether a sign-in scope was asked for.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.sign_in.iter().any(|known| known == name)
    }

    /// Whether everything here was already part of `earlier`.
    pub(crate) fn within(&self, earlier: &Self) -> bool {
        self.wanted.iter().all(|wanted| {
            earlier.wanted.iter().any(|known| {
                known.resource == wanted.resource
                    && wanted
                        .names
                        .iter()
                        .all(|name| known.names.contains(name) || name == ".default")
            })
        })
    }

    /// Refuses a `resource` parameter that is not what the scopes are for.
    pub(crate) fn agree_with(
        &self,
        resource_parameter: Option<&str>,
        registrations: &Registrations,
    ) -> Result<(), Refusal> {
        let Some(asked) = resource_parameter else {
            return Ok(());
        };
        let same = resource(asked, registrations)
            .is_some_and(|resource| self.wanted.iter().all(|wanted| wanted.resource == resource));
        if same { Ok(()) } else { Err(Refusal::of(9_010_010)) }
    }
}

impl Wanted {
    /// The names a client is granted; `.default` stands for everything granted on the resource.
    pub(crate) fn granted_to(
        &self,
        client: &Registration,
        person_consents: impl Fn(&str) -> bool,
    ) -> Result<Vec<String>, Refusal> {
        let granted = |name: &str| {
            let full = format!("{}/{name}", self.resource);
            client.granted.contains(&full) || person_consents(&full)
        };
        let refused = || {
            Refusal::of(65001).saying(format!(
                "The user or administrator has not consented to use the application with ID '{}' \
                 named '{}'. Send an interactive authorization request for this user and resource.",
                client.client_id, client.name
            ))
        };
        if self.names.iter().any(|name| name == ".default") {
            let prefix = format!("{}/", self.resource);
            let all: Vec<String> = client
                .granted
                .iter()
                .filter_map(|full| full.strip_prefix(&prefix))
                .map(str::to_owned)
                .collect();
            return if all.is_empty() { Err(refused()) } else { Ok(all) };
        }
        if self.names.iter().all(|name| granted(name)) {
            Ok(self.names.clone())
        } else {
            Err(refused())
        }
    }
}

/// The one name of a resource that has several.
pub(crate) fn resource(asked_as: &str, registrations: &Registrations) -> Option<String> {
    match asked_as {
        GRAPH | GRAPH_ID => Some(GRAPH.to_owned()),
        DATABRICKS => Some(DATABRICKS.to_owned()),
        other => registrations.by_audience(other).map(|found| found.client_id.clone()),
    }
}

fn exists(resource: &str, name: &str, registrations: &Registrations) -> bool {
    match (resource, name) {
        (_, ".default") => true,
        (GRAPH, name) => {
            GRAPH_UNGRANTED.contains(&name)
                || crate::company::CONNECTORS.iter().any(|connector| {
                    crate::company::granted_permissions(connector)
                        .contains(&format!("{GRAPH}/{name}").as_str())
                })
        }
        (DATABRICKS, name) => name == "user_impersonation",
        (other, name) => name == "access" && registrations.by_id(other).is_some(),
    }
}
