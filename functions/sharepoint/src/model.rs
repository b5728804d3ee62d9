//! Arguments and results: what the model sees, nothing else.

mod access;
mod arguments;
mod changes;
mod read;
mod recent;
mod results;
mod rows;
mod terse;

pub use access::{AccessFacts, AccessKind, VersionFacts};
pub use arguments::{
    Browse, BrowseSort, Day, FindSites, Include, Kind, Labels, Limit, Metadata, Search, SearchSort,
};
pub use changes::{Change, ChangeKind, Changes, ListChanges};
pub use read::{Document, MaxChars, Passage, Read, ReadPart};
pub use recent::{Recent, RecentScope};
pub use results::{Facts, Item, ItemKind, Label, LabelRule, LabelRules, SiteItem, Who};
pub use rows::{ColumnInfo, ListRows, RowItem, Rows};
pub use terse::terse;
