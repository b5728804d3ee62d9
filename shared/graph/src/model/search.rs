//! What Microsoft Search answers.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeOwned, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer as _};
use serde_json::value::RawValue;

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
    resource: Option<Box<RawValue>>,
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
        let json = self.resource.as_ref().map_or("null", |resource| resource.get());
        let kind = kind_of(json).unwrap_or_default();
        let found = match kind.rsplit('.').next().unwrap_or_default() {
            "driveItem" => read(json).map(Resource::Item),
            "listItem" => read(json).map(Resource::Row),
            "list" => read(json).map(Resource::List),
            "site" => read(json).map(Resource::Site),
            "drive" => read(json).map(Resource::Drive),
            _ => None,
        };
        found.unwrap_or(Resource::Other)
    }
}

/// The type that an object says it has. It comes first as a rule, so that nothing after it is
/// read here.
fn kind_of(json: &str) -> Option<String> {
    let mut kind = None;
    // Ends with an error when members follow, which are of no interest.
    let _ = serde_json::Deserializer::from_str(json).deserialize_map(UpToKind(&mut kind));
    kind
}

/// Reads members up to the type.
struct UpToKind<'k>(&'k mut Option<String>);

#[derive(Deserialize)]
#[serde(transparent)]
struct Text(#[serde(deserialize_with = "text")] Option<String>);

impl<'de> Visitor<'de> for UpToKind<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        while let Some(name) = members.next_key::<Cow<'_, str>>()? {
            if name == "@odata.type" {
                *self.0 = members.next_value::<Text>()?.0;
                break;
            }
            members.next_value::<IgnoredAny>()?;
        }
        Ok(())
    }
}

/// Reads an object; serde would also read an array, as the fields in order.
fn read<T: DeserializeOwned>(json: &str) -> Option<T> {
    json.starts_with('{').then(|| serde_json::from_str(json).ok()).flatten()
}
