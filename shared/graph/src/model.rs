//! Graph's shapes, lenient: whatever is missing, null or of another shape is absent.

mod files;
mod lists;
mod search;

pub use files::{
    Drive, DriveItem, File, Folder, Identity, IdentitySet, ItemReference, Package, SharepointIds,
};
pub use lists::{List, ListFacet, ListItem, SensitivityLabel, Site, SitePage};
pub use search::{Hit, HitsContainer, Resource, SearchAnswer, SearchResponse};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// A page of a list as Graph sends it.
#[derive(Debug, Deserialize)]
#[serde(bound = "T: DeserializeOwned")]
pub struct Collection<T> {
    /// The entries that could be read.
    #[serde(default = "Vec::new", deserialize_with = "entries")]
    pub value: Vec<T>,
    /// Address of the next page.
    #[serde(rename = "@odata.nextLink", default, deserialize_with = "text")]
    pub(crate) next_link: Option<String>,
}

/// A field that is absent when it cannot be read.
pub(crate) fn lenient<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    let value = Value::deserialize(deserializer)?;
    // serde would read an array as the fields of a struct in order.
    Ok(if value.is_array() { None } else { serde_json::from_value(value).ok() })
}

/// A list of which every entry may be unreadable; one entry alone counts as a list.
pub(crate) fn entries<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    let values = match Value::deserialize(deserializer)? {
        Value::Array(values) => values,
        one @ Value::Object(_) => vec![one],
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    };
    Ok(values.into_iter().filter_map(|value| serde_json::from_value(value).ok()).collect())
}

/// A text, which may be sent as a number.
pub(crate) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    })
}

/// A whole number, which may be sent as a text.
pub(crate) fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.trim().parse().ok(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    })
}

#[cfg(test)]
pub(crate) mod tests;
