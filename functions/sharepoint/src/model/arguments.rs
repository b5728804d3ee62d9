//! Arguments of the tools. Whatever is not named here is refused.

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// Arguments of `sharepoint_search`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Search {
    /// Words; "phrases", AND, OR, NOT and word* work. `*` finds everything.
    pub query: String,
    /// What to look for.
    #[serde(default = "files_and_pages")]
    pub kinds: Vec<Kind>,
    /// Only in this site: ref or URL.
    pub site: Option<String>,
    /// Only below this folder: ref, URL, or path inside `site`.
    pub path: Option<String>,
    /// File endings, e.g. docx.
    #[serde(default)]
    pub file_types: Vec<String>,
    /// Name or e-mail of the author.
    pub author: Option<String>,
    /// Modified at or after: 2026-11-01 or date-time with offset.
    pub modified_after: Option<Day>,
    /// Modified before.
    pub modified_before: Option<Day>,
    #[serde(default)]
    #[expect(missing_docs, reason = "the choices say it, and descriptions cost the model")]
    pub sort: SearchSort,
    #[serde(default)]
    #[expect(missing_docs, reason = "the name says it, and descriptions cost the model")]
    pub limit: Limit<25, 10>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

fn files_and_pages() -> Vec<Kind> {
    vec![Kind::File, Kind::Page]
}

/// What can be looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it, and descriptions cost the model")]
pub enum Kind {
    File,
    Page,
    ListItem,
    Folder,
    Site,
}

/// Order of a search.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it, and descriptions cost the model")]
pub enum SearchSort {
    #[default]
    Relevance,
    Modified,
}

/// Arguments of `sharepoint_browse`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Browse {
    /// Site, library or folder: ref or URL. Nothing: your OneDrive and followed sites.
    pub target: Option<String>,
    /// Order inside a library or folder.
    #[serde(default)]
    pub sort: BrowseSort,
    #[serde(default)]
    #[expect(missing_docs, reason = "the name says it, and descriptions cost the model")]
    pub limit: Limit<50, 50>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// Order of a folder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it, and descriptions cost the model")]
pub enum BrowseSort {
    #[default]
    Name,
    Modified,
}

/// Arguments of `sharepoint_find_sites`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FindSites {
    /// Words in the site's name; nothing: sites you follow; `*`: all you can see.
    pub query: Option<String>,
    #[serde(default)]
    #[expect(missing_docs, reason = "the name says it, and descriptions cost the model")]
    pub limit: Limit<50, 10>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// Arguments of `sharepoint_metadata`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Metadata {
    /// Anything in SharePoint or OneDrive: ref or URL.
    pub target: String,
    /// Facts to include.
    #[serde(default = "label_and_dates")]
    pub include: Vec<Include>,
}

/// Facts about a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it, and descriptions cost the model")]
pub enum Include {
    Label,
    Dates,
    Versions,
    Access,
}

fn label_and_dates() -> Vec<Include> {
    vec![Include::Label, Include::Dates]
}

/// Arguments of `sharepoint_labels`: none.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Labels {}

/// How many things to give back: 1 to `MAX`.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(try_from = "u64")]
pub struct Limit<const MAX: u8, const DEFAULT: u8>(u8);

impl<const MAX: u8, const DEFAULT: u8> Limit<MAX, DEFAULT> {
    /// The number.
    pub fn get(self) -> usize {
        usize::from(self.0)
    }
}

impl<const MAX: u8, const DEFAULT: u8> Default for Limit<MAX, DEFAULT> {
    fn default() -> Self {
        Self(DEFAULT)
    }
}

impl<const MAX: u8, const DEFAULT: u8> TryFrom<u64> for Limit<MAX, DEFAULT> {
    type Error = String;

    fn try_from(number: u64) -> Result<Self, Self::Error> {
        let small = u8::try_from(number).ok().filter(|n| (1..=MAX).contains(n));
        small.map(Self).ok_or_else(|| format!("a limit is 1 to {MAX}"))
    }
}

impl<const MAX: u8, const DEFAULT: u8> JsonSchema for Limit<MAX, DEFAULT> {
    fn schema_name() -> Cow<'static, str> {
        format!("Limit{MAX}").into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "integer", "minimum": 1, "maximum": MAX})
    }
}

/// A moment: a day (its start, UTC), or a date-time with an offset (UTC if it has none).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Day(Timestamp);

impl Day {
    /// The moment.
    pub fn timestamp(self) -> Timestamp {
        self.0
    }

    /// The day it is on, in UTC.
    pub fn date(self) -> Date {
        self.0.to_zoned(TimeZone::UTC).date()
    }
}

impl TryFrom<String> for Day {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        const PROBLEM: &str = "a date is 2026-11-01 or 2026-11-01T09:00:00+01:00";
        let text = text.trim();
        if let Ok(moment) = text.parse::<Timestamp>() {
            return Ok(Self(moment));
        }
        let local = text.parse::<jiff::civil::DateTime>().map_err(|_| PROBLEM)?;
        local.to_zoned(TimeZone::UTC).map(|zoned| Self(zoned.timestamp())).map_err(|_| PROBLEM)
    }
}

impl JsonSchema for Day {
    fn schema_name() -> Cow<'static, str> {
        "Day".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string"})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn search(json: &str) -> Result<Search, serde_json::Error> {
        serde_json::from_str(json)
    }

    #[test]
    fn what_is_not_an_argument_is_refused_by_name() {
        for (json, word) in [
            (r#"{"query":"a","offset":3}"#, "offset"),
            (r#"{"query":"a","limit":26}"#, "1 to 25"),
            (r#"{"query":"a","limit":0}"#, "1 to 25"),
            (r#"{"query":"a","modified_after":"yesterday"}"#, "a date is"),
            (r#"{"query":"a","kinds":["mail"]}"#, "mail"),
            (r"{}", "query"),
        ] {
            let error = search(json).unwrap_err().to_string();
            assert!(error.contains(word), "{error}");
        }
    }

    #[test]
    fn a_day_is_understood_in_every_usual_form() {
        for (text, moment) in [
            ("2026-11-01", "2026-11-01T00:00:00Z"),
            ("2026-11-01T09:30", "2026-11-01T09:30:00Z"),
            ("2026-11-01T09:30:00+01:00", "2026-11-01T08:30:00Z"),
            ("2026-11-01T09:30:00Z", "2026-11-01T09:30:00Z"),
        ] {
            let day = Day::try_from(text.to_owned()).unwrap();
            assert_eq!(day.timestamp().to_string(), moment, "{text}");
        }
    }
}
