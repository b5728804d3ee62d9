//! What Microsoft Search answers.

use serde::Deserialize;
use serde_json::Value;

use super::files::{Drive, DriveItem};
use super::lists::{List, ListItem, Site};
use super::{entries, lenient, number, text};

/// The answer to `/search/query`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct SearchAnswer {
    /// One entry per question; we ask one.
    #[serde(deserialize_with = "entries")]
    pub value: Vec<SearchResponse>,
}

/// The answer to one question.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SearchResponse {
    /// Hits, in containers.
    #[serde(deserialize_with = "entries")]
    pub hits_containers: Vec<HitsContainer>,
}

/// Some hits.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct HitsContainer {
    /// The hits.
    #[serde(deserialize_with = "entries")]
    pub hits: Vec<Hit>,
    /// An estimate of how many there are.
    #[serde(deserialize_with = "number")]
    pub total: Option<u64>,
    /// Whether another page follows.
    #[serde(deserialize_with = "lenient")]
    pub more_results_available: Option<bool>,
}

/// One hit.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Hit {
    /// Id of the hit; not always the id of the thing.
    #[serde(deserialize_with = "text")]
    pub hit_id: Option<String>,
    /// An excerpt of the content, with tags and entities: content, not metadata.
    #[serde(deserialize_with = "text")]
    pub summary: Option<String>,
    resource: Value,
}

/// What was found.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "a page has few, and they are short-lived")]
pub enum Resource {
    /// A file or folder.
    Item(DriveItem),
    /// A row or a page.
    Row(ListItem),
    /// A list.
    List(List),
    /// A site.
    Site(Site),
    /// A library.
    Drive(Drive),
    /// Something that we do not ask for.
    Other,
}

impl Hit {
    /// What was found, by the type it says it has.
    pub fn resource(&self) -> Resource {
        let kind = self.resource.get("@odata.type").and_then(Value::as_str).unwrap_or_default();
        let resource = &self.resource;
        match kind.rsplit('.').next().unwrap_or_default() {
            "driveItem" => DriveItem::deserialize(resource).map_or(Resource::Other, Resource::Item),
            "listItem" => ListItem::deserialize(resource).map_or(Resource::Other, Resource::Row),
            "list" => List::deserialize(resource).map_or(Resource::Other, Resource::List),
            "site" => Site::deserialize(resource).map_or(Resource::Other, Resource::Site),
            "drive" => Drive::deserialize(resource).map_or(Resource::Other, Resource::Drive),
            _ => Resource::Other,
        }
    }
}
