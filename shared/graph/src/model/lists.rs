//! Sites, lists, rows, pages and labels.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::canvas::CanvasLayout;
use super::files::{IdentitySet, ItemReference, SharepointIds};
use super::{entries, lenient, number, text};

/// A site.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "the fields are Graph's")]
pub struct Site {
    #[serde(deserialize_with = "text")]
    pub id: Option<String>,
    #[serde(deserialize_with = "text")]
    pub name: Option<String>,
    #[serde(deserialize_with = "text")]
    pub display_name: Option<String>,
    #[serde(deserialize_with = "text")]
    pub description: Option<String>,
    #[serde(deserialize_with = "text")]
    pub web_url: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub created_date_time: Option<Timestamp>,
    #[serde(deserialize_with = "lenient")]
    pub last_modified_date_time: Option<Timestamp>,
}

/// A list.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "the fields are Graph's")]
pub struct List {
    #[serde(deserialize_with = "text")]
    pub id: Option<String>,
    #[serde(deserialize_with = "text")]
    pub name: Option<String>,
    #[serde(deserialize_with = "text")]
    pub display_name: Option<String>,
    #[serde(deserialize_with = "text")]
    pub web_url: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub list: Option<ListFacet>,
    #[serde(deserialize_with = "lenient")]
    pub parent_reference: Option<ItemReference>,
    #[serde(deserialize_with = "lenient")]
    pub created_date_time: Option<Timestamp>,
    #[serde(deserialize_with = "lenient")]
    pub last_modified_date_time: Option<Timestamp>,
    #[serde(deserialize_with = "lenient")]
    pub last_modified_by: Option<IdentitySet>,
}

/// What kind of list it is.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the fields are Graph's")]
pub struct ListFacet {
    #[serde(deserialize_with = "lenient")]
    pub hidden: Option<bool>,
    #[serde(deserialize_with = "text")]
    pub template: Option<String>,
}

/// A row of a list, or a file's place in its library.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "the fields are Graph's")]
pub struct ListItem {
    #[serde(deserialize_with = "text")]
    pub id: Option<String>,
    #[serde(deserialize_with = "text")]
    pub name: Option<String>,
    #[serde(deserialize_with = "text")]
    pub web_url: Option<String>,
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
    pub fields: Option<Map<String, Value>>,
    #[serde(deserialize_with = "lenient")]
    pub content_type: Option<ContentType>,
}

/// What sort of thing a row is.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the fields are Graph's")]
pub struct ContentType {
    #[serde(deserialize_with = "text")]
    pub id: Option<String>,
}

/// A page of a site.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "the fields are Graph's")]
pub struct SitePage {
    #[serde(deserialize_with = "text")]
    pub id: Option<String>,
    #[serde(deserialize_with = "text")]
    pub name: Option<String>,
    #[serde(deserialize_with = "text")]
    pub title: Option<String>,
    #[serde(deserialize_with = "text")]
    pub web_url: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub created_date_time: Option<Timestamp>,
    #[serde(deserialize_with = "lenient")]
    pub last_modified_date_time: Option<Timestamp>,
    #[serde(deserialize_with = "lenient")]
    pub created_by: Option<IdentitySet>,
    #[serde(deserialize_with = "lenient")]
    pub last_modified_by: Option<IdentitySet>,
    #[serde(deserialize_with = "lenient")]
    pub canvas_layout: Option<CanvasLayout>,
}

/// A sensitivity label of the tenant.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "the fields are Graph's")]
pub struct SensitivityLabel {
    #[serde(deserialize_with = "text")]
    pub id: Option<String>,
    #[serde(deserialize_with = "text")]
    pub name: Option<String>,
    #[serde(deserialize_with = "text")]
    pub display_name: Option<String>,
    #[serde(deserialize_with = "text")]
    pub description: Option<String>,
    #[serde(deserialize_with = "number")]
    pub priority: Option<u64>,
    #[serde(deserialize_with = "entries")]
    pub sublabels: Vec<SensitivityLabel>,
}
