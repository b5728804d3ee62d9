//! Arguments and results: what the model sees, nothing else.

mod arguments;
mod read;
mod results;
mod terse;

pub use arguments::{
    Browse, BrowseSort, Day, FindSites, Include, Kind, Labels, Limit, Metadata, Search, SearchSort,
};
pub use read::{Document, MaxChars, Passage, Read, ReadPart};
pub use results::{Facts, Item, ItemKind, Label, LabelRule, LabelRules, SiteItem, Who};
pub use terse::terse;
