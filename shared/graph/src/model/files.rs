//! Libraries, and what is in them.

use jiff::Timestamp;
use serde::Deserialize;

use super::lists::ListItem;
use super::{lenient, number, text};

/// A file, folder, notebook or shortcut.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "the fields are Graph's")]
pub struct DriveItem {
    #[serde(deserialize_with = "text")]
    pub id: Option<String>,
    #[serde(deserialize_with = "text")]
    pub name: Option<String>,
    #[serde(deserialize_with = "number")]
    pub size: Option<u64>,
    #[serde(deserialize_with = "text")]
    pub web_url: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub file: Option<File>,
    #[serde(deserialize_with = "lenient")]
    pub folder: Option<Folder>,
    #[serde(deserialize_with = "lenient")]
    pub package: Option<Package>,
    #[serde(deserialize_with = "lenient")]
    pub malware: Option<serde_json::Value>,
    #[serde(deserialize_with = "lenient")]
    pub remote_item: Option<Box<DriveItem>>,
    #[serde(deserialize_with = "lenient")]
    pub root: Option<serde_json::Value>,
    #[serde(deserialize_with = "lenient")]
    pub deleted: Option<serde_json::Value>,
    #[serde(deserialize_with = "lenient")]
    pub parent_reference: Option<ItemReference>,
    #[serde(deserialize_with = "lenient")]
    pub sharepoint_ids: Option<SharepointIds>,
    #[serde(deserialize_with = "lenient")]
    pub created_date_time: Option<Timestamp>,
    #[serde(deserialize_with = "lenient")]
    pub last_modified_date_time: Option<Timestamp>,
    #[serde(deserialize_with = "lenient")]
    pub created_by: Option<IdentitySet>,
    #[serde(deserialize_with = "lenient")]
    pub last_modified_by: Option<IdentitySet>,
    #[serde(deserialize_with = "lenient")]
    pub list_item: Option<ListItem>,
}

/// What makes an item a file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "the fields are Graph's")]
pub struct File {
    #[serde(deserialize_with = "text")]
    pub mime_type: Option<String>,
}

/// What makes an item a folder.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "the fields are Graph's")]
pub struct Folder {
    #[serde(deserialize_with = "number")]
    pub child_count: Option<u64>,
}

/// What makes an item a notebook.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "the fields are Graph's")]
pub struct Package {
    #[serde(rename = "type", deserialize_with = "text")]
    pub kind: Option<String>,
}

/// Where an item is.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "the fields are Graph's")]
pub struct ItemReference {
    #[serde(deserialize_with = "text")]
    pub drive_id: Option<String>,
    #[serde(deserialize_with = "text")]
    pub id: Option<String>,
    #[serde(deserialize_with = "text")]
    pub path: Option<String>,
    #[serde(deserialize_with = "text")]
    pub site_id: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub sharepoint_ids: Option<SharepointIds>,
}

/// The names SharePoint itself has for things.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "the fields are Graph's")]
pub struct SharepointIds {
    #[serde(deserialize_with = "text")]
    pub list_id: Option<String>,
    #[serde(deserialize_with = "text")]
    pub list_item_id: Option<String>,
    #[serde(deserialize_with = "text")]
    pub list_item_unique_id: Option<String>,
    #[serde(deserialize_with = "text")]
    pub site_url: Option<String>,
}

/// Who did something: a person, an application, a device; rarely all.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the fields are Graph's")]
pub struct IdentitySet {
    #[serde(deserialize_with = "lenient")]
    pub user: Option<Identity>,
    #[serde(deserialize_with = "lenient")]
    pub application: Option<Identity>,
    #[serde(deserialize_with = "lenient")]
    pub group: Option<Identity>,
    #[serde(rename = "siteGroup", deserialize_with = "lenient")]
    pub site_group: Option<Identity>,
    #[serde(rename = "siteUser", deserialize_with = "lenient")]
    pub site_user: Option<Identity>,
}

impl IdentitySet {
    /// The person, else the application, else the group.
    pub fn first(&self) -> Option<&Identity> {
        self.user.as_ref().or(self.application.as_ref()).or(self.group.as_ref())
    }
}

/// One identity.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "the fields are Graph's")]
pub struct Identity {
    #[serde(deserialize_with = "text")]
    pub id: Option<String>,
    #[serde(deserialize_with = "text")]
    pub display_name: Option<String>,
    #[serde(deserialize_with = "text")]
    pub email: Option<String>,
}

/// A library.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "the fields are Graph's")]
pub struct Drive {
    #[serde(deserialize_with = "text")]
    pub id: Option<String>,
    #[serde(deserialize_with = "text")]
    pub name: Option<String>,
    #[serde(deserialize_with = "text")]
    pub web_url: Option<String>,
    #[serde(deserialize_with = "text")]
    pub drive_type: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub created_date_time: Option<Timestamp>,
    #[serde(deserialize_with = "lenient")]
    pub last_modified_date_time: Option<Timestamp>,
    #[serde(deserialize_with = "lenient")]
    pub owner: Option<IdentitySet>,
}
