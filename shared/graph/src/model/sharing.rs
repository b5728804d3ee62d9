//! Versions, who may open something, and who asks.

use jiff::Timestamp;
use serde::Deserialize;

use super::files::{IdentitySet, ItemReference};
use super::{entries, lenient, number, text};

/// A version of a file, without its content.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "the fields are Graph's")]
pub struct Version {
    #[serde(deserialize_with = "text")]
    pub id: Option<String>,
    #[serde(deserialize_with = "number")]
    pub size: Option<u64>,
    #[serde(deserialize_with = "lenient")]
    pub last_modified_date_time: Option<Timestamp>,
    #[serde(deserialize_with = "lenient")]
    pub last_modified_by: Option<IdentitySet>,
}

/// Access that somebody has. The address and the key of a sharing link are not read at all.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "the fields are Graph's")]
pub struct Permission {
    #[serde(deserialize_with = "entries")]
    pub roles: Vec<String>,
    #[serde(deserialize_with = "lenient")]
    pub granted_to_v2: Option<IdentitySet>,
    #[serde(deserialize_with = "entries")]
    pub granted_to_identities_v2: Vec<IdentitySet>,
    #[serde(deserialize_with = "lenient")]
    pub granted_to: Option<IdentitySet>,
    #[serde(deserialize_with = "lenient")]
    pub inherited_from: Option<ItemReference>,
    #[serde(deserialize_with = "lenient")]
    pub link: Option<SharingLink>,
    #[serde(deserialize_with = "lenient")]
    pub expiration_date_time: Option<Timestamp>,
}

/// For whom a sharing link is, and what they may do with it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "the fields are Graph's")]
pub struct SharingLink {
    #[serde(deserialize_with = "text")]
    pub scope: Option<String>,
    #[serde(rename = "type", deserialize_with = "text")]
    pub kind: Option<String>,
}

/// A person of the directory.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "the fields are Graph's")]
pub struct User {
    #[serde(deserialize_with = "text")]
    pub display_name: Option<String>,
    #[serde(deserialize_with = "text")]
    pub user_principal_name: Option<String>,
    #[serde(deserialize_with = "text")]
    pub mail: Option<String>,
}
