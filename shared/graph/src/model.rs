//! Graph's shapes, lenient: whatever is missing, null or of another shape is absent.

mod canvas;
mod columns;
mod files;
mod lenient;
mod lists;
mod search;
mod sharing;

pub use canvas::{
    CanvasColumn, CanvasLayout, HorizontalSection, PageText, ProcessedContent, WebPart, WebPartData,
};
pub use columns::{ChoiceColumn, Column, Facet, ListWithColumns, LookupColumn, PersonColumn};
pub use files::{
    Drive, DriveItem, File, Folder, Identity, IdentitySet, ItemReference, Package, SharepointIds,
};
pub use lists::{ContentType, List, ListFacet, ListItem, SensitivityLabel, Site, SitePage};
pub use search::{Hit, HitsContainer, Resource, SearchAnswer, SearchResponse};
pub use sharing::{Permission, SharingLink, User, Version};

pub(crate) use lenient::{entries, lenient, number, text};

use serde::Deserialize;
use serde::de::DeserializeOwned;

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
    /// Address of what will have changed later.
    #[serde(rename = "@odata.deltaLink", default, deserialize_with = "text")]
    pub(crate) delta_link: Option<String>,
}

#[cfg(test)]
pub(crate) mod tests;
